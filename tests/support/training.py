"""A small network and a short training of it, for tests of `nn.fit`."""

from __future__ import annotations

import nn
from nn import data, losses, optim


def small(seed: int = 0, output: str | None = "sigmoid") -> nn.MLP:
    return nn.MLP(2, [4, 1], activation="tanh", output=output, seed=seed)


def train(model: nn.Module, *, compiled: bool = True, **options: object) -> nn.History:
    settings = {
        "loss": losses.binary_cross_entropy,
        "optimizer": optim.Adam(lr=0.05),
        "epochs": 5,
        "batch_size": 8,
        "seed": 0,
    }
    return nn.fit(model, *data.moons(30, seed=1), **{**settings, **options}, compiled=compiled)
