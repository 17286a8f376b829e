"""Runs a plan with NumPy: each instruction is one or a few ufunc calls on whole blocks of lanes."""

from __future__ import annotations

from typing import Literal

import numpy as np

from autograd.program.executors.arrays import Call, Scratch, has_nan, run
from autograd.program.executors.numpy_backward import Backward
from autograd.program.executors.numpy_forward import Forward
from autograd.program.plan import Floats, Plan, SumProducts, operands_of


class BoundToNumpy:
    """A plan with memory for `batch` rows, as two lists of NumPy calls: forward and backward."""

    name: Literal["numpy"] = "numpy"

    def __init__(self, plan: Plan, batch: int) -> None:
        self.plan, self.batch = plan, batch
        self.lanes = np.empty((plan.lanes, batch))
        self.scalars = np.empty((plan.scalars, 1))
        parameters, constants = len(plan.order), len(plan.constants)
        self.parameters = self.scalars[:parameters, 0]
        self.scalars[parameters : parameters + constants, 0] = plan.constants
        self.place = np.argsort(plan.order)  # of each parameter among the scalars
        self.scratch = Scratch(_largest(plan, batch))
        self.memory = {True: self.lanes, False: self.scalars}
        self.forward_calls = Forward(plan, self.memory, self.scratch).calls
        self.backward_calls: list[Call] | None = None

    def forward(self, rows: Floats, parameters: Floats) -> Floats:
        """The outputs (outputs, batch), a fresh array; NaN if there is a NaN among the rows."""
        if has_nan(rows):
            return np.full((len(self.plan.outputs), self.batch), np.nan)
        with np.errstate(all="ignore"):
            self.run_forward(rows, parameters)
        return self.lanes[self.plan.outputs]

    def value_and_grad(self, rows: Floats, parameters: Floats, seed: float) -> tuple[float, Floats]:
        """Σ output × seed and its gradient (parameters,), a fresh array; NaN if there is a NaN among the rows."""
        if has_nan(rows):
            return np.nan, np.full(len(self.plan.order), np.nan)
        output = self.plan.outputs[0]
        with np.errstate(all="ignore"):
            self.run_forward(rows, parameters)
            if self.backward_calls is None:
                self.lane_gradients = np.zeros((self.plan.lanes, self.batch))
                self.scalar_gradients = np.zeros((self.plan.scalars, 1))
                gradients = {True: self.lane_gradients, False: self.scalar_gradients}
                self.backward_calls = Backward(self.plan, self.memory, gradients, self.scratch).calls
            self.lane_gradients[output] = seed
            run(self.backward_calls)
            total = float(np.add.reduce(self.lanes[output]))
        return total * seed, self.scalar_gradients[:, 0].take(self.place, mode="clip")

    def run_forward(self, rows: Floats, parameters: Floats) -> None:
        """Fill the memory."""
        np.copyto(self.lanes[: self.plan.inputs], rows.T)
        parameters.take(self.plan.order, out=self.parameters, mode="clip")
        run(self.forward_calls)


def _largest(plan: Plan, batch: int) -> int:
    """The size of the largest intermediate result."""
    sizes = [1]
    for instruction in plan.instructions:
        width = batch if instruction.out.lanes else 1
        blocks = (instruction.out, *operands_of(instruction))
        sizes.append(max([block.size for block in blocks]) * width)
        if isinstance(instruction, SumProducts):
            sizes.append(instruction.inner * instruction.out.size * width)
    return max(sizes)
