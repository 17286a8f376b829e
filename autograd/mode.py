"""How gates are being recorded at this moment: whether at all, under which scope, with which checks.

The mode is one immutable record in a context variable, so threads and asynchronous tasks each have their own, and a
gate pays for one look-up. The ``with`` statements below replace the record and put the old one back, also when Ctrl-C
strikes while they open or close, and when they are closed in another order than that in which they were opened.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ContextDecorator
from contextvars import ContextVar
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from autograd.tracing import Trace
    from autograd.value import Value


class Differentiated:
    """A call of a function that is being differentiated.

    arguments: its arguments, and those of the calls around it. leaves: those that were made since it began. A leaf of
    its result that is not among them comes from around the function, by a closure or a global.
    """

    __slots__ = ("arguments", "leaves")

    def __init__(self, around: Differentiated | None) -> None:
        self.arguments: set[Value] = set(around.arguments) if around is not None else set()
        self.leaves: set[Value] = set()


class Special(NamedTuple):
    """record: whether gates remember their operands. anomaly: whether each result is checked. trace: what a function is
    being recorded into, to be replayed for other numbers. made: makes the output of a gate, if a trace is all there is.
    call: the innermost call of a function that is being differentiated.
    """

    record: bool = True
    anomaly: bool = False
    trace: Trace | None = None
    made: Callable[..., Value] | None = None
    call: Differentiated | None = None


class Mode(NamedTuple):
    """scope: dotted path of the open scopes. ordinary: whether gates are simply recorded. special: what else.

    before: the mode that comes back when the innermost open ``with`` statement is closed; None if none is open.
    """

    scope: str = ""
    ordinary: bool = True
    special: Special = Special()
    before: Mode | None = None


mode: ContextVar[Mode] = ContextVar("gatewise_mode", default=Mode())  # noqa: B039 - a NamedTuple is immutable


#: Makes a `Mode` of a tuple of its four fields, in a third of the time that ``Mode(...)`` takes.
_mode_of: Callable[[tuple[str, bool, Special, Mode]], Mode] = partial(tuple.__new__, Mode)


class _Change:
    """A ``with`` statement that changes the mode until it is closed.

    Closing it ends whatever was opened inside and is open still, as a generator that is suspended inside a ``with``
    statement leaves it. If it has ended in this way itself, closing it is a RuntimeError: what ran since then ran in
    another mode than its ``with`` statement says.
    """

    __slots__ = ("_inside",)

    #: The mode that it has set, while it is open.
    _inside: Mode | None

    def _changed(self, now: Mode) -> Mode:
        raise NotImplementedError

    def __enter__(self) -> None:
        now = mode.get()
        if self._inside is not None and self._is_open(now):
            raise RuntimeError(f"{self!r} is open already: make a new one for each with statement")
        self._inside = inside = self._changed(now)
        try:
            mode.set(inside)
        except BaseException:  # Ctrl-C, when the mode is set already
            mode.set(now)
            raise

    def __exit__(self, kind: object = None, *exception: object) -> None:
        now, inside = mode.get(), self._inside
        if now is not inside and not self._is_open(now):
            self._inside = None
            if kind is not None:
                return
            raise RuntimeError(
                f"{self!r} was closed after the with statement around it, or in another thread or task than it was "
                "opened in: what it wraps ran without it. Close with statements in the reverse order of opening them"
            )
        mode.set(inside.before)  # type: ignore[union-attr, arg-type]
        self._inside = None

    def _is_open(self, now: Mode | None) -> bool:
        while now is not None and now is not self._inside:
            now = now.before
        return now is not None

    def __del__(self) -> None:
        inside = getattr(self, "_inside", None)
        if inside is not None and mode.get() is inside:  # Ctrl-C came before __exit__ could begin
            mode.set(inside.before)  # type: ignore[arg-type]


class changed(_Change, ContextDecorator):  # noqa: N801 - used like the functions below
    """Inside, the fields of `Special` that are named are as given."""

    __slots__ = ("name", "special")

    def __init__(self, name: str = "", **special: Any) -> None:
        self._inside = None
        self.name, self.special = name or "this with statement", special

    def _changed(self, now: Mode) -> Mode:
        new = now.special._replace(**self.special)
        plain = new.record and not new.anomaly
        new = new._replace(made=new.trace.made if plain and new.trace is not None else None)
        return Mode(now.scope, plain and new.trace is None, new, now)

    def _recreate_cm(self) -> changed:  # as a decorator one for each call, so that a function may call itself
        return changed(self.name, **self.special)

    def __repr__(self) -> str:
        return self.name


class scope(_Change):  # noqa: N801 - used like the functions below; a class because every neuron's call opens one
    """Every gate and leaf made inside belongs to the scope `name`; scopes nest as ``outer.inner``.

    Diagrams draw a scope as a frame that can be collapsed; the `scope` of a Value is its dotted path. Raises ValueError
    for a name that is no string, or empty.
    """

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self._inside = None
        if not isinstance(name, str) or not name:
            raise ValueError(f"a scope is named by a non-empty string, got {name!r}")
        self.name = name

    def _changed(self, now: Mode) -> Mode:
        outer, ordinary, special, _ = now
        return _mode_of((f"{outer}.{self.name}" if outer else self.name, ordinary, special, now))

    def __repr__(self) -> str:
        return f"scope({self.name!r})"


def no_grad() -> changed:
    """Gates inside compute their value and forget how: the result is a constant, without parents.

    For a ``with`` statement, or to decorate a function with ``@no_grad()``.
    """
    return changed("no_grad()", record=False)


def detect_anomaly() -> changed:
    """The first gate inside that makes a NaN or an infinity, forward or backward, raises an `AnomalyError`.

    The error names the gate, its operands with their labels, the numbers, and the line. Costs a check at every gate.
    """
    return changed("detect_anomaly()", anomaly=True)
