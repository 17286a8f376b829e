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
from array import array
from collections.abc import Callable, Iterable, Iterator
from functools import cache, lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any, TypeAlias

import numba
import numpy as np
from numba import types
from numba.core.errors import NumbaError

from autograd.program import compiled, kernels, matrix_kernels
from autograd.program.compiled import call
from autograd.program.plan import (
    Addresses,
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

#: The source of a kernel and the numbers it needs.
_Coded: TypeAlias = tuple[str, list[int]]


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


# The code of a program is one array of integers: five sizes, which parameter each of the first scalars is, the rows of
# the outputs, where each forward and each backward instruction begins, and then the instructions. An instruction is
# the number of its kernel, and the numbers that the kernel needs.
_PARAMETERS, _OUTPUTS, _LANES_AT, _FORWARD, _BACKWARD, _SIZES = range(6)


def _load_rows(rows: Floats, parameters: Floats, code: Integers, memory: Floats) -> bool:
    batch, inputs = rows.shape
    lanes_at = code[_LANES_AT]
    strange = False
    for row in range(batch):
        for column in range(inputs):
            x = rows[row, column]
            strange |= x != x
            memory[lanes_at + column * batch + row] = x
    for i in range(code[_PARAMETERS]):
        memory[i] = parameters[code[_SIZES + i]]
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
    outputs_at = _SIZES + code[_PARAMETERS]
    run_code(code, addresses, outputs_at + code[_OUTPUTS], code[_FORWARD], memory)
    batch = len(rows)
    for i in range(code[_OUTPUTS]):
        start = code[_LANES_AT] + code[outputs_at + i] * batch
        for row in range(batch):
            result[i, row] = memory[start + row]


def _run_both(
    rows: Floats, parameters: Floats, code: Integers, addresses: Addresses, memory: Floats, seed: float, slopes: Floats
) -> float:
    if not load_rows(rows, parameters, code, memory):
        return np.nan
    outputs_at = _SIZES + code[_PARAMETERS]
    forward_at = outputs_at + code[_OUTPUTS]
    run_code(code, addresses, forward_at, code[_FORWARD], memory)
    values, gradients = memory[: len(memory) // 2], memory[len(memory) // 2 :]
    start = code[_LANES_AT] + code[outputs_at] * len(rows)
    total = 0.0
    gradients[:] = 0.0
    for row in range(start, start + len(rows)):
        total += values[row]
        gradients[row] = seed
    run_code(code, addresses, forward_at + code[_FORWARD], code[_BACKWARD], memory)
    for i in range(code[_PARAMETERS]):
        slopes[code[_SIZES + i]] = gradients[i]
    return total * seed


_Compiled: TypeAlias = Callable[..., Any]


def _compile(function: _Compiled, *signature: Any) -> _Compiled:
    """Compiled for these arguments alone, or taken from the disk; without the interpreter's lock while it runs."""
    compiled: _Compiled = numba.njit(signature or None, cache=True, nogil=True, error_model="numpy")(function)
    return compiled


_ROWS = types.Array(types.float64, 2, "C", readonly=True)
_NUMBERS = types.Array(types.float64, 1, "C", readonly=True)
_TABLE, _ARRAY = types.float64[:, ::1], types.float64[::1]
_CODE, _WHERE = types.int32[::1], types.int64[::1]

load_rows, run_code = _compile(_load_rows), _compile(_run_code)
_forward = _compile(_run_forward, _ROWS, _NUMBERS, _CODE, _WHERE, _ARRAY, _TABLE)
_both = _compile(_run_both, _ROWS, _NUMBERS, _CODE, _WHERE, _ARRAY, types.float64, _ARRAY)


class BoundToNumba:
    """A plan with memory for `batch` rows, as a row of integers."""

    def __init__(self, plan: Plan, batch: int) -> None:
        self.outputs, self.parameters, self.batch = len(plan.outputs), len(plan.order), batch
        size = plan.scalars + plan.lanes * batch
        self.memory = np.empty(2 * size)  # values, then gradients
        self.memory[self.parameters : self.parameters + len(plan.constants)] = plan.constants
        encoder = _Encoder(plan, batch)
        self.code, self.addresses = _packed(
            plan,
            (each for i in plan.instructions for each in encoder.forward(i)),
            (each for i in reversed(plan.instructions) if i.out.active for each in encoder.backward(i)),
        )

    def forward(self, rows: Floats, parameters: Floats) -> Floats:
        """The outputs (outputs, batch), a fresh array; NaN if there is a NaN among the rows."""
        result = np.empty((self.outputs, self.batch))
        _forward(rows, parameters, self.code, self.addresses, self.memory, result)
        return result

    def value_and_grad(self, rows: Floats, parameters: Floats, seed: float) -> tuple[float, Floats]:
        """Σ output × seed and its gradient (parameters,), a fresh array; NaN if there is a NaN among the rows."""
        slopes = np.empty(self.parameters)
        return _both(rows, parameters, self.code, self.addresses, self.memory, seed, slopes), slopes


def _packed(plan: Plan, forward: Iterable[_Coded], backward: Iterable[_Coded]) -> tuple[Integers, Addresses]:
    """The code of a program, and the addresses of the kernels it uses."""
    kernels: dict[str, int] = {}
    starts, body = array("i"), array("i")
    counts = []
    for instructions in (forward, backward):
        before = len(starts)
        for source, numbers in instructions:
            starts.append(len(body))
            body.append(kernels.setdefault(source, len(kernels)))
            body.extend(numbers)
        counts.append(len(starts) - before)
    head = [len(plan.order), len(plan.outputs), plan.scalars, *counts, *plan.order.tolist(), *plan.outputs.tolist()]
    first = len(head) + len(starts)
    code = np.concatenate([np.array(head, np.int32), np.array(starts, np.int32) + np.int32(first), np.array(body)])
    return code.astype(np.int32), np.array([_address(source)[0] for source in kernels], dtype=np.int64)


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

    def forward(self, instruction: Instruction) -> Iterator[_Coded]:
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
            case SumProducts(_, left, right, plus, inner) if self.is_single(instruction):
                yield _single_dot(inner, len(plus)), self.single(instruction)
            case SumProducts(_, left, right, plus, inner):
                kinds, numbers = self.pairs(out, left, right, inner)
                yield _sum_products(kinds), numbers
                yield from self.plus(out, plus, _plus)
            case MatMul(_, left, right, plus, rows, inner, columns):
                width = columns * self.batch
                yield kernels.ZERO, [rows * width, y]
                yield _accumulate(), [rows, inner, width, y, self.place(left), inner, 1, self.place(right)]
                yield from self.plus(out, plus, _plus)

    def backward(self, instruction: Instruction) -> Iterator[_Coded]:
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
            case SumProducts(_, left, right, plus, inner) if self.is_single(instruction):
                active = "".join("01"[block.active] for block in (left, right, *plus))
                yield _single_dot_backward(inner, len(plus), active), self.single(instruction)
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

    def is_single(self, instruction: SumProducts) -> bool:
        """Whether it is one number, and a sum of few."""
        return (
            instruction.out.size * self.width(instruction.out) == 1 and instruction.inner + len(instruction.plus) <= 4
        )

    def single(self, instruction: SumProducts) -> list[int]:
        """Where the result, the lefts, the rights and the others of a sum of single numbers are."""
        across = [
            self.place(block) + k for block in (instruction.left, instruction.right) for k in range(instruction.inner)
        ]
        return [self.place(instruction.out), *across, *map(self.place, instruction.plus)]

    def gather(self, out: Block, source: Indices) -> list[int]:
        width = self.width(out)
        start = self.lanes_at if out.lanes else 0
        return [out.size, width, self.place(out), *(start + source * width).tolist()]

    def plus(self, out: Block, blocks: tuple[Block, ...], kernel: Callable[[str], str]) -> Iterator[_Coded]:
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
_single_dot, _single_dot_backward = lru_cache(None)(kernels.single_dot), lru_cache(None)(kernels.single_dot_backward)
_sum_products = lru_cache(None)(kernels.sum_products)
_sum_products_backward = lru_cache(None)(kernels.sum_products_backward)
_accumulate, _outer_product = lru_cache(None)(matrix_kernels.accumulate), lru_cache(None)(matrix_kernels.outer_product)
