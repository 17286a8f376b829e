"""What a loss may be asked to reach: numbers, signs, probabilities, distributions, classes.

Each kind checks a row's target and encodes it as one number for each output, so that a graph recorded once, its
targets being leaves, serves every row: class 2 of 3 becomes (0, 0, 1).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

from autograd import Value
from autograd.formula import sum_in_order
from nn.functional import data_of, one_hot
from nn.leaves import is_row


class Targets(NamedTuple):
    """A kind of target. of_row: judged as a whole row of outputs, not number by number. wanted: in words, for errors.

    check: what is wrong with the numbers of one row, '' if nothing.
    """

    wanted: str
    of_row: bool
    check: Callable[[list[float]], str]
    of_classes: bool = False

    def encode(self, target: Any, width: int) -> list[Value | float]:
        """One row's target as `width` numbers or Values; ValueError if it cannot be one."""
        given = list(target) if is_row(target) else [target]
        if self.of_classes:
            if len(given) != 1:
                raise ValueError(
                    f"a target is {self.wanted.format(width - 1)}, but was given {target!r}; one-hot "
                    "targets go with categorical_cross_entropy"
                )
            if width < 2:
                raise ValueError(
                    "a loss over classes needs a model with an output for each class, but it has 1; use "
                    "binary_cross_entropy for two classes and one output"
                )
            return list(one_hot(given[0], width))
        if len(given) != width:
            hint = "; whole-number classes go with sparse_categorical_cross_entropy" if self.of_row else ""
            raise ValueError(f"a row has {width} output{'s' * (width != 1)}, but its target has {len(given)}{hint}")
        numbers = [data_of(t) for t in given]
        if any(not -math.inf < x < math.inf for x in numbers):
            raise ValueError(f"a target is {self.wanted}, but was given {target!r}")
        wrong = self.check(numbers)
        if wrong:
            raise ValueError(f"a target is {self.wanted}, but {wrong}")
        return given


def _unless(right: Callable[[float], bool]) -> Callable[[list[float]], str]:
    return lambda numbers: next((f"one is {x!r}" for x in numbers if not right(x)), "")


def _distribution(numbers: list[float]) -> str:
    if any(not 0.0 <= x <= 1.0 for x in numbers):
        return f"one is {numbers!r}"
    total = sum_in_order(numbers)
    return "" if abs(total - 1.0) < 1e-6 else f"one sums to {total!r}"


NUMBERS = Targets("a finite number", False, lambda numbers: "")
SIGNS = Targets("1 or −1 (from classes 0 and 1: 2 * y − 1)", False, _unless(lambda x: abs(x) == 1.0))
PROBABILITIES = Targets("a probability, from 0 to 1", False, _unless(lambda x: 0.0 <= x <= 1.0))
DISTRIBUTIONS = Targets("a distribution over the classes, its probabilities summing to 1", True, _distribution)
CLASSES = Targets("a class, a whole number from 0 to {}", True, lambda numbers: "", of_classes=True)
