"""What is wrong with a typed expression, and where: a sentence, the line, and a caret under the place."""

from __future__ import annotations

import unicodedata


class ExpressionError(ValueError):
    """What is wrong with a typed expression, and where: `str` of it shows the line with a caret under the place.

    sentence: what was found, what was expected, what to do. line: the line it is in. start, end: the columns in it.
    """

    def __init__(self, sentence: str, line: str = "", start: int = 0, end: int = 0) -> None:
        self.sentence, self.line, self.start, self.end = sentence, line, start, max(end, start + 1)
        super().__init__(sentence, line, start, end)

    def __str__(self) -> str:
        if not self.line:
            return self.sentence
        line, start, end = clipped(self.line, self.start, self.end)
        return f"{self.sentence}\n  {line}\n  {' ' * width(line[:start])}{'^' * max(width(line[start:end]), 1)}"


class ExpressionNumberError(ExpressionError):
    """A well-formed expression whose numbers leave a gate's domain, or the floats."""


def clipped(line: str, start: int, end: int, room: int = 100) -> tuple[str, int, int]:
    """The part of a long line around a place."""
    if len(line) <= room:
        return line, start, min(end, max(len(line), start + 1))
    first = max(min(start - room // 3, len(line) - room), 0)
    part = ("…" if first else "") + line[first : first + room] + ("…" if first + room < len(line) else "")
    shift = first - bool(first)
    return part, start - shift, min(end - shift, len(part))


def width(text: str) -> int:
    """How many columns a terminal gives a text: two for each wide (East Asian) character."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 - bool(unicodedata.combining(c)) for c in text)
