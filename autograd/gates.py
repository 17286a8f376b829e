"""The derivative table: every gate the engine knows, one entry each.

A gate computes one number from its operands, and knows how fast that number moves when each operand moves: its local
derivatives. The entry is the only place where a gate is defined. Eager values, second derivatives, compiled programs,
diagrams, explanations and the interactive page all read it, so adding a gate is adding an entry to `GATES`.

In a formula ``a`` and ``b`` are the operands in order and ``y`` is the gate's own value; a gate of any number of
operands calls them ``xs``, and each in turn ``x``. `autograd.formula` says what else may stand in one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from autograd.formula import LETTERS, names_in, parse, steps
from autograd.formula.floats import CONSTANTS, FUNCTIONS, LIMITS, evaluated, sum_in_order
from autograd.formula.spelling import python_text
from autograd.generated import compiled_source
from autograd.proof import prove

#: What a gate does to the gradient that arrives from downstream: the sentence for each word, where a gate has no
#: sentence of its own (`Gate.says`).
ROLES = {
    "distributor": "every operand gets the whole upstream gradient",
    "adder": "the gradients of all uses are added up",
    "router": "the chosen operand gets the whole upstream gradient, the others nothing",
    "soft router": "the upstream gradient is shared out in proportion to softmax",
    "switcher": "each operand gets upstream × the other operand",
    "inverter": "the operand gets the upstream gradient with its sign turned",
    "scaler": "each operand gets upstream × its local derivative",
    "stop": "no gradient passes",
}


class Notation(NamedTuple):
    """How a gate is written: a template over ``$a``, ``$b`` (or ``$xs``), and how tightly it and its operands bind.

    An operand that binds less tightly than `operands` asks for is put in parentheses. `separator` joins the operands
    of a gate that takes any number.
    """

    template: str
    precedence: int
    operands: tuple[int, ...]
    separator: str = ", "


ADDITIVE, MULTIPLICATIVE, SIGN, POWER, ATOM = 1, 2, 3, 4, 5


def _call(name: str, arity: int | None) -> Notation:
    names = "$xs" if arity is None else ", ".join(f"${letter}" for letter in LETTERS[:arity])
    return Notation(f"{name}({names})", ATOM, (0,) * (arity or 1))


@dataclass(frozen=True, slots=True, eq=False)
class Gate:
    """One kind of gate: its name, its formula, and the derivative of that formula by each operand.

    name: the word it is called by, in Python, on the command line and in errors.
    symbol: what is drawn in its circle.
    formula: its value, in ``a``, ``b``, ``c``, ... (or ``xs``).
    derivatives: ∂y/∂operand for each operand in order, in ``a``, ``b``, ..., ``y`` (or one, in ``x``, ``xs``, ``y``).
    role: a key of `ROLES`.
    note: the convention at kinks and ties, and the domain, where there is something to say.
    arity: how many operands it takes; None for any number.
    text, latex: how it is written; ``name(a, b)`` if left out.
    says: what it does to gradients, in a sentence that is true for all operands; that of its role if left out.
    shown: the derivatives as they are shown, where those that are computed are longer: the same numbers, to rounding.
    Raises TypeError and ValueError for formulas outside the language of `autograd.formula`, and for unknown roles.
    """

    name: str
    symbol: str
    formula: str
    derivatives: tuple[str, ...]
    role: str
    note: str = ""
    arity: int | None = field(default=-1)
    text: Notation = field(default=Notation("", 0, ()))
    latex: Notation = field(default=Notation("", 0, ()))
    says: str = ""
    shown: tuple[str, ...] = field(default=())
    #: On floats, the value followed by the local derivatives, in one tuple: ``(y, dy/da, dy/db)``.
    rule: Callable[..., tuple[float, ...]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        def put(name: str, value: object) -> None:
            object.__setattr__(self, name, value)

        if not isinstance(self.derivatives, tuple) or not all(
            isinstance(text, str) for text in (self.name, self.formula, *self.derivatives)
        ):
            raise TypeError(
                f"a gate's name and formula are strings and its derivatives a tuple of strings, but was given "
                f"{self.name!r}, {self.formula!r} and {self.derivatives!r}"
            )
        if self.arity == -1:
            put("arity", len(self.derivatives))
        if not self.shown:
            put("shown", self.derivatives)
        if not self.text.template:
            put("text", _call(self.name, self.arity))
        if not self.latex.template:
            put("latex", _call(rf"\operatorname{{{self.name}}}".replace("_", r"\_"), self.arity))
        if self.role not in ROLES:
            raise ValueError(f"gate {self.name!r} has role {self.role!r}; the roles are {', '.join(ROLES)}")
        for formula in (self.formula, *self.derivatives):
            try:
                parse(formula)
            except ValueError as error:
                raise ValueError(f"the gate {self.name!r}: {error}") from None
        if not self.says:
            put("says", ROLES[self.role])
        put("rule", compiled_source(self._rule_source(), f"<gate {self.name}, rule>", CALLS)["rule"])

    @property
    def operands(self) -> tuple[str, ...]:
        """The names its formulas give the operands: ``('a', 'b')``, or ``('xs',)`` for any number."""
        return ("xs",) if self.arity is None else tuple(LETTERS[: self.arity])

    def blocks(self, i: int) -> bool:
        """Whether no gradient ever passes to the i-th operand."""
        return self.derivatives[0 if self.arity is None else i] == "0.0"

    def _rule_source(self) -> str:
        """The rule in Python: the value, then the local derivatives, with what is taken over all operands done once."""
        assigned, derivatives = steps(self.formula, self.derivatives)
        lines = [f"{name} = {python_text(tree)}" for name, tree in assigned.items()]
        slopes = ", ".join(map(python_text, derivatives))
        if self.arity is None:
            slopes = f"*[{slopes} for x in xs]" if names_in(derivatives[0]) else f"*({slopes},) * len(xs)"
        lines.append(f"return (y, {slopes})")
        head = ", ".join(self.operands) if self.arity is not None else "*xs"
        return f"def rule({head}):\n" + "".join(f"    {line}\n" for line in lines)

    def rule_with_limits(self, *operands: float) -> tuple[float, ...]:
        """The rule where a derivative overflows, but the value does not: that derivative is infinite."""
        value = evaluated(self.formula, self._named(operands), _forward)
        limits = compiled_source(self._rule_source(), f"<gate {self.name}, rule>", {**CALLS, **LIMITS})["rule"]
        return (value, *limits(*operands)[1:])

    def _named(self, operands: Sequence[float]) -> dict[str, Any]:
        return {"xs": operands} if self.arity is None else dict(zip(self.operands, operands, strict=True))

    def forward(self, *operands: float) -> float:
        """The gate's value on floats."""
        return self.rule(*operands)[0]

    def local_derivatives(self, *operands: float) -> tuple[float, ...]:
        """∂y/∂operand at these floats, one for each operand."""
        return self.rule(*operands)[1:]

    if TYPE_CHECKING:  # made by `autograd.value`, whose Values it gives

        def __call__(self, *operands: Any) -> Any: ...

    def __reduce__(self) -> str | tuple[Any, ...]:
        return gate_named, (self.name,)  # pickled by name: formulas belong to the program, not to the data


