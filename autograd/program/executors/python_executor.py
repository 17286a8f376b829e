"""Runs a narrow graph as its own source: for a chain of gates on few rows, floats in local variables beat arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeVar

import numpy as np

from autograd.formula import sum_in_order
from autograd.frames import is_generated
from autograd.program.executors.arrays import has_nan
from autograd.program.plan import Floats, Plan
from autograd.program.source import function_of
from autograd.program.tape import Tape

T = TypeVar("T")

#: Microseconds that a line of source, forward and backward, and an instruction take: what decides which is sooner.
_LINE, _INSTRUCTION = 0.06, 4.0
#: Python needs about 6 kB to compile a line.
_MOST_LINES = 100_000


class OutOfDomainError(ArithmeticError):
    """A number left the domain of a function, or is too large for a float. Arrays hold NaN or an infinity there."""


def is_narrow(tape: Tape, plan: Plan, batch: int) -> bool:
    """Whether running a batch line by line, once for each row, takes less time than its array instructions."""
    lines = sum(map(len, tape.operands))
    return lines <= _MOST_LINES and batch * lines * _LINE < len(plan.instructions) * _INSTRUCTION


class BoundToPython:
    """A tape as a function of floats, called once for each row."""

    name: Literal["python"] = "python"

    def __init__(self, tape: Tape) -> None:
        self.inputs, self.parameters, self.outputs = len(tape.inputs), len(tape.parameters), len(tape.outputs)
        self.of_row = function_of(tape, backward=False)
        self.of_row_with_slopes = function_of(tape, backward=True) if self.outputs == 1 else None

    def forward(self, rows: Floats, parameters: Floats) -> Floats:
        """The outputs (outputs, batch), a fresh array; NaN if there is a NaN among the rows.

        Raises `OutOfDomainError` where Python's floats have no value.
        """
        if has_nan(rows):
            return np.full((self.outputs, len(rows)), np.nan)
        return np.array(self.of_rows(self.of_row, rows, parameters)).reshape(-1, self.outputs).T

    def value_and_grad(self, rows: Floats, parameters: Floats, seed: float) -> tuple[float, Floats]:
        """Σ output × seed and its gradient (parameters,), a fresh array; NaN if there is a NaN among the rows.

        Raises `OutOfDomainError` where Python's floats have no value.
        """
        assert self.of_row_with_slopes is not None
        if has_nan(rows):
            return np.nan, np.empty(len(parameters))
        results = self.of_rows(self.of_row_with_slopes, rows, parameters)
        slopes = np.array([gradients for _, gradients in results])
        return sum_in_order([value for value, _ in results]) * seed, np.add.reduce(slopes, axis=0) * seed

    def of_rows(self, function: Callable[[list[float], list[float]], T], rows: Floats, parameters: Floats) -> list[T]:
        """What the function gives for each row.

        Only what the generated lines themselves raise is a number without a value. Their operands are floats, so that
        can be nothing else; an error from anybody else's function, or for a wrong shape, is raised as it is.
        """
        if rows.shape[1:] != (self.inputs,) or parameters.shape != (self.parameters,):
            raise ValueError(
                f"the program takes rows of shape (batch, {self.inputs}) and parameters of shape ({self.parameters},), "
                f"but was given the shapes {rows.shape} and {parameters.shape}"
            )
        numbers = parameters.tolist()
        try:
            return [function(row, numbers) for row in rows.tolist()]
        except (ArithmeticError, ValueError) as error:
            if is_generated(error):
                raise OutOfDomainError(str(error)) from error
            raise
