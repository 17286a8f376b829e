"""How the pieces of an explanation are set: for a terminal, or as Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap
from typing import Protocol

from viz.text.columns import padded


class Style(Protocol):
    """How the pieces of an explanation are set."""

    def heading(self, title: str, sentence: str) -> list[str]: ...
    def formulas(self, lines: Sequence[str]) -> list[str]: ...
    def item(self, number: int | str, text: str) -> str: ...
    def detail(self, formula: str, remark: str, width: int) -> str: ...
    def row(self, formula: str) -> str: ...
    def remark(self, text: str) -> str: ...
    def code(self, text: str) -> str: ...


class Plain:
    """For a terminal: indentation and columns."""

    def heading(self, title: str, sentence: str) -> list[str]:
        return ["", *wrap(f"{title}: {sentence}", 100, break_long_words=False, break_on_hyphens=False)]

    def formulas(self, lines: Sequence[str]) -> list[str]:
        return list(lines)

    def item(self, number: int | str, text: str) -> str:
        return f"{number:>4}. {text}" if number != "" else f"      {text}"

    def detail(self, formula: str, remark: str, width: int) -> str:
        return f"        {padded(formula, width)}   {remark}".rstrip() if remark else f"        {formula}"

    def row(self, formula: str) -> str:
        return f"      {formula}"

    def remark(self, text: str) -> str:
        return f"        {text}"

    def code(self, text: str) -> str:
        return text


class Markdown:
    """For a notebook or a page: headings, lists, and formulas as code."""

    def heading(self, title: str, sentence: str) -> list[str]:
        return ["", f"**{title}:** {sentence}", ""]

    def formulas(self, lines: Sequence[str]) -> list[str]:
        fence = "`" * max(3, 1 + max(_longest_run(line) for line in lines))
        return [f"{fence}text", *lines, fence]

    def __init__(self) -> None:
        self.indent = ""  # of what belongs to the last item: as wide as its number

    def item(self, number: int | str, text: str) -> str:
        if number == "":
            return f"\n{text}\n"
        self.indent = " " * len(f"{number}. ")
        return f"{number}. {text}"

    def detail(self, formula: str, remark: str, width: int) -> str:
        return f"{self.indent}- {self.code(formula)}" + (f" {remark}" if remark else "")

    def row(self, formula: str) -> str:
        return f"- {self.code(formula)}"

    def remark(self, text: str) -> str:
        return f"{self.indent}- {text}"

    def code(self, text: str) -> str:
        fence = "`" * (_longest_run(text) + 1)
        pad = " " * (len(fence) > 1)
        return f"{fence}{pad}{text}{pad}{fence}"


def _longest_run(text: str) -> int:
    """The longest run of backticks, which the fence around them must outdo."""
    longest = run = 0
    for character in text:
        run = run + 1 if character == "`" else 0
        longest = max(longest, run)
    return longest
