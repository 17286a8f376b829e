"""Formulas on floats: the primitive functions, and formulas evaluated as they stand."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from autograd.formula.language import Backend, Part, Tree, fold


def sum_in_order(numbers: Iterable[float]) -> float:
    """x₁ + x₂ + ..., added from left to right on every Python. (The built-in `sum` compensates from 3.12 on.)

    A plain loop is sooner done than `functools.reduce` with `operator.add`.
    """
    result = 0.0
    for number in numbers:
        result += number
    return result


#: The primitive functions on floats, by the names that formulas call them by. `pow` refuses to leave the real numbers.
FUNCTIONS: dict[str, Any] = {
    "abs": abs,
    "cos": math.cos,
    "erf": math.erf,
    "exp": math.exp,
    "len": len,
    "log": math.log,
    "log1p": math.log1p,
    "max": max,
    "min": min,
    "pow": math.pow,
    "sin": math.sin,
    "sqrt": math.sqrt,
    "tanh": math.tanh,
}
#: What is done with a term over all operands.
REDUCTIONS: dict[str, Callable[[list[float]], float]] = {"sum": sum_in_order, "max": max, "min": min}
CONSTANTS = {"inf": math.inf, "nan": math.nan, "pi": math.pi}


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

OPERATORS: dict[str, Callable[..., Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "neg": operator.neg,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
    "and": lambda *tests: all(tests),
    "or": lambda *tests: any(tests),
    "not": operator.not_,
}


def on_floats(operands: Mapping[str, Any], call: Callable[..., Any] | None = None) -> Backend[Any]:
    """Formulas evaluated with numbers for their names. call: what a gate's name and its operands give."""
    known = {**CONSTANTS, **operands}

    def over(name: str, term: Part[Any]) -> Any:
        terms = [fold(term.tree, on_floats({**operands, "x": x}, call)) for x in operands["xs"]]
        return REDUCTIONS[name](terms)

    def apply(name: str, values: list[Any]) -> Any:
        if name in FUNCTIONS:
            return FUNCTIONS[name](*values)
        if call is None:
            raise ValueError(f"there is no function {name!r} here")
        return call(name, *values)

    return Backend(
        number=float,
        name=known.__getitem__,
        operation=lambda sign, values: OPERATORS[sign](*values),
        choice=lambda test, yes, no: yes() if test() else no(),
        call=apply,
        over=over,
    )


def evaluated(formula: str | Tree, operands: Mapping[str, Any], call: Callable[..., Any] | None = None) -> Any:
    """A formula's value. call: what a gate's name and its operands give.

    >>> evaluated("a * b + 1", {"a": 2.0, "b": 3.0})
    7.0
    """
    return fold(formula, on_floats(operands, call))
