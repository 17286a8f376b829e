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
    """``function(*numbers)`` of the numbers of these Values: a choice, an index, a class. No gradient passes.

    While a function is recorded (`compile`, `nn.fit`, `nn.predict`), the result is one decision, however often
    `function` compares: as many graphs are recorded as it has results, where its code, written out, might have a path
    for every order of its numbers. It depends on its arguments alone, and may be called with other rows' numbers.

    function: of as many floats as there are values, giving something that can be compared, such as an int.
    Raises TypeError for values that are no numbers, and what `function` raises.

    >>> from autograd import Value, decide
    >>> p = [Value(0.2), Value(0.7), Value(0.1)]
    >>> decide(lambda *numbers: numbers.index(max(numbers)), p)
    1
    """
    numbers = list(values)
    trace = mode.get().checks.trace
    if trace is None:
        return function(*[x.data if isinstance(x, Value) else x for x in numbers])
    return trace.decide(function.__name__, function, *[source_of(x) or as_value(x) for x in numbers], key=function)
