"""The benchmark's GPT of scalars: recorded once for names of a length, it equals the graph built for each name."""

from __future__ import annotations

import numpy as np
import pytest

from autograd.program.plan import MatMul


def test_the_recorded_gpt_equals_the_eager_one(gpt, executor):
    state = gpt.make_state()
    program = gpt.record(state, 3, executor=executor)
    for name in ("ava", "mia"):
        loss = gpt.eager_loss(state, name)
        for parameter in program.parameters:
            parameter.grad = 0.0
        loss.backward()
        value, gradients = program.value_and_grad([gpt.row_of(name)])
        assert value == pytest.approx(loss.data, rel=1e-9)
        np.testing.assert_allclose(gradients, [p.grad for p in program.parameters], rtol=1e-9, atol=1e-13)


def test_the_positions_share_each_weight_matrix(gpt):
    program = gpt.record(gpt.make_state(), 3)
    products = [i for i in program.plan.instructions if isinstance(i, MatMul)]
    # embedding; query, key and value at once; out; up; down; head: each for the four positions together
    assert [(p.rows, p.inner, p.columns) for p in products] == [
        (16, 27, 4),
        (48, 16, 4),
        (16, 16, 4),
        (64, 16, 4),
        (16, 64, 4),
        (27, 16, 4),
    ]
