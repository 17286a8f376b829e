"""A reader of printed equations that knows nothing of how they are printed.

It finds ``left = right`` and ``left ≈ right`` in text, Markdown and LaTeX, evaluates what stands left of the sign (with
fractions; functions with floats), and says whether the equation holds at the digits that are printed.
"""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

Number = Fraction | float


class Printed(NamedTuple):
    """An equation between numbers as it stands in a line."""

    left: str
    sign: str
    right: str
    line: str


# ---------------------------------------------------------------- finding them


def in_text(text: str) -> Iterator[Printed]:
    """The equations between numbers of an explanation as text or Markdown (without its derivation)."""
    for line in text.split("$$")[0].splitlines():
        spans = re.findall(r"(?<!`)`+ ?(.+?) ?`+(?!`)", line) or [re.split(r"   since|  +stale", line)[0]]
        for span in spans:
            plain = re.sub(r"^\s*(\d+\.|-|\*)? +", "", span).split(": ")[-1].replace("+=", "=").removesuffix(".")
            yield from _pairs(plain, line)


def in_latex(latex: str) -> Iterator[Printed]:
    """The equations between numbers of a derivation in LaTeX."""
    body = re.sub(r"\\(begin|end)\{[a-z]+\*?\}", "", latex.split("$$")[1] if "$$" in latex else latex)
    chains: list[str] = []  # a row without a left side goes on where the row above ended, unless that names a path
    for row in re.split(r"\\\\\n", body.strip()):
        begins = not row.startswith("&") or row.startswith(r"&\text") or chains[-1].startswith(r"&\text")
        if begins:
            chains.append("")
        chains[-1] += re.split(r"\\quad \\left|\\quad \\text", row)[0] + " "
    for chain in chains:
        yield from _pairs(_from_latex(chain), chain)


def _pairs(chain: str, line: str) -> Iterator[Printed]:
    """``a = b ≈ c`` is two equations; signs inside parentheses are comparisons."""
    parts, depth = [""], 0
    for i, character in enumerate(chain):
        depth += (character == "(") - (character == ")")
        if character in "=≈" and depth == 0 and chain[i - 1 : i] not in (">", "<"):
            parts += [character, ""]
        else:
            parts[-1] += character
    for left, sign, right in zip(parts[::2], parts[1::2], parts[2::2], strict=False):
        if value(left) is not None and value(right) is not None:
            yield Printed(left.strip(), sign, right.strip(), line)


def _from_latex(text: str) -> str:
    text = re.sub(r"\\operatorname\{([a-z\\_]+)\}", lambda m: m[1].replace("\\", ""), text)
    text = text.replace(r"\left|", "abs(").replace(r"\right|", ")").replace(r"\mathrm{NaN}", "nan")
    for sign, plain in (
        (r"\left", ""),
        (r"\right", ""),
        (r"\approx", "≈"),
        (r"\cdot", "*"),
        (r"\times", "*"),
        (r"\infty", "inf"),
        (r"\ge", ">="),
        (r"\sigma", "sigmoid"),
        (r"\quad", " "),
        ("&", ""),
        ("^", "**"),
        ("{", "("),
        ("}", ")"),
        ("\\", ""),
    ):
        text = text.replace(sign, plain)
    return re.sub(r"\be\*\*", "exp", text)  # eˣ


# ---------------------------------------------------------------- what they say

