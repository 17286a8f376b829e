"""Gradients as results: of outputs with respect to chosen Values, or of plain Python functions. `.grad` is left alone.

One sweep serves all of it: adjoints, ∂output/∂node, kept beside the graph and moved backward in topological order.
With ``create_graph`` the local derivatives are computed again from the table's formulas, on Values, so the adjoints are
themselves a graph that can be differentiated, to any order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial, reduce
from math import isclose
from typing import Any, Literal, overload

from autograd import functions
from autograd.backprop import without_graph
from autograd.comparison import SIGNS, mark
from autograd.formula import Backend, Part, fold, hoisted
from autograd.formula.floats import CONSTANTS, OPERATORS
from autograd.gates import CALLS, GATES, Gate
from autograd.mode import Differentiated, changed, mode
from autograd.node import topological_order
from autograd.numbers import number
from autograd.value import Numeral, Value, apply, as_value

#: Several Values, in an order.
Values = Iterable[Value]


def _number(x: Value | float) -> float:
    return x._data if isinstance(x, Value) else x


def _test(sign: str, a: Value | float, b: Value | float) -> Value | bool:
    """Whether a > b: of Values a gate, so that it is asked anew where the graph is replayed for other numbers."""
    compare, gate, turned = SIGNS[sign]
    if not (isinstance(a, Value) or isinstance(b, Value)):
        return bool(compare(a, b))
    return apply(GATES[gate], (b, a) if turned else (a, b))


def _joined(gate: Gate, a: Value | bool, b: Value | bool) -> Value | bool:
    """a and b, by the gate min; a or b, by max. Plain bools decide, or are left out."""
    if isinstance(a, Value) and isinstance(b, Value):
        return apply(gate, (a, b))
    known, other = (b, a) if isinstance(a, Value) else (a, b)
    return known if bool(known) == (gate.name == "max") else other


def _choice(asked: Part[Any], yes: Part[Any], no: Part[Any]) -> Value | float:
    """yes() if asked() else no(): of Values a `where`, unless the one that is not chosen has no value here."""
    test = asked()
    if not isinstance(test, Value):
        return yes() if test else no()  # type: ignore[no-any-return]
    chosen, other = (yes, no) if test._data > 0 else (no, yes)
    result: Value | float = chosen()
    try:
        rest = other()
    except (ArithmeticError, ValueError):
        mark(test)  # the graph has the one branch only, as after `if`
        return result
    if chosen is no:
        result, rest = rest, result
    return test if (result, rest) == (1.0, 0.0) else apply(GATES["where"], (test, result, rest))


def _on_values(operands: Mapping[str, Any]) -> Backend[Any]:
    """Formulas computed with Values: every operator and call is a gate, and so is a choice."""

    def call(name: str, values: list[Any]) -> Any:
        if not any(isinstance(value, Value) for value in values):
            return CALLS[name](*values)
        if name in ("max", "min"):
            return reduce(lambda a, b: apply(GATES[name], (a, b)), values)
        return apply(GATES[name], values)

    def over(name: str, term: Part[Any]) -> Any:
        terms = []
        for x in operands["xs"]:
            terms.append(fold(term.tree, _on_values({**operands, "x": x})))
        return functions.sum(terms) if name == "sum" else call(name, terms)

    known: dict[str, Any] = {**CONSTANTS, **operands}
    return Backend(
        number=float,
        name=known.__getitem__,
        operation=_operation,
        choice=_choice,
        call=call,
        over=over,
    )


def _operation(sign: str, operands: list[Any]) -> Any:
    if sign in SIGNS:
        return _test(sign, *operands)
    if sign in ("and", "or"):
        return reduce(partial(_joined, GATES["min" if sign == "and" else "max"]), operands)
    if sign == "not":
        return 1.0 - operands[0] if isinstance(operands[0], Value) else not operands[0]
    return OPERATORS[sign](*operands)


def _local_derivatives(node: Value) -> Callable[[int], Value | float]:
    """∂node/∂(its i-th operand) as a graph, for each i that is asked for.

    The numbers of an expression enter it as such, to keep it small. What a derivative takes over all operands is
    computed once for all of them.
    """
    gate: Gate = node.gate  # type: ignore[assignment]
    operands: list[Any] = [parent._data if type(parent) is Numeral else parent for parent in node.parents]
    over, derivatives = hoisted(*gate.derivatives)
    known: dict[str, Any] = {"y": node}
    known.update({"xs": operands} if gate.arity is None else zip(gate.operands, operands, strict=True))
    for name, tree in over.items():
        known[name] = fold(tree, _on_values(known))

    def derivative(i: int) -> Value | float:
        if gate.arity is None:
            known["x"] = operands[i]
        result: Value | float = fold(derivatives[0 if gate.arity is None else i], _on_values(known))
        now, then = _number(result), node._locals()[i]
        if not isclose(now, then, rel_tol=1e-9, abs_tol=1e-300) and now == now:
            raise ValueError(
                f"the data of a leaf changed since the graph was built: a local derivative of the gate {gate.name!r} "
                f"was {then!r} and is {now!r} now; call recompute(output) before differentiating it with create_graph"
            )
        return result

    return derivative


def _adjoints(output: Value, wanted: Sequence[Value], seed: Any, create_graph: bool) -> list[Any]:
    """∂output/∂each wanted Value, times `seed`: floats, or Values and floats if `create_graph`."""
    if not create_graph and mode.get().checks.trace is not None:  # numbers that are read off a graph
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
        slope = _local_derivatives(node) if create_graph and node.gate is not None else None
        for i, (parent, local) in enumerate(zip(node.parents, node._locals(), strict=True)):
            if parent not in leads or node.gate.blocks(i):  # type: ignore[union-attr]
                continue
            amount = _times(slope(i), upstream) if slope is not None else upstream * local
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
    create_graph: give Values that can be differentiated again; so it is without being asked for where a function is
    being differentiated and the output depends on its arguments. seed: a number, with create_graph also a Value.
    A Value the output does not depend on has gradient 0. Of a function in place of a Value, ``grad(f)`` is the function
    that gives f's gradient at floats, like `derivative`. Raises TypeError for anything else, and ValueError for an
    output without a graph: a constant, or what was detached or made under `no_grad`.
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
    results = _adjoints(output, wanted, _seed(seed, create_graph), create_graph)
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


def _leaves(arguments: tuple[float, ...]) -> list[Value]:
    for x in arguments:
        if number(x) is None:
            raise TypeError(f"a derivative is taken at numbers, but was given {x!r} of type {type(x).__name__}")
    return [Value(x, label=f"x{i}") for i, x in enumerate(arguments)]


def _name(f: Callable[..., Any]) -> str:
    return getattr(f, "__name__", repr(f))


def _output(f: Callable[..., Any], result: Any) -> Value:
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
        xs = [apply(GATES["copy"], (x,)) for x in arguments] if given else _leaves(arguments)
        call.arguments.update(xs)
        result = f(*xs)
        several = isinstance(result, list | tuple)
        ys = [_output(f, y) for y in (result if several else [result])]
        nested = around.record and (given or _uses_values_around(ys, call))

        def adjoints(y: Value | float, create_graph: bool = nested) -> list[Any]:
            results = _adjoints(as_value(y), xs, 1.0, create_graph)
            return [as_value(result) for result in results] if nested or given else results

        taken = gradients_of(ys if several else ys[0], adjoints)
    if around.call is not None:
        around.call.leaves |= call.leaves
    return taken


def value_and_grad(f: Any, wrt: Any = None) -> Any:
    """Value and gradient together. ``value_and_grad(f)`` is a function of floats giving ``(f(x), f'(x))``, with one
    number for a function of one argument and a list for several; ``value_and_grad(output, [x, w])`` takes a Value and
    gives ``(output.data, [∂output/∂x, ∂output/∂w])``. Of a function both are floats, or Values as for `derivative`."""
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
    """

    def f_prime(*arguments: Any) -> Any:
        gradient = _differentiated(f, arguments, lambda y, adjoints: adjoints(_single(f, y)))
        return gradient[0] if len(gradient) == 1 else gradient

    return f_prime


def jacobian(f: Callable[..., Any]) -> Callable[..., list[Any]]:
    """The matrix ∂fᵢ/∂xⱼ at floats, a list of rows (outputs, arguments); one flat row where f gives a single Value.
    Its numbers are floats, or Values as for `derivative`."""

    def matrix(*arguments: Any) -> list[Any]:
        def rows(result: Any, adjoints: Callable[..., list[Any]]) -> list[Any]:
            return [adjoints(y) for y in result] if isinstance(result, list) else adjoints(result)

        result: list[Any] = _differentiated(f, arguments, rows)
        return result

    return matrix


def hessian(f: Callable[..., Any]) -> Callable[..., list[list[Any]]]:
    """The matrix ∂²f/∂xᵢ∂xⱼ at floats, a list of rows: the gradient's graph, differentiated again. Its numbers are
    floats, or Values as for `derivative`."""

    def matrix(*arguments: Any) -> list[list[Any]]:
        def rows(y: Any, adjoints: Callable[..., list[Any]]) -> list[list[Any]]:
            return [adjoints(slope) for slope in adjoints(_single(f, y), True)]

        result: list[list[Any]] = _differentiated(f, arguments, rows)
        return result

    return matrix
