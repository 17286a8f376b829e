"""The order of boxes within their ranks: few crossings, by barycentre sweeps and transposition."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from viz.layout.layered import Box, Ranked

#: Where a wire ends within a box, as part of the box: operands that commute all arrive in its middle.
_MIDDLE = 0.5
_Ends = list[list[tuple[int, float, float]]]


def ordered(graph: Ranked, boxes: Sequence[Box]) -> int:
    """Reorder `graph.layers` in place; the number of crossings left. Sweeps until several in a row bring nothing."""
    before, after = _neighbours(graph, boxes)
    size = len(graph.rank)
    patience, rounds = (6, 8) if size < 1500 else (2, 4) if size < 6000 else (1, 2)
    layers = graph.layers
    position = [0] * size
    _number(layers, position)
    best, kept = _crossings(layers, after, position), [layer[:] for layer in layers]
    waited = sweep = 0
    while best and waited < patience:
        backward = sweep % 2 == 0
        for layer in reversed(layers) if backward else layers:
            _sort(layer, after if backward else before, position)
        for layer in reversed(layers) if backward else layers:
            _transpose(layer, before, after, position, rounds)
        found = _crossings(layers, after, position)
        if found < best:
            best, kept, waited = found, [layer[:] for layer in layers], 0
        else:
            waited += 1
        sweep += 1
    layers[:] = kept
    return best


def _neighbours(graph: Ranked, boxes: Sequence[Box]) -> tuple[_Ends, _Ends]:
    """For each vertex its neighbours one rank before and after: (vertex, where the wire ends there, and here)."""
    before: _Ends = [[] for _ in graph.rank]
    after: _Ends = [[] for _ in graph.rank]
    for vertex, edges in enumerate(graph.edges):
        outs = sorted({here for _, here, _, _ in edges})
        for target, here, _, slot in edges:
            leaving = (outs.index(here) + 0.5) / len(outs) if len(outs) > 1 else _MIDDLE
            entering = _MIDDLE
            if slot >= 0 and not boxes[target].flexible:
                entering = (slot + 0.5) / len(boxes[target].ins)
            after[vertex].append((target, entering, leaving))
            before[target].append((vertex, leaving, entering))
    return before, after


def _number(layers: Sequence[Sequence[int]], position: list[int]) -> None:
    for layer in layers:
        for i, vertex in enumerate(layer):
            position[vertex] = i


def _crossings(layers: Sequence[Sequence[int]], after: _Ends, position: Sequence[int]) -> int:
    """Pairs of wires between neighbouring ranks that cross."""
    count = 0
    for layer in layers:
        ends = sorted(
            (position[v] + leaving, position[target] + entering)
            for v in layer
            for target, entering, leaving in after[v]
        )
        seen: list[float] = []
        for _, end in ends:
            count += len(seen) - bisect_right(seen, end)
            insort(seen, end)
    return count


def _sort(layer: list[int], side: _Ends, position: list[int]) -> None:
    """Order a rank by the mean position of its neighbours on one side; who has none there keeps the place."""
    free = [i for i, vertex in enumerate(layer) if side[vertex]]
    moved = sorted(
        (layer[i] for i in free),
        key=lambda v: sum(position[t] + there - here for t, there, here in side[v]) / len(side[v]),
    )
    for i, vertex in zip(free, moved, strict=True):
        layer[i] = vertex
        position[vertex] = i


def _transpose(layer: list[int], before: _Ends, after: _Ends, position: list[int], rounds: int) -> None:
    """Exchange neighbours in a rank as long as that takes away crossings, in so many rounds at most."""
    if len(layer) < 2:
        return
    ends = {v: tuple(sorted(position[t] + there for t, there, _ in side[v]) for side in (before, after)) for v in layer}
    moving = True
    while moving and rounds:
        moving = False
        rounds -= 1
        for i in range(len(layer) - 1):
            first, second = layer[i], layer[i + 1]
            gain = 0
            for a, b in zip(ends[first], ends[second], strict=True):
                if a and b and a[-1] > b[0]:
                    gain += sum(bisect_left(b, x) for x in a) - sum(bisect_left(a, x) for x in b)
            if gain > 0:
                layer[i], layer[i + 1] = second, first
                moving = True
    for i, vertex in enumerate(layer):
        position[vertex] = i