_OPERATORS: dict[type[ast.AST], Callable[..., Number]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.USub: operator.neg,
}
_COMPARED: dict[type[ast.AST], Callable[..., bool]] = {ast.Gt: operator.gt, ast.GtE: operator.ge, ast.Eq: operator.eq}
#: Functions of gates as Python's own `math` has them.
FUNCTIONS: dict[str, Callable[..., Number]] = {
    "exp": math.exp,
    "log": math.log,
    "sqrt": math.sqrt,
    "sin": math.sin,
    "cos": math.cos,
    "tanh": math.tanh,
    "sigmoid": lambda a: 1 / (1 + math.exp(-a)),
    "softplus": lambda a: math.log1p(math.exp(a)),
    "abs": abs,
    "max": max,
    "min": min,
    "relu": lambda a: max(a, 0),
    "leaky_relu": lambda a, b: a if a > 0 else b * a,
    "sum": lambda *xs: sum(xs),
    "logsumexp": lambda *xs: math.log(sum(math.exp(x) for x in xs)),
    "where": lambda a, b, c: b if a > 0 else c,
    "stop_gradient": lambda a: a,
}


@lru_cache(maxsize=100_000)
def value(text: str) -> Number | None:
    """What an expression of numbers is; None for an expression with names or dots in it, or none at all."""
    plain = text.strip().replace("−", "-").replace("×", "*").replace("∞", "inf").replace("NaN", "nan")
    plain = re.sub(r"(?<![<>=])=(?!=)", "==", plain)
    try:
        return _value(ast.parse(plain, mode="eval").body, plain)
    except (SyntaxError, LookupError):
        return None


def _value(node: ast.expr, text: str) -> Number:
    match node:
        case ast.Constant(value=int() | float()):
            return Fraction(ast.get_source_segment(text, node) or "")
        case ast.Name(id="inf" | "nan" as name):
            return float(name)
        case ast.UnaryOp(op, operand):
            return _OPERATORS[type(op)](_value(operand, text))
        case ast.BinOp(left, ast.Pow(), right):
            base, power = _value(left, text), _value(right, text)
            whole = isinstance(base, Fraction) and isinstance(power, Fraction) and power.denominator == 1
            return base ** int(power) if whole and abs(power) <= 400 else math.pow(base, power)
        case ast.BinOp(left, op, right):
            return _OPERATORS[type(op)](_value(left, text), _value(right, text))
        case ast.Compare(left, [op], [right]):
            return Fraction(_COMPARED[type(op)](_value(left, text), _value(right, text)))
        case ast.Call(ast.Call(ast.Name("frac"), [above]), [below]):
            return _value(above, text) / _value(below, text)
        case ast.Call(ast.Name(name), arguments):
            return FUNCTIONS[name](*(_value(argument, text) for argument in arguments))
    raise LookupError(ast.dump(node))


def numbers_in(text: str) -> list[Fraction]:
    """All numbers that an expression is made of."""
    plain = text.replace("−", "-")
    return [Fraction(n) for n in re.findall(r"\d+(?:\.\d+)?(?:e-?\d+)?", plain)]


def holds(equation: Printed, digits: int = 3) -> bool:
    """Whether it is true as printed.

    "=": the left side, rounded to the digits of the right side, is the right side. A whole number or a short fraction
    stands for what it is, with zeros up to `digits` significant digits. "≈": the two are within one percent of the
    right side, or, where large terms cancel to a small rest, of the largest number in the equation.
    """
    left, right = value(equation.left), value(equation.right)
    assert left is not None
    assert right is not None
    if not (math.isfinite(left) and math.isfinite(right)):
        return left == right or (left != left and right != right)
    distance = abs(Fraction(left) - Fraction(right))
    if equation.sign == "=":
        return distance <= _quantum(equation.right, Fraction(right), digits) / 2 + abs(Fraction(right)) / 10**15
    return distance <= max(abs(Fraction(right)), *numbers_in(equation.left)) / 100


def _quantum(text: str, number: Fraction, digits: int) -> Fraction:
    if not number:
        return Fraction(0)
    plain = re.sub(r" ?\* ?10\*\*\((-?\d+)\)", r"e\1", text.replace("−", "-"))
    body, _, exponent = plain.strip("()").partition("e")
    printed = Fraction(10) ** (int(exponent or 0) - len(body.partition(".")[2]))
    return min(printed, Fraction(10) ** (math.floor(math.log10(abs(number))) - digits + 1))
