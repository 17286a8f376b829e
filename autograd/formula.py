"""The little language in which gates are written, and how it becomes callable.

A formula is a Python expression, kept as text, over the operands of a gate. It may use numbers, ``+ - * /``, unary
minus, comparisons, ``or``, ``x if test else z`` and calls of the functions in `FUNCTIONS` or of other gates by name.
Because it is text, one formula serves every reader: evaluated on floats here, rewritten for arrays or Values below,
printed as source by a program, translated to JavaScript for a page, or shown to a learner as it stands.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Iterable
from typing import Any


def sum_in_order(numbers: Iterable[float]) -> float:
    """Σ numbers, added one by one from left to right, as ``a + b + c`` is.

    Python's own `sum` does that only up to Python 3.11; later ones carry the rounding errors along, and so differ from
    ``a + b + c`` in the last digits."""
    total = 0.0
    for number in numbers:
        total += number
    return total


def logsumexp(numbers: Iterable[float]) -> float:
    """log Σ exp(xᵢ), shifted by the largest so that no finite input overflows."""
    numbers = list(numbers)
    largest = max(numbers)
    if math.isinf(largest):
        return math.nan if any(x != x for x in numbers) else largest
    return largest + math.log(sum_in_order([math.exp(x - largest) for x in numbers]))


def sumexp(numbers: Iterable[float], y: float) -> float:
    """Σ exp(xᵢ − y): 1 where y is the logsumexp of the numbers, but for what its rounding has left."""
    return sum_in_order([math.exp(x - y) for x in numbers])


#: The primitive functions a formula may call, on floats. `pow` refuses what would leave the real numbers.
FUNCTIONS: dict[str, Any] = {
    "__builtins__": {},
    "exp": math.exp,
    "log": math.log,
    "log1p": math.log1p,
    "sqrt": math.sqrt,
    "sin": math.sin,
    "cos": math.cos,
    "tanh": math.tanh,
    "pow": math.pow,
    "abs": abs,
    "min": min,
    "max": max,
    "sum": sum_in_order,
    "len": len,
    "logsumexp": logsumexp,
    "sumexp": sumexp,
    "inf": math.inf,
    "nan": math.nan,
}


def _limit_of_exp(x: float) -> float:
    try:
        return math.exp(x)
    except OverflowError:
        return math.inf


def _limit_of_pow(a: float, b: float) -> float:
    try:
        return math.pow(a, b)
    except OverflowError:
        return -math.inf if a < 0 and b % 2 == 1 else math.inf


#: In place of the functions that refuse a result too large for a float: infinity.
LIMITS: dict[str, Any] = {"exp": _limit_of_exp, "pow": _limit_of_pow}


def names_in(expression: str) -> set[str]:
    """The names an expression reads: operands, ``y``, and functions."""
    return {node.id for node in ast.walk(ast.parse(expression, mode="eval")) if isinstance(node, ast.Name)}


def compiled(source: str, namespace: dict[str, Any] = FUNCTIONS) -> Callable[..., Any]:
    """The function that `source`, a lambda written from this project's own table, stands for. It sees `namespace`
    as that is when it runs, so that a formula may call a gate registered after it."""
    function: Callable[..., Any] = eval(source, namespace)
    return function


def common_part(derivative: str) -> tuple[str, str]:
    """The derivative of a gate of any number of operands as ``(rest, part)``: the call that reads all operands, ``xs``,
    to be computed once for all of them, and the rest with ``part`` in its place. The part is empty if there is none.

    >>> common_part("exp(x - y) / sumexp(xs, y)")
    ('exp(x - y) / part', 'sumexp(xs, y)')
    """
    tree = ast.parse(derivative, mode="eval")
    calls = [ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Call)]
    part = next((call for call in calls if "xs" in names_in(call) and "x" not in names_in(call)), "")
    return (ast.unparse(tree).replace(part, "part"), part) if part else (derivative, "")


class _Vectorize(ast.NodeTransformer):
    """``x if t else z`` becomes ``where(t, x, z)``; ``or`` and ``and`` become ``|`` and ``&``."""

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        self.generic_visit(node)
        return ast.Call(ast.Name("where", ast.Load()), [node.test, node.body, node.orelse], [])

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        self.generic_visit(node)
        operator = ast.BitOr() if isinstance(node.op, ast.Or) else ast.BitAnd()
        result = node.values[0]
        for value in node.values[1:]:
            result = ast.BinOp(result, operator, value)
        return result


def for_arrays(expression: str) -> str:
    """The same formula, element by element: choices become ``where(test, if_true, if_false)``."""
    tree = _Vectorize().visit(ast.parse(expression, mode="eval"))
    return ast.unparse(ast.fix_missing_locations(tree))


class _Choices(ast.NodeTransformer):
    """``x if a > b else z`` becomes ``choice(test('>', a, b), lambda: x, lambda: z)``."""

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        self.generic_visit(node)
        return _call("choice", node.test, _later(node.body), _later(node.orelse))

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        self.generic_visit(node)
        first, *others = node.values
        for other in others:
            first = _call("either", first, _later(other))
        return first

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        self.generic_visit(node)
        sign = ast.unparse(node).removeprefix(ast.unparse(node.left)).split()[0]
        return _call("test", ast.Constant(sign), node.left, *node.comparators)


def _call(name: str, *arguments: ast.expr) -> ast.Call:
    return ast.Call(ast.Name(name, ast.Load()), list(arguments), [])


def _later(node: ast.expr) -> ast.Lambda:
    return ast.Lambda(ast.arguments([], [], None, [], [], None, []), node)


def for_values(expression: str) -> str:
    """The same formula on Values: computed with gates, its comparisons and choices too."""
    tree = _Choices().visit(ast.parse(expression, mode="eval"))
    return ast.unparse(ast.fix_missing_locations(tree))
