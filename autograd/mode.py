"""How gates are being recorded at this moment: whether at all, under which scope, with which checks.

The mode is one immutable record in a context variable, so threads and asynchronous tasks each have their own, and a
gate looks up one variable. The ``with`` statements below replace the record, and put the old one back when they end:
also when Ctrl-C comes while they open or close, and when they are not closed in the reverse order of opening.
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

    arguments: its arguments, and those of the calls around it. leaves: the leaves made since the call began. Any other
    leaf that the result depends on comes from outside the function, through a closure or a global.
    """

    __slots__ = ("arguments", "leaves")

    def __init__(self, around: Differentiated | None) -> None:
        self.arguments: set[Value] = set(around.arguments) if around is not None else set()
        self.leaves: set[Value] = set()


class Checks(NamedTuple):
    """What is done at each gate besides recording it.

    record: whether gates remember their operands. anomaly: whether each result is checked for NaN and infinities.
    trace: the recording of a function that goes on now, to be replayed for other numbers. made: makes the output of a
    gate for that recording; None if anything else is to be done too. call: the innermost call of a function that is
    being differentiated.
    """

    record: bool = True
    anomaly: bool = False
    trace: Trace | None = None
    made: Callable[..., Value] | None = None
    call: Differentiated | None = None


class Mode(NamedTuple):
    """scope: dotted path of the open scopes. plain: record without checks, the fast path. checks: the rest.

    before: the mode to restore when the innermost open ``with`` statement ends; None if none is open.
    """

    scope: str = ""
    plain: bool = True
    checks: Checks = Checks()
    before: Mode | None = None


mode: ContextVar[Mode] = ContextVar("gatewise_mode", default=Mode())  # noqa: B039 - a NamedTuple is immutable


#: Makes a `Mode` from a tuple of its four fields, in a third of the time that ``Mode(...)`` takes.
_mode_of: Callable[[tuple[str, bool, Checks, Mode]], Mode] = partial(tuple.__new__, Mode)


class _Change:
    """A ``with`` statement that changes the mode until it ends.

    Its end also ends every statement that was opened inside it and is still open; a generator that is suspended inside
    a ``with`` statement leaves one open. A statement that was ended in this way by another raises RuntimeError at its
    own end: the code since then ran in another mode than it says.
    """

    __slots__ = ("_inside",)

    #: The mode that it has set; None while it is not open.
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
    """Sets the named fields of `Checks` inside the ``with`` statement, or the decorated function."""

    __slots__ = ("checks", "name")

    def __init__(self, name: str = "", **checks: Any) -> None:
        self._inside = None
        self.name, self.checks = name or "this with statement", checks

    def _changed(self, now: Mode) -> Mode:
        new = now.checks._replace(**self.checks)
        plain = new.record and not new.anomaly
        new = new._replace(made=new.trace.made if plain and new.trace is not None else None)
        return Mode(now.scope, plain and new.trace is None, new, now)

    def _recreate_cm(self) -> changed:  # a decorator makes a new one for each call, so that functions may recurse
        return changed(self.name, **self.checks)

    def __repr__(self) -> str:
        return self.name


class scope(_Change):  # noqa: N801 - used like the functions below; a class because every neuron's call opens one
    """Every gate and leaf made inside belongs to the scope `name`; scopes nest as ``outer.inner``.

    Diagrams draw a scope as a frame that can be collapsed; the `scope` of a Value is its dotted path. Raises ValueError
    for a name that is no string, or empty.

    >>> from autograd import Value, scope
    >>> with scope("layer"), scope("neuron"):
    ...     y = Value(2.0) * 3
    >>> y.scope
    'layer.neuron'
    """

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self._inside = None
        if not isinstance(name, str) or not name:
            raise ValueError(f"a scope is named by a non-empty string, got {name!r}")
        self.name = name

    def _changed(self, now: Mode) -> Mode:
        outer, plain, checks, _ = now
        return _mode_of((f"{outer}.{self.name}" if outer else self.name, plain, checks, now))

    def __repr__(self) -> str:
        return f"scope({self.name!r})"


def no_grad() -> changed:
    """Gates inside compute their value without remembering how: the result is a constant, without parents.

    For a ``with`` statement, or to decorate a function with ``@no_grad()``.

    >>> from autograd import Value, no_grad
    >>> with no_grad():
    ...     y = Value(2.0) * 3
    >>> y
    Value(data=6.0, grad=0.0, requires_grad=False)
    """
    return changed("no_grad()", record=False)


def detect_anomaly() -> changed:
    """The first gate inside that makes a NaN or an infinity, forward or backward, raises an `AnomalyError`.

    The error names the gate, its operands with their labels, the numbers, and the line. Every gate is checked, which
    takes time. For a ``with`` statement, or to decorate a function with ``@detect_anomaly()``.

    >>> from autograd import Value, detect_anomaly
    >>> with detect_anomaly():
    ...     Value(1e200, "x") * 1e200  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    autograd.errors.AnomalyError: the first anomaly forward, in ...: the gate 'mul' made inf from a = 1e+200 ...
    """
    return changed("detect_anomaly()", anomaly=True)
