"""A program as straight-line Python: what one would write by hand, forward and then backward, line by line.

The text imports nothing but `math` and runs by itself. It is also how a narrow graph is run without numba: for a
chain of gates on one row, plain floats in local variables are faster than any array.
"""

from __future__ import annotations

import ast
import builtins
import inspect
import keyword
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from textwrap import fill, indent
from typing import Any

from autograd.formula import FUNCTIONS, common_part
from autograd.gates import GATES, Gate
from autograd.program.passes import is_active
from autograd.program.tape import Dot, Operation, Tape

_MATH = {"exp", "log", "log1p", "sqrt", "sin", "cos", "tanh", "pow", "inf", "nan"}
_PYTHON = {"abs", "min", "max", "sum", "len"}
#: Other names that the source uses, or that a reader would take for something else.
_RESERVED = {"float", "print", "inputs", "parameters", "gradients", "outputs", "value_and_grad"}
_WIDTH = 100


def source_of(tape: Tape, *, inputs: Sequence[float], parameters: Sequence[float]) -> str:
    """The module that computes `tape`; run as a script it shows its result at these numbers."""
    single = len(tape.outputs) == 1
    function = "value_and_grad" if single else "outputs"
    names = _Names(tape)
    body = "\n".join(_lines(tape, names, backward=single))
    helpers = "\n\n\n".join(dict.fromkeys(_helpers(body)))
    used = sorted(_words(body + helpers) & _MATH)
    doc = (
        '"""The value and its gradient by the parameters, gate by gate."""'
        if single
        else '"""The outputs, gate by gate."""'
    )
    parts = [
        f"from math import {', '.join(used)}" if used else "",
        helpers,
        f"def {function}(inputs, parameters):\n    {doc}\n{indent(body, '    ')}",
        f'if __name__ == "__main__":\n    inputs = {_list(inputs)}\n    parameters = {_list(parameters)}\n'
        f"    print({function}(inputs, parameters))",
    ]
    return "\n\n\n".join(part for part in parts if part) + "\n"


def function_of(tape: Tape, *, backward: bool) -> Callable[[Sequence[float], Sequence[float]], Any]:
    """The same, compiled for this Python: on the inputs of one row and the parameters, the list of outputs; or with
    `backward` the one output and the list of its gradients by the parameters."""
    body = "\n".join(_lines(tape, _Names(tape, short=True), backward=backward, wrap=False))
    helpers = "\n".join(dict.fromkeys(_helpers(body)))
    namespace: dict[str, Any] = {**FUNCTIONS, "__builtins__": builtins}
    exec(compile(f"{helpers}\ndef run(inputs, parameters):\n{indent(body, ' ')}\n", "<program>", "exec"), namespace)
    run: Callable[[Sequence[float], Sequence[float]], Any] = namespace["run"]
    return run


def _list(numbers: Sequence[float]) -> str:
    return "[" + ", ".join(map(_literal, numbers)) + "]"


def _literal(number: float) -> str:
    text = repr(float(number))
    return f'float("{text}")' if "n" in text else text


def _words(text: str) -> set[str]:
    return set(re.findall(r"[A-Za-z_]\w*", text))


def _helpers(body: str, done: frozenset[str] = frozenset()) -> Iterator[str]:
    """The functions that the lines call and `math` doesn't have."""
    for name in sorted(set(re.findall(r"([A-Za-z_]\w*)\(", body)) - done):
        if name in ("logsumexp", "sumexp", "sum"):
            lines = inspect.getsource(FUNCTIONS[name]).replace("math.", "").replace(": Iterable[float]", "")
            lines = lines.replace(": float", "").replace(" -> float", "")
            lines = lines.replace("isinf(largest)", "largest in (inf, -inf)").replace("sum_in_order", "sum").strip()
            yield from _helpers(lines, done | {name})
            yield lines
        elif name in GATES and name not in _MATH | _PYTHON:
            gate = GATES[name]
            yield from _helpers(gate.formula, done | {name})
            yield f"def {name}({', '.join(gate.operands)}):\n    return {gate.formula}"


class _Names:
    """A name for each row: its label where it has one, else what made it, and a number."""

    def __init__(self, tape: Tape, *, short: bool = False) -> None:
        self.tape = tape
        self.taken = {*FUNCTIONS, *GATES, *keyword.kwlist, *_PYTHON, *_RESERVED}
        self.names: list[str] = []
        inputs, parameters = set(tape.inputs), set(tape.parameters)
        counts: dict[str, int] = {}
        for row, operation in enumerate(tape.operations):
            if row in tape.constants:
                self.names.append(_literal(tape.constants[row]))
                continue
            if row in tape.names and not short:
                self.names.append(self.free(tape.names[row]))
                continue
            kind = "x" if row in inputs else "p" if row in parameters else "v" if short else _word(operation)
            counts[kind] = counts.get(kind, 0) + 1
            self.names.append(self.free(f"{kind}{counts[kind]}"))

    def free(self, label: str) -> str:
        """An identifier like `label` that is not taken yet. Python takes those for one that are equal under NFKC."""
        letters = [c if f"a{c}".isidentifier() else "_" for c in unicodedata.normalize("NFKC", label)]
        name = re.sub("_+", "_", "".join(letters)).strip("_") or "value"
        name = name if name.isidentifier() else f"_{name}"
        unique, number = name, 1
        while unique in self.taken or f"d_{unique}" in self.taken:
            number += 1
            unique = f"{name}_{number}"
        self.taken |= {unique, f"d_{unique}"}
        return unique

    def __getitem__(self, row: int) -> str:
        return self.names[row]


