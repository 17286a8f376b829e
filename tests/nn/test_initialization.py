"""Weights start with the variance that the papers ask for."""

from __future__ import annotations

import math

import numpy as np
import pytest

import nn
from nn import initialization, randomness


@pytest.mark.parametrize(
    ("scheme", "variance"),
    [
        ("glorot_uniform", 2 / 30),
        ("glorot_normal", 2 / 30),
        ("he_uniform", 2 / 20),
        ("he_normal", 2 / 20),
        ("uniform", 1 / 3),
        ("zeros", 0.0),
    ],
)
def test_initialization_has_the_variance_of_its_paper(scheme, variance):
    draw, generator = initialization.initialization(scheme), randomness.generator(0)
    weights = [draw(20, 10, generator) for _ in range(20_000)]
    assert np.var(weights) == pytest.approx(variance, rel=0.05)
    assert np.mean(weights) == pytest.approx(0.0, abs=0.02)


def test_initialization_follows_the_activation():
    def largest(activation):
        return max(abs(w.data) for n in nn.Layer(50, 50, activation, seed=0).neurons for w in n.w)

    assert largest("relu") == pytest.approx(math.sqrt(6 / 50), rel=0.01)
    assert largest("tanh") == pytest.approx(math.sqrt(6 / 100), rel=0.01)
