"""Kernels: each kind of instruction as the source of a small function, ready for numba.

A kernel gets the numbers of its instruction (``code``: how many rows and lanes, where things are, how far to step from
row to row), the values ``m`` and the gradients ``g``. A gate's formulas stand in it as they stand in the table. An
operand is of kind ``v``, lanes side by side, or ``s``, one number for all the lanes of a row.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from functools import cache

from autograd.formula import common_part, names_in
from autograd.gates import GATES, Gate

_HEADER = """\
from math import cos, inf, log, log1p, nan, pow, sin, sqrt

import numba
import numpy as np

from autograd.program.compiled import *
from autograd.program.compiled import SIGNATURE
"""

#: Names a formula may use that are compiled functions, not gates to be spelled out.
_KNOWN = {"exp", "log", "log1p", "sqrt", "sin", "cos", "tanh", "pow", "abs", "min", "max", "sum", "len"}
_KNOWN |= {"logsumexp", "sumexp"}


#: Of one number, the C library's functions are sooner done than those made for many side by side.
_SINGLE = "from math import exp, tanh\n"


def module(body: str, formulas: Iterable[str] = (), more: str = "") -> str:
    """The source of a module with the kernel `body`, and the gates that its formulas call as functions."""
    functions = "\n\n".join(_functions(formulas, set()))
    return f"{_HEADER}{more}\n\n{functions}\n\n{body}"


def _functions(formulas: Iterable[str], done: set[str]) -> Iterator[str]:
    for formula in formulas:
        for name in sorted(names_in(formula) & (GATES.keys() - _KNOWN - done)):
            done.add(name)
            gate = GATES[name]
            yield from _functions([gate.formula], done)
            yield (f"@numba.njit(error_model='numpy')\n"
                   f"def {name}({', '.join(gate.operands)}):\n    return {_scalar(gate.formula)}\n")  # fmt: skip


class _OverAll(ast.NodeTransformer):
    """``max(xs)`` over all operands becomes ``max_of(xs)``: numba's own takes two numbers."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        match node:
            case ast.Call(ast.Name("max" | "min" | "sum" as name), [ast.Name("xs")]):
                node.func = ast.Name({"sum": "total_of"}.get(name, f"{name}_of"), ast.Load())
        return node


def _scalar(expression: str) -> str:
    return ast.unparse(_OverAll().visit(ast.parse(expression, mode="eval")))


def numbers(*names: str) -> str:
    """The instruction's numbers, by name."""
    return "".join(f"    {name} = at(code, {i})\n" for i, name in enumerate(names))


def _places(gate: Gate) -> list[str]:
    return [name for operand in gate.operands for name in (f"p_{operand}", f"s_{operand}")]


def signed(lines: str) -> str:
    return f"@numba.cfunc(SIGNATURE, cache=True, error_model='numpy')\ndef kernel(code, m, g):\n{lines}"


@cache
def single(gate: Gate) -> str:
    """y = gate(a, b) of single numbers: for narrow graphs, where the loops would cost more than the work."""
    loads = "".join(f"    {name} = read(m, p_{name})\n" for name in gate.operands)
    body = f"{numbers('p_y', *[f'p_{n}' for n in gate.operands])}{loads}    write(m, p_y, {_scalar(gate.formula)})\n"
    return module(signed(body), [gate.formula], _SINGLE)


@cache
def single_backward(gate: Gate, active: str) -> str:
    """The gradient of each active operand of a single gate: g[operand] += g[y] × derivative."""
    chosen = [(n, d) for n, d, wanted in zip(gate.operands, gate.derivatives, active, strict=True) if wanted == "1"]
    used = {name for _, derivative in chosen for name in names_in(derivative)}
    loads = "".join(f"    {name} = read(m, p_{name})\n" for name in ("y", *gate.operands) if name in used)
    steps = "".join(f"    write(g, p_{n}, fetch(g, p_{n}) + {_times('up', d)})\n" for n, d in chosen)
    body = f"{numbers('p_y', *[f'p_{n}' for n in gate.operands])}    up = read(g, p_y)\n{loads}{steps}"
    return module(signed(body), gate.derivatives, _SINGLE)


def _dot_names(pairs: int, plus: int) -> tuple[list[str], list[str], list[str]]:
    return [f"a{i}" for i in range(pairs)], [f"b{i}" for i in range(pairs)], [f"c{i}" for i in range(plus)]


@cache
def single_dot(pairs: int, plus: int) -> str:
    """y = Σ a · b + Σ c of single numbers."""
    lefts, rights, others = _dot_names(pairs, plus)
    names = [*lefts, *rights, *others]
    loads = "".join(f"    {name} = read(m, p_{name})\n" for name in names)
    total = " + ".join([*(f"{a} * {b}" for a, b in zip(lefts, rights, strict=True)), *others])
    return module(signed(f"{numbers('p_y', *[f'p_{n}' for n in names])}{loads}    write(m, p_y, {total})\n"))


