"""The backward pass as NumPy calls: what each instruction adds to the gradients of the blocks that it reads."""

from __future__ import annotations

import numpy as np

from autograd.gates import Gate
from autograd.program.executors.arrays import Array, Operand, Scratch, Writer
from autograd.program.executors.arrivals import Arrivals
from autograd.program.executors.numpy_forward import Memory, named_operands, paired, seen
from autograd.program.plan import Apply, Block, Fill, Gather, Indices, Instruction, MatMul, Plan, SumProducts


class Backward(Writer):
    """Writes down the calls of the backward pass, from the last instruction to the first."""

    def __init__(self, plan: Plan, memory: Memory, gradients: Memory, scratch: Scratch) -> None:
        """gradients: of all numbers in `memory`; nothing has to be in it yet but those of the outputs."""
        super().__init__([], scratch)
        self.plan, self.memory, self.gradients = plan, memory, gradients
        self.ones = np.ones((memory[True].shape[1], 1))
        self.arrivals = Arrivals(plan)
        self.arrivals.at_rows(True, plan.outputs)
        for instruction in reversed(plan.instructions):
            if instruction.out.active:
                self.start()
                self.instruction(instruction)

    def at(self, block: Block) -> Array:
        return self.memory[block.lanes][block.start : block.stop]

    def instruction(self, instruction: Instruction) -> None:
        upstream = self.gradients[instruction.out.lanes][instruction.out.start : instruction.out.stop]
        match instruction:
            case Gather(block, source):
                self.scatter(block.lanes, source, upstream)
            case Fill(_, operand):
                self.pass_on(operand, upstream)
            case Apply(gate, out, blocks):
                self.through_gate(gate, self.at(out), blocks, upstream)
            case SumProducts(_, left, right, plus, inner):
                self.plus(plus, upstream)
                for block, other in ((left, right), (right, left)):
                    if block.active:
                        self.start()
                        self.give(block, upstream[None], paired(self.at(other), inner), inner)
            case MatMul(_, left, right, plus, rows, inner, _):
                self.plus(plus, upstream)
                above = upstream.reshape(rows, -1)
                if left.active:
                    self.product(left, above, self.at(right).reshape(inner, -1).T, (rows, inner))
                if right.active:
                    self.product(right, self.at(left).reshape(rows, inner).T, above, (inner, above.shape[1]))

    def plus(self, blocks: tuple[Block, ...], upstream: Array) -> None:
        for block in blocks:
            if block.active:
                self.start()
                self.pass_on(block, upstream)

    def through_gate(self, gate: Gate, y: Array, blocks: tuple[Block, ...], upstream: Array) -> None:
        """Each operand's gradient: upstream × local."""
        named = named_operands(gate, [seen(self.plan, b, self.at(b)) for b in blocks], len(y))
        for block, derivative in zip(blocks, gate.derivatives, strict=True):
            if not block.active:
                continue
            self.start()
            local = self.write(derivative, {**named, "y": y})
            inner = block.size // len(y) if gate.arity is None else 1
            self.give(block, upstream[None] if gate.arity is None else upstream, local, inner)

    def give(self, block: Block, upstream: Array, local: Operand, inner: int = 1) -> None:
        """Add upstream × local into the gradient of `block`, of which `inner` rows belong to each upstream row."""
        target = self.target(block, inner if upstream.ndim == 3 else 0)
        if isinstance(local, float) and abs(local) == 1.0:
            self.pass_to(target, upstream, local)
            return
        array, fresh = target
        shape = np.broadcast_shapes(upstream.shape, np.shape(local))
        whole = fresh and array.shape == shape
        result = self.ufunc(np.multiply, upstream, local, out=array if whole else None)
        if not whole:
            assert isinstance(result, np.ndarray)
            self.pass_to(target, result, 1.0)

    def target(self, block: Block, inner: int) -> tuple[Array, bool]:
        """Where the gradient of `block` is, and whether this is the first contribution to it."""
        array = self.gradients[block.lanes][block.start : block.stop]
        fresh, missing = self.arrivals.at_block(block)
        self.clear(block.lanes, missing)
        return (paired(array, inner) if inner else array), fresh

    def clear(self, lanes: bool, rows: list[int]) -> None:
        if rows:
            self.call(self.gradients[lanes].__setitem__, np.array(rows), 0.0)

    def pass_on(self, block: Block, upstream: Array) -> None:
        """Add `upstream`, summed over what the block serves together, into its gradient."""
        self.pass_to(self.target(block, 0), upstream, 1.0)

    def pass_to(self, target: tuple[Array, bool], amount: Array, sign: float) -> None:
        array, fresh = target
        axes = tuple(i for i, (n, m) in enumerate(zip(array.shape, amount.shape, strict=True)) if n == 1 and m != 1)
        if axes:
            amount = self.summed(amount, axes, array if fresh else None)
        if not fresh:
            self.call(np.add if sign > 0 else np.subtract, array, amount, out=array)
        elif sign < 0:
            self.call(np.negative, amount, out=array)
        elif amount is not array:
            self.call(np.copyto, array, amount)

    def summed(self, amount: Array, axes: tuple[int, ...], out: Array | None) -> Array:
        shape = tuple(1 if i in axes else n for i, n in enumerate(amount.shape))
        if out is None:
            out = self.temporary(shape)
        if axes == (1,) and amount.ndim == 2:
            self.call(np.matmul, amount, self.ones, out=out)  # BLAS sums rows faster than add.reduce
        else:
            self.call(np.add.reduce, amount, axis=axes, out=out, keepdims=True)
        return out

    def product(self, block: Block, a: Array, b: Array, shape: tuple[int, int]) -> None:
        """Add the matrix product a @ b into the gradient of `block`."""
        array, fresh = self.target(block, 0)
        if fresh:
            self.call(np.matmul, a, b, out=array.reshape(shape))
        else:
            amount = self.temporary(shape)
            self.call(np.matmul, a, b, out=amount)
            self.call(np.add, array, amount.reshape(array.shape), out=array)

    def scatter(self, lanes: bool, source: Indices, upstream: Array) -> None:
        """gradient[source[i]] += upstream[i], where a source may occur more than once."""
        gradients = self.gradients[lanes]
        order = np.argsort(source, kind="stable")
        rows, starts = np.unique(source[order], return_index=True)
        fresh, missing = self.arrivals.at_rows(lanes, rows)
        self.clear(lanes, missing)
        first, stop = int(rows[0]), int(rows[-1]) + 1
        if stop - first == len(rows):  # side by side
            block = gradients[first:stop]
            amount = self.added_up(upstream, order, starts, block if fresh else None)
            if not fresh:
                self.call(np.add, block, amount, out=block)
            elif amount is not block:
                self.call(np.copyto, block, amount)
            return
        amount = self.added_up(upstream, order, starts, None)
        if not fresh:
            before = self.temporary(amount.shape)
            self.call(gradients.take, rows, axis=0, out=before, mode="clip")
            self.call(np.add, before, amount, out=before)
            amount = before
        self.call(gradients.__setitem__, rows, amount)

    def added_up(self, upstream: Array, order: Indices, starts: Indices, out: Array | None) -> Array:
        """The rows of `upstream` in this order, each run that begins at one of `starts` summed; in `out` if given."""
        count, width = len(order), upstream.shape[1]
        if (order != np.arange(count)).any():
            ordered = out if out is not None and len(starts) == count else self.temporary((count, width))
            self.call(upstream.take, order, axis=0, out=ordered, mode="clip")
            upstream = ordered
        if len(starts) == count:
            return upstream
        sums = self.temporary((len(starts), width)) if out is None else out
        self.call(np.add.reduceat, upstream, starts, axis=0, out=sums)
        return sums
