r"""Names, numbers and labels in LaTeX: in math mode for derivations, in text mode for pictures.

A label may hold any character, and pdfLaTeX stops at each that its fonts have not been set up for. So Greek letters and
signs become their commands, accents their macros, raised and lowered digits exponents and indices; the rest is shown as
its code point, ``U+C774``. Only what MathJax and KaTeX know too is used in math mode.
"""

from __future__ import annotations

import re
import unicodedata

from viz.text.numbers import MINUS

_GREEK = (
    ("αβγδεζηθικλμνξπ", "alpha beta gamma delta varepsilon zeta eta theta iota kappa lambda mu nu xi pi"),
    ("ρστυφχψως", "rho sigma tau upsilon varphi chi psi omega varsigma"),
    ("ϑϕϱϖϵ", "vartheta phi varrho varpi epsilon"),
    ("ΓΔΘΛΞΠΣΥΦΨΩ", "Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega"),
    ("\N{MICRO SIGN}\N{OHM SIGN}", "mu Omega"),
)
_ALPHABET = {letter: name for letters, names in _GREEK for letter, name in zip(letters, names.split(), strict=True)}
#: Names that are written as the letter they spell.
_SPELLED = {*_ALPHABET.values()} - {name for name in _ALPHABET.values() if name.startswith("var")}
#: Signs and Greek letters, as commands of math mode.
SIGNS = {
    **{letter: f"\\{name}" for letter, name in _ALPHABET.items()},
    MINUS: "-",
    "×": r"\times",
    "÷": r"\div",
    "√": r"\surd",
    "∂": r"\partial",
    "∇": r"\nabla",
    "∞": r"\infty",
    "·": r"\cdot",
    "•": r"\bullet",
    "⊙": r"\odot",
    "±": r"\pm",
    "≤": r"\leq",
    "≥": r"\geq",
    "≠": r"\neq",
    "≈": r"\approx",
    "→": r"\rightarrow",
    "←": r"\leftarrow",
    "∈": r"\in",
    "∑": r"\sum",
    "∏": r"\prod",
    "∫": r"\int",
    "ℓ": r"\ell",
    "°": r"{}^{\circ}",
    "′": r"{}^{\prime}",
    "…": r"\ldots",
    "‖": r"\|",
}
#: Accents by their combining character: as macros of text and of math mode. LaTeX's own fonts lack some in math.
_ACCENTS = {
    "\u0300": (r"\`", r"\grave"),
    "\u0301": (r"\'", r"\acute"),
    "\u0302": (r"\^", r"\hat"),
    "\u0303": (r"\~", r"\tilde"),
    "\u0304": (r"\=", r"\bar"),
    "\u0306": (r"\u", r"\breve"),
    "\u0307": (r"\.", r"\dot"),
    "\u0308": (r"\"", r"\ddot"),
    "\u030a": (r"\r", r"\mathring"),
    "\u030b": (r"\H", ""),
    "\u030c": (r"\v", r"\check"),
    "\u0327": (r"\c", ""),
}
#: Letters that are neither ASCII nor have an accent, and that every encoding of LaTeX's text has.
_LETTERS = {
    "ß": r"\ss",
    "æ": r"\ae",
    "Æ": r"\AE",
    "œ": r"\oe",
    "Œ": r"\OE",
    "ø": r"\o",
    "Ø": r"\O",
    "ł": r"\l",
    "Ł": r"\L",
    "ı": r"\i",
}
_MATH_SPECIALS = {
    **{c: "\\" + c for c in "#$%&_{}"},
    "\\": r"\backslash ",
    "^": r"{\wedge}",
    "~": r"{\sim}",
    " ": r"\ ",
    "<": "{<}",
    ">": "{>}",
}
_TEXT_SPECIALS = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\symbol{34}",
    "`": r"\textasciigrave{}",
    "'": r"\textquotesingle{}",
    "-": r"{-}",
    "[": "{[}",
    "]": "{]}",
    "–": "--",
    "—": "---",
}


def _parted(character: str) -> tuple[str, str]:
    """A character as (letter, accent) if it is an ASCII letter with one accent that LaTeX has, else ('', '')."""
    parts = unicodedata.normalize("NFD", character)
    if len(parts) == 2 and parts[0].isascii() and parts[1] in _ACCENTS:
        return parts[0], parts[1]
    return "", ""


def _script(character: str) -> tuple[str, str]:
    """A raised or lowered character as (``^`` or ``_``, the plain one), else ('', '')."""
    kind, _, code = unicodedata.decomposition(character).partition(" ")
    sign = {"<super>": "^", "<sub>": "_"}.get(kind, "")
    plain = chr(int(code, 16)) if sign and " " not in code else ""
    return (sign, plain.replace(MINUS, "-")) if plain.isascii() or plain == MINUS else ("", "")


