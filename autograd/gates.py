"""The derivative table: every gate the engine knows, one entry each.

A gate computes one number from its operands, and knows how fast that number moves when each operand moves: its local
derivatives. The entry is the only place where a gate is defined. Eager values, second derivatives, compiled programs,
diagrams, explanations and the interactive page all read it, so adding a gate is adding an entry to `GATES`.

In a formula ``a`` and ``b`` are the operands in order and ``y`` is the gate's own value; a gate of any number of
operands calls them ``xs``, and each in turn ``x``. `autograd.formula` says what else may stand in one.
"""

from __future__ import annotations

from autograd.gate import (
    ADDITIVE,
    ATOM,
    CALLS,
    GATES,
    MULTIPLICATIVE,
    POWER,
    ROLES,
    SIGN,
    Gate,
    Notation,
    call_notation,
    gate_named,
)
from autograd.proof import prove

__all__ = [
    "ADDITIVE",
    "ATOM",
    "CALLS",
    "GATES",
    "MULTIPLICATIVE",
    "POWER",
    "ROLES",
    "SIGN",
    "Gate",
    "Notation",
    "gate_named",
    "register",
]


def register(gate: Gate) -> Gate:
    """Add a gate to the table and return it; from then on every reader of the table knows it.

    It is proved first (see `autograd.proof`). Raises TypeError for what is no `Gate`, and ValueError for a name that is
    taken, formulas outside the language or with unknown names, results that are not one real number, and derivatives
    that finite differences contradict.

    >>> from autograd import GATES, Gate, Value, register
    >>> softsign = register(Gate("softsign", "ss", "a / (1 + abs(a))", ("(1 - abs(y)) ** 2",), "scaler", total=True))
    >>> y = softsign(Value(1.0))
    >>> y.data, y.local_derivatives
    (0.5, (0.25,))
    >>> del GATES["softsign"]
    """
    if not isinstance(gate, Gate):
        raise TypeError(f"register takes a Gate, but was given {gate!r} of type {type(gate).__name__}")
    taken = {name: known.name for known in GATES.values() for name in (known.name, *known.aliases)}
    for name in (gate.name, *gate.aliases):
        if name in taken:
            raise ValueError(f"there is a gate named {taken[name]!r} already, which {name!r} stands for")
    prove(gate, CALLS)
    return _add(gate)


def _add(gate: Gate) -> Gate:
    GATES[gate.name] = gate
    CALLS.setdefault(gate.name, gate.forward)
    return gate


def _infix(sign: str, precedence: int, right: int | None = None) -> Notation:
    return Notation(f"$a {sign} $b", precedence, (precedence, precedence if right is None else right))


def _comparison(name: str, symbol: str, operator: str, latex: str) -> Gate:
    return Gate(
        name,
        symbol,
        f"1.0 if a {operator} b else 0.0",
        ("0.0", "0.0"),
        "stop",
        "1 for yes, 0 for no.",
        text=_infix(operator, 0, 1),
        latex=_infix(latex, 0, 1),
    )


_STEP = "0.0 if {0} < {1} else 0.5 if {0} == {1} else 1.0"  # 1 beside a NaN, as in PyTorch: it is passed on
_TIE = "At a tie the gradient is split in half, as in JAX and HIPS autograd."
_ROUTED = "the {} operand gets the whole upstream gradient, the other nothing; at a tie each gets half"
#: Σ exp(x − largest), in which the largest counts 1, so that it has a value where the largest is infinite too.
_SHIFTED_SUM = "sum(1.0 if x == max(xs) else exp(x - max(xs)) for x in xs)"

_ARITHMETIC = (
    Gate("add", "+", "a + b", ("1.0", "1.0"), "distributor", text=_infix("+", 1), latex=_infix("+", 1)),
    Gate(
        "sub",
        "−",
        "a - b",
        ("1.0", "-1.0"),
        "distributor",
        text=_infix("−", 1, 2),
        latex=_infix("-", 1, 2),
        says="the first operand gets the whole upstream gradient, the second gets it with its sign turned",
    ),
    Gate(
        "mul",
        "×",
        "a * b",
        ("b", "a"),
        "switcher",
        text=_infix("*", 2, 3),
        latex=Notation(r"$a \cdot $b", MULTIPLICATIVE, (MULTIPLICATIVE, SIGN)),
    ),
    Gate(
        "div",
        "÷",
        "a / b",
        ("1 / b", "-y / b"),
        "scaler",
        "Domain: b ≠ 0.",
        text=_infix("/", 2, 3),
        latex=Notation(r"\frac{$a}{$b}", ATOM, (0, 0)),
    ),
    Gate(
        "neg",
        "−",
        "-a",
        ("-1.0",),
        "inverter",
        text=Notation("−$a", SIGN, (SIGN,)),
        latex=Notation("-$a", SIGN, (SIGN,)),
    ),
    Gate(
        "pow",
        "^",
        "pow(a, b)",
        (
            "b * pow(a, b - 1) if b >= 1 or abs(a) > 0 else a + inf if b > 0 else a * b",
            "y * log(a) if a > 0 else 0.0 if a == 0 else nan",
        ),
        "scaler",
        "Domain: a > 0, or a < 0 with a whole b, or a = 0 with b ≥ 0. Below zero the derivative by the exponent does "
        "not exist (NaN); at a = 0 it is 0.",
        text=Notation("$a ** $b", POWER, (ATOM, SIGN)),
        latex=Notation("{$a}^{$b}", POWER, (ATOM, 0)),
    ),
    Gate(
        "sum",
        "Σ",
        "sum(xs)",
        ("1.0",),
        "distributor",
        arity=None,
        text=Notation("sum($xs)", ATOM, (0,)),
        latex=Notation("$xs", ADDITIVE, (ADDITIVE,), " + "),
    ),
)

