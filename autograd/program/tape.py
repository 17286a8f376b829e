"""The tape: a graph written down as rows, one for each node, operands before the gates that use them.

A row names its operation and the rows it reads. Leaves have no operation; they are told apart into inputs (one column
of the batch each), parameters (read from their Values at every call) and constants (numbers fixed at recording).
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import NamedTuple, TypeAlias

from autograd.gates import Gate
from autograd.node import topological_order
from autograd.value import Value


class Dot(NamedTuple):
    """Σ leftᵢ · rightᵢ + Σ plusⱼ, fused from a sum gate and its products; its operands: lefts, rights, plusses."""

    pairs: int
    plus: int


class Spread(NamedTuple):
    """One number for the whole batch, repeated in every lane."""


Operation: TypeAlias = Gate | Dot | Spread | None
SPREAD = Spread()


@dataclass(slots=True)
class Tape:
    """The rows of a graph, and what its leaves and ends are.

    operations: what computes each row; None for a leaf.
    operands: the rows it reads, in order, repeats kept.
    inputs, parameters, outputs: rows, in the order they were asked for (parameters: in topological order).
    constants: the number of each constant row.
    names: labels and scopes of the rows that have one.
    """

    operations: list[Operation] = field(default_factory=list)
    operands: list[tuple[int, ...]] = field(default_factory=list)
    inputs: list[int] = field(default_factory=list)
    parameters: list[int] = field(default_factory=list)
    outputs: list[int] = field(default_factory=list)
    constants: dict[int, float] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.operations)

    def add(self, operation: Operation, operands: tuple[int, ...]) -> int:
        """Append a row; returns its number."""
        self.operations.append(operation)
        self.operands.append(operands)
        return len(self.operations) - 1

    def copy(self) -> Tape:
        """The same rows, to be changed."""
        return Tape(
            list(self.operations),
            list(self.operands),
            list(self.inputs),
            list(self.parameters),
            list(self.outputs),
            dict(self.constants),
            dict(self.names),
        )

    @property
    def gates(self) -> int:
        """How many rows compute something."""
        return len(self.operations) - self.operations.count(None)

    def uses(self) -> list[int]:
        """How often each row is read; being an output counts as one reading."""
        counts = [0] * len(self)
        for operands in self.operands:
            for operand in operands:
                counts[operand] += 1
        for output in self.outputs:
            counts[output] += 1
        return counts


def _packed(numbers: Iterable[int]) -> array[int]:
    """The numbers, none below 0, in an array of the smallest of 1, 2 or 4 bytes that holds them all."""
    listed = list(numbers)
    largest = max(listed, default=0)
    return array("B" if largest < 1 << 8 else "H" if largest < 1 << 16 else "I", listed)


class PackedTape:
    """A tape at rest: the same rows in arrays.

    A row takes 2 bytes (its operation and the number of its operands, if there are fewer than 256 kinds of each), and
    each of its operands 2, or 4 if the tape has more than 65,536 rows.
    """

    def __init__(self, tape: Tape) -> None:
        kinds: dict[Operation, int] = {}
        self._codes = _packed(kinds.setdefault(operation, len(kinds)) for operation in tape.operations)
        self._kinds = tuple(kinds)
        self._counts = _packed(map(len, tape.operands))
        self._operands = _packed(chain.from_iterable(tape.operands))
        self._ends = [_packed(rows) for rows in (tape.inputs, tape.parameters, tape.outputs)]
        self._constants, self._names = tape.constants, tape.names

    @property
    def nbytes(self) -> int:
        """The bytes of its arrays; constants and names are not counted."""
        arrays = (self._codes, self._counts, self._operands, *self._ends)
        return sum(len(numbers) * numbers.itemsize for numbers in arrays)

    def unpacked(self) -> Tape:
        """The tape, ready to be read."""
        operands = iter(self._operands)
        rows = [tuple(islice(operands, count)) for count in self._counts]
        inputs, parameters, outputs = map(list, self._ends)
        kinds = self._kinds
        operations = [kinds[code] for code in self._codes]
        return Tape(operations, rows, inputs, parameters, outputs, self._constants, self._names)


def moved(tape: Tape, new: Tape, where: list[int]) -> Tape:
    """`new`, with the leaves and ends of `tape` at the rows they moved to."""
    new.inputs = [where[i] for i in tape.inputs]
    new.parameters = [where[i] for i in tape.parameters]
    new.outputs = [where[i] for i in tape.outputs]
    for row, name in tape.names.items():
        if where[row] >= 0:
            new.names.setdefault(where[row], name)
    return new


def carries_lanes(tape: Tape) -> bytearray:
    """Which rows differ from example to example: the inputs, and all that depends on them. The others are scalars."""
    lanes = bytearray(len(tape))
    for row in tape.inputs:
        lanes[row] = 1
    for row, operands in enumerate(tape.operands):
        if not lanes[row]:
            lanes[row] = tape.operations[row] is SPREAD or any(map(lanes.__getitem__, operands))
    return lanes


def is_active(tape: Tape) -> bytearray:
    """Which rows depend on a parameter: the ones a gradient has to pass through."""
    active = bytearray(len(tape))
    for row in tape.parameters:
        active[row] = 1
    for row, operands in enumerate(tape.operands):
        if not active[row] and operands:
            gate = tape.operations[row]
            if isinstance(gate, Gate) and "0.0" in gate.derivatives:
                operands = tuple([operand for i, operand in enumerate(operands) if not gate.blocks(i)])
            active[row] = any(map(active.__getitem__, operands))
    return active


def depths(tape: Tape) -> list[int]:
    """How many gates stand between each row and the leaves: rows of one depth don't depend on each other."""
    depth = [0] * len(tape)
    for row, operands in enumerate(tape.operands):
        if operands:
            depth[row] = 1 + max(map(depth.__getitem__, operands))
    return depth


