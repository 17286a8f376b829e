"""Program: a graph recorded once and replayed for a whole batch."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from autograd.program import passes
from autograd.program.numpy_executor import BoundToNumpy
from autograd.program.plan import Floats, Plan, planned
from autograd.program.tape import Tape, record
from autograd.value import Value

if TYPE_CHECKING:
    from autograd.program.slots import Slots


class Bound(Protocol):
    """A plan with memory for one batch size, ready to run."""

    def run(self, rows: Floats, parameters: Floats, seed: float | None) -> tuple[Floats, Floats | None]:
        """The outputs (outputs, batch) and, given a seed, ∂(Σ output × seed)/∂parameters; both fresh arrays."""


Executor: TypeAlias = Literal["numpy", "numba"]

#: What is done to a tape before it is grouped into instructions, in order.
PASSES: tuple[Callable[[Tape], Tape], ...] = (
    passes.fold_constants,
    passes.simplify_powers,
    passes.merge_equal,
    passes.drop_dead,
    passes.fuse_sums,
)

_LANES_AT_ONCE = 1 << 16
_SIZES_KEPT = 8


def compile(outputs: Value | Iterable[Value], inputs: Iterable[Value], *, executor: Executor | None = None) -> Program:
    """The graph of `outputs`, recorded as a function of `inputs` and of its parameters, ready to run on batches.

    outputs: a Value, or several, built once from the leaves in `inputs`, which stand for one example.
    inputs: leaves; each becomes a column of the rows that the program takes. All other leaves are parameters, or
    constants if their `requires_grad` is False; a constant keeps the number it has now.
    executor: "numpy" or "numba" (the extra ``gatewise[jit]``); the default is numba where it is installed.

    Raises TypeError for outputs or inputs that are no Values, ValueError for an input that is no leaf, is given twice,
    or that no output depends on. A graph whose shape depended on the data (an ``if`` on a Value) is recorded as it was
    built; `autograd.watch_comparisons` tells whether that happened.
    """
    single = isinstance(outputs, Value)
    ends: list[Value] = [outputs] if isinstance(outputs, Value) else _several(outputs)
    if isinstance(inputs, Value):
        raise TypeError(f"inputs is a list of Values, one for each column, but was given the one Value {inputs!r}")
    tape, parameters = record(ends, list(inputs))
    counts = [("recorded", tape.gates)]
    for each in PASSES:
        tape = each(tape)
        counts.append((each.__name__, tape.gates))
    return Program(tape, parameters, single=single, counts=counts, executor=_chosen(executor))


def _chosen(executor: Executor | None) -> Executor:
    installed = find_spec("numba") is not None
    if executor is None:
        return "numba" if installed else "numpy"
    if executor not in ("numpy", "numba"):
        raise ValueError(f"an executor is 'numpy' or 'numba', but was given {executor!r}")
    if executor == "numba" and not installed:
        raise ModuleNotFoundError("the numba executor needs numba: pip install 'gatewise[jit]', or leave executor out")
    return executor


def _several(outputs: object) -> list[Value]:
    if not isinstance(outputs, Iterable) or isinstance(outputs, str | bytes):
        raise TypeError(f"a program computes a Value or a list of Values, but was given {outputs!r} of type "
                        f"{type(outputs).__name__}")  # fmt: skip
    ends = list(outputs)
    for i, output in enumerate(ends):
        if not isinstance(output, Value):
            raise TypeError(f"the outputs of a program are Values, but output {i} is {output!r} of type "
                            f"{type(output).__name__}; the graph must be built from Values all the way")  # fmt: skip
    if not ends:
        raise ValueError("a program needs at least one output, but the list of outputs is empty")
    return ends


class Program:
    """A recorded graph, replayed for many rows at once; made by `autograd.compile`.

    parameters: the leaves that are neither inputs nor constants, in the order in which a depth-first walk from the
    outputs, first operand first, meets them. Their `.data` is read afresh at every call.

    Rows are arrays of real numbers (batch, inputs). A program pickles, together with its parameters, and may be called
    from several threads at once: each call works in memory of its own.
    """

    parameters: tuple[Value, ...]

    def __init__(
        self,
        tape: Tape,
        parameters: Sequence[Value],
        *,
        single: bool,
        counts: Sequence[tuple[str, int]] = (),
        executor: Executor = "numpy",
    ) -> None:
        self.executor: Executor = executor
        self.parameters = tuple(parameters)
        self._tape, self._single, self._counts = tape, single, tuple(counts)
        self._plan: Plan = planned(tape)
        self._free: dict[int, list[Bound]] = {}
        self._slots: Slots | None = None

    def forward(self, rows: ArrayLike, *, at: ArrayLike | None = None) -> Floats:
        """The outputs for each of the rows (batch, inputs): (batch,), or (batch, outputs) if compiled from a list."""
        table = self._table(rows)
        numbers = self._numbers(at)
        parts = [self._run(chunk, numbers, None)[0] for chunk in self._chunks(table)]
        outputs = parts[0] if len(parts) == 1 else np.concatenate(parts, axis=1)
        return outputs[0] if self._single else outputs.T

    def value_and_grad(self, rows: ArrayLike, *, at: ArrayLike | None = None) -> tuple[float, Floats]:
        """The output's mean over the rows, and ∂mean/∂parameters (parameters,) in the order of `parameters`.

        Raises ValueError if the program has several outputs, or if there are no rows.
        """
        if len(self._plan.outputs) != 1:
            raise ValueError(f"a gradient is of one output, but this program has {len(self._plan.outputs)}; compile "
                             "their sum, or each by itself")  # fmt: skip
        table = self._table(rows)
        if not len(table):
            raise ValueError("the mean over a batch needs at least one row, but rows has none")
        numbers = self._numbers(at)
        seed = 1.0 / len(table)
        parts = [self._run(chunk, numbers, seed) for chunk in self._chunks(table)]
        total = sum([float(outputs.sum()) for outputs, _ in parts])
        gradients = [part for _, part in parts if part is not None]
        return total * seed, gradients[0] if len(gradients) == 1 else np.sum(gradients, axis=0)

    def backward(self, rows: ArrayLike) -> float:
        """Add ∂mean/∂parameter into the `.grad` of each parameter; returns the mean. See `value_and_grad`."""
        value, gradients = self.value_and_grad(rows)
        for parameter, gradient in zip(self.parameters, gradients.tolist(), strict=True):
            parameter.grad += gradient
        return value

    def _run(self, rows: Floats, numbers: Floats, seed: float | None) -> tuple[Floats, Floats | None]:
        """One chunk, in memory that no other call uses meanwhile."""
        batch = len(rows)
        free = self._free.setdefault(batch, [])
        try:
            bound = free.pop()
        except IndexError:
            bound = self._bound(batch)
        result = bound.run(rows, numbers, seed)
        free.append(bound)
        if len(self._free) > _SIZES_KEPT:
            self._free.pop(next(iter(self._free)), None)
        return result

    def _bound(self, batch: int) -> Bound:
        if self.executor == "numba":
            from autograd.program.numba_executor import BoundToNumba, CannotCompileError

            try:
                return BoundToNumba(self._plan, batch)
            except CannotCompileError:
                self.executor = "numpy"  # a gate of the user's, in words that numba doesn't know
        return BoundToNumpy(self._plan, batch)

    def __getstate__(self) -> dict[str, object]:
        return {**self.__dict__, "_free": {}, "_slots": None}

    def _chunks(self, table: Floats) -> Iterable[Floats]:
        """The rows in pieces small enough that the lanes of all nodes stay in the cache."""
        size = max(64, _LANES_AT_ONCE // max(1, self._plan.lanes))
        if len(table) <= 2 * size:
            return (table,)
        return [table[i : i + size] for i in range(0, len(table), size)]

    def _numbers(self, at: ArrayLike | None) -> Floats:
        """`at` as an array (parameters,), or the parameters' data."""
        if at is not None:
            given = np.asarray(at, dtype=np.float64)
            if given.shape != (len(self.parameters),):
                raise ValueError(f"at holds one number for each of the {len(self.parameters)} parameters, but was given "
                                 f"shape {given.shape}")  # fmt: skip
            return np.ascontiguousarray(given)
        if self.executor == "numba":
            if self._slots is None:
                from autograd.program.slots import Slots

                self._slots = Slots(self.parameters)
            read = self._slots.read()
            if read is not None:
                return read
        data = [parameter.data for parameter in self.parameters]
        try:
            return np.frombuffer(struct.pack(f"{len(data)}d", *data))
        except struct.error:
            i, x = next((i, x) for i, x in enumerate(data) if not isinstance(x, int | float))
            label = self.parameters[i].label
            name = f"parameter {i}{f' ({label!r})' if label else ''}"
            raise TypeError(f"the .data of {name} is {x!r}; it must be a number") from None

    def _table(self, rows: ArrayLike) -> Floats:
        """`rows` as an array of floats (batch, inputs), or an error that says what is wrong with them."""
        width = self._plan.inputs
        try:
            table = np.asarray(rows)
        except ValueError:
            raise ValueError(f"rows must all be {width} numbers wide, but they differ in length") from None
        if table.dtype.kind not in "fiub" and table.size:
            raise TypeError(f"rows are real numbers (batch, {width}), but were given with dtype {table.dtype}"
                            f"{'; take the .data of Values' if table.dtype == object else ''}")  # fmt: skip
        if table.ndim != 2 or table.shape[1] != width:
            hint = f"; one row alone is [[...]], shape (1, {width})" if table.ndim == 1 else ""
            raise ValueError(f"rows have shape (batch, {width}), one column for each input, but were given shape "
                             f"{table.shape}{hint}")  # fmt: skip
        table = table.astype(np.float64, copy=False)
        if np.isnan(table.min(initial=0.0)):
            row, column = np.argwhere(np.isnan(table))[0]
            raise ValueError(f"rows[{row}, {column}] is NaN; leave such rows out, or put a number in its place")
        return table
