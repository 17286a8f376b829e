"""`viz.draw`: from a Value, or another thing that can be drawn, to its picture.

The steps are the same for all: the first entry of the registry that fits makes the diagram; options decide its look; it
is placed; size and legend are added.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from autograd import Value
from viz.diagram.collapse import Expand
from viz.diagram.model import Diagram
from viz.drawing.choices import Options
from viz.drawing.drawable import drawable_for
from viz.drawing.legend import finish
from viz.drawing.picture import Picture
from viz.options import (
    DIRECTIONS,
    Direction,
    LayoutName,
    MagnitudeName,
    StageName,
    StyleName,
    check_options,
    choose,
)
from viz.text.numbers import NumberFormat, format_number
from viz.themes import THEMES, ThemeName

if TYPE_CHECKING:
    from autograd.program import Program
    from nn import Module


def draw(
    value: Value | Iterable[Value] | Module | Program | Diagram,
    *,
    style: StyleName = "circuit",
    theme: ThemeName = "light",
    direction: Direction = "LR",
    layout: LayoutName = "layered",
    names: bool | Mapping[str, object] = True,
    gradients: bool | None = None,
    local: bool = True,
    copies: bool = True,
    legend: bool = True,
    number: NumberFormat | int = format_number,
    expand: Expand = None,
    collapse: str | Iterable[str] = (),
    highlight: Value | None = None,
    magnitude: MagnitudeName | bool = False,
    room: str = "",
    stage: StageName = "matrices",
) -> Picture:
    """The picture of a graph of Values: gates, values, local derivatives and gradients; or of something else.

    value: a Value, with all it was computed from, or several; a model of `nn`, drawn as layers, neurons and weights; a
    compiled program, drawn as array instructions, groups or gates; or a `viz.diagram.model.Diagram` made by hand.
    `viz.drawing.drawable` lists what can be drawn, and which of these options apply to it.

    style: "circuit" (CS231n's), "compact" (for large graphs) or "record" (micrograd's boxes).
    theme: "light", "dark" or "print" (black and white).
    direction: "LR" reads from left to right, "TB" from top to bottom.
    layout: "layered", which is built in, or "dot", which needs Graphviz.
    names: True calls Values without a label by the caller's variables, False doesn't; or the variables to look in.
    gradients: True shows them, False doesn't, None does if a backward pass has been run.
    local, copies, legend: True or False: whether local derivatives, copy junctions and the legend are shown.
    number: how numbers are written: how many significant digits, 1 to 17, or a `viz.text.numbers.NumberFormat`.
    expand: which scopes are open: None opens as many as fit, True all, False none, a number that many levels, a name or
        several names those scopes; `*` and `?` stand for any characters.
    collapse: the name of a scope to draw as one box, or several names.
    highlight: a Value of the graph; all paths from it to the output are set off, and their products written below,
        of more than six the largest.
    magnitude: "gradient" or "value" makes wires wider where that is larger, by one pixel for each power of ten from
        0.01 to 100; where a wire bundles several, by the largest. True is "gradient" if gradients are shown, else
        "value"; False draws all alike. In a model, "gradient" draws the weights' gradients in place of the weights.
    room: a number, as text, as wide as any that will be put in later; each number gets that much room.
    stage: "matrices", "groups" or "gates": how a compiled program is drawn.

    A graph whose numbers have changed since it was computed is marked as *stale*, and gradients of more than one
    backward pass through it by the word *passes* (see `viz.diagram.truth`).

    >>> from autograd import Value
    >>> x, y = Value(2.0, "x"), Value(3.0, "y")
    >>> draw(x * y, theme="dark")
    <Picture: Computation graph: 1 gate and 2 leaves; the output is 6; x = 2; y = 3.>

    Raises TypeError for what can't be drawn; ValueError for a name that does not exist, with those that do, and for an
    option that does not apply to what is drawn, with those that do.
    """
    options = Options(
        style=style,
        theme=theme,
        direction=direction,
        layout=layout,
        names=names,
        gradients=gradients,
        local=local,
        copies=copies,
        legend=legend,
        number=number,
        expand=expand,
        collapse=collapse,
        highlight=highlight,
        magnitude=magnitude,
        room=room,
        stage=stage,
    )
    drawable = drawable_for(value)
    check_options(drawable.what, vars(options), draw.__kwdefaults__ or {}, drawable.options)
    colours = choose("theme", theme, THEMES)
    choose("direction", direction, DIRECTIONS)
    diagram = drawable.diagram(value, options)
    look = drawable.look(diagram, options)
    scene = drawable.place(value, diagram, look, options)
    finish(scene, diagram, look, legend)
    return Picture(diagram, scene, colours, look, options)