def _code(character: str) -> str:
    return f"U+{ord(character):04X}"


# ---------------------------------------------------------------- math mode


def name_latex(name: str) -> str:
    """A name in LaTeX's math mode: ``w0`` is w with a subscript, ``alpha`` and ``α`` the letter, ``σ²`` a power;
    specials are escaped."""
    match = re.fullmatch(r"([^\W\d_]+)_?(\d+)", name)
    base, index = match.groups() if match else (name, "")
    text = f"\\{base}" if base in _SPELLED else _pieces(unicodedata.normalize("NFC", base)) or r"\mathrm{?}"
    return f"{_ready(text)}_{{{index}}}" if index else text


def _ready(text: str) -> str:
    """`text` so that an exponent or index may follow: none follows another, nor stands on nothing."""
    return f"{text}{{}}" if not text or re.search(r"[_^]\{[^{}]*\}$", text) else text


#: Characters that are set alike: a raised run, a lowered run, an ASCII run, or one other character with its accents.
_RUN = re.compile(r"[\x00-\x7f]+(?![\u0300-\u036f])|.[\u0300-\u036f]*", re.DOTALL)


def _pieces(name: str) -> str:
    text = ""
    raised = ""  # the sign of the script that is open at the end
    for run in _RUN.findall(name):
        sign, plain = _script(run) if len(run) == 1 else ("", "")
        if sign == raised and sign:
            text = f"{text[:-1]}{_ascii(plain)}}}"
        elif sign:
            text = f"{_ready(text)}{sign}{{{_ascii(plain)}}}"
        else:
            piece = _piece(run, len(name) == 1 or (run.isalpha() and len(run) == 1))
            apart = re.search(r"\\[A-Za-z]+$", text) and piece[:1].isalpha()
            text += f"{' ' if apart else ''}{piece}"
        raised = sign
    return text


def _piece(run: str, alone: bool) -> str:
    if run.isascii():
        shown = _ascii(run)
        return run if alone and run.isalpha() else rf"\mathrm{{{shown}}}" if shown else ""
    base, accents = run[0], list(run[1:])
    letter, accent = _parted(base)
    if letter:
        base, accents = letter, [accent, *accents]
    text = base if base.isascii() and base.isalpha() else SIGNS.get(base, "")
    if text and all(accent in _ACCENTS and _ACCENTS[accent][1] for accent in accents):
        for accent in accents:
            text = f"{_ACCENTS[accent][1]}{{{text}}}"
        return text
    return "".join(rf"\text{{{_code(c)}}}" for c in run if c.isprintable())


def _ascii(run: str) -> str:
    return "".join(_MATH_SPECIALS.get(c, c) for c in run if c.isprintable())


def with_characters(latex: str) -> str:
    """The same for MathJax and KaTeX, which set any character that the reader's fonts have: no code points."""
    return re.sub(r"\\text\{U\+([0-9A-F]{4,6})\}", lambda found: rf"\text{{{chr(int(found[1], 16))}}}", latex)


def number_latex(text: str) -> str:
    """A number as `viz.text.numbers` writes it, in LaTeX: ``−1.2e−5`` becomes ``-1.2 \\times 10^{-5}``."""
    text = text.replace(MINUS, "-").replace("∞", r"\infty").replace("NaN", r"\mathrm{NaN}")
    return re.sub(r"e(-?\d+)$", r" \\times 10^{\1}", text)


# ---------------------------------------------------------------- text mode


def text_latex(text: str) -> str:
    """`text` as LaTeX text that any engine sets and none executes. Characters that pdfLaTeX's fonts lack are shown by
    it as their code points; XeLaTeX and LuaLaTeX set them if the document's fonts have them."""
    return "".join(map(_sign, unicodedata.normalize("NFC", text)))


def _sign(character: str) -> str:
    if character in _TEXT_SPECIALS:
        return _TEXT_SPECIALS[character]
    if " " <= character <= "~":
        return character
    if character in SIGNS:
        return rf"\ensuremath{{{SIGNS[character]}}}"
    if character in _LETTERS:
        return f"{_LETTERS[character]}{{}}"
    letter, accent = _parted(character)
    if letter:
        dotless = rf"\{letter}" if letter in "ij" and accent != "\u0327" else letter
        return f"{_ACCENTS[accent][0]}{{{dotless}}}"
    sign, plain = _script(character)
    if sign:
        return rf"\ensuremath{{{sign}{{{_ascii(plain)}}}}}"
    if character.isspace():
        return " "
    if unicodedata.category(character) in ("Cc", "Cs"):
        return "?"
    return rf"\ifdefined\Umathchar\symbol{{{ord(character)}}}\else{{\ttfamily\tiny {_code(character)}}}\fi{{}}"
