"""The forward pass as NumPy calls: each instruction is one or a few ufunc calls on whole blocks of lanes."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

from autograd.gates import Gate
from autograd.program.executors.arrays import Array, Operand, Scratch, Writer
from autograd.program.plan import Apply, Block, Fill, Gather, Instruction, MatMul, Plan, SumProducts

#: The lanes (True) and the scalars (False) of a plan, a row for each.
Memory: TypeAlias = dict[bool, Array]


class Forward(Writer):
    """Writes down the calls of the forward pass."""

    def __init__(self, plan: Plan, memory: Memory, scratch: Scratch) -> None:
        super().__init__([], scratch)
        self.plan, self.memory = plan, memory
        for instruction in plan.instructions:
            self.start()
            self.instruction(instruction)

    def at(self, block: Block) -> Array:
        return self.memory[block.lanes][block.start : block.stop]

    def instruction(self, instruction: Instruction) -> None:
        out = self.at(instruction.out)
        match instruction:
            case Gather(block, source):
                self.call(self.memory[block.lanes].take, source, axis=0, out=out, mode="clip")
            case Fill(_, operand):
                self.call(np.copyto, out, self.at(operand))
            case Apply(gate, _, blocks):
                arrays = [seen(self.plan, b, self.at(b)) for b in blocks]
                result = self.write(gate.formula, named_operands(gate, arrays, len(out)), out)
                if result is not out:
                    self.call(np.copyto, out, result)
            case SumProducts(_, left, right, plus, inner):
                a, b = paired(self.at(left), inner), paired(self.at(right), inner)
                if inner == 1:
                    self.call(np.multiply, a[0], b[0], out=out)
                else:
                    products = self.temporary(np.broadcast_shapes(a.shape, b.shape))
                    self.call(np.multiply, a, b, out=products)
                    self.call(np.add.reduce, products, axis=0, out=out)
                self.plus(out, plus)
            case MatMul(_, left, right, plus, rows, inner, _):
                matrix = self.at(left).reshape(rows, inner)
                self.call(np.matmul, matrix, self.at(right).reshape(inner, -1), out=out.reshape(rows, -1))
                self.plus(out, plus)

    def plus(self, out: Array, blocks: tuple[Block, ...]) -> None:
        for block in blocks:
            self.call(np.add, out, self.at(block), out=out)


def seen(plan: Plan, block: Block, array: Array) -> Operand:
    """The array of a block; or of one constant, the number, so that what depends on it alone is computed only once."""
    first = len(plan.order)
    if block.size == 1 and not block.lanes and first <= block.start < first + len(plan.constants):
        return float(plan.constants[block.start - first])
    return array


def paired(memory: Array, inner: int) -> Array:
    return memory.reshape(inner, -1, memory.shape[-1])


def named_operands(gate: Gate, arrays: list[Operand], count: int) -> dict[str, Operand]:
    """The operands by the names that the gate's formula gives them."""
    if gate.arity is None:
        (xs,) = map(np.asarray, arrays)
        return {"xs": xs.reshape(-1, count, xs.shape[-1] if xs.ndim else 1)}
    return dict(zip(gate.operands, arrays, strict=True))
