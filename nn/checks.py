"""Checks that many files of `nn` share: numbers in a range, names from a list, a class where an object is meant."""

from __future__ import annotations

import difflib
import math
import operator
from collections.abc import Iterable
from typing import Any, SupportsIndex, cast, get_args

import numpy as np


def whole(x: object) -> int | None:
    """x as an int if it is an integer of any kind, NumPy's too; None if it is not. True and False are not."""
    if isinstance(x, bool | np.bool_):
        return None
    try:
        return operator.index(cast(SupportsIndex, x))
    except TypeError:
        return None


def whole_from(x: object, least: int, what: str) -> int:
    """x as an int; ValueError, saying `what` it is, unless it is an integer of any kind from `least` up."""
    count = whole(x)
    if count is None or count < least:
        raise ValueError(f"{what} is a whole number from {least} up, but was given {x!r}")
    return count


def unknown(which: str, names: Iterable[str], kind: str, otherwise: str) -> ValueError:
    """The error for a name that is not among `names`: it says which is nearest, which there are, and what else may be
    given."""
    known = list(names)
    near = difflib.get_close_matches(which.lower(), known, n=1)
    hint = f"did you mean {near[0]!r}? There are" if near else "there are"
    return ValueError(f"no {kind} is named {which!r}; {hint} {', '.join(known)}, or give {otherwise}")


def check_word(which: str, words: Any, kind: str, otherwise: str) -> None:
    """ValueError unless `which` is one of the words of a Literal type, so that types and checks have one list."""
    if which not in get_args(words):
        raise unknown(which, get_args(words), kind, otherwise)


def refuse_class(given: object, expected: str, arguments: str = "...") -> None:
    """TypeError if a class was given in place of an object made from it: ``Adam`` instead of ``Adam(lr=0.01)``.

    expected: what should have been given, the first half of the sentence. arguments: those to show in the second.
    """
    if isinstance(given, type):
        name = given.__name__
        raise TypeError(f"{expected}, but you gave the class {name}; write {name}({arguments})")


def is_number(x: object) -> bool:
    """Whether x is a real number, of Python or NumPy; True and False are not."""
    return isinstance(x, int | float | np.number) and not isinstance(x, bool)


def positive(**constants: Any) -> None:
    """ValueError unless each is a finite number above 0."""
    for name, value in constants.items():
        if not (is_number(value) and 0.0 < value < math.inf):
            raise ValueError(f"{name} is a number above 0, but was given {value!r}")


def not_negative(**constants: Any) -> None:
    """ValueError unless each is a finite number from 0 up."""
    for name, value in constants.items():
        if not (is_number(value) and 0.0 <= value < math.inf):
            raise ValueError(f"{name} is a number from 0 up, but was given {value!r}")


def fraction(**constants: Any) -> None:
    """ValueError unless each is a number from 0 up to, not including, 1."""
    for name, value in constants.items():
        if not (is_number(value) and 0.0 <= value < 1.0):
            raise ValueError(f"{name} is a number from 0 up to, not including, 1, but was given {value!r}")
