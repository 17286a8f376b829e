"""Programs compute what the eager graph computes: values and gradients, every gate, every batch size."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd
from autograd import GATES, Value

CLOSE = {"rtol": 1e-9, "atol": 1e-11}


def rows_for(graph, batch, seed=0):
    return np.random.default_rng(seed).uniform(-2, 2, (batch, len(graph.inputs)))


def assert_agrees(graph, rows, evaluate_eagerly, executor):
    forward = autograd.compile(graph.outputs, graph.inputs, executor=executor)
    program = autograd.compile(graph.outputs[0], graph.inputs, executor=executor)
    outputs, value, gradients = evaluate_eagerly(graph, rows, program.parameters)
    np.testing.assert_allclose(forward.forward(rows), outputs, **CLOSE)
    np.testing.assert_allclose(program.forward(rows), outputs[:, 0], **CLOSE)
    for _ in range(2):  # the second call runs in the memory of the first
        got, slopes = program.value_and_grad(rows)
        np.testing.assert_allclose(got, value, **CLOSE)
        np.testing.assert_allclose(slopes, gradients, **CLOSE)


@pytest.mark.parametrize("batch", [1, 2, 100])
@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**9))
def test_random_graphs_agree_with_eager(make_random_graph, evaluate_eagerly, executor, batch, seed):
    graph = make_random_graph(seed)
    assert_agrees(graph, rows_for(graph, batch, seed), evaluate_eagerly, executor)


def _safe(name, i):
    x = Value(0.3 + i, f"x{i}")
    return x, {
        "div": abs(x) + 0.5,
        "log": abs(x) + 0.5,
        "log1p": abs(x),
        "sqrt": abs(x) + 0.5,
        "pow": abs(x) + 0.5,
    }.get(name, x)


@pytest.mark.parametrize("kinds", ["lanes", "scalars", "mixed"])
@pytest.mark.parametrize("name", list(GATES))
def test_each_gate_agrees_with_eager(make_graph, evaluate_eagerly, executor, name, kinds):
    gate = GATES[name]
    count = gate.arity or 3
    leaves, operands = zip(*[_safe(name, i) for i in range(count)], strict=True)
    inputs = {"lanes": list(leaves), "scalars": [], "mixed": [leaves[0]]}[kinds]
    row, w = Value(1.0), Value(0.7)
    graph = make_graph([gate(*operands) * w + row], [*inputs, row])
    for batch in (1, 2, 100):
        assert_agrees(graph, rows_for(graph, batch), evaluate_eagerly, executor)


@pytest.mark.parametrize("name", list(GATES))
def test_groups_of_each_gate_agree_with_eager(make_graph, evaluate_eagerly, executor, name):
    gate = GATES[name]
    x = [Value(0.1 * i) for i in range(3)]
    w = [Value(0.2 * i - 0.3) for i in range(5)]
    safe = [abs(a * b) + 0.5 for a in x for b in w]
    count = gate.arity or 3
    gates = [gate(*[safe[(i * k + k) % len(safe)] for k in range(1, count + 1)]) for i in range(12)]
    graph = make_graph([autograd.sum(gates)], x)
    assert_agrees(graph, rows_for(graph, 7), evaluate_eagerly, executor)


def _value_and_slopes(executor, build, *numbers):
    leaves = [Value(n) for n in numbers]
    row = Value(0.0)
    program = autograd.compile(build(*leaves) + row * 0, [row], executor=executor)
    assert [p.data for p in program.parameters] == list(numbers)
    return program.value_and_grad([[1.0]])[1].tolist()


def test_a_tie_of_max_halves_the_gradient(executor):
    assert _value_and_slopes(executor, autograd.maximum, 2.0, 2.0) == [0.5, 0.5]
    assert _value_and_slopes(executor, autograd.minimum, 2.0, 2.0) == [0.5, 0.5]


def test_the_gradient_of_relu_and_abs_at_zero_is_zero(executor):
    assert _value_and_slopes(executor, autograd.relu, 0.0) == [0.0]
    assert _value_and_slopes(executor, abs, 0.0) == [0.0]


def test_repeated_operands_count_each_time(executor):
    assert _value_and_slopes(executor, lambda x: x * x, 3.0) == [6.0]
    assert _value_and_slopes(executor, lambda x: x + x, 3.0) == [2.0]
    assert _value_and_slopes(executor, lambda x: autograd.sum([x, x, x]), 3.0) == [3.0]
    assert _value_and_slopes(executor, lambda x: x / x, 3.0) == [0.0]


def test_softmax_of_large_logits_does_not_overflow(executor):
    x, w = Value(0.0), Value(1.0)
    program = autograd.compile(autograd.logsumexp([x * w, x * 2.0, x * 3.0]), [x], executor=executor)
    np.testing.assert_allclose(program.forward([[1000.0], [-1000.0]]), [3000.0, -1000.0])
    np.testing.assert_allclose(program.value_and_grad([[-1000.0]])[1], [-1000.0])


def test_a_layer_agrees_with_numpy(executor):
    rng = np.random.default_rng(1)
    weights, bias, rows = rng.normal(size=(4, 3)), rng.normal(size=4), rng.normal(size=(50, 3))
    x = [Value(0.0) for _ in range(3)]
    w = [[Value(n) for n in row] for row in weights]
    b = [Value(n) for n in bias]
    program = autograd.compile([autograd.dot(r, x, c).tanh() for r, c in zip(w, b, strict=True)], x, executor=executor)
    np.testing.assert_allclose(program.forward(rows), np.tanh(rows @ weights.T + bias), rtol=1e-12)
