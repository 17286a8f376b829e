"""Many parameters read at once, from where CPython keeps their floats.

``[p.data for p in parameters]`` takes longer than the whole work of a small network. A Value holds its `data` in a
slot, a pointer at a fixed distance from its start, and a float holds its number likewise. Both distances are found by
looking, not assumed; where they can't be found (another Python), or a datum is no float, `read` says so, and the
caller goes the ordinary way.
"""

from __future__ import annotations

import ctypes
import struct
import sys
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from autograd.program.jit.intrinsics import float_at, integer_at, jit
from autograd.program.plan import Addresses, Floats
from autograd.value import Value


class _Distances(NamedTuple):
    data: int
    kind: int
    number: int


@lru_cache(maxsize=1)
def _distances() -> _Distances | None:
    """Bytes from a Value to the pointer to its data, from a float to its type, and from a float to its number."""
    if sys.implementation.name != "cpython" or not getattr(sys, "_is_gil_enabled", lambda: True)():
        return None
    marker = 0.1234567890123
    words = [ctypes.string_at(id(x), type(x).__basicsize__) for x in (Value(marker), marker)]
    value, number = [[w[i : i + 8] for i in range(0, len(w), 8)] for w in words]
    try:
        return _Distances(
            8 * value.index(struct.pack("P", id(marker))),
            8 * number.index(struct.pack("P", id(float))),
            8 * number.index(struct.pack("d", marker)),
        )
    except ValueError:
        return None


def _read(slots: Addresses, kind: int, to_kind: int, to_number: int, out: Floats) -> bool:
    for i in range(len(slots)):
        held = integer_at(slots[i])
        if held == 0 or integer_at(held + to_kind) != kind:
            return False
        out[i] = float_at(held + to_number)
    return True


#: Holds the interpreter's lock all the while, so that no other thread can put another float in a slot meanwhile.
_compiled = jit(_read)


class Slots:
    """Where the data of some Values are; the Values must outlive it."""

    def __init__(self, values: Sequence[Value]) -> None:
        self.distances = _distances()
        if self.distances is not None:
            self.slots = np.array([id(value) for value in values], dtype=np.int64) + self.distances.data

    def read(self) -> Floats | None:
        """The data, a fresh array; None if not every one is a plain float."""
        if self.distances is None:
            return None
        out = np.empty(len(self.slots))
        _, to_kind, to_number = self.distances
        return out if _compiled(self.slots, id(float), to_kind, to_number, out) else None
