"""Runs a plan with numba: threaded code, one small compiled kernel for each kind of instruction.

The instructions become a row of integers: the address of a kernel, then the numbers it needs. A loop of four lines
calls one after the other. So no program is ever compiled as such: a kernel is, the first time any program needs it,
and numba keeps it on disk for the next time.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numba
import numpy as np
from numba.core.errors import NumbaError

from autograd.program import compiled, kernels, matrix_kernels
from autograd.program.compiled import call
from autograd.program.plan import (
    Apply,
    Block,
    Fill,
    Floats,
    Gather,
    Indices,
    Instruction,
    Integers,
    MatMul,
    Plan,
    SumProducts,
)


class CannotCompileError(Exception):
    """A formula uses what numba does not know."""


def _directory() -> Path:
    """Where kernels are kept: the user's cache, or for this process alone where that can't be written."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    directory = Path(home) / "gatewise"
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=directory):
            return directory
    except OSError:
        return Path(tempfile.mkdtemp(prefix="gatewise-"))


_keep = lru_cache(maxsize=1)(_directory)
_common = lru_cache(maxsize=1)(lambda: Path(compiled.__file__).read_bytes() + numba.__version__.encode())


@cache
def _address(source: str) -> tuple[int, Any]:
    """The address of the kernel with this source, compiled now or taken from the disk; and what keeps it alive."""
    try:
        kernel = _loaded(source).kernel
    except NumbaError as error:
        raise CannotCompileError(str(error)) from None
    return kernel.address, kernel


def _loaded(source: str) -> ModuleType:
    name = "kernel_" + hashlib.sha256(source.encode() + _common()).hexdigest()[:24]
    path = _keep() / f"{name}.py"
    if not path.exists():
        handle, beside = tempfile.mkstemp(dir=path.parent, suffix=".py")
        with os.fdopen(handle, "w") as file:
            file.write(source)
        os.replace(beside, path)
    specification = importlib.util.spec_from_file_location(name, path)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules[name] = module
    specification.loader.exec_module(module)
    return module


def _run(code: Integers, starts: Integers, values: Floats, gradients: Floats) -> None:
    base, m, g = code.ctypes.data, values.ctypes.data, gradients.ctypes.data
    for start in starts:
        call(code[start], base + 8 * (start + 1), m, g)


def _step(
    rows: Floats,
    parameters: Floats,
    order: Indices,
    outputs: Indices,
    values: Floats,
    gradients: Floats,
    lanes_at: int,
    forward: tuple[Integers, Integers],
    backward: tuple[Integers, Integers],
    seed: float,
    result: Floats,
    slopes: Floats,
) -> None:
    batch, inputs = rows.shape
    for row in range(batch):
        for column in range(inputs):
            values[lanes_at + column * batch + row] = rows[row, column]
    for i in range(len(order)):
        values[i] = parameters[order[i]]
    run(forward[0], forward[1], values, gradients)
    for i in range(len(outputs)):
        for row in range(batch):
            result[i, row] = values[lanes_at + outputs[i] * batch + row]
    if seed != 0.0:
        gradients[:] = 0.0
        for row in range(batch):
            gradients[lanes_at + outputs[0] * batch + row] = seed
        run(backward[0], backward[1], values, gradients)
        for i in range(len(order)):
            slopes[order[i]] = gradients[i]


_compile: Callable[[Callable[..., None]], Callable[..., None]] = numba.njit(cache=True, nogil=True, error_model="numpy")
run = _compile(_run)
_stepped = _compile(_step)


