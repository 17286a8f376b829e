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
from typing import NamedTuple

from viz.layout.boxes import LISTED, STATION_SLOT, Box, Edge, Junction, Layout, Link, Piece, Point, Ranked
from viz.layout.coordinates import STATION, across
from viz.layout.ordering import ordered

#: Lines shorter than this are left out: as short as rounding errors may be, or too short to be seen.
_VISIBLE = 0.05
#: Graphs of fewer boxes and stations are tried a second time, with the operands of all gates in any order.
_SMALL = 1500
#: Room between a rank and the next: at least, at most, and as a part of the longest way across between them.
GAP_LEAST, GAP_MOST, GAP_SLOPE = 14.0, 120.0, 0.6


class _Column(NamedTuple):
    """Where a rank starts and ends along, and where the reference points of its boxes stand."""

    start: float
    end: float
    reference: float


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
    edges: list[list[Edge]] = [[] for _ in boxes]
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
                edges[here].append(Edge(station, offset, 0.0, STATION_SLOT))
                carried[here].append(members[place : place + LISTED])
                here, offset = station, 0.0
            edges[here].append(Edge(link.target, offset, boxes[link.target].ins[link.slot], link.slot))
            carried[here].append([i])
            out[here] = port if here >= count else out[here]
    layers: list[list[int]] = [[] for _ in range(max(rank, default=0) + 1)]
    for vertex in sorted(range(len(rank)), key=lambda v: (origin[v], v)):
        layers[rank[vertex]].append(vertex)
    return Ranked(count, rank, layers, edges, carried, out, origin)


def layered(boxes: Sequence[Box], links: Sequence[Link], spacing: float = 12.0, thorough: bool = True) -> Layout:
    """Place the boxes (their `along`, `across`, `lanes` are written) and route the wires.

    boxes: in topological order, so that every link leads from an earlier to a later one. spacing: the least distance
    across between two boxes of a rank. thorough: whether to take more time for fewer crossings.
    """
    graph, place, crossings = placed(boxes, links, spacing, thorough=thorough)
    top = min((p - _above(v, boxes) for v, p in enumerate(place)), default=0.0)
    place = [p - top for p in place]
    columns = _columns(graph, boxes, place)
    for i, box in enumerate(boxes):
        box.across = place[i]
        column = columns[graph.rank[i]]
        box.along = column.start + box.before if box.pin < 0 else column.reference
    breadth = max((p + (boxes[v].below if v < len(boxes) else 0.0) for v, p in enumerate(place)), default=0.0)
    router = _Router(graph, boxes, place, columns)
    router.route()
    length = columns[-1].end if columns else 0.0
    return Layout(router.pieces, router.junctions, length, breadth, crossings, graph.stations)


def placed(
    boxes: Sequence[Box], links: Sequence[Link], spacing: float, station: float = STATION, thorough: bool = True
) -> tuple[Ranked, list[float], int]:
    """Ranks, order and coordinates across; the number of crossings. `station`: the least distance between wires."""
    graph = ranked(boxes, links)
    crossings = ordered(graph, boxes, thorough)
    swappable = [box for box in boxes if box.swappable]
    if thorough and crossings and swappable and len(graph.rank) < _SMALL:
        for box in swappable:
            box.flexible = True
        other = ranked(boxes, links)
        fewer = ordered(other, boxes)
        if fewer < crossings:
            graph, crossings = other, fewer
        else:
            for box in swappable:
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
        for edge in edges:
            if edge.target < graph.boxes:
                arriving[edge.target].append((position[vertex] + edge.leaves * 1e-6, edge.slot))
    for box, wires in zip(boxes, arriving, strict=True):
        box.lanes = list(range(len(box.ins)))
        if box.flexible:
            for lane, (_, slot) in enumerate(sorted(wires)):
                box.lanes[slot] = lane
    for edges in graph.edges:
        for i, edge in enumerate(edges):
            if edge.slot != STATION_SLOT:
                target = boxes[edge.target]
                edges[i] = edge._replace(enters=target.ins[target.lanes[edge.slot]])


