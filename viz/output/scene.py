"""A picture before it is written down: shapes, paths and texts at their places, in pixels.

Every output (SVG, TikZ, ...) only translates a scene, and every check of a picture (no two texts overlap, no wire runs
through a label) reads it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

#: The classes of texts: what they mean decides how they look.
Role = Literal[
    "symbol",
    "label",
    "line",
    "name",
    "value",
    "gradient",
    "local",
    "operand",
    "contribution",
    "frame",
    "legend",
    "caption",
    "mark",
]
Form = Literal["circle", "rectangle", "dot"]
#: What lights a thing: a value on its way forward, or a gradient on its way back; nothing, where it is empty.
Lit = Literal["", "value", "gradient"]
Point = tuple[float, float]


@dataclass(slots=True, kw_only=True)
class Text:
    """One line of text, centred in the box that is reserved for it. `title`: what is shown when pointed at.
    `like`: the role whose looks it has, where that is another."""

    role: Role
    text: str
    x: float
    y: float
    width: float
    height: float
    size: float
    node: str = ""
    wires: tuple[str, ...] = ()
    title: str = ""
    pale: bool = False
    anchor: Literal["start", "middle", "end"] = "middle"
    like: Role | None = None

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom."""
        return self.x - self.width / 2, self.y - self.height / 2, self.x + self.width / 2, self.y + self.height / 2


@dataclass(slots=True, kw_only=True)
class Shape:
    """A filled outline around its centre. `kind` says what it stands for and with that its colour.
    `ring`: how far outside there is a second border; 0 for none. `lit`: in whose colour it is tinted and bordered.
    A shape of the kind "tint" lies behind a lit number, one of the kind "bead" around a lit local derivative."""

    form: Form
    kind: str
    x: float
    y: float
    width: float
    height: float
    node: str = ""
    corner: float = 0.0
    title: str = ""
    pale: bool = False
    ring: float = 0.0
    lit: Lit = ""


@dataclass(slots=True)
class Path:
    """A wire, or a part of one. `points`: a start, then lines (one point each) and cubic curves (three points each).
    `lit`: in whose colour it is drawn. A path of the kind "arrow" is the filled head of a lit wire."""

    points: list[tuple[Point, ...]]
    net: str = ""
    wires: tuple[str, ...] = ()
    kind: str = "wire"
    width: float = 1.5
    title: str = ""
    pale: bool = False
    lit: Lit = ""


@dataclass(slots=True)
class Scene:
    """All that is drawn, in the order of drawing: frames, paths, shapes, texts.

    faded: the opacity of what is pale. crossings, stations: what the built-in layout says of itself, see
    `viz.layout.boxes.Layout`.
    """

    width: float = 0.0
    height: float = 0.0
    title: str = ""
    description: str = ""
    shapes: list[Shape] = field(default_factory=list)
    paths: list[Path] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    faded: float = 0.25
    crossings: int = 0
    stations: int = 0

    def shift(self, dx: float, dy: float) -> None:
        """Move everything."""
        for shape in self.shapes:
            shape.x, shape.y = shape.x + dx, shape.y + dy
        for text in self.texts:
            text.x, text.y = text.x + dx, text.y + dy
        for path in self.paths:
            path.points = [tuple((x + dx, y + dy) for x, y in step) for step in path.points]
