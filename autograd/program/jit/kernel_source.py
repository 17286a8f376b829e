"""The parts that kernels are written from: formulas as numba compiles them, and the frame of a kernel's module.

A kernel gets the numbers of its instruction (``code``: how many rows and lanes, where things are, how far to step from
row to row), the values ``m`` and the gradients ``g``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from hashlib import sha256
from textwrap import indent

from autograd.formula import FUNCTIONS, Part, Tree, calls_in, fold, hoisted, names_in, parse
from autograd.formula.language import Name, Number, Operation, Over, parts_of
from autograd.formula.spelling import Spelled, python
from autograd.gates import GATES, Gate

_HEADER = """\
from math import cos, erf, inf, log, log1p, nan, pi, pow, sin, sqrt

import numba
import numpy as np

from autograd.program.jit.intrinsics import *
from autograd.program.jit.intrinsics import SIGNATURE
"""


def module(body: str, formulas: Iterable[str] = (), more: str = "") -> str:
    """The source of a module with the kernel `body`, and before it the functions that its formulas need: one for each
    reduction over all operands, and one for each gate that they call."""
    functions = dict[str, str]()
    for formula in formulas:
        over, trees = hoisted(formula)
        for tree in (*over.values(), *trees):
            _functions(tree, functions)
    return "\n\n".join([f"{_HEADER}{more}", *functions.values(), body])


def _functions(tree: Tree, done: dict[str, str]) -> None:
    """Add the functions that a formula needs to `done`, by name, each after those that it needs itself."""
    for name in sorted(calls_in(tree) - set(FUNCTIONS)):
        if name not in done:
            gate = GATES[name]
            over, (value,) = hoisted(gate.formula)
            for each in (*over.values(), value):
                _functions(each, done)
            done[name] = (
                f"@numba.njit(error_model='numpy')\ndef {name}({', '.join(gate.operands)}):\n"
                f"{indent(assigned(over) + f'return {scalar(value)}', '    ')}\n"
            )
    for part in parts_of(tree):
        if isinstance(part, Over) and part.term != Name("x"):
            done.setdefault(_loop_name(part), _loop(part))


def _loop_name(over: Over) -> str:
    return f"over_{sha256(repr(over).encode()).hexdigest()[:12]}"


def _loop(over: Over) -> str:
    """A function that takes a term over all operands: ``sum(exp(x - m) for x in xs)`` in terms of ``xs`` and ``m``."""
    start = {"sum": "0.0", "max": "-inf", "min": "inf"}[over.name]
    take = {"sum": "total + term", "max": "max(total, term)", "min": "min(total, term)"}[over.name]
    return (
        f"@numba.njit(error_model='numpy')\ndef {_loop_name(over)}({', '.join(_free(over))}):\n    total = {start}\n"
        f"    for x in xs:\n        term = {scalar(over.term)}\n        total = {take}\n    return total\n"
    )


def _free(over: Over) -> list[str]:
    return ["xs", *sorted(names_in(over) - {"xs"})]


def _over(name: str, term: Part[Spelled]) -> Spelled:
    if term.tree == Name("x"):
        return Spelled(f"{_OVER_ALL[name]}(xs)")
    over = Over(name, term.tree)
    return Spelled(f"{_loop_name(over)}({', '.join(_free(over))})")


#: Of all operands as they are: loops that stand in `autograd.program.jit.intrinsics`.
_OVER_ALL = {"sum": "total_of", "max": "max_of", "min": "min_of"}


def _call(name: str, operands: list[Spelled]) -> Spelled:
    many = name not in FUNCTIONS and GATES[name].arity is None
    if many and operands != [Spelled("xs")]:
        return Spelled(f"{name}(np.array([{', '.join(operand.text for operand in operands)}]))")
    return Spelled(f"{name}({', '.join(operand.text for operand in operands)})")


_NUMBA = replace(python(), call=_call, over=_over)


def scalar(formula: str | Tree) -> str:
    """A formula of single numbers, as numba compiles it."""
    return fold(formula, _NUMBA).text


def numbers(*names: str) -> str:
    """The instruction's numbers, by name."""
    return "".join(f"    {name} = at(code, {i})\n" for i, name in enumerate(names))


def places(gate: Gate) -> list[str]:
    return [name for operand in gate.operands for name in (f"p_{operand}", f"s_{operand}")]


def signed(lines: str) -> str:
    return f"@numba.cfunc(SIGNATURE, cache=True, error_model='numpy')\ndef kernel(code, m, g):\n{lines}"


def times(upstream: str, derivative: str | Tree) -> str:
    """upstream × derivative, where a derivative of ±1 costs nothing."""
    tree = parse(derivative) if isinstance(derivative, str) else derivative
    if tree == Number(1.0):
        return upstream
    return f"-{upstream}" if tree == _MINUS_ONE else f"{upstream} * ({scalar(tree)})"


_MINUS_ONE = Operation("neg", (Number(1.0),))


def assigned(over: Mapping[str, Tree]) -> str:
    return "".join(f"{name} = {scalar(tree)}\n" for name, tree in over.items())
