"""Every path from one Value to the output: how many there are, the product along each, and which weigh most.

The gradient is the sum over paths of the product of local derivatives along the path (Bauer, 1974, "Computational
graphs and rounding error"). Paths can outnumber the gates without bound, so they are counted, and the largest found,
by one sweep in topological order; they are listed only as far as asked.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from autograd import Value

#: Counts are exact up to here, and "more than this" beyond: with 2^100000 paths the digits alone would fill memory.
EXACT = 10**100


@dataclass(frozen=True, slots=True)
class Path:
    """A path through the graph.

    nodes: from where it starts to the output. edges: which operand of the next node each node but the last is. locals:
    the local derivative on each edge. product: of all of them.
    """

    nodes: tuple[Value, ...]
    edges: tuple[int, ...]
    locals: tuple[float, ...]
    product: float


@dataclass(frozen=True, slots=True)
class Paths:
    """The paths from `start` to the output.

    count: how many there are, `EXACT` + 1 for more than that. sum: of the products along all of them, which is
    ∂output/∂start. shown: the paths themselves; all of them in the order of the graph if `complete`, else those whose
    products are largest in size.
    """

    start: Value
    count: int
    sum: float
    shown: tuple[Path, ...]

    @property
    def complete(self) -> bool:
        return self.count == len(self.shown)


def paths_from(start: Value, order: Sequence[Value], limit: int) -> Paths:
    """The paths from `start` to the last Value of `order`, a topological order; at most `limit` are listed.

    For every Value the `limit` largest products of paths from `start` to it are kept, which suffices: the size of a
    product grows with the size of its parts. O(edges · limit), without recursion.

    >>> from autograd import topological_order
    >>> x = Value(3.0)
    >>> found = paths_from(x, topological_order(x * x), limit=6)
    >>> found.count, found.sum, [path.product for path in found.shown]
    (2, 6.0, [3.0, 3.0])
    """
    counts: dict[Value, int] = {start: 1}
    sums: dict[Value, float] = {start: 1.0}
    # For each Value reached: (product, previous Value, operand index, which of the previous Value's entries)
    best: dict[Value, list[tuple[float, Value, int, int]]] = {start: [(1.0, start, -1, -1)]}
    for node in order:
        if node is start:
            continue
        found = []
        count, total = 0, 0.0
        for index, (parent, local) in enumerate(zip(node.parents, node.local_derivatives, strict=True)):
            if parent in counts:
                count = min(count + counts[parent], EXACT + 1)
                total += sums[parent] * local
                found += [(entry[0] * local, parent, index, rank) for rank, entry in enumerate(best[parent])]
        if found:
            counts[node], sums[node] = count, total
            if len(found) > limit:
                found.sort(key=lambda entry: math.inf if math.isnan(entry[0]) else abs(entry[0]), reverse=True)
                del found[limit:]
            best[node] = found
    output = order[-1]
    shown = tuple(_path(output, rank, best, start) for rank in range(len(best.get(output, ()))))
    return Paths(start, counts.get(output, 0), sums.get(output, 0.0), shown)


def reached_from(start: Value, order: Iterable[Value]) -> set[Value]:
    """`start` and every Value of the topological order that depends on it."""
    found = {start}
    for value in order:
        if not found.isdisjoint(value.parents):
            found.add(value)
    return found


def _path(output: Value, rank: int, best: dict[Value, list[tuple[float, Value, int, int]]], start: Value) -> Path:
    """Follow the entries back from the output to the start."""
    product = best[output][rank][0]
    nodes, edges, slopes = [output], [], []
    node = output
    while node is not start:
        _, parent, index, rank = best[node][rank]
        slopes.append(node.local_derivatives[index])
        edges.append(index)
        nodes.append(parent)
        node = parent
    return Path(tuple(nodes[::-1]), tuple(edges[::-1]), tuple(slopes[::-1]), product)
