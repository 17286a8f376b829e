"""A graph as a table for a terminal: for each Value its number, its gradient, and its local derivatives."""

from __future__ import annotations

from autograd import Value
from viz.diagram.truth import STALE
from viz.explanation.trace import Trace, traced
from viz.text.columns import cells, padded
from viz.text.names import Variables
from viz.text.notation import fitted
from viz.text.numbers import NumberFormat, format_number

#: How many characters an expression may have.
_LONGEST = 80
_HEAD = ("", "value", "gradient", "local derivatives")


def table(value: Value, variables: Variables | None = None, number: NumberFormat = format_number) -> str:
    """Every Value that `value` depends on, a row each, operands first; numbers that were never named are left out.

    The gradients are ∂value/∂Value, whatever is stored in the graph; a constant has none. A graph whose numbers have
    changed since it was computed is marked as stale.
    """
    trace = traced(value, variables or {}, number, limit=2)
    rows = [_row(node, trace) for node in trace.order if node.gate is not None or node.requires_grad or node.label]
    widths = [max(cells(row[column]) for row in (_HEAD, *rows)) for column in range(3)]
    stale = STALE if trace.stale else ()
    return "\n".join((*(_line(row, widths) for row in (_HEAD, *rows)), *stale))


def _row(node: Value, trace: Trace) -> tuple[str, str, str, str]:
    name = trace.names[node].text
    if node.gate is not None:
        written = fitted(node.gate, [trace.names[parent] for parent in node.parents], "text", _LONGEST).text
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
    columns = [" " * (room - cells(text)) + text for text, room in zip(numbers, widths[1:], strict=True)]
    return "   ".join([padded(first, widths[0]), *columns, row[3]]).rstrip()
