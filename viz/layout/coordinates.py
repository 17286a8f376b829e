"""Where across its rank each box stands: as straight wires as the order and the room of the boxes allow.

Each rank in turn is placed where its neighbours want it, by isotonic regression (pool adjacent violators: Barlow and
others, 1972, "Statistical inference under order restrictions"): first by weighted means, which spread boxes evenly,
then by weighted medians, which make as many wires as possible exactly straight. All operands of a gate pull
together, at their mean, and so do all uses of a value: a gate stands midway between its operands.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from viz.layout.boxes import STATION_SLOT, Box, Ranked

#: Room between two stations, and between a station and a box.
STATION = 9.0
#: How much a wire wants to be straight: between stations, else where it begins and where it ends. A gate follows its
#: operands rather than its consumers, and where other gates are among them, those rather than the leaves.
_STATIONS, _CONSUMER, _OPERAND, _LEAF = 8.0, 0.25, 1.0, 0.01
#: Operands that enter within this distance of a gate's middle pull its middle, so that chains of gates run level.
_LEVEL = 20.0

#: Ranks of more boxes are placed by means alone: medians take time with the square of the number.
_MEDIANS = 100


class _Pull(NamedTuple):
    """What draws a vertex to one side: Σ weight, Σ weight · shift, and the (neighbour, weight) pairs.

    The vertex wants to be at (Σ weight · (place of the neighbour + shift)) / Σ weight.
    """

    weight: float
    shift: float
    ends: list[tuple[int, float]]

    def total(self, place: Sequence[float]) -> float:
        """Σ weight · (place + shift)"""
        if len(self.ends) == 1:
            neighbour, weight = self.ends[0]
            return self.shift + weight * place[neighbour]
        return self.shift + sum([weight * place[neighbour] for neighbour, weight in self.ends])


def _pull(wires: Sequence[tuple[int, float, float]]) -> _Pull:
    """The pull of wires: (neighbour, shift, weight) each."""
    return _Pull(sum(w for _, _, w in wires), sum(s * w for _, s, w in wires), [(v, w) for v, _, w in wires])


def across(graph: Ranked, boxes: Sequence[Box], spacing: float, station: float = STATION) -> list[float]:
    """A coordinate for every vertex of the ranked graph."""
    size = len(graph.rank)
    count = graph.boxes
    from_before: list[list[tuple[int, float, float]]] = [[] for _ in range(size)]
    from_after: list[list[tuple[int, float, float]]] = [[] for _ in range(size)]
    mixed = [False] * size
    for vertex, edges in enumerate(graph.edges):
        if boxes[graph.origin[vertex]].ins:
            for edge in edges:
                mixed[edge.target] = True
    for vertex, edges in enumerate(graph.edges):
        for target, leaves, enters, slot in edges:
            weight, pull, entry = _OPERAND, _OPERAND, enters
            if vertex >= count and target >= count:
                weight = pull = _STATIONS
            elif vertex < count and boxes[vertex].ins:
                weight = _CONSUMER
            if slot != STATION_SLOT:
                if boxes[target].outs and abs(enters) <= _LEVEL and len(boxes[target].ins) < 4:
                    entry = 0.0
                if mixed[target] and not boxes[graph.origin[vertex]].ins:
                    weight = pull = _LEAF
            from_after[vertex].append((target, enters - leaves, weight))
            from_before[target].append((vertex, leaves - entry, pull))
    offsets = [_offsets(layer, boxes, spacing, station) for layer in graph.layers]
    place = [0.0] * size
    for layer, offset in zip(graph.layers, offsets, strict=True):
        for vertex, o in zip(layer, offset, strict=True):
            place[vertex] = o - offset[-1] / 2
    before, after = list(map(_pull, from_before)), list(map(_pull, from_after))
    both = [_pull(a + b) for a, b in zip(from_before, from_after, strict=True)]
    ranks = list(zip(graph.layers, offsets, strict=True))
    rounds = 10 if size < 2000 else 5 if size < 6000 else 3
    for i in range(rounds):
        one_sided = i < 2
        for layer, offset in reversed(ranks):
            _by_means(layer, offset, after if one_sided else both, place)
        for layer, offset in ranks:
            _by_means(layer, offset, before if one_sided else both, place)
    for _ in range(rounds):
        for layer, offset in (*reversed(ranks), *ranks):
            if len(layer) <= _MEDIANS:
                _by_medians(layer, offset, before, after, place)
            else:
                _by_means(layer, offset, both, place)
    return place


def _offsets(layer: Sequence[int], boxes: Sequence[Box], spacing: float, station: float) -> list[float]:
    """The least distance of each vertex of a rank from the first."""
    offsets: list[float] = []
    at, last, room = 0.0, 0.0, 0.0
    for i, vertex in enumerate(layer):
        is_box = vertex < len(boxes)
        above = boxes[vertex].above if is_box else 0.0
        own = spacing if is_box else station
        if i:
            at += last + above + (spacing if is_box and room == spacing else station)
        offsets.append(at)
        last, room = (boxes[vertex].below if is_box else 0.0), own
    return offsets


def _by_means(layer: Sequence[int], offsets: Sequence[float], pulls: Sequence[_Pull], place: list[float]) -> None:
    """Least squares: each block of vertices that touch stands at the weighted mean of what its members want."""
    blocks: list[list[float]] = []  # weight, weighted sum, number of members
    for vertex, offset in zip(layer, offsets, strict=True):
        pull = pulls[vertex]
        weight, total = (pull.weight, pull.total(place)) if pull.ends else (0.05, 0.05 * place[vertex])
        block = [weight, total - weight * offset, 1]
        while blocks and blocks[-1][1] * block[0] >= block[1] * blocks[-1][0]:
            other = blocks.pop()
            block = [block[0] + other[0], block[1] + other[1], block[2] + other[2]]
        blocks.append(block)
    at = 0
    for weight, total, members in blocks:
        for i in range(at, at + int(members)):
            place[layer[i]] = total / weight + offsets[i]
        at += int(members)


def _by_medians(
    layer: Sequence[int],
    offsets: Sequence[float],
    before: Sequence[_Pull],
    after: Sequence[_Pull],
    place: list[float],
) -> None:
    """Least absolute distance: each block stands at the weighted median of what its members want."""
    blocks: list[tuple[list[tuple[float, float]], float, int]] = []
    for vertex, offset in zip(layer, offsets, strict=True):
        wishes = sorted(
            (side.total(place) / side.weight - offset, side.weight)
            for side in (before[vertex], after[vertex])
            if side.ends
        )
        if not wishes:
            wishes = [(place[vertex] - offset, 0.05)]
        at, members = weighted_median(wishes), 1
        while blocks and blocks[-1][1] >= at - 1e-9:  # equal but for rounding errors is equal
            others, _, more = blocks.pop()
            wishes = sorted(others + wishes)
            at, members = weighted_median(wishes), members + more
        blocks.append((wishes, at, members))
    i = 0
    for _, at, members in blocks:
        for _ in range(members):
            place[layer[i]] = at + offsets[i]
            i += 1


def weighted_median(wishes: Sequence[tuple[float, float]]) -> float:
    """The weighted median of sorted (number, weight) pairs; the middle between two that share it."""
    if len(wishes) == 1:
        return wishes[0][0]
    half = sum(w for _, w in wishes) / 2
    passed = 0.0
    for i, (x, w) in enumerate(wishes):
        passed += w
        if abs(passed - half) < 1e-9 and i + 1 < len(wishes):
            return (x + wishes[i + 1][0]) / 2
        if passed > half:
            return x
    return wishes[-1][0]
