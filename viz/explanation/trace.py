"""What an explanation tells: one backward pass over a graph, taken down gate by gate, with a name for everything.

The pass is the engine's own (`autograd.backward_steps`), so the story is what was computed. It runs with the leaves'
gradients set aside, and puts every gradient of the graph back afterwards.
"""

from __future__ import annotations

import math
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, TypeVar

from autograd import Value, backward_steps, topological_order
from autograd.backprop import BackwardStep
from autograd.formula import names_in
from autograd.gates import ADDITIVE, ATOM
from viz.diagram.truth import has_several_passes, stale_gates
from viz.explanation.reasons import formula_names, reason
from viz.text.columns import one_line
from viz.text.equations import Equation, Rule, equation
from viz.text.formulas import formula_written
from viz.text.names import Variables, given_names, names_of, output_name
from viz.text.notation import Kind, Written, fitted, leaf_written, name_written, number_written
from viz.text.numbers import NumberFormat

#: An unnamed gate's output goes by its expression up to this many characters (a sum, less), by v1, v2, ... beyond.
_SHORT, _SHORT_SUM = 12, 7
#: How many terms of one sum are kept; the rest is counted.
_TERMS = 8

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Accumulation:
    """The gradient of a Value that is used more than once: its first terms, in order of arrival, and how many."""

    terms: tuple[float, ...]
    count: int


@dataclass(frozen=True, slots=True)
class Trace:
    """A graph and its backward pass, as far as they are told.

    order: all Values, operands first.
    names: every Value's name as an operand; unnamed gates go by a short expression where there is one, and else by
        v1, v2, .... numbered: the same without short expressions.
    number: how numbers are written; format: the same, not yet remembering what it has written.
    forward: the gates that are told, with None where some are left out. backward: the same, as steps.
    gradients: ∂output/∂Value for all. sums: of the Values used more than once, the terms.
    stale: gates that are not what their operands' present numbers give.
    passes: whether the gradients stored in the graph are of more than one backward pass; then, where it can be named,
        a leaf and the gradient it has.
    titled: the output, and the gates that people named, from the output back.
    gates: how many there are of each kind.
    """

    output: Value
    order: Sequence[Value]
    names: Mapping[Value, Written]
    numbered: Mapping[Value, Written]
    number: Callable[[float], str]
    format: NumberFormat
    forward: Sequence[Value | None]
    backward: Sequence[BackwardStep[Value] | None]
    gradients: Mapping[Value, float]
    sums: Mapping[Value, Accumulation]
    stale: Collection[Value]
    passes: bool
    stored: tuple[Value, float] | None
    titled: Sequence[Value]
    gates: Counter[str]

    @property
    def inputs(self) -> list[Value]:
        """The leaves whose gradient is wanted."""
        return [node for node in self.order if node.gate is None and node.requires_grad]

    def name(self, node: Value) -> str:
        """A Value's name where it stands alone: a sum is put in parentheses."""
        text, precedence, _ = self.names[node]
        return f"({text})" if precedence <= ADDITIVE and node.gate is not None else text

    def d(self, of: Value, by: Value) -> str:
        """∂of/∂by, with parentheses around whatever is no plain name."""
        return f"{self.partial(of)}/{self.partial(by)}"

    def partial(self, node: Value) -> str:
        """∂node: the upper or the lower half of a derivative."""
        text, precedence, _ = self.names[node]
        return f"∂{text}" if precedence == ATOM else f"∂({text})"

    def equation(self, numbers: Sequence[float], result: float, rule: Rule) -> Equation:
        """How an equation between numbers is printed so that it holds."""
        return equation(numbers, result, rule, self.format)

    def slope(self, node: Value, index: int, names: Mapping[Value, Written], kind: Kind) -> Written:
        """∂node/∂(operand number `index`) as a formula over `names`: of numbers alone, or of a gate that is stale, the
        number it is."""
        if node not in self.stale:
            formula = reason(node, index).formula
            letters = formula_names(node, index, names)
            if any(letters[letter].value is None for letter in names_in(formula) & letters.keys()):
                slope = formula_written(formula, letters, kind, self.number)
                if slope.value is None:
                    return slope
        return number_written(node.local_derivatives[index], kind, self.number)

    def is_ambiguous(self, node: Value, parent: Value) -> bool:
        """Whether ∂node/∂parent could be read as more than a local derivative: another operand may depend on it too."""
        if parent not in self.sums:
            return False
        return node.parents.count(parent) > 1 or any(p.gate is not None and p is not parent for p in node.parents)

    def left_out(self) -> int:
        """How many gates are not told one by one."""
        return self.gates.total() - sum(node is not None for node in self.forward)


