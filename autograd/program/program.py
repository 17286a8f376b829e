"""Program: a graph recorded once and replayed for a whole batch."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from autograd.backprop import add_gradients
from autograd.comparison import COMPARED
from autograd.errors import RecordingError
from autograd.program import passes
from autograd.program.arguments import numbers_at, numbers_of, refuse_domain, refuse_nan, table_of
from autograd.program.executors import Executor, Pool, chosen
from autograd.program.listing import listing
from autograd.program.plan import Floats, Plan, planned
from autograd.program.source import source_of
from autograd.program.tape import PackedTape, Tape, record
from autograd.value import Value

if TYPE_CHECKING:
    from autograd.program.branching import BranchingProgram
    from autograd.program.slots import Slots

#: What is done to a tape before it is grouped into instructions, in order.
PASSES: tuple[Callable[[Tape], Tape], ...] = (
    passes.fold_constants,
    passes.simplify_powers,
    passes.merge_equal,
    passes.drop_dead,
    passes.fuse_sums,
)

#: So many numbers of lanes, values and gradients together, stay in the cache.
_NUMBERS_AT_ONCE = 1 << 17
#: A plan is kept if it has so many gates for each instruction, not counting the first few.
_WIDE, _SMALL = 20, 20_000


def compile(
    outputs: Value | Iterable[Value] | Callable[..., Any],
    inputs: Iterable[Any],
    *,
    executor: Executor | None = None,
) -> Program | BranchingProgram:
    """A function of `inputs` and of its parameters, recorded gate by gate, ready to run on batches.

    outputs: a function of Values, such as ``lambda x, y: ...``; or the graph itself, a Value or several, built once
    from the leaves in `inputs`.
    inputs: for a function one number for each of its arguments, an example to begin with; for a graph its leaves. Each
    becomes a column of the rows that the program takes. All other leaves are parameters, or constants if their
    `requires_grad` is False; a constant keeps the number it has now.
    executor: "numpy" or "numba" (the extra ``gatewise[jit]``); the default is numba where it is installed.

    A function may branch on its numbers: each way that rows take is recorded when the first row takes it. What
    can't be replayed is a `RecordingError` that names the line. A graph is recorded as it was built: comparing an input
    meanwhile is noticed, and refused; reading its `.data` is not, so that of such code give the function.

    Raises TypeError for outputs or inputs that are no Values, ValueError for an input that is no leaf, is given twice,
    or that no output depends on.
    """
    if callable(outputs) and not isinstance(outputs, Value):
        from autograd.program.branching import compile_function

        return compile_function(outputs, inputs, executor)
    single = isinstance(outputs, Value)
    ends: list[Value] = [outputs] if isinstance(outputs, Value) else _several(outputs)
    if isinstance(inputs, Value):
        raise TypeError(f"inputs is a list of Values, one for each column, but was given the one Value {inputs!r}")
    leaves = list(inputs)
    for i, leaf in enumerate(leaves):
        if isinstance(leaf, Value) and leaf.gate is None and getattr(leaf, "_db", None) is COMPARED:
            raise RecordingError(
                f"input {i}{f' ({leaf.label!r})' if leaf.label else ''} was compared or detached, and the graph may be "
                "another for other numbers: compile the function that builds it, compile(f, inputs=[1.0, ...]), which "
                "records every way it goes, or use where(condition, a, b) and stop_gradient. If it had nothing to do "
                "with the graph, build that of a leaf of its own"
            )
    return program_of(ends, leaves, None, single=single, executor=chosen(executor))


def program_of(
    ends: Sequence[Value], leaves: Sequence[Value], known: Sequence[Value] | None, *, single: bool, executor: Executor
) -> Program:
    """The program of a graph; `known` are parameters that it is to have in this order, whether it uses them or not."""
    tape, parameters = record(ends, leaves, known)
    counts = [("recorded", tape.gates)]
    for each in PASSES:
        tape = each(tape)
        counts.append((each.__name__, tape.gates))
    example = [x._data for x in leaves]
    return Program(tape, parameters, single=single, counts=counts, executor=executor, example=example)


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

    Every call raises TypeError or ValueError for rows of another type or width or with a NaN in them, and a
    `DomainError` if an output is not finite because a gate was given what it has no value for.
    """

    parameters: tuple[Value, ...]

    def __init__(
        self,
        tape: Tape,
        parameters: Sequence[Value],
        *,
        single: bool,
        counts: Sequence[tuple[str, int]],
        executor: Executor,
        example: Sequence[float],
    ) -> None:
        self.parameters = tuple(parameters)
        self._tape, self._single, self._counts, self._example = PackedTape(tape), single, tuple(counts), tuple(example)
        self._prepare(executor, planned(tape))

    def _prepare(self, executor: Executor, plan: Plan) -> None:
        self._inputs, self._outputs = plan.inputs, len(plan.outputs)
        # The instructions of a narrow graph are as many as its gates: kept, they would take most of the memory.
        self._plan = plan if len(plan.instructions) * _WIDE <= self._counts[0][1] + _SMALL else None
        self._pool = Pool(self._recipe, executor)
        self._slots: Slots | None = None
        self._at_once = max(64, _NUMBERS_AT_ONCE // (plan.lanes + 1))

    def _recipe(self) -> tuple[Tape, Plan]:
        tape = self._tape.unpacked()
        return tape, self._plan or planned(tape)

    @property
    def executor(self) -> Executor:
        """Who runs it: "numpy" or "numba"."""
        return self._pool.executor

    def forward(self, rows: ArrayLike, *, at: ArrayLike | None = None) -> Floats:
        """The outputs for each of the rows (batch, inputs): (batch,), or (batch, outputs) if compiled from a list.

        at: numbers to use for the parameters (parameters,), in their order, in place of their data.
        """
        table, numbers = table_of(rows, self._inputs), self._numbers(at)
        outputs = self.unchecked(table, numbers)
        if not np.isfinite(outputs).all():
            refuse_nan(table)
            refuse_domain(self._tape.unpacked(), table, outputs, numbers)
        return outputs[0] if self._single else outputs.T

    def unchecked(self, table: Floats, numbers: Floats) -> Floats:
        """The outputs (outputs, batch) of a table of floats, NaN and infinities as they come."""
        parts = [self._pool.forward(chunk, numbers) for chunk in self._chunks(table)]
        return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=1)

    def value_and_grad(self, rows: ArrayLike, *, at: ArrayLike | None = None) -> tuple[float, Floats]:
        """The output's mean over the rows, and ∂mean/∂parameters (parameters,) in the order of `parameters`.

        at: numbers to use for the parameters, as in `forward`. Raises ValueError if the program has several outputs,
        or if there are no rows.
        """
        if self._outputs != 1:
            raise ValueError(f"a gradient is of one output, but this program has {self._outputs}; compile "
                             "their sum, or each by itself")  # fmt: skip
        table, numbers = table_of(rows, self._inputs), self._numbers(at)
        batch = len(table)
        if not batch:
            raise ValueError("the mean over a batch needs at least one row, but rows has none")
        value, gradients = 0.0, None
        for chunk in self._chunks(table):
            part, slopes = self._pool.value_and_grad(chunk, numbers, 1.0 / batch)
            value += part
            gradients = slopes if gradients is None else gradients + slopes
        if not math.isfinite(value):
            self.forward(table, at=numbers)  # which explains
        assert gradients is not None
        return value, gradients

    def backward(self, rows: ArrayLike) -> float:
        """Add ∂mean/∂parameter into the `.grad` of each parameter; returns the mean. See `value_and_grad`."""
        value, gradients = self.value_and_grad(rows)
        add_gradients(self.parameters, gradients.tolist())
        return value

    def source(self) -> str:
        """The program as straight-line Python, forward and then backward, which imports only `math`.

        It defines ``value_and_grad(inputs, parameters) -> (value, gradients)`` for one row; of several outputs
        ``outputs(inputs, parameters) -> list``. Run as a script it prints its result at the recorded example and the
        parameters' present data.
        """
        return source_of(self._tape.unpacked(), inputs=self._example, parameters=[p.data for p in self.parameters])

    def draw(self, **options: Any) -> Any:
        """The program as a picture: its array instructions, or the graph before they were found; see `viz.draw`."""
        import viz

        return viz.draw(self, **options)

    def __repr__(self) -> str:
        """What each pass left of the graph, and the instructions."""
        inputs, parameters, outputs = self._inputs, len(self.parameters), self._outputs
        title = (
            f"Program of {inputs} input{'s' * (inputs != 1)} and {parameters:,} parameter{'s' * (parameters != 1)}, "
            f"{outputs} output{'s' * (outputs != 1)}, run by {self.executor}"
        )
        return listing(title, self._counts, self._recipe()[1].instructions)

    def _chunks(self, table: Floats) -> Sequence[Floats]:
        """The rows in pieces small enough that the lanes of all nodes stay in the cache."""
        size = self._at_once
        if len(table) <= size:
            return (table,)
        return [table[i : i + size] for i in range(0, len(table), size)]

    def _numbers(self, at: ArrayLike | None) -> Floats:
        """`at` as an array (parameters,), or the parameters' data."""
        if at is not None:
            return numbers_at(at, len(self.parameters))
        if self.executor == "numba":
            if self._slots is None:
                from autograd.program.slots import Slots

                self._slots = Slots(self.parameters)
            numbers = self._slots.read()
            if numbers is not None:
                return numbers
        return numbers_of(self.parameters)

    def __getstate__(self) -> tuple[object, ...]:
        return self.parameters, self._tape, self._single, self._counts, self._example, self.executor

    def __setstate__(self, state: tuple[object, ...]) -> None:
        self.parameters, self._tape, self._single, self._counts, self._example, executor = state  # type: ignore[assignment]
        self._prepare(chosen(None) if executor == "numba" else "numpy", planned(self._tape.unpacked()))
