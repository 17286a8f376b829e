"""A graph as data for a page: nodes by their place in topological order, and what is said of each kind of gate."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from autograd import Value, topological_order
from autograd.gates import SIGN, Gate
from viz.diagram.truth import PASSES, STALE, has_several_passes, is_stale
from viz.text.notation import Written, written


def described(output: Value, names: Mapping[Value, str]) -> dict[str, object]:
    """What the page needs of a graph: ``nodes``, ``kinds`` (of gates), ``output`` (a place).

    A leaf is ``{name, value, constant?, given?}``, `given` where a constant has a name of its own; a gate is
    ``{name, gate, of}`` with its operands' places. Numbers that JSON doesn't know are the strings of JavaScript.
    """
    order = topological_order(output)
    place = {node: i for i, node in enumerate(order)}
    nodes: list[dict[str, object]] = []
    for node in order:
        entry: dict[str, object] = {"name": names[node]}
        if node.gate is not None:
            entry |= {"gate": node.gate.name, "of": [place[parent] for parent in node.parents]}
        else:
            entry["value"] = number(node.data)
            if not node.requires_grad:
                entry["constant"] = True
                if node.label:
                    entry["given"] = True
        nodes.append(entry)
    gates = {node.gate.name: node.gate for node in order if node.gate is not None}
    kinds = {name: _kind(gate) for name, gate in gates.items()}
    return {"nodes": nodes, "kinds": kinds, "output": place[output]}


def _kind(gate: Gate) -> dict[str, object]:
    """A gate's entry in the table, as far as the page speaks of it: role, note, derivatives, how it is written."""
    template = written(gate, [Written(f"${operand}") for operand in gate.operands], "text").text
    guarded = [  # whether a negative number there needs parentheses: after a sign it does
        wanted > SIGN or (wanted > 0 and (i > 0 or gate.name == "neg")) for i, wanted in enumerate(gate.text.operands)
    ]
    kind: dict[str, object] = {
        "name": gate.name,
        "role": gate.role,
        "says": gate.says,
        "note": gate.note,
        "derivatives": gate.shown,
        "compares": not gate.text.precedence,
        "text": (template, guarded, gate.text.separator),
    }
    return kind if gate.arity is None else kind | {"operands": "".join(gate.operands)}


def mark_of(order: Sequence[Value], *, gradients: bool) -> str:
    """What a page says of Values whose numbers don't belong together; nothing where they do.

    order: a topological order that ends in the output. gradients: whether the gradients are shown too.
    """
    says = list(STALE) if is_stale(order) else []
    if gradients and has_several_passes(order, order[-1:]):
        says += PASSES
    return f"In Python: {' '.join(says)}." if says else ""


def number(x: float) -> float | str:
    """`x` for JSON, which has no infinities and no NaN: those go as the text that JavaScript's ``Number`` reads."""
    if math.isfinite(x):
        return x
    return "NaN" if math.isnan(x) else "Infinity" if x > 0 else "-Infinity"
