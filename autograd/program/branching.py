"""A function of Values as a program, although it branches on its numbers: one program for each way through it.

A way is recorded with the first row that takes it (see `autograd.tracing`): its graph, and the decisions that led
there. Given a batch, the numbers that the first way's decisions look at are computed for all rows; rows that decide
alike go that way, others turn off where they first decide otherwise, into the way that turns off there, and so on. So
the ways are a tree, each a branch of an earlier one. Each program runs on its rows; results come in their order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from threading import RLock
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from autograd import tracing
from autograd.backprop import add_gradients
from autograd.errors import RecordingError
from autograd.evaluate import number
from autograd.functions import dot
from autograd.gates import GATES
from autograd.mode import changed
from autograd.program.arguments import numbers_at, numbers_of, refuse_domain, refuse_nan, table_of
from autograd.program.executors import Executor, chosen
from autograd.program.plan import Floats, Indices
from autograd.program.program import Program, program_of
from autograd.program.questions import COMPARISONS, Question, answer_of, rounded_of, switches_of
from autograd.tracing import Trace
from autograd.value import Value, apply, as_value

#: More ways than this are refused.
MOST = 64


def _told(trace: Trace) -> list[Value]:
    """The outputs, NaN where any gate before them has no value, even if a later one would hide that (tanh of 1 / 0)."""
    if not trace.partial:
        return trace.outputs
    nothing = apply(GATES["stop_gradient"], (dot([0.0] * len(trace.partial), trace.partial),))
    return [y + nothing for y in trace.outputs]


class _Way:
    """One way through the function: its program, and what it asked to come here."""

    def __init__(self, trace: Trace, parameters: Sequence[Value], executor: Executor) -> None:
        outputs = _told(trace)
        self.program = program_of(outputs, trace.inputs, parameters, single=trace.single, executor=executor)
        inputs = {node: i for i, node in enumerate(trace.inputs)}
        known = {node: i for i, node in enumerate(parameters)}
        computed: dict[Value, int] = {}

        def source(node: Value | float) -> tuple[str, Any]:
            if not isinstance(node, Value):
                return "constant", node
            if node in inputs:
                return "input", inputs[node]
            if node in known:
                return "parameter", known[node]
            if node.gate is None:
                return "constant", node._data
            return "computed", computed.setdefault(node, len(computed))

        rounded = rounded_of(node for d in trace.decisions for node in d.nodes)
        self.questions = []
        for d in trace.decisions:
            switches = switches_of(d.nodes, rounded) if d.function in COMPARISONS else ()
            sources = tuple([source(node) for node in (*d.nodes, *switches)])
            unlike = tuple([i for i, node in enumerate(d.nodes) if node in rounded])
            self.questions.append(Question(d.name, d.place, answer_of(d.outcome), d.function, sources, unlike))
        self.numbers = (
            program_of(list(computed), trace.inputs, parameters, single=False, executor=executor) if computed else None
        )

    def judge(self, rows: Floats, at: Floats, first: int) -> tuple[Indices, list[tuple[int, object, Indices]], Indices]:
        """Of the rows: those that come this way; where others turn off, deciding how; those too close to tell.

        first: the first question that they were not asked yet.
        """
        asked = self.questions[first:]
        computed: Any = ()
        if self.numbers is not None and any(kind == "computed" for q in asked for kind, _ in q.sources):
            computed = self.numbers.unchecked(rows, at[: len(self.numbers.parameters)])
        here, turned, unsure = np.arange(len(rows)), [], []
        for j, question in enumerate(asked, first):
            if not len(here):
                break
            columns = []
            for kind, which in question.sources:
                column = (rows[here, which] if kind == "input" else computed[which][here] if kind == "computed"
                          else at[which] if kind == "parameter" else which)  # fmt: skip
                columns.append(column)
            answers, close = question.ask(columns, len(here))
            if close.any():
                unsure.append(here[close])
                here, answers = here[~close], answers[~close]
            same = answers == question.answer
            if not same.all():
                for answer in dict.fromkeys(answers[~same].tolist()):
                    turned.append((j, answer, here[~same & (answers == answer)]))
                here = here[same]
        return here, turned, np.concatenate(unsure) if unsure else here[:0]


class BranchingProgram:
    """A function with branches, replayed for many rows at once; made by `autograd.compile` of a function.

    It is called as a `Program` is. parameters: those of the ways found so far; new ones come at the end.
    """

    def __init__(
        self,
        function: Callable[[list[Value]], Any],
        first: Trace,
        parameters: Sequence[Value],
        executor: Executor,
    ) -> None:
        self.parameters = tuple(parameters)
        self.executor: Executor = executor
        self._function, self._leaves = function, first.watched
        self._labels = [x.label for x in first.inputs]
        self._single, self._outputs = first.single, len(first.outputs)
        self._ways: list[_Way] = [_Way(first, self.parameters, executor)]
        self._turns: dict[tuple[int, int, object], int] = {}
        self._lock = RLock()
        self._fixed = False

    @property
    def ways(self) -> int:
        """How many ways through the function were found."""
        return len(self._ways)

    def forward(self, rows: ArrayLike, *, at: ArrayLike | None = None) -> Floats:
        """The outputs for each of the rows (batch, inputs): (batch,), or (batch, outputs). See `Program.forward`."""
        table, numbers = table_of(rows, len(self._labels)), self._numbers(at)
        parts, numbers = self.parts(table, numbers)
        outputs = np.empty((self._outputs, len(table)))
        for program, which in _pieces(parts):
            outputs[:, which] = program.unchecked(table[which], numbers[: len(program.parameters)])
        if not np.isfinite(outputs).all():
            for program, which in parts:
                refuse_domain(program._tape.unpacked(), table, outputs, numbers[: len(program.parameters)], which)
        return outputs[0] if self._single else outputs.T

    def value_and_grad(self, rows: ArrayLike, *, at: ArrayLike | None = None) -> tuple[float, Floats]:
        """The output's mean over the rows, and ∂mean/∂parameters (parameters,). See `Program.value_and_grad`."""
        table, numbers = table_of(rows, len(self._labels)), self._numbers(at)
        parts, numbers = self.parts(table, numbers)
        if len(parts) == 1 and len(self.parameters) == len(parts[0][0].parameters):
            return parts[0][0].value_and_grad(table, at=numbers)
        value, gradient = 0.0, np.zeros(len(numbers))
        for program, which in _pieces(parts):
            count = len(program.parameters)
            part, slopes = program.value_and_grad(table[which], at=numbers[:count])
            value += part * (len(which) / len(table))
            gradient[:count] += slopes * (len(which) / len(table))
        return value, gradient

    def backward(self, rows: ArrayLike) -> float:
        """Add ∂mean/∂parameter into the `.grad` of each parameter; returns the mean."""
        value, gradients = self.value_and_grad(rows)
        add_gradients(self.parameters, gradients.tolist())
        return value

    def find_ways(self, rows: Floats) -> None:
        """Record every way that these rows take at the parameters as they are."""
        self.parts(table_of(rows, len(self._labels)), self._numbers(None))

    @property
    def told(self) -> str:
        """What the function decides by, and where."""
        asked = {f"{q.name} at {q.place}" for way in self._ways for q in way.questions}
        return f"it decides by {', '.join(sorted(asked))}"

    def __reduce__(self) -> tuple[Any, ...]:
        raise TypeError("a program with branches calls its function when a row goes a new way, so it is not pickled: "
                        "compile the function where it is needed")  # fmt: skip

    def __repr__(self) -> str:
        return f"BranchingProgram of {self.ways} ways; {self.told}\n{self._ways[0].program!r}"

    def parts(self, table: Floats, numbers: Floats) -> tuple[list[tuple[Program, Indices]], Floats]:
        """Each program that rows take and which rows, in their order; and the parameters' numbers, with new ones."""
        refuse_nan(table)
        found: dict[int, list[Indices]] = {}
        todo = [(0, 0, np.arange(len(table)))]
        while todo:
            i, first, which = todo.pop()
            if not len(which):
                continue
            here, turned, unsure = self._ways[i].judge(table[which], numbers, first)
            found.setdefault(i, []).append(which[here])
            for row in which[unsure].tolist():
                way, numbers = self._take(table[row], numbers, quick=True)
                found.setdefault(way, []).append(np.array([row]))
            self._too_many(i, turned)
            for j, answer, those in turned:
                those = which[those]
                if (i, j, answer) not in self._turns:  # the first of them shows the way
                    way, numbers = self._take(table[those[0]], numbers)
                    found.setdefault(way, []).append(those[:1])
                    those = those[1:]
                turn = self._turns.get((i, j, answer))
                todo.append((i, j, those) if turn is None else (turn, j + 1, those))
        self._fixed = True
        merged = {i: np.sort(np.concatenate(pieces)) for i, pieces in sorted(found.items())}
        return [(self._ways[i].program, which) for i, which in merged.items() if len(which)], numbers

    def _too_many(self, way: int, turned: list[tuple[int, object, Indices]]) -> None:
        new = [(j, answer) for j, answer, _ in turned if (way, j, answer) not in self._turns]
        if len(self._ways) + len(new) > MOST:
            most = self._ways[way].questions[max(new)[0] if new else 0]
            raise RecordingError(
                f"{most.place} looks at a number ({most.name}) in so many ways that the graph is another for almost "
                f"every row: more than {MOST} so far. Compute with the Values themselves, by gates and "
                "where(condition, a, b)"
            )

    def _take(self, row: Floats, numbers: Floats, *, quick: bool = False) -> tuple[int, Floats]:
        """The way that a row takes, by calling the function with it; a new one is recorded.

        quick: it will be a known one, so whether the function changes what it keeps is only looked at if it is not.
        """
        with self._lock, _set(self.parameters, numbers):
            if quick:
                trace, found = _attempt(self._function, row.tolist(), self._labels, self._leaves), self.parameters
            else:
                trace, found = recorded(self._function, row.tolist(), self._labels, self.parameters)
            if self._fixed and len(found) > len(self.parameters):
                raise RecordingError("a row goes a way that needs parameters which no row needed before, and those of "
                                     "the program are fixed: let its first call see rows of every kind")  # fmt: skip
            self.parameters = found
            numbers = np.concatenate([numbers, [p._data for p in found[len(numbers) :]]])
            if (trace.single, len(trace.outputs)) != (self._single, self._outputs):
                raise RecordingError(f"the function gives {len(trace.outputs)} outputs for some rows, and "
                                     f"{self._outputs} for others")  # fmt: skip
            asked = [(d.name, d.place, answer_of(d.outcome)) for d in trace.decisions]
            i = j = 0
            while True:
                known = self._ways[i].questions
                while j < min(len(known), len(asked)) and asked[j] == known[j][:3]:
                    j += 1
                if j == len(known) == len(asked):
                    return i, numbers
                if j in (len(known), len(asked)) or asked[j][:2] != known[j][:2]:
                    raise RecordingError("called again for rows that decide alike, the function went another way: it "
                                         "depends on something else than its inputs")  # fmt: skip
                turn = (i, j, asked[j][2])
                if turn not in self._turns and quick:
                    return self._take(row, numbers)
                if turn not in self._turns:
                    self._ways.append(_Way(trace, self.parameters, self.executor))
                    self._turns[turn] = len(self._ways) - 1
                    return len(self._ways) - 1, numbers
                i = self._turns[turn]

    def _numbers(self, at: ArrayLike | None) -> Floats:
        return numbers_of(self.parameters) if at is None else numbers_at(at, len(self.parameters))