@cache
def single_dot_backward(pairs: int, plus: int, active: str) -> str:
    """g[a] += g[y] · b, g[b] += g[y] · a and g[c] += g[y]; active: of the lefts, the rights, and each other."""
    lefts, rights, others = _dot_names(pairs, plus)
    names = [*lefts, *rights, *others]
    across = [*zip(lefts, rights, strict=True)] * (active[0] == "1")
    across += [*zip(rights, lefts, strict=True)] * (active[1] == "1")
    loads = "".join(f"    {name} = read(m, p_{name})\n" for name in dict.fromkeys(other for _, other in across))
    steps = "".join(f"    write(g, p_{n}, fetch(g, p_{n}) + up * {other})\n" for n, other in across)
    for name, wanted in zip(others, active[2:], strict=True):
        steps += f"    write(g, p_{name}, fetch(g, p_{name}) + up)\n" * (wanted == "1")
    body = f"{numbers('p_y', *[f'p_{n}' for n in names])}    up = read(g, p_y)\n{loads}{steps}"
    return module(signed(body))


def _times(upstream: str, derivative: str) -> str:
    """upstream × derivative, where a derivative of ±1 costs nothing."""
    return {"1.0": upstream, "-1.0": f"-{upstream}"}.get(derivative, f"{upstream} * ({_scalar(derivative)})")


def _at(name: str, kind: str) -> str:
    return f"p_{name} + i * s_{name}" + (" + lane" if kind == "v" else "")


@cache
def apply(gate: Gate, kinds: str) -> str:
    """y[i, lane] = gate(a[i, lane], b[i, lane])."""
    scalars = _loads(gate, kinds, "s", set(gate.operands), 8)
    lanes = _loads(gate, kinds, "v", set(gate.operands), 12)
    body = (
        f"{numbers('rows', 'lanes', 'p_y', *_places(gate))}    for i in range(rows):\n{scalars}"
        f"        for lane in range(lanes):\n{lanes}"
        f"            write(m, p_y + i * lanes + lane, {_scalar(gate.formula)})\n"
    )
    return module(signed(body), [gate.formula])


def _loads(gate: Gate, kinds: str, kind: str, used: set[str], indent: int) -> str:
    return "".join(
        f"{' ' * indent}{name} = read(m, {_at(name, kind)})\n"
        for name, its in zip(gate.operands, kinds, strict=True)
        if its == kind and name in used
    )


@cache
def apply_backward(gate: Gate, kinds: str, active: str) -> str:
    """g[operand] += g[y] × derivative, for each active operand; that of an ``s`` is summed over the lanes."""
    loops = ""
    for name, kind, wanted, derivative in zip(gate.operands, kinds, active, gate.derivatives, strict=True):
        if wanted != "1":
            continue
        used = names_in(derivative)
        lanes = _loads(gate, kinds, "v", used, 12)
        if "y" in used:
            lanes += "            y = read(m, p_y + i * lanes + lane)\n"
        upstream = _times("read(g, p_y + i * lanes + lane)", derivative)
        place = _at(name, kind)
        scalars = _loads(gate, kinds, "s", used, 8)
        if kind == "v":
            step = f"            write(g, {place}, fetch(g, {place}) + {upstream})\n"
            loops += f"{scalars}        for lane in range(lanes):\n{lanes}{step}"
        else:
            step = f"            total = add(total, {upstream})\n"
            loops += f"{scalars}        total = 0.0\n        for lane in range(lanes):\n{lanes}{step}"
            loops += f"        write(g, {place}, fetch(g, {place}) + total)\n"
    body = f"{numbers('rows', 'lanes', 'p_y', *_places(gate))}    for i in range(rows):\n{loops}"
    return module(signed(body), gate.derivatives)


@cache
def reduce(gate: Gate) -> str:
    """y[i] = gate(xs[0, i], xs[1, i], ...) for a gate of any number of operands; i runs over rows and lanes alike."""
    if gate.formula == "sum(xs)":
        loops = """\
    for i in range(width):
        write(m, p_y + i, 0.0)
    for k in range(inner):
        for i in range(width):
            write(m, p_y + i, fetch(m, p_y + i) + read(m, p_xs + k * width + i))
"""
    else:
        loops = f"""\
    xs = np.empty(inner)
    for i in range(width):
        for k in range(inner):
            xs[k] = read(m, p_xs + k * width + i)
        write(m, p_y + i, {_scalar(gate.formula)})
"""
    return module(signed(numbers("width", "inner", "p_y", "p_xs") + loops), [gate.formula])


