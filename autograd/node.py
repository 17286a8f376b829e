"""The ground of the engine: what a node of a graph holds, the edges between nodes, and the two loops over them."""

from __future__ import annotations

from collections.abc import Iterable
from operator import attrgetter
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar

from autograd.mode import mode
from autograd.numbers import number, refusal

if TYPE_CHECKING:
    from autograd.gates import Gate


def _checked(new: object, name: str, owner: Node) -> float:
    """`new` as a float for the attribute `name` of `owner`; TypeError if it is no number."""
    value = number(new)
    if value is None:
        raise refusal(new, f".{name}{f' of {owner.label!r}' if owner.label else ''}")
    return value


class _Freezes:
    """count: how often `requires_grad` was assigned, on any Value, by which programs notice."""

    count = 0


freezes = _Freezes()


class Node:
    """A number, the gate that made it from which operands, and how fast it moves with each of them.

    `Value` adds the operators. data: the number. grad: ∂output/∂self. label: its name. scope: the dotted path of the
    scopes it was made in. gate: the `Gate` that made it, None for a leaf.
    """

    # How operands and local derivatives are kept: for two operands in _a, _b, _da, _db; for one in _a and _da, with
    # _b None; for any number as tuples in _a and _da, with _b None. A leaf is a gate of no operands; a constant's _a is
    # None. Two tuples a node would read better here, and cost 96 bytes, and twice the cyclic collector's time.
    # The engine reads and writes the slots _data and _grad; its users data and grad, which take care that both are
    # floats, and are seen while a function is recorded.
    __slots__ = ("__weakref__", "_a", "_b", "_da", "_data", "_db", "_grad", "gate", "label", "scope")

    _data: float
    _grad: float
    gate: Gate | None
    label: str
    scope: str
    _a: Any
    _b: Node | None
    _da: Any
    _db: float
    #: The class that copies have: a node made while a function is recorded is copied as an ordinary Value.
    copied_as: ClassVar[type[Node]]

    def __init_subclass__(cls) -> None:
        cls.copied_as = cls

    @property
    def parents(self) -> tuple[Self, ...]:
        """The gate's operands in order, repeats kept; empty for a leaf.

        >>> from autograd import Value
        >>> x = Value(2.0, "x")
        >>> [parent.label for parent in (x * x).parents]
        ['x', 'x']
        """
        a, b = self._a, self._b
        if b is not None:
            return (a, b)  # type: ignore[return-value] # nodes of the graph of one class
        return a if a.__class__ is tuple else () if a is None else (a,)

    @property
    def local_derivatives(self) -> tuple[float, ...]:
        """∂self/∂parent for each parent, at the point where this node was computed.

        >>> from autograd import Value
        >>> (Value(2.0) * Value(3.0)).local_derivatives
        (3.0, 2.0)
        """
        trace = mode.get().checks.trace
        if trace is not None:
            trace.refuse("reads local derivatives: differentiate with grad(y, xs, create_graph=True)")
        return self._locals()

    def _locals(self) -> tuple[float, ...]:
        if self._b is not None:
            return (self._da, self._db)
        return self._da if self._da.__class__ is tuple else (self._da,)

    def _link(self, operands: tuple[Node, ...] | None, derivatives: tuple[float, ...]) -> None:
        """Keep operands and local derivatives in the slots that suit their number and the gate; None for a constant."""
        self._a, self._b, self._da = operands, None, derivatives
        if self.gate is not None and self.gate.arity == 2:
            (self._a, self._b), (self._da, self._db) = operands, derivatives  # type: ignore[misc]
        elif self.gate is not None and self.gate.arity == 1:
            (self._a,), (self._da,) = operands, derivatives  # type: ignore[misc]

    @property
    def requires_grad(self) -> bool:
        """False for a constant, which `backward` gives no gradient. Can be assigned on leaves, to freeze them.

        Raises ValueError where it is assigned on the output of a gate.

        >>> from autograd import Value
        >>> w = Value(2.0)
        >>> w.requires_grad = False
        >>> w
        Value(data=2.0, grad=0.0, requires_grad=False)
        """
        return self._a is not None

    @requires_grad.setter
    def requires_grad(self, wanted: bool) -> None:
        if self.gate is not None:
            raise ValueError(f"only a leaf can be frozen; {self!r} is the output of a gate: use .detach()")
        self._a = () if wanted else None
        freezes.count += 1

    def _set_data(self, new: float) -> None:
        self._data = new if new.__class__ is float else _checked(new, "data", self)

    def _set_grad(self, new: float | None) -> None:
        self._grad = new if new.__class__ is float else 0.0 if new is None else _checked(new, "grad", self)

    if TYPE_CHECKING:  # made below

        @property
        def data(self) -> float: ...
        @data.setter
        def data(self, new: float) -> None: ...
        @property
        def grad(self) -> float: ...
        @grad.setter
        def grad(self, new: float | None) -> None: ...


