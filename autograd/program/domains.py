"""Domain errors that a program's outputs would not show.

Arrays answer log(0) with −∞ where Python raises, and a later gate may make an ordinary number of it: max(log(0), −3)
is −3. So a program looks at the gates whose operands may be outside their domain, as far as the outputs hide them, and
the rows where one gives no finite number are computed again gate by gate, which raises the error if there is one.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from autograd.errors import DomainError
from autograd.gates import GATES, Gate
from autograd.mode import no_grad
from autograd.program.plan import Floats, Indices
from autograd.program.tape import Tape
from autograd.properties import is_partial, shows
from autograd.value import Value, apply


def watched(tape: Tape) -> Tape | None:
    """The tape with a witness: NaN where a gate has no finite value and no output shows it. None if outputs show all.

    Of one output the witness, which is 0 otherwise, is added to it, so that the program still has a gradient; of
    several it is one more output, the last.
    """
    hidden = _hidden(tape)
    if not hidden:
        return None
    new = tape.copy()
    zero = new.add(None, ())
    new.constants[zero] = 0.0
    products = [new.add(GATES["mul"], (zero, row)) for row in hidden]
    witness = new.add(GATES["stop_gradient"], (new.add(GATES["sum"], tuple(products)),))
    if len(new.outputs) == 1:
        new.outputs = [new.add(GATES["add"], (new.outputs[0], witness))]
    else:
        new.outputs.append(witness)
    return new


def _hidden(tape: Tape) -> list[int]:
    """The rows of partial gates whose NaN or infinity could come to no output."""
    shown = bytearray(len(tape))
    for row in tape.outputs:
        shown[row] = 1
    hidden = []
    for row in range(len(tape) - 1, -1, -1):
        gate = tape.operations[row]
        if not isinstance(gate, Gate):
            continue
        if not shown[row]:
            if is_partial(gate) and not _is_safe(tape, row):
                hidden.append(row)
        else:
            for i, operand in enumerate(tape.operands[row]):
                if shows(gate, i):
                    shown[operand] = 1
    return hidden


def _is_safe(tape: Tape, row: int) -> bool:
    """Whether a partial gate has a value for all finite inputs after all: x / 2, and the exp of a softmax."""
    gate, operands = tape.operations[row], tape.operands[row]
    if gate is GATES["div"]:
        return bool(tape.constants.get(operands[1]))
    if gate is GATES["exp"] and tape.operations[operands[0]] is GATES["sub"]:  # exp(z - logsumexp(..., z, ...)) <= 1
        z, total = tape.operands[operands[0]]
        return tape.operations[total] is GATES["logsumexp"] and z in tape.operands[total]
    return False


def refuse_domain(tape: Tape, table: Floats, parameters: Floats, suspects: Indices, names: Indices | None) -> None:
    """Raise the `DomainError` that computing one of the suspected rows gate by gate raises, if any does.

    tape: as it was recorded. names: the number of each row of the table in the error, if not its place.
    """
    for row in suspects.tolist():
        try:
            _evaluate(tape, table[row].tolist(), parameters.tolist())
        except DomainError as error:
            number = row if names is None else names[row]
            raise type(error)(f"in row {number} of the batch: {error}") from None


def not_finite(outputs: Floats) -> Indices:
    """The rows in which an output (outputs, batch) is NaN or infinite."""
    return np.flatnonzero(~np.isfinite(outputs).all(axis=0))


def _evaluate(tape: Tape, inputs: Sequence[float], parameters: Sequence[float]) -> None:
    numbers = dict(tape.constants)
    numbers.update(zip(tape.inputs, inputs, strict=True))
    numbers.update(zip(tape.parameters, parameters, strict=True))
    values: list[Value] = []
    with no_grad():
        for row, operation in enumerate(tape.operations):
            operands = [values[operand] for operand in tape.operands[row]]
            value = apply(operation, operands) if isinstance(operation, Gate) else Value(numbers[row])
            value.label = tape.names.get(row, "")
            values.append(value)
