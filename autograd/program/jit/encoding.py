"""Instructions as code for the numba executor: which kernels to call, and the numbers that each needs.

The code of a program is one array of integers: five sizes, which parameter each of the first scalars is, the rows of
the outputs, where each forward and each backward instruction begins, and then the instructions. An instruction is the
number of its kernel, and the numbers that the kernel needs. Values and gradients are one memory: the scalars and the
lanes, and then the gradients in the same order.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

import numpy as np

from autograd.program.jit import kernels, matrix_kernels, single_kernels
from autograd.program.jit.kernel_store import kernel_of
from autograd.program.plan import (
    Addresses,
    Apply,
    Block,
    Fill,
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

#: The sizes at the beginning of the code, and how many they are.
PARAMETERS, OUTPUTS, LANES_AT, FORWARD, BACKWARD, SIZES = range(6)


def encoded(plan: Plan, batch: int) -> tuple[Integers, Addresses]:
    """The code of a plan for `batch` rows, and the addresses of the kernels it uses."""
    encoder = _Encoder(plan, batch)
    return _packed(
        plan,
        (each for i in plan.instructions for each in encoder.forward(i)),
        (each for i in reversed(plan.instructions) if i.out.active for each in encoder.backward(i)),
    )


def _packed(plan: Plan, forward: Iterable[_Coded], backward: Iterable[_Coded]) -> tuple[Integers, Addresses]:
    """The parts of the code in their order."""
    used: dict[str, int] = {}
    starts, body = array("i"), array("i")
    counts = []
    for instructions in (forward, backward):
        before = len(starts)
        for source, numbers in instructions:
            starts.append(len(body))
            body.append(used.setdefault(source, len(used)))
            body.extend(numbers)
        counts.append(len(starts) - before)
    head = [len(plan.order), len(plan.outputs), plan.scalars, *counts, *plan.order.tolist(), *plan.outputs.tolist()]
    first = len(head) + len(starts)
    code = np.concatenate([np.array(head, np.int32), np.array(starts, np.int32) + np.int32(first), np.array(body)])
    return code.astype(np.int32), np.array([kernel_of(source).address for source in used], dtype=np.int64)


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
                yield kernels.reduce(gate), [width, blocks[0].size // out.size, y, self.place(blocks[0])]
            case Apply(gate, _, blocks):
                rows, lanes, kinds, places = self.shape(out, blocks)
                if rows * lanes == 1:
                    yield single_kernels.single(gate), [y, *places[::2]]
                else:
                    yield kernels.apply(gate, kinds), [rows, lanes, y, *places]
            case SumProducts(_, left, right, plus, inner) if self.is_single(instruction):
                yield single_kernels.single_dot(inner, len(plus)), self.single(instruction)
            case SumProducts(_, left, right, plus, inner):
                kinds, numbers = self.pairs(out, left, right, inner)
                yield kernels.sum_products(kinds), numbers
                yield from self.plus(out, plus, kernels.plus)
            case MatMul(_, left, right, plus, rows, inner, columns):
                width = columns * self.batch
                yield kernels.ZERO, [rows * width, y]
                yield (
                    matrix_kernels.accumulate(),
                    [rows, inner, width, y, self.place(left), inner, 1, self.place(right)],
                )
                yield from self.plus(out, plus, kernels.plus)

    def backward(self, instruction: Instruction) -> Iterator[_Coded]:
        out = instruction.out
        y = self.place(out)
        match instruction:
            case Gather(_, source):
                yield kernels.SCATTER, self.gather(out, source)
            case Fill(_, operand):
                yield kernels.plus_backward("s"), [out.size, self.batch, y, self.place(operand), operand.size > 1]
            case Apply(gate, _, blocks) if gate.arity is None:
                width = out.size * self.width(out)
                yield kernels.reduce_backward(gate), [width, blocks[0].size // out.size, y, self.place(blocks[0])]
            case Apply(gate, _, blocks):
                active = "".join("01"[b.active] for b in blocks)
                rows, lanes, kinds, places = self.shape(out, blocks)
                if rows * lanes == 1:
                    yield single_kernels.single_backward(gate, active), [y, *places[::2]]
                else:
                    yield kernels.apply_backward(gate, kinds, active), [rows, lanes, y, *places]
            case SumProducts(_, left, right, plus, inner) if self.is_single(instruction):
                active = "".join("01"[block.active] for block in (left, right, *plus))
                yield single_kernels.single_dot_backward(inner, len(plus), active), self.single(instruction)
            case SumProducts(_, left, right, plus, inner):
                yield from self.plus(out, tuple(b for b in plus if b.active), kernels.plus_backward)
                kinds, numbers = self.pairs(out, left, right, inner)
                if left.active or right.active:
                    yield kernels.sum_products_backward(kinds, "01"[left.active] + "01"[right.active]), numbers
            case MatMul(_, left, right, plus, rows, inner, columns):
                yield from self.plus(out, tuple(b for b in plus if b.active), kernels.plus_backward)
                width, g = columns * self.batch, self.size
                if left.active:
                    yield (
                        matrix_kernels.outer_product(),
                        [rows, inner, width, g + self.place(left), g + y, self.place(right)],
                    )
                if right.active:
                    steps = [self.place(left), 1, inner]
                    yield matrix_kernels.accumulate(), [inner, rows, width, g + self.place(right), *steps, g + y]

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
