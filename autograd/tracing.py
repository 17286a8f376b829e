"""Recording a function of Values, so that it can be replayed for other numbers.

A function is called once, with one row of numbers, and the graph that it builds serves every row, unless the function
looked at the numbers. So while it is recorded every node is `Traced`: what the engine reads it reads as ever, but what
the function reads is a `Number`, which remembers its node. Arithmetic with it becomes gates, through which no gradient
passes. Only where Python itself must know (an ``if``, an ``int``, a text), the answer is a plain one: it is a decision,
and the graph holds for all rows that lead to the same decisions. `where` decides nothing: it takes the comparison as
it is.
"""

from __future__ import annotations

import copy
import gc
import os.path
import sys
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from threading import Lock
from typing import Any, NamedTuple

from autograd.backprop import topological_order
from autograd.comparison import SIGNS, Comparison
from autograd.errors import RecordingError
from autograd.evaluate import is_partial
from autograd.gates import GATES, Gate
from autograd.mode import changed, mode
from autograd.reach import OURS, Reach, chance, reach
from autograd.value import Value, as_value, made

_STOP = GATES["stop_gradient"]
_new: Callable[[type[Value]], Value] = object.__new__


class Traced(Value):
    """A Value while a function is recorded, or one made meanwhile: reading its number is seen."""

    __slots__ = ()

    @property
    def data(self) -> Any:
        trace = mode.get().special.trace
        if trace is not None and (self._a is not None or self not in trace.watched):
            return Number(self, trace)
        if trace is None:
            for other in _open:
                other.read_elsewhere(self)
        return self._data

    @data.setter
    def data(self, new: float) -> None:
        _refuse(f"sets the number of {self.label or 'a Value'}: that would be done for one row only")
        self._data = new


def _refuse(what: str) -> None:
    trace = mode.get().special.trace
    if trace is not None:
        trace.refuse(what)


class Number:
    """What ``.data`` is while a function is recorded: a float that remembers the node it was read off.

    Arithmetic stays in the graph, comparisons are `Comparison`s, anything else a float can do is a decision. It says
    that it is a float, and is one for whoever converts it; once the recording is over it is nothing but its float.
    """

    __slots__ = ("__weakref__", "source", "trace")
    __class__ = property(lambda self: float)

    def __init__(self, source: Value, trace: Trace) -> None:
        self.source, self.trace = source, trace
        trace.hand_out(self)

    def plain(self) -> Any:
        """The float."""
        return self.source._data

    def recorded(self) -> bool:
        """Whether it belongs to what is recorded now. Refuses one that is left from another row."""
        trace = mode.get().special.trace
        if trace is not None and trace is not self.trace:
            trace.refuse("uses a number that is left from another row")
        return trace is not None

    def node(self) -> Value:
        """The number as a Value through which no gradient passes."""
        return self.trace.detached(self.source)

    def decide(self, name: str, function: Callable[[float], Any]) -> Any:
        """``function(the float)``, which the recorded graph depends on from here on."""
        return self.trace.decide(name, function, self.source) if self.recorded() else function(self.plain())

    def __getattr__(self, name: str) -> Any:
        if not callable(getattr(float, name)):  # real, imag
            return self.decide(name, lambda x: getattr(x, name))
        return lambda: self.decide(name, lambda x: getattr(x, name)())  # is_integer, hex, ...

    def __copy__(self) -> Number:
        return self

    def __deepcopy__(self, memo: object) -> Number:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return float, (float(self),)


def _arithmetic(name: str) -> Callable[[Any, Any], Any]:
    on_values, on_floats = getattr(Value, name), getattr(float, name)

    def method(self: Number, *other: Any) -> Any:
        if not self.recorded():
            return on_floats(self.plain(), *other)
        result = on_values(self.node(), *other)
        if result is NotImplemented or (other and isinstance(other[0], Value)):
            return result
        return self.trace.number(result)

    return method


def _comparison(sign: str) -> Callable[[Any, Any], Any]:
    compare = SIGNS[sign][0]

    def method(self: Number, other: Any) -> Any:
        if not self.recorded():
            return compare(self.plain(), other)
        right = _source(other)
        if right is None or isinstance(other, Value):
            return NotImplemented
        return self.trace.hand_out(Comparison(sign, self.source, right, compare(self.source._data, right._data)))

    return method


def _decision(name: str) -> Callable[..., Any]:
    on_floats = getattr(float, name)

    def method(self: Number, *arguments: Any) -> Any:
        others = tuple([float(x) if type(x) is Number else x for x in arguments])
        return self.decide(f"{name}{others or ''}", lambda x: on_floats(x, *others))

    return method


for _name in ("add", "sub", "mul", "truediv", "pow"):
    for _side in ("", "r"):
        setattr(Number, f"__{_side}{_name}__", _arithmetic(f"__{_side}{_name}__"))
for _name in ("neg", "abs", "pos"):
    setattr(Number, f"__{_name}__", _arithmetic(f"__{_name}__"))
for _name, _sign in (("gt", ">"), ("lt", "<"), ("ge", ">="), ("le", "<="), ("eq", "=="), ("ne", "!=")):
    setattr(Number, f"__{_name}__", _comparison(_sign))
for _name in (
    "bool", "int", "float", "trunc", "floor", "ceil", "round", "hash", "repr", "format", "floordiv", "rfloordiv", "mod",
    "rmod", "divmod", "rdivmod",
):  # fmt: skip
    setattr(Number, f"__{_name}__", _decision(f"__{_name}__"))


class Decision(NamedTuple):
    """Something Python had to know while the graph was built: ``function(numbers of the nodes)`` gave `outcome`."""

    name: str
    function: Callable[..., Any]
    nodes: tuple[Value, ...]
    outcome: Any
    place: str


