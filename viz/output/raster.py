"""PNG and PDF, by libraries that need nothing of the system: resvg (Rust, SVG to pixels), Typst (Rust, SVG to PDF)."""

from __future__ import annotations

import importlib
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

#: What each format needs: the module, and the extra that brings it.
_NEEDS = {"png": ("resvg_py", "png"), "pdf": ("typst", "pdf")}


def available(form: str) -> bool:
    """Whether the library for that format is installed."""
    return find_spec(_NEEDS[form][0]) is not None


def _library(form: str) -> Any:
    module, extra = _NEEDS[form]
    try:
        return importlib.import_module(module)
    except ImportError:
        raise ModuleNotFoundError(
            f"a picture is written as {form} by the library {module!r}, which is not installed; "
            f"pip install gatewise[{extra}]", name=module) from None  # fmt: skip


def png(svg: str, scale: float = 2.0) -> bytes:
    """The picture as PNG, `scale` pixels for each of its own. Raises ModuleNotFoundError without the extra ``png``,
    RuntimeError on a machine without fonts."""
    resvg = _library("png")
    return bytes(resvg.svg_to_bytes(svg_string=svg, zoom=scale, font_dirs=_font_folders()))


@cache
def _font_folders() -> list[str] | None:
    """Where fonts are, beside the system's own: a container may have none, and texts would be left out silently."""
    resvg = _library("png")
    empty = '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20">{}</svg>'

    def draws(folders: list[str] | None) -> bool:
        blank, letter = (bytes(resvg.svg_to_bytes(svg_string=empty.format(inside), font_dirs=folders))
                         for inside in ("", '<text y="15" font-family="sans-serif">M</text>'))  # fmt: skip
        return blank != letter

    if draws(None):
        return None
    matplotlib = find_spec("matplotlib")
    if matplotlib and matplotlib.origin:
        folders = [str(Path(matplotlib.origin).parent / "mpl-data" / "fonts" / "ttf")]
        if draws(folders):
            return folders
    raise RuntimeError("this machine has no fonts, so a PNG would have no text; install some (on Debian: apt-get "
                       "install fonts-dejavu) or pip install matplotlib, which brings its own")  # fmt: skip


def pdf(svg: str, width: float, height: float, title: str) -> bytes:
    """The picture as a PDF page of its own size, text as text. Raises ModuleNotFoundError without the extra ``pdf``."""
    typst = _library("pdf")
    page = (
        "#set document(title: sys.inputs.title, date: none)\n"
        f"#set page(width: {width * 0.75:.2f}pt, height: {height * 0.75:.2f}pt, margin: 0pt)\n"
        '#image(bytes(sys.inputs.svg), format: "svg", width: 100%)\n'
    )
    return bytes(typst.compile(page.encode(), format="pdf", sys_inputs={"svg": svg, "title": title}))
