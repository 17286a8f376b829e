"""Whether the numbers of a graph still belong together; whoever shows them says so where they don't.

Two habits of training take them apart without an error. A leaf's `data` is assigned after the graph was computed: then
the graph is *stale*, it has the leaf's new number beside products of the old one. And backward passes are run one after
another: the leaves hold sums over the *passes*, while the gates hold the gradients of the last one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import inf

from autograd import Value

#: What is said of a stale graph, and of gradients of several passes: the fact, then what to do.
STALE = ("stale: numbers have changed since this was computed;", "build the graph anew, or call .forward()")
PASSES = (
    "passes: these gradients are not of one backward pass through this graph alone;",
    "set those of its leaves to 0 and call .backward() for that",
)
#: How far a sum of contributions may be from itself when it is added up in another order, relative to its terms.
_ROUNDING = 1e-9


def stale_gates(order: Iterable[Value]) -> Iterator[Value]:
    """The gates whose number or local derivatives are not what their operands' present numbers give.

    Each is computed again by its own rule, so one that is up to date agrees to the last bit. A gate whose domain its
    operands have left is stale.
    """
    for node in order:
        gate = node.gate
        if gate is None:
            continue
        try:
            now = gate.rule(*(parent._data for parent in node.parents))
        except (ArithmeticError, ValueError):
            yield node
            continue
        if not all(map(_same, now, (node._data, *node._locals()))):
            yield node


def is_stale(order: Iterable[Value]) -> bool:
    """Whether some number of the graph has changed since what depends on it was computed; see `stale_gates`."""
    return any(True for _ in stale_gates(order))


def has_several_passes(order: Sequence[Value], outputs: Iterable[Value] = ()) -> bool:
    """Whether the gradients in the graph are other than one backward pass through it leaves them.

    order: a topological order. outputs: where a pass may have begun, beside the Values that nothing in it uses. A
    gradient must be the sum of what the gates that use its Value pass on, upstream × local. It isn't after several
    passes, or passes through other graphs with the same leaves, or when the leaves' gradients were set to 0 or the
    numbers computed again after the pass. Where no pass has been run, all gradients are 0, and the answer is False.
    """
    if not any(node.grad for node in order):
        return False  # an infinite local derivative would make 0 × ∞, which is no number, of gradients of 0
    arrived: dict[Value, tuple[float, float]] = {}  # for each Value the sum of the contributions, and of their sizes
    for node in order:
        if node.gate is not None:
            for parent, local in zip(node.parents, node._locals(), strict=True):
                amount = node.grad * local
                total, size = arrived.get(parent, (0.0, 0.0))
                arrived[parent] = total + amount, size + abs(amount)
    begun = set(outputs)
    return any(
        not _same(node.grad, total) and not abs(node.grad - total) <= _ROUNDING * size < inf
        for node, (total, size) in arrived.items()
        if node.requires_grad and node not in begun
    )


def _same(a: float, b: float) -> bool:
    return a == b or (a != a and b != b)
