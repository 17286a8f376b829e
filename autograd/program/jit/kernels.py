"""Kernels: each kind of instruction as the source of a small function, ready for numba.

A kernel gets the numbers of its instruction (``code``: how many rows and lanes, where things are, how far to step from
row to row), the values ``m`` and the gradients ``g``. A gate's formulas stand in it as they stand in the table. An
operand is of kind ``v``, lanes side by side, or ``s``, one number for all the lanes of a row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
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


#: Of one number, the C library's functions are sooner done than those made for many side by side.
_SINGLE = "from math import exp, tanh\n"


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
            done[name] = (f"@numba.njit(error_model='numpy')\ndef {name}({', '.join(gate.operands)}):\n"
                          f"{indent(_assigned(over) + f'return {_scalar(value)}', '    ')}\n")  # fmt: skip
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
        f"    for x in xs:\n        term = {_scalar(over.term)}\n        total = {take}\n    return total\n"
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


def _scalar(formula: str | Tree) -> str:
    """A formula of single numbers, as numba compiles it."""
    return fold(formula, _NUMBA).text


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


def _times(upstream: str, derivative: str | Tree) -> str:
    """upstream × derivative, where a derivative of ±1 costs nothing."""
    tree = parse(derivative) if isinstance(derivative, str) else derivative
    if tree == Number(1.0):
        return upstream
    return f"-{upstream}" if tree == _MINUS_ONE else f"{upstream} * ({_scalar(tree)})"


_MINUS_ONE = Operation("neg", (Number(1.0),))


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
    if parse(gate.formula) == Over("sum", Name("x")):
        loops = """\
    for i in range(width):
        write(m, p_y + i, 0.0)
    for k in range(inner):
        for i in range(width):
            write(m, p_y + i, fetch(m, p_y + i) + read(m, p_xs + k * width + i))
"""
    else:
        over, (value,) = hoisted(gate.formula)
        loops = f"{_GATHERED}{indent(_assigned(over), '        ')}        write(m, p_y + i, {_scalar(value)})\n"
    return module(signed(numbers("width", "inner", "p_y", "p_xs") + loops), [gate.formula])


@cache
def reduce_backward(gate: Gate) -> str:
    """g[xs[k, i]] += g[y[i]] × derivative. What the derivative takes over all operands is computed once for each i."""
    over, (derivative,) = hoisted(*gate.derivatives)
    step = f"""\
        y = read(m, p_y + i)
        x = read(m, p_xs + k * width + i)
        place = p_xs + k * width + i
        write(g, place, fetch(g, place) + {_times("read(g, p_y + i)", derivative)})
"""
    if over or "xs" in names_in(derivative):
        once = indent("y = read(m, p_y + i)\n" + _assigned(over), "        ")
        loops = f"{_GATHERED}{once}        for k in range(inner):\n{indent(step, '    ')}"
    else:
        loops = f"    for k in range(inner):\n      for i in range(width):\n{step}"
    return module(signed(numbers("width", "inner", "p_y", "p_xs") + loops), gate.derivatives)


#: The operands of one result at a time, side by side.
_GATHERED = """\
    xs = np.empty(inner)
    for i in range(width):
        for j in range(inner):
            xs[j] = read(m, p_xs + j * width + i)
"""


def _assigned(over: Mapping[str, Tree]) -> str:
    return "".join(f"{name} = {_scalar(tree)}\n" for name, tree in over.items())


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