def traced(output: Value, variables: Variables, format: NumberFormat, limit: int) -> Trace:
    """The trace of one backward pass from `output`.

    limit: how many gates are told one by one; of a larger graph the first and the last ones.
    Raises what `backward_steps` raises for a Value without a graph.
    """
    number = lru_cache(maxsize=10_000)(format)  # most constants of a large graph are alike
    order = topological_order(output)
    passes = output.grad != 0.0 and has_several_passes(order, [output])
    before = [node.grad for node in order]
    terms: dict[Value, list[float]] = {}
    counts: Counter[Value] = Counter()
    gates = [node for node in order if node.gate is not None]
    try:
        for node in order:
            node.grad = 0.0
        told = _Ends[BackwardStep[Value]](len(gates), limit)
        for step in backward_steps(output):
            told.add(step)
            for parent, _, amount, _ in step.contributions:
                counts[parent] += 1
                kept = terms.setdefault(parent, [])
                if len(kept) < _TERMS:
                    kept.append(amount)
        gradients = {node: node.grad for node in order}
    finally:
        for node, grad in zip(order, before, strict=True):
            node.grad = grad
    computed = _Ends[Value](len(gates), limit)
    for node in gates:
        computed.add(node)
    given, unique = given_names(order, variables, number), names_of(order, variables, number)
    return Trace(
        output=output,
        order=order,
        names=_operand_names(order, given, unique, number, short=True),
        numbered=_operand_names(order, given, unique, number, short=False),
        number=number,
        format=format,
        forward=list(computed),
        backward=list(told),
        gradients=gradients,
        sums={node: Accumulation(tuple(terms[node]), n) for node, n in counts.items() if n > 1},
        stale=dict.fromkeys(stale_gates(order)).keys(),
        passes=passes,
        stored=_stored(order, gradients) if passes else None,
        titled=[output, *[node for node in reversed(gates) if node in given and node is not output]],
        gates=Counter(node.gate.name for node in gates if node.gate is not None),
    )


class _Ends(Generic[T]):
    """The first and the last items of a series of `length`, at most `limit`, with None where some are left out."""

    def __init__(self, length: int, limit: int) -> None:
        self.first: list[T] = []
        self.last: deque[T] = deque(maxlen=limit // 2)
        self.room = length if length <= limit else limit - limit // 2
        self.complete = length <= limit

    def add(self, item: T) -> None:
        if len(self.first) < self.room:
            self.first.append(item)
        else:
            self.last.append(item)

    def __iter__(self) -> Iterator[T | None]:
        yield from self.first
        if not self.complete:
            yield None
            yield from self.last


def _operand_names(
    order: Sequence[Value],
    given: Mapping[Value, str],
    unique: Mapping[Value, str],
    number: Callable[[float], str],
    *,
    short: bool,
) -> dict[Value, Written]:
    """Every Value's name, with how tightly it binds, so that it can stand as an operand.

    Leaves and whatever people named go by that; the output is f, or another letter that is free; other gates go by a
    short expression of such names that nothing else goes by, or by v1, v2, ....
    """
    unique = {node: one_line(name) for node, name in unique.items()}
    taken = set(unique.values())
    numbered: set[Value] = set()
    names: dict[Value, Written] = {}
    for node in order:
        gate = node.gate
        if gate is None and not node.requires_grad and not node.label:
            names[node] = leaf_written(node, {}, "text", number)
        elif gate is None or node in given:
            names[node] = name_written(unique[node], "text")
        elif node is order[-1] and (name := output_name(taken)):
            names[node] = Written(name)
        else:
            bare = unique[node].rpartition(".")[2]  # v7 alone tells enough: numbers don't start anew in each scope
            names[node] = Written(bare if bare not in taken else unique[node])
            numbered.add(node)
            if short and numbered.isdisjoint(node.parents) and not is_all_numbers(node, names):
                text = fitted(gate, [names[parent] for parent in node.parents], "text", 10 * _SHORT)
                room = _SHORT if text.precedence > ADDITIVE else _SHORT_SUM
                if len(text.text) <= room and text.text not in taken:
                    names[node] = text
                    taken.add(text.text)
                    numbered.discard(node)
    return names


def is_all_numbers(node: Value, names: Mapping[Value, Written]) -> bool:
    """Whether the operands of a gate are all called by their numbers, so that its symbols are its numbers."""
    return all(names[parent].value is not None for parent in node.parents)


def _stored(order: Sequence[Value], gradients: Mapping[Value, float]) -> tuple[Value, float] | None:
    """The first leaf whose stored gradient is not the one pass's, and that gradient."""
    seed = order[-1].grad
    for node in order:
        one = seed * gradients[node]
        if node.gate is None and node.requires_grad and not math.isclose(node.grad, one, rel_tol=1e-6, abs_tol=1e-12):
            return node, node.grad
    return None
