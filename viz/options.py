"""Choices by name: what is asked for, or an error that lists what there is."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from difflib import get_close_matches
from typing import TypeVar

T = TypeVar("T")

#: The directions of reading.
DIRECTIONS = {"LR": "left to right", "TB": "top to bottom"}


#: Options that are either on or off.
_SWITCHES = ("local", "copies", "legend")


def check_options(what: str, given: Mapping[str, object], usual: Mapping[str, object], apply: Collection[str]) -> None:
    """Refuse each option of `given` that is not as `usual` and that does not `apply` to `what` is drawn.

    Raises ValueError that names it and those that apply; TypeError for a switch that is neither True nor False, and
    for `names` that are neither that nor variables by their names.
    """
    for name, value in given.items():
        if name not in apply and not (value is usual[name] or value == usual[name]):
            raise ValueError(f"{name}={value!r} does not apply to {what}; what applies is {', '.join(apply)}")
        if name in _SWITCHES and value not in (True, False):
            raise TypeError(f"{name} is True or False, but was given {value!r}")
    if not isinstance(given["names"], bool | Mapping):
        raise TypeError(f"names is True, False, or variables by their names, but was given {given['names']!r}")


def choose(what: str, name: object, known: Mapping[str, T]) -> T:
    """``known[name]``; a ValueError that lists the names there are, and guesses which was meant, if it is none."""
    if isinstance(name, str) and name in known:
        return known[name]
    close = get_close_matches(name, known, 1) if isinstance(name, str) else []
    guess = f"; did you mean {close[0]!r}?" if close else ""
    raise ValueError(f"there is no {what} {name!r}; there are {', '.join(known)}{guess}")
