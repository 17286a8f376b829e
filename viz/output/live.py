"""A picture in a page that can be zoomed and moved, where scripts run; where they don't, it is as it was."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from viz.output.svg import escaped


@cache
def _program() -> str:
    """The script, without its comments and indentation."""
    text = files("viz.output").joinpath("live.js").read_text("utf-8")
    lines = (line.strip() for line in text.splitlines())
    joined = "\n".join(line for line in lines if line and not line.startswith("//"))
    return re.sub(r"(?<=[{(\[,;])\n|\n(?=[)\]}])", "", joined)


#: Runs the program of the first picture that waits. Sanitizers that turn scripts into text have only this to show.
_START = (
    "<script>for (const root of [...document.querySelectorAll('[data-gatewise-picture=waiting]')].slice(0, 1)) { "
    "const program = document.createElement('script'); program.text = `(() => {\"use strict\";${root.dataset.program}"
    "})()`; document.head.append(program); program.remove(); }</script>"
)


def live(picture: str) -> str:
    """HTML around an image or an inline SVG that lets the reader zoom and move it."""
    return (
        f'<div data-gatewise-picture="waiting" data-lm-suppress-shortcuts="true" data-program="{escaped(_program())}">'
        f'<div data-part="holder">{picture}</div>{_START}</div>'
    )
