"""One recording: what it saw the function do, and whether that can be replayed."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from autograd.errors import RecordingError
from autograd.gates import GATES, Gate
from autograd.mode import mode
from autograd.node import Node, topological_order
from autograd.properties import is_partial
from autograd.tracing.number import Number
from autograd.tracing.place import place
from autograd.value import Value, as_value

_STOP = GATES["stop_gradient"]
_new: Callable[[type[Value]], Value] = object.__new__
#: The recordings that go on at this moment, in any thread.
open_traces: list[Trace] = []


class Traced(Value):
    """An input or a gate of what is recorded; its `grad` belongs to one row, so it is neither read nor set."""

    __slots__ = ()

    @property
    def grad(self) -> float:
        """The gradient, which belongs to one row."""
        _refuse("reads .grad: differentiate with grad(y, xs, create_graph=True)")
        return self._grad

    @grad.setter
    def grad(self, new: float | None) -> None:
        _refuse("sets .grad, which a replay would do once")
        self._set_grad(new)


Traced.copied_as = Value


def see_numbers() -> None:
    """From here on, whoever reads ``.data`` of a Value while a function is recorded gets a `Number`.

    Done when the first function is recorded, so that until then ``.data`` costs nothing: it is the slot itself.
    """
    plain: Any = Node.__dict__["data"]
    if not isinstance(plain, _Seen):
        Node.data = _Seen(plain)  # type: ignore[assignment, method-assign]


class _Seen:
    # The descriptor behind ``.data`` from then on: the one that was there before, unless a function is recorded. Its
    # docstring is that of the one before.
    __slots__ = ("__doc__", "plain")

    def __init__(self, plain: Any) -> None:
        self.plain, self.__doc__ = plain, plain.__doc__

    def __get__(self, value: Value | None, kind: type[Value] | None = None) -> Any:
        if value is None:
            return self
        if open_traces:
            trace = mode.get().checks.trace
            if trace is not None:
                if type(value) is Traced or value._a is not None:  # others are constants
                    return Number(value, trace)
            elif type(value) is Traced:
                for other in open_traces:
                    other.refuse_thread()
        return self.plain.__get__(value, kind)

    def __set__(self, value: Value, new: float) -> None:
        _refuse(f"sets the number of {_named(value)}: that would be done for one row only")
        self.plain.__set__(value, new)


def _refuse(what: str) -> None:
    trace = mode.get().checks.trace
    if trace is not None:
        trace.refuse(what)


class Decision(NamedTuple):
    """Something Python had to know while the graph was built: ``function(numbers of the nodes)`` gave `outcome`."""

    name: str
    function: Callable[..., Any]
    nodes: tuple[Value, ...]
    outcome: Any
    place: str


class Trace:
    """One recording of a function: its inputs, outputs, and the decisions that led to them.

    single: whether it gave one Value, not a list. parameters: the leaves with a gradient that it met, in order. own:
    those that it made itself. partial: the gates it made that have no value for some operands, used or not.
    """

    inputs: list[Value]
    outputs: list[Value]
    parameters: list[Value]
    own: list[Value]
    partial: list[Value]
    single: bool

    def __init__(self) -> None:
        self.decisions: list[Decision] = []
        self.reason = ""  # why this recording must not be replayed
        self._handed_out: list[tuple[weakref.ref[Any], str]] = []
        self.partial = []
        self._born: set[Value] = set()
        self._asked: dict[tuple[object, ...], Any] = {}
        self._without_gradient: dict[Value, Value] = {}

    def made(
        self, data: float, gate: Gate, operands: tuple[Value, ...], derivatives: tuple[float, ...], scope: str
    ) -> Value:
        """The output of a gate."""
        node = _new(Traced)
        node._data, node.gate, node.label, node.scope = data, gate, "", scope
        node._grad = 0.0
        if gate.arity == 2:
            (node._a, node._b), (node._da, node._db) = operands, derivatives
        elif gate.arity == 1:
            (node._a,), node._b, (node._da,) = operands, None, derivatives
        else:
            node._a, node._b, node._da = operands, None, derivatives
        if is_partial(gate):
            self.partial.append(node)
        return node

    def hand_out(self, x: Any) -> Any:
        """`x`, which must not outlive the call of the function."""
        self._handed_out.append((weakref.ref(x), place()))
        return x

    def refuse_thread(self) -> None:
        """A number is read where nothing is recorded: by another thread."""
        self.reason = self.reason or f"{place()} reads numbers in another thread: read them in the function itself"

    def detached(self, value: Value) -> Value:
        """The same number, through which no gradient passes."""
        node = self._without_gradient.get(value)
        if node is None:
            node = self.made(value._data, _STOP, (value,), (0.0,), value.scope)
            self._without_gradient[value] = self._without_gradient[node] = node
        return node

    def number(self, value: Value) -> Number:
        """The number of what was computed of numbers alone."""
        self._without_gradient[value] = value
        return Number(value, self)

    def node_of(self, x: object) -> Value | None:
        """`x` as a Value if it was read off one, else None."""
        return x.node() if isinstance(x, Number) and x.recorded() else None

    def becomes(self, fresh: Value, x: object, label: str) -> bool:
        """``Value(x)`` of a number that was read off a Value goes on from there; False if `x` is any other number."""
        node = self.node_of(x)
        if node is None:
            self._born.add(fresh)
            return False
        fresh.__class__ = Traced
        fresh._data, fresh.gate, fresh.label, fresh.scope = node._data, _STOP, label, node.scope
        fresh._grad = 0.0
        fresh._link((node,), (0.0,))
        return True

    def decide(self, name: str, function: Callable[..., Any], *nodes: Value, key: object = None) -> Any:
        """``function(numbers)``: from here on the graph is that of the rows for which this comes out the same.

        key: by which the function is known, if not by its name; asked again, it gives the same answer.
        """
        numbers = [node._data for node in nodes]
        if all(node.gate is None and node._a is None and type(node) is not Traced for node in nodes):
            return function(*numbers)  # of constants
        question = (key or name, *nodes)
        if question not in self._asked:
            try:
                self._asked[question] = function(*numbers)
            except (ArithmeticError, ValueError) as error:
                self.left_domain(error)
                raise
            self.decisions.append(Decision(name, function, nodes, self._asked[question], place()))
        return self._asked[question]

    def refuse(self, what: str) -> None:
        """End the recording: what it does cannot be replayed."""
        self.reason = self.reason or f"{place()} {what}"
        raise RecordingError(self.reason)

    def left_domain(self, error: Exception) -> None:
        """Whether a gate has a value depends on the numbers too: if the function goes on, others may go elsewhere."""
        self.reason = self.reason or f"{place()} goes on after an error that other numbers don't make: {error}"

    def finish(self, result: Any) -> None:
        """Take what the function gave; RecordingError if another row may need another graph without our seeing it."""
        self.single = isinstance(result, Value) or not isinstance(result, list | tuple)
        given = [result] if self.single else result
        self.outputs = [as_value(y) for y in given]
        self.parameters, self.own = [], []
        order = topological_order([*self.outputs, *[n for d in self.decisions for n in d.nodes], *self.partial])
        inputs = set(self.inputs)
        for node in order:
            if node.gate is None:
                if type(node) is Traced and node not in inputs:
                    raise RecordingError(f"it uses {_named(node)} that is left from another row")
                if node._a is not None:
                    (self.own if node in self._born else self.parameters).append(node)
            elif type(node) is not Traced:
                raise RecordingError(
                    f"it uses {_named(node)} that was computed beforehand, or in another thread: "
                    "compute it in the function itself"
                )
        if self.reason:
            raise RecordingError(self.reason)
        self._asked.clear()
        kept = self._kept(given) and gc.collect() >= 0 and self._kept(given)
        if kept:
            raise RecordingError(
                f"the number that {kept[0]} reads is kept, where a replay could not put that of another row"
            )

    def _kept(self, given: Iterable[object]) -> list[str]:
        """Where the numbers were read that are still held by something, other than as outputs."""
        ids = {id(None), *map(id, given)}
        return [place for x, place in self._handed_out if id(x()) not in ids]


def _named(value: Value) -> str:
    return f"the Value {value.label!r}" if value.label else "a Value"