#: What the text of a formula may call on floats: the primitive functions, and each gate once it is registered.
CALLS: dict[str, Any] = {"__builtins__": {}, "total": sum_in_order, **FUNCTIONS, **CONSTANTS}
#: The gates by name. Add to it with `register`.
GATES: dict[str, Gate] = {}


def _forward(name: str, *operands: float) -> float:
    return gate_named(name).forward(*operands)


def register(gate: Gate) -> Gate:
    """Add a gate to the table; from then on every reader of the table knows it.

    It is proved first (see `autograd.proof`). Raises ValueError for a name that is taken, formulas outside the language
    or with unknown names, results that are not one real number, and derivatives that finite differences contradict.
    """
    if not isinstance(gate, Gate):
        raise TypeError(f"register takes a Gate, but was given {gate!r} of type {type(gate).__name__}")
    if gate.name in GATES:
        raise ValueError(f"there is a gate named {gate.name!r} already")
    prove(gate, CALLS)
    return _add(gate)


def _add(gate: Gate) -> Gate:
    GATES[gate.name] = gate
    CALLS.setdefault(gate.name, gate.forward)
    return gate


def gate_named(name: str) -> Gate:
    """The gate of that name, or a ValueError that lists the names there are."""
    try:
        return GATES[name]
    except KeyError:
        raise ValueError(f"no gate is named {name!r}; the gates are {', '.join(sorted(GATES))}") from None


