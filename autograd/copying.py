"""Graphs copied and pickled as flat tables, so that depth costs nothing and no recursion is needed."""

from __future__ import annotations

from typing import Any

from autograd.backprop import topological_order
from autograd.gates import gate_named
from autograd.mode import mode
from autograd.value import Value, made


def _fields(value: Value) -> dict[str, Any]:
    trace = mode.get().special.trace
    if trace is not None:
        trace.refuse("copies Values, which a replay would do once: compute with them as they are")
    return {"grad": value.grad, "label": value.label, "scope": value.scope}


def _remade(value: Value, parents: tuple[Value, ...]) -> Value:
    operands = parents if value.requires_grad else None
    return made(value._data, value.gate, operands, value._locals(), **_fields(value))


def shallow_copy(value: Value) -> Value:
    """A Value of the same number, gradient, label, gate and parents."""
    return _remade(value, value.parents)


def deep_copy(value: Value, memo: dict[int, Any]) -> Value:
    """A copy of the whole graph below `value`; what `memo` holds already is shared, as `copy.deepcopy` asks."""
    for node in topological_order(value):
        if id(node) not in memo:
            memo[id(node)] = _remade(node, tuple([memo[id(parent)] for parent in node.parents]))
    copied: Value = memo[id(value)]
    return copied


def reduced(value: Value) -> tuple[Any, ...]:
    """What pickle keeps: for a leaf its fields; for an output its leaves, as objects, and one row for each gate.

    Leaves stay shared between the Values of one pickle. Interior nodes belong to the output they are pickled with.
    """
    if value.gate is None:
        return _leaf, (value._data, value.requires_grad, _fields(value))
    order = topological_order(value)
    place = {node: i for i, node in enumerate(order)}
    leaves = [(place[node], node) for node in order if node.gate is None]
    rows = [
        (
            place[node],
            node.gate.name,
            tuple([place[parent] for parent in node.parents]),
            node._locals(),
            node._data,
            _fields(node),
        )
        for node in order
        if node.gate is not None
    ]
    return _graph, (leaves, rows)


def _leaf(data: float, requires_grad: bool, fields: dict[str, Any]) -> Value:
    return made(data, None, () if requires_grad else None, **fields)


def _graph(leaves: list[tuple[int, Value]], rows: list[tuple[Any, ...]]) -> Value:
    nodes = dict(leaves)
    for place, gate, parents, derivatives, data, fields in rows:
        operands = tuple([nodes[parent] for parent in parents])
        output = nodes[place] = made(data, gate_named(gate), operands, derivatives, **fields)
    return output