@cache
def reduce_backward(gate: Gate) -> str:
    """g[xs[k, i]] += g[y[i]] × derivative."""
    derivative, part = common_part(gate.derivatives[0])
    before = f"""\
    xs = np.empty(inner)
    parts = np.empty(width)
    for i in range(width):
        for j in range(inner):
            xs[j] = read(m, p_xs + j * width + i)
        y = read(m, p_y + i)
        parts[i] = {_scalar(part)}
""" if part else ""  # fmt: skip
    loops = f"""\
{before}    for k in range(inner):
      for i in range(width):
        y = read(m, p_y + i)
        x = read(m, p_xs + k * width + i)
{"        part = parts[i]" if part else ""}
        place = p_xs + k * width + i
        write(g, place, fetch(g, place) + {_times("read(g, p_y + i)", derivative)})
"""
    return module(signed(numbers("width", "inner", "p_y", "p_xs") + loops), gate.derivatives)


GATHER = module(signed(numbers("rows", "lanes", "out") + """\
    for i in range(rows):
        source = at(code, 3 + i)
        for lane in range(lanes):
            write(m, out + i * lanes + lane, read(m, source + lane))
"""))  # fmt: skip

SCATTER = module(signed(numbers("rows", "lanes", "out") + """\
    for i in range(rows):
        source = at(code, 3 + i)
        for lane in range(lanes):
            write(g, source + lane, fetch(g, source + lane) + read(g, out + i * lanes + lane))
"""))  # fmt: skip


@cache
def plus(kind: str, set_first: bool = False) -> str:
    """out[i, lane] += a[i, lane], or = where `set_first`."""
    before = "" if set_first else "fetch(m, p_y + i * lanes + lane) + "
    body = f"""\
{numbers("rows", "lanes", "p_y", "p_a", "s_a")}    for i in range(rows):
        for lane in range(lanes):
            write(m, p_y + i * lanes + lane, {before}read(m, {_at("a", kind)}))
"""
    return module(signed(body))


@cache
def plus_backward(kind: str) -> str:
    """g[a] += g[out], summed over the lanes for an ``s``."""
    if kind == "v":
        inner = f"            write(g, {_at('a', 'v')}, fetch(g, {_at('a', 'v')}) + read(g, p_y + i * lanes + lane))\n"
        body = f"    for i in range(rows):\n        for lane in range(lanes):\n{inner}"
    else:
        body = """\
    for i in range(rows):
        total = 0.0
        for lane in range(lanes):
            total = add(total, read(g, p_y + i * lanes + lane))
        write(g, p_a + i * s_a, fetch(g, p_a + i * s_a) + total)
"""
    return module(signed(numbers("rows", "lanes", "p_y", "p_a", "s_a") + body))


_PAIR_NUMBERS = ("rows", "lanes", "inner", "p_y", "p_a", "k_a", "s_a", "p_b", "k_b", "s_b")


def _pair_at(name: str, kind: str) -> str:
    return f"p_{name} + k * k_{name} + i * s_{name}" + (" + lane" if kind == "v" else "")


@cache
def sum_products(kinds: str) -> str:
    """out[i, lane] = Σₖ a[k, i, lane] · b[k, i, lane]."""
    a, b = (_pair_at(name, kind) for name, kind in zip("ab", kinds, strict=True))
    body = f"""\
{numbers(*_PAIR_NUMBERS)}    for i in range(rows):
        for lane in range(lanes):
            write(m, p_y + i * lanes + lane, 0.0)
        for k in range(inner):
            for lane in range(lanes):
                place = p_y + i * lanes + lane
                write(m, place, multiply_add(read(m, {a}), read(m, {b}), fetch(m, place)))
"""
    return module(signed(body))


@cache
def sum_products_backward(kinds: str, active: str) -> str:
    """g[a] += g[out] · b, and g[b] += g[out] · a, for those that are active."""
    loops = ""
    for (name, kind), (other, its), wanted in (
        (("a", kinds[0]), ("b", kinds[1]), active[0]),
        (("b", kinds[1]), ("a", kinds[0]), active[1]),
    ):
        if wanted != "1":
            continue
        place, factor = _pair_at(name, kind), f"read(m, {_pair_at(other, its)})"
        upstream = "read(g, p_y + i * lanes + lane)"
        loops += "    for i in range(rows):\n        for k in range(inner):\n"
        if kind == "v":
            loops += f"            for lane in range(lanes):\n                place = {place}\n"
            loops += f"                write(g, place, multiply_add({upstream}, {factor}, fetch(g, place)))\n"
        else:
            loops += "            total = 0.0\n            for lane in range(lanes):\n"
            loops += f"                total = add_product({upstream}, {factor}, total)\n"
            loops += f"            write(g, {place}, fetch(g, {place}) + total)\n"
    return module(signed(numbers(*_PAIR_NUMBERS) + loops))


ZERO = module(signed(numbers("size", "p_y") + """\
    for i in range(size):
        write(m, p_y + i, 0.0)
"""))  # fmt: skip
