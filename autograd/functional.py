"""Gradients as results: of outputs with respect to chosen Values, or of plain Python functions. `.grad` is left alone.

One sweep serves all of it (`autograd.adjoints`): grad, derivative, jacobian and hessian differ in what they ask it for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Literal, overload

from autograd.adjoints import adjoints as adjoints_of
from autograd.backprop import without_graph
from autograd.gates import GATES
from autograd.mode import Differentiated, changed, mode
from autograd.node import topological_order
from autograd.numbers import number
from autograd.value import Numeral, Value, apply, as_value

#: Several Values, in an order.
Values = Iterable[Value]


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
    create_graph: give Values that can be differentiated again; so it is without being asked for where a function is
    being differentiated and the output depends on its arguments. seed: a number, with create_graph also a Value.
    A Value the output does not depend on has gradient 0. Of a function in place of a Value, ``grad(f)`` is the function
    that gives f's gradient at floats, like `derivative`. Raises TypeError for anything else, and ValueError for an
    output without a graph: a constant, or what was detached or made under `no_grad`.

    >>> from autograd import Value, grad
    >>> x, w = Value(2.0), Value(3.0)
    >>> y = w * x**2
    >>> grad(y, [x, w])
    [12.0, 4.0]
    >>> dx = grad(y, x, create_graph=True)
    >>> grad(dx, w)
    4.0
    """
    if callable(output) and not isinstance(output, Value):
        return derivative(output)
    if not isinstance(output, Value):
        raise TypeError(f"grad differentiates a Value, but was given {output!r} of type {type(output).__name__}")
    single = isinstance(wrt, Value)
    wanted = [wrt] if single else _values(wrt, "grad(output, wrt)")
    if output._a is None and type(output) is not Numeral and output not in wanted:
        raise without_graph(output)
    checks = mode.get().checks
    if not create_graph and checks.call is not None and checks.record:
        create_graph = not checks.call.arguments.isdisjoint(topological_order(output))
    results = adjoints_of(output, wanted, _seed(seed, create_graph), create_graph)
    if create_graph:
        results = [as_value(result) for result in results]
    return results[0] if single else results


def _seed(seed: Any, create_graph: bool) -> Any:
    """The seed as a float; with `create_graph` a Value is one too, and a number that was read off a recorded Value."""
    if type(seed) is float or (create_graph and isinstance(seed, Value)):
        return seed
    trace = mode.get().checks.trace
    node = trace.node_of(seed) if trace is not None else None
    start = node or number(seed)
    if start is None:
        wanted = "a number or a Value" if create_graph else "a number (a Value with create_graph=True)"
        raise TypeError(f"the seed, ∂output/∂output, is {wanted}, but was given {seed!r}")
    return start


def _values(values: Any, where: str) -> list[Value]:
    try:
        listed = list(values)
    except TypeError:
        listed = [values]
    for value in listed:
        if not isinstance(value, Value):
            raise TypeError(f"{where} takes Values, but was given {value!r} of type {type(value).__name__}")
    return listed


def leaves_at(arguments: tuple[float, ...]) -> list[Value]:
    for x in arguments:
        if number(x) is None:
            raise TypeError(f"a derivative is taken at numbers, but was given {x!r} of type {type(x).__name__}")
    return [Value(x, label=f"x{i}") for i, x in enumerate(arguments)]


def _name(f: Callable[..., Any]) -> str:
    return getattr(f, "__name__", repr(f))


def output_of(f: Callable[..., Any], result: Any) -> Value:
    if isinstance(result, Value):
        return result
    if number(result) is not None:  # a function that ignores its arguments is a constant
        return as_value(result)
    raise TypeError(f"{_name(f)} has to return a Value, computed from its arguments by gates, but returned {result!r}")


def _uses_values_around(outputs: list[Value], call: Differentiated) -> bool:
    """Whether the outputs depend on leaves from around the call, by which somebody there may ask for a derivative."""
    order = topological_order(outputs)
    return any(node.gate is None and type(node) is not Numeral and node not in call.leaves for node in order)


def _single(f: Callable[..., Any], result: Any) -> Value:
    """The one output of a function; TypeError if it gave several."""
    if isinstance(result, Value):
        return result
    raise TypeError(
        f"{_name(f)} has to return a Value, computed from its arguments by gates, but returned {result!r}; the "
        "derivatives of several outputs are jacobian(f)"
    )


