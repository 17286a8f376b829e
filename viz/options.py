"""Choices by name: what is asked for, or an error that lists what there is."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import TypeVar

T = TypeVar("T")

#: The directions of reading.
DIRECTIONS = {"LR": "left to right", "TB": "top to bottom"}


def choose(what: str, name: object, known: Mapping[str, T]) -> T:
    """``known[name]``; a ValueError that lists the names there are, and guesses which was meant, if it is none."""
    if isinstance(name, str) and name in known:
        return known[name]
    close = get_close_matches(name, known, 1) if isinstance(name, str) else []
    guess = f"; did you mean {close[0]!r}?" if close else ""
    raise ValueError(f"there is no {what} {name!r}; there are {', '.join(known)}{guess}")