def _pieces(parts: list[tuple[Program, Indices]]) -> Iterator[tuple[Program, Indices]]:
    """The parts in pieces of 1, 2, 4, ... rows: a program is bound to a size once, and the parts have every size."""
    for program, which in parts:
        start = 0
        while start < len(which):
            size = 1 << (len(which) - start).bit_length() - 1
            yield program, which[start : start + size]
            start += size


@contextmanager
def _set(parameters: Sequence[Value], numbers: Floats) -> Iterator[None]:
    """The parameters have these numbers inside."""
    before = [p._data for p in parameters]
    for p, x in zip(parameters, numbers.tolist(), strict=True):
        p._data = x
    try:
        yield
    finally:
        for p, data in zip(parameters, before, strict=True):
            p._data = data


def recorded(
    function: Callable[[list[Value]], Any], row: Sequence[float], labels: Sequence[str], parameters: Sequence[Value]
) -> tuple[Trace, tuple[Value, ...]]:
    """One recording, and the parameters, with those at the end that it met besides the known ones.

    A function that makes leaves of its own, or changes what it keeps, is recorded again: it may do so once, the first
    time. Leaves that it makes anew each time are constants.
    """
    before = tracing.reach_of(function)
    trace = _attempt(function, row, labels, before.leaves)
    after = tracing.reach_of(function)
    if trace.own or before.state != after.state:
        trace = _attempt(function, row, labels, after.leaves)
        if tracing.reach_of(function).state != after.state:
            raise RecordingError("it changes what it keeps from one row to the next (an attribute, a list, a counter, "
                                 "a random generator), and a replay would do so once")  # fmt: skip
        for leaf in trace.own:
            leaf.requires_grad = False
    _compare(trace, function, row, labels)
    known = set(parameters)
    return trace, (*parameters, *[p for p in trace.parameters if p not in known])


