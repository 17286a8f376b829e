"""Learning rates that change: each schedule is a function from the number of steps taken to the rate of the next.

Large steps first, to get near, then small ones, to settle. Give one as ``lr``: ``Adam(lr=cosine(0.1, steps=1000))``.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from nn.checks import is_number, not_negative, whole

Schedule = Callable[[int], float]
Rate = float | Schedule


def constant(lr: float) -> Schedule:
    """lr, always.

    >>> [constant(0.1)(step) for step in (0, 100)]
    [0.1, 0.1]
    """
    _rate(lr)
    return lambda step: lr


def step_decay(lr: float, every: int, factor: float = 0.1) -> Schedule:
    """lr · factor^⌊step / every⌋: cut by `factor` once in `every` steps.

    >>> [step_decay(1.0, every=10, factor=0.5)(step) for step in (0, 9, 10, 20)]
    [1.0, 1.0, 0.5, 0.25]
    """
    _rate(lr, factor)
    every = _count(every)
    return lambda step: lr * factor ** (step // every)


def exponential(lr: float, factor: float) -> Schedule:
    """lr · factor^step.

    >>> [exponential(1.0, 0.5)(step) for step in range(3)]
    [1.0, 0.5, 0.25]
    """
    _rate(lr, factor)
    return lambda step: lr * factor**step


def linear(lr: float, steps: int, end: float = 0.0) -> Schedule:
    """From lr to `end` along a straight line of `steps` steps, then `end`.

    >>> [linear(1.0, steps=4)(step) for step in (0, 2, 4, 100)]
    [1.0, 0.5, 0.0, 0.0]
    """
    _rate(lr)
    not_negative(end=end)
    steps = _count(steps)
    return lambda step: lr + (end - lr) * min(step / steps, 1.0)


def cosine(lr: float, steps: int, end: float = 0.0) -> Schedule:
    """end + (lr − end) · (1 + cos(π · step / steps)) / 2: slow, fast, slow. (Loshchilov & Hutter 2017.)

    >>> [round(cosine(1.0, steps=4)(step), 12) for step in (0, 2, 4)]
    [1.0, 0.5, 0.0]
    """
    _rate(lr)
    not_negative(end=end)
    steps = _count(steps)
    return lambda step: end + (lr - end) * (1.0 + math.cos(math.pi * min(step / steps, 1.0))) / 2.0


def warmup(schedule: Rate, steps: int) -> Schedule:
    """The schedule (or constant rate), its first `steps` rates scaled up from 1 / steps to 1.

    >>> [warmup(1.0, steps=4)(step) for step in range(5)]
    [0.25, 0.5, 0.75, 1.0, 1.0]
    """
    steps = _count(steps)
    after = schedule if callable(schedule) else constant(schedule)
    return lambda step: after(step) * min((step + 1) / steps, 1.0)


def _rate(*rates: float) -> None:
    for rate in rates:
        if not (is_number(rate) and 0.0 < rate < math.inf):
            raise ValueError(f"a learning rate and its factor are numbers above 0, but was given {rate!r}")


def _count(steps: int) -> int:
    count = whole(steps)
    if count is None or count < 1:
        raise ValueError(f"a schedule runs over a number of steps from 1 up, a whole number, but was given {steps!r}")
    return count
