"""What goes wrong in networks, read off a graph after backward: units that are dead, saturated, unused; gradients that
vanish or explode from one scope to the next."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from math import sqrt

from autograd.backprop import topological_order
from autograd.formula import sum_in_order
from autograd.value import Value

#: Below this local derivative a squashing gate passes on less than a hundredth of its largest slope.
_SATURATED = {"sigmoid": 0.0025, "tanh": 0.01}


@dataclass(frozen=True)
class Diagnosis:
    """What `diagnose` found. Printing it gives a report; every part can be looked at by itself.

    dead: scope -> (relu gates that passed nothing, relu gates), where all of a scope's were dead.
    saturated: scope -> (saturated gates, gates), where at least half of a scope's sigmoid and tanh gates were.
    gradients: scope -> root mean square of the gradients of its parameters, in forward order.
    vanishing, exploding: scopes whose parameters' gradients are a thousand times smaller, or larger, than the last
    scope's. unused: the parameters the output does not depend on, or whose gradient is exactly 0.
    """

    dead: dict[str, tuple[int, int]] = field(default_factory=dict)
    saturated: dict[str, tuple[int, int]] = field(default_factory=dict)
    gradients: dict[str, float] = field(default_factory=dict)
    vanishing: list[str] = field(default_factory=list)
    exploding: list[str] = field(default_factory=list)
    unused: list[Value] = field(default_factory=list)

    @property
    def healthy(self) -> bool:
        return not (self.dead or self.saturated or self.vanishing or self.exploding or self.unused)

    def __str__(self) -> str:
        lines = [
            *(f"dead: {_place(s)}: all {n} relu gates passed nothing back" for s, (_, n) in self.dead.items()),
            *(f"saturated: {_place(s)}: {k} of {n} sigmoid and tanh gates" for s, (k, n) in self.saturated.items()),
            *(f"vanishing: {_place(s)}: gradients about {self.gradients[s]:.1e}" for s in self.vanishing),
            *(f"exploding: {_place(s)}: gradients about {self.gradients[s]:.1e}" for s in self.exploding),
            *(f"unused: {value.label or value!r} has no effect on the output here" for value in self.unused),
        ]
        return "\n".join(lines) or "nothing found: no dead, saturated, vanishing, exploding or unused parts"


def _place(scope: str) -> str:
    return f"scope {scope!r}" if scope else "outside all scopes"


def diagnose(output: Value, parameters: Iterable[Value] | None = None, *, factor: float = 1000.0) -> Diagnosis:
    """Look through the graph of `output`, after its backward, for what keeps networks from learning.

    parameters: the leaves that ought to learn, to find unused ones among them; those of the graph if left out.
    factor: how many times smaller or larger than the last scope's a gradient counts as vanishing or exploding. Gates
    are taken together by scope, a batch's rows included: a relu unit is dead if it passed nothing for any of them.
    Raises ValueError if backward has not run.
    """
    order = topological_order(output)
    if output.grad == 0.0:
        raise ValueError("there are no gradients to look at yet: call output.backward() first, then diagnose(output)")
    relus: dict[str, list[bool]] = defaultdict(list)
    squashers: dict[str, list[bool]] = defaultdict(list)
    for node in order:
        if node.gate is None:
            continue
        if node.gate.name == "relu":
            relus[node.scope].append(node.local_derivatives[0] == 0.0)
        elif node.gate.name in _SATURATED:
            squashers[node.scope].append(node.local_derivatives[0] < _SATURATED[node.gate.name])
    listed = [leaf for leaf in order if leaf.gate is None and leaf.requires_grad]
    listed = list(parameters) if parameters is not None else listed
    squares: dict[str, list[float]] = defaultdict(list)
    for leaf in listed:
        squares[leaf.scope].append(leaf.grad * leaf.grad)
    gradients = {scope: sqrt(sum_in_order(values) / len(values)) for scope, values in squares.items()}
    last = next(reversed(gradients.values()), 0.0)
    return Diagnosis(
        dead={scope: (sum(off), len(off)) for scope, off in relus.items() if all(off)},
        saturated={scope: (sum(s), len(s)) for scope, s in squashers.items() if 2 * sum(s) >= len(s)},
        gradients=gradients,
        vanishing=[scope for scope, size in gradients.items() if 0.0 < size * factor <= last],
        exploding=[scope for scope, size in gradients.items() if size >= factor * last > 0.0],
        unused=[leaf for leaf in listed if leaf.grad == 0.0],
    )