def _attempt(
    function: Callable[[list[Value]], Any], row: Sequence[float], labels: Sequence[str], watched: frozenset[Value]
) -> Trace:
    try:
        return tracing.record(function, row, labels, watched)
    except RecordingError:
        raise
    except Exception as error:
        _computed(function, row, labels)
        raise RecordingError(f"recording it ends in {type(error).__name__} ({error}), but computing it does "
                             "not") from error  # fmt: skip


def _computed(function: Callable[[list[Value]], Any], row: Sequence[float], labels: Sequence[str]) -> Any:
    with changed(record=True):
        return function([Value(x, label, requires_grad=False) for x, label in zip(row, labels, strict=True)])


def _compare(trace: Trace, function: Callable[[list[Value]], Any], row: Sequence[float], labels: Sequence[str]) -> None:
    """RecordingError if the function gives other numbers, to the last bit, when it is not recorded."""
    result = _computed(function, row, labels)
    for y, anew in zip(trace.outputs, [result] if trace.single else result, strict=True):
        a, b = y._data, as_value(anew)._data
        if answer_of(a) != answer_of(b):
            raise RecordingError(f"recorded it gives {a!r}, but computed anew {b!r}: it depends on chance, or on what "
                                 "kind of number it is given")  # fmt: skip


def program_for(
    function: Callable[[list[Value]], Any],
    row: Sequence[float],
    labels: Sequence[str],
    *,
    parameters: Sequence[Value] = (),
    executor: Executor | None = None,
) -> Program | BranchingProgram:
    """What replays `function`, recorded with `row`; a plain `Program` if it decides nothing.

    labels: of the inputs. parameters: come first among the program's, in this order, used or not. Raises
    RecordingError, and what the function raises.
    """
    trace, found = recorded(function, row, labels, parameters)
    if trace.decisions:
        return BranchingProgram(function, trace, found, chosen(executor))
    outputs = _told(trace)
    return program_of(outputs, trace.inputs, found, single=trace.single, executor=chosen(executor))


def compile_function(
    function: Callable[..., Any], inputs: Iterable[float], executor: Executor | None
) -> Program | BranchingProgram:
    """`autograd.compile` of a function."""
    example = [number(x) for x in inputs]
    if None in example:
        raise TypeError("the inputs of a function are numbers to begin with, one for each argument, such as [1.0, 2.0]")
    labels = [f"x{i}" for i in range(len(example))]
    return program_for(lambda xs: function(*xs), example, labels, executor=executor)  # type: ignore[arg-type]
