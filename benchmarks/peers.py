"""The workloads of `programs.py` as the peers' own users would write them; None where a peer is not installed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import Any

import numpy as np

Step = Callable[[], tuple[float, Any]]


def micrograd_net(net: Any) -> Step | None:
    """Micrograd's MLP, its neurons given our numbers; `Neuron.w` and `Neuron.b` are its own names."""
    if not find_spec("micrograd"):
        return None
    from micrograd.nn import MLP

    model = MLP(net.sizes[0], list(net.sizes[1:]))
    for layer, weight, bias in zip(model.layers, net.weights, net.biases, strict=True):
        for neuron, row, b in zip(layer.neurons, weight.tolist(), bias.tolist(), strict=True):
            for w, number in zip(neuron.w, row, strict=True):
                w.data = number
            neuron.b.data = b
    rows, targets = net.rows.tolist(), net.targets[:, 0].tolist()

    def step() -> tuple[float, Any]:
        model.zero_grad()
        losses = [(1 + -target * model(row)).relu() for row, target in zip(rows, targets, strict=True)]
        loss = sum(losses) * (1.0 / len(losses))
        loss.backward()
        return loss.data, None

    return step


def casadi_net(net: Any) -> Step | None:
    """The scalar graph of one row and its gradient, mapped over the rows by CasADi's virtual machine."""
    if not find_spec("casadi"):
        return None
    import casadi

    x, target = casadi.SX.sym("x", net.sizes[0]), casadi.SX.sym("t", 1)
    count = sum(w.size + b.size for w, b in zip(net.weights, net.biases, strict=True))
    theta = casadi.SX.sym("theta", count)
    h, at = x, 0
    for layer, weight in enumerate(net.weights):
        rows, columns = weight.shape
        matrix = casadi.reshape(theta[at : at + weight.size], columns, rows).T
        h = matrix @ h + theta[at + weight.size : at + weight.size + rows]
        at += weight.size + rows
        if layer < len(net.weights) - 1:
            h = casadi.fmax(h, 0)
    loss = casadi.fmax(1 - target * h, 0)
    function = casadi.Function("f", [x, target, theta], [loss, casadi.gradient(loss, theta)])
    mapped = function.map(len(net.rows), [False, False, True], [False, True])
    numbers = np.concatenate([np.r_[w.ravel(), b] for w, b in zip(net.weights, net.biases, strict=True)])
    buffer, evaluate = mapped.buffer()
    arguments = [net.rows.ravel(), net.targets.ravel(), numbers]  # CasADi's columns are our rows
    results = [np.zeros(len(net.rows)), np.zeros(count)]
    for i, argument in enumerate(arguments):
        buffer.set_arg(i, memoryview(argument))
    for i, result in enumerate(results):
        buffer.set_res(i, memoryview(result))

    def step(_keep: object = (buffer, arguments)) -> tuple[float, Any]:
        evaluate()
        return results[0].mean(), results[1] / len(net.rows)

    return step


def torch_net(net: Any) -> Step | None:
    """Matrices, eager, with PyTorch's own layers' functions and losses."""
    if not find_spec("torch"):
        return None
    import torch
    from torch.nn import functional as F  # noqa: N812 - everybody's name for it

    torch.set_num_threads(1)
    weights, biases = ([torch.tensor(a, requires_grad=True) for a in arrays] for arrays in (net.weights, net.biases))
    rows, targets = torch.tensor(net.rows), torch.tensor(net.targets)
    classes = targets.argmax(dim=1)
    bend = torch.relu if net.activation == "relu" else torch.tanh

    def step() -> tuple[float, Any]:
        for parameter in (*weights, *biases):
            parameter.grad = None
        h = rows
        for weight, bias in zip(weights[:-1], biases[:-1], strict=True):
            h = bend(F.linear(h, weight, bias))
        h = F.linear(h, weights[-1], biases[-1])
        if net.loss == "hinge":
            loss = torch.relu(1 - targets * h).mean()
        else:
            loss = F.mse_loss(h, targets) if net.loss == "mse" else F.cross_entropy(h, classes)
        loss.backward()
        return loss.item(), None

    return step


