"""Kernels of single numbers, for narrow graphs, where loops over rows and lanes would cost more than the work."""

from __future__ import annotations

from functools import cache

from autograd.formula import names_in
from autograd.gates import Gate
from autograd.program.jit.kernel_source import module, numbers, scalar, signed, times

#: Of one number, the C library's functions are sooner done than those made for many side by side.
_SINGLE = "from math import exp, tanh\n"


@cache
def single(gate: Gate) -> str:
    """y = gate(a, b) of single numbers: for narrow graphs, where the loops would cost more than the work."""
    loads = "".join(f"    {name} = read(m, p_{name})\n" for name in gate.operands)
    body = f"{numbers('p_y', *[f'p_{n}' for n in gate.operands])}{loads}    write(m, p_y, {scalar(gate.formula)})\n"
    return module(signed(body), [gate.formula], _SINGLE)


@cache
def single_backward(gate: Gate, active: str) -> str:
    """The gradient of each active operand of a single gate: g[operand] += g[y] × derivative."""
    chosen = [(n, d) for n, d, wanted in zip(gate.operands, gate.derivatives, active, strict=True) if wanted == "1"]
    used = {name for _, derivative in chosen for name in names_in(derivative)}
    loads = "".join(f"    {name} = read(m, p_{name})\n" for name in ("y", *gate.operands) if name in used)
    steps = "".join(f"    write(g, p_{n}, fetch(g, p_{n}) + {times('up', d)})\n" for n, d in chosen)
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
