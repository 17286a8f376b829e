"""Drawing in the direction of reading: a pen that thinks in (along, across) and writes into a scene in (x, y).

Along is rightwards and across downwards for ``direction="LR"``; for ``"TB"`` they change places. Text always stands
upright, so what is above a horizontal wire is to the left of a vertical one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import isfinite, log10

from viz.diagram.model import Net, Node, Wire
from viz.options import Direction, MagnitudeName
from viz.output.scene import Form, Path, Point, Role, Scene, Shape, Text
from viz.styles.measure import shortened, text_width
from viz.text.numbers import NumberFormat, format_number, full_precision

#: Font sizes of the roles of text, in pixels, and which of them are bold.
SIZES: dict[Role, float] = {
    "symbol": 17,
    "label": 14,
    "line": 11,
    "name": 13,
    "value": 13,
    "gradient": 13,
    "local": 11,
    "operand": 11,
    "contribution": 12,
    "frame": 12,
    "legend": 12,
    "caption": 13,
    "mark": 13,
}
BOLD: frozenset[Role] = frozenset({"value", "gradient", "contribution", "mark"})
#: Room between a wire and the text beside it.
CLEAR = 3.0
#: Names longer than this are shortened in the picture; the tooltip has them in full.
LONGEST = 28


#: Narrowest, middle and widest wire where a magnitude sets the width.
_NARROW, _MIDDLE, _WIDE = 1.0, 3.0, 5.0


def width_of(x: float | None) -> float:
    """The width of a wire for a number of that size, one pixel for each power of ten: 1 is 3 pixels wide, what is at
    most 0.01 has 1 pixel, what is at least 100 has 5. The same size has the same width in every picture."""
    if x is None or x == 0.0:
        return _NARROW
    return min(max(_MIDDLE + log10(abs(x)), _NARROW), _WIDE) if isfinite(x) else _WIDE


@dataclass(frozen=True, slots=True)
class Look:
    """What a reader chose: number format, direction, what is shown, and how wide and how pale things are drawn.

    room: a number as wide as any that will be shown; texts that are rewritten later have that much room reserved.
    dot: the size of a copy's junction. on_wires: whether value and gradient stand there, and so need a legend.
    magnitude: what sets the widths, "value" or "gradient"; None where they are alike.
    """

    number: NumberFormat = format_number
    direction: Direction = "LR"
    local: bool = True
    room: str = ""
    dot: float = 8.0
    on_wires: bool = True
    net_width: Callable[[Net], float] = lambda net: 1.5
    wire_width: Callable[[Wire], float] = lambda wire: 1.5
    magnitude: MagnitudeName | None = None
    pale: Callable[[str], bool] = lambda key: False

    @property
    def horizontal(self) -> bool:
        return self.direction == "LR"


class Pen:
    """Writes shapes, wires and texts into `scene`, moved by (du, dv)."""

    def __init__(self, scene: Scene, look: Look) -> None:
        self.scene = scene
        self.look = look
        self.du = self.dv = 0.0

    def point(self, u: float, v: float) -> Point:
        u, v = u + self.du, v + self.dv
        return (u, v) if self.look.horizontal else (v, u)

    def path(
        self,
        points: Iterable[tuple[Point, ...]],
        net: Net | None,
        wires: Iterable[Wire],
        width: float,
        pale: bool = False,
        title: str = "",
    ) -> None:
        """Draw a wire through points, each (along, across)."""
        self.scene.paths.append(
            Path(
                [tuple(self.point(*p) for p in step) for step in points],
                net.key if net else "",
                tuple(w.key for w in wires),
                width=width,
                pale=pale,
                title=title,
            )
        )

    def circle(self, u: float, v: float, radius: float, node: Node, ring: float = 0.0) -> None:
        self._shape("circle", u, v, 2 * radius, 2 * radius, node, radius, ring)

    def rectangle(
        self, u: float, v: float, along: float, across: float, node: Node, corner: float, ring: float = 0.0
    ) -> None:
        width, height = (along, across) if self.look.horizontal else (across, along)
        self._shape("rectangle", u, v, width, height, node, corner, ring)

    def _shape(
        self, form: Form, u: float, v: float, width: float, height: float, node: Node, corner: float, ring: float
    ) -> None:
        x, y = self.point(u, v)
        self.scene.shapes.append(
            Shape(
                form=form,
                kind=node.kind,
                x=x,
                y=y,
                width=width,
                height=height,
                node=node.key,
                corner=corner,
                title=node.title,
                pale=self.look.pale(node.key),
                ring=ring,
            )
        )

    def dot(self, u: float, v: float, net: Net, title: str, pale: bool) -> None:
        x, y = self.point(u, v)
        size = self.look.dot
        self.scene.shapes.append(
            Shape(
                form="dot",
                kind="copy",
                x=x,
                y=y,
                width=size,
                height=size,
                node=net.key,
                title=title,
                pale=pale,
            )
        )

    def rule(self, x: float, top: float, bottom: float, pale: bool) -> None:
        """Draw a thin upright line at `x`, between two cells of a record; `x`, `top` and `bottom` are in pixels."""
        height, middle = bottom - top, (top + bottom) / 2
        self.scene.shapes.append(
            Shape(form="rectangle", kind="rule", x=x, y=middle, width=1.0, height=height, pale=pale)
        )

    def text(
        self,
        label: Label,
        u: float,
        v: float,
        *,
        node: str = "",
        wires: tuple[str, ...] = (),
        title: str = "",
        pale: bool = False,
    ) -> None:
        """Write a label with its centre at (along, across)."""
        self.text_at(label, *self.point(u, v), node=node, wires=wires, title=title, pale=pale)

    def text_at(
        self,
        label: Label,
        x: float,
        y: float,
        *,
        node: str = "",
        wires: tuple[str, ...] = (),
        title: str = "",
        pale: bool = False,
    ) -> None:
        """Write a label with its centre at (x, y)."""
        self.scene.texts.append(
            Text(
                role=label.role,
                text=label.text,
                x=x,
                y=y,
                width=label.width,
                height=label.height,
                size=label.size,
                node=node,
                wires=wires,
                title=title,
                pale=pale,
            )
        )


@dataclass(frozen=True, slots=True)
class Label:
    """A text and the room it takes."""

    role: Role
    text: str
    width: float
    height: float
    size: float

    def extent(self, look: Look) -> tuple[float, float]:
        """How much room it takes, (along, across)."""
        return (self.width, self.height) if look.horizontal else (self.height, self.width)


def label(role: Role, text: str, room: str = "", size: float = 0.0) -> Label:
    """A label in the font size of its role, or in `size`; it gets the room of the text `room` if that is wider."""
    size = size or SIZES[role]
    text = shortened(" ".join(text.split()), LONGEST) if role in ("name", "label", "symbol") else text
    width = text_width(text, size, role in BOLD)
    if room:
        width = max(width, text_width(room, size, role in BOLD))
    return Label(role, text, width, size * 1.16, size)


def number_label(role: Role, x: float | None, look: Look, prefix: str = "") -> Label | None:
    """A number as a label; None if there is no number."""
    return None if x is None else label(role, prefix + look.number(x), look.room and prefix + look.room)


def exactly(x: float | None) -> str:
    return "" if x is None else full_precision(x)
