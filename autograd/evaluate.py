"""A gate on numbers, the careful way: what counts as a number, and an explanation for whatever has no value.

The quick way is the operators'; they come here, through `autograd.value.apply`, when anything is out of the ordinary.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from autograd.errors import AnomalyError, DivisionByZeroError, DomainError, RangeError
from autograd.formula import names_in
from autograd.gates import GATES, Gate
from autograd.mode import mode

if TYPE_CHECKING:
    from autograd.value import Value

#: What Python's own arithmetic raises when a number leaves a gate's domain.
_ARITHMETIC = (ArithmeticError, ValueError)


#: Gates that have a value for all finite operands, although their formulas call functions that don't.
_TOTAL = {"sigmoid", "softplus", "logsumexp", "tanh"}
#: Functions that Python refuses to compute for some numbers.
_PARTIAL = {"exp", "log", "log1p", "sqrt", "sin", "cos", "pow"}


@cache
def is_partial(gate: Gate) -> bool:
    """Whether the gate has no value for some operands."""
    if gate.name in _TOTAL and gate is GATES.get(gate.name):
        return False
    return "/" in gate.formula or "Domain" in gate.note or not _PARTIAL.isdisjoint(names_in(gate.formula))


def number(x: object) -> float | None:
    """`x` as a float if it is an int, float, bool or real NumPy scalar; None if it is anything else."""
    if isinstance(x, int | float):
        try:
            return float(x)
        except OverflowError:
            raise ValueError("an integer this large is no float: floats end at about 1.8e308") from None
    numpy = sys.modules.get("numpy")  # a NumPy scalar cannot exist before NumPy is imported
    if numpy is not None and isinstance(x, numpy.number | numpy.bool_) and not isinstance(x, numpy.complexfloating):
        return float(x)
    return None


def refusal(x: object, where: str) -> TypeError:
    """The TypeError for an `x` that is no number, given to `where`."""
    shown = repr(x)
    shown = shown if len(shown) <= 60 else shown[:57] + "..."
    return TypeError(
        f"{where} takes an int, a float, a bool or a NumPy scalar, but was given {shown} of type {type(x).__name__}"
    )


def evaluate(gate: Gate, operands: Sequence[Value]) -> tuple[float, ...]:
    """Value and local derivatives of `gate` at the operands' data; a `DomainError` where there is none."""
    numbers = []
    for operand in operands:
        data = number(operand._data)
        if data is None:
            raise refusal(operand._data, f".data{f' of {operand.label!r}' if operand.label else ''}")
        numbers.append(data)
    try:
        return gate.rule(*numbers)
    except _ARITHMETIC as error:
        raise _explained(gate, operands, error) from None


def _described(gate: Gate, operands: Sequence[Value]) -> str:
    names = [f"operand {i}" for i in range(1, len(operands) + 1)] if gate.arity is None else gate.operands
    return " and ".join(
        f"{name} = {operand._data!r}{f' (labelled {operand.label!r})' if operand.label else ''}"
        for name, operand in zip(names, operands, strict=True)
    )


def _explained(gate: Gate, operands: Sequence[Value], error: Exception) -> DomainError:
    text = gate.text.template.replace("$", "")
    where = f"the gate {gate.name!r}, {text}," if text != gate.name else f"the gate {gate.name!r}"
    at = _described(gate, operands)
    scope = mode.get().scope
    inside = f" in scope {scope!r}" if scope else ""
    if isinstance(error, OverflowError):
        return RangeError(f"{where} overflows at {at}{inside}: the result is larger than any float (about 1.8e308)")
    kind = DivisionByZeroError if isinstance(error, ZeroDivisionError) else DomainError
    return kind(f"{where} has no value at {at}{inside}. {gate.note}".rstrip())


def check_finite(gate: Gate, operands: Sequence[Value], data: float) -> None:
    """Raise an `AnomalyError` if `data`, the result of `gate`, is a NaN or an infinity."""
    if data - data != 0.0:
        raise AnomalyError(
            f"the first anomaly forward: the gate {gate.name!r} made {data!r} from {_described(gate, operands)}"
        )