class BoundToNumba:
    """A plan with memory for `batch` rows, as two rows of integers: forward and backward."""

    def __init__(self, plan: Plan, batch: int) -> None:
        self.plan, self.batch = plan, batch
        self.lanes_at = plan.scalars
        size = plan.scalars + plan.lanes * batch
        memory = np.empty(2 * size)
        self.values, self.gradients = memory[:size], memory[size:]
        parameters = len(plan.order)
        self.values[parameters : parameters + len(plan.constants)] = plan.constants
        encoder = _Encoder(plan, batch)
        self.forward_code = _packed(encoder.forward(i) for i in plan.instructions)
        self.backward_code = _packed(encoder.backward(i) for i in reversed(plan.instructions) if i.out.active)

    def run(self, rows: Floats, parameters: Floats, seed: float | None) -> tuple[Floats, Floats | None]:
        """The outputs (outputs, batch) and, given a seed, ∂(Σ output × seed)/∂parameters; both fresh arrays."""
        result, slopes = np.empty((len(self.plan.outputs), self.batch)), np.empty(len(self.plan.order))
        _stepped(
            rows, parameters, self.plan.order, self.plan.outputs, self.values, self.gradients, self.lanes_at,
            self.forward_code, self.backward_code, seed or 0.0, result, slopes,
        )  # fmt: skip
        return result, None if seed is None else slopes


_Coded = Iterator[tuple[str, list[int]]]


def _packed(instructions: Iterator[_Coded]) -> tuple[Integers, Integers]:
    """The kernels and their numbers as one row, and where each begins."""
    code: list[int] = []
    starts: list[int] = []
    for instruction in instructions:
        for source, numbers in instruction:
            starts.append(len(code))
            code.append(_address(source)[0])
            code += numbers
    return np.array(code, dtype=np.int64), np.array(starts, dtype=np.int64)


