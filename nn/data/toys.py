"""Small sets to learn on. Classes are whole numbers from 0.

The same seed gives the same rows; without one they are drawn from Python's `random` module (see `nn.randomness`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from nn.checks import not_negative, whole_from
from nn.data.tables import Array, Rows, as_rows
from nn.randomness import Seed, array_generator

_CORNERS = ((0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0))


def _truth_table(*outcomes: int) -> Rows:
    return Rows(np.array(_CORNERS), np.array(outcomes))


def and_() -> Rows:
    """The truth table of AND: a line separates it.

    >>> and_().y.tolist()
    [0, 0, 0, 1]
    """
    return _truth_table(0, 0, 0, 1)


def or_() -> Rows:
    """The truth table of OR: a line separates it.

    >>> or_().y.tolist()
    [0, 1, 1, 1]
    """
    return _truth_table(0, 1, 1, 1)


def xor() -> Rows:
    """The truth table of XOR: no line separates it, one hidden layer does. (Minsky & Papert 1969.)

    >>> xor().y.tolist()
    [0, 1, 1, 0]
    """
    return _truth_table(0, 1, 1, 0)


def _at_least(rows: int, classes: int = 1) -> int:
    """The number of rows as an int, at least one for each class; ValueError otherwise."""
    return whole_from(rows, classes, "the number of rows")


def _noisy(X: Array, noise: float, generator: np.random.Generator) -> Array:  # noqa: N803
    not_negative(noise=noise)
    return X + noise * generator.standard_normal(X.shape)


def _labels(rows: int, classes: int) -> np.typing.NDArray[np.int64]:
    """Classes 0, 0, ..., 1, 1, ..., as evenly many of each as possible."""
    return np.arange(rows, dtype=np.int64) * classes // rows


def _on_arcs(rows: int, span: float, seed: Seed) -> tuple[np.typing.NDArray[np.int64], Array, np.random.Generator]:
    """Two classes, an angle between 0 and `span` for each row, and the generator that drew them."""
    rows = _at_least(rows, 2)
    generator = array_generator(seed)
    return _labels(rows, 2), generator.uniform(0.0, span, rows), generator


def line(rows: int = 50, slope: float = 2.0, intercept: float = -1.0, noise: float = 0.1, seed: Seed = None) -> Rows:
    """y = slope · x + intercept + noise, x between −1 and 1: for linear regression.

    >>> X, y = line(3, slope=2.0, intercept=-1.0, noise=0.0, seed=0)
    >>> bool(np.allclose(y, 2.0 * X[:, 0] - 1.0))
    True
    """
    rows = _at_least(rows)
    generator = array_generator(seed)
    x = generator.uniform(-1.0, 1.0, (rows, 1))
    return Rows(x, _noisy(slope * x[:, 0] + intercept, noise, generator))


def moons(rows: int = 100, noise: float = 0.1, seed: Seed = None) -> Rows:
    """Two half circles of radius 1 that reach into each other: class 0 the upper, class 1 the lower.

    >>> X, y = moons(4, seed=0)
    >>> X.shape, y.tolist()
    ((4, 2), [0, 0, 1, 1])
    """
    y, angle, generator = _on_arcs(rows, math.pi, seed)
    x0 = np.where(y == 0, np.cos(angle), 1.0 - np.cos(angle))
    x1 = np.where(y == 0, np.sin(angle), 0.5 - np.sin(angle))
    return Rows(_noisy(np.stack([x0, x1], axis=1), noise, generator), y)


def circles(rows: int = 100, ratio: float = 0.5, noise: float = 0.05, seed: Seed = None) -> Rows:
    """A circle of radius 1, class 0, around one of radius `ratio`, class 1.

    >>> X, y = circles(4, seed=0)
    >>> X.shape, y.tolist()
    ((4, 2), [0, 0, 1, 1])
    """
    y, angle, generator = _on_arcs(rows, 2.0 * math.pi, seed)
    radius = np.where(y == 0, 1.0, ratio)
    return Rows(_noisy(radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1), noise, generator), y)


def spirals(rows: int = 200, classes: int = 2, turns: float = 1.0, noise: float = 0.03, seed: Seed = None) -> Rows:
    """As many arms as classes, each winding `turns` times from near 0 out to radius 1.

    >>> X, y = spirals(4, seed=0)
    >>> X.shape, y.tolist()
    ((4, 2), [0, 0, 1, 1])
    """
    classes = whole_from(classes, 1, "the number of classes")
    rows = _at_least(rows, classes)
    generator = array_generator(seed)
    y = _labels(rows, classes)
    radius = np.sqrt(generator.uniform(0.01, 1.0, rows))  # evenly along the arm, not crowded in the middle
    angle = 2.0 * math.pi * (turns * radius + y / classes)
    return Rows(_noisy(radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1), noise, generator), y)


def blobs(
    rows: int = 100, centers: int | Sequence[Sequence[float]] = 3, spread: float = 0.6, seed: Seed = None
) -> Rows:
    """Round clouds of standard deviation `spread`, one for each class.

    centers: where they are; a number places so many evenly on a circle of radius 3.

    >>> blobs(3, centers=[[0.0, 0.0], [5.0, 5.0], [9.0, 0.0]], spread=0.0).X.tolist()
    [[0.0, 0.0], [5.0, 5.0], [9.0, 0.0]]
    """
    if np.ndim(centers) == 0:
        count = whole_from(centers, 1, "the number of centers")
        angle = 2.0 * math.pi * np.arange(count) / count
        middle = 3.0 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    else:
        middle = as_rows(centers, "centers")
    rows = _at_least(rows, len(middle))
    y = _labels(rows, len(middle))
    return Rows(_noisy(middle[y], spread, array_generator(seed)), y)
