"""Measures leave models and optimizers as they were."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.training import small

import nn
from autograd import Value
from nn import data, losses, optim
from nn.activations import ACTIVATIONS

ELEMENTWISE = sorted(name for name, entry in ACTIVATIONS.items() if not entry.of_vector)
NUMBERS = st.floats(-3.0, 3.0)


class Two(nn.Module):
    def __init__(self) -> None:
        self.body = [nn.Neuron(1, seed=0), nn.Neuron(1, seed=1)]
        self.scale = Value(2.0)

    def forward(self, x):
        return self.body[1](self.body[0](x)) * self.scale


def test_gradient_sizes_are_root_mean_squares_by_layer():
    model = Two()
    by_name = nn.gradients(model, [[1.0], [2.0]], [0.0, 1.0], loss=losses.mean_squared_error)
    sizes = nn.gradient_sizes(model, [[1.0], [2.0]], [0.0, 1.0], loss=losses.mean_squared_error)
    assert list(sizes) == ["scale", "body.0", "body.1"]
    assert sizes["body.0"] == pytest.approx(math.hypot(by_name["body.0.w.0"], by_name["body.0.b"]) / math.sqrt(2))
    assert sizes["scale"] == pytest.approx(abs(by_name["scale"]))


@pytest.mark.parametrize("compiled", [True, False])
def test_gradients_leave_grad_alone(compiled):
    model = Two()
    model.scale.grad = 7.0
    nn.gradients(model, [[1.0]], [0.0], loss=losses.mean_squared_error, compiled=compiled)
    assert [p.grad for p in model.parameters()] == [7.0, 0.0, 0.0, 0.0, 0.0]


def test_descent_leaves_the_optimizer_alone():
    w = Value(1.0)
    optimizer = optim.SGD([w], lr=0.1, momentum=0.9)
    w.grad = 1.0
    optimizer.step()
    before = optimizer.state_dict()
    path = nn.descend(lambda x, y: x * x + y, (1.0, 0.0), optimizer, steps=2)
    assert path.tolist() == [[1.0, 0.0], pytest.approx([0.8, -0.1]), pytest.approx([0.8 - 0.1 * (1.8 + 1.6), -0.29])]
    assert optimizer.state_dict() == before
    assert optimizer.parameters == [w]


@given(
    st.sampled_from(ELEMENTWISE),
    st.lists(st.integers(1, 4), max_size=2),
    st.lists(st.tuples(NUMBERS, NUMBERS, st.integers(0, 2)), min_size=1, max_size=6),
    st.sampled_from([losses.mean_squared_error, losses.mean_absolute_error, losses.sparse_categorical_cross_entropy]),
    st.integers(0, 99),
)
@settings(max_examples=40, deadline=None)
def test_replayed_gradients_equal_eager_ones(activation, hidden, rows, loss, seed):
    classes = loss is losses.sparse_categorical_cross_entropy
    model = nn.MLP(2, [*hidden, 3 if classes else 1], activation, seed=seed)
    table, targets = [row[:2] for row in rows], [row[2] for row in rows]
    fast, slow = (nn.gradients(model, table, targets, loss=loss, compiled=c) for c in (True, False))
    assert list(fast.values()) == pytest.approx(list(slow.values()), rel=1e-9, abs=1e-9)


def test_gradients_by_name_equal_backward():
    model = small()
    rows, targets = data.moons(6, seed=2)
    by_name = nn.gradients(model, rows, targets, loss=losses.binary_cross_entropy)
    assert all(p.grad == 0.0 for p in model.parameters())
    losses.binary_cross_entropy([model(row) for row in rows], targets).backward()
    assert list(by_name) == list(model.state_dict())
    assert list(by_name.values()) == pytest.approx([p.grad for p in model.parameters()], rel=1e-9)
