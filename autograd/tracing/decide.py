"""Decisions taken on purpose, as one each."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from autograd.mode import mode
from autograd.tracing.number import source_of
from autograd.value import Value, as_value


def largest(*numbers: float) -> int:
    """The position of the largest, the first of several."""
    return max(range(len(numbers)), key=numbers.__getitem__)


def decide(function: Callable[..., Any], values: Iterable[Value | float]) -> Any:
    """``function(*numbers)`` of the numbers of these Values: a choice, an index, a class.

    While a function is recorded this is one decision, however often `function` compares, so that as few graphs are
    recorded as it has results.
    """
    numbers = list(values)
    trace = mode.get().special.trace
    if trace is None:
        return function(*[x.data if isinstance(x, Value) else x for x in numbers])
    return trace.decide(function.__name__, function, *[source_of(x) or as_value(x) for x in numbers], key=function)
