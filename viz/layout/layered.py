"""A layered layout: boxes in ranks, wires between neighbouring ranks only, so that no wire can run through a box.

After Sugiyama, Tagawa and Toda (1981, IEEE Trans. SMC 11:109) and Gansner, Koutsofios, North and Vo (1993, IEEE Trans.
Software Eng. 19:214): ranks, then order within the ranks, then coordinates. Coordinates are (along, across): along the
direction of reading, and across it. Nothing is recursive, nothing is random.

Every box is placed as late as possible, just before its first consumer: most values of a scalar graph are used once,
and leaves stand beside the gate they feed. A wire over several ranks runs through *stations*, one row each, and all
wires of one net share them as long as they can.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from viz.layout.coordinates import STATION, across
from viz.layout.ordering import ordered


@dataclass(slots=True, eq=False)
class Box:
    """A rectangle to be placed. Its reference point is put at (along, across); the rest is relative to that.

    before, after: how far it reaches along. above, below: how far across, both counted positively.
    ins, outs: where wires enter (at its start) and leave (at its end), as offsets across.
    flexible: whether the wires that enter may take the ins in any order. loose: whether they may if that saves
    crossings. `lanes[i]` is the in that the i-th wire was given.
    pin: -1 for the entrance and +1 for the exit of a frame, which stand alone in the first and the last rank.
    """

    before: float
    after: float
    above: float
    below: float
    ins: Sequence[float] = ()
    outs: Sequence[float] = (0.0,)
    flexible: bool = False
    loose: bool = False
    pin: int = 0
    along: float = 0.0
    across: float = 0.0
    lanes: list[int] = field(default_factory=list)

    @property
    def swapped(self) -> bool:
        """Whether operands that do not commute have changed places."""
        return self.loose and self.lanes != sorted(self.lanes)


@dataclass(slots=True, frozen=True)
class Link:
    """A wire from one of the `outs` of a box to one of the `ins` of a later box, both by index."""

    source: int
    out: int
    target: int
    slot: int


Point = tuple[float, float]

#: Lines shorter than this are left out: as short as rounding errors may be, or too short to be seen.
VISIBLE = 0.05

#: Of the wires that run together, so many are listed: a value may be used a million times.
LISTED = 65


@dataclass(slots=True, eq=False)
class Piece:
    """A stretch of a net between two places where it branches. `path`: a point, then lines (one point) and cubic
    curves (three points). `links`: the wires that run through it, by index, the first `LISTED` of them. `last`:
    whether it ends at a box."""

    source: int
    out: int
    links: list[int]
    path: list[tuple[Point, ...]]
    last: bool = False


@dataclass(slots=True, eq=False)
class Layout:
    """What a layout found, beside the places it wrote into the boxes."""

    pieces: list[Piece]
    #: Where nets branch: (source box, out, along, across).
    junctions: list[tuple[int, int, float, float]]
    length: float
    breadth: float
    crossings: int = 0


@dataclass(slots=True, eq=False)
class Ranked:
    """Boxes and stations in ranks. A vertex below `boxes` is that box, the others are stations.

    edges: for each vertex the (vertex, offset here, offset there, slot there) it leads to in the next rank.
    links: for each vertex and each of its edges, the wires it carries.
    """

    boxes: int
    rank: list[int]
    layers: list[list[int]]
    edges: list[list[tuple[int, float, float, int]]]
    carried: list[list[list[int]]]
    out: list[int]
    origin: list[int]


def _ranks(boxes: Sequence[Box], links: Sequence[Link]) -> list[int]:
    """As late as possible: one before the earliest consumer."""
    back = [0] * len(boxes)
    for link in sorted(links, key=lambda link: -link.target):
        back[link.source] = max(back[link.source], back[link.target] + 1)
    entrances = any(box.pin < 0 for box in boxes)
    last = max((b for b, box in zip(back, boxes, strict=True) if box.pin >= 0), default=0) + entrances
    return [0 if box.pin < 0 else last - b for b, box in zip(back, boxes, strict=True)]


def ranked(boxes: Sequence[Box], links: Sequence[Link]) -> Ranked:
    """Put boxes in ranks, and a chain of stations under every net that passes over ranks."""
    count = len(boxes)
    rank = _ranks(boxes, links)
    nets: dict[tuple[int, int], list[int]] = {}
    for i, link in enumerate(links):
        nets.setdefault((link.source, link.out), []).append(i)
    edges: list[list[tuple[int, float, float, int]]] = [[] for _ in boxes]
    carried: list[list[list[int]]] = [[] for _ in boxes]
    out = [0] * count
    origin = list(range(count))
    for (source, port), members in nets.items():
        members.sort(key=lambda i: (rank[links[i].target], i))
        here, offset = source, boxes[source].outs[port]
        for place, i in enumerate(members):
            link = links[i]
            while rank[here] + 1 < rank[link.target]:
                station = len(rank)
                rank.append(rank[here] + 1)
                edges.append([])
                carried.append([])
                out.append(port)
                origin.append(source)
                edges[here].append((station, offset, 0.0, -1))
                carried[here].append(members[place : place + LISTED])
                here, offset = station, 0.0
            edges[here].append((link.target, offset, boxes[link.target].ins[link.slot], link.slot))
            carried[here].append([i])
            out[here] = port if here >= count else out[here]
    layers: list[list[int]] = [[] for _ in range(max(rank, default=0) + 1)]
    for vertex in sorted(range(len(rank)), key=lambda v: (origin[v], v)):
        layers[rank[vertex]].append(vertex)
    return Ranked(count, rank, layers, edges, carried, out, origin)


#: Graphs of fewer boxes and stations are tried a second time, with the operands of all gates in any order.
_SMALL = 1500
#: Room between a rank and the next: at least, at most, and as a part of the longest way across between them.
GAP_LEAST, GAP_MOST, GAP_SLOPE = 14.0, 120.0, 0.6


def layered(boxes: Sequence[Box], links: Sequence[Link], spacing: float = 12.0, thorough: bool = True) -> Layout:
    """Place the boxes (their `along`, `across`, `lanes` are written) and route the wires.

    boxes: in topological order, so that every link leads from an earlier to a later one. spacing: the least distance
    across between two boxes of a rank. thorough: whether to take more time for fewer crossings.
    """
    graph, place, crossings = placed(boxes, links, spacing, thorough=thorough)
    top = min((p - _above(v, boxes) for v, p in enumerate(place)), default=0.0)
    place = [p - top for p in place]
    columns, length = _columns(graph, boxes, place)
    for i, box in enumerate(boxes):
        box.across = place[i]
        left, _, middle = columns[graph.rank[i]]
        box.along = left + box.before if box.pin < 0 else middle
    breadth = max((p + (boxes[v].below if v < len(boxes) else 0.0) for v, p in enumerate(place)), default=0.0)
    pieces, junctions = _routes(graph, boxes, place, columns)
    return Layout(pieces, junctions, length, breadth, crossings)


def placed(
    boxes: Sequence[Box], links: Sequence[Link], spacing: float, station: float = STATION, thorough: bool = True
) -> tuple[Ranked, list[float], int]:
    """Ranks, order and coordinates across; the number of crossings. `station`: the least distance between wires."""
    graph = ranked(boxes, links)
    crossings = ordered(graph, boxes, thorough)
    loose = [box for box in boxes if box.loose]
    if thorough and crossings and loose and len(graph.rank) < _SMALL:
        for box in loose:
            box.flexible = True
        other = ranked(boxes, links)
        fewer = ordered(other, boxes)
        if fewer < crossings:
            graph, crossings = other, fewer
        else:
            for box in loose:
                box.flexible = False
    _assign_lanes(graph, boxes)
    return graph, across(graph, boxes, spacing, station), crossings


def _above(vertex: int, boxes: Sequence[Box]) -> float:
    return boxes[vertex].above if vertex < len(boxes) else 0.0


def _assign_lanes(graph: Ranked, boxes: Sequence[Box]) -> None:
    """Give each operand its place at the gate. Where operands commute, in the order in which the wires come."""
    position = {v: i for layer in graph.layers for i, v in enumerate(layer)}
    arriving: list[list[tuple[float, int]]] = [[] for _ in boxes]
    for vertex, edges in enumerate(graph.edges):
        for target, offset, _, slot in edges:
            if target < graph.boxes:
                arriving[target].append((position[vertex] + offset * 1e-6, slot))
    for box, wires in zip(boxes, arriving, strict=True):
        box.lanes = list(range(len(box.ins)))
        if box.flexible:
            for lane, (_, slot) in enumerate(sorted(wires)):
                box.lanes[slot] = lane
    for edges in graph.edges:
        for i, (target, here, there, slot) in enumerate(edges):
            if slot >= 0:
                there = boxes[target].ins[boxes[target].lanes[slot]]
                edges[i] = (target, here, there, slot)


def _columns(
    graph: Ranked, boxes: Sequence[Box], place: Sequence[float]
) -> tuple[list[tuple[float, float, float]], float]:
    """For each rank where it starts, ends, and where its boxes' reference points stand; and the whole length."""
    columns = []
    at = 0.0
    for layer in graph.layers:
        inside = [boxes[v] for v in layer if v < graph.boxes]
        before = max((box.before for box in inside), default=0.0)
        after = max((box.after for box in inside), default=0.0)
        columns.append((at, at + before + after, at + before))
        way = max(
            (abs(place[v] + here - place[t] - there) for v in layer for t, here, there, _ in graph.edges[v]),
            default=0.0,
        )
        at += before + after + min(max(GAP_LEAST, GAP_SLOPE * way), GAP_MOST)
    return columns, columns[-1][1] if columns else 0.0


