"""How much room a text takes, without a font at hand.

Widths are those of Helvetica and Arial (Adobe's published font metrics), a little enlarged: the room reserved must hold
whatever sans-serif font the reader's machine puts in. East Asian characters and emoji are squares.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

#: Advance widths in thousandths of the font size, for runs of printable ASCII.
_ADVANCES: dict[str, int] = {}
for _width, _characters in (
    (191, "'"),
    (222, "ijl"),
    (260, "|"),
    (278, " !,./:;[\\]ftI"),
    (333, "()-r`"),
    (334, "{}"),
    (355, '"'),
    (389, "*"),
    (469, "^"),
    (500, "ckszvxyJ"),
    (556, "0123456789#$?_abdeghnopquL"),
    (584, "+<=>~−×÷∞±"),
    (611, "FTZ"),
    (667, "&ABEKPSVXYΣ"),
    (722, "CDHNRUw"),
    (778, "GOQ"),
    (833, "Mm"),
    (889, "%"),
    (944, "W"),
    (1015, "@"),
):
    _ADVANCES.update(dict.fromkeys(_characters, _width))
#: How much more room is reserved than Helvetica takes, and how much more bold text takes.
ROOM, BOLD = 1.06, 1.06


def _advance(character: str) -> int:
    known = _ADVANCES.get(character)
    if known is not None:
        return known
    if unicodedata.combining(character) or unicodedata.category(character) == "Cf":
        return 0
    if unicodedata.east_asian_width(character) in "WF" or ord(character) >= 0x1F000:
        return 1250 if ord(character) >= 0x1F000 else 1000
    return 700


@lru_cache(maxsize=50_000)
def text_width(text: str, size: float, bold: bool = False) -> float:
    """Width of `text` in pixels at that font size, rounded up a little."""
    return sum(map(_advance, text)) / 1000 * size * ROOM * (BOLD if bold else 1.0)


def shortened(text: str, longest: int) -> str:
    """`text` if it has at most `longest` characters, else its beginning and end with an ellipsis between."""
    if len(text) <= longest:
        return text
    tail = (longest - 1) // 3
    return f"{text[: longest - 1 - tail]}…{text[len(text) - tail :]}"
