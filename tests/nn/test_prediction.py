"""predict gives what calling the model gives, row by row."""

from __future__ import annotations

import numpy as np
import pytest
from support.training import small

import autograd
import nn


def test_predict_equals_calling_the_model():
    model = nn.MLP(2, [3, 2], seed=0)
    rows = np.linspace(-1.0, 1.0, 20).reshape(10, 2)
    expected = [[y.data for y in model(row)] for row in rows]
    for compiled in (True, False):
        assert nn.predict(model, rows, compiled=compiled) == pytest.approx(np.array(expected), rel=1e-12)
    assert nn.predict(small(), rows).shape == (10,)


def test_predict_is_right_where_no_graph_is_kept():
    rows = np.linspace(-1.0, 1.0, 20).reshape(10, 2)
    expected = nn.predict(small(), rows)
    with autograd.no_grad():
        assert nn.predict(small(), rows) == pytest.approx(expected, rel=1e-12)
