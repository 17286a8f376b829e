"""Graphs copied and pickled as flat tables, so that depth costs nothing and no recursion is needed."""

from __future__ import annotations

from typing import Any

from autograd.backprop import topological_order
from autograd.gates import gate_named
from autograd.value import Value


def _blank() -> Value:
    return object.__new__(Value)


def shallow_copy(value: Value) -> Value:
    """A Value of the same number, gradient, label, gate and parents."""
    new = _blank()
    for name in ("data", "grad", "gate", "label", "scope", "_edges"):
        setattr(new, name, getattr(value, name))
    return new


def deep_copy(value: Value, memo: dict[int, Any]) -> Value:
    """A copy of the whole graph below `value`; what `memo` holds already is shared, as `copy.deepcopy` asks."""
    for node in topological_order(value):
        if id(node) not in memo:
            new = memo[id(node)] = shallow_copy(node)
            if node._edges:
                new._edges = (*(memo[id(parent)] for parent in node.parents), *node.local_derivatives)
    copied: Value = memo[id(value)]
    return copied


def reduced(value: Value) -> tuple[Any, ...]:
    """What pickle keeps: for a leaf its fields; for an output its leaves, as objects, and one row for each gate.

    Leaves stay shared between the Values of one pickle. Interior nodes belong to the output they are pickled with.
    """
    if value.gate is None:
        return _leaf, (value.data, value.grad, value.label, value.scope, value._edges)
    order = topological_order(value)
    place = {node: i for i, node in enumerate(order)}
    leaves = [node for node in order if node.gate is None]
    rows = [
        (
            place[node],
            node.gate.name,
            tuple(place[parent] for parent in node.parents),
            node.local_derivatives,
            node.data,
            node.grad,
            node.label,
            node.scope,
        )
        for node in order
        if node.gate is not None
    ]
    return _graph, ([(place[leaf], leaf) for leaf in leaves], rows)


def _leaf(data: float, grad: float, label: str, scope: str, edges: tuple[Any, ...] | None) -> Value:
    new = _blank()
    new.data, new.grad, new.gate, new.label, new.scope, new._edges = data, grad, None, label, scope, edges
    return new


def _graph(leaves: list[tuple[int, Value]], rows: list[tuple[Any, ...]]) -> Value:
    nodes = dict(leaves)
    new = None
    for place, gate, parents, derivatives, data, grad, label, scope in rows:
        new = nodes[place] = _blank()
        new.data, new.grad, new.gate, new.label, new.scope = data, grad, gate_named(gate), label, scope
        new._edges = (*(nodes[parent] for parent in parents), *derivatives)
    assert new is not None
    return new
