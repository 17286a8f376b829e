"""viz.draw: from a Value to its picture."""

from __future__ import annotations

from collections.abc import Iterable

from autograd import Value, topological_order
from viz.diagram.build import diagram_of, has_gradients
from viz.diagram.collapse import Expand
from viz.layout.arrange import arrange
from viz.names import caller_variables, given_names
from viz.numbers import NumberFormat, format_number
from viz.output.legend import finish
from viz.picture import Picture
from viz.styles.circuit import CircuitFigure
from viz.styles.pen import Look
from viz.themes import THEMES


def draw(value: Value | Iterable[Value], *, theme: str = "light", direction: str = "LR", names: bool = True,
         gradients: bool | None = None, local: bool = True, copies: bool = True, legend: bool = True,
         number: NumberFormat = format_number, room: str = "", expand: Expand = None,
         collapse: str | Iterable[str] = ()) -> Picture:  # fmt: skip
    """A picture of the graph below `value`."""
    outputs = [value] if isinstance(value, Value) else list(value)
    order = topological_order(outputs)
    called = given_names(order, caller_variables() if names else None, number)
    shown = has_gradients(outputs) if gradients is None else gradients
    diagram = diagram_of(
        outputs, called, gradients=shown, copies=copies, number=number, expand=expand, collapse=collapse
    )
    look = Look(number, direction, local, room)
    scene = arrange(diagram, look, CircuitFigure)
    finish(scene, diagram, look, legend)
    return Picture(diagram, scene, THEMES[theme])
