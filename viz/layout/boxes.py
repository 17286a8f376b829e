"""What a layout takes and gives: boxes, the links between them, the ranks they are put in, and the routes of wires.

Places are (along, across): along the direction of reading, and across it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

Point = tuple[float, float]

#: Of the wires that run together, so many are listed: a value may be used a million times.
LISTED = 65


@dataclass(slots=True, eq=False)
class Box:
    """A rectangle to be placed. Its reference point is put at (along, across); the rest is relative to that.

    before, after: how far it reaches along. above, below: how far across, both counted positively.
    ins, outs: where wires enter (at its start) and leave (at its end), as offsets across.
    flexible: whether operands commute: their wires may take the ins in any order.
    swappable: operands don't commute, but may change places to remove a crossing.
    lanes: `lanes[i]` is the in that the wire of operand i was given.
    pin: -1 for the entrance and +1 for the exit of a frame, which stand alone in the first and the last rank.
    """

    before: float
    after: float
    above: float
    below: float
    ins: Sequence[float] = ()
    outs: Sequence[float] = (0.0,)
    flexible: bool = False
    swappable: bool = False
    pin: int = 0
    along: float = 0.0
    across: float = 0.0
    lanes: list[int] = field(default_factory=list)

    @property
    def swapped(self) -> bool:
        """Whether operands that do not commute have changed places."""
        return self.swappable and self.lanes != sorted(self.lanes)


@dataclass(slots=True, frozen=True)
class Link:
    """A wire from one of the `outs` of a box to one of the `ins` of a later box, both by index."""

    source: int
    out: int
    target: int
    slot: int


@dataclass(slots=True, eq=False)
class Piece:
    """A stretch of a net between two places where it branches.

    path: a point, then lines (one point each) and cubic curves (three points each). links: the wires that run through
    it, by index, the first `LISTED` of them. last: whether it ends at a box.
    """

    source: int
    out: int
    links: list[int]
    path: list[tuple[Point, ...]]
    last: bool = False


class Junction(NamedTuple):
    """Where a net branches: the box and the out that it leaves, and the place."""

    source: int
    out: int
    along: float
    across: float


@dataclass(slots=True, eq=False)
class Layout:
    """What a layout found, beside the places it wrote into the boxes.

    pieces, junctions: the routes of wires. length, breadth: its size. crossings: how many wires cross. stations: how
    many places were made under wires that pass over ranks.
    """

    pieces: list[Piece]
    junctions: list[Junction]
    length: float
    breadth: float
    crossings: int = 0
    stations: int = 0


class Edge(NamedTuple):
    """A stretch of wire from a vertex to `target`, a vertex in the next rank.

    leaves, enters: where it leaves the vertex and enters the target, as offsets across. slot: which of the target's
    ins it enters; `STATION_SLOT` if the target is a station.
    """

    target: int
    leaves: float
    enters: float
    slot: int


#: A station has no ins to choose between.
STATION_SLOT = -1


@dataclass(slots=True, eq=False)
class Ranked:
    """Boxes and stations in ranks. A vertex is a number: below `boxes` it is that box, the others are stations.

    rank: of each vertex. layers: the vertices of each rank, in their order. edges: of each vertex, into the next rank.
    carried: for each vertex and each of its edges, the wires that run through it, by index. out: the out of its box
    that the net of each station leaves. origin: the box that the net of each vertex leaves; of a box, itself.
    """

    boxes: int
    rank: list[int]
    layers: list[list[int]]
    edges: list[list[Edge]]
    carried: list[list[list[int]]]
    out: list[int]
    origin: list[int]

    @property
    def stations(self) -> int:
        """How many places were made under wires that pass over ranks (Sugiyama's dummy vertices)."""
        return len(self.rank) - self.boxes
