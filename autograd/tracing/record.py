"""Calling a function to record it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from autograd.errors import RecordingError
from autograd.mode import changed, mode
from autograd.node import made
from autograd.tracing.reach import chance
from autograd.tracing.trace import Trace, Traced, open_traces, see_numbers
from autograd.value import Value


def record(function: Callable[[list[Value]], Any], row: Sequence[float], labels: Sequence[str]) -> Trace:
    """Call `function` with a leaf for each number of the row, and see what it does.

    Raises RecordingError where a replay could be wrong without a sign of it, and whatever the function raises.
    """
    outer = mode.get().checks.trace
    if outer is not None:
        outer.refuse("records a program while it is recorded itself")
    see_numbers()
    trace = Trace()
    trace.inputs = [made(Traced, float(x), None, None, label=label) for x, label in zip(row, labels, strict=True)]
    before = chance()
    open_traces.append(trace)
    with changed(record=True, trace=trace):
        try:
            result = function(list(trace.inputs))
            if before != chance():
                trace.reason = trace.reason or "it draws random numbers, which a replay would repeat"
            trace.finish(result)
        except RecordingError:
            raise
        except Exception as error:
            if trace.reason and "goes on after" not in trace.reason:
                raise RecordingError(trace.reason) from error
            raise
        finally:
            open_traces.remove(trace)
    return trace
