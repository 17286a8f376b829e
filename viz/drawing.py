"""viz.draw: from a Value to its picture."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from math import isfinite, log
from typing import TYPE_CHECKING, TypeGuard

from autograd import Value, topological_order
from viz.diagram.build import diagram_of, has_gradients
from viz.diagram.collapse import Expand
from viz.diagram.highlight import highlight as highlight_paths
from viz.diagram.model import Diagram, Net, Wire
from viz.layout.arrange import arrange
from viz.layout.graphviz import arrange_by_dot
from viz.names import caller_variables, given_names
from viz.numbers import NumberFormat, format_number
from viz.options import DIRECTIONS, choose
from viz.output.legend import finish
from viz.picture import Picture
from viz.styles import STYLES
from viz.styles.pen import Look
from viz.themes import THEMES

if TYPE_CHECKING:
    from autograd.program import Program
    from nn import Module

LAYOUTS = {"layered": arrange, "dot": arrange_by_dot}
#: What may set the width of wires.
MAGNITUDES: dict[str, Callable[[Net], float | None]] = {"value": lambda n: n.data, "gradient": lambda n: n.grad}


def draw(
    value: Value | Iterable[Value] | Module | Program,
    *,
    style: str = "circuit",
    theme: str = "light",
    direction: str = "LR",
    layout: str = "layered",
    names: bool | Mapping[str, object] = True,
    gradients: bool | None = None,
    local: bool = True,
    copies: bool = True,
    legend: bool = True,
    number: NumberFormat | int = format_number,
    expand: Expand = None,
    collapse: str | Iterable[str] = (),
    highlight: Value | None = None,
    magnitude: bool | str = False,
    room: str = "",
    stage: str = "matrices",
) -> Picture:
    """The picture of the graph below a Value, or below several: gates, values, local derivatives and gradients.

    A model is drawn as its layers, neurons and weights; of the options, those of colours, direction, legend and
    magnitude ("gradient" in place of the weights' sizes) apply to it. A compiled program is drawn as its array
    instructions, or at another `stage`: "gates", "groups" or "matrices".

    style: circuit (CS231n's), compact (for large graphs) or record (micrograd's boxes).
    theme: light, dark or print (black and white). direction: LR or TB.
    layout: layered (built in), or dot where Graphviz is installed.
    names: whether Values without a label are called by the caller's variables; or the variables to look in.
    gradients: whether they are shown; None shows them if a backward pass has been run.
    local, copies, legend: whether local derivatives, copy junctions, the legend are shown.
    number: how numbers are written: a `NumberFormat`, or how many digits.
    expand: which scopes are open: None opens as many as fit, True all, a number so many levels, names those scopes.
    collapse: names of scopes to draw as one box.
    highlight: a Value of the graph; all paths from it to the output are set off, and their products written below.
    magnitude: "gradient" or "value" (True: gradient if shown, else value) makes wires wider where that is larger.
    room: a number as wide as any that will be put in later; each number gets that much room.

    Raises TypeError for what is no Value; ValueError for a name that does not exist, with those that do.
    """
    if _is_model(value):
        from viz.architecture import draw_model

        return draw_model(value, theme=theme, direction=direction, legend=legend, number=number, magnitude=magnitude)
    if _is_program(value):
        from viz.programs import program_diagram

        return draw_diagram(program_diagram(value, stage), style=style, theme=theme, direction=direction,
                            layout=layout, legend=legend)  # fmt: skip
    outputs = _outputs(value)
    figure, spacing = choose("style", style, STYLES)
    colours = choose("theme", theme, THEMES)
    choose("direction", direction, DIRECTIONS)
    place = choose("layout", layout, LAYOUTS)
    digits = number if isinstance(number, NumberFormat) else NumberFormat(number)
    variables = names if isinstance(names, Mapping) else caller_variables() if names else None
    called = given_names(topological_order(outputs), variables, digits)
    shown = has_gradients(outputs) if gradients is None else gradients
    diagram = diagram_of(
        outputs, called, gradients=shown, copies=copies, number=digits, expand=expand, collapse=collapse
    )
    if highlight is not None:
        highlight_paths(diagram, outputs, _single(highlight, "highlight"), called, digits)
    net_width, wire_width = _widths(diagram, magnitude)
    set_off = diagram.highlighted
    look = Look(
        digits,
        direction,
        local,
        room,
        dot=5.0 if style == "compact" else 8.0,
        on_wires=style != "record",
        net_width=net_width,
        wire_width=wire_width,
        pale=(lambda key: key not in set_off) if set_off else (lambda key: False),
    )
    scene = place(diagram, look, figure, spacing)
    finish(scene, diagram, look, legend)
    return Picture(diagram, scene, colours)


def _is_model(value: object) -> TypeGuard[Module]:
    """Whether it is a module of nn, which nobody has without having imported that."""
    nn = sys.modules.get("nn")
    return nn is not None and isinstance(value, nn.Module)


def _is_program(value: object) -> TypeGuard[Program]:
    """Whether it is a compiled program, which nobody has without having loaded those."""
    module = sys.modules.get("autograd.program")
    return module is not None and isinstance(value, module.Program)


def draw_diagram(diagram: Diagram, *, style: str = "circuit", theme: str = "light", direction: str = "LR",
                 layout: str = "layered", legend: bool = True) -> Picture:  # fmt: skip
    """The picture of a diagram made by hand (see `viz.diagram.model.Diagram`); the options are those of `draw`."""
    figure, spacing = choose("style", style, STYLES)
    colours = choose("theme", theme, THEMES)
    choose("direction", direction, DIRECTIONS)
    look = Look(direction=direction, on_wires=False)
    scene = choose("layout", layout, LAYOUTS)(diagram, look, figure, spacing)
    finish(scene, diagram, look, legend)
    return Picture(diagram, scene, colours)


def _single(value: object, what: str) -> Value:
    if not isinstance(value, Value):
        raise TypeError(f"{what} takes a Value, but was given {value!r} of type {type(value).__name__}")
    return value


def _outputs(value: object) -> list[Value]:
    """What is to be drawn as a list of different Values."""
    if isinstance(value, Value):
        return [value]
    if isinstance(value, str | bytes) or not isinstance(value, Iterable):
        raise TypeError(f"draw takes a Value or several, but was given {value!r} of type {type(value).__name__}")
    outputs = list(dict.fromkeys(_single(each, "draw") for each in value))
    if not outputs:
        raise ValueError("draw was given no Value: there is nothing to draw")
    return outputs


#: Widest and narrowest wire, and how many powers of ten lie between them at most.
_WIDE, _NARROW, _DECADES = 5.0, 1.0, 4.0


def _widths(diagram: Diagram, magnitude: bool | str) -> tuple[Callable[[Net], float], Callable[[Wire], float]]:
    """The widths of wires: alike, or by the logarithm of a magnitude."""
    if magnitude is False:
        return (lambda net: 1.5), (lambda wire: 1.5)
    if magnitude is True:
        magnitude = "gradient" if any(net.grad is not None for net in diagram.nets) else "value"
    measure = choose("magnitude", magnitude, MAGNITUDES)
    sizes = [abs(x) for net in diagram.nets if (x := measure(net)) is not None and isfinite(x) and x]
    top = max(sizes, default=1.0)
    span = max(min(log(top / min(sizes, default=1.0)), _DECADES * log(10)), 1e-9)

    def width(x: float | None) -> float:
        if x is None or not x or not isfinite(x):
            return _NARROW if x is None or x == 0 else _WIDE
        return _WIDE - (_WIDE - _NARROW) * min(max(log(top / abs(x)) / span, 0.0), 1.0)

    def wire_width(wire: Wire) -> float:
        own = wire.amount if magnitude == "gradient" and wire.amount is not None else measure(wire.net)
        return width(own)

    return (lambda net: width(measure(net))), wire_width
