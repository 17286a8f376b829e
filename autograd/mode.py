"""How gates are being recorded at this moment: whether at all, under which scope, with which checks.

The mode is one immutable record in a context variable, so threads and asynchronous tasks each have their own, and a
gate pays for one look-up. The ``with`` statements below replace the record and put the old one back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from autograd.tracing import Trace
    from autograd.value import Value


class Special(NamedTuple):
    """record: whether gates remember their operands. anomaly: whether each result is checked. trace: what a function is
    being recorded into, to be replayed for other numbers. made: makes the output of a gate, if a trace is all there is.
    """

    record: bool = True
    anomaly: bool = False
    trace: Trace | None = None
    made: Callable[..., Value] | None = None


class Mode(NamedTuple):
    """scope: dotted path of the open scopes. ordinary: whether gates are simply recorded. special: what else."""

    scope: str = ""
    ordinary: bool = True
    special: Special = Special()


mode: ContextVar[Mode] = ContextVar("gatewise_mode", default=Mode())  # noqa: B039 - a NamedTuple is immutable


@contextmanager
def changed(**special: Any) -> Iterator[None]:
    """Inside, the fields of `Special` that are named are as given."""
    now = mode.get()
    new = now.special._replace(**special)
    plain = new.record and not new.anomaly
    new = new._replace(made=new.trace.made if plain and new.trace is not None else None)
    token = mode.set(Mode(now.scope, plain and new.trace is None, new))
    try:
        yield
    finally:
        mode.reset(token)


class scope:  # noqa: N801 - used like the functions below; a class because every neuron's call opens one
    """Every gate and leaf made inside belongs to the scope `name`; scopes nest as ``outer.inner``.

    Diagrams draw a scope as a frame that can be collapsed; the `scope` of a Value is its dotted path. Raises ValueError
    for a name that is no string, or empty.
    """

    __slots__ = ("name", "token")

    def __init__(self, name: str) -> None:
        if not isinstance(name, str) or not name:
            raise ValueError(f"a scope is named by a non-empty string, got {name!r}")
        self.name = name

    def __enter__(self) -> None:
        outer, ordinary, special = mode.get()
        self.token = mode.set(Mode(f"{outer}.{self.name}" if outer else self.name, ordinary, special))

    def __exit__(self, *exception: object) -> None:
        mode.reset(self.token)


@contextmanager
def no_grad() -> Iterator[None]:
    """Gates inside compute their value and forget how: the result is a constant, without parents."""
    with changed(record=False):
        yield


@contextmanager
def detect_anomaly() -> Iterator[None]:
    """The first gate inside that makes a NaN or an infinity, forward or backward, raises an `AnomalyError`.

    The error names the gate, its operands with their labels, and the numbers. Costs a check at every gate.
    """
    with changed(anomaly=True):
        yield