_DATA = """The number, a float. Any real number can be assigned; raises TypeError for anything else.

>>> from autograd import Value
>>> x = Value(2.0)
>>> y = x * 3
>>> x.data = 5
>>> x.data, y.data
(5.0, 6.0)
"""
_GRAD = """∂output/∂self, added up by `backward`; 0.0 until then. Assigning None sets it to 0.0, as in PyTorch.

>>> from autograd import Value
>>> x = Value(2.0)
>>> (x * x).backward()
>>> x.grad
4.0
"""
# Reading through an attrgetter takes less time than through a function written in Python.
Node.data = property(attrgetter("_data"), Node._set_data, doc=_DATA)  # type: ignore[assignment, method-assign]
Node.grad = property(attrgetter("_grad"), Node._set_grad, doc=_GRAD)  # type: ignore[assignment, method-assign]


N = TypeVar("N", bound=Node)


def made(
    kind: type[N],
    data: float,
    gate: Gate | None,
    operands: tuple[Node, ...] | None,
    derivatives: tuple[float, ...] = (),
    *,
    grad: float = 0.0,
    label: str = "",
    scope: str = "",
) -> N:
    """A node of these very parts, unchecked: what copies and the careful way of `apply` are made by."""
    node = object.__new__(kind)
    node._data, node._grad, node.gate, node.label, node.scope = data, grad, gate, label, scope
    node._link(operands, derivatives)
    return node


def topological_order(outputs: N | Iterable[N]) -> list[N]:
    """Every Value that the outputs depend on, each once, operands before the gates that use them, outputs included.

    The order is that of a depth-first walk, first operand first, so it depends on the graph alone. Raises TypeError for
    anything but Values.

    >>> from autograd import Value, topological_order
    >>> x, w = Value(2.0, "x"), Value(3.0, "w")
    >>> [node.label or node.gate.name for node in topological_order(x * w + x)]
    ['x', 'w', 'mul', 'add']
    """
    roots = [outputs] if isinstance(outputs, Node) else list(outputs)
    for root in roots:
        if not isinstance(root, Node):
            raise TypeError(f"a graph ends in Values, but was given {root!r} of type {type(root).__name__}")
    order: dict[N, None] = {}
    stack: list[Any] = [*reversed(roots)]
    while stack:
        node = stack.pop()
        if node is None:  # the marker above a node whose operands are all in order
            order[stack.pop()] = None
            continue
        if node in order:
            continue
        a, b = node._a, node._b
        if b is not None:  # two operands, often both in order already
            if a in order and b in order:
                order[node] = None
            else:
                stack += (node, None, b, a)
        elif a.__class__ is tuple:
            stack += (node, None)
            stack += a[::-1]
        elif a is None or a in order:
            order[node] = None
        else:
            stack += (node, None, a)
    return list(order)


def distribute(gates: Iterable[Node]) -> None:
    """Let each gate pass its gradient on: parent.grad += upstream × local. This is all of backpropagation."""
    for node in gates:
        upstream = node._grad
        a, b = node._a, node._b
        if b is not None:
            a._grad += upstream * node._da
            b._grad += upstream * node._db
        elif a.__class__ is tuple:
            for parent, local in zip(a, node._da, strict=True):
                parent._grad += upstream * local
        else:
            a._grad += upstream * node._da
