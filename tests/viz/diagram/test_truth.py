"""Whether the numbers of a graph belong together, and that every form of a picture says so where they don't."""

import math

import pytest
from support.graphs import recipe

from autograd import Value, topological_order
from nn import MLP
from viz.diagram.truth import has_several_passes, is_stale, stale_gates


def product():
    w, x = Value(2.0, "w"), Value(3.0, "x")
    y = (w * x).tanh() + x
    y.label = "y"
    return w, x, y


@pytest.mark.parametrize("seed", range(40))
def test_a_graph_and_one_backward_pass_belong_together(seed):
    leaves, output = recipe(seed, 30).values()
    order = topological_order(output)
    assert not is_stale(order)
    assert not has_several_passes(order)
    output.backward(seed=0.7)
    assert not has_several_passes(order)
    output.backward()
    changed = any(leaf.grad != 0.0 for leaf in leaves)
    assert has_several_passes(order) == changed
    assert not is_stale(order)


def test_a_model_after_one_pass_belongs_together():
    model = MLP(3, [5, 5, 1], activation="tanh", seed=0)
    loss = (model([0.3, -1.0, 2.0]) - 1) ** 2
    loss.backward()
    order = topological_order(loss)
    assert not is_stale(order)
    assert not has_several_passes(order)


def test_before_any_pass_an_infinite_local_derivative_is_no_second_pass():
    x = Value(0.0, "x")
    y = x.sqrt() * 2  # ∂√x/∂x is infinite at 0
    order = topological_order(y)
    assert not has_several_passes(order, [y])
    y.backward()
    assert x.grad == math.inf
    assert not has_several_passes(order, [y])
    x.grad = 0.0
    assert has_several_passes(order, [y])


def test_a_changed_leaf_makes_the_gates_that_use_it_stale():
    w, _, y = product()
    gate = next(node for node in topological_order(y) if w in node.parents)
    w.data -= 0.1
    assert list(stale_gates(topological_order(y))) == [gate]
    w.data += 0.1
    assert not is_stale(topological_order(y))
    w.data = math.nan
    assert is_stale(topological_order(y))
    y.forward()
    assert not is_stale(topological_order(y))


def test_a_changed_local_derivative_is_stale_though_the_value_is_the_same():
    x = Value(-2.0, "x")
    y = abs(x)
    x.data = 2.0
    assert is_stale([x, y])


def test_a_leaf_that_left_the_domain_of_its_gate_makes_it_stale():
    x = Value(1.0, "x")
    y = x.log()
    x.data = -1.0
    assert is_stale([x, y])


def test_a_change_that_changes_no_number_is_not_stale():
    x = Value(-1.0, "x")
    y = x.relu()
    x.data = -2.0
    assert not is_stale([x, y])


def test_gradients_of_more_than_this_graphs_one_pass_are_told():
    w, _, y = product()
    order = topological_order(y)
    y.backward()
    (w * 5).backward()  # another example of a minibatch
    assert has_several_passes(order)
    for leaf in (node for node in order if node.gate is None):
        leaf.grad = 0.0
    assert has_several_passes(order), "the gates' gradients would give the leaves others than 0"
    y.backward()
    assert not has_several_passes(order)
    w.data += 1.0
    y.forward()
    assert has_several_passes(order), "the gradients are those at the old numbers"


def test_several_outputs_with_a_pass_each_add_up_in_leaves_that_they_share():
    x = Value(2.0, "x")
    apart = [x * 3, x + 1]
    for output in apart:
        output.backward()
    assert not has_several_passes(topological_order(apart), apart)
    h = x.tanh()
    together = [h * 3, h + 1]
    x.grad = 0.0
    for output in together:
        output.backward()
    assert has_several_passes(topological_order(together), together), "h holds the last pass, x both"


def test_constants_have_no_gradient_to_compare():
    x = Value(2.0, "x")
    y = x * 3 + Value(1.0, "c", requires_grad=False)
    y.backward()
    assert not has_several_passes(topological_order(y))
