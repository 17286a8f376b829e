"""Proof of a gate before it is let into the table: that it is written in the language of formulas, gives one real
number, and that its derivatives are those of its formula, by finite differences at many points of its domain."""

from __future__ import annotations

import keyword
from collections.abc import Collection, Iterator, Sequence
from math import isfinite
from typing import TYPE_CHECKING

from autograd.formula import CONSTANTS, FUNCTIONS, LETTERS, REDUCTIONS, calls_in, names_in

if TYPE_CHECKING:
    from autograd.gates import Gate

#: Numbers that operands are tried at: spread over signs and sizes, away from where functions usually have kinks.
_POINTS = (
    *(0.37, -0.51, 1.31, -1.73, 2.69, -3.19, 0.061, -0.043, 4.33, -7.13, 0.617, -0.271),
    *(8.09, -1.13, 0.19, -0.83, 0.923, 25.7, 1.93, -30.3, 117.0, -0.0071, 0.0029, 1013.0),
)
#: A derivative is believed after so many points at which finite differences agree with it.
_ENOUGH = 3
_STEP = 1e-4
_CONVERGED, _WRONG = 1e-6, 1e-5


def prove(gate: Gate, known: Collection[str]) -> None:
    """Raise a ValueError that says what is wrong with `gate`, if anything is. known: the gates that it may call.

    The derivatives of a gate whose role is "stop" are 0 on purpose, and are not compared.
    """
    check_form(gate)
    variables = list(gate.operands)
    functions = sorted({*FUNCTIONS, *known} - {*CONSTANTS, "__builtins__", "total"})
    _check_language(gate, gate.formula, "formula", variables, functions)
    variables += ["y", "x"] if gate.arity is None else ["y"]
    for derivative in gate.derivatives:
        _check_language(gate, derivative, "derivative", variables, functions)
    tried, defined = 0, 0
    agreed = [0] * len(gate.derivatives)
    for point in _points(gate.arity):
        tried += 1
        result = _at(gate, point)
        if result is not None and isfinite(result[0]):
            defined += 1
            if gate.role != "stop":
                _compare(gate, point, result, agreed)
    if defined < _ENOUGH:
        raise ValueError(
            f"the gate {gate.name!r} has a value at {defined} of the {tried} points tried, such as "
            f"{_named(gate, next(_points(gate.arity)))}; its formula {gate.formula!r} must have one at {_ENOUGH} at "
            "least"
        )
    for derivative, count in zip(gate.derivatives, agreed, strict=True):
        if gate.role != "stop" and count < _ENOUGH:
            raise ValueError(
                f"the derivative {derivative!r} of the gate {gate.name!r} could be compared with finite differences at "
                f"{count} of the {tried} points tried, where {_ENOUGH} are needed: the formula {gate.formula!r} is not "
                "smooth enough, or has too few values"
            )


def check_form(gate: Gate) -> None:
    """Raise a ValueError for a name that is no identifier or is taken, and for a wrong number of derivatives."""
    reserved = {*LETTERS, *CONSTANTS, *REDUCTIONS, *FUNCTIONS, "x", "y", "xs", "total"}
    if not gate.name.isidentifier() or keyword.iskeyword(gate.name) or gate.name in reserved:
        raise ValueError(
            f"a gate's name is called like a function in formulas and programs, so it is an identifier that is not "
            f"taken there, but was given {gate.name!r}"
        )
    count = len(gate.derivatives)
    if gate.arity is None and count != 1:
        raise ValueError(
            f"the gate {gate.name!r} takes any number of operands, so it has one derivative, by each operand x, but "
            f"was given {count}"
        )
    if gate.arity is not None and not (1 <= gate.arity <= len(LETTERS) and count == gate.arity):
        raise ValueError(
            f"a gate takes 1 to {len(LETTERS)} operands and has a derivative by each, or any number with arity=None, "
            f"but the gate {gate.name!r} has {gate.arity} operands and {count} derivatives"
        )


def _check_language(gate: Gate, formula: str, what: str, variables: Sequence[str], functions: Sequence[str]) -> None:
    where = f"the {what} {formula!r} of the gate {gate.name!r}"
    for name in sorted(calls_in(formula)):
        if name not in functions:
            raise ValueError(f"{where} calls {name}(), which is none of the functions: {', '.join(functions)}")
    for name in sorted(names_in(formula)):
        if name not in variables:
            raise ValueError(f"{where} reads {name}; it may read {', '.join(variables)}")


def _points(arity: int | None) -> Iterator[tuple[float, ...]]:
    """Operands to try: for several of them, each number of the list beside others."""
    n = len(_POINTS)
    if arity == 1:
        yield from ((x,) for x in _POINTS)
        return
    for shift in (1, 5, 10):
        for i in range(n):
            count = (1, 2, 3, 5)[i % 4] if arity is None else arity
            yield tuple([_POINTS[(i + k * shift) % n] for k in range(count)])


def _at(gate: Gate, point: tuple[float, ...]) -> tuple[float, ...] | None:
    """Value and derivatives at a point; None outside the domain."""
    try:
        result = gate.rule(*point)
    except (ArithmeticError, ValueError):
        return None
    except Exception as error:
        raise ValueError(
            f"the gate {gate.name!r} can't be computed at {_named(gate, point)}: {type(error).__name__}: {error}"
        ) from error
    for number in result:
        if not isinstance(number, int | float):
            raise ValueError(
                f"the gate {gate.name!r} gives {number!r} of type {type(number).__name__} at {_named(gate, point)}; "
                "its value and its derivatives are each one real number"
            )
    return result


def _compare(gate: Gate, point: tuple[float, ...], result: tuple[float, ...], agreed: list[int]) -> None:
    """Compare the derivatives at a point with finite differences, where these converge."""
    value, slopes = result[0], result[1:]
    for i, slope in enumerate(slopes):
        which = 0 if gate.arity is None else i
        coarse, fine = (_difference(gate, point, i, h) for h in (_STEP, _STEP / 2))
        if coarse is None or fine is None or not isfinite(fine):
            continue
        if abs(coarse - fine) > _CONVERGED * max(1.0, abs(fine), abs(value)):
            continue
        exact = (4.0 * fine - coarse) / 3.0  # Richardson's extrapolation
        if not abs(slope - exact) <= _WRONG * max(1.0, abs(exact), abs(value)):
            operand = f"operand {i + 1}" if gate.arity is None else gate.operands[i]
            raise ValueError(
                f"the derivative of the gate {gate.name!r} by {operand}, {gate.derivatives[which]!r}, is {slope:.6g} "
                f"at {_named(gate, point)}, but finite differences of its formula {gate.formula!r} give {exact:.6g}"
            )
        agreed[which] += 1


def _difference(gate: Gate, point: tuple[float, ...], i: int, step: float) -> float | None:
    """The central difference of the value by the i-th operand."""
    h = step * min(max(1.0, abs(point[i])), 100.0 * abs(point[i]))  # less than the way to 0, where domains often end
    above, below = point[i] + h, point[i] - h
    results = [_at(gate, (*point[:i], x, *point[i + 1 :])) for x in (above, below)]
    if results[0] is None or results[1] is None:
        return None
    return (results[0][0] - results[1][0]) / (above - below)


def _named(gate: Gate, point: tuple[float, ...]) -> str:
    names = [f"operand {i}" for i in range(1, len(point) + 1)] if gate.arity is None else gate.operands
    return " and ".join(f"{name} = {x!r}" for name, x in zip(names, point, strict=True))
