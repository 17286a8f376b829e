"""The order of boxes within their ranks: few crossings, by barycentre sweeps and transposition."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Mapping, Sequence

from viz.layout.boxes import STATION_SLOT, Box, Ranked

#: Where a wire ends within a box, as part of the box: operands that commute all arrive in its middle.
_MIDDLE = 0.5
_Ends = list[list[tuple[int, float, float]]]


def ordered(graph: Ranked, boxes: Sequence[Box], thorough: bool = True) -> int:
    """Reorder `graph.layers` in place, and return the number of crossings that are left.

    Several starts, each swept forth and back until some sweeps in a row bring nothing; the best order seen is kept. Not
    `thorough` saves time where this is one of many parts of a large drawing.
    """
    before, after = _neighbours(graph, boxes)
    leading = _leading(before, after)
    starts, patience, rounds = _effort(graph, thorough)
    position = [0] * len(graph.rank)
    kept = [layer[:] for layer in graph.layers]
    _number(kept, position)
    best = _crossings(kept, after, position)
    for start in range(starts):
        if not best:
            break
        layers = [layer[:] if start % 2 == 0 else layer[::-1] for layer in graph.layers]
        _number(layers, position)
        waited, sweep = 0, start // 2
        local = best if start == 0 else _crossings(layers, after, position)
        while local and waited < patience:
            backward = sweep % 2 == 0
            side = after if backward else leading if start % 4 > 1 else before
            for layer in reversed(layers) if backward else layers:
                _sort(layer, side, position, by_median=(sweep + start) % 4 > 1)
            for layer in reversed(layers) if backward else layers:
                if rounds:
                    _transpose(layer, before, after, position, rounds, ties=sweep % 3 == 1)
                else:
                    _sift(layer, before, after, position)
            found = _crossings(layers, after, position)
            waited = 0 if found < local else waited + 1
            local = min(local, found)
            if found < best:
                best, kept = found, [layer[:] for layer in layers]
            sweep += 1
    graph.layers[:] = kept
    return best


def _effort(graph: Ranked, thorough: bool) -> tuple[int, int, int]:
    """How long to search: starts, sweeps without gain before giving up, rounds of exchanges in a sweep (0: sift)."""
    size = len(graph.rank)
    if thorough:
        leaving = [len(edges) for edges in graph.edges]
        arriving = [0] * size
        for edges in graph.edges:
            for edge in edges:
                arriving[edge.target] += 1
        work = sum(len(layer) * sum(leaving[v] + arriving[v] for v in layer) for layer in graph.layers)
        if work < 5_000:
            return 8, 4, 0
        if work < 20_000:
            return 2, 4, 0
        if size < 1500:
            return 2, 4, 8
    return (1, 2, 4) if size < 4000 else (1, 1, 2)


def _leading(before: _Ends, after: _Ends) -> _Ends:
    """The operands that decide where a gate goes: not the leaves that only this gate uses, if it has others."""
    follows = [not b and len(a) == 1 for b, a in zip(before, after, strict=True)]
    return [[end for end in ends if not follows[end[0]]] or ends for ends in before]


def _neighbours(graph: Ranked, boxes: Sequence[Box]) -> tuple[_Ends, _Ends]:
    """For each vertex its neighbours one rank before and after: (vertex, where the wire ends there, and here)."""
    before: _Ends = [[] for _ in graph.rank]
    after: _Ends = [[] for _ in graph.rank]
    for vertex, edges in enumerate(graph.edges):
        outs = sorted({edge.leaves for edge in edges})
        for target, leaves, _, slot in edges:
            leaving = (outs.index(leaves) + 0.5) / len(outs) if len(outs) > 1 else _MIDDLE
            entering = _MIDDLE
            if slot != STATION_SLOT and not boxes[target].flexible:
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


def _sort(layer: list[int], side: _Ends, position: list[int], by_median: bool) -> None:
    """Order a rank by the mean or median position of its neighbours on one side; who has none there keeps the place."""
    free = [i for i, vertex in enumerate(layer) if side[vertex]]
    keys: dict[int, float] = {}
    for i in free:
        ends = [position[t] + there - here for t, there, here in side[layer[i]]]
        if by_median and len(ends) > 2:
            ends.sort()
            keys[layer[i]] = (ends[len(ends) // 2] + ends[(len(ends) - 1) // 2]) / 2
        else:
            keys[layer[i]] = round(sum(ends) / len(ends), 9)  # equal means compare equal
    moved = sorted((layer[i] for i in free), key=keys.__getitem__)
    for i, vertex in zip(free, moved, strict=True):
        layer[i] = vertex
        position[vertex] = i


_Places = Mapping[int, tuple[Sequence[float], Sequence[float]]]


def _places(layer: Sequence[int], before: _Ends, after: _Ends, position: Sequence[int]) -> _Places:
    """Where the wires of each vertex end in the ranks before and after, sorted."""

    def ends(side: _Ends, vertex: int) -> list[float]:
        return sorted(position[target] + there for target, there, _ in side[vertex])

    return {vertex: (ends(before, vertex), ends(after, vertex)) for vertex in layer}


def _passing(places: _Places, first: int, second: int) -> int:
    """How many crossings fewer there are if `second` stands before `first` instead of after it."""
    gain = 0
    for a, b in zip(places[first], places[second], strict=True):
        if a and b:
            gain += sum([bisect_left(b, x) for x in a]) - sum([bisect_left(a, x) for x in b])
    return gain


def _transpose(layer: list[int], before: _Ends, after: _Ends, position: list[int], rounds: int, ties: bool) -> None:
    """Exchange neighbours in a rank while that removes crossings, in at most `rounds` rounds.

    With `ties`, the first round also makes the exchanges that cost nothing: they may open the way to others.
    """
    if len(layer) < 2:
        return
    places = _places(layer, before, after, position)
    moving, most = True, rounds
    while moving and rounds:
        moving = False
        first_round, rounds = rounds == most, rounds - 1
        for i in range(len(layer) - 1):
            first, second = layer[i], layer[i + 1]
            gain = _passing(places, first, second)
            if gain > 0 or (ties and first_round and gain == 0):
                layer[i], layer[i + 1] = second, first
                moving = True
    for i, vertex in enumerate(layer):
        position[vertex] = i


def _sift(layer: list[int], before: _Ends, after: _Ends, position: list[int]) -> None:
    """Move each box of a rank to the place where it crosses least (Matuszewski and others, 1999, Graph Drawing)."""
    places = _places(layer, before, after, position)
    for vertex in tuple(layer):
        at = layer.index(vertex)
        best, goal = 0, at
        gain = 0
        for i in range(at - 1, -1, -1):
            gain += _passing(places, layer[i], vertex)
            if gain > best:
                best, goal = gain, i
        gain = 0
        for i in range(at + 1, len(layer)):
            gain += _passing(places, vertex, layer[i])
            if gain > best:
                best, goal = gain, i
        if goal != at:
            layer.pop(at)
            layer.insert(goal, vertex)
    for i, vertex in enumerate(layer):
        position[vertex] = i