def _word(operation: Operation) -> str:
    return operation.name if isinstance(operation, Gate) else "z" if isinstance(operation, Dot) else "value"


class _Renamed(ast.NodeTransformer):
    """Operands by the names they have in the program."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return ast.parse(self.names.get(node.id, node.id), mode="eval").body


def _expression(text: str, names: Mapping[str, str]) -> str:
    if text in names:
        return names[text]
    return ast.unparse(_Renamed(names).visit(ast.parse(text, mode="eval")))


def _bindings(gate: Gate, operands: Sequence[str]) -> dict[str, str]:
    if gate.arity is None:
        return {"xs": f"({', '.join(operands)},)"}
    return dict(zip(gate.operands, operands, strict=True))


def _value(operation: Operation, operands: Sequence[str]) -> str:
    """The right-hand side of a row's line."""
    if isinstance(operation, Dot):
        pairs = operation.pairs
        products = [f"{a} * {b}" for a, b in zip(operands[:pairs], operands[pairs : 2 * pairs], strict=True)]
        return " + ".join([*products, *operands[2 * pairs :]])
    assert isinstance(operation, Gate)
    if operation.formula == "sum(xs)":
        return " + ".join(operands)
    return _expression(operation.formula, _bindings(operation, operands))


def _common(operation: Operation, operands: Sequence[str], y: str) -> str:
    """What the slopes of all operands have in common, to be computed before them; or nothing."""
    if not isinstance(operation, Gate) or operation.arity is not None:
        return ""
    _, part = common_part(operation.derivatives[0])
    return _expression(part, {**_bindings(operation, operands), "y": y}) if part else ""


def _slopes(operation: Operation, operands: Sequence[str], y: str, common: str) -> Iterator[str]:
    """What each operand gets: the gradient of the row times the local derivative; common: the name of `_common`."""
    up = f"d_{y}"
    if isinstance(operation, Dot):
        pairs = operation.pairs
        yield from (f"{up} * {b}" for b in operands[pairs : 2 * pairs])
        yield from (f"{up} * {a}" for a in operands[:pairs])
        yield from (up for _ in operands[2 * pairs :])
        return
    assert isinstance(operation, Gate)
    names = {**_bindings(operation, operands), "y": y}
    if operation.arity is None:
        derivative, _ = common_part(operation.derivatives[0])
        yield from (_times(up, derivative, {**names, "part": common, "x": operand}) for operand in operands)
    else:
        yield from (_times(up, derivative, names) for derivative in operation.derivatives)


def _times(up: str, derivative: str, names: Mapping[str, str]) -> str:
    if derivative in ("1.0", "-1.0"):
        return up if derivative == "1.0" else f"-{up}"
    local = _expression(derivative, names)
    simple = isinstance(ast.parse(local, mode="eval").body, ast.Name | ast.Call | ast.Constant)
    return f"{up} * {local}" if simple else f"{up} * ({local})"


def _unpacked(rows: Sequence[int], names: _Names, origin: str, wrap: bool) -> Iterator[str]:
    if rows:
        listed = ", ".join([names[row] for row in rows])
        yield _wrapped(f"{f'({listed},)' if len(rows) == 1 else listed} = {origin}", wrap)


def _wrapped(line: str, wrap: bool) -> str:
    """The line, in parentheses over several lines if it is long."""
    if not wrap or len(line) <= _WIDTH:
        return line
    target, _, value = line.partition(" = ")
    if "," in target:
        return f"(\n{fill(target, _WIDTH, initial_indent='    ', subsequent_indent='    ')}\n) = {value}"
    text = fill(value, _WIDTH, initial_indent="    ", subsequent_indent="    ", break_long_words=False)
    return f"{target} = (\n{text}\n)"


def _lines(tape: Tape, names: _Names, *, backward: bool, wrap: bool = True) -> Iterator[str]:
    yield from _unpacked(tape.inputs, names, "inputs", wrap)
    yield from _unpacked(tape.parameters, names, "parameters", wrap)
    computed = [row for row, operation in enumerate(tape.operations) if operation is not None]
    for row in computed:
        operands = [names[operand] for operand in tape.operands[row]]
        yield _wrapped(f"{names[row]} = {_value(tape.operations[row], operands)}", wrap)
    if not backward:
        yield f"return [{', '.join(names[row] for row in tape.outputs)}]"
        return
    (output,) = tape.outputs
    active = is_active(tape)
    arrived: set[int] = set()
    if active[output]:
        arrived.add(output)
        yield ""
        yield f"# Backward: d_x stands for the derivative of {names[output]} by x."
        yield f"d_{names[output]} = 1.0"
    for row in reversed(computed):
        if active[row] and row in arrived:
            operands = [names[operand] for operand in tape.operands[row]]
            common = _common(tape.operations[row], operands, names[row])
            total = names.free(f"total_{names[row]}") if common else ""
            if common:
                yield _wrapped(f"{total} = {common}", wrap)
            slopes = _slopes(tape.operations[row], operands, names[row], total)
            for operand, slope in zip(tape.operands[row], slopes, strict=True):
                if active[operand]:
                    sign = "+=" if operand in arrived else "="
                    arrived.add(operand)
                    yield f"d_{names[operand]} {sign} {slope}"
    gradients = (f"d_{names[row]}" if row in arrived else "0.0" for row in tape.parameters)
    yield _wrapped(f"gradients = [{', '.join(gradients)}]", wrap)
    yield f"return {names[output]}, gradients"
