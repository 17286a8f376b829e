"""Gradients as results: of outputs with respect to chosen Values, or of plain Python functions. `.grad` is left alone.

One sweep serves all of it: adjoints, ∂output/∂node, kept beside the graph and moved backward in topological order.
With ``create_graph`` the local derivatives are computed again from the table's formulas, on Values, so the adjoints are
themselves a graph that can be differentiated, to any order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from math import isclose
from typing import Any, Literal, overload

from autograd import functions
from autograd.backprop import topological_order
from autograd.comparison import SIGNS, mark
from autograd.evaluate import number
from autograd.formula import compiled, for_values
from autograd.gates import GATES, Gate
from autograd.mode import mode
from autograd.value import Numeral, Value, apply, as_value

#: Several Values, in an order.
Values = Iterable[Value]


def _number(x: Value | float) -> float:
    return x._data if isinstance(x, Value) else x


def _power(a: Value | float, b: Value | float) -> Value | float:
    return a**b


def _test(sign: str, a: Value | float, b: Value | float) -> Value | bool:
    """Whether a > b: of Values a gate, so that it is asked anew where the graph is replayed for other numbers."""
    compare, gate, turned = SIGNS[sign]
    if not (isinstance(a, Value) or isinstance(b, Value)):
        return bool(compare(a, b))
    return apply(GATES[gate], (b, a) if turned else (a, b))


def _either(test: Value | bool, other: Callable[[], Value | bool]) -> Value | bool:
    """test or other()."""
    if not isinstance(test, Value):
        return test or other()
    second = other()
    return second or test if not isinstance(second, Value) else apply(GATES["max"], (test, second))


def _choice(test: Value | bool, yes: Callable[[], Value | float], no: Callable[[], Value | float]) -> Value | float:
    """yes() if test else no(): of Values a `where`, unless the one that is not chosen has no value here."""
    if not isinstance(test, Value):
        return yes() if test else no()
    chosen, other = (yes, no) if test._data > 0 else (no, yes)
    result = chosen()
    try:
        rest = other()
    except (ArithmeticError, ValueError):
        mark(test)  # the graph has the one branch only, as after `if`
        return result
    if chosen is no:
        result, rest = rest, result
    return test if (result, rest) == (1.0, 0.0) else apply(GATES["where"], (test, result, rest))


_ON_VALUES: dict[str, Any] = {
    "test": _test,
    "either": _either,
    "choice": _choice,
    "pow": _power,
    "abs": abs,
    "inf": float("inf"),
    "nan": float("nan"),
    **{name: getattr(functions, name) for name in ("exp", "log", "sqrt", "sin", "cos", "tanh", "sigmoid")},
}


@cache
def _derivatives_on_values(gate: Gate) -> tuple[Callable[..., Any], ...]:
    """One function for each operand, of Values: ``(a, b, y)``, or ``(x, y)`` for a gate of any number of operands."""
    parameters = "x, y" if gate.arity is None else ", ".join((*gate.operands, "y"))
    others = {name: other for name, other in GATES.items() if name not in _ON_VALUES}
    return tuple(
        compiled(f"lambda {parameters}: {for_values(d)}", {"__builtins__": {}, **others, **_ON_VALUES})
        for d in gate.derivatives
    )


def _local_derivative(node: Value, i: int) -> Value | float:
    """∂node/∂(its i-th operand) as a graph; the numbers of an expression enter it as such, to keep it small."""
    gate: Gate = node.gate  # type: ignore[assignment]
    operands: list[Any] = [parent._data if type(parent) is Numeral else parent for parent in node.parents]
    functions = _derivatives_on_values(gate)
    if gate.arity is None:
        result: Value | float = functions[0](operands[i], node)
    else:
        result = functions[i](*operands, node)
    now, then = _number(result), node._locals()[i]
    if not isclose(now, then, rel_tol=1e-9, abs_tol=1e-300) and now == now:
        raise ValueError(
            f"the data of a leaf changed since the graph was built: a local derivative of the gate {gate.name!r} was "
            f"{then!r} and is {now!r} now; call recompute(output) before differentiating it with create_graph"
        )
    return result


def _adjoints(output: Value, wanted: Sequence[Value], seed: Any, create_graph: bool) -> list[Any]:
    """∂output/∂each wanted Value, times `seed`: floats, or Values and floats if `create_graph`."""
    if not create_graph and mode.get().special.trace is not None:  # numbers that are read off a graph
        return [as_value(result).data for result in _adjoints(output, wanted, seed, True)]
    order = topological_order(output)
    leads: set[Value] = set(wanted)  # the nodes through which a wanted Value reaches the output
    for node in order:
        if node.gate is not None and node.gate.role != "stop" and not leads.isdisjoint(node.parents):
            leads.add(node)
    adjoint: dict[Value, Any] = {output: seed}
    for node in reversed(order):
        upstream = adjoint.get(node)
        if upstream is None:
            continue
        for i, (parent, local) in enumerate(zip(node.parents, node._locals(), strict=True)):
            if parent not in leads or node.gate.blocks(i):  # type: ignore[union-attr]
                continue
            amount = _times(_local_derivative(node, i), upstream) if create_graph else upstream * local
            adjoint[parent] = adjoint[parent] + amount if parent in adjoint else amount
    return [adjoint.get(value, 0.0) for value in wanted]


def _times(local: Value | float, upstream: Value | float) -> Value | float:
    """local × upstream, without a gate where the local derivative is the number 1 or −1."""
    if not isinstance(local, Value):
        if local == 1.0:
            return upstream
        if local == -1.0:
            return -upstream
    return local * upstream


@overload
def grad(output: Value, wrt: Value, *, create_graph: Literal[False] = False, seed: float = 1.0) -> float: ...
@overload
def grad(output: Value, wrt: Value, *, create_graph: Literal[True], seed: Value | float = 1.0) -> Value: ...
@overload
def grad(output: Value, wrt: Values, *, create_graph: Literal[False] = False, seed: float = 1.0) -> list[float]: ...
@overload
def grad(output: Value, wrt: Values, *, create_graph: Literal[True], seed: Value | float = 1.0) -> list[Value]: ...
@overload
def grad(output: Callable[..., Any]) -> Callable[..., Any]: ...


def grad(output: Any, wrt: Any = None, *, create_graph: bool = False, seed: Any = 1.0) -> Any:
    """∂output/∂w × seed for each w in `wrt`, without touching any `.grad`.

    output: a Value. wrt: a Value, for one result, or several, for a list in their order; interior nodes count too.
    create_graph: give Values that can be differentiated again. A Value the output does not depend on has gradient 0.
    Of a function in place of a Value, ``grad(f)`` is the function that gives f's gradient at floats, like `derivative`.
    Raises TypeError for anything else.
    """
    if callable(output) and not isinstance(output, Value):
        return derivative(output)
    if not isinstance(output, Value):
        raise TypeError(f"grad differentiates a Value, but was given {output!r} of type {type(output).__name__}")
    single = isinstance(wrt, Value)
    wanted = [wrt] if single else _values(wrt, "grad(output, wrt)")
    results = _adjoints(output, wanted, seed, create_graph)
    if create_graph:
        results = [as_value(result) for result in results]
    return results[0] if single else results


def _values(values: Any, where: str) -> list[Value]:
    try:
        listed = list(values)
    except TypeError:
        listed = [values]
    for value in listed:
        if not isinstance(value, Value):
            raise TypeError(f"{where} takes Values, but was given {value!r} of type {type(value).__name__}")
    return listed


def _leaves(arguments: tuple[float, ...]) -> list[Value]:
    for x in arguments:
        if number(x) is None:
            raise TypeError(f"a derivative is taken at numbers, but was given {x!r} of type {type(x).__name__}")
    return [Value(x, label=f"x{i}") for i, x in enumerate(arguments)]


def _output(f: Callable[..., Any], result: Any) -> Value:
    if isinstance(result, Value):
        return result
    if number(result) is not None:  # a function that ignores its arguments is a constant
        return as_value(result)
    name = getattr(f, "__name__", repr(f))
    raise TypeError(f"{name} has to return a Value, computed from its arguments by gates, but returned {result!r}")


def value_and_grad(f: Any, wrt: Any = None) -> Any:
    """Value and gradient together. ``value_and_grad(f)`` is a function of floats giving ``(f(x), f'(x))``, with one
    float for a function of one argument and a list for several; ``value_and_grad(output, [x, w])`` takes a Value and
    gives ``(output.data, [∂output/∂x, ∂output/∂w])``."""
    if isinstance(f, Value):
        return f.data, grad(f, wrt)

    def both(*arguments: float) -> tuple[float, Any]:
        xs = _leaves(arguments)
        y = _output(f, f(*xs))
        gradient = _adjoints(y, xs, 1.0, create_graph=False)
        return y.data, gradient[0] if len(xs) == 1 else gradient

    return both


def derivative(f: Callable[..., Any]) -> Callable[..., Any]:
    """f′, a function of floats: of one argument a float, of several the list of partial derivatives.

    Derivatives nest: given Values, f′ returns Values, so ``derivative(derivative(f))(2.0)`` is f″(2).
    """

    def f_prime(*arguments: Any) -> Any:
        nested = any(isinstance(x, Value) for x in arguments)
        # A copy of each, so that what f takes from the Values around it is not taken for its argument.
        xs = [apply(GATES["copy"], (x,)) for x in arguments] if nested else _leaves(arguments)
        y = _output(f, f(*xs))
        gradient = _adjoints(y, xs, 1.0, create_graph=nested)
        return gradient[0] if len(xs) == 1 else gradient

    return f_prime


def jacobian(f: Callable[..., Any]) -> Callable[..., list[Any]]:
    """The matrix ∂fᵢ/∂xⱼ at floats, a list of rows (outputs, arguments); one flat row where f gives a single Value."""

    def matrix(*arguments: float) -> list[Any]:
        xs = _leaves(arguments)
        ys = f(*xs)
        if isinstance(ys, list | tuple):
            return [_adjoints(_output(f, y), xs, 1.0, create_graph=False) for y in ys]
        return _adjoints(_output(f, ys), xs, 1.0, create_graph=False)

    return matrix


def hessian(f: Callable[..., Any]) -> Callable[..., list[list[float]]]:
    """The matrix ∂²f/∂xᵢ∂xⱼ at floats, a list of rows: the gradient's graph, differentiated again."""

    def matrix(*arguments: float) -> list[list[float]]:
        xs = _leaves(arguments)
        y = _output(f, f(*xs))
        gradient = _adjoints(y, xs, 1.0, create_graph=True)
        return [_adjoints(as_value(g), xs, 1.0, create_graph=False) for g in gradient]

    return matrix
