"""Value: a number that remembers how it was made.

Every operator has the same shape: take the operands' numbers, ask the gate's rule for the result and the local
derivatives, and make a node that keeps both. The derivatives are numbers, fixed at the point where the graph was
built; there are no closures, so there are no reference cycles, and nothing is left to recompute in the backward pass.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from autograd.backprop import backward, recompute
from autograd.comparison import SIGNS, Comparison, mark
from autograd.copying import deep_copy, reduced, shallow_copy
from autograd.evaluate import check_finite, evaluate
from autograd.gates import GATES, Gate
from autograd.mode import mode
from autograd.node import Node, made
from autograd.numbers import number, refusal
from autograd.operators import operator

_REFUSED = (str, bytes, complex, list, tuple, dict, set, frozenset, type(None))


def _number(x: object) -> Value | None:
    """A number, a Comparison, or a number that was read off a Value that is recorded, as a Value; else None."""
    if type(x) is Comparison:
        return x.node()
    trace = mode.get().checks.trace
    node = None if trace is None else trace.node_of(x)
    if node is not None:
        return node
    value = number(x)
    return None if value is None else _constant(value, kind=Numeral)


def _operand_or_none(x: object) -> Value | None:
    """`x` as a Value; None if it is no number."""
    if isinstance(x, Value):
        return x
    return _constant(x, kind=Numeral) if type(x) is float else _number(x)


def _operand(x: object, gate: Gate) -> Any:
    """`x` as the operand of an operator: a Value, or NotImplemented so that the other side (an array) may try."""
    kind = type(x)
    if kind is float or kind is int:
        return _constant(x if type(x) is float else number(x), kind=Numeral)  # type: ignore[arg-type]
    if isinstance(x, Value):
        return x
    value = _number(x)
    if value is not None:
        return value
    if isinstance(x, _REFUSED):
        raise refusal(x, f"the gate {gate.name!r} beside a Value")
    return NotImplemented


def _reflected(forward: Callable[[Any, Any], Value], gate: Gate) -> Callable[[Value, Any], Value]:
    def method(self: Value, other: float) -> Value:
        left = _operand(other, gate)
        return left if left is NotImplemented else forward(left, self)

    method.__doc__ = f"y = {gate.formula} with the number on the left."
    return method


def _comparison(sign: str) -> Callable[[Value, Any], Comparison]:
    compare = SIGNS[sign][0]

    def method(self: Value, other: Value | float) -> Comparison:
        right = _operand_or_none(other)
        if right is None:
            return NotImplemented  # type: ignore[no-any-return]
        result = Comparison(sign, self, right, compare(self._data, right._data))
        trace = mode.get().checks.trace
        if trace is not None:
            trace.hand_out(result)
        return result

    method.__doc__ = f"Whether ``self.data {sign} other``: a `Comparison`. Unlike ``==``, which is identity."
    return method


class Value(Node):
    """A number in a graph: a leaf that was given, or the output of a gate.

    ``Value(data, label="")`` makes a leaf whose gradient is wanted; ``requires_grad=False`` makes a constant. Numbers
    that meet a Value in an operator become constants. Raises TypeError for anything that is not a real number.

    data: the number, a float. Assigning it on a leaf does not touch graphs already built from it; any real number may
        be assigned and is kept as a float, anything else is a TypeError.
    grad: ∂output/∂self, added up by `backward`; 0.0 until then. Assigning None, PyTorch's habit, sets it to 0.0.
    label: its name in pictures, explanations and errors.
    scope: dotted path of the scopes it was made in.
    gate: the `Gate` that made it, None for a leaf.

    >>> from autograd import Value
    >>> x, w = Value(2.0, "x"), Value(-3.0, "w")
    >>> y = (x * w + 7).relu()
    >>> y.backward()
    >>> y.data, x.grad, w.grad
    (1.0, -3.0, 2.0)
    """

    __slots__ = ()

    def __init__(self, data: float, label: str = "", *, requires_grad: bool = True) -> None:
        scope, _, checks, _ = mode.get()
        if checks.trace is not None and checks.trace.becomes(self, data, label):
            return
        value = number(data)
        if value is None:
            if isinstance(data, Value):
                raise TypeError("Value(...) was given a Value; use it as it is, or .detach() it, or take its .data")
            raise refusal(data, "Value(...)")
        if not isinstance(label, str):
            raise TypeError(f"a label is a string, got {label!r}")
        self._data, self._grad, self.gate, self.label, self.scope = value, 0.0, None, label, scope
        self._a, self._b, self._da = () if requires_grad else None, None, ()
        if checks.call is not None:
            checks.call.leaves.add(self)

    def detach(self) -> Value:
        """A constant with the same number and label: gradients stop here.

        A constant would stay the same for all rows of a compiled graph, so `compile` refuses a graph built with an
        input detached; `stop_gradient` is the gate to use there.

        >>> from autograd import Value
        >>> x = Value(3.0)
        >>> (x * x.detach()).backward()
        >>> x.grad
        3.0
        """
        trace = mode.get().checks.trace
        if trace is not None:
            return trace.detached(self)
        mark(self)
        return _constant(self.data, self.label)

    def backward(self, seed: float = 1.0) -> None:
        """Add ∂self/∂leaf × seed into the `grad` of every leaf that this Value depends on.

        Gradients of interior nodes are those of the latest call. Raises ValueError for a constant, which has no graph,
        and TypeError for a seed that is no number. See `autograd.backprop.backward`.

        >>> from autograd import Value
        >>> x = Value(3.0)
        >>> y = x**2
        >>> y.backward()
        >>> y.backward(seed=10.0)
        >>> x.grad
        66.0
        """
        backward(self, seed)

    def forward(self) -> float:
        """Evaluate this Value's graph again after its leaves' `data` changed; returns the new data.

        Raises `DomainError` where a gate has no value now. See `autograd.backprop.recompute`.

        >>> from autograd import Value
        >>> x = Value(2.0)
        >>> y = x * x
        >>> x.data = 3.0
        >>> y.forward()
        9.0
        """
        recompute(self)
        return self._data

    if TYPE_CHECKING:  # made below, from the table of gates

        def __add__(self, other: Value | float, /) -> Value: ...
        def __sub__(self, other: Value | float, /) -> Value: ...
        def __mul__(self, other: Value | float, /) -> Value: ...
        def __truediv__(self, other: Value | float, /) -> Value: ...
        def __pow__(self, other: Value | float, /) -> Value: ...
        def __rsub__(self, other: Value | float, /) -> Value: ...
        def __rmul__(self, other: Value | float, /) -> Value: ...
        def __rtruediv__(self, other: Value | float, /) -> Value: ...
        def __rpow__(self, other: Value | float, /) -> Value: ...
        def maximum(self, other: Value | float, /) -> Value: ...
        def minimum(self, other: Value | float, /) -> Value: ...
        def __neg__(self) -> Value: ...
        def __abs__(self) -> Value: ...
        def exp(self) -> Value: ...
        def log(self) -> Value: ...
        def sqrt(self) -> Value: ...
        def sin(self) -> Value: ...
        def cos(self) -> Value: ...
        def tanh(self) -> Value: ...
        def sigmoid(self) -> Value: ...
        def relu(self) -> Value: ...
        def log1p(self) -> Value: ...
        def erf(self) -> Value: ...
        def softplus(self) -> Value: ...
        def abs(self) -> Value: ...
        def neg(self) -> Value: ...

    def __radd__(self, other: float) -> Value:
        # sum(values) starts from the int 0, which is nobody's operand.
        return self if other.__class__ is int and other == 0 else _reflected_add(self, other)

    def __pos__(self) -> Value:
        return self

    def leaky_relu(self, slope: Value | float = GATES["leaky_relu"].defaults[0]) -> Value:
        """y = x if x > 0 else slope · x; the derivative at 0 is the slope, as in PyTorch.

        >>> from autograd import Value
        >>> Value(-2.0).leaky_relu().data
        -0.02
        """
        return apply(GATES["leaky_relu"], (self, slope))

    __lt__ = _comparison("<")
    __le__ = _comparison("<=")
    __gt__ = _comparison(">")
    __ge__ = _comparison(">=")

    def __float__(self) -> float:
        raise self._no_number("float")

    def __int__(self) -> int:
        raise self._no_number("int")

    def _no_number(self, kind: str) -> TypeError:
        return TypeError(
            f"{kind}(v) of a Value would cut the graph silently. To go on with the graph, use the functions of this "
            f"package (autograd.exp(v) in place of math.exp(v), autograd.where in place of if); for the number alone, "
            f"{kind}(v.data), through which no gradient passes"
        )

    def __repr__(self) -> str:
        parts = [f"data={self.data!r}", f"grad={self._grad!r}"]
        if self.label:
            parts.append(f"label={self.label!r}")
        if self.gate is not None:
            parts.append(f"gate={self.gate.name!r}")
        elif self._a is None:
            parts.append("requires_grad=False")
        return f"Value({', '.join(parts)})"

    def __format__(self, spec: str) -> str:
        """``f"{v:.3f}"`` formats the data; ``f"{v}"`` is the repr."""
        return format(self.data, spec) if spec else repr(self)

    def __copy__(self) -> Value:
        return shallow_copy(self)

    def __deepcopy__(self, memo: dict[int, Any]) -> Value:
        return deep_copy(self, memo)

    def __reduce__(self) -> tuple[Any, ...]:
        return reduced(self)


class Numeral(Value):
    """A constant made of a plain number in an expression: nobody holds it, so nobody can ask for a derivative by it."""

    __slots__ = ()


_new: Callable[[type[Value]], Value] = object.__new__


def _constant(data: float, label: str = "", kind: type[Value] = Value) -> Value:
    node = _new(kind)
    node._data = data
    node._grad = 0.0
    node.gate = None
    node.label = label
    now = mode.get()
    node.scope = now.scope
    node._a = None
    node._b = None
    node._da = ()
    if kind is Value and now.checks.call is not None:
        now.checks.call.leaves.add(node)
    return node


def as_value(x: Value | float) -> Value:
    """`x` itself if it is a Value, else a constant; TypeError if it is no number."""
    value = _operand_or_none(x)
    if value is None:
        raise refusal(x, "a gate")
    return value


def apply(gate: Gate, operands: Iterable[Value | float]) -> Value:
    """The output of `gate` for any operands, computed with every check.

    Operators come here too, whenever they can't compute a gate without checks. Raises TypeError for operands that are
    no numbers or of the wrong count, `DomainError` where the gate has no value, `AnomalyError` under `detect_anomaly`.

    >>> from autograd import GATES, Value, apply
    >>> apply(GATES["mul"], [Value(2.0), 3.0]).data
    6.0
    """
    values = tuple(map(as_value, operands))
    if len(values) != gate.arity and (gate.arity is not None or not values):
        wanted = "at least one operand" if gate.arity is None else f"{gate.arity} operand{'s' * (gate.arity != 1)}"
        raise TypeError(f"the gate {gate.name!r} takes {wanted}, but was given {len(values)}")
    scope, _, checks, _ = mode.get()
    try:
        data, *derivatives = evaluate(gate, values)
        if checks.anomaly:
            check_finite(gate, values, data)
    except (ArithmeticError, ValueError) as error:
        if checks.trace is not None:
            checks.trace.left_domain(error)
        raise
    if checks.trace is not None:
        node = checks.trace.made(data, gate, values, tuple(derivatives), scope)
        return node if checks.record else checks.trace.detached(node)
    if not checks.record:
        mark(*values)
        return _constant(data)
    return made(Value, data, gate, values, tuple(derivatives), scope=scope)


def _called(gate: Gate, *operands: Value | float) -> Value:
    """This gate applied to Values and numbers: a Value that remembers it. Raises what `apply` raises."""
    return apply(gate, operands)


# Gates and Comparisons are known to Value, and give Values themselves: what they need of it is put into them here.
Gate.__call__ = _called  # type: ignore[assignment, method-assign]
Comparison.apply = staticmethod(apply)

#: What the generated operators refer to.
CONTEXT = {"Value": Value, "new": _new, "apply": apply, "coerced": _operand}

for _name in ("add", "sub", "mul", "truediv", "pow"):
    _gate = GATES[_name.removeprefix("true")]
    _method = operator(_gate, CONTEXT)
    setattr(Value, f"__{_name}__", _method)
    if _name == "add":
        _reflected_add = _reflected(_method, _gate)
    else:
        setattr(Value, f"__r{_name}__", _reflected(_method, _gate))

for _gate in GATES.values():
    if _gate.arity == 1 and _gate.name != "copy":
        setattr(Value, _gate.name, operator(_gate, CONTEXT))

Value.__neg__, Value.__abs__ = Value.neg, Value.abs  # type: ignore[method-assign]
Value.maximum = operator(GATES["max"], CONTEXT)  # type: ignore[method-assign]
Value.minimum = operator(GATES["min"], CONTEXT)  # type: ignore[method-assign]