def _routes(
    graph: Ranked, boxes: Sequence[Box], place: Sequence[float], columns: Sequence[tuple[float, float, float]]
) -> tuple[list[Piece], list[tuple[int, int, float, float]]]:
    pieces: list[Piece] = []
    junctions = []
    for vertex, edges in enumerate(graph.edges):
        station = vertex >= graph.boxes
        if station and len(edges) == 1:
            continue  # it is part of a piece that began earlier
        end = columns[graph.rank[vertex]][1]
        by_out: dict[tuple[int, float], list[int]] = {}
        for i, edge in enumerate(edges):
            port = graph.out[vertex] if station else boxes[vertex].outs.index(edge[1])
            by_out.setdefault((port, edge[1]), []).append(i)
        for (port, offset), members in by_out.items():
            at = place[vertex] + offset
            start = end if station else boxes[vertex].along + boxes[vertex].after
            origin = graph.origin[vertex]
            if len(members) > 1:
                junctions.append((origin, port, end, at))
                if start < end - VISIBLE:
                    links = [link for i in members for link in graph.carried[vertex][i]]
                    pieces.append(Piece(origin, port, links, [((start, at),), ((end, at),)]))
                start = end
            for i in members:
                path, last = _way(graph, boxes, place, columns, vertex, i, (start, at))
                pieces.append(Piece(origin, port, graph.carried[vertex][i], path, last))
    return pieces, junctions


def _way(graph: Ranked, boxes: Sequence[Box], place: Sequence[float], columns: Sequence[tuple[float, float, float]],
         vertex: int, edge: int, start: Point) -> tuple[list[tuple[Point, ...]], bool]:  # fmt: skip
    """From `start` in the rank of `vertex` over stations that do not branch, to a branching one or a box."""
    path: list[tuple[Point, ...]] = [(start,)]
    at = start[1]
    while True:
        end = columns[graph.rank[vertex]][1]
        target, _, there, _ = graph.edges[vertex][edge]
        begin, finish, _ = columns[graph.rank[target]]
        goal = place[target] + there
        if abs(goal - at) > VISIBLE:
            if path[-1][-1][0] < end - VISIBLE:
                path.append(((end, at),))
            middle = (end + begin) / 2
            path.append(((middle, at), (middle, goal), (begin, goal)))
            at = goal
        box = target < graph.boxes
        stop = boxes[target].along - boxes[target].before if box else finish
        if box or len(graph.edges[target]) != 1:
            if path[-1][-1][0] < stop - VISIBLE:
                path.append(((stop, at),))
            return path, box
        vertex, edge = target, 0
