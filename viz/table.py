"""A graph as a table for a terminal: for each Value its number, its gradient, and its local derivatives."""

from __future__ import annotations

from collections.abc import Callable

from autograd import Value
from viz.diagram.truth import STALE, is_stale
from viz.explanation.trace import Trace, traced
from viz.expression_errors import width
from viz.names import Variables
from viz.notation import expression_text
from viz.numbers import format_number

_HEAD = ("", "value", "gradient", "local derivatives")


def table(value: Value, variables: Variables | None = None, number: Callable[[float], str] = format_number) -> str:
    """Every Value that `value` depends on, a row each, operands first; numbers that were never named are left out.

    The gradients are ∂value/∂Value, whatever is stored in the graph; a constant has none. A graph whose numbers have
    changed since it was computed is marked as stale.
    """
    trace = traced(value, variables or {}, number, limit=2)
    rows = [_row(node, trace) for node in trace.order if node.gate is not None or node.requires_grad or node.label]
    widths = [max(width(row[column]) for row in (_HEAD, *rows)) for column in range(3)]
    stale = STALE if is_stale(trace.order) else ()
    return "\n".join((*(_line(row, widths) for row in (_HEAD, *rows)), *stale))


def _row(node: Value, trace: Trace) -> tuple[str, str, str, str]:
    name = trace.names[node].text
    if node.gate is not None:
        over = {other: written.text for other, written in trace.names.items() if other is not node}
        written = expression_text(node, over)
        name = name if name == written else f"{name} = {written}"
    locals_ = [
        f"∂/{trace.partial(parent)} = {trace.number(local)}"
        for parent, local in zip(node.parents, node.local_derivatives, strict=True)
        if parent.requires_grad
    ]
    gradient = trace.number(trace.gradients[node]) if node.requires_grad else ""
    return name, trace.number(node.data), gradient, "   ".join(locals_)


def _line(row: tuple[str, str, str, str], widths: list[int]) -> str:
    """The first column to the left, numbers to the right, and no spaces at the end."""
    first, *numbers = row[:3]
    cells = [first + " " * (widths[0] - width(first))]
    cells += [" " * (room - width(text)) + text for text, room in zip(numbers, widths[1:], strict=True)]
    return "   ".join([*cells, row[3]]).rstrip()
