"""Formulas as assignments: what is needed several times is computed once and has a name.

``exp(x - max(xs))`` is asked for each operand, but its ``max(xs)`` is one number for all of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache

from autograd.formula.language import Call, Choice, Name, Operation, Over, Tree, parse, parts_of


@cache
def hoisted(*formulas: str) -> tuple[Mapping[str, Tree], Sequence[Tree]]:
    """What the formulas take over all operands, named and in order, and the formulas over those names.

    ``exp(x - max(xs))`` is asked for each operand, but its ``max(xs)`` is one number: it becomes ``over1``, computed
    once. A reduction inside a branch of a choice stays there, unless it is as plain as ``max(xs)``: it may have no
    value where the other branch is taken.
    """
    named: dict[Tree, str] = {}

    def lift(tree: Tree, branch: bool) -> Tree:
        match tree:
            case Over(name, term):
                inner = Over(name, lift(term, branch))
                if branch and inner.term != Name("x"):
                    return inner
                return Name(named.setdefault(inner, f"over{len(named) + 1}"))
            case Operation(sign, operands):
                return Operation(sign, tuple(lift(operand, branch) for operand in operands))
            case Call(name, operands):
                return Call(name, tuple(lift(operand, branch) for operand in operands))
            case Choice(test, yes, no):
                return Choice(lift(test, branch), lift(yes, True), lift(no, True))
        return tree

    trees = [lift(parse(formula), False) for formula in formulas]
    return {name: tree for tree, name in named.items()}, trees


def _replaced(tree: Tree, part: Tree, name: Name) -> Tree:
    """The tree with `name` wherever `part` stood."""
    if tree == part:
        return name
    match tree:
        case Operation(sign, operands):
            return Operation(sign, tuple(_replaced(operand, part, name) for operand in operands))
        case Call(function, operands):
            return Call(function, tuple(_replaced(operand, part, name) for operand in operands))
        case Choice(test, yes, no):
            return Choice(*(_replaced(each, part, name) for each in (test, yes, no)))
        case Over(function, term):
            return Over(function, _replaced(term, part, name))
    return tree


@cache
def assignments(formula: str) -> tuple[Mapping[str, Tree], Tree]:
    """A formula as assignments, in order, and the result over the assigned names, so that nothing is computed twice.

    For readers to which ``x`` is all operands at once, as an array: what is taken over all operands is assigned, and so
    is each part that occurs several times, inside a reduction or not.
    """
    over, (result,) = hoisted(formula)
    items: list[tuple[str, Tree]] = [*over.items(), ("", result)]
    while True:
        counts = Counter(part for _, tree in items for part in parts_of(tree))
        repeated = [part for part, count in counts.items() if count > 1 and isinstance(part, Operation | Call)]
        if not repeated:
            return dict(items[:-1]), items[-1][1]
        largest = max(repeated, key=lambda part: sum(1 for _ in parts_of(part)))
        first = next(i for i, (_, tree) in enumerate(items) if largest in parts_of(tree))
        name = Name(f"same{len(items)}")
        items = [(known, _replaced(tree, largest, name)) for known, tree in items]
        items.insert(first, (name.name, largest))


def steps(formula: str, derivatives: Sequence[str]) -> tuple[dict[str, Tree], list[Tree]]:
    """A gate's rule as assignments in order, ``y`` among them, and its derivatives over the assigned names.

    What is taken over all operands is assigned once, after ``y`` where it needs that.
    """
    before = len(hoisted(formula)[0])
    over, (value, *slopes) = hoisted(formula, *derivatives)
    items = list(over.items())
    return dict([*items[:before], ("y", value), *items[before:]]), slopes
