"""The numbers given to names on the command line: ``x=2 w=-3e-1 b=1/3``."""

from __future__ import annotations

import keyword
import unicodedata
from collections.abc import Iterable

from viz.expression.errors import ExpressionError, ExpressionNumberError
from viz.expression.read import ASCII_SIGNS, read_expression


def read_assignments(assignments: Iterable[str]) -> dict[str, float]:
    """The numbers of ``["x=2", "w=-3e-1", "b=1/3"]``. Raises `ExpressionError` for what is no ``name=number``."""
    values: dict[str, float] = {}
    for assignment in assignments:
        name, equals, number = assignment.partition("=")
        name = unicodedata.normalize("NFKC", name.strip())
        start = len(assignment) - len(number.lstrip()) if number.strip() else len(assignment)

        def wrong(sentence: str, at: int, end: int = 0, line: str = assignment) -> ExpressionError:
            return ExpressionError(sentence, line, at, end or len(line))

        if not equals:
            raise wrong(f"{assignment!r} gives no name a value; write name=value, such as x=2, without spaces", 0)
        if not name.isidentifier() or keyword.iskeyword(name):
            raise wrong(f"{name!r} can't be a name; a name is letters, digits and _, such as w0", 0, len(name))
        if name in values:
            raise wrong(f"{name} is given twice: first {values[name]!r}, now {number.strip()}; give it once", 0)
        if not number.strip():
            raise wrong(f"{name} is given no value; write {name}=2, for example, without spaces", start)
        values[name] = _number(number.strip(), name, assignment, start)
    return values


def _number(text: str, name: str, line: str, start: int) -> float:
    """``-3``, ``1e-5``, ``1/3``, ``sqrt(2)/2``: any expression of numbers, as long as it is finite."""
    try:
        return read_expression(text).data
    except ExpressionNumberError as error:
        sentence = f"the value of {name} can't be computed: {error.sentence}"
    except ExpressionError:
        sentence = f"{name} is given {text!r}, which is no number; write {name}=2, {name}=-1e-3 or {name}=1/3"
        if "=" in text:
            sentence += ", and each name in a word of its own"
        if text.translate(ASCII_SIGNS).lstrip("+-").lower() in ("nan", "inf", "infinity"):
            sentence = f"{name} is given {text}, but only finite numbers can be traced through a graph"
    raise ExpressionError(sentence, line, start, len(line))
