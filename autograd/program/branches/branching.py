"""A function of Values as a program, although it branches on its numbers: one program for each path through it.

A path is recorded with the first row that takes it (see `autograd.tracing`): its graph, and the decisions that led
there. Given a batch, the first path's decisions are asked of all rows; rows that decide alike take that path, others
leave it where they first decide otherwise, for the path that branches off there, and so on. So the paths are a tree.
Each program runs on its rows, and the results are put together in the order of the rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import RLock
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from autograd.backprop import add_gradients
from autograd.errors import RecordingError
from autograd.program.arguments import numbers_at, numbers_of, refuse_nan, table_of
from autograd.program.branches.path import Path, Turn
from autograd.program.branches.questions import answer_of
from autograd.program.branches.recorded import attempt, recorded
from autograd.program.executors.executor import Executor
from autograd.program.plan import Floats, Indices
from autograd.program.program import Program
from autograd.tracing import Trace
from autograd.value import Value

#: More paths than this are refused.
MOST = 64


class BranchingProgram:
    """A function with branches, replayed for many rows at once; made by `autograd.compile` of a function.

    It is called as a `Program` is: `forward`, `value_and_grad`, `backward`. Each path that rows take is recorded when
    the first row takes it, by calling the function.

    parameters: the leaves that the paths depend on and that are not inputs. They are fixed once the first call has run.

    Raises what a `Program` raises, and RecordingError for a row that would need a path which can't be recorded, a
    parameter that no row needed before, or one path more than `MOST`.

    >>> import autograd
    >>> from autograd import Value
    >>> w = Value(3.0)
    >>> program = autograd.compile(lambda x: w * x if x > 0 else -w * x, [1.0])
    >>> program.forward([[2.0], [-2.0]])
    array([6., 6.])
    """

    def __init__(
        self,
        function: Callable[[list[Value]], Any],
        first: Trace,
        parameters: Sequence[Value],
        executor: Executor,
    ) -> None:
        self.parameters = tuple(parameters)
        self._executor: Executor = executor
        self._function = function
        self._labels = [x.label for x in first.inputs]
        self._single, self._count = first.single, len(first.outputs)
        self._paths: list[Path] = [Path(first, self.parameters, executor)]
        #: The path that branches off another, by that path's number, the question and the answer.
        self._branches: dict[tuple[int, int, object], int] = {}
        self._lock = RLock()
        self._fixed = False

    @property
    def paths(self) -> int:
        """How many paths through the function were recorded so far."""
        return len(self._paths)

    @property
    def executor(self) -> Executor:
        """Who ran the latest call of the first path's program; see `Program.executor`."""
        return self._paths[0].program.executor

    def forward(self, rows: ArrayLike, *, at: ArrayLike | None = None) -> Floats:
        """The outputs for each of the rows (batch, inputs): (batch,), or (batch, outputs). See `Program.forward`."""
        table = table_of(rows, len(self._labels))
        parts, numbers = self._parts(table, self._numbers(at))
        outputs = np.empty((self._count, len(table)))
        for program, which in _pieces(parts):
            outputs[:, which] = program.outputs(table[which], numbers[: len(program.parameters)], which)
        return outputs[0] if self._single else outputs.T

    def value_and_grad(self, rows: ArrayLike, *, at: ArrayLike | None = None) -> tuple[float, Floats]:
        """The output's mean over the rows, and ∂mean/∂parameters (parameters,). See `Program.value_and_grad`."""
        table = table_of(rows, len(self._labels))
        parts, numbers = self._parts(table, self._numbers(at))
        if len(parts) <= 1 and len(self.parameters) == len(self._paths[0].program.parameters):
            program = parts[0][0] if parts else self._paths[0].program  # which says that there are no rows
            return program.mean_and_grad(table, numbers)
        value, gradient = 0.0, np.zeros(len(numbers))
        for program, which in _pieces(parts):
            count, share = len(program.parameters), len(which) / len(table)
            part, slopes = program.mean_and_grad(table[which], numbers[:count], which)
            value += part * share
            gradient[:count] += slopes * share
        return value, gradient

    def backward(self, rows: ArrayLike) -> float:
        """Add ∂mean/∂parameter into the `.grad` of each parameter that is not frozen; returns the mean."""
        value, gradients = self.value_and_grad(rows)
        free = [(p, g) for p, g in zip(self.parameters, gradients.tolist(), strict=True) if p.requires_grad]
        add_gradients([p for p, _ in free], [g for _, g in free])
        return value

    def find_paths(self, rows: Floats) -> None:
        """Record every path that these rows take at the parameters as they are."""
        self._parts(table_of(rows, len(self._labels)), self._numbers(None))

    @property
    def decisions(self) -> str:
        """What the function decides by, and in which lines, for people."""
        asked = {f"{q.name} at {q.place}" for path in self._paths for q in path.questions}
        return f"it decides by {', '.join(sorted(asked))}"

    def __reduce__(self) -> tuple[Any, ...]:
        raise TypeError(
            "a program with branches calls its function when a row takes a new path, so it is not pickled: "
            "compile the function where it is needed"
        )

    def __repr__(self) -> str:
        paths = f"{self.paths} path{'s' * (self.paths != 1)}"
        return f"BranchingProgram of {paths}; {self.decisions}\n{self._paths[0].program!r}"

    def _numbers(self, at: ArrayLike | None) -> Floats:
        return numbers_of(self.parameters) if at is None else numbers_at(at, len(self.parameters))

    def _parts(self, table: Floats, numbers: Floats) -> tuple[list[tuple[Program, Indices]], Floats]:
        """Each program that rows take and which rows, in their order; and the parameters' numbers, with new ones."""
        refuse_nan(table)
        found: dict[int, list[Indices]] = {}
        todo = [(0, 0, np.arange(len(table)))]
        while todo:
            i, first, which = todo.pop()
            if not len(which):
                continue
            here, turns, unsure = self._paths[i].judge(table[which], numbers, first)
            found.setdefault(i, []).append(which[here])
            for row in which[unsure].tolist():
                path, numbers = self._take(table[row], numbers, quick=True)
                found.setdefault(path, []).append(np.array([row]))
            self._refuse_many(i, turns)
            for question, answer, rows in turns:
                those = which[rows]
                if (i, question, answer) not in self._branches:  # the first of them is recorded
                    path, numbers = self._take(table[those[0]], numbers)
                    found.setdefault(path, []).append(those[:1])
                    those = those[1:]
                branch = self._branches.get((i, question, answer))
                todo.append((i, question, those) if branch is None else (branch, question + 1, those))
        self._fixed = self._fixed or len(table) > 0
        merged = {i: np.sort(np.concatenate(pieces)) for i, pieces in sorted(found.items())}
        return [(self._paths[i].program, which) for i, which in merged.items() if len(which)], numbers

    def _refuse_many(self, path: int, turns: list[Turn]) -> None:
        new = [turn for turn in turns if (path, turn.question, turn.answer) not in self._branches]
        if len(self._paths) + len(new) > MOST:
            most = self._paths[path].questions[max(turn.question for turn in new) if new else 0]
            raise RecordingError(
                f"{most.place} looks at a number ({most.name}) so closely that the graph is another for almost "
                f"every row: more than {MOST} so far. Compute with the Values themselves, by gates and "
                "where(condition, a, b)"
            )

    def _take(self, row: Floats, numbers: Floats, *, quick: bool = False) -> tuple[int, Floats]:
        """The path that a row takes, found by calling the function with it; a new one is recorded.

        quick: it is likely to be a known one, so whether the function changes what it keeps is only looked at if it is
        not.
        """
        with self._lock, _set(self.parameters, numbers):
            if quick:
                trace, found = attempt(self._function, row.tolist(), self._labels), self.parameters
            else:
                trace, found = recorded(self._function, row.tolist(), self._labels, self.parameters)
            if self._fixed and len(found) > len(self.parameters):
                raise RecordingError(
                    "a row takes a path that needs parameters which no row needed before, and those "
                    "of the program are fixed: let its first call see rows of every kind"
                )
            if (trace.single, len(trace.outputs)) != (self._single, self._count):
                raise RecordingError(
                    f"the function gives {len(trace.outputs)} outputs for some rows, and {self._count} for others"
                )
            path = self._known(trace)
            if path is None and quick:
                return self._take(row, numbers)
            self.parameters = found
            numbers = np.concatenate([numbers, [p._data for p in found[len(numbers) :]]])
            if path is None:
                self._paths.append(Path(trace, self.parameters, self._executor))
                self._branches[self._branch_of(trace)] = path = len(self._paths) - 1
            return path, numbers

    def _known(self, trace: Trace) -> int | None:
        """The path of a recording, None if it is new."""
        path, question, answer = self._branch_of(trace)
        return path if question == len(self._paths[path].questions) else self._branches.get((path, question, answer))

    def _branch_of(self, trace: Trace) -> tuple[int, int, object]:
        """Where a recording leaves the known paths: the last it follows, the question, and its answer.

        If it follows a path to the end, the question is one more than there are, and there is no answer.
        """
        asked = [(d.name, d.place, answer_of(d.outcome)) for d in trace.decisions]
        i = j = 0
        while True:
            known = self._paths[i].questions
            while j < min(len(known), len(asked)) and asked[j] == known[j][:3]:
                j += 1
            if j == len(known) == len(asked):
                return i, j, None
            if j in (len(known), len(asked)) or asked[j][:2] != known[j][:2]:
                raise RecordingError(
                    "called again for rows that decide alike, the function took another path: it "
                    "depends on something else than its inputs"
                )
            branch = (i, j, asked[j][2])
            if branch not in self._branches:
                return branch
            i = self._branches[branch]


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
