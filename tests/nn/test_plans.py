"""How much work training is, counted and not timed: gates of a row's graph, instructions of a plan, graphs built anew.

A number that grew means that something became slower; one that shrank is to be written down here.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from types import FrameType

import numpy as np
import pytest

import autograd
import nn
from nn import data, losses
from nn.recording import record
from nn.rows import row_loss

MOONS = data.moons(100, seed=0)
DIGITS = np.random.default_rng(0).random((20, 64)), np.arange(20) % 10


def hinge_net() -> nn.MLP:
    """micrograd's demo."""
    return nn.MLP(2, [16, 16, 1], seed=0)


def digits_net() -> nn.MLP:
    return nn.MLP(64, [32, 10], seed=0)


#: A model, its rows, their targets and its loss.
HINGE = (hinge_net, MOONS.X, 2 * MOONS.y - 1, losses.hinge)
DIGIT = (digits_net, *DIGITS, losses.sparse_categorical_cross_entropy)


@pytest.mark.parametrize(
    ("case", "encoded", "gates"),
    [
        # each weight has a product, each neuron a sum and each hidden one a relu; then relu(1 − t · s)
        (
            HINGE,
            [1.0],
            {"mul": 2 * 16 + 16 * 16 + 16 + 1, "sum": 16 + 16 + 1, "relu": 16 + 16 + 1, "sub": 1},
        ),
        # then logits less their logsumexp, and logsumexp − the target's logit
        (
            DIGIT,
            np.eye(10)[0].tolist(),
            {
                "mul": 64 * 32 + 32 * 10 + 10,
                "sum": 32 + 10 + 1,
                "relu": 32,
                "sub": 10 + 1,
                "logsumexp": 2,
                "stop_gradient": 1,
            },
        ),
    ],
    ids=["hinge", "digits"],
)
def test_the_graph_of_a_row_has_as_many_gates_as_its_formula(case, encoded, gates):
    build, X, _, loss = case  # noqa: N806
    targets = [autograd.Value(t, requires_grad=False) for t in encoded]
    value = row_loss(loss, build()(X[0].tolist()), targets)
    assert Counter(v.gate.name for v in autograd.topological_order(value) if v.gate) == gates


@pytest.mark.parametrize(
    ("case", "fused", "instructions"),
    [
        # for each hidden layer a matrix product and a relu, the last product, then a product, a difference, a relu
        (HINGE, 16 + 16 + 16 + 16 + 1 + 3, 2 + 2 + 1 + 3),
        # as before; logsumexp, stop_gradient, ten differences at once, logsumexp, a sum of products, a difference
        (DIGIT, 32 + 32 + 10 + 1 + 1 + 10 + 1 + 1 + 1, 2 + 1 + 6),
    ],
    ids=["hinge", "digits"],
)
def test_a_step_of_training_is_a_few_instructions(case, fused, instructions):
    build, X, y, loss = case  # noqa: N806
    recording, _ = record(build(), X, y, loss=loss)
    assert recording.replays
    told = repr(recording.program)
    assert int(re.search(r"(\d+) after fusing sums of products", told)[1]) == fused
    assert int(re.search(r"(\d+) instructions after grouping", told)[1]) == instructions


def graphs_built(action) -> int:
    """How often a network was called while the action ran."""
    code, calls = nn.Sequential.forward.__code__, 0

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal calls
        calls += event == "call" and frame.f_code is code

    sys.setprofile(count)
    try:
        action()
    finally:
        sys.setprofile(None)
    return calls


@pytest.mark.parametrize("rows", [10, 100])
@pytest.mark.parametrize("epochs", [1, 3])
def test_training_builds_six_graphs_however_many_rows_and_epochs(rows, epochs):
    X, y = MOONS.X[:rows], 2 * MOONS.y[:rows] - 1  # noqa: N806
    model = hinge_net()
    # to count the outputs, to look for parameters, to record, to compare with that; and two rows to check
    assert graphs_built(lambda: nn.fit(model, X, y, loss=losses.hinge, epochs=epochs, batch_size=5)) == 6


def test_every_fourth_power_of_epochs_one_more_row_is_checked():
    model = hinge_net()
    assert graphs_built(lambda: nn.fit(model, *HINGE[1:3], loss=losses.hinge, epochs=16)) == 6 + 2


@pytest.mark.parametrize(("rows", "graphs"), [(4, 4), (100, 2 + 2)])
def test_predicting_builds_a_graph_for_each_of_a_few_rows_else_four(rows, graphs):
    model = hinge_net()
    assert graphs_built(lambda: nn.predict(model, MOONS.X[:rows])) == graphs


def test_training_gate_by_gate_builds_a_graph_for_each_row():
    model = hinge_net()
    X, y = MOONS.X[:10], 2 * MOONS.y[:10] - 1  # noqa: N806
    fit = graphs_built(lambda: nn.fit(model, X, y, loss=losses.hinge, epochs=3, compiled=False))
    assert fit == 1 + 1 + 3 * 10
