"""A gate computed on numbers with every check, and the error that explains where it has no value.

The operators compute most gates themselves, without checks. What they can't compute they leave to
`autograd.value.apply`, which comes here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from autograd.errors import AnomalyError, DivisionByZeroError, DomainError, RangeError
from autograd.frames import user_line, variable_of
from autograd.gates import Gate
from autograd.mode import mode

if TYPE_CHECKING:
    from autograd.node import Node

#: What Python's own arithmetic raises when a number leaves a gate's domain.
_ARITHMETIC = (ArithmeticError, ValueError)


def evaluate(gate: Gate, operands: Sequence[Node]) -> tuple[float, ...]:
    """Value and local derivatives of `gate` at the operands' data; a `DomainError` where there is no value.

    A local derivative that is too large for a float, where the value is not, is infinite: that of 1 / a at 1e-160.
    """
    numbers = [operand._data for operand in operands]
    try:
        return tuple(map(float, gate.rule(*numbers)))
    except OverflowError:
        try:
            return tuple(map(float, gate.rule_with_limits(*numbers)))
        except _ARITHMETIC as error:
            raise _explained(gate, operands, error) from None
    except _ARITHMETIC as error:
        raise _explained(gate, operands, error) from None


#: An error shows at most so many operands of a gate, and so many characters of a label.
_SHOWN, _LABEL = 3, 40


def _described(gate: Gate, operands: Sequence[Node], *, variables: bool = False) -> str:
    """The operands with their names and numbers; of a wide gate a few: NaN and infinities before others.

    variables: whether operands without a label are called by the user's variables that hold them.
    """
    names = [f"operand {i}" for i in range(1, len(operands) + 1)] if gate.arity is None else gate.operands
    by_interest = sorted(range(len(operands)), key=lambda i: operands[i]._data - operands[i]._data == 0.0)
    shown = sorted(by_interest[:_SHOWN])
    texts = []
    for i in shown:
        operand, name = operands[i], ""
        if operand.label:
            name = f" (labelled {_shortened(operand.label)!r})"
        elif variables and (variable := variable_of(operand)):
            name = f" (the variable {_shortened(variable)})"
        texts.append(f"{names[i]} = {operand._data!r}{name}")
    more = len(operands) - len(shown)
    return " and ".join(texts) + (f" and {more:,} more operands" if more else "")


def _shortened(text: str) -> str:
    return text if len(text) <= _LABEL else f"{text[: _LABEL - 1]}…"


def _explained(gate: Gate, operands: Sequence[Node], error: Exception) -> DomainError:
    text = gate.text.template.replace("$", "")
    where = f"the gate {gate.name!r}, {text}," if text != gate.name else f"the gate {gate.name!r}"
    at = _described(gate, operands)
    scope = mode.get().scope
    inside = f" in scope {_shortened(scope)!r}" if scope else ""
    if isinstance(error, OverflowError):
        return RangeError(f"{where} overflows at {at}{inside}: the result is larger than any float (about 1.8e308)")
    kind = DivisionByZeroError if isinstance(error, ZeroDivisionError) else DomainError
    return kind(f"{where} has no value at {at}{inside}. {gate.note}".rstrip())


def check_finite(gate: Gate, operands: Sequence[Node], data: float) -> None:
    """Raise an `AnomalyError` if `data`, the result of `gate`, is a NaN or an infinity."""
    if data - data != 0.0:
        raise AnomalyError(
            f"the first anomaly forward, in {user_line()}: the gate {gate.name!r} made {data!r} from "
            f"{_described(gate, operands, variables=True)}"
        )


def backward_anomaly(node: Node, upstream: float, parent: Node, local: float, amount: float) -> AnomalyError:
    """The error for a gate that passed a NaN or an infinity, `amount`, to its operand `parent`."""
    gate: Gate = node.gate  # type: ignore[assignment]
    name = f" labelled {_shortened(parent.label)!r}" if parent.label else ""
    if not name and (variable := variable_of(parent)):
        name = f" {_shortened(variable)}"
    return AnomalyError(
        f"the first anomaly backward, in {user_line()}: the gate {gate.name!r} with "
        f"{_described(gate, node.parents, variables=True)} passed {amount!r} = upstream {upstream!r} × local "
        f"{local!r} to its operand{name} with data {parent._data!r}"
    )
