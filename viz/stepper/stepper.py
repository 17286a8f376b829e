"""`step`: the forward and backward pass to be played with, in a notebook or in a page of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from functools import cached_property, partial
from typing import TYPE_CHECKING

from autograd import Value, recompute, topological_order
from viz.diagram.build import description_of
from viz.diagram.collapse import Expand
from viz.diagram.scopes import frame_paths, frames_in
from viz.drawing.draw import draw
from viz.drawing.picture import Picture
from viz.options import Direction
from viz.stepper.graph import described, mark_of
from viz.stepper.page import Page, element, fallback_table, script, stepper_source
from viz.stepper.views import Views
from viz.text.names import caller_variables, given_names, names_of
from viz.text.notation import expression_text
from viz.text.numbers import format_number

if TYPE_CHECKING:
    from viz.stepper.live import LiveStepper

#: A number as wide as any that a reader's edits may lead to: the layout leaves that much room for each number.
ROOM = "−0.00123"
#: How many nodes a page may show: one of more would take too long to make and to open.
LARGEST = 20_000


class Stepper(Page):
    """What `viz.step` returns. It shows itself in notebooks; `html` is the same as text, `save` writes a page.

    It keeps a copy of the graph as it was when it was made.

    value: the Value that was given. output: its copy. names: what the copied Values are called. views: the pictures,
    with scopes open and closed. title: a heading for a page. mark: a sentence for the reader where the numbers of the
    given graph didn't belong together.
    """

    def __init__(
        self, value: Value, output: Value, names: Mapping[Value, str], views: Views, title: str, mark: str = ""
    ) -> None:
        self.value, self.output, self.names, self.views = value, output, names, views
        self._title, self.mark = title, mark

    @property
    def title(self) -> str:
        """A heading for a page of its own."""
        return self._title

    @property
    def picture(self) -> Picture:
        """What is drawn at first."""
        return self.views.first

    @cached_property
    def source(self) -> str:
        """The page's script: the rules of this graph's gates and the functions of the stepper."""
        return stepper_source(
            sorted({node.gate.name for node in topological_order(self.output) if node.gate is not None})
        )

    @cached_property
    def element(self) -> str:
        """The page's element without its script: an image and a table, until a script starts it."""
        order = topological_order(self.output)
        description = description_of(order, [self.output], self.names, True, format_number)
        graph = described(self.output, self.names) | self.views.described() | {"mark": self.mark}
        table = fallback_table(self.output, self.names)
        return element(graph, self.picture.svg, f"{self.picture.diagram.title}: {description}", table, self.source)

    @property
    def html(self) -> str:
        """Everything in one piece: it works in any page, without a network, and more than once in a page."""
        return f"{self.element.removesuffix('</div>')}{script(self.source)}</div>"

    def live(self) -> LiveStepper:
        """The same as a widget wired to the Values themselves, in notebooks with a kernel.

        Numbers edited in the picture become the leaves' `data`; new data and `backward()` in Python show in the
        picture. Raises ImportError where anywidget, the extra ``widget``, is not installed.
        """
        from viz.stepper.live import LiveStepper

        return LiveStepper(self.value, self.element, self.source)

    def _forms(self) -> dict[str, str]:
        """What notebooks may show: the page's element; the picture in pixels for those that show no HTML; and words."""
        return self.picture._forms() | super()._forms()

    def __repr__(self) -> str:
        diagram = self.picture.diagram
        return f"<Stepper: {diagram.title}: {diagram.description}>"


def step(
    value: Value,
    *,
    names: bool | Mapping[str, object] = True,
    direction: Direction = "LR",
    legend: bool = True,
    expand: Expand = None,
    collapse: str | Iterable[str] = (),
) -> Stepper:
    """A page that steps through the graph of `value` gate by gate, forward, then backward; its inputs can be edited.

    >>> from autograd import Value
    >>> w, x = Value(2.0, "w"), Value(-3.0, "x")
    >>> stepper = step(w * x)
    >>> stepper.title
    'Backpropagation through w*x'
    >>> "<script>" in stepper.html  # the whole page is in there: save it with stepper.save("product.html")
    True

    names: True calls Values without a label by the caller's variables, False doesn't; or the variables to look in, by
    name. Values that have no name are called v1, v2, and so on.
    direction, legend, expand, collapse: as in `viz.draw`; the reader can open and close scopes in the page too.

    The graph is copied, with the numbers its leaves have now. Neither the graph nor its gradients change.

    Raises TypeError for anything but a Value, ValueError for a constant and for a graph of more than 20,000 nodes, and
    `DomainError` if the leaves' present numbers lie outside a gate's domain.
    """
    if not isinstance(value, Value):
        raise TypeError(f"step shows the graph of one Value, but was given {value!r} of type {type(value).__name__}")
    if not value.requires_grad:
        raise ValueError(f"{value!r} is a constant: there is no pass to step through")
    order = topological_order(value)
    if len(order) > LARGEST:
        raise ValueError(
            f"this graph has {len(order)} nodes, and a page can carry {LARGEST}; step through a part of it, or through "
            f"the same computation on fewer rows"
        )
    variables = names if isinstance(names, Mapping) else caller_variables() if names else {}
    given = given_names(order, variables)
    through = given[value] if value in given else expression_text(value, given)
    called = names_of(order, variables)
    output = deepcopy(value)
    recompute(output)
    copies: dict[Value, str] = {}
    copied = topological_order(output)
    frames = frame_paths(copied)
    for node, copy in zip(order, copied, strict=True):
        copies[copy] = called[node]
        copy.grad = 0.0
        if copy.requires_grad:
            copy.label = _inside(called[node], copy.scope, frames[copy])
    output.backward()
    drawn = partial(draw, names=False, gradients=True, direction=direction, legend=legend, room=ROOM)
    stale = mark_of(order, gradients=False)
    mark = f"{stale} This page has computed it anew." if stale else ""
    views = Views(output, drawn, expand, collapse)
    return Stepper(value, output, copies, views, f"Backpropagation through {through}", mark)


def _inside(name: str, scope: str, frames: Sequence[str]) -> str:
    """A name as it is written inside the frame of its scope, without that scope: ``w.0`` for ``layer.w.0``."""
    return name.removeprefix(f"{scope}.") if frames and len(frames) == len(frames_in(scope)) else name
