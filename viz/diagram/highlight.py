"""Highlighting: all paths from one Value to the outputs set off, and their products written under the diagram."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from autograd import Value, topological_order
from viz.diagram.model import Diagram
from viz.paths import EXACT, Path, paths_from, reached_from
from viz.text.equations import equation, product
from viz.text.notation import joined
from viz.text.numbers import NumberFormat

#: Up to this many paths are written out; the others are only counted.
_WRITTEN = 6
#: Of a path with more steps only start and end are written, and of its product the number of factors.
_STEPS = 12


def highlight(
    diagram: Diagram, outputs: Sequence[Value], start: Value, names: Mapping[Value, str], number: NumberFormat
) -> None:
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
            diagram.captions += _lines(start, end, names, number)


def _lines(start: Value, end: Value, names: Mapping[Value, str], number: NumberFormat) -> Iterator[str]:
    """Each path with its product, at most `_WRITTEN`, the rest counted; and the gradient, which is their sum."""
    called = names.get(start) or number(start.data)
    goal = names.get(end) or (end.gate.symbol if end.gate else "output")
    paths = paths_from(start, topological_order(end), _WRITTEN)
    for path in paths.shown:
        through = [_short(value, names) for value in path.nodes[1:]]
        steps = " → ".join((called, *through)) if len(through) <= _STEPS else f"{called} → … → {through[-1]}"
        yield f"{steps}:   {_product(path, number)}"
    if not paths.complete:
        yield f"… and {_counted(paths.count, _WRITTEN)} more"
    gradient = f"∂{goal}/∂{called} = {number(paths.sum)}"
    yield f"{gradient}, the sum over {_counted(paths.count)} paths" if paths.count > 1 else f"{gradient}, the only path"


def _counted(count: int, less: int = 0) -> str:
    """A number of paths, less those that are written out, as far as it is known exactly."""
    return str(count - less) if count <= EXACT else "more than 1e100"


def _product(path: Path, number: NumberFormat) -> str:
    """A path's product, ``2 × (−3) = −6``, with as many digits as it takes to hold as printed."""
    factors, result = path.locals, path.product
    if len(factors) == 1:
        return number(result)
    if len(factors) > _STEPS:
        return f"{len(factors)} factors = {number(result)}"
    longer, sign = equation(factors, result, product, number)
    return f"{joined(' × ', [longer(x) for x in factors], 'text')} {sign} {number(result)}"


def _short(value: Value, names: Mapping[Value, str]) -> str:
    symbol = value.gate.symbol if value.gate else ""
    name = names.get(value, "")
    return f"{symbol} ({name})" if name and symbol else name or symbol
