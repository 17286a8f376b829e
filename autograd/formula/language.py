"""The language in which gates are written, and the one walk that every reader of a formula takes.

A formula is text with Python's grammar, over the operands of a gate: ``a``, ``b``, ``c``, ... in order, or ``xs`` for
all operands of a gate that takes any number of them, with ``x`` for the one at hand. ``y`` is the gate's own value.
It may use numbers, ``+ - * / **``, comparisons, ``and or not``, ``p if test else q``, calls of `FUNCTIONS` and of other
gates, and over all operands ``sum(xs)``, ``max(xs)``, ``min(xs)``, ``sum(exp(x) for x in xs)``.

`parse` turns the text into a small tree. `fold` walks the tree from the operands up, and a `Backend` says what each
kind of node becomes: a float, a NumPy call, a Value, source text in some language, a piece of LaTeX. A new reader of
the table of gates is a new backend; there is no other walk.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Generic, TypeAlias, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Number:
    """A number that stands in the formula, an int where it is written as one."""

    value: float


@dataclass(frozen=True, slots=True)
class Name:
    """An operand (``a``, ``x``, ``xs``), the gate's value ``y``, or ``inf``, ``nan``, ``pi``."""

    name: str


@dataclass(frozen=True, slots=True)
class Operation:
    """An operator and its operands: ``+ - * /``, ``neg``, ``> >= < <= == !=``, ``and or not``."""

    sign: str
    operands: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """``yes if test else no``."""

    test: Tree
    yes: Tree
    no: Tree


@dataclass(frozen=True, slots=True)
class Call:
    """A primitive function or another gate, called by name. ``a ** b`` is a call of ``pow``."""

    name: str
    operands: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Over:
    """``sum``, ``max`` or ``min`` of a term over all operands: ``sum(x * x for x in xs)``."""

    name: str
    term: Tree


Tree: TypeAlias = Number | Name | Operation | Choice | Call | Over

#: What formulas call the operands, in order.
LETTERS = "abcdefghijklmnopqrstuvw"
#: The names that stand for numbers.
CONSTANTS = ("inf", "nan", "pi")
#: What can be taken over all operands.
REDUCTIONS = ("sum", "max", "min")
#: The primitive functions: every backend knows these. Any other name that is called is a gate.
FUNCTIONS = ("abs", "cos", "erf", "exp", "len", "log", "log1p", "max", "min", "pow", "sin", "sqrt", "tanh")

_SIGNS: dict[type[ast.AST], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.USub: "neg",
    ast.Not: "not",
    ast.And: "and",
    ast.Or: "or",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Eq: "==",
    ast.NotEq: "!=",
}


@cache
def parse(formula: str) -> Tree:
    """The tree of a formula. Raises ValueError, with the part that is meant, for what the language does not have.

    >>> parse("a + 1")
    Operation(sign='+', operands=(Name(name='a'), Number(value=1)))
    """
    try:
        root = ast.parse(formula.strip(), mode="eval").body
    except SyntaxError as error:
        raise ValueError(f"the formula {formula!r} cannot be read: {error.msg}") from None
    return _tree(root, formula)


def _tree(node: ast.expr, formula: str) -> Tree:
    def tree(child: ast.expr) -> Tree:
        return _tree(child, formula)

    match node:
        case ast.Constant(int() | float() as value) if not isinstance(value, bool):
            return Number(value)
        case ast.Name(name):
            return Name(name)
        case ast.BinOp(left, ast.Pow(), right):
            return Call("pow", (tree(left), tree(right)))
        case ast.BinOp(left, operator, right) if type(operator) in _SIGNS:
            return Operation(_SIGNS[type(operator)], (tree(left), tree(right)))
        case ast.UnaryOp(ast.UAdd(), operand):
            return tree(operand)
        case ast.UnaryOp(operator, operand) if type(operator) in _SIGNS:
            return Operation(_SIGNS[type(operator)], (tree(operand),))
        case ast.BoolOp(operator, values):
            return Operation(_SIGNS[type(operator)], tuple(map(tree, values)))
        case ast.Compare(first, operators, others) if all(type(operator) in _SIGNS for operator in operators):
            sides = [tree(first), *map(tree, others)]
            pairs = zip(operators, sides, sides[1:], strict=False)
            tests = tuple(Operation(_SIGNS[type(operator)], (a, b)) for operator, a, b in pairs)
            return tests[0] if len(tests) == 1 else Operation("and", tests)
        case ast.IfExp(test, yes, no):
            return Choice(tree(test), tree(yes), tree(no))
        case ast.Call(ast.Name(name), [ast.Name("xs")], []) if name in REDUCTIONS:
            return Over(name, Name("x"))
        case ast.Call(
            ast.Name(name),
            [ast.GeneratorExp(term, [ast.comprehension(ast.Name("x"), ast.Name("xs"), [], 0)])],
            [],
        ) if name in REDUCTIONS:
            return Over(name, tree(term))
        case ast.Call(ast.Name(name), arguments, []) if arguments:
            return Call(name, tuple(map(tree, arguments)))
    raise ValueError(
        f"{ast.unparse(node)!r} in the formula {formula!r} is outside the language of gates, which has numbers, names, "
        "+ - * / **, comparisons, and, or, not, p if test else q, calls by name, and sum, max, min over xs"
    )


