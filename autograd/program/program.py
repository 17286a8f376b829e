"""Program: a graph recorded once and replayed for a whole batch."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from autograd.backprop import add_gradients
from autograd.gates import Gate
from autograd.node import freezes
from autograd.program.arguments import numbers_at, numbers_of, refuse_nan, table_of
from autograd.program.branches.runner import Runner, simplified
from autograd.program.domains import not_finite, refuse_domain, watched
from autograd.program.executors.executor import Executor, chosen
from autograd.program.listing import listing
from autograd.program.plan import Floats, Indices, Plan
from autograd.program.source import source_of
from autograd.program.tape import PackedTape, Tape, record
from autograd.properties import is_partial
from autograd.value import Value

if TYPE_CHECKING:
    from autograd.program.jit.slots import Slots

#: Of rows whose outputs are visibly not finite, so many are computed again to find the error behind it.
_MOST_EXPLAINED = 100


class Program:
    """A recorded graph, replayed for many rows at once; made by `autograd.compile`.

    parameters: the leaves that are neither inputs nor constants, in the order in which a depth-first walk from the
    outputs, first operand first, meets them. Their `.data` is read afresh at every call.

    Rows are arrays of real numbers (batch, inputs). A program pickles, together with its parameters, and may be called
    from several threads at once: each call works in memory of its own.

    Every call raises TypeError or ValueError for rows of another type or width or with a NaN in them, and a
    `DomainError` if an output is not finite because a gate was given what it has no value for.

    >>> from autograd import Value, compile
    >>> x, w = Value(1.0, "x"), Value(3.0, "w")
    >>> program = compile(w * x**2, inputs=[x], executor="numpy")
    >>> program.forward([[1.0], [2.0]])
    array([ 3., 12.])
    >>> value, gradient = program.value_and_grad([[1.0], [2.0]])
    >>> value, gradient
    (7.5, array([2.5]))
    """

    parameters: tuple[Value, ...]

    def __init__(
        self, tape: Tape, parameters: Sequence[Value], *, single: bool, executor: Executor, example: Sequence[float]
    ) -> None:
        self.parameters, self._single, self._example = tuple(parameters), single, tuple(example)
        self._prepare(tape, executor)

    def _prepare(self, tape: Tape, executor: Executor) -> None:
        simple, self._counts = simplified(tape)
        self._plain = Runner(simple, executor, tape.gates)
        #: The graph as it was recorded, where it has gates that may have no value.
        self._recorded = (
            PackedTape(tape) if any(is_partial(o) for o in tape.operations if isinstance(o, Gate)) else None
        )
        with_witness = watched(tape)
        #: What is run: the plain tape, or one that tells of domain errors which the outputs hide.
        self._watching = (
            self._plain if with_witness is None else Runner(simplified(with_witness)[0], executor, with_witness.gates)
        )
        self._inputs, self._outputs = self._plain.inputs, self._plain.outputs
        self._slots: Slots | None = None
        self._frozen: Indices = np.arange(0)
        self._freezes_seen = -1

    @property
    def tape(self) -> Tape:
        """The graph after all passes, row by row: a copy, made anew each time.

        >>> from autograd import Value, compile
        >>> x, y = Value(1.0), Value(2.0)
        >>> compile(x * y + 1, [x, y]).tape.operations[-1]
        Dot(pairs=1, plus=1)
        """
        return self._plain.tape()

    @property
    def plan(self) -> Plan:
        """The array instructions that the tape was grouped into, and where each number lies in memory.

        >>> from autograd import Value, compile, dot
        >>> xs = [Value(1.0) for _ in range(3)]
        >>> layer = [dot([Value(0.5) for _ in xs], xs) for _ in range(4)]
        >>> (product,) = compile(layer, xs).plan.instructions
        >>> product.rows, product.inner
        (4, 3)
        """
        return self._plain.recipe()[1]

    @property
    def executor(self) -> Executor:
        """Who ran the latest call: "numba", "numpy" or "python". Before the first call, who was chosen.

        "python" is plain floats, line by line; it takes less time than NumPy for few rows of a narrow graph.

        >>> from autograd import Value, compile
        >>> x = Value(1.0)
        >>> compile(x * 2, [x], executor="numpy").executor
        'numpy'
        """
        return self._watching.pool.ran

    def forward(self, rows: ArrayLike, *, at: ArrayLike | None = None) -> Floats:
        """The outputs for each of the rows (batch, inputs): (batch,), or (batch, outputs) if compiled from a list.

        at: numbers to use for the parameters (parameters,), in their order, in place of their data.

        >>> from autograd import Value, compile
        >>> x, w = Value(1.0), Value(3.0)
        >>> program = compile(w * x, [x])
        >>> program.forward([[1.0], [2.0]]), program.forward([[2.0]], at=[10.0])
        (array([3., 6.]), array([20.]))
        """
        outputs = self.outputs(table_of(rows, self._inputs), self._numbers(at))
        return outputs[0] if self._single else outputs.T

    def outputs(self, table: Floats, numbers: Floats, names: Indices | None = None) -> Floats:
        """The outputs (outputs, batch) of a table of floats, at these numbers for the parameters.

        names: what errors call the rows, if not 0, 1, 2, ...
        """
        outputs, suspects = self.unchecked(table, numbers)
        if len(suspects):
            refuse_nan(table)
            hidden = self._watching is not self._plain
            if self._recorded is not None:
                some = suspects if hidden else suspects[:_MOST_EXPLAINED]
                refuse_domain(self._recorded.unpacked(), table, numbers, some, names)
            if hidden:
                return self._plain.forward(table, numbers)
        return outputs

    def unchecked(self, table: Floats, numbers: Floats) -> tuple[Floats, Indices]:
        """The outputs (outputs, batch), and the rows in which a gate may have no value; don't use the outputs of these.

        Unlike `outputs` this raises no error for them.
        """
        outputs = self._watching.forward(table, numbers)
        return outputs[: self._outputs], not_finite(outputs)

    def value_and_grad(self, rows: ArrayLike, *, at: ArrayLike | None = None) -> tuple[float, Floats]:
        """The output's mean over the rows, and ∂mean/∂parameters (parameters,) in the order of `parameters`.

        The gradient by a parameter that is frozen (`requires_grad` False) now is 0. at: numbers to use for the
        parameters, as in `forward`. Raises ValueError if the program has several outputs, or if there are no rows.

        >>> from autograd import Value, compile
        >>> x, w = Value(1.0), Value(3.0)
        >>> compile(w * x, [x]).value_and_grad([[1.0], [2.0]])
        (4.5, array([1.5]))
        """
        return self.mean_and_grad(table_of(rows, self._inputs), self._numbers(at))

    def mean_and_grad(self, table: Floats, numbers: Floats, names: Indices | None = None) -> tuple[float, Floats]:
        """`value_and_grad` of a table of floats at these numbers of the parameters; `names` as in `outputs`."""
        if self._outputs != 1:
            raise ValueError(
                f"a gradient is of one output, but this program has {self._outputs}; compile "
                "their sum, or each by itself"
            )
        if not len(table):
            raise ValueError("the mean over a batch needs at least one row, but rows has none")
        value, gradient = self._watching.value_and_grad(table, numbers)
        if not math.isfinite(value):
            self.outputs(table, numbers, names)  # raises the error, if this is one
            if self._watching is not self._plain:
                value, gradient = self._plain.value_and_grad(table, numbers)
        if len(self._frozen_now()):
            gradient[self._frozen] = 0.0
        return value, gradient

    def _frozen_now(self) -> Indices:
        """The places of the parameters that are frozen. Looked up anew only if some Value was frozen or freed since."""
        if self._freezes_seen != freezes.count:
            self._freezes_seen = freezes.count
            self._frozen = np.flatnonzero([not p.requires_grad for p in self.parameters])
        return self._frozen

    def backward(self, rows: ArrayLike) -> float:
        """Add ∂mean/∂parameter into the `.grad` of each parameter that is not frozen; returns the mean.

        >>> from autograd import Value, compile
        >>> x, w = Value(1.0), Value(3.0)
        >>> compile(w * x, [x]).backward([[1.0], [2.0]]), w.grad
        (4.5, 1.5)
        """
        value, gradients = self.value_and_grad(rows)
        free = [(p, g) for p, g in zip(self.parameters, gradients.tolist(), strict=True) if p.requires_grad]
        add_gradients([p for p, _ in free], [g for _, g in free])
        return value

    def source(self) -> str:
        """The program as straight-line Python, forward and then backward, which imports only `math`.

        It defines ``value_and_grad(inputs, parameters) -> (value, gradients)`` for one row; of several outputs
        ``outputs(inputs, parameters) -> list``. Run as a script it prints its result at the recorded example and the
        parameters' present data.

        >>> from autograd import Value, compile
        >>> x, w = Value(2.0, "x"), Value(3.0, "w")
        >>> namespace = {}
        >>> exec(compile(w * x, [x]).source(), namespace)
        >>> namespace["value_and_grad"]([2.0], [3.0])
        (6.0, [2.0])
        """
        return source_of(self.tape, inputs=self._example, parameters=[p.data for p in self.parameters])

    def __repr__(self) -> str:
        """What each pass left of the graph, and the instructions."""
        inputs, parameters, outputs = self._inputs, len(self.parameters), self._outputs
        title = (
            f"Program of {inputs} input{'s' * (inputs != 1)} and {parameters:,} parameter{'s' * (parameters != 1)}, "
            f"{outputs} output{'s' * (outputs != 1)}, run by {self.executor}"
        )
        return listing(title, self._counts, self.plan.instructions)

    def _numbers(self, at: ArrayLike | None) -> Floats:
        """`at` as an array (parameters,), or the parameters' data."""
        if at is not None:
            return numbers_at(at, len(self.parameters))
        if self._plain.pool.executor == "numba":
            if self._slots is None:
                from autograd.program.jit.slots import Slots

                self._slots = Slots(self.parameters)
            numbers = self._slots.read()
            if numbers is not None:
                return numbers
        return numbers_of(self.parameters)

    def __getstate__(self) -> tuple[object, ...]:
        recorded = self._recorded or PackedTape(self.tape)
        return self.parameters, recorded, self._single, self._counts, self._example, self._plain.pool.executor

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        self.parameters, recorded, self._single, counts, self._example, executor = state
        self._prepare(recorded.unpacked(), chosen(None) if executor == "numba" else executor)
        self._counts = counts


def program_of(
    ends: Sequence[Value],
    leaves: Sequence[Value],
    known: Sequence[Value] | None,
    *,
    single: bool,
    executor: Executor,
    partial: Sequence[Value] = (),
) -> Program:
    """The program of a graph.

    known: parameters that it is to have in this order, whether it uses them or not. partial: gates that are computed
    beside the outputs, only to raise an error where they have no value.
    """
    tape, parameters = record([*ends, *partial], leaves, known)
    del tape.outputs[len(ends) :]
    return Program(tape, parameters, single=single, executor=executor, example=[x._data for x in leaves])
