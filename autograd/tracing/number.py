"""What ``.data`` is while a function is recorded: a float that remembers the node it was read off."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from autograd.comparison import SIGNS, Comparison
from autograd.mode import mode
from autograd.value import Value, as_value

if TYPE_CHECKING:
    from autograd.tracing.trace import Trace


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
        trace = mode.get().checks.trace
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
        right = source_of(other)
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
#: What Python must know the float for.
_DECISIONS = "bool int float trunc floor ceil round hash repr format floordiv rfloordiv mod rmod divmod rdivmod"
for _name in _DECISIONS.split():
    setattr(Number, f"__{_name}__", _decision(f"__{_name}__"))


def source_of(x: Any) -> Value | None:
    """The Value a comparison is of: of one read off a Value that one, of a number a constant."""
    if isinstance(x, Value):
        return x
    if type(x) is Number:
        return x.source if x.recorded() else None
    try:
        return as_value(x)
    except TypeError:
        return None
