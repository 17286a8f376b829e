"""Names and numbers in LaTeX's math mode."""

from __future__ import annotations

import re
import unicodedata

from viz.numbers import MINUS

_GREEK = {
    unicodedata.lookup(f"GREEK {size} LETTER {name}"): spelled
    for name in (
        "ALPHA", "BETA", "GAMMA", "DELTA", "EPSILON", "ZETA", "ETA", "THETA", "IOTA", "KAPPA", "LAMDA", "MU", "NU",
        "XI", "PI", "RHO", "SIGMA", "TAU", "UPSILON", "PHI", "CHI", "PSI", "OMEGA",
    )
    for size, spelled in (("SMALL", name.lower()), ("CAPITAL", name.capitalize()))
    if size == "SMALL" or name in "GAMMA DELTA THETA LAMDA XI PI SIGMA UPSILON PHI PSI OMEGA"
}  # fmt: skip
_GREEK = {letter: spelled.replace("amda", "ambda") for letter, spelled in _GREEK.items()}  # as TeX spells it
_MATH_SPECIALS = {
    **{c: "\\" + c for c in "#$%&_{}"},
    "\\": r"\backslash ", "^": r"{\wedge}", "~": r"{\sim}", " ": r"\ ", "<": "{<}", ">": "{>}",
}  # fmt: skip


def name_latex(name: str) -> str:
    """A name in LaTeX's math mode: ``w0`` is w with a subscript, ``alpha`` the letter; specials are escaped."""
    match = re.fullmatch(r"([^\W\d_]+)_?(\d+)", name)
    base, index = match.groups() if match else (name, "")
    base = _GREEK.get(base, base)
    if base in _GREEK.values():
        text = f"\\{base}"
    elif len(base) == 1 and base.isascii() and base.isalpha():
        text = base
    else:
        text = re.sub(r"[^\x00-\x7f]+|[\x00-\x7f]+", _run_latex, base) or r"\mathrm{?}"
    return f"{text}_{{{index}}}" if index else text


def _run_latex(run: re.Match[str]) -> str:
    characters = run.group()
    if not characters.isascii():
        return rf"\text{{{characters}}}"
    return rf"\mathrm{{{''.join(_MATH_SPECIALS.get(c, c) for c in characters if c.isprintable())}}}"


def number_latex(text: str) -> str:
    """A number as `viz.numbers` writes it, in LaTeX: ``−1.2e−5`` becomes ``-1.2 \\times 10^{-5}``."""
    text = text.replace(MINUS, "-").replace("∞", r"\infty").replace("NaN", r"\mathrm{NaN}")
    return re.sub(r"e(-?\d+)$", r" \\times 10^{\1}", text)