class Trace:
    """One recording of a function: its inputs, outputs, and the decisions that led this way.

    single: whether it gave one Value, not a list. parameters: the leaves with a gradient that it met, in order. own:
    those that it made itself. partial: the gates it made that have no value for some operands, used or not.
    """

    inputs: list[Value]
    outputs: list[Value]
    parameters: list[Value]
    own: list[Value]
    partial: list[Value]
    single: bool

    def __init__(self, watched: frozenset[Value]) -> None:
        self.watched = watched
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
        node._data, node.grad, node.gate, node.label, node.scope = data, 0.0, gate, "", scope
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
        self._handed_out.append((weakref.ref(x), _place()))
        return x

    def read_elsewhere(self, value: Value) -> None:
        """A number is read where nothing is recorded: by another thread."""
        if value not in self.watched:
            self.reason = self.reason or f"{_place()} reads numbers in another thread"

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
        fresh._data, fresh.grad, fresh.gate, fresh.label, fresh.scope = node._data, 0.0, _STOP, label, node.scope
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
            self.decisions.append(Decision(name, function, nodes, self._asked[question], _place()))
        return self._asked[question]

    def refuse(self, what: str) -> None:
        """End the recording: what it does cannot be replayed."""
        self.reason = self.reason or f"{_place()} {what}"
        raise RecordingError(self.reason)

    def left_domain(self, error: Exception) -> None:
        """Whether a gate has a value depends on the numbers too: if the function goes on, others may go elsewhere."""
        self.reason = self.reason or f"{_place()} goes on after an error that other numbers don't make: {error}"

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
                if type(node) is Traced and node not in self.watched and node not in inputs:
                    raise RecordingError(f"it uses {_named(node)} that is left from another row")
                if node._a is not None:
                    (self.own if node in self._born else self.parameters).append(node)
            elif type(node) is not Traced:
                raise RecordingError(f"it uses {_named(node)} that was computed beforehand. Compute it inside")
        if self.reason:
            raise RecordingError(self.reason)
        self._asked.clear()
        kept = self._kept(given) and gc.collect() >= 0 and self._kept(given)
        if kept:
            raise RecordingError(f"the number that {kept[0]} reads is kept, where a replay could not put that of "
                                 "another row")  # fmt: skip

    def _kept(self, given: Iterable[object]) -> list[str]:
        """Where the numbers were read that are still held by something, other than as outputs."""
        ids = {id(None), *map(id, given)}
        return [place for x, place in self._handed_out if id(x()) not in ids]


def _named(value: Value) -> str:
    return f"the Value {value.label!r}" if value.label else "a Value"


def _source(x: Any) -> Value | None:
    """The Value a comparison is of: of one read off a Value that one, of a number a constant."""
    if isinstance(x, Value):
        return x
    if type(x) is Number:
        return x.source if x.recorded() else None
    try:
        return as_value(x)
    except TypeError:
        return None


def _place() -> str:
    """The file and line of whoever called us."""
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith((*OURS, "<gate ", copy.__file__)):
        frame = frame.f_back
    return f"{os.path.basename(frame.f_code.co_filename)}:{frame.f_lineno}"


_open: list[Trace] = []
_lock = Lock()


def reach_of(function: object) -> Reach:
    """What a function can get at; see `autograd.reach`."""
    with _lock:  # so that no other recording begins or ends meanwhile
        return reach(function, frozenset[Value]().union(*[trace.watched for trace in _open]))


@contextmanager
def _watching(trace: Trace) -> Iterator[None]:
    """Reading the numbers of what the trace watches is seen."""
    with _lock:
        _open.append(trace)
        for value in trace.watched:
            value.__class__ = Traced
    try:
        yield
    finally:
        with _lock:
            _open.remove(trace)
            for value in trace.watched.difference(*[other.watched for other in _open]):
                value.__class__ = Value


def record(
    function: Callable[[list[Value]], Any], row: Sequence[float], labels: Sequence[str], watched: frozenset[Value]
) -> Trace:
    """Call `function` with a leaf for each number of the row, and see what it does.

    watched: leaves whose numbers it might read. Raises RecordingError where a replay could be wrong without a sign of
    it, and whatever the function raises.
    """
    outer = mode.get().special.trace
    if outer is not None:
        outer.refuse("records a program while it is recorded itself")
    trace = Trace(watched)
    trace.inputs = [made(float(x), None, None, label=label, kind=Traced) for x, label in zip(row, labels, strict=True)]
    before = chance()
    with _watching(trace), changed(record=True, trace=trace):
        try:
            result = function(list(trace.inputs))
            if before != chance():
                trace.reason = trace.reason or "it draws random numbers, which a replay would repeat"
            trace.finish(result)
        except RecordingError:
            raise
        except Exception as error:
            if trace.reason and "goes on after" not in trace.reason:
                raise RecordingError(trace.reason) from error
            raise
    return trace


def largest(*numbers: float) -> int:
    """The position of the largest, the first of several."""
    return max(range(len(numbers)), key=numbers.__getitem__)


def decide(function: Callable[..., Any], values: Iterable[Value | float]) -> Any:
    """``function(*numbers)`` of the numbers of these Values: a choice, an index, a class.

    While a function is recorded this is one decision, however often `function` compares, so that as few graphs are
    recorded as it has results.
    """
    numbers = list(values)
    trace = mode.get().special.trace
    if trace is None:
        return function(*[x.data if isinstance(x, Value) else x for x in numbers])
    return trace.decide(function.__name__, function, *[_source(x) or as_value(x) for x in numbers], key=function)
