"""A function recorded, and checked against calling it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from autograd import tracing
from autograd.errors import RecordingError
from autograd.mode import changed
from autograd.program.branches.questions import answer_of
from autograd.tracing import Trace
from autograd.value import Value, as_value

#: A gradient that nobody computes.
_ODD = 0.7390851332151607


def recorded(
    function: Callable[[list[Value]], Any], row: Sequence[float], labels: Sequence[str], parameters: Sequence[Value]
) -> tuple[Trace, tuple[Value, ...]]:
    """One recording, and the parameters, with those at the end that it met besides the known ones.

    A function that makes leaves of its own, or changes what it keeps, is recorded again: it may do so once, the first
    time. Leaves that it makes anew each time are constants.
    """
    before = tracing.reach(function)
    trace = attempt(function, row, labels)
    after = tracing.reach(function)
    if trace.own or before != after:
        trace = attempt(function, row, labels)
        if tracing.reach(function) != after:
            raise RecordingError(
                "it changes what it keeps from one row to the next (an attribute, a list, a counter, "
                "a random generator), and a replay would do so once"
            )
        for leaf in trace.own:
            leaf.requires_grad = False
    _compare(trace, function, row, labels)
    known = set(parameters)
    return trace, (*parameters, *[p for p in trace.parameters if p not in known])


def attempt(function: Callable[[list[Value]], Any], row: Sequence[float], labels: Sequence[str]) -> Trace:
    """One recording. An error of the function's own is raised as it is; one that only recording makes is refused."""
    try:
        return tracing.record(function, row, labels)
    except RecordingError:
        raise
    except Exception as error:
        _computed(function, row, labels)
        raise RecordingError(
            f"recording it ends in {type(error).__name__} ({error}), although computing it does "
            "not. While a function is recorded, v.data only stands for a float: where a true one is "
            "needed, give float(v.data)"
        ) from error


def _computed(function: Callable[[list[Value]], Any], row: Sequence[float], labels: Sequence[str]) -> Any:
    with changed(record=True):
        return function([Value(x, label, requires_grad=False) for x, label in zip(row, labels, strict=True)])


def _compare(trace: Trace, function: Callable[[list[Value]], Any], row: Sequence[float], labels: Sequence[str]) -> None:
    """RecordingError if the function gives other numbers, to the last bit, when it is not recorded.

    The parameters have other gradients meanwhile, by which it is seen if the function reads those.
    """
    gradients = [p.grad for p in trace.parameters]
    try:
        for p in trace.parameters:
            p.grad = _ODD
        result = _computed(function, row, labels)
    finally:
        for p, gradient in zip(trace.parameters, gradients, strict=True):
            p.grad = gradient
    for y, anew in zip(trace.outputs, [result] if trace.single else result, strict=True):
        a, b = y._data, as_value(anew)._data
        if answer_of(a) != answer_of(b):
            raise RecordingError(
                f"recorded it gives {a!r}, but computed anew {b!r}: it depends on chance, on a "
                ".grad, on what it did before, or on what kind of number it is given"
            )
