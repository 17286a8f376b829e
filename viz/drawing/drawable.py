"""What can be drawn: a registry of kinds of things, each with its diagram, its placement and the options that apply.

To make another kind of thing drawable, put a `Drawable` at the front of `DRAWABLES`. The first entry that fits a thing
draws it; what follows (size, legend, file formats, notebooks) is the same for all.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from autograd import Value, topological_order
from viz.beside import is_model
from viz.diagram.build import diagram_of, has_gradients
from viz.diagram.highlight import highlight
from viz.diagram.model import Diagram
from viz.drawing.arrange import arrange
from viz.drawing.choices import Options
from viz.drawing.graphviz import arrange_by_dot
from viz.drawing.look import look_of, plain_look
from viz.options import LayoutName, choose
from viz.output.scene import Scene
from viz.styles import STYLES
from viz.styles.figure import FigureOf
from viz.styles.pen import Look
from viz.text.names import given_names

if TYPE_CHECKING:
    from autograd.program import Program
    from nn import Module

#: Who places the nodes: the built-in layout, or Graphviz's.
LAYOUTS: dict[LayoutName, Callable[[Diagram, Look, FigureOf, float], Scene]] = {
    "layered": arrange,
    "dot": arrange_by_dot,
}


def place_figures(_: object, diagram: Diagram, look: Look, options: Options) -> Scene:
    """Each node as the figure of a style, where the layout puts it."""
    figure, spacing = choose("style", options.style, STYLES)
    return choose("layout", options.layout, LAYOUTS)(diagram, look, figure, spacing)


@dataclass(frozen=True)
class Drawable:
    """One kind of thing that can be drawn.

    what: what errors call it, such as "a model". fits: whether a thing is of this kind; imports nothing. diagram: makes
    the diagram of such a thing. options: the names of the options that apply to it; others are refused. look: what of
    the options decides how the diagram's parts look. place: makes the scene of the thing and its diagram.
    """

    what: str
    fits: Callable[[object], bool]
    diagram: Callable[[Any, Options], Diagram]
    options: tuple[str, ...]
    look: Callable[[Diagram, Options], Look] = look_of
    place: Callable[[Any, Diagram, Look, Options], Scene] = place_figures


def drawable_for(thing: object) -> Drawable:
    """The first of `DRAWABLES` that fits the thing; if none does, a TypeError that says what can be drawn."""
    for drawable in DRAWABLES:
        if drawable.fits(thing):
            return drawable
    *others, last = [drawable.what for drawable in DRAWABLES]
    takes = f"draw takes {', '.join(others)} or {last}"
    if isinstance(thing, type):
        name = thing.__name__
        raise TypeError(f"{takes}, but was given the class {name}; make one of it first, such as {name}(...)")
    raise TypeError(f"{takes}, but was given {thing!r} of type {type(thing).__name__}")


# ---------------------------------------------------------------- Values


def _single(value: object, what: str) -> Value:
    if not isinstance(value, Value):
        raise TypeError(f"{what} takes a Value, but was given {value!r} of type {type(value).__name__}")
    return value


def _graph(outputs: Iterable[object], options: Options) -> Diagram:
    """The graph below the outputs, no output twice, with all paths from the highlighted Value set off."""
    ends = list(dict.fromkeys(_single(each, "draw") for each in outputs))
    if not ends:
        raise ValueError("draw was given no Value: there is nothing to draw")
    names = given_names(topological_order(ends), options.variables(), options.digits)
    diagram = diagram_of(
        ends,
        names,
        gradients=has_gradients(ends) if options.gradients is None else options.gradients,
        copies=options.copies,
        number=options.digits,
        expand=options.expand,
        collapse=options.collapse,
    )
    if options.highlight is not None:
        highlight(diagram, ends, _single(options.highlight, "highlight"), names, options.digits)
    return diagram


def _is_several(thing: object) -> bool:
    return isinstance(thing, Iterable) and not isinstance(thing, str | bytes)


_OF_GRAPHS = (
    "style",
    "theme",
    "direction",
    "layout",
    "names",
    "gradients",
    "local",
    "copies",
    "legend",
    "number",
    "expand",
    "collapse",
    "highlight",
    "magnitude",
    "room",
)


# ---------------------------------------------------------------- models and programs
#
# What draws them imports nn and NumPy. Whoever has a model or a program has imported those; `import viz` doesn't.


def _model_diagram(model: Module, options: Options) -> Diagram:
    from viz.diagram.modules import model_diagram

    return model_diagram(model, options.digits)


def _place_model(model: Module, diagram: Diagram, look: Look, options: Options) -> Scene:
    from viz.drawing.architecture import arrange_model

    return arrange_model(model, diagram, look, options.magnitude)


def _is_program(thing: object) -> bool:
    module = sys.modules.get("autograd.program")
    return module is not None and isinstance(thing, module.Program)


def _program_diagram(program: Program, options: Options) -> Diagram:
    from viz.diagram.programs import program_diagram

    return program_diagram(program, options.stage, options.digits)


#: The kinds of things that can be drawn. The first that fits is taken, and "several Values" takes anything that can be
#: iterated over, so it stands last.
DRAWABLES: list[Drawable] = [
    Drawable(
        "a Value",
        fits=lambda thing: isinstance(thing, Value),
        diagram=lambda value, options: _graph([value], options),
        options=_OF_GRAPHS,
    ),
    Drawable(
        "a model",
        fits=is_model,
        diagram=_model_diagram,
        options=("theme", "direction", "legend", "number", "magnitude", "names"),
        look=plain_look,
        place=_place_model,
    ),
    Drawable(
        "a program",
        fits=_is_program,
        diagram=_program_diagram,
        options=("stage", "style", "theme", "direction", "layout", "legend", "number", "names"),
    ),
    Drawable(
        "a diagram",
        fits=lambda thing: isinstance(thing, Diagram),
        diagram=lambda diagram, options: diagram,
        options=("style", "theme", "direction", "layout", "local", "legend", "number", "magnitude", "room", "names"),
    ),
    Drawable("several Values", fits=_is_several, diagram=_graph, options=_OF_GRAPHS),
]