def _infix(sign: str, precedence: int, right: int | None = None) -> Notation:
    return Notation(f"$a {sign} $b", precedence, (precedence, precedence if right is None else right))


def _entries() -> Sequence[Gate]:
    step = "0.0 if {0} < {1} else 0.5 if {0} == {1} else 1.0"  # 1 beside a NaN, as in PyTorch: it is passed on
    tie = "At a tie the gradient is split in half, as in JAX and HIPS autograd."
    routed = "the {} operand gets the whole upstream gradient, the other nothing; at a tie each gets half"
    times = Notation(r"$a \cdot $b", MULTIPLICATIVE, (MULTIPLICATIVE, SIGN))
    finite = "sum(1.0 if x == max(xs) else exp(x - max(xs)) for x in xs)"  # where the largest is infinite, too
    return (
        Gate("add", "+", "a + b", ("1.0", "1.0"), "distributor", text=_infix("+", 1), latex=_infix("+", 1)),
        Gate("sub", "−", "a - b", ("1.0", "-1.0"), "distributor", text=_infix("−", 1, 2), latex=_infix("-", 1, 2),
             says="the first operand gets the whole upstream gradient, the second gets it with its sign turned"),
        Gate("mul", "×", "a * b", ("b", "a"), "switcher", text=_infix("*", 2, 3), latex=times),
        Gate("div", "÷", "a / b", ("1 / b", "-y / b"), "scaler", "Domain: b ≠ 0.", text=_infix("/", 2, 3),
             latex=Notation(r"\frac{$a}{$b}", ATOM, (0, 0))),
        Gate("neg", "−", "-a", ("-1.0",), "inverter", text=Notation("−$a", SIGN, (SIGN,)),
             latex=Notation("-$a", SIGN, (SIGN,))),
        Gate("pow", "^", "pow(a, b)",
             ("b * pow(a, b - 1) if b >= 1 or abs(a) > 0 else a + inf if b > 0 else a * b",
              "y * log(a) if a > 0 else 0.0 if a == 0 else nan"),
             "scaler", "Domain: a > 0, or a < 0 with a whole b, or a = 0 with b ≥ 0. Below zero the derivative by "
             "the exponent does not exist (NaN); at a = 0 it is 0.",
             text=Notation("$a ** $b", POWER, (ATOM, SIGN)), latex=Notation("{$a}^{$b}", POWER, (ATOM, 0))),
        Gate("sum", "Σ", "sum(xs)", ("1.0",), "distributor", arity=None,
             text=Notation("sum($xs)", ATOM, (0,)), latex=Notation("$xs", ADDITIVE, (ADDITIVE,), " + ")),
        Gate("copy", "•", "a", ("1.0",), "adder", "A value used more than once: drawn, never computed.",
             text=Notation("$a", ATOM, (0,)), latex=Notation("$a", ATOM, (0,))),
        Gate("max", "max", "a if a > b else b if a <= b else a + b", (step.format("a", "b"), step.format("b", "a")),
             "router", tie, latex=_call(r"\max", 2), says=routed.format("larger")),
        Gate("min", "min", "a if a < b else b if a >= b else a + b", (step.format("b", "a"), step.format("a", "b")),
             "router", tie, latex=_call(r"\min", 2), says=routed.format("smaller")),
        Gate("relu", "relu", "0.0 if a <= 0 else a", ("0.0 if a <= 0 else 1.0",), "router",
             "max(a, 0); its derivative at 0 is 0, as in PyTorch.",
             says="the operand gets the whole upstream gradient if it is above 0, else nothing"),
        Gate("leaky_relu", "lrelu", "a if a > 0 else b * a", ("1.0 if a > 0 else b", "0.0 if a > 0 else a"),
             "scaler", "b is the slope below zero; the derivative at 0 is b, as in PyTorch."),
        Gate("abs", "|·|", "abs(a)", ("1.0 if a > 0 else -1.0 if a < 0 else 0.0 * a",), "scaler",
             "Its derivative at 0 is 0.", latex=Notation(r"\left|$a\right|", ATOM, (0,))),
        Gate("exp", "exp", "exp(a)", ("y",), "scaler", latex=Notation("e^{$a}", POWER, (0,))),
        Gate("log", "log", "log(a)", ("1 / a",), "scaler", "The natural logarithm. Domain: a > 0.",
             latex=_call(r"\log", 1)),
        Gate("sqrt", "√", "sqrt(a)", ("inf if y == 0 else 0.5 / y",), "scaler",
             "Domain: a ≥ 0; at 0 the derivative is infinite.", latex=Notation(r"\sqrt{$a}", ATOM, (0,))),
        Gate("sin", "sin", "sin(a)", ("cos(a)",), "scaler", latex=_call(r"\sin", 1)),
        Gate("cos", "cos", "cos(a)", ("-sin(a)",), "scaler", latex=_call(r"\cos", 1)),
        Gate("tanh", "tanh", "tanh(a)", ("1 - y * y",), "scaler", latex=_call(r"\tanh", 1)),
        Gate("sigmoid", "σ", "exp(min(a, 0)) / (1 + exp(-abs(a)))", ("y * (1 - y)",), "scaler",
             "1 / (1 + exp(-a)), in a form that no float overflows.", latex=_call(r"\sigma", 1)),
        Gate("log1p", "log1p", "log1p(a)", ("1 / (1 + a)",), "scaler",
             "log(1 + a), exact for small a. Domain: a > -1."),
        Gate("erf", "erf", "erf(a)", ("2 / sqrt(pi) * exp(-a * a)",), "scaler",
             "The error function, 2 / √π · ∫ exp(-t²) dt from 0 to a."),
        Gate("softplus", "sp", "max(a, 0) + log1p(exp(-abs(a)))", ("sigmoid(a)",), "scaler",
             "log(1 + exp(a)), in a form that no float overflows."),
        Gate("logsumexp", "lse", f"max(xs) + log({finite})", ("exp(x - y) / sum(exp(x - y) for x in xs)",),
             "soft router",
             "log Σ exp(x), shifted by the largest x so that nothing overflows; its derivatives are the softmax.",
             arity=None, says="each operand gets upstream × its softmax, so that together they get the whole",
             shown=("exp(x - y)",)),
        *(Gate(name, sign, f"1.0 if a {operator} b else 0.0", ("0.0", "0.0"), "stop", "1 for yes, 0 for no.",
               text=_infix(operator, 0, 1), latex=_infix(latex, 0, 1))
          for name, sign, operator, latex in (("greater", ">", ">", ">"), ("at_least", "≥", ">=", r"\ge"),
                                              ("equal", "=", "==", "="))),
        Gate("where", "?", "b if a > 0 else c", ("0.0", "1.0 if a > 0 else 0.0", "0.0 if a > 0 else 1.0"), "router",
             "b where the condition a is met (it is 1), else c (it is 0).", latex=_call(r"\operatorname{where}", 3),
             says="the second operand gets the whole upstream gradient if the first, the condition, is above 0, else "
             "the third gets it; the others get nothing"),
        Gate("stop_gradient", "⊣", "a", ("0.0",), "stop", "The number alone. `detach` cuts the graph, this does not."),
    )  # fmt: skip


for _gate in _entries():  # proved by a test, so that importing is instant
    _add(_gate)