def record(
    outputs: Sequence[Value], inputs: Sequence[Value], known: Sequence[Value] | None = None
) -> tuple[Tape, list[Value]]:
    """The graph of `outputs` as a tape, and its parameters: the leaves that are neither inputs nor constants.

    known: parameters that come first, in this order, used or not; inputs may then be unused too. Raises ValueError for
    an input that is no leaf, is given twice, or that no output depends on.
    """
    order = topological_order(outputs if known is None else [*inputs, *known, *outputs])
    place = {node: i for i, node in enumerate(order)}
    _check_inputs(inputs, place)
    columns = set(inputs)
    tape = Tape()
    parameters: list[Value] = []
    for i, node in enumerate(order):
        if node.label:
            tape.names[i] = node.label
        if node.gate is not None:
            operands = tuple([place[parent] for parent in node.parents])
            tape.add(node.gate, operands)
            continue
        tape.add(None, ())
        if node in columns:
            continue
        if node.requires_grad:
            parameters.append(node)
            tape.parameters.append(i)
        else:
            tape.constants[i] = node._data
    tape.inputs = [place[node] for node in inputs]
    tape.outputs = [place[node] for node in outputs]
    return tape, parameters


def _check_inputs(inputs: Iterable[Value], place: dict[Value, int]) -> None:
    seen: dict[Value, int] = {}
    for i, node in enumerate(inputs):
        if not isinstance(node, Value):
            raise TypeError(
                f"the inputs of a program are Values, but input {i} is {node!r} of type {type(node).__name__}"
            )
        name = f"input {i}{f' ({node.label!r})' if node.label else ''}"
        if node.gate is not None:
            raise ValueError(
                f"{name} is the output of a {node.gate.name!r} gate; an input is a leaf: build the graph "
                "from Value(...)s and give those"
            )
        if node in seen:
            raise ValueError(f"{name} is given twice, first as input {seen[node]}; give each leaf once")
        if node not in place:
            raise ValueError(
                f"no output depends on {name}; leave it out of inputs, or check that the outputs were "
                "built from this very Value"
            )
        seen[node] = i
