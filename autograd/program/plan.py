"""The plan: rows of a tape grouped into array instructions, and the place of every number in memory.

Rows of one operation at one depth do not depend on each other, so they run as one instruction. Renumbering puts them
side by side in the order in which their operands lie, so that an instruction reads and writes whole *blocks*: the relu
of a layer is one call on a (neurons, batch) array. Where rows of products share their factors, the group is a matrix
product again: the layer that was drawn gate by gate is ``W @ H + b``.

There are two memories. The *lanes* hold one row of the batch's numbers for each node that depends on an input; the
*scalars* hold one number for each node that does not: first the parameters, then constants and what is made of both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from autograd.gates import Gate
from autograd.program.matrices import Product, products_in
from autograd.program.padding import pad_ragged, spread_scalars
from autograd.program.tape import Dot, Spread, Tape, carries_lanes, depths, is_active

Indices: TypeAlias = NDArray[np.intp]
Integers: TypeAlias = NDArray[np.int32]
Addresses: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]


class Block(NamedTuple):
    """`size` neighbours from `start` in one of the memories. A block of size 1 is broadcast to all rows.

    active: whether any of it depends on a parameter, so that it has a gradient.
    """

    lanes: bool
    start: int
    size: int
    active: bool

    @property
    def stop(self) -> int:
        return self.start + self.size


class Gather(NamedTuple):
    """out[i] = memory[source[i]]: operands that do not lie side by side are brought together."""

    out: Block
    source: Indices


class Fill(NamedTuple):
    """out[i, lane] = scalar[i]: scalars repeated in every lane."""

    out: Block
    operand: Block


class Apply(NamedTuple):
    """out[i] = gate(a[i], b[i], ...); of a gate of any number of operands the one block is (operands, count)."""

    gate: Gate
    out: Block
    operands: tuple[Block, ...]


class SumProducts(NamedTuple):
    """out[i] = Σₖ left[k, i] · right[k, i] + Σ plus[i], over `inner` pairs."""

    out: Block
    left: Block
    right: Block
    plus: tuple[Block, ...]
    inner: int


class MatMul(NamedTuple):
    """out (rows, columns) = matrix (rows, inner) @ right (inner, columns) + Σ plus; each column has all the lanes."""

    out: Block
    left: Block
    right: Block
    plus: tuple[Block, ...]
    rows: int
    inner: int
    columns: int


Instruction: TypeAlias = Gather | Fill | Apply | SumProducts | MatMul


def operands_of(instruction: Instruction) -> tuple[Block, ...]:
    """The blocks that an instruction reads, other than by index."""
    match instruction:
        case Gather():
            return ()
        case Fill(_, operand):
            return (operand,)
        case Apply(_, _, operands):
            return operands
        case _:
            return (instruction.left, instruction.right, *instruction.plus)


@dataclass(frozen=True, slots=True)
class Plan:
    """Instructions in order, and where things are.

    scalars, lanes: sizes of the memories, in numbers and in rows. The inputs are the first rows of the lanes.
    order: for each of the first scalars, which parameter it is.
    constants: the numbers that stand after the parameters.
    outputs: the rows of the lanes where the outputs are.
    """

    instructions: list[Instruction]
    scalars: int
    lanes: int
    inputs: int
    order: Indices
    constants: NDArray[np.float64]
    outputs: Indices


class _Layout:
    """Positions, handed out as instructions ask for their blocks."""

    def __init__(self, tape: Tape) -> None:
        self.tape = tape
        self.carries, self.active = carries_lanes(tape), is_active(tape)
        self.position = [-1] * len(tape)
        self.instructions: list[Instruction] = []
        self.lanes = 0
        self.placed = 0  # parameters so far
        self.scalars = len(tape.parameters) + len(tape.constants)
        self.constants: list[int] = []
        self.is_parameter = bytearray(len(tape))
        for row in tape.parameters:
            self.is_parameter[row] = 1
        self.gathered: dict[tuple[bool, tuple[int, ...]], Block] = {}
        self.block(tape.inputs, True)

    def block(self, rows: Sequence[int], lanes: bool) -> Block:
        """A new block for the results of `rows`."""
        if lanes:
            start, self.lanes = self.lanes, self.lanes + len(rows)
        else:
            start, self.scalars = self.scalars, self.scalars + len(rows)
        for i, row in enumerate(rows, start):
            self.position[row] = i
        return Block(lanes, start, len(rows), any(map(self.active.__getitem__, rows)))

    def leaves(self, rows: Sequence[int]) -> None:
        """Place those of the rows that are parameters or constants and have no place yet, side by side."""
        for row in rows:
            if self.position[row] < 0:
                if self.is_parameter[row]:
                    self.position[row], self.placed = self.placed, self.placed + 1
                elif row in self.tape.constants:
                    self.position[row] = len(self.tape.parameters) + len(self.constants)
                    self.constants.append(row)

    def operand(self, rows: Sequence[int], whole: bool = False) -> Block:
        """The block that holds `rows` in this order, gathered if they lie otherwise.

        If all rows are one and the same, that one alone, unless the block must be `whole`.
        """
        first = rows[0]
        self.leaves(rows)
        start, lanes = self.position[first], bool(self.carries[first])
        if len(rows) == 1:
            return Block(lanes, start, 1, bool(self.active[first]))
        if not whole and rows.count(first) == len(rows):
            return Block(lanes, start, 1, bool(self.active[first]))
        positions = [self.position[row] for row in rows]
        active = any(map(self.active.__getitem__, rows))
        if positions == list(range(start, start + len(rows))):
            return Block(lanes, start, len(rows), active)
        key = (lanes, tuple(positions))
        if key not in self.gathered:
            if lanes:
                start, self.lanes = self.lanes, self.lanes + len(rows)
            else:
                start, self.scalars = self.scalars, self.scalars + len(rows)
            out = self.gathered[key] = Block(lanes, start, len(rows), active)
            self.instructions.append(Gather(out, np.array(positions, dtype=np.intp)))
        return self.gathered[key]


def planned(tape: Tape) -> Plan:
    """Group the rows of `tape` into instructions and give every number its place."""
    tape = pad_ragged(spread_scalars(tape))
    layout = _Layout(tape)
    groups = _groups(tape, layout)
    products = {key: products_in(tape, rows, layout.carries) for key, rows in groups.items() if isinstance(key[1], Dot)}
    for found in products.values():
        for product in found:
            if product.columns:
                layout.leaves(product.lefts)
                for rows in product.plusses:
                    layout.leaves(rows)
    for key, rows in groups.items():
        operation = key[1]
        if isinstance(operation, Dot):
            for product in products[key]:
                _multiply(layout, product)
        elif isinstance(operation, Spread):
            operand = layout.operand([tape.operands[row][0] for row in rows], whole=True)
            layout.instructions.append(Fill(layout.block(rows, True), operand))
        else:
            assert operation is not None
            _apply(layout, operation, rows)
    layout.leaves(tape.parameters)
    layout.leaves(list(tape.constants))
    order = np.zeros(len(tape.parameters), dtype=np.intp)
    for i, row in enumerate(tape.parameters):
        order[layout.position[row]] = i
    return Plan(
        layout.instructions,
        layout.scalars,
        layout.lanes,
        len(tape.inputs),
        order,
        np.array([tape.constants[row] for row in layout.constants], dtype=np.float64),
        np.array([layout.position[row] for row in tape.outputs], dtype=np.intp),
    )


_Key: TypeAlias = tuple[int, Gate | Dot | Spread, tuple[int, ...]]


def _groups(tape: Tape, layout: _Layout) -> dict[_Key, list[int]]:
    """Rows by depth, operation and kinds of operands, the shallow first."""
    depth = depths(tape)
    kind = [2 * lanes + active for lanes, active in zip(layout.carries, layout.active, strict=True)]
    groups: dict[_Key, list[int]] = {}
    for row, operation in enumerate(tape.operations):
        if operation is None:
            continue
        operands = tape.operands[row]
        kinds = tuple([kind[operand] for operand in operands])
        if isinstance(operation, Dot):
            pairs = operation.pairs
            kinds = (layout.carries[operands[0]], layout.carries[operands[pairs]], *kinds[2 * pairs :])
        elif operation is not None and isinstance(operation, Gate) and operation.arity is None:
            kinds = (len(kinds), layout.carries[row], max(kinds) & 1)
        groups.setdefault((depth[row], operation, kinds), []).append(row)
    return dict(sorted(groups.items(), key=lambda item: item[0][0]))


def _apply(layout: _Layout, gate: Gate, rows: list[int]) -> None:
    operands, position = layout.tape.operands, layout.position
    if len(rows) > 1:
        rows = sorted(rows, key=lambda row: [position[o] for o in operands[row]])
    columns = list(zip(*[operands[row] for row in rows], strict=True))
    if gate.arity is None:
        blocks: tuple[Block, ...] = (layout.operand([row for column in columns for row in column], whole=True),)
    else:
        blocks = tuple([layout.operand(column) for column in columns])
    layout.instructions.append(Apply(gate, layout.block(rows, bool(layout.carries[rows[0]])), blocks))


def _multiply(layout: _Layout, product: Product) -> None:
    whole = product.inner > 1 or bool(product.columns)
    left = layout.operand(product.lefts, whole)
    right = layout.operand(product.rights, whole)
    plus = tuple([layout.operand(rows) for rows in product.plusses])
    out = layout.block(product.outs, bool(layout.carries[product.outs[0]]))
    if product.columns:
        rows = len(product.outs) // product.columns
        layout.instructions.append(MatMul(out, left, right, plus, rows, product.inner, product.columns))
    else:
        layout.instructions.append(SumProducts(out, left, right, plus, product.inner))
