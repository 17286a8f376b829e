"""Texts for a terminal: on one line, without characters that would upset it, and how many columns they take there.

A terminal gives two columns to 한 and to 😀, none to a combining mark, and two to a family of three emoji with joiners
between them. `wcwidth` knows Unicode's tables for that.
"""

from __future__ import annotations

from wcwidth import wcswidth

#: Zero-width (non-)joiners: invisible, but part of words in several scripts and of many emoji.
_JOINERS = "\u200c\u200d"


def printable(text: str) -> str:
    """The text with � in place of each character that can't be shown: controls, half surrogates, bidi overrides."""
    return "".join(c if c.isprintable() or c in _JOINERS else "\N{REPLACEMENT CHARACTER}" for c in text)


def one_line(text: str) -> str:
    """The text as one line: line ends and other white space become single spaces, the rest as in `printable`."""
    return text if text.isprintable() else printable(" ".join(text.split()))


def cells(text: str) -> int:
    """How many columns a terminal gives to the text; a character that can't be shown counts as one.

    >>> cells("w0"), cells("한"), cells("😀")
    (2, 2, 2)
    """
    return wcswidth(printable(text))


def padded(text: str, width: int) -> str:
    """The text with spaces after it, so that it takes `width` columns."""
    return text + " " * (width - cells(text))
