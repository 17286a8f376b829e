"""One path through a function that branches on its numbers: the program of its graph, and the decisions that led there.

A path is recorded with the first row that takes it. Its decisions become questions, which can be asked of other rows:
those that answer all of them alike take the same path.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from autograd.program.branches.questions import COMPARISONS, Question, answer_of, rounded_of, switches_of
from autograd.program.executors.executor import Executor
from autograd.program.plan import Floats, Indices
from autograd.program.program import Program, program_of
from autograd.tracing import Trace
from autograd.value import Value


class Turn(NamedTuple):
    """Rows that leave a path: at the question of this number, because they answer it so."""

    question: int
    answer: object
    rows: Indices


class Judged(NamedTuple):
    """Rows sorted by the path they take.

    here: those that take this path. turns: those that leave it. unsure: those whose numbers are too close to tell, or
    that have no value; the function has to be called with each.
    """

    here: Indices
    turns: list[Turn]
    unsure: Indices


class Path:
    """A program, and the questions whose answers lead to it."""

    def __init__(self, trace: Trace, parameters: Sequence[Value], executor: Executor) -> None:
        self.program = program_of(
            trace.outputs, trace.inputs, parameters, single=trace.single, executor=executor, partial=trace.partial
        )
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
            inexact = tuple([i for i, node in enumerate(d.nodes) if node in rounded])
            self.questions.append(Question(d.name, d.place, answer_of(d.outcome), d.function, sources, inexact))
        #: Computes the numbers that the questions are about, other than inputs and parameters.
        self._numbers: Program | None = (
            program_of(list(computed), trace.inputs, parameters, single=False, executor=executor) if computed else None
        )

    def judge(self, rows: Floats, parameters: Floats, first: int) -> Judged:
        """Which path each of the rows takes. The questions before `first` are known to be answered as here."""
        asked = self.questions[first:]
        here, turns, unsure = np.arange(len(rows)), [], []
        computed: Any = ()
        if self._numbers is not None and any(kind == "computed" for q in asked for kind, _ in q.sources):
            computed, without_value = self._numbers.unchecked(rows, parameters[: len(self._numbers.parameters)])
            unsure.append(without_value)
            here = np.delete(here, without_value)
        for number, question in enumerate(asked, first):
            if not len(here):
                break
            columns = [
                rows[here, which]
                if kind == "input"
                else computed[which][here]
                if kind == "computed"
                else parameters[which]
                if kind == "parameter"
                else which
                for kind, which in question.sources
            ]
            answers, close = question.ask(columns, len(here))
            if close.any():
                unsure.append(here[close])
                here, answers = here[~close], answers[~close]
            same = answers == question.answer
            if not same.all():
                others = dict.fromkeys(answers[~same].tolist())
                turns += [Turn(number, other, here[~same & (answers == other)]) for other in others]
                here = here[same]
        return Judged(here, turns, np.concatenate(unsure) if unsure else here[:0])