_ROUTERS = (
    Gate(
        "max",
        "max",
        "a if a > b else b if a <= b else a + b",
        (_STEP.format("a", "b"), _STEP.format("b", "a")),
        "router",
        _TIE,
        latex=call_notation(r"\max", 2),
        says=_ROUTED.format("larger"),
        aliases=("maximum",),
        folds=True,
    ),
    Gate(
        "min",
        "min",
        "a if a < b else b if a >= b else a + b",
        (_STEP.format("b", "a"), _STEP.format("a", "b")),
        "router",
        _TIE,
        latex=call_notation(r"\min", 2),
        says=_ROUTED.format("smaller"),
        aliases=("minimum",),
        folds=True,
    ),
    Gate(
        "relu",
        "relu",
        "0.0 if a <= 0 else a",
        ("0.0 if a <= 0 else 1.0",),
        "router",
        "max(a, 0); its derivative at 0 is 0, as in PyTorch.",
        says="the operand gets the whole upstream gradient if it is above 0, else nothing",
    ),
    Gate(
        "where",
        "?",
        "b if a > 0 else c",
        ("0.0", "1.0 if a > 0 else 0.0", "0.0 if a > 0 else 1.0"),
        "router",
        "b where the condition a is met (it is 1), else c (it is 0).",
        latex=call_notation(r"\operatorname{where}", 3),
        says="the second operand gets the whole upstream gradient if the first, the condition, is above 0, else the "
        "third gets it; the others get nothing",
    ),
)

_FUNCTIONS = (
    Gate(
        "leaky_relu",
        "lrelu",
        "a if a > 0 else b * a",
        ("1.0 if a > 0 else b", "0.0 if a > 0 else a"),
        "scaler",
        "b is the slope below zero; the derivative at 0 is b, as in PyTorch.",
        aliases=("lrelu",),
        defaults=(0.01,),
    ),
    Gate(
        "abs",
        "|·|",
        "abs(a)",
        ("1.0 if a > 0 else -1.0 if a < 0 else 0.0 * a",),
        "scaler",
        "Its derivative at 0 is 0.",
        latex=Notation(r"\left|$a\right|", ATOM, (0,)),
    ),
    Gate("exp", "exp", "exp(a)", ("y",), "scaler", latex=Notation("e^{$a}", POWER, (0,))),
    Gate(
        "log",
        "log",
        "log(a)",
        ("1 / a",),
        "scaler",
        "The natural logarithm. Domain: a > 0.",
        latex=call_notation(r"\log", 1),
        aliases=("ln",),
    ),
    Gate(
        "sqrt",
        "√",
        "sqrt(a)",
        ("inf if y == 0 else 0.5 / y",),
        "scaler",
        "Domain: a ≥ 0; at 0 the derivative is infinite.",
        latex=Notation(r"\sqrt{$a}", ATOM, (0,)),
    ),
    Gate("sin", "sin", "sin(a)", ("cos(a)",), "scaler", latex=call_notation(r"\sin", 1)),
    Gate("cos", "cos", "cos(a)", ("-sin(a)",), "scaler", latex=call_notation(r"\cos", 1)),
    Gate("tanh", "tanh", "tanh(a)", ("1 - y * y",), "scaler", latex=call_notation(r"\tanh", 1), saturated=0.01),
    Gate(
        "sigmoid",
        "σ",
        "exp(min(a, 0)) / (1 + exp(-abs(a)))",
        ("y * (1 - y)",),
        "scaler",
        "1 / (1 + exp(-a)), in a form that no float overflows.",
        latex=call_notation(r"\sigma", 1),
        total=True,
        saturated=0.0025,
    ),
    Gate("log1p", "log1p", "log1p(a)", ("1 / (1 + a)",), "scaler", "log(1 + a), exact for small a. Domain: a > -1."),
    Gate(
        "erf",
        "erf",
        "erf(a)",
        ("2 / sqrt(pi) * exp(-a * a)",),
        "scaler",
        "The error function, 2 / √π · ∫ exp(-t²) dt from 0 to a.",
    ),
    Gate(
        "softplus",
        "sp",
        "max(a, 0) + log1p(exp(-abs(a)))",
        ("sigmoid(a)",),
        "scaler",
        "log(1 + exp(a)), in a form that no float overflows.",
        total=True,
    ),
    Gate(
        "logsumexp",
        "lse",
        f"max(xs) + log({_SHIFTED_SUM})",
        ("exp(x - y) / sum(exp(x - y) for x in xs)",),
        "soft router",
        "log Σ exp(x), shifted by the largest x so that nothing overflows; its derivatives are the softmax.",
        arity=None,
        says="each operand gets upstream × its softmax, so that together they get the whole",
        shown=("exp(x - y)",),
        total=True,
    ),
)

_STOPS = (
    _comparison("greater", ">", ">", ">"),
    _comparison("at_least", "≥", ">=", r"\ge"),
    _comparison("equal", "=", "==", "="),
    Gate("stop_gradient", "⊣", "a", ("0.0",), "stop", "The number alone. `detach` cuts the graph, this does not."),
)

_COPY = Gate(
    "copy",
    "•",
    "a",
    ("1.0",),
    "adder",
    "A value used more than once: drawn, never computed.",
    text=Notation("$a", ATOM, (0,)),
    latex=Notation("$a", ATOM, (0,)),
)

for _gate in (*_ARITHMETIC, _COPY, *_ROUTERS, *_FUNCTIONS, *_STOPS):  # proved by a test, so that importing is instant
    _add(_gate)
