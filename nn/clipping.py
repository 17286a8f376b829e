"""Keeping gradients in bounds, so that one steep place does not throw the parameters far away."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, TypeVar

import numpy as np

from autograd import Value, maximum, minimum
from nn.checks import positive

#: One number, one Value, or one vector of numbers.
Numbers = TypeVar("Numbers", float, Value, "np.typing.NDArray[np.float64]")


def norm(g: Any) -> float:
    """√Σ g², the Euclidean size of a float, a Value or a vector, without overflow."""
    return math.hypot(*(g.tolist() if isinstance(g, np.ndarray) else [g.data if isinstance(g, Value) else g]))


def clip_norm(g: Numbers, limit: float) -> Numbers:
    """The gradient, shortened to the norm `limit` if it is longer: its direction stays. (Pascanu et al. 2013.)

    >>> clip_norm(np.array([3.0, 4.0]), 1.0).round(6).tolist()
    [0.6, 0.8]
    """
    positive(limit=limit)
    return g * min(1.0, limit / (norm(g) + 1e-6))


def clip_value(g: Numbers, limit: float) -> Numbers:
    """Each number of the gradient, kept between −limit and limit.

    >>> clip_value(np.array([3.0, -0.5]), 1.0).tolist()
    [1.0, -0.5]
    """
    positive(limit=limit)
    if isinstance(g, np.ndarray):
        return np.clip(g, -limit, limit)
    return minimum(maximum(g, -limit), limit)


def clip_grad_norm(parameters: Iterable[Value], limit: float) -> float:
    """Shorten the `.grad` of all parameters together to the norm `limit`; returns the norm they had.

    >>> p = Value(1.0)
    >>> p.grad = 10.0
    >>> clip_grad_norm([p], 1.0), round(p.grad, 6)
    (10.0, 1.0)
    """
    chosen = list(parameters)
    g = np.array([p.grad for p in chosen])
    for p, new in zip(chosen, clip_norm(g, limit).tolist(), strict=True):
        p.grad = new
    return norm(g)


def clip_grad_value(parameters: Iterable[Value], limit: float) -> None:
    """Keep each parameter's `.grad` between −limit and limit.

    >>> p = Value(1.0)
    >>> p.grad = -10.0
    >>> clip_grad_value([p], 1.0)
    >>> p.grad
    -1.0
    """
    for p in parameters:
        p.grad = clip_value(p.grad, limit)
