"""What goes wrong in networks, read off a graph after backward: numbers that are NaN or infinite; units that are dead,
saturated, unused; gradients that vanish or explode from one scope to the next."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from math import isfinite, sqrt
from typing import Literal, NamedTuple, TypeAlias, TypeVar

from autograd.formula import sum_in_order
from autograd.gates import GATES
from autograd.node import topological_order
from autograd.value import Value

_NOTHING = "nothing found: no NaN, no infinity, no dead, saturated, vanishing, exploding or unused parts"
_Item = TypeVar("_Item")
#: What a layer calls its units in their scopes, as `nn.Layer` does.
_UNITS = "neurons"
#: How many lines a report has at most, and how many parameters a line names.
_LINES, _NAMED = 10, 3


#: What numbers of a graph may be not finite.
Kind: TypeAlias = Literal["values", "local derivatives", "gradients"]


class NotFinite(NamedTuple):
    """The numbers of one kind in one part of a graph that are NaN or infinite.

    kind: "values", "local derivatives" or "gradients". scope: the part, a layer with all its units.
    found: how many are not finite; among: of how many.
    first: the Value where they begin (of a local derivative its gate), in the order in which these numbers come about:
        from the leaves on, gradients from the output back. number: the first of them.
    """

    kind: Kind
    scope: str
    found: int
    among: int
    first: Value
    number: float


@dataclass(frozen=True)
class Diagnosis:
    """What `diagnose` found. Printing it gives a report of at most ten lines; every part can be looked at by itself.

    not_finite: the numbers that are NaN or infinite, by kind and part of the graph.
    dead: scope -> (relu gates that passed nothing, relu gates), where all of a scope's were dead.
    saturated: scope -> (saturated gates, gates), where at least half of a scope's gates that saturate were:
        sigmoid, tanh, and whatever gate has a `saturated` threshold in its entry.
    gradients: scope -> root mean square of the gradients of its parameters, in forward order.
    vanishing, exploding: scopes whose parameters' gradients are a thousand times smaller, or larger, than the last
    scope's. unused: the parameters the output does not depend on, or whose gradient is exactly 0.
    units: layer -> how many scopes with relu gates it has. parameters: layer -> how many parameters.

    >>> from autograd import Value, diagnose
    >>> x = Value(2.0)
    >>> y = x * 3
    >>> y.backward()
    >>> diagnose(y).healthy
    True
    """

    not_finite: list[NotFinite] = field(default_factory=list)
    dead: dict[str, tuple[int, int]] = field(default_factory=dict)
    saturated: dict[str, tuple[int, int]] = field(default_factory=dict)
    gradients: dict[str, float] = field(default_factory=dict)
    vanishing: list[str] = field(default_factory=list)
    exploding: list[str] = field(default_factory=list)
    unused: list[Value] = field(default_factory=list)
    units: dict[str, int] = field(default_factory=dict)
    parameters: dict[str, int] = field(default_factory=dict)

    @property
    def healthy(self) -> bool:
        return not (self.not_finite or self.dead or self.saturated or self.vanishing or self.exploding or self.unused)

    def __str__(self) -> str:
        lines = [*self._not_finite(), *self._dead(), *self._saturated(), *self._sized(), *self._unused()]
        if len(lines) > _LINES:
            kept, rest = lines[: _LINES - 1], lines[_LINES - 1 :]
            counts = Counter(line.partition(":")[0] for line in rest)
            left_out = ", ".join(f"{count} {kind}" for kind, count in counts.items())
            lines = [*kept, f"… and {len(rest):,} more lines: {left_out}"]
        return "\n".join(lines) or _NOTHING

    def _not_finite(self) -> Iterator[str]:
        for part in self.not_finite:
            yield (
                f"not finite: {_place(part.scope)}: {part.found:,} of {part.among:,} {part.kind}; "
                f"the first is {part.number!r}, of {_called(part.first)}"
            )

    def _dead(self) -> Iterator[str]:
        for layer, scopes in _by_layer(self.dead, lambda scope: scope):
            if _is_unit(scopes[0], layer):
                yield f"dead: {_place(layer)}: {len(scopes):,} of {self.units[layer]:,} units passed nothing back"
            else:
                yield f"dead: {_place(layer)}: all {self.dead[layer][1]:,} relu gates passed nothing back"

    def _saturated(self) -> Iterator[str]:
        for layer, scopes in _by_layer(self.saturated, lambda scope: scope):
            off, gates = (sum(self.saturated[scope][i] for scope in scopes) for i in (0, 1))
            where = f" in {len(scopes):,} units" if _is_unit(scopes[0], layer) else ""
            yield f"saturated: {_place(layer)}: {off:,} of {gates:,} {_squashing()} gates{where}"

    def _sized(self) -> Iterator[str]:
        last = next(reversed(self.gradients.values()), 0.0)
        for word, found in (("vanishing", self.vanishing), ("exploding", self.exploding)):
            for layer, scopes in _by_layer(found, lambda scope: scope):
                size = sqrt(sum(self.gradients[scope] ** 2 for scope in scopes) / len(scopes))
                where = f" in {len(scopes):,} units" if _is_unit(scopes[0], layer) else ""
                yield f"{word}: {_place(layer)}: gradients about {size:.1e}{where}, the last scope's {last:.1e}"

    def _unused(self) -> Iterator[str]:
        for layer, leaves in _by_layer(self.unused, lambda leaf: leaf.scope):
            names = [_called(leaf) for leaf in leaves[:_NAMED]]
            more = ", …" if len(leaves) > _NAMED else ""
            yield (
                f"unused: {_place(layer)}: {len(leaves):,} of {self.parameters[layer]:,} parameters have no effect on "
                f"the output here: {', '.join(names)}{more}"
            )


def _by_layer(items: Iterable[_Item], scope_of: Callable[[_Item], str]) -> Iterable[tuple[str, list[_Item]]]:
    """The items by the layer of their scope, in their order."""
    found: dict[str, list[_Item]] = defaultdict(list)
    for item in items:
        found[layer_of(scope_of(item))].append(item)
    return found.items()


def layer_of(scope: str) -> str:
    """The layer a unit belongs to: ``layers.0`` for ``layers.0.neurons.3``; any other scope is a layer itself."""
    rest, _, number = scope.rpartition(".")
    if not number.isdigit() or rest.rpartition(".")[2] != _UNITS:
        return scope
    return rest.removesuffix(f".{_UNITS}")


def _squashing() -> str:
    """The gates that saturate: ``sigmoid and tanh``."""
    names = sorted(gate.name for gate in GATES.values() if gate.saturated)
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _is_unit(scope: str, layer: str) -> bool:
    return scope != layer


def _place(scope: str) -> str:
    return scope or "outside all scopes"


def _called(value: Value) -> str:
    """A Value in a few words: its label, or its gate with the numbers it worked on."""
    if value.label:
        return repr(value.label)
    if value.gate is None:
        return f"a leaf with the number {value.data!r}"
    operands = [f"{p.label} = {p.data!r}" if p.label else repr(p.data) for p in value.parents[:4]]
    return f"{value.gate.name}({', '.join(operands)}{', …' * (len(value.parents) > 4)})"


def _not_finite(kind: Kind, numbers: Iterable[tuple[Value, float]]) -> Iterator[NotFinite]:
    """The numbers of one kind that are not finite, a record for each layer that has some."""
    counts: Counter[str] = Counter()
    found: dict[str, tuple[int, Value, float]] = {}
    for value, number in numbers:
        layer = layer_of(value.scope)
        counts[layer] += 1
        if not isfinite(number):
            count, first, begin = found.get(layer, (0, value, number))
            found[layer] = count + 1, first, begin
    for layer, (count, first, begin) in found.items():
        yield NotFinite(kind, layer, count, counts[layer], first, begin)


def _wanted_locals(order: Iterable[Value]) -> Iterator[tuple[Value, float]]:
    """Each gate with its local derivatives, but for those by constants, which nothing is multiplied with."""
    for node in order:
        for parent, local in zip(node.parents, node.local_derivatives, strict=True):
            if parent.requires_grad:
                yield node, local


def diagnose(output: Value, parameters: Iterable[Value] | None = None, *, factor: float = 1000.0) -> Diagnosis:
    """Look through the graph of `output`, after its backward, for what keeps networks from learning.

    parameters: the leaves that ought to learn, to find unused ones among them; those of the graph if left out.
    factor: how many times smaller or larger than the last scope's a gradient counts as vanishing or exploding. Gates
    are taken together by scope, a batch's rows included: a relu unit is dead if it passed nothing for any of them. In
    the printed report units are taken together by layer, and what is NaN or infinite comes first.
    Raises ValueError if backward has not run.

    >>> from autograd import Value, diagnose, scope
    >>> with scope("layer"):
    ...     w = Value(-3.0, "w")
    ...     y = (w * 2).relu() + 1
    >>> y.backward()
    >>> print(diagnose(y))
    dead: layer: all 1 relu gates passed nothing back
    unused: layer: 1 of 1 parameters have no effect on the output here: 'w'
    """
    order = topological_order(output)
    if output.grad == 0.0:
        raise ValueError("there are no gradients to look at yet: call output.backward() first, then diagnose(output)")
    relus: dict[str, list[bool]] = defaultdict(list)
    squashers: dict[str, list[bool]] = defaultdict(list)
    for node in order:
        if node.gate is None:
            continue
        if node.gate.role == "router" and node.gate.arity == 1:  # relu, and gates of one's own that close as it does
            relus[node.scope].append(node.local_derivatives[0] == 0.0)
        elif node.gate.saturated:
            squashers[node.scope].append(abs(node.local_derivatives[0]) < node.gate.saturated)
    listed = [leaf for leaf in order if leaf.gate is None and leaf.requires_grad]
    listed = list(parameters) if parameters is not None else listed
    squares: dict[str, list[float]] = defaultdict(list)
    for leaf in listed:
        squares[leaf.scope].append(leaf.grad * leaf.grad)
    gradients = {scope: sqrt(sum_in_order(values) / len(values)) for scope, values in squares.items()}
    last = next(reversed(gradients.values()), 0.0)
    return Diagnosis(
        not_finite=[
            *_not_finite("values", ((node, node.data) for node in order)),
            *_not_finite("local derivatives", _wanted_locals(order)),
            *_not_finite("gradients", ((node, node.grad) for node in reversed(order) if node.requires_grad)),
        ],
        dead={scope: (sum(off), len(off)) for scope, off in relus.items() if all(off)},
        saturated={scope: (sum(s), len(s)) for scope, s in squashers.items() if 2 * sum(s) >= len(s)},
        gradients=gradients,
        vanishing=[scope for scope, size in gradients.items() if 0.0 < size * factor <= last],
        exploding=[scope for scope, size in gradients.items() if size >= factor * last > 0.0],
        unused=[leaf for leaf in listed if leaf.grad == 0.0],
        units=Counter(map(layer_of, relus)),
        parameters=Counter(layer_of(leaf.scope) for leaf in listed),
    )
