"""Random graphs over every gate agree with PyTorch: values, gradients, second derivatives.

Where conventions could differ they are the same by choice: ties at max and min split in half, relu'(0) = abs'(0) = 0,
leaky_relu'(0) is the slope. Nothing is left out for convention's sake.
"""

from hypothesis import assume, given
from support.extras import needs
from support.graphs import recipes

from autograd import GATES, grad, sum, topological_order

pytestmark = needs("torch")


def torch_gate(name, operands):
    import torch

    xs = [x if isinstance(x, torch.Tensor) else torch.tensor(x, dtype=torch.float64) for x in operands]
    functions = {
        "add": torch.add,
        "sub": torch.sub,
        "mul": torch.mul,
        "div": torch.div,
        "neg": torch.neg,
        "pow": torch.pow,
        "max": torch.maximum,
        "min": torch.minimum,
        "relu": torch.relu,
        "abs": torch.abs,
        "exp": torch.exp,
        "log": torch.log,
        "log1p": torch.log1p,
        "erf": torch.erf,
        "sqrt": torch.sqrt,
        "sin": torch.sin,
        "cos": torch.cos,
        "tanh": torch.tanh,
        "sigmoid": torch.sigmoid,
        "softplus": lambda a: torch.logaddexp(a, torch.zeros_like(a)),
        "leaky_relu": lambda a, b: torch.where(a > 0, a, b * a),
        "where": lambda a, b, c: torch.where(a > 0, b, c),
        "stop_gradient": torch.Tensor.detach,
        "greater": lambda a, b: (a > b) + 0.0 * a.detach(),
        "at_least": lambda a, b: (a >= b) + 0.0 * a.detach(),
        "equal": lambda a, b: (a == b) + 0.0 * a.detach(),
        "sum": lambda *xs: torch.stack(xs).sum(),
        "logsumexp": lambda *xs: torch.logsumexp(torch.stack(xs), 0),
    }
    return functions[name](*xs)


def in_torch(recipe):
    import torch

    leaves = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in recipe.leaves]
    total = torch.stack(recipe.build(leaves, torch_gate)[-recipe.ends :]).sum()
    return leaves, total + 0.0 * torch.stack(leaves).sum()  # through which a gradient passes in any case


def close(ours, theirs, scale):
    return abs(ours - theirs) <= 1e-9 * max(scale, abs(theirs), 1.0)


@given(recipes())
def test_values_and_gradients_agree_with_pytorch(recipe):
    import torch

    leaves, output = recipe.values()
    output.backward()
    scale = max(abs(node.grad) for node in topological_order(output))  # cancelling terms round as large as they are
    tensors, total = in_torch(recipe)
    expected = torch.autograd.grad(total, tensors, allow_unused=True)
    assert close(output.data, total.item(), max(abs(node.data) for node in topological_order(output)))
    for leaf, gradient in zip(leaves, expected, strict=True):
        assert close(leaf.grad, 0.0 if gradient is None else gradient.item(), scale)


def power_zero(node):
    """∂²(aᵇ)/∂a∂b at b = 0 is 1/a, and PyTorch, which masks the first derivative there, gives 0; at a = 0 it multiplies
    0 by log 0 and gives NaN. `test_functional` has what is right."""
    return node.gate is GATES["pow"] and 0.0 in (node.parents[0].data, node.parents[1].data)


@given(recipes(largest=25))
def test_second_derivatives_agree_with_pytorch(recipe):
    import torch

    leaves, output = recipe.values()
    assume(not any(power_zero(node) for node in topological_order(output)))
    first = grad(output, leaves, create_graph=True)
    weighted = sum((k + 1.0) * g for k, g in enumerate(first))
    second = grad(weighted, leaves)
    tensors, total = in_torch(recipe)
    theirs = torch.autograd.grad(total, tensors, create_graph=True, materialize_grads=True)
    sum_of = torch.stack([(k + 1.0) * g for k, g in enumerate(theirs)]).sum()
    expected = (
        torch.autograd.grad(sum_of, tensors, materialize_grads=True)
        if sum_of.requires_grad
        else [torch.tensor(0.0)] * len(tensors)
    )
    weighted.backward()
    scale = max(abs(node.grad) for node in topological_order(weighted))
    for ours, reference in zip(second, expected, strict=True):
        assert close(ours, reference.item(), scale)
