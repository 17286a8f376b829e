"""From a typed expression to a graph: ``read_expression("max(x*w + b, 0)", {"x": 2, "w": -3, "b": 8})``.

The grammar is Python's own: `ast` parses the text, and nothing of it is run. Numbers, names, operators and calls in the
syntax tree become constants, leaves and gates; anything else is refused, with the place it stands at. The functions are
the gates of the table, so a new gate can be typed as soon as it is registered.
"""

from __future__ import annotations

import ast
import inspect
import math
import unicodedata
import warnings
from collections.abc import Mapping
from typing import NoReturn

from autograd import DomainError, Value
from autograd.gates import GATES, Gate
from autograd.value import apply
from viz.expression.errors import REFUSED, SYNTAX, ExpressionError, ExpressionNumberError

#: Names that stand for a number, unless they are given another.
CONSTANTS = {"pi": math.pi, "e": math.e}
#: Python's operators, and the gates they stand for.
OPERATORS: dict[type[ast.AST], str] = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.Div: "div",
    ast.Pow: "pow",
    ast.USub: "neg",
}
#: Signs of this project's own output, which people paste back; each is one character, so places stay right.
ASCII_SIGNS = str.maketrans("−×·÷", "-**/")

_TOO_LARGE = "is too large for a float, which ends at about 1.8e308"


def functions() -> dict[str, Gate]:
    """The gates that can be typed as functions: all but the one that is drawn and never computed."""
    return {name: gate for name, gate in GATES.items() if name != "copy"}


def names() -> dict[str, Gate]:
    """Every name that can be typed for a function, with its gate: the gates' own names, and their aliases."""
    found = functions()
    return {alias: gate for gate in found.values() for alias in gate.aliases} | found


def read_expression(text: str, values: Mapping[str, float] | None = None) -> Value:
    """The graph of a typed expression; every name in it is one leaf, labelled with that name.

    >>> read_expression("max(x*w + b, 0)", {"x": 2, "w": -3, "b": 8}).data
    2.0
    >>> read_expression("q = x + y; q*z", {"x": -2, "y": 5, "z": -4}).parents[0].label
    'q'
    >>> read_expression("2x", {"x": 1})  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    viz.expression.errors.ExpressionError: the expression can't be read: no number is written like this, ...
      2x
      ^

    text: an expression of Python with ``+ - * / **``, parentheses, numbers, names and the gates' functions. Parts can
        be named first, with ``;`` or on lines of their own: ``q = x + y; q * z``. Those names become labels.
    values: a number for each name. Each must be used.

    Raises `ExpressionError`, which points at the place, for any other text and for numbers outside a gate's domain;
    TypeError for anything but a string.
    """
    if not isinstance(text, str):
        raise TypeError(f"an expression is a string such as 'x*w + b', but was given {text!r}")
    return _Reader(text, dict(values or {})).output()


