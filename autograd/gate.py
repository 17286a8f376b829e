"""One kind of gate: its entry in the derivative table, and what is made of its formulas.

An entry is the only place where a gate is defined. Whatever anybody needs to know of it, how it is written, what it
may be called, where it has no value, is a field of `Gate` or follows from its formulas (`autograd.properties`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

from autograd.formula import LETTERS, names_in, parse, steps
from autograd.formula.floats import CONSTANTS, FUNCTIONS, LIMITS, evaluated, sum_in_order
from autograd.formula.spelling import python_text
from autograd.generated import compiled_source

#: The words for what a gate does to the gradient that arrives from downstream.
Role: TypeAlias = Literal["distributor", "adder", "router", "soft router", "switcher", "inverter", "scaler", "stop"]
#: What a gate does to the gradient that arrives from downstream: the sentence for each word, where a gate has no
#: sentence of its own (`Gate.says`). The routers in the table have their own: change those in `autograd/gates.py`.
ROLES: dict[Role, str] = {
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


def call_notation(name: str, arity: int | None) -> Notation:
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
    aliases: other names that people type for it.
    defaults: numbers for the last operands, where they are left out in what people type.
    folds: whether more operands than its two are combined in pairs: max(a, b, c) is max(max(a, b), c).
    total: whether it has a value for all operands although its formula divides, or calls a function such as exp that
        refuses some numbers. Gates whose formula does neither need not say so.
    saturated: below this local derivative a gate that squashes its operand counts as saturated; 0 for one that doesn't.
    Raises TypeError and ValueError for formulas outside the language of `autograd.formula`, and for unknown roles.

    >>> from autograd import Gate, Value
    >>> cube = Gate("cube", "³", "a * a * a", ("3 * a * a",), "scaler")
    >>> cube(Value(2.0)).data, cube.local_derivatives(2.0)
    (8.0, (12.0,))
    """

    name: str
    symbol: str
    formula: str
    derivatives: tuple[str, ...]
    role: Role
    note: str = ""
    arity: int | None = field(default=-1)
    text: Notation = field(default=Notation("", 0, ()))
    latex: Notation = field(default=Notation("", 0, ()))
    says: str = ""
    shown: tuple[str, ...] = field(default=())
    aliases: tuple[str, ...] = ()
    defaults: tuple[float, ...] = ()
    folds: bool = False
    total: bool = False
    saturated: float = 0.0
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
            put("text", call_notation(self.name, self.arity))
        if not self.latex.template:
            put("latex", call_notation(rf"\operatorname{{{self.name}}}".replace("_", r"\_"), self.arity))
        if self.role not in ROLES:
            raise ValueError(f"gate {self.name!r} has role {self.role!r}; the roles are {', '.join(ROLES)}")
        for formula in (self.formula, *self.derivatives):
            try:
                parse(formula)
            except ValueError as error:
                raise ValueError(f"the gate {self.name!r}: {error}") from None
        if self.folds and self.arity != 2:
            raise ValueError(f"gate {self.name!r} folds, which gates of 2 operands can, but it takes {self.arity}")
        if len(self.defaults) >= (self.arity or 1):
            raise ValueError(
                f"gate {self.name!r} has {len(self.defaults)} defaults, but at least one operand is always given; it "
                f"takes {'any number' if self.arity is None else self.arity}"
            )
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


def gate_named(name: str) -> Gate:
    """The gate of that name, or a ValueError that lists the names there are."""
    try:
        return GATES[name]
    except KeyError:
        raise ValueError(f"no gate is named {name!r}; the gates are {', '.join(sorted(GATES))}") from None
