"""Gates as functions: ``exp(x)`` beside ``x.exp()``, on Values, on plain numbers and on NumPy arrays of either."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from typing import Any, Protocol, overload

from autograd.comparison import Comparison
from autograd.gates import GATES, Gate
from autograd.operators import elementwise, variadic
from autograd.value import CONTEXT, Value, apply, as_value


class Unary(Protocol):
    """A function of one operand: of a Value a Value, of a number a float."""

    @overload
    def __call__(self, x: Value, /) -> Value: ...
    @overload
    def __call__(self, x: float, /) -> float: ...


class Binary(Protocol):
    """A function of two operands: a Value if either is one, of numbers a float."""

    @overload
    def __call__(self, a: Value, b: Value | float, /) -> Value: ...
    @overload
    def __call__(self, a: float, b: Value, /) -> Value: ...
    @overload
    def __call__(self, a: float, b: float, /) -> float: ...


#: Operands of the examples in docstrings.
_EXAMPLE = (0.5, 2.0, -1.0)


def _function(gate: Gate) -> Any:
    method = getattr(Value, gate.name, None) if gate.arity == 1 else None

    def function(*operands: Any) -> Any:
        if method is not None and len(operands) == 1 and operands[0].__class__ is Value:
            return method(operands[0])  # the usual case, at half the price
        numpy = sys.modules.get("numpy")
        if numpy is not None and any(isinstance(x, numpy.ndarray) for x in operands):
            result = numpy.frompyfunc(function, len(operands), 1)(*operands)
            return result.astype(float) if all(numpy.asarray(x).dtype != object for x in operands) else result
        result = apply(gate, operands)
        return result if any(isinstance(x, Value) or type(x) is Comparison for x in operands) else result.data

    called = {"max": "maximum", "min": "minimum"}.get(gate.name, gate.name)
    function.__name__ = function.__qualname__ = called
    written = gate.text.template.replace("$", "")
    note = f" {gate.note}".rstrip()
    at = ", ".join(f"Value({x})" for x in _EXAMPLE[: gate.arity])
    function.__doc__ = f"""y = {written}: of Values a Value, of numbers a float, of NumPy arrays an array.{note}

    In the language of gates y = {gate.formula}; its derivatives are {", ".join(gate.shown)}. Arrays are computed
    element by element. Raises TypeError for what is no number, and `DomainError` where there is no value.

    >>> from autograd import Value, {called}
    >>> round({called}({at}).data, 6)
    {round(gate.forward(*_EXAMPLE[: gate.arity]), 6)!r}
    """
    return function


exp: Unary = _function(GATES["exp"])
log: Unary = _function(GATES["log"])
sqrt: Unary = _function(GATES["sqrt"])
sin: Unary = _function(GATES["sin"])
cos: Unary = _function(GATES["cos"])
tanh: Unary = _function(GATES["tanh"])
sigmoid: Unary = _function(GATES["sigmoid"])
relu: Unary = _function(GATES["relu"])
log1p: Unary = _function(GATES["log1p"])
erf: Unary = _function(GATES["erf"])
softplus: Unary = _function(GATES["softplus"])
_where = _function(GATES["where"])


def where(condition: Any, a: Any, b: Any) -> Any:
    """``a if condition else b`` as a gate: a graph with it serves all rows, where an ``if`` takes one branch.

    y = a where the condition is met (a Comparison that is true, or a number above 0), else b. The gradient goes to the
    one that was chosen, none to the other or to the condition. Both are computed, so both need a value: to take the
    logarithm of positive numbers only, write ``log(where(x > 0, x, 1.0))``.

    condition: a `Comparison` of Values, a Value or a number. a, b: Values or numbers; of numbers alone the result is a
    float, of NumPy arrays an array, element by element. Raises TypeError for anything else.

    >>> from autograd import Value, where
    >>> x = Value(-2.0)
    >>> where(x > 0, x, 0.1 * x).data
    -0.2
    """
    return _where(condition, a, b)


maximum: Binary = _function(GATES["max"])
minimum: Binary = _function(GATES["min"])


(_SLOPE,) = GATES["leaky_relu"].defaults


def leaky_relu(x: Any, slope: Value | float = _SLOPE) -> Any:
    """y = x if x > 0 else slope · x; the derivative at 0 is the slope, as in PyTorch.

    Of Values a Value, of numbers a float, of NumPy arrays an array, element by element.

    >>> from autograd import Value, leaky_relu
    >>> leaky_relu(Value(-2.0)).data, leaky_relu(-2.0, 0.5)
    (-0.02, -1.0)
    """
    return _leaky_relu(x, slope)


_leaky_relu = _function(GATES["leaky_relu"])


_products = elementwise(GATES["mul"], CONTEXT)
_sum: Callable[[Iterable[Any]], Value] = variadic(GATES["sum"], CONTEXT)
_logsumexp: Callable[[Iterable[Any]], Value] = variadic(GATES["logsumexp"], CONTEXT)


def sum(values: Iterable[Value | float]) -> Value:
    """y = Σ values in one gate, drawn as one Σ; of no values the constant 0, of one Value that Value itself.

    >>> from autograd import Value, sum
    >>> y = sum([Value(1.0), Value(2.0), 3.0])
    >>> y.data, len(y.parents)
    (6.0, 3)
    """
    operands = tuple(values)
    if not operands:
        return Value(0.0, requires_grad=False)
    return operands[0] if len(operands) == 1 and isinstance(operands[0], Value) else _sum(operands)


def logsumexp(values: Iterable[Value | float]) -> Value:
    """y = log Σ exp(values) in one gate, without overflow; its local derivatives are softmax(values).

    Raises TypeError for no values.

    >>> from autograd import Value, logsumexp
    >>> y = logsumexp([Value(1000.0), Value(1000.0)])
    >>> round(y.data, 6), [round(local, 6) for local in y.local_derivatives]
    (1000.693147, [0.5, 0.5])
    """
    return _logsumexp(values)


def dot(weights: Iterable[Value | float], inputs: Iterable[Value | float], bias: Value | float | None = None) -> Value:
    """y = Σ weightᵢ · inputᵢ + bias: a gate for each product, and one for their sum with the bias.

    Raises ValueError if there are not as many weights as inputs.

    >>> from autograd import Value, dot
    >>> dot([Value(2.0), Value(3.0)], [10.0, 1.0], bias=0.5).data
    23.5
    """
    ws = weights if isinstance(weights, list) else list(weights)
    xs = inputs if isinstance(inputs, list) else list(inputs)
    if len(ws) != len(xs):
        raise ValueError(
            f"a dot product pairs each weight with an input, but was given {len(ws)} weights and {len(xs)} inputs"
        )
    products = _products(ws, xs)
    if bias is not None:
        products.append(as_value(bias))
    return _sum(products)