class _Reader:
    """Reads one expression: a walk over its syntax tree, operands before operators, with a stack of its own."""

    def __init__(self, text: str, values: dict[str, float]) -> None:
        self.text = inspect.cleandoc(text.replace("\r\n", "\n")).strip()
        self.lines = self.text.split("\n")
        self.values = {unicodedata.normalize("NFKC", name): number for name, number in values.items()}
        self.names: dict[str, Value] = {}  # every name met so far: leaves, and parts defined in the text
        self.used: set[str] = set()
        self.defined: dict[str, ast.expr] = {}

    def output(self) -> Value:
        statements = self._statements()
        if not statements:
            raise ExpressionError("there is no expression to read; write one such as 'x*w + b'")
        result = Value(0.0)
        for i, statement in enumerate(statements):
            last = i == len(statements) - 1
            match statement:
                case ast.Expr(value=body) if last:
                    result = self._graph(body)
                case ast.Expr(value=body):
                    self._fail(
                        "only the last part is the output; give this one a name, such as q = ..., or drop it", body
                    )
                case ast.Assign(targets=[ast.Name(id=name) as target], value=body):
                    result = self._define(name, target, body)
                    if last:
                        self.used.add(name)
                case _:
                    self._refuse(statement)
        self._check_all_used()
        return result

    def _statements(self) -> list[ast.stmt]:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return ast.parse(self.text.translate(ASCII_SIGNS)).body
        except SyntaxError as error:
            raise self._syntax(error) from None
        except (RecursionError, MemoryError):
            raise ExpressionError(
                "the expression is nested too deeply to be read; name its parts, q = ...; q*2, or "
                "write a long sum as sum(x, y, z)",
                self.lines[0],
            ) from None
        except ValueError as error:
            raise ExpressionError(f"the expression can't be read: {error}", self.lines[0]) from None

    def _syntax(self, error: SyntaxError) -> ExpressionError:
        row = min(max(error.lineno or 1, 1), len(self.lines)) - 1
        line = self.lines[row]
        start = min(max((error.offset or 1) - 1, 0), len(line))
        end = error.end_offset - 1 if error.end_offset and error.end_lineno == error.lineno else start + 1
        said = next((ours for theirs, ours in SYNTAX.items() if theirs in (error.msg or "")), error.msg or "")
        if start >= len(line.rstrip()) and row == len(self.lines) - 1:
            said = "it ends where something is still to come"
        return ExpressionError(f"the expression can't be read: {said.rstrip('.')}", line, start, end)

    # ------------------------------------------------------------ errors with a place

    def _place(self, node: ast.expr | ast.stmt) -> tuple[str, int, int]:
        """The line a node is in, and its columns, in characters; `ast` counts bytes."""
        line = self.lines[node.lineno - 1]
        encoded = line.encode()
        start = len(encoded[: node.col_offset].decode(errors="ignore"))
        same = node.end_lineno == node.lineno and node.end_col_offset is not None
        return line, start, len(encoded[: node.end_col_offset].decode(errors="ignore")) if same else len(line)

    def _fail(
        self, sentence: str, node: ast.expr | ast.stmt, error: type[ExpressionError] = ExpressionError
    ) -> NoReturn:
        raise error(sentence, *self._place(node)) from None

    def _refuse(self, node: ast.expr | ast.stmt) -> NoReturn:
        kind = next((words for types, words in REFUSED if isinstance(node, types)), "this")
        if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes):
            kind = "a string"
        self._fail(
            f"{kind} can't stand in an expression, which is made of numbers, names, + - * / ** and functions "
            "such as max, exp and tanh",
            node,
        )

    def _check_all_used(self) -> None:
        for name, target in self.defined.items():
            if name not in self.used:
                self._fail(f"{name} is defined but never used; use it, or drop it", target)
        unused = [name for name in self.values if name not in self.used]
        if unused:
            found = (
                ", ".join(n for n, leaf in self.names.items() if n not in self.defined and leaf.requires_grad) or "none"
            )
            raise ExpressionError(
                f"{' and '.join(unused)} {'has' if len(unused) == 1 else 'have'} a value, but the "
                f"expression has no such name; its names: {found}",
                self.lines[0],
                0,
                len(self.lines[0]),
            )

    # ------------------------------------------------------------ the walk

    def _define(self, name: str, target: ast.expr, body: ast.expr) -> Value:
        if name in self.values:
            self._fail(f"{name} is defined in the expression and also given a value; one of the two must go", target)
        if name in self.names:
            what = "defined twice" if name in self.defined else "used before it is defined"
            self._fail(f"{name} is {what}; give this part another name", target)
        value = self._graph(body)
        if value.gate is None and not value.label:  # x = 2: a number with a name is an input
            value = Value(value.data, name)
        value.label = value.label or name
        self.names[name], self.defined[name] = value, target
        return value

    def _graph(self, root: ast.expr) -> Value:
        """The Value of a syntax tree. The stack holds nodes to open, and nodes whose operands are done."""
        done: list[Value] = []
        stack: list[tuple[ast.expr, bool]] = [(root, False)]
        while stack:
            node, ready = stack.pop()
            gate, operands = self._parts(node)
            if gate is None:
                done.append(self._leaf(node))
            elif not ready:
                stack.append((node, True))
                stack += [(operand, False) for operand in reversed(operands)]
            else:
                values = done[len(done) - len(operands) :]
                del done[len(done) - len(operands) :]
                done.append(self._gate(gate, values, node))
        return done.pop()

    def _parts(self, node: ast.expr) -> tuple[Gate | None, list[ast.expr]]:
        """The gate a node stands for and its operands; None for a leaf."""
        match node:
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float())) | ast.Constant() | ast.Name():
                return None, []
            case ast.BinOp() if type(node.op) in OPERATORS:
                return GATES[OPERATORS[type(node.op)]], [node.left, node.right]
            case ast.BinOp(op=ast.BitXor()):
                self._fail("^ is no power in Python's grammar; write ** instead", node)
            case ast.UnaryOp(op=ast.UAdd()):
                return GATES["sum"], [node.operand]  # of one operand: that operand itself
            case ast.UnaryOp() if type(node.op) in OPERATORS:
                return GATES[OPERATORS[type(node.op)]], [node.operand]
            case ast.Call(args=[*_, ast.Starred() as starred]):
                self._refuse(starred)
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
                return self._function(name, node), arguments
            case ast.Call(func=ast.Constant() | ast.BinOp() | ast.UnaryOp() | ast.Call()):
                self._fail("only a function's name can stand before ( here; a product needs its sign, 2*(x + 1)", node)
            case ast.Call(func=ast.Name(), keywords=[word, *_]):
                self._fail("functions take their operands by position; leave out the name and the = sign", word.value)
        self._refuse(node)

    def _function(self, name: str, node: ast.Call) -> Gate:
        gate = names().get(name)
        if gate is None:
            hint = f"the functions are {', '.join(sorted(functions()))}"
            if name in self.values or name in self.names:
                hint = f"write {name}*(...) for a product"
            self._fail(f"there is no function {name!r}; {hint}", node.func)
        count, many = len(node.args), gate.arity is None or gate.folds
        least = (gate.arity or 1) - len(gate.defaults)
        if count < least or (count > (gate.arity or 1) and not many):
            most = " or more" if many else f" or {gate.arity}" if least != gate.arity else ""
            plural = "s" if least > 1 or most else ""
            self._fail(f"{name} takes {least}{most} operand{plural}, but is given {count}", node)
        return gate

    def _leaf(self, node: ast.expr) -> Value:
        match node:
            case ast.UnaryOp(operand=ast.Constant(value=number)):
                return self._constant(-number, node)  # type: ignore[arg-type, operator]
            case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
                return self._constant(number, node)
            case ast.Name(id=name):
                return self._named(name, node)
        self._refuse(node)

    def _constant(self, number: float, node: ast.expr) -> Value:
        try:
            finite = math.isfinite(number)
        except OverflowError:
            finite = False
        if not finite:
            raise ExpressionNumberError(
                "this number is too large for a float, which ends at about 1.8e308", *self._place(node)
            )
        return Value(number, requires_grad=False)

    def _named(self, name: str, node: ast.expr) -> Value:
        self.used.add(name)
        if name in self.names:
            return self.names[name]
        if name in self.values:
            try:
                leaf = Value(self.values[name], name)
            except (TypeError, ValueError) as error:
                self._fail(f"the value of {name} is no number: {error}", node)
            if not math.isfinite(leaf.data):
                self._fail(f"{name} is {leaf.data!r}, but only finite numbers can be traced through a graph", node)
        elif name in CONSTANTS:
            leaf = Value(CONSTANTS[name], name, requires_grad=False)
        elif name in names():
            self._fail(f"{name} is a function: write {name}(...), or give the name a value, {name}=2", node)
        else:
            given = f"; names with a value: {', '.join(self.values)}" if self.values else ""
            self._fail(f"{name} has no value; add {name}=2, for example{given}", node)
        self.names[name] = leaf
        return leaf

    def _gate(self, gate: Gate, operands: list[Value], node: ast.expr) -> Value:
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.UAdd):
            return operands[0]
        if gate.arity is not None:
            missing = gate.arity - len(operands)
            left_out = gate.defaults[len(gate.defaults) - max(missing, 0) :]
            operands += [Value(x, requires_grad=False) for x in left_out]
        try:
            first, rest = operands, []
            if gate.folds:
                first, rest = operands[:2], operands[2:]
            result = apply(gate, first)
            for operand in rest:
                result = apply(gate, (result, operand))
        except DomainError as error:
            self._fail(str(error), node, ExpressionNumberError)
        if not math.isfinite(result.data):
            raise ExpressionNumberError(
                "this is too large for a float, which ends at about 1.8e308", *self._place(node)
            )
        return result
