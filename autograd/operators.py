"""From a gate's entry to the function that applies it to Values, with the gate's formulas written into its body.

Every operator has the same shape: read the operands' numbers, compute the value and the local derivatives, and make a
node that keeps both. That shape is written here once, as a template; each gate's formulas are put into it, the way
dataclasses write an ``__init__``. (Calling the formulas as functions instead would cost a third of the forward pass.)
Anything unusual, such as a number that is no float, `no_grad` or a domain error, is left to `autograd.value.apply`.

The code of ``u * v`` becomes::

    def operator(u, v):
        if v.__class__ is not Value:
            v = coerced(v, gate)
            if v is NotImplemented:
                return NotImplemented
        scope, plain, checks, _ = current()
        try:
            a = u._data
            b = v._data
            y = a * b
            du = b
            dv = a
        except SETBACKS:
            y = None
        if y.__class__ is float and plain:
            node = new(Value)
            node._data = y
            node._grad = 0.0
            node.gate = gate
            node.label = ""
            node.scope = scope
            node._a = u
            node._b = v
            node._da = du
            node._db = dv
        elif y.__class__ is float and checks.made is not None:
            node = checks.made(y, gate, (u, v,), (du, dv,), scope)
        else:
            node = apply(gate, (u, v,))
        return node
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterable, Mapping
from textwrap import indent
from typing import Any

from autograd.formula.spelling import python_text
from autograd.gates import CALLS, Gate
from autograd.generated import compiled_source
from autograd.mode import mode

#: What a formula raises where it has no value, an operand is no Value, or its data is no number.
SETBACKS = (ArithmeticError, ValueError, TypeError, AttributeError)

_COMPUTE = """\
try:
    {read}
    y = {formula}
    {derive}
except SETBACKS:
    y = None
"""

_RECORD = """\
if y.__class__ is float and plain:
    node = new(Value)
    node._data = y
    node._grad = 0.0
    node.gate = gate
    node.label = ""
    node.scope = scope
    {link}
elif y.__class__ is float and checks.made is not None:
    node = checks.made(y, gate, {operands}, {locals}, scope)
else:
    node = apply(gate, {operands})
"""

_OPERATOR = """\
def operator({parameters}):
    {coerce}
    scope, plain, checks, _ = current()
    {compute}
    {record}
    return node
"""

_ELEMENTWISE = """\
def operator({lists}):
    scope, plain, checks, _ = current()
    nodes = []
    for {parameters} in zip({lists}, strict=True):
        {compute}
        {record}
        nodes.append(node)
    return nodes
"""

_VARIADIC = """\
def operator(values):
    operands = tuple(values)
    scope, plain, checks, _ = current()
    try:
        result = rule(*[operand._data for operand in operands])
        y = result[0]
    except SETBACKS:
        y = None
    {record}
    return node
"""

#: The example in the docstring of a method.
_EXAMPLE = """

    >>> from autograd import GATES, Value
    >>> round({call}.data, 6)
    {result}
    """

_COERCE = """\
if v.__class__ is not Value:
    v = coerced(v, gate)
    if v is NotImplemented:
        return NotImplemented
"""


def _filled(template: str, **parts: str) -> str:
    """`template` with each part in its place, indented as the place is."""
    lines = []
    for line in template.splitlines():
        for name, part in parts.items():
            if line.strip() == f"{{{name}}}":
                line = indent(part.rstrip(), line[: len(line) - len(line.lstrip())])
                break
            line = line.replace(f"{{{name}}}", part)
        lines.append(line)
    return "\n".join(line for line in lines if line.strip())


def _parts(gate: Gate) -> dict[str, str]:
    operands = ("u", "v")[: gate.arity]
    parameters = ", ".join(operands)
    derivatives = ("du", "dv")[: gate.arity]
    links = [f"node._a = u\nnode._b = {'v' if gate.arity == 2 else 'None'}", "node._da = du", "node._db = dv"]
    return {
        "parameters": parameters,
        "lists": ", ".join(f"{operand}s" for operand in operands),
        "compute": _filled(
            _COMPUTE,
            read="\n".join(f"{name} = {operand}._data" for name, operand in zip(gate.operands, operands, strict=True)),
            formula=python_text(gate.formula),
            derive="\n".join(
                f"{name} = {python_text(d)}" for name, d in zip(derivatives, gate.derivatives, strict=True)
            ),
        ),
        "record": _filled(
            _RECORD,
            link="\n".join(links[: 1 + len(operands)]),
            operands=f"({parameters},)",
            locals=f"({', '.join(derivatives)},)",
        ),
    }


def _function(kind: str, source: str, gate: Gate, context: Mapping[str, Any]) -> Callable[..., Any]:
    namespace = {
        **CALLS,
        "__builtins__": builtins,
        **context,
        "SETBACKS": SETBACKS,
        "gate": gate,
        "rule": gate.rule,
        "current": mode.get,
    }
    function: Callable[..., Any] = compiled_source(source, f"<gate {gate.name}{kind}>", namespace)["operator"]
    function.__name__ = function.__qualname__ = gate.name
    function.__doc__ = f"y = {gate.formula}; derivatives: {', '.join(gate.shown)}. {gate.note}".rstrip()
    if gate.arity is not None:
        numbers = (0.5, 2.0)[: gate.arity]
        call = f"Value(0.5).{gate.name}()" if gate.arity == 1 else f'GATES["{gate.name}"](Value(0.5), 2.0)'
        function.__doc__ += _EXAMPLE.format(call=call, result=round(gate.forward(*numbers), 6))
    return function


def operator(gate: Gate, context: Mapping[str, Any]) -> Callable[..., Any]:
    """`gate`, of one or two operands, as a method of Value: ``operator(u)`` or ``operator(u, v)``."""
    coerce = _COERCE if gate.arity == 2 else ""
    return _function("", _filled(_OPERATOR, coerce=coerce, **_parts(gate)), gate, context)


def elementwise(gate: Gate, context: Mapping[str, Any]) -> Callable[..., list[Any]]:
    """`gate` over lists of operands of equal lengths: a list of Values. Most gates of a network are made this way."""
    return _function(", for lists", _filled(_ELEMENTWISE, **_parts(gate)), gate, context)


def variadic(gate: Gate, context: Mapping[str, Any]) -> Callable[[Iterable[Any]], Any]:
    """`gate`, which takes any number of operands, as a function of an iterable of them."""
    link = "node._a = operands\nnode._b = None\nnode._da = result[1:]"
    return _function(
        "",
        _filled(_VARIADIC, record=_filled(_RECORD, link=link, operands="operands", locals="result[1:]")),
        gate,
        context,
    )
