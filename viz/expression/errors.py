"""What is wrong with a typed expression, and where: a sentence, the line, and a caret under the place."""

from __future__ import annotations

import ast

from viz.text.columns import cells

#: Python's words for what is wrong with the grammar, and ours.
SYNTAX = {
    "nested": "it is nested too deeply; name its parts, q = ...; q*2",
    "too complex": "it is nested too deeply; name its parts, q = ...; q*2",
    "Exceeds the limit": "a number has too many digits",
    "literal": "no number is written like this, and a product needs its sign, 2*x",
    "cannot assign": "only a name can stand before the sign =, as in q = x + y",
    "invalid syntax": "this doesn't fit here; a product needs its sign, x*y, and a function its parentheses, sin(x)",
}
#: What Python's grammar allows and an expression does not, in words.
REFUSED: tuple[tuple[type[ast.AST] | tuple[type[ast.AST], ...], str], ...] = (
    (ast.Constant, "this constant"),
    (ast.Attribute, "an attribute (a dot after a name)"),
    (ast.Call, "a call of anything but a function's plain name"),
    (ast.Lambda, "a lambda"),
    ((ast.Compare, ast.BoolOp), "a comparison or a logical word"),
    (ast.IfExp, "a choice with if and else"),
    (ast.Subscript, "an index in brackets"),
    (ast.Tuple, "a comma outside a function's parentheses"),
    ((ast.List, ast.Dict, ast.Set), "a list, set or dictionary"),
    ((ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp), "a comprehension"),
    (ast.Starred, "a star before an operand"),
    (ast.JoinedStr, "a string"),
    (ast.NamedExpr, "the sign :="),
    (ast.BinOp, "this operator"),
    (ast.UnaryOp, "this operator"),
    ((ast.Assign, ast.AugAssign, ast.AnnAssign), "an assignment other than name = expression"),
    ((ast.Import, ast.ImportFrom), "an import"),
    (ast.stmt, "a statement"),
)


class ExpressionError(ValueError):
    """What is wrong with a typed expression, and where: `str` of it shows the line with a caret under the place.

    sentence: what was found, what was expected, what to do. line: the line it is in. start, end: the columns in it.
    """

    def __init__(self, sentence: str, line: str = "", start: int = 0, end: int = 0) -> None:
        self.sentence, self.line, self.start, self.end = sentence, line, start, max(end, start + 1)
        super().__init__(sentence, line, start, end)

    def __str__(self) -> str:
        if not self.line:
            return self.sentence
        line, start, end = clipped(self.line, self.start, self.end)
        return f"{self.sentence}\n  {line}\n  {' ' * cells(line[:start])}{'^' * max(cells(line[start:end]), 1)}"


class ExpressionNumberError(ExpressionError):
    """A well-formed expression whose numbers leave a gate's domain, or the floats."""


def clipped(line: str, start: int, end: int, room: int = 100) -> tuple[str, int, int]:
    """The part of a long line around a place."""
    if len(line) <= room:
        return line, start, min(end, max(len(line), start + 1))
    first = max(min(start - room // 3, len(line) - room), 0)
    part = ("…" if first else "") + line[first : first + room] + ("…" if first + room < len(line) else "")
    shift = first - bool(first)
    return part, start - shift, min(end - shift, len(part))
