"""The stepper as HTML that works wherever it is shown, and shows more where scripts may run.

One element holds the graph as data, the picture as an image, a table of all numbers and a script. Where scripts are
removed, the image and the table remain; where they run, they turn the image into the stepper. Nothing is fetched, no
element has an id, and all text that users wrote is escaped.
"""

from __future__ import annotations

import base64
import json
import os
import re
from abc import abstractmethod
from collections.abc import Iterable, Mapping
from functools import cache
from hashlib import sha256
from html import escape
from importlib.resources import files
from pathlib import Path

from autograd import Value, topological_order
from viz.output.files import write
from viz.output.notebook import Shown
from viz.stepper.javascript import rules, script_safe, typed_functions
from viz.stepper.pack import packed_program
from viz.text.numbers import format_number, full_precision
from viz.themes import THEMES, Theme

#: The scripts of each page, in the order in which they are joined. There is no build step.
_STEPPER = "engine typed words dom stepper picture views controls predict inputs laboratory table theme start"
_WATCH = "words dom theme field watch"

#: Marks a root that waits for its script; its value names the script, so that different ones may share a page.
WAITING = "data-gatewise"

#: The version of a page's data: it grows when a script that reads older data would show something wrong.
VERSION = 1


class Page(Shown):
    """What shows itself in notebooks as a piece of HTML, and is saved as a page of its own."""

    @property
    @abstractmethod
    def title(self) -> str:
        """A heading for a page of its own."""

    @property
    @abstractmethod
    def html(self) -> str:
        """Everything in one piece: it works in any page, without a network, and more than once in a page."""

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write a page of its own to `path`, a name that ends in .html; returns the path.

        The new file is written beside the old one and then takes its name, so a failure leaves the old one as it was.
        Raises ValueError for any other ending, and OSError where the file can't be written.
        """
        target = Path(path)
        if target.suffix.lower() not in (".html", ".htm"):
            raise ValueError(
                f"this is a page: save it under a name that ends in .html, not {target.name!r}; "
                f"viz.draw(...).save(...) writes pictures"
            )
        write(target, document(self.title, self.html).encode())
        return target

    def _forms(self) -> dict[str, str]:
        return {"text/html": self.html, "text/plain": repr(self)}


@cache
def asset(name: str) -> str:
    """A script or style sheet of this package, shortened: no indentation, no comments, fewer line ends and spaces.

    Line ends go beside brackets and signs, spaces around arrows. The files are written so that nothing else changes:
    comments stand on lines of their own, no string runs over several lines, and no string holds an arrow.
    """
    text = files("viz.stepper").joinpath(name).read_text("utf-8")
    lines = (line.strip() for line in text.splitlines())
    joined = "\n".join(line for line in lines if line and not line.startswith("//"))
    return re.sub(r"(?<=[{(\[,;?:])\n|\n(?=[)\]}.?:])", "", joined).replace(" => ", "=>")


def _variables(theme: Theme) -> str:
    roles = ("background", "ink", "wire", "value", "gradient", "local", "gate", "leaf", "constant", "group", "frame")
    return "".join(f"--gw-{role}:{getattr(theme, role)};" for role in roles)


@cache
def _style(*names: str) -> str:
    """Style sheets of this package as a line of JavaScript, the colours of the light and the dark theme before them."""
    sheets = re.sub(r"/\*.*?\*/", "", "".join(asset(f"{name}.css") for name in names), flags=re.DOTALL)
    sheets = re.sub(r"\s*([{};,])\s*|(?<=:) ", r"\1", sheets)
    light, dark = (_variables(THEMES[theme]) for theme in ("light", "dark"))
    dark = f"@media not print{{.gw[data-theme=dark]{{{dark}color-scheme:dark}}}}"
    style = f".gw{{{light}color-scheme:light}}{dark}{sheets}"
    return f"const STYLE = {script_safe(style)};\n"


def _joined(names: str) -> str:
    return "\n".join(asset(f"{name}.js") for name in names.split())


def stepper_source(gates: Iterable[str]) -> str:
    """The script of the stepper's page for graphs with these gates: definitions, which do nothing by themselves."""
    return f"{rules(gates)}{typed_functions()}{_style('stepper')}{_joined(_STEPPER)}"


