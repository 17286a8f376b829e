"""Options that take one of a few words: the words as types, and errors that list the words there are."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from difflib import get_close_matches
from typing import Literal, TypeVar

T = TypeVar("T")
Name = TypeVar("Name", bound=str)

#: What a node looks like, which way one reads, and who places the nodes. The names of themes are in `viz.themes`.
StyleName = Literal["circuit", "compact", "record"]
Direction = Literal["LR", "TB"]
LayoutName = Literal["layered", "dot"]
#: What sets the width of wires; at which stage of its compilation a program is drawn.
MagnitudeName = Literal["value", "gradient"]
StageName = Literal["gates", "groups", "matrices"]
#: The formats of a picture's files, those of one picture and those of its frames, and the forms of an explanation.
StillName = Literal["svg", "png", "pdf", "html", "dot", "tex", "tikz", "txt"]
MovingName = Literal["gif", "apng", "animated", "overlays", "pages", "reveal"]
FormatName = StillName | MovingName
ExplanationFormat = Literal["text", "markdown", "latex"]

#: The directions of reading, in words.
DIRECTIONS: dict[Direction, str] = {"LR": "left to right", "TB": "top to bottom"}
#: Options that are either on or off.
_SWITCHES = ("local", "copies", "legend")


def check_options(what: str, given: Mapping[str, object], usual: Mapping[str, object], apply: Collection[str]) -> None:
    """Refuse options that would do nothing: all of `given` that differ from `usual` and are not among `apply`.

    `what` says in the error what is drawn. Raises ValueError that names the option and those that apply; TypeError for
    a switch that is neither True nor False, and for `names` that are neither that nor a mapping of variables.
    """
    for name, value in given.items():
        if name not in apply and not (value is usual[name] or value == usual[name]):
            raise ValueError(f"{name}={value!r} does not apply to {what}; what applies is {', '.join(apply)}")
        if name in _SWITCHES and value not in (True, False):
            raise TypeError(f"{name} is True or False, but was given {value!r}")
    if not isinstance(given["names"], bool | Mapping):
        raise TypeError(f"names is True, False, or variables by their names, but was given {given['names']!r}")


def choose(what: str, name: object, known: Mapping[Name, T]) -> T:
    """What is known by that name; a ValueError that lists the names and guesses which was meant, if there is none.

    >>> choose("direction", "LR", DIRECTIONS)
    'left to right'
    """
    for known_name, thing in known.items():
        if known_name == name:
            return thing
    close = get_close_matches(name, list(known), 1) if isinstance(name, str) else []
    guess = f"; did you mean {close[0]!r}?" if close else ""
    raise ValueError(f"there is no {what} {name!r}; there are {', '.join(known)}{guess}")
