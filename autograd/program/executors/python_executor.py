"""Runs a narrow graph as its own source: for a chain of gates on few rows, floats in local variables beat arrays."""

from __future__ import annotations

import numpy as np

from autograd.formula import sum_in_order
from autograd.program.executors.arrays import has_nan
from autograd.program.plan import Floats, Plan
from autograd.program.source import function_of
from autograd.program.tape import Tape

#: Microseconds that a line of source, forward and backward, and an instruction take: what decides which is sooner.
_LINE, _INSTRUCTION = 0.06, 4.0
#: Python needs about 6 kB to compile a line.
_MOST_LINES = 100_000


def is_narrow(tape: Tape, plan: Plan, batch: int) -> bool:
    """Whether a batch is sooner run line by line than instruction by instruction."""
    lines = sum(map(len, tape.operands))
    return lines <= _MOST_LINES and batch * lines * _LINE < len(plan.instructions) * _INSTRUCTION


class BoundToPython:
    """A tape as a function of floats, called once for each row."""

    name = "python"

    def __init__(self, tape: Tape) -> None:
        self.outputs = len(tape.outputs)
        self.of_row = function_of(tape, backward=False)
        self.of_row_with_slopes = function_of(tape, backward=True) if self.outputs == 1 else None

    def forward(self, rows: Floats, parameters: Floats) -> Floats:
        """The outputs (outputs, batch), a fresh array; NaN if there is a NaN among the rows."""
        if has_nan(rows):
            return np.full((self.outputs, len(rows)), np.nan)
        numbers = parameters.tolist()
        return np.array([self.of_row(row, numbers) for row in rows.tolist()]).reshape(-1, self.outputs).T

    def value_and_grad(self, rows: Floats, parameters: Floats, seed: float) -> tuple[float, Floats]:
        """Σ output × seed and its gradient (parameters,), a fresh array; NaN if there is a NaN among the rows."""
        assert self.of_row_with_slopes is not None
        if has_nan(rows):
            return np.nan, np.empty(len(parameters))
        numbers = parameters.tolist()
        results = [self.of_row_with_slopes(row, numbers) for row in rows.tolist()]
        slopes = np.array([gradients for _, gradients in results])
        return sum_in_order([value for value, _ in results]) * seed, np.add.reduce(slopes, axis=0) * seed
