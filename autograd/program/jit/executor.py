"""Runs a plan with numba: threaded code, one small compiled kernel for each kind of instruction.

A loop of four lines calls the kernels one after the other, each with the numbers that follow it in the code. So no
program is ever compiled as such: a kernel is, the first time any program needs it, and stays on disk.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numba import types

from autograd.program.jit.encoding import BACKWARD, FORWARD, LANES_AT, OUTPUTS, PARAMETERS, SIZES, encoded
from autograd.program.jit.intrinsics import call, jit
from autograd.program.plan import Addresses, Floats, Integers, Plan


def _load_rows(rows: Floats, parameters: Floats, code: Integers, memory: Floats) -> bool:
    batch, inputs = rows.shape
    lanes_at = code[LANES_AT]
    strange = False
    for row in range(batch):
        for column in range(inputs):
            x = rows[row, column]
            strange |= x != x
            memory[lanes_at + column * batch + row] = x
    for i in range(code[PARAMETERS]):
        memory[i] = parameters[code[SIZES + i]]
    return not strange


def _run_code(code: Integers, addresses: Addresses, first: int, count: int, memory: Floats) -> None:
    base, m = code.ctypes.data, memory.ctypes.data
    g = m + 4 * len(memory)
    for i in range(first, first + count):
        start = code[i]
        call(addresses[code[start]], base + 4 * (start + 1), m, g)


def _run_forward(
    rows: Floats, parameters: Floats, code: Integers, addresses: Addresses, memory: Floats, result: Floats
) -> None:
    if not load_rows(rows, parameters, code, memory):
        result[:] = np.nan
        return
    outputs_at = SIZES + code[PARAMETERS]
    run_code(code, addresses, outputs_at + code[OUTPUTS], code[FORWARD], memory)
    batch = len(rows)
    for i in range(code[OUTPUTS]):
        start = code[LANES_AT] + code[outputs_at + i] * batch
        for row in range(batch):
            result[i, row] = memory[start + row]


def _run_both(
    rows: Floats, parameters: Floats, code: Integers, addresses: Addresses, memory: Floats, seed: float, slopes: Floats
) -> float:
    if not load_rows(rows, parameters, code, memory):
        return np.nan
    outputs_at = SIZES + code[PARAMETERS]
    forward_at = outputs_at + code[OUTPUTS]
    run_code(code, addresses, forward_at, code[FORWARD], memory)
    values, gradients = memory[: len(memory) // 2], memory[len(memory) // 2 :]
    start = code[LANES_AT] + code[outputs_at] * len(rows)
    total = 0.0
    gradients[:] = 0.0
    for row in range(start, start + len(rows)):
        total += values[row]
        gradients[row] = seed
    run_code(code, addresses, forward_at + code[FORWARD], code[BACKWARD], memory)
    for i in range(code[PARAMETERS]):
        slopes[code[SIZES + i]] = gradients[i]
    return total * seed


_ROWS = types.Array(types.float64, 2, "C", readonly=True)
_NUMBERS = types.Array(types.float64, 1, "C", readonly=True)
_TABLE, _ARRAY = types.float64[:, ::1], types.float64[::1]
_CODE, _WHERE = types.int32[::1], types.int64[::1]

load_rows, run_code = jit(_load_rows, nogil=True), jit(_run_code, nogil=True)
_forward = jit(_run_forward, _ROWS, _NUMBERS, _CODE, _WHERE, _ARRAY, _TABLE, nogil=True)
_both = jit(_run_both, _ROWS, _NUMBERS, _CODE, _WHERE, _ARRAY, types.float64, _ARRAY, nogil=True)


class BoundToNumba:
    """A plan for `batch` rows, encoded as one integer array, and the memory that it runs in."""

    name: Literal["numba"] = "numba"

    def __init__(self, plan: Plan, batch: int) -> None:
        self.outputs, self.parameters, self.batch = len(plan.outputs), len(plan.order), batch
        size = plan.scalars + plan.lanes * batch
        self.memory = np.empty(2 * size)  # values, then gradients
        self.memory[self.parameters : self.parameters + len(plan.constants)] = plan.constants
        self.code, self.addresses = encoded(plan, batch)

    def forward(self, rows: Floats, parameters: Floats) -> Floats:
        """The outputs (outputs, batch), a fresh array; NaN if there is a NaN among the rows."""
        result = np.empty((self.outputs, self.batch))
        _forward(rows, parameters, self.code, self.addresses, self.memory, result)
        return result

    def value_and_grad(self, rows: Floats, parameters: Floats, seed: float) -> tuple[float, Floats]:
        """Σ output × seed and its gradient (parameters,), a fresh array; NaN if there is a NaN among the rows."""
        slopes = np.empty(self.parameters)
        return _both(rows, parameters, self.code, self.addresses, self.memory, seed, slopes), slopes
