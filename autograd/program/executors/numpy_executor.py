"""Runs a plan with NumPy: each instruction is one or a few ufunc calls on whole blocks of lanes."""

from __future__ import annotations

import numpy as np

from autograd.gates import Gate
from autograd.program.executors.arrays import Array, Call, Operand, Scratch, Writer, has_nan, run
from autograd.program.executors.arrivals import Arrivals
from autograd.program.plan import (
    Apply,
    Block,
    Fill,
    Floats,
    Gather,
    Indices,
    Instruction,
    MatMul,
    Plan,
    SumProducts,
    operands_of,
)


class BoundToNumpy:
    """A plan with memory for `batch` rows, as two lists of NumPy calls: forward and backward."""

    name = "numpy"

    def __init__(self, plan: Plan, batch: int) -> None:
        self.plan, self.batch = plan, batch
        self.lanes = np.empty((plan.lanes, batch))
        self.scalars = np.empty((plan.scalars, 1))
        parameters, constants = len(plan.order), len(plan.constants)
        self.parameters = self.scalars[:parameters, 0]
        self.scalars[parameters : parameters + constants, 0] = plan.constants
        self.place = np.argsort(plan.order)  # of each parameter among the scalars
        self.scratch = Scratch(_largest(plan, batch))
        self.forward_calls = _Forward(self).calls
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
                self.ones = np.ones((self.batch, 1))
                self.backward_calls = _Backward(self).calls
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


class _Forward(Writer):
    def __init__(self, bound: BoundToNumpy) -> None:
        super().__init__([], bound.scratch)
        self.plan = bound.plan
        self.memory = {True: bound.lanes, False: bound.scalars}
        for instruction in bound.plan.instructions:
            self.start()
            self.instruction(instruction)

    def at(self, block: Block) -> Array:
        return self.memory[block.lanes][block.start : block.stop]

    def instruction(self, instruction: Instruction) -> None:
        out = self.at(instruction.out)
        match instruction:
            case Gather(block, source):
                self.call(np.take, self.memory[block.lanes], source, axis=0, out=out, mode="clip")
            case Fill(_, operand):
                self.call(np.copyto, out, self.at(operand))
            case Apply(gate, _, blocks):
                seen = [_seen(self.plan, b, self.at(b)) for b in blocks]
                result = self.write(gate.formula, _operands(gate, seen, len(out)), out)
                if result is not out:
                    self.call(np.copyto, out, result)
            case SumProducts(_, left, right, plus, inner):
                a, b = _paired(self.at(left), inner), _paired(self.at(right), inner)
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


def _seen(plan: Plan, block: Block, array: Array) -> Operand:
    """The array of a block; or of one constant, the number, so that what depends on it alone is computed only once."""
    first = len(plan.order)
    if block.size == 1 and not block.lanes and first <= block.start < first + len(plan.constants):
        return float(plan.constants[block.start - first])
    return array


def _paired(memory: Array, inner: int) -> Array:
    return memory.reshape(inner, -1, memory.shape[-1])


def _operands(gate: Gate, arrays: list[Operand], count: int) -> dict[str, Operand]:
    """The operands by the names that the gate's formula gives them."""
    if gate.arity is None:
        (xs,) = map(np.asarray, arrays)
        return {"xs": xs.reshape(-1, count, xs.shape[-1] if xs.ndim else 1)}
    return dict(zip(gate.operands, arrays, strict=True))


class _Backward(Writer):
    def __init__(self, bound: BoundToNumpy) -> None:
        super().__init__([], bound.scratch)
        self.plan = bound.plan
        self.memory = {True: bound.lanes, False: bound.scalars}
        self.gradients = {True: bound.lane_gradients, False: bound.scalar_gradients}
        self.ones = bound.ones
        self.arrivals = Arrivals(bound.plan)
        self.arrivals.at_rows(True, bound.plan.outputs)
        for instruction in reversed(bound.plan.instructions):
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
                        self.give(block, upstream[None], _paired(self.at(other), inner), inner)
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
        named = _operands(gate, [_seen(self.plan, b, self.at(b)) for b in blocks], len(y))
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
        return (_paired(array, inner) if inner else array), fresh

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
        rows, starts = _runs(source)
        fresh, missing = self.arrivals.at_rows(lanes, rows)
        self.clear(lanes, missing)
        amount = upstream
        if len(rows) < len(source):
            sorted_upstream = self.temporary(upstream.shape)
            order = np.argsort(source, kind="stable")
            self.call(np.take, upstream, order, axis=0, out=sorted_upstream, mode="clip")
            amount = self.temporary((len(rows), upstream.shape[1]))
            self.call(np.add.reduceat, sorted_upstream, starts, axis=0, out=amount)
            source = rows
        if not fresh:
            before = self.temporary(amount.shape)
            self.call(np.take, gradients, source, axis=0, out=before, mode="clip")
            self.call(np.add, before, amount, out=before)
            amount = before
        self.call(gradients.__setitem__, source, amount)


def _runs(source: Indices) -> tuple[Indices, Indices]:
    """The different rows among `source`, ascending, and where the run of each starts once they are sorted."""
    rows, starts = np.unique(np.sort(source), return_index=True)
    return rows, starts
