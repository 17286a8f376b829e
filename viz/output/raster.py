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
    return bytes(resvg.svg_to_bytes(svg_string=svg, zoom=scale, **_fonts()))


#: Families that may stand for "sans-serif". A renderer's own choice (often Arial) may not be installed, and it then
#: leaves texts out.
_SANS_SERIF = ("Arial", "Helvetica", "DejaVu Sans", "Liberation Sans", "Noto Sans", "Segoe UI", "Lucida Grande")


@cache
def _fonts() -> dict[str, Any]:
    """The renderer's arguments that make it draw texts: a family, and the folder of matplotlib's fonts if need be.

    Each candidate is tried by drawing one letter, because texts without a font are left out without a word.
    """
    resvg = _library("png")
    empty = '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20">{}</svg>'

    def draws(fonts: dict[str, Any]) -> bool:
        blank, letter = (bytes(resvg.svg_to_bytes(svg_string=empty.format(inside), **fonts))
                         for inside in ("", '<text y="15" font-family="sans-serif">M</text>'))  # fmt: skip
        return blank != letter

    candidates: list[dict[str, Any]] = [{"sans_serif_family": family} for family in _SANS_SERIF]
    matplotlib = find_spec("matplotlib")
    if matplotlib and matplotlib.origin:
        folder = str(Path(matplotlib.origin).parent / "mpl-data" / "fonts" / "ttf")
        candidates.append({"sans_serif_family": "DejaVu Sans", "font_dirs": [folder]})
    for fonts in candidates:
        if draws(fonts):
            return fonts
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
