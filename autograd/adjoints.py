"""Reverse accumulation beside the graph: adjoints, ∂output/∂node, kept in a dict and moved backward in order.

With ``create_graph`` the local derivatives are computed again from the table's formulas, on Values, so the adjoints are
themselves a graph that can be differentiated, to any order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial, reduce
from math import isclose
from typing import Any

from autograd import functions
from autograd.comparison import SIGNS, mark
from autograd.formula import Backend, Part, fold, hoisted
from autograd.formula.floats import CONSTANTS, OPERATORS
from autograd.gates import CALLS, GATES, Gate
from autograd.mode import mode
from autograd.node import topological_order
from autograd.value import Numeral, Value, apply, as_value


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


def adjoints(output: Value, wanted: Sequence[Value], seed: Any, create_graph: bool) -> list[Any]:
    """∂output/∂each wanted Value, times `seed`: floats, or Values and floats if `create_graph`."""
    if not create_graph and mode.get().checks.trace is not None:  # numbers that are read off a graph
        return [as_value(result).data for result in adjoints(output, wanted, seed, True)]
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
