"""Long series, shown by their ends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

#: How many items are shown at each end.
ENDS = 6

Item = TypeVar("Item")


def ends(items: Sequence[Item]) -> Sequence[Item]:
    """All of a series, or the items at both its ends if it is long. One or two are never worth leaving out."""
    return items if len(items) <= 2 * ENDS + 2 else [*items[:ENDS], *items[-ENDS:]]


def gap(texts: Sequence[str], length: int, sign: str) -> Sequence[str]:
    """The texts of `ends`, with a sign for what was left out between them."""
    return [*texts[:ENDS], sign, *texts[ENDS:]] if length > len(texts) else texts
