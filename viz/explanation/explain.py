"""`explain`: the way in. Takes one trace of the graph, and tells it as text, as Markdown or as LaTeX."""

from __future__ import annotations

from collections.abc import Iterable
from typing import get_args

from autograd import Value
from viz.explanation.derivation import derivation
from viz.explanation.style import Markdown, Plain, Style
from viz.explanation.trace import Trace, traced
from viz.explanation.words import Words
from viz.options import ExplanationFormat
from viz.paths import Paths, paths_from
from viz.text.latex import with_characters
from viz.text.names import caller_variables
from viz.text.numbers import NumberFormat, format_number


class Explanation(str):
    """What `viz.explain` returns: a string that a notebook shows as Markdown or LaTeX, and a prompt as plain text.

    form: the format it was asked for in. markdown, latex: the same explanation in those formats, whichever was asked
    for.
    """

    form: str
    markdown: str
    latex: str

    def __new__(cls, text: str, form: str, markdown: str, latex: str) -> Explanation:
        self = super().__new__(cls, text)
        self.form, self.markdown, self.latex = form, markdown, latex
        return self

    def __repr__(self) -> str:
        return str(self)

    def __reduce__(self) -> tuple[type[Explanation], tuple[str, str, str, str]]:
        return Explanation, (str(self), self.form, self.markdown, self.latex)

    def _repr_markdown_(self) -> str | None:
        return None if self.form == "latex" else self.markdown

    def _repr_latex_(self) -> str | None:
        """The derivation for a notebook, which has no pages and knows no commands but those of mathematics."""
        if self.form != "latex":
            return None
        begin, end = _BREAKING
        return with_characters(self.latex.removeprefix(begin).removesuffix(end))


def _words(trace: Trace, style: Style, paths: list[Paths]) -> str:
    return "\n".join(Words(trace, style).lines(paths))


#: The forms an explanation takes.
FORMATS: tuple[ExplanationFormat, ...] = get_args(ExplanationFormat)
#: The group around a derivation that lets it go on over several pages, and from how many rows on it is put there.
#: (Braces won't do: a slide whose whole body stands in braces loses them, and then its end.)
_BREAKING, _LONG = (r"\begingroup\allowdisplaybreaks", r"\endgroup"), 20


def explain(
    value: Value,
    wrt: Value | str | Iterable[Value | str] | None = None,
    format: ExplanationFormat = "text",
    *,
    names: bool = True,
    limit: int = 60,
    paths: int = 12,
    number: NumberFormat | int = format_number,
) -> Explanation:
    """Tell in words and formulas how `value` was computed and how its gradients come about.

    Each gate forward, each gate backward, and with `wrt` the chain rule path by path: a gradient is the sum over all
    paths of the product of the local derivatives along each.

    >>> from autograd import Value
    >>> w, x = Value(2.0, "w"), Value(-3.0, "x")
    >>> told = explain(w * x + x, wrt="x", names=False)
    >>> print(told.splitlines()[-1].strip())
    Their sum: ∂f/∂x = 2 + 1 = 3
    >>> print(explain(w * x, format="latex", names=False).splitlines()[1])
    f &= w \\cdot x = 2 \\cdot \\left(-3\\right) = -6 \\\\

    wrt: an input or any other Value of the graph, its name, or several: adds every path from it to `value`, the
        product of local derivatives along each, and their sum.
    format: ``"text"``, ``"markdown"``, or ``"latex"`` for one derivation in an ``align*`` environment, symbols first
        and numbers after, that shows in a notebook and stands in a document with amsmath, its lines within the page. A
        long one goes on over several pages: it stands in a group of its own with ``\\allowdisplaybreaks``.
    names: whether Values without a label may go by the names of the caller's variables.
    limit: how many gates are told one by one, 2 or more; of a larger graph the first and the last ones.
    paths: how many paths are listed for each `wrt`, 1 or more; all are counted.
    number: how numbers are written: a `viz.text.numbers.NumberFormat`, or how many digits.

    The gradients stored in the graph stay as they are. Raises TypeError for what is no Value, ValueError for a Value
    without a graph, an unknown format, and a `wrt` that is constant or that `value` does not depend on.
    """
    if not isinstance(value, Value):
        hint = "; explain what it returns for a row of numbers" if callable(value) else ""
        raise TypeError(f"explain takes a Value, but was given something of type {type(value).__name__}{hint}")
    if format not in FORMATS:
        raise ValueError(f"there is no format {format!r}; the formats are {', '.join(FORMATS)}")
    for what, given, least in (("limit", limit, 2), ("paths", paths, 1)):
        if isinstance(given, bool) or not isinstance(given, int) or given < least:
            raise ValueError(f"{what} is a whole number, {least} or more, but was given {given!r}")
    variables = caller_variables() if names else {}
    told = traced(value, variables, number if isinstance(number, NumberFormat) else NumberFormat(number), limit)
    starts = dict.fromkeys(_found(wanted, told) for wanted in _several(wrt))
    found = [paths_from(start, told.order, paths) for start in starts]
    for one in found:
        if not one.start.requires_grad:
            raise ValueError(f"{told.name(one.start)} is a constant, which gets no gradient; leave it out of wrt")
        if not one.count:
            raise ValueError(_no_path(told.name(one.start), told))
    rows = derivation(told, found, limit)
    latex = f"\\begin{{align*}}\n{rows}\n\\end{{align*}}"
    if rows.count("\n") >= _LONG:
        latex = f"{_BREAKING[0]}{latex}{_BREAKING[1]}"
    markdown = (
        f"{_words(told, Markdown(), found)}\n\n**Derivation:** symbols first, numbers after.\n\n"
        f"$$\n\\begin{{aligned}}\n{rows}\n\\end{{aligned}}\n$$"
    )
    text = _words(told, Plain(), found) if format == "text" else latex if format == "latex" else markdown
    return Explanation(text, format, markdown, latex)


def _several(wrt: Value | str | Iterable[Value | str] | None) -> list[Value | str]:
    if wrt is None:
        return []
    if isinstance(wrt, Value | str):
        return [wrt]
    if not isinstance(wrt, Iterable):
        raise TypeError(f"wrt takes a Value, its name, or a list of them, but was given {wrt!r}")
    return list(wrt)


def _found(wanted: Value | str, trace: Trace) -> Value:
    """The Value that is meant, in this graph."""
    if isinstance(wanted, Value):
        if wanted not in trace.names:
            name = f" {wanted.label!r}" if wanted.label else ""
            raise ValueError(_no_path(f"the Value{name} given as wrt", trace))
        return wanted
    if not isinstance(wanted, str):
        raise TypeError(f"wrt takes a Value or its name, but was given {wanted!r}")
    named = [node for node in trace.order if wanted in (trace.names[node].text, trace.name(node))]
    found = named or [node for node in trace.order if wanted and node.label == wanted]
    if len(found) > 1:
        which = ", ".join(trace.name(node) for node in found[:6])
        raise ValueError(f"{wanted!r} is the name of {len(found)} Values: {which}; say which, or give the Value itself")
    if found:
        return found[0]
    raise ValueError(_no_path(repr(wanted), trace))


def _no_path(what: str, trace: Trace) -> str:
    inputs = [trace.name(node) for node in trace.inputs]
    listed = ", ".join(inputs[:12]) + (f" and {len(inputs) - 12:,} more" if len(inputs) > 12 else "")
    return f"{trace.name(trace.output)} does not depend on {what}; its inputs are {listed or 'none'}"