@cache
def watch_source() -> str:
    """The script of the training view's page: definitions alone, which do nothing by themselves."""
    return f"{_style('stepper', 'watch')}{_joined(_WATCH)}"


def mark_of(source: str) -> str:
    """The id that ties a page's root to its script."""
    return sha256(source.encode()).hexdigest()[:12]


def element(graph: Mapping[str, object], svg: str, description: str, table: str, source: str) -> str:
    """The root: the graph with its `VERSION` and the program as data, the picture as an image, the table."""
    data = json.dumps({"version": VERSION, **graph}, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return (
        f'<div class="gw" {WAITING}="{mark_of(source)}" data-lm-suppress-shortcuts="true" '
        f"data-graph='{single_quoted(data)}' data-program='{single_quoted(_program(source))}'>"
        f'<img alt="{escape(description)}" loading="lazy" src="{data_uri(svg)}" style="max-width:100%">{table}</div>'
    )


def _program(source: str) -> str:
    """`source`, and after it what starts every root of the page that waits for it."""
    begin = f"for (const root of {_waiting(source)}) {{ root.setAttribute('{WAITING}', 'started'); start(root); }}"
    return packed_program(f'(() => {{\n"use strict";\n{source}\n{begin}\n}})();')


def script(source: str) -> str:
    """The script that runs the program of the first root that waits for it.

    The program itself is an attribute: sanitizers that turn scripts into visible text have only this line to show.
    """
    return (
        f"<script>for (const root of [...{_waiting(source)}].slice(0, 1)) {{ const program = document.createElement("
        "'script'); program.text = root.dataset.program; document.head.append(program); program.remove(); }</script>"
    )


def _waiting(source: str) -> str:
    return f"document.querySelectorAll('[{WAITING}=\"{mark_of(source)}\"]')"


def single_quoted(text: str) -> str:
    """Text for an attribute in single quotes, which leaves JSON's own quotes, and the && of programs, as they are."""
    return re.sub(r"&(?=[\w#])", "&amp;", text).replace("<", "&lt;").replace(">", "&gt;").replace("'", "&#39;")


def data_uri(svg: str) -> str:
    """The address of an image that holds its own bytes."""
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"


def fallback_table(output: Value, names: Mapping[Value, str]) -> str:
    """The numbers of every node, for readers without scripts and without eyes: plain HTML, folded.

    Heads are cells with a role: some sanitizers keep td and drop th.
    """
    head = "".join(f'<td role="columnheader"><b>{word}</b></td>' for word in ("name", "made by", "value", "gradient"))
    rows = [head]
    for node in topological_order(output):
        made = node.gate.name if node.gate else "input" if node.requires_grad else "constant"
        gradient = _cell(node.grad) if node.requires_grad else ""
        name = f'<td role="rowheader">{escape(names[node])}</td>'
        rows.append(f"{name}<td>{escape(made)}</td><td>{_cell(node.data)}</td><td>{gradient}</td>")
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    return f"<details><summary>All values and gradients</summary><table>{body}</table></details>"


def _cell(x: float) -> str:
    short, full = format_number(x), full_precision(x)
    return short if short == full else f'<span title="{full}">{short}</span>'


def document(title: str, body: str) -> str:
    """A page of its own around a fragment: goes with a light and a dark system, and asks nothing of the network."""
    return (
        f'<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>{escape(title)}</title>\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<style>:root{color-scheme:light dark}body{margin:0 auto;padding:1rem;max-width:75rem;font:16px/1.5 system-ui,"
        "sans-serif}@media screen and (prefers-color-scheme:dark){:root{background:#1e1e1e}}"
        "@media print{:root{color-scheme:light}}</style>\n"
        f"<main>\n<h1>{escape(title)}</h1>\n{body}\n</main>\n</html>\n"
    )
