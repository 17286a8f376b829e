"""A decision that a function took while it was recorded, as a question about the numbers of many rows at once.

The answers are those that Python would give. A program adds up in another order than Python, so its numbers may differ
in the last digits: where an answer hangs on them, the row is too close to tell, and the function has to be called.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from autograd.comparison import SIGNS
from autograd.node import topological_order
from autograd.program.plan import Floats
from autograd.properties import is_exact, keeps_whole
from autograd.tracing import largest
from autograd.value import Numeral, Value

#: Computed numbers whose relative difference is smaller are too close to decide by: a program adds up in another
#: order than Python.
_CLOSE = 1e-9

COMPARISONS = {compare for compare, _, _ in SIGNS.values()}


def rounded_of(nodes: Iterable[Value]) -> set[Value]:
    """Those that a program may compute otherwise in the last digits."""
    rounded: set[Value] = set()
    whole: set[Value] = set()
    for node in topological_order(nodes):
        if node.gate is None:
            if type(node) is Numeral and node._data.is_integer():
                whole.add(node)
            continue
        exact = is_exact(node.gate) and rounded.isdisjoint(node.parents)
        if (exact and node.gate.role == "stop" and node.gate.arity == 2) or (
            keeps_whole(node.gate) and whole.issuperset(node.parents)
        ):
            whole.add(node)
        elif not exact:
            rounded.add(node)
    return rounded


class Question(NamedTuple):
    """A decision, ready to be taken for many rows.

    name, place: what it is, and the user's line. answer: the one on this path. function: of the numbers, gives the
    answer. sources: where the numbers are found, and for a comparison those of `switches_of`. rounded: which of the
    numbers may differ in the last digits from what Python computes.
    """

    name: str
    place: str
    answer: object
    function: Callable[..., Any]
    sources: tuple[tuple[str, Any], ...]
    rounded: tuple[int, ...]

    def ask(self, columns: list[Floats], count: int) -> tuple[Any, Any]:
        """The answers of `count` rows (count,), and which of them are too close to tell."""
        with np.errstate(all="ignore"):
            if self.function in COMPARISONS:
                a, b, *switches = columns
                answers = np.broadcast_to(self.function(a, b), count)
                unsure = _near(a, b) if self.rounded else False
                if switches:  # the 0 of a relu is the 0 of Python's, unless what goes into it is close to 0
                    unsure = unsure & (
                        (a != b)
                        | np.any([_near(u, v) for u, v in zip(switches[::2], switches[1::2], strict=True)], axis=0)
                    )
            elif self.function is largest:
                table = np.stack([np.broadcast_to(c, count) for c in columns])
                answers = table.argmax(axis=0)
                first, second = -np.partition(-table, 1, axis=0)[:2] if len(table) > 1 else (table[0], -np.inf)
                unsure = first - second <= _CLOSE * (np.abs(first) + 1.0) if self.rounded else False
            else:
                table = np.stack([np.broadcast_to(c, count) for c in columns], axis=1)
                kinds, where = np.unique(table.view(np.int64), axis=0, return_inverse=True)
                numbers = np.ascontiguousarray(kinds).view(np.float64)
                found = [self._answer(row) for row in numbers.tolist()]
                answers = np.array(found, dtype=object)[where.ravel()]
                close = [self._is_close(row, answer) for row, answer in zip(numbers.tolist(), found, strict=True)]
                unsure = np.array(close)[where.ravel()]
        return answers, np.broadcast_to(unsure, count)

    def _is_close(self, row: list[float], answer: object) -> bool:
        """Whether numbers that differ in the last digits might be answered otherwise."""
        return any(self._answer(other) != answer for other in _around(row, self.rounded))

    def _answer(self, numbers: Sequence[float]) -> object:
        try:
            return answer_of(self.function(*numbers))
        except (ArithmeticError, ValueError) as error:
            return repr(error)


def _near(a: Floats, b: Floats) -> Any:
    return np.abs(a - b) <= _CLOSE * (np.abs(a) + np.abs(b) + 1.0)


def switches_of(nodes: Iterable[Value], rounded: set[Value]) -> Iterator[Value | float]:
    """Two by two, what the routers of one or two operands among the nodes (relu, max, min) choose from."""
    for node in nodes:
        if node in rounded and node.gate is not None and node.gate.role == "router" and len(node.parents) <= 2:
            yield node.parents[0]
            yield node.parents[1] if len(node.parents) == 2 else 0.0


def _around(row: list[float], rounded: Iterable[int]) -> Iterator[list[float]]:
    for i in rounded:
        for side in (-_CLOSE, _CLOSE):
            yield [*row[:i], row[i] + side * (abs(row[i]) + 1.0), *row[i + 1 :]]


def answer_of(outcome: object) -> object:
    """An outcome as it is compared: numbers to the last bit, and NaN equal to itself."""
    return outcome if isinstance(outcome, bool | int) else repr(outcome)
