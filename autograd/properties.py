"""What follows from a gate's formula without computing it: where it may have no value, and what it does to infinities.

Nothing here knows a gate by name, so a new gate has these properties as soon as it is registered.
"""

from __future__ import annotations

from functools import cache

from autograd.formula import CONSTANTS, FUNCTIONS, Backend, Part, fold, parse
from autograd.formula.language import Call, Choice, Name, Number, Operation, Over, Tree, parts_of
from autograd.gates import GATES, Gate

#: Primitive functions that Python refuses to compute for some numbers.
_REFUSE = {"cos", "exp", "log", "log1p", "pow", "sin", "sqrt"}
#: Primitive functions of one operand whose value is not finite wherever the operand is not.
_SHOW = {"abs", "cos", "log", "log1p", "sin", "sqrt"}
#: Primitive functions that NumPy and numba compute to the last bit as Python does.
_EXACT = {"abs", "len", "max", "min", "sqrt"}
#: Primitive functions and operators that make whole numbers of whole numbers.
_WHOLE = {"abs", "max", "min"}
_WHOLE_SIGNS = {"+", "-", "*", "neg"}
_TESTS = {">", ">=", "<", "<=", "==", "!=", "and", "or", "not"}


@cache
def is_partial(gate: Gate) -> bool:
    """Whether the gate may have no value for some operands, like log, or 1 / a.

    >>> from autograd import GATES
    >>> is_partial(GATES["log"]), is_partial(GATES["tanh"])
    (True, False)
    """
    return not gate.total and any(map(_may_fail, parts_of(parse(gate.formula))))


def _may_fail(part: Tree) -> bool:
    match part:
        case Operation("/", (_, divisor)):
            return not (isinstance(divisor, Number) and divisor.value) and not _is_count(divisor)
        case Call(name):
            return name in _REFUSE or (name not in FUNCTIONS and is_partial(GATES[name]))
    return False


def _is_count(tree: Tree) -> bool:
    return isinstance(tree, Call) and tree.name == "len"


def shows(gate: Gate, i: int) -> bool:
    """Whether the gate's value is NaN or infinite wherever its i-th operand is.

    >>> from autograd import GATES
    >>> [shows(GATES["div"], i) for i in (0, 1)]
    [True, False]
    """
    return ("xs" if gate.arity is None else gate.operands[i]) in _shown(gate)


@cache
def _shown(gate: Gate) -> frozenset[str]:
    """The names of the operands that `shows` is true for."""
    return fold(gate.formula, _SHOWN)


_NONE: frozenset[str] = frozenset()


def _shown_by_operation(sign: str, operands: list[frozenset[str]]) -> frozenset[str]:
    if sign in _TESTS:
        return _NONE
    return operands[0] if sign == "/" else _NONE.union(*operands)  # a finite number over an infinite one is 0


def _shown_by_call(name: str, operands: list[frozenset[str]]) -> frozenset[str]:
    if name in FUNCTIONS:
        return operands[0] if name in _SHOW else _NONE
    return _NONE.union(*(operand for i, operand in enumerate(operands) if shows(GATES[name], i)))


def _shown_by_reduction(name: str, term: Part[frozenset[str]]) -> frozenset[str]:
    found = term() if name == "sum" else _NONE
    return frozenset("xs" if operand == "x" else operand for operand in found)


_SHOWN: Backend[frozenset[str]] = Backend(
    number=lambda _: _NONE,
    name=lambda name: _NONE if name in CONSTANTS else frozenset({name}),
    operation=_shown_by_operation,
    choice=lambda _, yes, no: yes() & no(),
    call=_shown_by_call,
    over=_shown_by_reduction,
)


@cache
def is_arithmetic(gate: Gate) -> bool:
    """Whether the gate is made of + − × ÷ alone, so that fractions give its exact value."""
    return all(
        isinstance(part, Number | Name)
        or (isinstance(part, Operation) and part.sign not in _TESTS)
        or (isinstance(part, Over) and part.name == "sum")
        for part in parts_of(parse(gate.formula))
    )


@cache
def is_exact(gate: Gate) -> bool:
    """Whether all executors of programs compute the gate to the last bit as Python does.

    Not so where a C library's function is called, and not for sums and products, which are fused and reordered.
    """
    tree = parse(gate.formula)
    if isinstance(tree, Operation) and tree.sign in ("+", "*"):
        return False
    return not any(isinstance(part, Over) and part.name == "sum" for part in parts_of(tree)) and all(
        part.name in _EXACT for part in parts_of(tree) if isinstance(part, Call)
    )


@cache
def keeps_whole(gate: Gate) -> bool:
    """Whether the gate gives a whole number wherever all its operands are whole."""
    return all(map(_keeps_whole, parts_of(parse(gate.formula))))


def _keeps_whole(part: Tree) -> bool:
    match part:
        case Number(value):
            return float(value).is_integer()
        case Name(name):
            return name not in CONSTANTS
        case Operation(sign):
            return sign in _WHOLE_SIGNS or sign in _TESTS
        case Call(name):
            return name in _WHOLE
        case Choice() | Over():
            return True