def _columns(graph: Ranked, boxes: Sequence[Box], place: Sequence[float]) -> list[_Column]:
    """Where each rank stands along: the next one further away where wires have a longer way across."""
    columns = []
    at = 0.0
    for layer in graph.layers:
        inside = [boxes[v] for v in layer if v < graph.boxes]
        before = max((box.before for box in inside), default=0.0)
        after = max((box.after for box in inside), default=0.0)
        columns.append(_Column(at, at + before + after, at + before))
        ways = [
            abs(place[v] + edge.leaves - place[edge.target] - edge.enters) for v in layer for edge in graph.edges[v]
        ]
        gap = max(GAP_LEAST, GAP_SLOPE * max(ways, default=0.0))
        at += before + after + min(gap, GAP_MOST)
    return columns


class _Router:
    """Finds the routes of wires between boxes and stations that have their places."""

    def __init__(self, graph: Ranked, boxes: Sequence[Box], place: Sequence[float], columns: Sequence[_Column]) -> None:
        self.graph, self.boxes, self.place, self.columns = graph, boxes, place, columns
        self.pieces: list[Piece] = []
        self.junctions: list[Junction] = []

    def route(self) -> None:
        """Find all pieces and junctions."""
        graph, boxes = self.graph, self.boxes
        for vertex, edges in enumerate(graph.edges):
            station = vertex >= graph.boxes
            if station and len(edges) == 1:
                continue  # it is part of a piece that began earlier
            by_out: dict[tuple[int, float], list[int]] = {}
            for i, edge in enumerate(edges):
                out = graph.out[vertex] if station else boxes[vertex].outs.index(edge.leaves)
                by_out.setdefault((out, edge.leaves), []).append(i)
            for (out, offset), members in by_out.items():
                self._leave(vertex, out, self.place[vertex] + offset, members)

    def _leave(self, vertex: int, out: int, at: float, members: Sequence[int]) -> None:
        """The routes of one net from a vertex: over a junction if it has several edges."""
        graph, boxes = self.graph, self.boxes
        end = self.columns[graph.rank[vertex]].end
        start = end if vertex >= graph.boxes else boxes[vertex].along + boxes[vertex].after
        origin = graph.origin[vertex]
        if len(members) > 1:
            self.junctions.append(Junction(origin, out, end, at))
            if start < end - _VISIBLE:
                links = [link for i in members for link in graph.carried[vertex][i]]
                self.pieces.append(Piece(origin, out, links, [((start, at),), ((end, at),)]))
            start = end
        for i in members:
            path, last = self._way(vertex, i, (start, at))
            self.pieces.append(Piece(origin, out, graph.carried[vertex][i], path, last))

    def _way(self, vertex: int, edge: int, start: Point) -> tuple[list[tuple[Point, ...]], bool]:
        """From `start` in the rank of `vertex` over stations that do not branch, to a branching one or a box."""
        graph, boxes, columns = self.graph, self.boxes, self.columns
        path: list[tuple[Point, ...]] = [(start,)]
        at = start[1]
        while True:
            end = columns[graph.rank[vertex]].end
            target, _, enters, _ = graph.edges[vertex][edge]
            column = columns[graph.rank[target]]
            goal = self.place[target] + enters
            if abs(goal - at) > _VISIBLE:
                if path[-1][-1][0] < end - _VISIBLE:
                    path.append(((end, at),))
                middle = (end + column.start) / 2
                path.append(((middle, at), (middle, goal), (column.start, goal)))
                at = goal
            box = target < graph.boxes
            stop = boxes[target].along - boxes[target].before if box else column.end
            if box or len(graph.edges[target]) != 1:
                if path[-1][-1][0] < stop - _VISIBLE:
                    path.append(((stop, at),))
                return path, box
            vertex, edge = target, 0
