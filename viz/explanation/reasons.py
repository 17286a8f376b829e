"""Why a local derivative is what it is: its formula in the gate table, and the choice that was made in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from autograd import Value
from autograd.formula import Tree, parse
from viz.text.formulas import chosen, formula_written
from viz.text.notation import Kind, Written, parenthesized

_MIRRORED = {"<": ">", "=": "=", ">": "<"}


class Reason(NamedTuple):
    """Why a local derivative is what it is: its formula at this point, and the comparison that chose it, if any."""

    formula: Tree
    decided_by: tuple[Tree, str, Tree] | None


def reason(node: Value, index: int) -> Reason:
    """The formula of ∂node/∂(operand number `index`), from the gate table, with its choice made at this point.

    The comparison that decided begins with that operand where it is one side: x < 3, not 3 > x.
    """
    gate = node.gate
    if gate is None:
        raise ValueError(f"{node!r} is a leaf, and has no local derivatives")
    numbers = {"y": node.data}
    if gate.arity is None:
        numbers["x"] = node.parents[index].data
    else:
        numbers.update(zip(gate.operands, (parent.data for parent in node.parents), strict=True))
    formula, decided = chosen(gate.shown[0 if gate.arity is None else index], numbers)
    if decided is not None and gate.arity is not None and decided[2] == parse(gate.operands[index]):
        decided = decided[2], _MIRRORED[decided[1]], decided[0]
    return Reason(formula, decided)


def formula_names(node: Value, index: int, names: Mapping[Value, Written]) -> dict[str, Written]:
    """What the letters of that formula stand for: a, b, y (or x, y) by the names of the Values."""
    gate = node.gate
    letters = {"y": names[node]}
    if gate is not None and gate.arity is None:
        letters["x"] = names[node.parents[index]]
    elif gate is not None:
        letters.update(zip(gate.operands, (names[parent] for parent in node.parents), strict=True))
    return letters


def decision_written(
    decided_by: tuple[Tree, str, Tree], operands: Mapping[str, Written], kind: Kind, number: Callable[[float], str]
) -> str:
    """The comparison that decided a choice: ``z > w``, ``x is NaN``; a side that is a comparison in parentheses."""
    sides = [formula_written(side, operands, kind, number) for side in (decided_by[0], decided_by[2])]
    left, right = (side.text if side.precedence else parenthesized(side.text, kind) for side in sides)
    sign = r"\text{ is }" if kind == "latex" and decided_by[1] == "is" else f" {decided_by[1]} "
    return f"{left}{sign}{right}"