class _Encoder:
    """Turns instructions into kernels and their numbers, for one batch size."""

    def __init__(self, plan: Plan, batch: int) -> None:
        self.batch, self.lanes_at = batch, plan.scalars
        self.size = plan.scalars + plan.lanes * batch

    def place(self, block: Block) -> int:
        return self.lanes_at + block.start * self.batch if block.lanes else block.start

    def width(self, block: Block) -> int:
        return self.batch if block.lanes else 1

    def shape(self, out: Block, blocks: tuple[Block, ...]) -> tuple[int, int, str, list[int]]:
        """Rows, lanes, kinds of operands, and places and steps, with as few rows and as many lanes as possible."""
        rows, lanes = out.size, self.width(out)
        kinds = ["v" if self.width(b) == lanes else "s" for b in blocks]
        steps = [0 if b.size == 1 and rows > 1 else self.width(b) for b in blocks]
        if rows > 1 and all(
            (k == "v" and s == lanes) or (s == 0 and lanes == 1) for k, s in zip(kinds, steps, strict=True)
        ):
            kinds = ["s" if s == 0 else k for k, s in zip(kinds, steps, strict=True)]
            rows, lanes = 1, rows * lanes
        places = [n for b, s in zip(blocks, steps, strict=True) for n in (self.place(b), s)]
        return rows, lanes, "".join(kinds), places

    def forward(self, instruction: Instruction) -> _Coded:
        out = instruction.out
        y = self.place(out)
        match instruction:
            case Gather(_, source):
                yield kernels.GATHER, self.gather(out, source)
            case Fill(_, operand):
                yield kernels.plus("s", True), [out.size, self.batch, y, self.place(operand), operand.size > 1]
            case Apply(gate, _, blocks) if gate.arity is None:
                width = out.size * self.width(out)
                yield _reduce(gate), [width, blocks[0].size // out.size, y, self.place(blocks[0])]
            case Apply(gate, _, blocks):
                rows, lanes, kinds, places = self.shape(out, blocks)
                if rows * lanes == 1:
                    yield _single(gate), [y, *places[::2]]
                else:
                    yield _apply(gate, kinds), [rows, lanes, y, *places]
            case SumProducts(_, left, right, plus, inner):
                kinds, numbers = self.pairs(out, left, right, inner)
                yield _sum_products(kinds), numbers
                yield from self.plus(out, plus, _plus)
            case MatMul(_, left, right, plus, rows, inner, columns):
                width = columns * self.batch
                yield kernels.ZERO, [rows * width, y]
                yield _accumulate(), [rows, inner, width, y, self.place(left), inner, 1, self.place(right)]
                yield from self.plus(out, plus, _plus)

    def backward(self, instruction: Instruction) -> _Coded:
        out = instruction.out
        y = self.place(out)
        match instruction:
            case Gather(_, source):
                yield kernels.SCATTER, self.gather(out, source)
            case Fill(_, operand):
                yield _plus_backward("s"), [out.size, self.batch, y, self.place(operand), operand.size > 1]
            case Apply(gate, _, blocks) if gate.arity is None:
                width = out.size * self.width(out)
                yield _reduce_backward(gate), [width, blocks[0].size // out.size, y, self.place(blocks[0])]
            case Apply(gate, _, blocks):
                active = "".join("01"[b.active] for b in blocks)
                rows, lanes, kinds, places = self.shape(out, blocks)
                if rows * lanes == 1:
                    yield _single_backward(gate, active), [y, *places[::2]]
                else:
                    yield _apply_backward(gate, kinds, active), [rows, lanes, y, *places]
            case SumProducts(_, left, right, plus, inner):
                yield from self.plus(out, tuple(b for b in plus if b.active), _plus_backward)
                kinds, numbers = self.pairs(out, left, right, inner)
                if left.active or right.active:
                    yield _sum_products_backward(kinds, "01"[left.active] + "01"[right.active]), numbers
            case MatMul(_, left, right, plus, rows, inner, columns):
                yield from self.plus(out, tuple(b for b in plus if b.active), _plus_backward)
                width, g = columns * self.batch, self.size
                if left.active:
                    yield _outer_product(), [rows, inner, width, g + self.place(left), g + y, self.place(right)]
                if right.active:
                    steps = [self.place(left), 1, inner]
                    yield _accumulate(), [inner, rows, width, g + self.place(right), *steps, g + y]

    def gather(self, out: Block, source: Indices) -> list[int]:
        width = self.width(out)
        start = self.lanes_at if out.lanes else 0
        return [out.size, width, self.place(out), *(start + source * width).tolist()]

    def plus(self, out: Block, blocks: tuple[Block, ...], kernel: Callable[[str], str]) -> _Coded:
        for block in blocks:
            rows, lanes, kind, places = self.shape(out, (block,))
            yield kernel(kind), [rows, lanes, self.place(out), *places]

    def pairs(self, out: Block, left: Block, right: Block, inner: int) -> tuple[str, list[int]]:
        rows, lanes = out.size, self.width(out)
        kinds = ["v" if self.width(b) == lanes else "s" for b in (left, right)]
        whole = rows * inner
        steps = [0 if b.size == 1 and whole > 1 else self.width(b) for b in (left, right)]
        inner_steps = [s * rows for s in steps]
        if rows > 1 and kinds == ["v", "v"] and steps == [lanes, lanes]:
            rows, lanes = 1, rows * lanes
        elif rows > 1 and lanes == 1 and 0 in steps:
            kinds = ["s" if s == 0 else "v" for s in steps]
            rows, lanes = 1, rows
        (a, b), (i, j) = steps, inner_steps
        return "".join(kinds), [rows, lanes, inner, self.place(out), self.place(left), i, a, self.place(right), j, b]


_single, _single_backward = lru_cache(None)(kernels.single), lru_cache(None)(kernels.single_backward)
_apply, _apply_backward = lru_cache(None)(kernels.apply), lru_cache(None)(kernels.apply_backward)
_reduce, _reduce_backward = lru_cache(None)(kernels.reduce), lru_cache(None)(kernels.reduce_backward)
_plus, _plus_backward = lru_cache(None)(kernels.plus), lru_cache(None)(kernels.plus_backward)
_sum_products = lru_cache(None)(kernels.sum_products)
_sum_products_backward = lru_cache(None)(kernels.sum_products_backward)
_accumulate, _outer_product = lru_cache(None)(matrix_kernels.accumulate), lru_cache(None)(matrix_kernels.outer_product)
