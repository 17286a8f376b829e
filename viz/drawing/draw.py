"""viz.draw: from a Value to its picture."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, TypeGuard

from autograd import Value, topological_order
from viz.beside import is_model
from viz.diagram.build import diagram_of, has_gradients
from viz.diagram.collapse import Expand
from viz.diagram.highlight import highlight as highlight_paths
from viz.diagram.model import Diagram, Net, Wire
from viz.drawing.arrange import arrange
from viz.drawing.graphviz import arrange_by_dot
from viz.drawing.legend import finish
from viz.drawing.picture import Picture
from viz.options import DIRECTIONS, check_options, choose
from viz.styles import STYLES
from viz.styles.pen import Look, width_of
from viz.text.names import caller_variables, given_names
from viz.text.numbers import NumberFormat, format_number
from viz.themes import THEMES

if TYPE_CHECKING:
    from autograd.program import Program
    from nn import Module

LAYOUTS = {"layered": arrange, "dot": arrange_by_dot}
#: What may set the width of wires, and which of a net's spans that is.
MAGNITUDES = {"value": 0, "gradient": 1}
#: The options that apply to a model and to a program; to Values all but `stage` apply.
_FOR_MODELS = ("theme", "direction", "legend", "number", "magnitude", "names")
_FOR_PROGRAMS = ("stage", "style", "theme", "direction", "layout", "legend", "number", "names")


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

    A model is drawn as its layers, neurons and weights; of the options theme, direction, legend, number and magnitude
    ("gradient" in place of the weights' sizes) apply to it. A compiled program is drawn as its array instructions, or
    at another `stage`: "gates", "groups" or "matrices"; style, theme, direction, layout, legend and number apply.

    A graph whose numbers have changed since it was computed is marked as *stale*, and gradients of more than one
    backward pass through it by the word *passes* (see `viz.diagram.truth`).

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
    magnitude: "gradient" or "value" (True: gradient if shown, else value) makes wires wider where that is larger, by
        one pixel for each power of ten, from 0.01 to 100; where a wire bundles several, by the largest.
    room: a number as wide as any that will be put in later; each number gets that much room.

    Raises TypeError for what is no Value; ValueError for a name that does not exist, with those that do, and for an
    option that does not apply to what is drawn, with those that do.
    """
    given = {name: option for name, option in locals().items() if name != "value"}
    usual: Mapping[str, object] = draw.__kwdefaults__ or {}
    if is_model(value):
        from viz.drawing.architecture import draw_model

        check_options("a model", given, usual, _FOR_MODELS)
        return draw_model(value, theme=theme, direction=direction, legend=legend, number=number, magnitude=magnitude)
    if _is_program(value):
        from viz.diagram.programs import program_diagram

        check_options("a program", given, usual, _FOR_PROGRAMS)
        return draw_diagram(program_diagram(value, stage, _digits(number)), style=style, theme=theme,
                            direction=direction, layout=layout, legend=legend, number=number)  # fmt: skip
    outputs = _outputs(value)
    check_options("Values", given, usual, [name for name in usual if name != "stage"])
    figure, spacing = choose("style", style, STYLES)
    colours = choose("theme", theme, THEMES)
    choose("direction", direction, DIRECTIONS)
    place = choose("layout", layout, LAYOUTS)
    digits = _digits(number)
    variables = names if isinstance(names, Mapping) else caller_variables() if names else None
    called = given_names(topological_order(outputs), variables, digits)
    shown = has_gradients(outputs) if gradients is None else gradients
    diagram = diagram_of(
        outputs, called, gradients=shown, copies=copies, number=digits, expand=expand, collapse=collapse
    )
    if highlight is not None:
        highlight_paths(diagram, outputs, _single(highlight, "highlight"), called, digits)
    by = _magnitude(magnitude, any(net.grad is not None or net.spans[1] for net in diagram.nets))
    net_width, wire_width = _widths(by)
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
        magnitude=by,
        pale=(lambda key: key not in set_off) if set_off else (lambda key: False),
    )
    scene = place(diagram, look, figure, spacing)
    finish(scene, diagram, look, legend)
    return Picture(diagram, scene, colours, look)


def _digits(number: NumberFormat | int) -> NumberFormat:
    return number if isinstance(number, NumberFormat) else NumberFormat(number)


def _is_program(value: object) -> TypeGuard[Program]:
    """Whether it is a compiled program, which nobody has without having loaded those."""
    module = sys.modules.get("autograd.program")
    return module is not None and isinstance(value, module.Program)


def draw_diagram(diagram: Diagram, *, style: str = "circuit", theme: str = "light", direction: str = "LR",
                 layout: str = "layered", legend: bool = True,
                 number: NumberFormat | int = format_number) -> Picture:  # fmt: skip
    """The picture of a diagram made by hand (see `viz.diagram.model.Diagram`); the options are those of `draw`."""
    figure, spacing = choose("style", style, STYLES)
    colours = choose("theme", theme, THEMES)
    choose("direction", direction, DIRECTIONS)
    look = Look(_digits(number), direction, on_wires=False)
    scene = choose("layout", layout, LAYOUTS)(diagram, look, figure, spacing)
    finish(scene, diagram, look, legend)
    return Picture(diagram, scene, colours, look)


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


def _magnitude(magnitude: bool | str, gradients: bool) -> str:
    """What sets the widths, "" for nothing."""
    if magnitude is False:
        return ""
    if magnitude is True:
        return "gradient" if gradients else "value"
    choose("magnitude", magnitude, MAGNITUDES)
    if magnitude == "gradient" and not gradients:
        raise ValueError("magnitude='gradient' has no gradients to show: call .backward() first, or let gradients=True "
                         "show those there are")  # fmt: skip
    return magnitude


def _widths(magnitude: str) -> tuple[Callable[[Net], float], Callable[[Wire], float]]:
    """The widths of nets and wires: all alike, or by the size of what `magnitude` names."""
    if not magnitude:
        return (lambda net: 1.5), (lambda wire: 1.5)

    def size(net: Net) -> float | None:
        span = net.spans[MAGNITUDES[magnitude]]
        return max(map(abs, span)) if span else net.grad if magnitude == "gradient" else net.data

    def wire_width(wire: Wire) -> float:
        shared = magnitude == "gradient" and wire.amount is not None
        return width_of(wire.amount if shared else size(wire.net))

    return (lambda net: width_of(size(net))), wire_width
