"""Paths: every way from one Value to an output, the local derivatives along it, their product, and the sum."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import prod
from typing import NamedTuple

from autograd import Value, topological_order
from viz.diagram.model import Diagram
from viz.text.equations import equation, product
from viz.text.notation import joined
from viz.text.numbers import NumberFormat

#: As many paths are written out; more are counted.
_WRITTEN = 6


class Way(NamedTuple):
    """A path: its Values from start to end, and the local derivative at each step."""

    values: tuple[Value, ...]
    locals: tuple[float, ...]


def ways(start: Value, end: Value, on_path: set[Value]) -> Iterator[Way]:
    """Every path from `start` to `end`, found from the end, first operands first."""
    stack: list[tuple[Value, tuple[Value, ...], tuple[float, ...]]] = [(end, (end,), ())]
    while stack:
        value, values, factors = stack.pop()
        if value is start:
            yield Way(values, factors)
            continue
        steps = list(zip(value.parents, value.local_derivatives, strict=True))
        stack += [(p, (p, *values), (d, *factors)) for p, d in reversed(steps) if p in on_path]


def reached_from(start: Value, order: Iterable[Value]) -> set[Value]:
    """`start` and all in the topological order that depends on it."""
    found = {start}
    for value in order:
        if any(parent in found for parent in value.parents):
            found.add(value)
    return found


def count_and_sum(start: Value, end: Value, order: Sequence[Value], on_path: set[Value]) -> tuple[int, float]:
    """How many paths there are, and the sum of their products, without walking them: each gate once."""
    paths, slope = {end: 1}, {end: 1.0}
    for value in reversed(order):
        if value in paths and value is not start:
            for parent, local in zip(value.parents, value.local_derivatives, strict=True):
                if parent in on_path:
                    paths[parent] = paths.get(parent, 0) + paths[value]
                    slope[parent] = slope.get(parent, 0.0) + slope[value] * local
    return paths.get(start, 0), slope.get(start, 0.0)


def highlight(diagram: Diagram, outputs: Sequence[Value], start: Value, names: Mapping[Value, str],
              number: NumberFormat) -> None:  # fmt: skip
    """Set off all paths from `start` to the outputs, and write their products under the diagram.

    Raises ValueError if `start` is not in the graph.
    """
    order = topological_order(outputs)
    if start not in set(order):
        raise ValueError(f"nothing leads from {start!r} to the output: it is not in this graph")
    on_path = reached_from(start, order)
    for node in diagram.nodes:
        if node.value is not None and node.value in on_path:
            diagram.highlighted.add(node.key)
    for wire in diagram.wires:
        if any(value in on_path and value.parents[operand] in on_path for value, operand in wire.uses):
            diagram.highlighted |= {wire.key, wire.source.key, wire.target.key}
    for end in outputs:
        if end in on_path and end is not start:
            diagram.captions += _lines(start, end, order, on_path, names, number)


def _lines(start: Value, end: Value, order: Sequence[Value], on_path: set[Value], names: Mapping[Value, str],
           number: NumberFormat) -> Iterator[str]:  # fmt: skip
    called = names.get(start) or number(start.data)
    goal = names.get(end) or (end.gate.symbol if end.gate else "output")
    count, total = count_and_sum(start, end, order, on_path)
    for i, way in enumerate(ways(start, end, on_path)):
        if i == _WRITTEN:
            yield f"… and {count - _WRITTEN} more"
            break
        through = [_short(value, names) for value in way.values[1:]]
        steps = " → ".join((called, *through)) if len(through) <= 12 else f"{called} → … → {through[-1]}"
        yield f"{steps}:   {_product(way.locals, number)}"
    yield f"∂{goal}/∂{called} = {number(total)}" + (f", the sum over {count} paths" if count > 1 else ", the only path")


def _product(factors: Sequence[float], number: NumberFormat) -> str:
    """``2 × (−3) = −6``, so that it holds as printed; of many factors their number."""
    result = prod(factors)
    if len(factors) == 1:
        return number(result)
    if len(factors) > 12:
        return f"{len(factors)} factors = {number(result)}"
    longer, sign = equation(factors, result, product, number)
    return f"{joined(' × ', [longer(x) for x in factors], 'text')} {sign} {number(result)}"


def _short(value: Value, names: Mapping[Value, str]) -> str:
    symbol = value.gate.symbol if value.gate else ""
    name = names.get(value, "")
    return f"{symbol} ({name})" if name and symbol else name or symbol
