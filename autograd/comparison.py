"""Comparisons of Values: true or false like any other, and a gate for whoever goes on computing with them.

``if a > b`` needs an answer, and gets that of the data. ``where(a > b, x, y)`` needs none: it takes the comparison
itself, as a gate that gives 1 or 0, and so follows every row when the graph is replayed. An answer that was given while
a graph was built may be another for other numbers: it leaves a mark on the leaves, by which `autograd.compile` knows.
"""

from __future__ import annotations

import operator
import weakref
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from autograd.gates import GATES
from autograd.mode import mode

if TYPE_CHECKING:
    from autograd.value import Value

#: For each sign: the comparison of numbers, the gate, and whether its operands change places.
SIGNS: dict[str, tuple[Callable[[Any, Any], Any], str, bool]] = {
    ">": (operator.gt, "greater", False),
    "<": (operator.lt, "greater", True),
    ">=": (operator.ge, "at_least", False),
    "<=": (operator.le, "at_least", True),
    "==": (operator.eq, "equal", False),
    "!=": (operator.ne, "equal", False),
}


class Comparison:
    """``a > b`` of Values: for Python a bool, for `autograd.where` and for arithmetic with Values a gate, 1 or 0.

    ``bool(a > b)`` is ``a.data > b.data``, and so is whatever Python does with a bool: ``if``, ``and``, ``sum``, an
    index. ``(a > b) & (c > d)`` and ``|`` combine two into one. No gradient passes.

    sign: ``>``, ``<``, ``>=``, ``<=``, ``==``, ``!=`` of two Values; "and", "or" of two Comparisons.

    >>> from autograd import Value, where
    >>> a, b = Value(2.0), Value(3.0)
    >>> bool(a < b), ((a < b) * a).data, where((a < b) & (a > 0), a, b).data
    (True, 2.0, 2.0)
    """

    __slots__ = ("__weakref__", "left", "right", "sign", "truth")
    __class__ = property(lambda self: bool)
    #: `autograd.value.apply`, put here by `autograd.value`, whose Values make Comparisons.
    apply: ClassVar[Callable[..., Value]]

    def __init__(self, sign: str, left: Any, right: Any, truth: bool) -> None:
        self.sign, self.left, self.right, self.truth = sign, left, right, truth

    def __bool__(self) -> bool:
        trace = mode.get().checks.trace
        if trace is None:
            left, right = self.left, self.right
            if type(left) is not Comparison and left.gate is None and right.gate is None:
                left._db = right._db = COMPARED
            else:
                mark(left, right)
            return self.truth
        if self.sign == "and":
            return bool(self.left) and bool(self.right)
        if self.sign == "or":
            return bool(self.left) or bool(self.right)
        return bool(trace.decide(self.sign, SIGNS[self.sign][0], self.left, self.right))

    def node(self) -> Value:
        """1 for true, 0 for false, as a gate."""
        if self.sign in ("and", "or"):
            gate = GATES["mul" if self.sign == "and" else "max"]
            return Comparison.apply(gate, (self.left.node(), self.right.node()))
        _, name, turned = SIGNS[self.sign]
        result = Comparison.apply(GATES[name], (self.right, self.left) if turned else (self.left, self.right))
        return 1.0 - result if self.sign == "!=" else result

    def __and__(self, other: Any) -> Any:
        if type(other) is Comparison:
            return Comparison("and", self, other, self.truth and other.truth)
        return bool(self) & other

    def __or__(self, other: Any) -> Any:
        if type(other) is Comparison:
            return Comparison("or", self, other, self.truth or other.truth)
        return bool(self) | other

    __rand__, __ror__ = __and__, __or__

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        import numpy

        return numpy.array(bool(self), dtype=dtype)

    def __getattr__(self, name: str) -> Any:
        return getattr(bool(self), name)


def _as_bool(name: str) -> Callable[..., Any]:
    """The method of a bool; of a Comparison and a Value, or a number read off one, that of the gate."""

    def method(self: Comparison, *others: Any) -> Any:
        other = others[0] if others else None
        if hasattr(other, "_data") or (others and hasattr(other, "node") and type(other) is not Comparison):
            return getattr(self.node(), name)(other)
        return getattr(bool(self), name)(*[bool(x) if type(x) is Comparison else x for x in others])

    return method


#: The methods of a bool that a Comparison has too.
_METHODS = """
    eq ne lt le gt ge hash repr format int float index round floor ceil trunc neg pos abs invert xor rxor reduce
    add radd sub rsub mul rmul truediv rtruediv pow rpow floordiv rfloordiv mod rmod divmod rdivmod
"""
for _name in _METHODS.split():
    setattr(Comparison, f"__{_name}__", _as_bool(f"__{_name}__"))

#: The mark, in a slot that leaves do not need otherwise.
COMPARED = 1.0
#: Nodes of large expressions whose leaves are marked already, by id, each until it is gone.
_done: dict[int, weakref.ref[Any]] = {}
#: Walking through fewer nodes than this is sooner done than noted.
_SMALL = 12


def mark(*sides: Any) -> None:
    """Leave the mark on the leaves that the sides of a comparison are made of.

    The walk takes a third of the time in which they were built, and stops at what was compared before.
    """
    nodes, seen = list(sides), set()
    while nodes:
        node = nodes.pop()
        if type(node) is Comparison:
            nodes += (node.left, node.right)
        elif node.gate is None:
            node._db = COMPARED
        elif node not in seen and id(node) not in _done:
            seen.add(node)
            if node._b is not None:
                nodes += (node._a, node._b)
            elif node._a.__class__ is tuple:
                nodes += node._a
            else:
                nodes.append(node._a)
    if len(seen) > _SMALL:
        for side in sides:
            _done[id(side)] = weakref.ref(side, partial(_forget, id(side)))


def _forget(key: int, _: object) -> None:
    _done.pop(key, None)
