r"""Rows of a derivation that fit the page: ``left &= a = b = c`` broken at its signs, in one ``align*``.

A row is broken before an ``=``; a side that is too wide by itself before a ``+``, ``\cdot``, ``\to`` or fraction, or
after a comma, that is in no braces and in no ``\left( \right)``. How wide LaTeX will set something is estimated, a
little generously: nothing is measured, so that the derivation is the same everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

#: The text width of LaTeX's article class, 345 points, in digits of 5 points.
PAGE = 66.0
#: However wide the left sides are, the right ones get as much.
_LEAST = 30.0
#: The width of the \quad before the rest of a broken side, and of a short name with its sign.
_INDENT, _NAME = 2.0, 8.0

#: Commands that are no single sign, by their width; relations and operators have room around them.
_WIDTHS = {
    r"\left": 0.0,
    r"\right": 0.0,
    r"\quad": 2.0,
    r"\cdots": 3.2,
    r"\dots": 3.2,
    r"\cdot": 1.5,
    r"\times": 2.5,
    r"\to": 3.2,
    r"\le": 2.7,
    r"\ge": 2.7,
    r"\ne": 2.7,
    r"\qquad": 4.0,
    r"\;": 0.6,
    r"\,": 0.4,
    r"\ ": 0.7,
    r"\sum": 2.9,
    r"\log": 2.8,
    r"\exp": 3.2,
    r"\sin": 2.6,
    r"\cos": 3.0,
    r"\tanh": 4.2,
    r"\max": 4.2,
    r"\min": 3.9,
    r"\sqrt": 1.8,
    r"\backslash": 1.0,
    r"\approx": 2.5,
}
_SETTING = {r"\mathrm", r"\text", r"\operatorname", r"\hat", r"\tilde", r"\bar", r"\acute", r"\grave", r"\ddot"}
_TOKEN = re.compile(r"\\[A-Za-z]+\*?|\\.|[{}^_]|\s+|.", re.DOTALL)


def width(latex: str) -> float:
    """About how wide LaTeX sets this in display mode, in digits."""
    # For each open brace: what it holds, its width so far, and below a fraction's line the width above it.
    kinds, widths, above = [""], [0.0], [0.0]
    kind, numerator = "", 0.0
    for token in _TOKEN.findall(latex):
        if token == "{":
            kinds.append(kind)
            widths.append(0.0)
            above.append(numerator)
            kind = ""
        elif token == "}" and len(kinds) > 1:
            closed, inside, numerator = kinds.pop(), widths.pop(), above.pop()
            if closed == "numerator":
                kind, numerator = "denominator", inside
            elif closed == "denominator":
                widths[-1] += max(numerator, inside) + 0.5
            else:
                widths[-1] += 0.72 * inside if closed == "script" else inside
        elif token in ("^", "_"):
            kind = "script"
        elif token == r"\frac":
            kind = "numerator"
        elif not token.isspace() and token not in _SETTING:
            size = _WIDTHS.get(token, 2.5 if token in "+-=<>" else 0.6 if token in ".,:;'()[]" else 1.15)
            widths[-1] += 0.72 * size if kind == "script" else size
            kind = ""
    return widths[0]


class Row(NamedTuple):
    """``left &= sides[0] = sides[1] = ...``, then a remark. Without a left side it goes on with the row before.

    lead: what stands before the first side. last: the sign before the last of several sides, which is its result.
    """

    left: str
    sides: tuple[str, ...]
    remark: str = ""
    lead: str = "= "
    last: str = "="


def lines(rows: Iterable[Row]) -> Iterator[str]:
    """The lines of all rows, each with one ``&``, none wider than the page if it can be broken."""
    rows = list(rows)
    room = max(PAGE - max((width(row.left) for row in rows), default=0.0), _LEAST)
    for row in rows:
        yield from _line(row, room)


def _line(row: Row, room: float) -> Iterator[str]:
    start = f"{row.left} &" if row.left else "&"
    line, used = "", 0.0
    for i, side in enumerate(row.sides):
        sign = row.lead if not i else f"{row.last} " if i == len(row.sides) - 1 else "= "
        first, *rest = broken(side, room - width(sign))
        size = width(sign) + width(first)
        if line and (rest or used + size > room):
            yield start + line
            start, line, used = "&", "", 0.0
        line += f"{' ' if line else ''}{sign}{first}"
        used += size
        for part in rest:
            yield start + line
            start, line, used = "&", rf"\quad {part}", _INDENT + width(part)
    if row.remark and line and used + width(row.remark) > room:
        yield start + line
        start, line = "&", ""
    yield start + line + row.remark


def broken(side: str, room: float) -> Sequence[str]:
    """One side in parts that fit, each but the first to be set in by a \\quad; as few as can be."""
    if width(side) <= room:
        return [side]
    parts = [""]
    for piece in _pieces(side):
        limit = room if len(parts) == 1 else room - _INDENT
        if parts[-1] and width(parts[-1]) + width(piece) > limit:
            parts.append(piece.lstrip())
        else:
            parts[-1] += piece
    return [part.rstrip() for part in parts]


#: Before the first three a side may be broken.
_SIGNS = ("+", r"\cdot", r"\to", "-")


def _pieces(side: str) -> Iterator[str]:
    r"""The side cut before each sign, and each fraction, that is in no braces and in no ``\left( \right)``."""
    depth, piece = 0, ""
    for token in re.findall(r"\\[A-Za-z]+|\\.|\s+|.", side, re.DOTALL):
        begun = piece.strip() not in ("", *(_SIGNS if token == r"\frac" else ()))  # a sign stays with what follows
        if depth == 0 and begun and token in (*_SIGNS[:3], r"\frac"):
            yield piece
            piece = ""
        depth += (token in ("{", r"\left")) - (token in ("}", r"\right"))
        piece += token
        if depth == 0 and token == ",":
            yield piece
            piece = ""
    yield piece


def fits(side: str) -> bool:
    """Whether a side, broken where it can be, fits the page beside a short name."""
    return all(width(part) <= PAGE - _NAME for part in broken(side, PAGE - _NAME))