def jax_net(net: Any) -> Step | None:
    """Matrices, the whole step under `jit`."""
    if not find_spec("jax"):
        return None
    import jax
    import jax.numpy as jnp

    bend = jax.nn.relu if net.activation == "relu" else jnp.tanh

    def loss_of(parameters: Any, rows: Any, targets: Any) -> Any:
        weights, biases = parameters
        h = rows
        for weight, bias in zip(weights[:-1], biases[:-1], strict=True):
            h = bend(h @ weight.T + bias)
        h = h @ weights[-1].T + biases[-1]
        if net.loss == "hinge":
            return jax.nn.relu(1 - targets * h).mean()
        if net.loss == "mse":
            return ((h - targets) ** 2).mean()
        return (jax.nn.logsumexp(h, axis=1) - (h * targets).sum(axis=1)).mean()

    both = jax.jit(jax.value_and_grad(loss_of))
    arguments = jax.tree.map(jnp.asarray, ((net.weights, net.biases), net.rows, net.targets))

    def step() -> tuple[float, Any]:
        value, gradients = jax.block_until_ready(both(*arguments))
        return value, gradients

    return step


NETS = {"micrograd": micrograd_net, "CasADi": casadi_net, "PyTorch": torch_net, "JAX": jax_net}


def casadi_chain(build: Callable[[Any, Any], Any], x: float, weights: Sequence[float]) -> Step | None:
    """The chain that `build` builds, and its gradient, by CasADi's virtual machine."""
    if not find_spec("casadi"):
        return None
    import casadi

    symbol, parameters = casadi.SX.sym("x"), casadi.SX.sym("w", len(weights))
    output = build(symbol, [parameters[i] for i in range(len(weights))])
    function = casadi.Function("f", [symbol, parameters], [output, casadi.gradient(output, parameters)])
    buffer, evaluate = function.buffer()
    arguments, results = [np.array([x]), np.array(weights)], [np.zeros(1), np.zeros(len(weights))]
    for i in range(2):
        buffer.set_arg(i, memoryview(arguments[i]))
        buffer.set_res(i, memoryview(results[i]))

    def step(_keep: object = (buffer, arguments)) -> tuple[float, Any]:
        evaluate()
        return results[0][0], results[1]

    return step


def torch_gpt(state: Any, names: Sequence[str]) -> Step | None:
    """The GPT of `scalar_gpt` with matrices, eager, a name at a time."""
    if not find_spec("torch"):
        return None
    import torch
    from scalar_gpt import HEADS, WIDTH, letters_of
    from torch.nn import functional as F  # noqa: N812

    torch.set_num_threads(1)
    p = {
        name: torch.tensor([[v.data for v in row] for row in matrix], dtype=torch.float64, requires_grad=True)
        for name, matrix in state.items()
    }
    letters = [torch.tensor(letters_of(name)) for name in names]

    def norm(x: Any) -> Any:
        return x * (x.square().mean(-1, keepdim=True) + 1e-5) ** -0.5

    def heads(x: Any) -> Any:
        return x.view(len(x), HEADS, WIDTH // HEADS).transpose(0, 1)

    def loss_of(tokens: Any) -> Any:
        x = norm(p["letters"][tokens[:-1]] + p["positions"][: len(tokens) - 1])
        query, key, value = (heads(norm(x) @ p[name].T) for name in ("query", "key", "value"))
        attended = F.scaled_dot_product_attention(query, key, value, is_causal=True)
        x = x + attended.transpose(0, 1).reshape(len(x), WIDTH) @ p["out"].T
        x = x + torch.relu(norm(x) @ p["up"].T) @ p["down"].T
        return F.cross_entropy(x @ p["head"].T, tokens[1:])

    def step() -> tuple[float, Any]:
        values = []
        for tokens in letters:
            for parameter in p.values():
                parameter.grad = None
            loss = loss_of(tokens)
            loss.backward()
            values.append(loss.item())
        return values[0], None

    return step