class Part(Generic[T]):
    """A part of a choice or of a reduction: `tree` is how it is written, calling it gives what it becomes.

    Left to the backend to call, because a backend that computes takes one branch of a choice only, and the term of a
    reduction once for each operand.
    """

    __slots__ = ("_backend", "tree")

    def __init__(self, tree: Tree, backend: Backend[T]) -> None:
        self.tree, self._backend = tree, backend

    def __call__(self) -> T:
        return fold(self.tree, self._backend)


@dataclass(frozen=True, slots=True)
class Backend(Generic[T]):
    """One reading of formulas: what each kind of node becomes, given what its operands became.

    number, name: of a leaf. operation: of an operator's sign and its operands. choice: of the parts test, yes and no.
    call: of a function's name and its operands. over: of ``sum``, ``max`` or ``min`` and the term, in which ``x`` is
    each operand in turn.
    """

    number: Callable[[float], T]
    name: Callable[[str], T]
    operation: Callable[[str, list[T]], T]
    choice: Callable[[Part[T], Part[T], Part[T]], T]
    call: Callable[[str, list[T]], T]
    over: Callable[[str, Part[T]], T]


def fold(formula: str | Tree, backend: Backend[T], outermost: Backend[T] | None = None) -> T:
    """What `formula` is to `backend`. `outermost` reads the whole in its place, and `backend` the parts.

    Formulas are a line long, so this recurses.
    """
    tree = parse(formula) if isinstance(formula, str) else formula
    last = outermost or backend
    match tree:
        case Number(value):
            return last.number(value)
        case Name(name):
            return last.name(name)
        case Operation(sign, operands):
            return last.operation(sign, [fold(operand, backend) for operand in operands])
        case Call(name, operands):
            return last.call(name, [fold(operand, backend) for operand in operands])
        case Choice(test, yes, no):
            return last.choice(Part(test, backend), Part(yes, backend), Part(no, backend))
        case Over(name, term):
            return last.over(name, Part(term, backend))


def parts_of(tree: Tree) -> Iterator[Tree]:
    """The tree itself and everything inside it."""
    yield tree
    match tree:
        case Operation(_, operands) | Call(_, operands):
            inside: tuple[Tree, ...] = operands
        case Choice(test, yes, no):
            inside = (test, yes, no)
        case Over(_, term):
            inside = (term,)
        case _:
            inside = ()
    for part in inside:
        yield from parts_of(part)


def names_in(formula: str | Tree) -> set[str]:
    """The names a formula reads from outside: operands and ``y``. In ``sum(x * x for x in xs)`` that is ``xs``."""
    tree = parse(formula) if isinstance(formula, str) else formula
    match tree:
        case Name(name):
            return set() if name in CONSTANTS else {name}
        case Over(_, term):
            return (names_in(term) - {"x"}) | {"xs"}
        case Operation(_, operands) | Call(_, operands):
            return set().union(*map(names_in, operands))
        case Choice(test, yes, no):
            return names_in(test) | names_in(yes) | names_in(no)
        case _:
            return set()


def calls_in(formula: str | Tree) -> set[str]:
    """The functions and gates a formula calls."""
    tree = parse(formula) if isinstance(formula, str) else formula
    return {part.name for part in parts_of(tree) if isinstance(part, Call)}
