"""Graphs copied and pickled as flat tables, so that depth costs nothing and no recursion is needed.

A pickler asks each Node by itself what to keep. So that Values of one graph stay connected, the first puts its whole
graph into a `_Table`, and those that come later refer to places in that table: picklers write the same object only
once. A table lives no longer than the pickler that holds it, and the next one begins anew.
"""

from __future__ import annotations

from collections.abc import Container
from operator import getitem
from threading import local
from typing import Any, TypeAlias, cast
from weakref import ReferenceType, ref

from autograd.gates import gate_named
from autograd.mode import mode
from autograd.node import N, Node, made


def _fields(value: Node) -> dict[str, Any]:
    trace = mode.get().checks.trace
    if trace is not None:
        trace.refuse("copies Values, which a replay would do once: compute with them as they are")
    return {"grad": value._grad, "label": value.label, "scope": value.scope}


def _remade(value: N, parents: tuple[Node, ...]) -> N:
    operands = parents if value.requires_grad else None
    kind = cast("type[N]", type(value).copied_as)
    return made(kind, value._data, value.gate, operands, value._locals(), **_fields(value))


def shallow_copy(value: N) -> N:
    """A node of the same number, gradient, label, gate and parents."""
    return _remade(value, value.parents)


def order_without(output: Node, done: Container[Any]) -> list[Node]:
    """The topological order of what is below `output`, without the nodes that are done, and what is below them."""
    order: dict[Node, None] = {}
    stack: list[tuple[Node, bool]] = [(output, False)]
    while stack:
        node, ready = stack.pop()
        if ready:
            order[node] = None
        elif node not in order and node not in done:
            stack.append((node, True))
            stack += [(parent, False) for parent in reversed(node.parents)]
    return list(order)


class _Memo:
    """The nodes that the memo of `copy.deepcopy` has already, which it knows by their ids."""

    def __init__(self, memo: dict[int, Any]) -> None:
        self.memo = memo

    def __contains__(self, node: object) -> bool:
        return id(node) in self.memo


def deep_copy(value: N, memo: dict[int, Any]) -> N:
    """A copy of the whole graph below `value`; what `memo` holds already is shared, as `copy.deepcopy` asks."""
    for node in order_without(value, _Memo(memo)):
        memo[id(node)] = _remade(node, tuple([memo[id(parent)] for parent in node.parents]))
    copied: N = memo[id(value)]
    return copied


#: A node's place: the number of the node in a table, which is held weakly here, and strongly by a pickler.
_Places: TypeAlias = "dict[Node, tuple[ReferenceType[_Table], int]]"


class _Tables(local):
    """Where each node is, of those that picklers at work in this thread have put into tables."""

    def __init__(self) -> None:
        self.places: _Places = {}


tables = _Tables()


class _Known:
    """The nodes that are in a table. Those that were asked for are held, so that their tables stay."""

    def __init__(self, places: _Places) -> None:
        self.places = places
        self.held: dict[Node, tuple[_Table, int]] = {}

    def __contains__(self, node: Any) -> bool:
        reference, i = self.places.get(node, (None, 0))
        table = None if reference is None else reference()
        if table is not None:
            self.held[node] = table, i
        return table is not None


class _Table:
    """The gates of a graph, in topological order, that are in no other table of the same pickle.

    Pickled it is a list of its nodes: leaves as objects, nodes of other tables by their places, a row for each gate.
    """

    __slots__ = ("__weakref__", "nodes", "others", "places")

    def __init__(self, order: list[Node], known: _Known) -> None:
        self.nodes = [node for node in order if node.gate is not None]
        self.others = known.held
        self.places = known.places
        me = ref(self)
        self.places.update((node, (me, i)) for i, node in enumerate(self.nodes))

    def __reduce__(self) -> tuple[Any, ...]:
        leaves = {parent: None for node in self.nodes for parent in node.parents if parent.gate is None}
        known = [*self.others, *leaves]
        place = {node: i - len(known) for i, node in enumerate((*known, *self.nodes))}
        rows = [
            (
                node.gate.name,  # type: ignore[union-attr]
                tuple([place[parent] for parent in node.parents]),
                node._locals(),
                node._data,
                node._grad,
                node.label,
                node.scope,
                type(node).copied_as,
            )
            for node in self.nodes
        ]
        return _nodes, (list(self.others.values()), list(leaves), rows)

    def __del__(self) -> None:
        for node in self.nodes:
            reference, _ = self.places.get(node, (None, 0))
            if reference is not None and reference() in (None, self):
                del self.places[node]


def reduced(value: Node) -> tuple[Any, ...]:
    """What pickle keeps: for a leaf its fields, for the output of a gate its place in a table of the graph.

    Values of one pickle stay connected, gates and leaves alike.
    """
    fields = _fields(value)
    if value.gate is None:
        return _leaf, (type(value).copied_as, value._data, value.requires_grad, fields)
    known = _Known(tables.places)
    if value in known:
        return getitem, known.held[value]
    table = _Table(order_without(value, known), known)
    return getitem, (table, len(table.nodes) - 1)


def _leaf(kind: type[Node], data: float, requires_grad: bool, fields: dict[str, Any]) -> Node:
    return made(kind, data, None, () if requires_grad else None, **fields)


def _nodes(others: list[tuple[list[Node], int]], leaves: list[Node], rows: list[tuple[Any, ...]]) -> list[Node]:
    """The nodes that a `_Table` was made of."""
    known = [*[nodes[i] for nodes, i in others], *leaves]
    nodes: list[Node] = []
    for gate, parents, derivatives, data, grad, label, scope, kind in rows:
        operands = tuple([nodes[i] if i >= 0 else known[i] for i in parents])
        nodes.append(made(kind, data, gate_named(gate), operands, derivatives, grad=grad, label=label, scope=scope))
    return nodes
