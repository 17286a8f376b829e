"""PNG and PDF, by libraries that need nothing of the system: resvg (Rust, SVG to pixels), Typst (Rust, SVG to PDF)."""

from __future__ import annotations

import importlib
import re
import unicodedata
import warnings
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from viz.output.svg import FONT

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
            f"pip install gatewise[{extra}]",
            name=module,
        ) from None


#: A PNG of more pixels would take half a gigabyte of memory or more, and many seconds.
LARGEST = 50_000_000


def png(svg: str, width: float, height: float, scale: float = 2.0) -> bytes:
    """The picture of that size as PNG, `scale` pixels for each of its own.

    Warns of characters that no font on this machine has: they are drawn as empty boxes. Raises ModuleNotFoundError
    without the extra ``png``, ValueError for more pixels than `LARGEST`, RuntimeError on a machine without fonts.
    """
    resvg = _library("png")
    pixels = width * scale * height * scale
    if not pixels <= LARGEST:
        raise ValueError(
            f"as PNG this picture would have {width * scale:,.0f} × {height * scale:,.0f} pixels, which is more than "
            f"{LARGEST // 1_000_000} million; save it as .svg or .pdf, whose size does not matter, or draw less: "
            "expand=0 draws scopes as boxes, style='compact' draws everything small"
        )
    fonts = font_options()
    missing = [character for character in _characters(svg) if not _has_glyph(character)]
    if missing:
        warnings.warn(_without_font(missing, "PNG"), stacklevel=3)
    return bytes(resvg.svg_to_bytes(svg_string=svg, zoom=scale, **fonts))


def _characters(svg: str) -> list[str]:
    """The characters beyond ASCII that a font must have a sign for, each once."""
    texts = re.findall("<text[^>]*>([^<]*)", svg)
    return [
        c
        for c in dict.fromkeys("".join(texts))
        if not c.isascii() and unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Mn", "Mc", "Me", "Zs", "Zl", "Zp")
    ]


#: A character that no font has: it shows what the renderer draws where a character is missing.
_NOWHERE = "\U0010fffd"


def _sample(character: str) -> str:
    text = f'<text y="30" font-size="20" font-family="{FONT}">{character}</text>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40">{text}</svg>'


@cache
def drawn_by_fonts(character: str) -> bytes:
    """The pixels of one character, drawn with the fonts of this machine."""
    return bytes(_library("png").svg_to_bytes(svg_string=_sample(character), **font_options()))


def _has_glyph(character: str) -> bool:
    """Whether a font on this machine has the character: then it is drawn otherwise than one that no font has."""
    return drawn_by_fonts(character) != drawn_by_fonts(_NOWHERE)


#: What to install on Debian and Ubuntu for characters whose Unicode names begin so; for others `_OTHERS`.
_PACKAGES = {("HANGUL", "CJK", "HIRAGANA", "KATAKANA"): "fonts-noto-cjk"}
_OTHERS = "fonts-noto-core"


def _package(character: str) -> str:
    """The package whose fonts have a character."""
    name = unicodedata.name(character, "")
    return next((package for starts, package in _PACKAGES.items() if name.startswith(starts)), _OTHERS)


def _without_font(missing: Sequence[str], form: str) -> str:
    packages = sorted({_package(character) for character in missing})
    shown = ", ".join(f"{c!r} (U+{ord(c):04X})" for c in missing[:8]) + (", ..." if len(missing) > 8 else "")
    return (
        f"no font on this machine has {shown}: in the {form} they are empty boxes. Install one that has them (on "
        f"Debian: apt-get install {' '.join(packages)}; elsewhere the Noto fonts), or save as .svg or .html, which are "
        "shown with the fonts of whoever reads them"
    )


#: Families that may stand for "sans-serif". A renderer's own choice (often Arial) may not be installed, and it then
#: leaves texts out.
_SANS_SERIF = ("Arial", "Helvetica", "DejaVu Sans", "Liberation Sans", "Noto Sans", "Segoe UI", "Lucida Grande")


@cache
def font_options() -> dict[str, Any]:
    """The renderer's arguments that make it draw texts: a family, and the folder of matplotlib's fonts if need be.

    Each candidate is tried by drawing one letter, because texts without a font are left out without a word.
    """
    resvg = _library("png")
    empty = '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20">{}</svg>'

    def draws(fonts: dict[str, Any]) -> bool:
        blank, letter = (
            bytes(resvg.svg_to_bytes(svg_string=empty.format(inside), **fonts))
            for inside in ("", '<text y="15" font-family="sans-serif">M</text>')
        )
        return blank != letter

    candidates: list[dict[str, Any]] = [{"sans_serif_family": family} for family in _SANS_SERIF]
    matplotlib = find_spec("matplotlib")
    if matplotlib and matplotlib.origin:
        folder = str(Path(matplotlib.origin).parent / "mpl-data" / "fonts" / "ttf")
        candidates.append({"sans_serif_family": "DejaVu Sans", "font_dirs": [folder]})
    for fonts in candidates:
        if draws(fonts):
            return fonts
    raise RuntimeError(
        "this machine has no fonts, so a PNG would have no text; install some (on Debian: apt-get "
        "install fonts-dejavu) or pip install matplotlib, which brings its own"
    )


@cache
def _missing_in_pdf(characters: tuple[str, ...]) -> tuple[str, ...]:
    """The characters for which the PDF's renderer has no font, found as for a PNG; a page of one document for each."""
    samples = {str(i): _sample(character) for i, character in enumerate((_NOWHERE, *characters))}
    pages = "#pagebreak()\n".join(f'#image(bytes(sys.inputs.at("{i}")), format: "svg")\n' for i in samples)
    document = f"#set page(width: 30pt, height: 30pt, margin: 0pt)\n{pages}"
    nowhere, *drawn = _library("pdf").compile(document.encode(), format="png", ppi=96, sys_inputs=samples)
    return tuple(character for character, image in zip(characters, drawn, strict=True) if image == nowhere)


def pdf(svgs: Sequence[str], width: float, height: float, title: str) -> bytes:
    """Pictures of one size as the pages of a PDF, text as text.

    Warns of characters that no font on this machine has: they are drawn as empty boxes. Raises ModuleNotFoundError
    without the extra ``pdf``.
    """
    typst = _library("pdf")
    characters = tuple(dict.fromkeys(character for svg in svgs for character in _characters(svg)))
    missing = _missing_in_pdf(characters) if characters else ()
    if missing:
        warnings.warn(_without_font(missing, "PDF"), stacklevel=3)
    page = (
        "#set document(title: sys.inputs.title, date: none)\n"
        f"#set page(width: {width * 0.75:.2f}pt, height: {height * 0.75:.2f}pt, margin: 0pt)\n"
        f"#for page in range({len(svgs)}) {{\n"
        '  image(bytes(sys.inputs.at("svg" + str(page))), format: "svg", width: 100%)\n'
        "}\n"
    )
    pages = {f"svg{i}": svg for i, svg in enumerate(svgs)}
    return bytes(typst.compile(page.encode(), format="pdf", sys_inputs={"title": title, **pages}))
