"""Small sets to learn on: the same seed gives the same rows. Classes are whole numbers from 0."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from nn.data.tables import Array, Rows

_CORNERS = ((0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0))


def _truth_table(*outcomes: int) -> Rows:
    return Rows(np.array(_CORNERS), np.array(outcomes))


def and_() -> Rows:
    """The truth table of AND: a line separates it."""
    return _truth_table(0, 0, 0, 1)


def or_() -> Rows:
    """The truth table of OR: a line separates it."""
    return _truth_table(0, 1, 1, 1)


def xor() -> Rows:
    """The truth table of XOR: no line separates it, one hidden layer does. (Minsky & Papert 1969.)"""
    return _truth_table(0, 1, 1, 0)


def _at_least(rows: int, classes: int = 1) -> None:
    if rows < classes:
        raise ValueError(f"{rows} rows are too few; at least {classes} are needed")


def _noisy(X: Array, noise: float, generator: np.random.Generator) -> Array:  # noqa: N803
    if noise < 0.0:
        raise ValueError(f"noise is a standard deviation, from 0 up, but was given {noise!r}")
    return X + noise * generator.standard_normal(X.shape)


def _labels(rows: int, classes: int) -> np.typing.NDArray[np.int64]:
    """Classes 0, 0, ..., 1, 1, ..., as evenly many of each as possible."""
    return np.arange(rows, dtype=np.int64) * classes // rows


def line(rows: int = 50, slope: float = 2.0, intercept: float = -1.0, noise: float = 0.1, seed: int = 0) -> Rows:
    """y = slope · x + intercept + noise, x between −1 and 1: for linear regression."""
    _at_least(rows)
    generator = np.random.default_rng(seed)
    x = generator.uniform(-1.0, 1.0, (rows, 1))
    return Rows(x, _noisy(slope * x[:, 0] + intercept, noise, generator))


def moons(rows: int = 100, noise: float = 0.1, seed: int = 0) -> Rows:
    """Two half circles of radius 1 that reach into each other: class 0 the upper, class 1 the lower."""
    _at_least(rows, 2)
    generator = np.random.default_rng(seed)
    y = _labels(rows, 2)
    angle = generator.uniform(0.0, math.pi, rows)
    x0 = np.where(y == 0, np.cos(angle), 1.0 - np.cos(angle))
    x1 = np.where(y == 0, np.sin(angle), 0.5 - np.sin(angle))
    return Rows(_noisy(np.stack([x0, x1], axis=1), noise, generator), y)


def circles(rows: int = 100, ratio: float = 0.5, noise: float = 0.05, seed: int = 0) -> Rows:
    """A circle of radius 1, class 0, around one of radius `ratio`, class 1."""
    _at_least(rows, 2)
    generator = np.random.default_rng(seed)
    y = _labels(rows, 2)
    angle = generator.uniform(0.0, 2.0 * math.pi, rows)
    radius = np.where(y == 0, 1.0, ratio)
    return Rows(_noisy(radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1), noise, generator), y)


def spirals(rows: int = 200, classes: int = 2, turns: float = 1.0, noise: float = 0.03, seed: int = 0) -> Rows:
    """As many arms as classes, each winding `turns` times from near 0 out to radius 1."""
    _at_least(rows, classes)
    generator = np.random.default_rng(seed)
    y = _labels(rows, classes)
    radius = np.sqrt(generator.uniform(0.01, 1.0, rows))  # evenly along the arm, not crowded in the middle
    angle = 2.0 * math.pi * (turns * radius + y / classes)
    return Rows(_noisy(radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1), noise, generator), y)


def blobs(rows: int = 100, centers: int | Sequence[Sequence[float]] = 3, spread: float = 0.6, seed: int = 0) -> Rows:
    """Round clouds of standard deviation `spread`, one for each class.

    centers: where they are; a number places so many evenly on a circle of radius 3.
    """
    if isinstance(centers, int):
        _at_least(centers)
        angle = 2.0 * math.pi * np.arange(centers) / centers
        middle = 3.0 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    else:
        middle = np.array(centers, dtype=np.float64)
    _at_least(rows, len(middle))
    y = _labels(rows, len(middle))
    return Rows(_noisy(middle[y], spread, np.random.default_rng(seed)), y)