def _differentiated(f: Callable[..., Any], arguments: tuple[Any, ...], gradients_of: Callable[..., Any]) -> Any:
    """``gradients_of(result, adjoints)`` for a call of f; ``adjoints(y)`` are those of an output by the arguments.

    Of a function of floats they are floats. They are Values, to be differentiated further, if arguments are Values, or
    if the result depends on Values from around the function: so derivatives nest. Under `no_grad` the inside is
    recorded all the same, but what depends on Values from around is a number.
    """
    around = mode.get().checks
    call = Differentiated(around.call)
    with changed(record=True, call=call):
        given = any(isinstance(x, Value) for x in arguments)
        # A copy of each, so that what f takes from the Values around it is not taken for its argument.
        xs = [apply(GATES["copy"], (x,)) for x in arguments] if given else leaves_at(arguments)
        call.arguments.update(xs)
        result = f(*xs)
        several = isinstance(result, list | tuple)
        ys = [output_of(f, y) for y in (result if several else [result])]
        nested = around.record and (given or _uses_values_around(ys, call))

        def adjoints(y: Value | float, create_graph: bool = nested) -> list[Any]:
            results = adjoints_of(as_value(y), xs, 1.0, create_graph)
            return [as_value(result) for result in results] if nested or given else results

        taken = gradients_of(ys if several else ys[0], adjoints)
    if around.call is not None:
        around.call.leaves |= call.leaves
    return taken


def value_and_grad(f: Any, wrt: Any = None) -> Any:
    """Value and gradient together: ``(f(x), f′(x))``.

    ``value_and_grad(f)`` is a function of floats; the gradient is one number for a function of one argument and a list
    for several. ``value_and_grad(output, [x, w])`` takes a Value and gives ``(output.data, [∂output/∂x, ∂output/∂w])``.
    The numbers are floats; those of a function are Values where `derivative` gives Values. Raises what `grad` raises.

    >>> from autograd import value_and_grad
    >>> value_and_grad(lambda x, y: x * y**2)(2.0, 3.0)
    (18.0, [9.0, 12.0])
    """
    if isinstance(f, Value):
        return f.data, grad(f, wrt)

    def both(*arguments: Any) -> tuple[Any, Any]:
        def gradients(y: Any, adjoints: Callable[..., list[Any]]) -> tuple[Any, Any]:
            gradient = adjoints(_single(f, y))
            value = y if any(isinstance(g, Value) for g in gradient) else y.data
            return value, gradient[0] if len(gradient) == 1 else gradient

        value, gradient = _differentiated(f, arguments, gradients)
        recorded = mode.get().checks.record
        return value if recorded or not isinstance(value, Value) else value.detach(), gradient

    return both


def derivative(f: Callable[..., Any]) -> Callable[..., Any]:
    """f′, a function of floats: of one argument a float, of several the list of partial derivatives.

    Derivatives nest: given Values, f′ returns Values, so ``derivative(derivative(f))(2.0)`` is f″(2). It does so too
    where f uses Values from around it: in ``derivative(lambda x: x * derivative(lambda y: x * y)(1.0))(3.0)`` the inner
    derivative is x, and the outer one 6. Under `no_grad` f is recorded all the same, and the result is a number.

    Raises TypeError for arguments that are no numbers, and where f returns anything but one Value.

    >>> from autograd import derivative
    >>> derivative(lambda x: x**3)(2.0), derivative(derivative(lambda x: x**3))(2.0)
    (12.0, 12.0)
    """

    def f_prime(*arguments: Any) -> Any:
        gradient = _differentiated(f, arguments, lambda y, adjoints: adjoints(_single(f, y)))
        return gradient[0] if len(gradient) == 1 else gradient

    return f_prime


def jacobian(f: Callable[..., Any]) -> Callable[..., list[Any]]:
    """The matrix ∂fᵢ/∂xⱼ at floats, a list of rows (outputs, arguments); one flat row where f gives a single Value.

    Its numbers are floats, or Values where `derivative` gives Values. Raises TypeError for arguments that are no
    numbers, and where f returns anything but Values.

    >>> from autograd import jacobian
    >>> jacobian(lambda x, y: [x * y, x + y])(2.0, 3.0)
    [[3.0, 2.0], [1.0, 1.0]]
    """

    def matrix(*arguments: Any) -> list[Any]:
        def rows(result: Any, adjoints: Callable[..., list[Any]]) -> list[Any]:
            return [adjoints(y) for y in result] if isinstance(result, list) else adjoints(result)

        result: list[Any] = _differentiated(f, arguments, rows)
        return result

    return matrix


def hessian(f: Callable[..., Any]) -> Callable[..., list[list[Any]]]:
    """The matrix ∂²f/∂xᵢ∂xⱼ at floats, a list of rows (arguments, arguments).

    It is the gradient's graph, differentiated again. Its numbers are floats, or Values where `derivative` gives Values.
    Raises TypeError for arguments that are no numbers, and where f returns anything but one Value.

    >>> from autograd import hessian
    >>> hessian(lambda x, y: x**2 * y)(2.0, 3.0)
    [[6.0, 4.0], [4.0, 0.0]]
    """

    def matrix(*arguments: Any) -> list[list[Any]]:
        def rows(y: Any, adjoints: Callable[..., list[Any]]) -> list[list[Any]]:
            return [adjoints(slope) for slope in adjoints(_single(f, y), True)]

        result: list[list[Any]] = _differentiated(f, arguments, rows)
        return result

    return matrix
