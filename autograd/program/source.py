"""A program as straight-line Python: what one would write by hand, forward and then backward, line by line.

The text imports nothing but `math` and runs by itself. It is also how a narrow graph is run without numba: for a
chain of gates on one row, plain floats in local variables are faster than any array.
"""

from __future__ import annotations

import builtins
import keyword
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from textwrap import fill, indent
from typing import Any

from autograd.formula import FUNCTIONS, fold, hoisted, parse
from autograd.formula.language import Name, Number, Over, Tree
from autograd.formula.language import Operation as Applied
from autograd.formula.spelling import SIGN, python, python_text
from autograd.gates import CALLS, GATES, Gate
from autograd.program.tape import Dot, Operation, Tape, is_active

_PYTHON = {"abs", "min", "max", "len"}
_MATH = {*FUNCTIONS, "inf", "nan", "pi"} - _PYTHON
#: Other names that the source uses, or that a reader would take for something else.
_RESERVED = {"float", "x", "print", "inputs", "parameters", "gradients", "outputs", "value_and_grad"}
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
    namespace: dict[str, Any] = {**CALLS, "__builtins__": builtins}
    exec(compile(f"def run(inputs, parameters):\n{indent(body, ' ')}\n", "<program>", "exec"), namespace)
    run: Callable[[Sequence[float], Sequence[float]], Any] = namespace["run"]
    return run


def _list(numbers: Sequence[float]) -> str:
    return "[" + ", ".join(map(_literal, numbers)) + "]"


def _literal(number: float) -> str:
    text = repr(float(number))
    return f'float("{text}")' if "n" in text else text


def _words(text: str) -> set[str]:
    return set(re.findall(r"[A-Za-z_]\w*", text))


def _helpers(body: str) -> list[str]:
    """The functions that the lines call and `math` doesn't have, each after those that it calls itself."""
    found: dict[str, str] = {}
    _add_helpers(body, found)
    return list(found.values())


def _add_helpers(text: str, found: dict[str, str]) -> None:
    for name in sorted(set(re.findall(r"([A-Za-z_]\w*)\(", text)) - found.keys()):
        if name == "total":
            found[name] = _TOTAL
        elif name in GATES and name not in FUNCTIONS:
            gate = GATES[name]
            over, (value,) = hoisted(gate.formula)
            lines = [f"{part} = {python_text(tree)}" for part, tree in over.items()]
            head = "*xs" if gate.arity is None else ", ".join(gate.operands)
            source = f"def {name}({head}):\n" + indent("\n".join([*lines, f"return {python_text(value)}"]), "    ")
            _add_helpers(source.partition("\n")[2], found)
            found[name] = source


_TOTAL = """\
def total(numbers):
    result = 0.0
    for number in numbers:
        result += number
    return result"""


class _Names:
    """A name for each row: its label where it has one, else what made it, and a number."""

    def __init__(self, tape: Tape, *, short: bool = False) -> None:
        self.tape = tape
        self.taken = {*CALLS, *GATES, *keyword.kwlist, *_RESERVED}
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
    if parse(operation.formula) == Over("sum", Name("x")):
        return " + ".join(operands)
    return python_text(operation.formula, _bindings(operation, operands))


def _slopes(operation: Operation, operands: Sequence[str], y: str, over: Mapping[str, str]) -> Iterator[str]:
    """What each operand gets: the gradient of the row times the local derivative. over: names of what `_over` wrote."""
    up = f"d_{y}"
    if isinstance(operation, Dot):
        pairs = operation.pairs
        yield from (f"{up} * {b}" for b in operands[pairs : 2 * pairs])
        yield from (f"{up} * {a}" for a in operands[:pairs])
        yield from (up for _ in operands[2 * pairs :])
        return
    assert isinstance(operation, Gate)
    names = {**_bindings(operation, operands), **over, "y": y}
    _, derivatives = hoisted(*operation.derivatives)
    if operation.arity is None:
        yield from (_times(up, derivatives[0], {**names, "x": operand}) for operand in operands)
    else:
        yield from (_times(up, derivative, names) for derivative in derivatives)


def _over(gate: Gate, operands: Sequence[str], y: str, names: _Names) -> Iterator[tuple[str, str, str]]:
    """What a gate's derivatives take over all operands: its name in the formula, in the program, and its expression."""
    known = {**_bindings(gate, operands), "y": y}
    for name, tree in hoisted(*gate.derivatives)[0].items():
        known[name] = names.free(f"{y}_{tree.name if isinstance(tree, Over) else name}")
        yield name, known[name], python_text(tree, known)


def _times(up: str, derivative: Tree, names: Mapping[str, str]) -> str:
    if derivative == Number(1.0):
        return up
    if derivative == Applied("neg", (Number(1.0),)):
        return f"-{up}"
    local = fold(derivative, python(names))
    return f"{up} * {local.within(SIGN)}"


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
            operation, over = tape.operations[row], dict[str, str]()
            if isinstance(operation, Gate):
                for name, ours, expression in _over(operation, operands, names[row], names):
                    over[name] = ours
                    yield _wrapped(f"{ours} = {expression}", wrap)
            slopes = _slopes(operation, operands, names[row], over)
            for operand, slope in zip(tape.operands[row], slopes, strict=True):
                if active[operand]:
                    sign = "+=" if operand in arrived else "="
                    arrived.add(operand)
                    yield f"d_{names[operand]} {sign} {slope}"
    gradients = (f"d_{names[row]}" if row in arrived else "0.0" for row in tape.parameters)
    yield _wrapped(f"gradients = [{', '.join(gradients)}]", wrap)
    yield f"return {names[output]}, gradients"
