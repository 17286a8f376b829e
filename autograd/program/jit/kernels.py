"""Kernels: each kind of instruction as the source of a small function, ready for numba.

A gate's formulas stand in a kernel as they stand in the table. An operand is of kind ``v``, lanes side by side, or
``s``, one number for all the lanes of a row. `kernel_source` says what kernels are given.
"""

from __future__ import annotations

from functools import cache
from textwrap import indent

from autograd.formula import hoisted, names_in, parse
from autograd.formula.language import Name, Over
from autograd.gates import Gate
from autograd.program.jit.kernel_source import assigned, module, numbers, places, scalar, signed, times


def _at(name: str, kind: str) -> str:
    return f"p_{name} + i * s_{name}" + (" + lane" if kind == "v" else "")


@cache
def apply(gate: Gate, kinds: str) -> str:
    """y[i, lane] = gate(a[i, lane], b[i, lane])."""
    scalars = _loads(gate, kinds, "s", set(gate.operands), 8)
    lanes = _loads(gate, kinds, "v", set(gate.operands), 12)
    body = (
        f"{numbers('rows', 'lanes', 'p_y', *places(gate))}    for i in range(rows):\n{scalars}"
        f"        for lane in range(lanes):\n{lanes}"
        f"            write(m, p_y + i * lanes + lane, {scalar(gate.formula)})\n"
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
        upstream = times("read(g, p_y + i * lanes + lane)", derivative)
        place = _at(name, kind)
        scalars = _loads(gate, kinds, "s", used, 8)
        if kind == "v":
            step = f"            write(g, {place}, fetch(g, {place}) + {upstream})\n"
            loops += f"{scalars}        for lane in range(lanes):\n{lanes}{step}"
        else:
            step = f"            total = add(total, {upstream})\n"
            loops += f"{scalars}        total = 0.0\n        for lane in range(lanes):\n{lanes}{step}"
            loops += f"        write(g, {place}, fetch(g, {place}) + total)\n"
    body = f"{numbers('rows', 'lanes', 'p_y', *places(gate))}    for i in range(rows):\n{loops}"
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
        loops = f"{_GATHERED}{indent(assigned(over), '        ')}        write(m, p_y + i, {scalar(value)})\n"
    return module(signed(numbers("width", "inner", "p_y", "p_xs") + loops), [gate.formula])


@cache
def reduce_backward(gate: Gate) -> str:
    """g[xs[k, i]] += g[y[i]] × derivative. What the derivative takes over all operands is computed once for each i."""
    over, (derivative,) = hoisted(*gate.derivatives)
    step = f"""\
        y = read(m, p_y + i)
        x = read(m, p_xs + k * width + i)
        place = p_xs + k * width + i
        write(g, place, fetch(g, place) + {times("read(g, p_y + i)", derivative)})
"""
    if over or "xs" in names_in(derivative):
        once = indent("y = read(m, p_y + i)\n" + assigned(over), "        ")
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


_GATHER = """\
    for i in range(rows):
        source = at(code, 3 + i)
        for lane in range(lanes):
            write(m, out + i * lanes + lane, read(m, source + lane))
"""

GATHER = module(signed(numbers("rows", "lanes", "out") + _GATHER))

_SCATTER = """\
    for i in range(rows):
        source = at(code, 3 + i)
        for lane in range(lanes):
            write(g, source + lane, fetch(g, source + lane) + read(g, out + i * lanes + lane))
"""
SCATTER = module(signed(numbers("rows", "lanes", "out") + _SCATTER))


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


_ZERO = """\
    for i in range(size):
        write(m, p_y + i, 0.0)
"""
ZERO = module(signed(numbers("size", "p_y") + _ZERO))
