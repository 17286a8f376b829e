"""Gates that are in the table for the time of a test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from autograd import GATES, Gate, register
from autograd.gates import CALLS


@contextmanager
def registered(gate: Gate) -> Iterator[Gate]:
    """The gate stands in the table inside the ``with``."""
    register(gate)
    try:
        yield gate
    finally:
        del GATES[gate.name], CALLS[gate.name]
