"""What stays from frame to frame: each thing once, with the stretch of frames it is seen in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple


class Span(NamedTuple):
    """A thing, and the frames in which it is seen: from the first to the one before `end`, counted from 0."""

    thing: str
    first: int
    end: int


def in_one_order(frames: Sequence[Sequence[str]]) -> list[str]:
    """All things of all frames, each once; what stands behind another in some frame stands behind it here, if it can.

    >>> in_one_order([["a", "c"], ["a", "b", "c"]])
    ['a', 'b', 'c']
    """
    after: dict[str, str] = {"": ""}  # a list whose entries point to the next, from "" through all and back to it
    for frame in frames:
        last = ""
        for thing in frame:
            if thing not in after:
                after[thing], after[last] = after[last], thing
            last = thing
    found = []
    thing = after[""]
    while thing:
        found.append(thing)
        thing = after[thing]
    return found


def spans(frames: Sequence[Sequence[str]]) -> list[Span]:
    """The things of all frames, in one order, each with a stretch of frames; what goes and comes back has several.

    >>> spans([["a", "c"], ["a", "b", "c"], ["a", "c"]])
    [Span(thing='a', first=0, end=3), Span(thing='b', first=1, end=2), Span(thing='c', first=0, end=3)]
    """
    seen: dict[str, list[list[int]]] = {}
    for i, frame in enumerate(frames):
        for thing in frame:
            stretches = seen.setdefault(thing, [])
            if stretches and stretches[-1][1] == i:
                stretches[-1][1] = i + 1
            elif not stretches or stretches[-1][1] < i:
                stretches.append([i, i + 1])
    return [Span(thing, *stretch) for thing in in_one_order(frames) for stretch in seen[thing]]


def together(found: Sequence[Span]) -> Iterator[tuple[tuple[int, int], list[str]]]:
    """Neighbours that are seen in the same frames, with those frames."""
    for (first, end), group in groupby(found, key=lambda span: (span.first, span.end)):
        yield (first, end), [span.thing for span in group]
