"""An explanation in words: forward, backward, gradients, paths, as plain text or as Markdown.

One way of telling, two styles of setting it. Each step backward is a sentence about the gate's role and a line of
numbers for each operand: ``w0 += −1 × 0.197 = −0.197`` reads "the gradient of w0 grows by the local derivative −1
times the upstream gradient 0.197".
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

from autograd import Value
from autograd.backprop import BackwardStep, Contribution
from autograd.gates import GATES
from viz.diagram.truth import PASSES, STALE
from viz.explanation.path_words import PathWords, summed
from viz.explanation.reasons import decision_written, formula_names, reason
from viz.explanation.style import Style
from viz.explanation.trace import Trace, is_all_numbers
from viz.paths import Paths
from viz.text.columns import cells, padded
from viz.text.equations import product, rule_of
from viz.text.formulas import formula_written
from viz.text.notation import Written, expression_text, fitted, joined, number_written
from viz.text.numbers import NumberFormat

#: How many inputs are listed, how many named parts are spelled out above, and how long a spelled-out formula may be.
INPUTS, PARTS, FORMULA = 24, 8, 160


class Words:
    """Tells a trace in a style."""

    def __init__(self, trace: Trace, style: Style) -> None:
        self.trace, self.style = trace, style
        self.n, self.code = trace.number, style.code

    def lines(self, paths: Iterable[Paths]) -> Iterator[str]:
        yield from self.title()
        if self.trace.output.gate is not None:
            yield from self.forward()
            yield from self.backward()
        yield from self.gradients()
        for found in paths:
            yield from PathWords(self.trace, self.style).lines(found)

    # ------------------------------------------------------------ what is computed

    def title(self) -> Iterator[str]:
        trace = self.trace
        named = {node: trace.names[node].text for node in trace.titled}
        named |= {node: trace.names[node].text for node in trace.order if node.gate is None}
        parts = trace.titled[:PARTS] if len(trace.titled) <= PARTS else trace.titled[:1]
        lines = [f"{named[node]} = {self._spelled(node, named)}" for node in parts if node.gate is not None]
        inputs = [f"{trace.names[node].text} = {self.n(node.data)}" for node in trace.inputs[:INPUTS]]
        if trace.output.gate is None:
            lines = [f"{named[trace.output]} = {self.n(trace.output.data)}"]
        elif inputs:
            more = len(trace.inputs) - len(inputs)
            lines.append(f"at {', '.join(inputs)}" + (f" and {more:,} more" if more else ""))
        yield from self.style.formulas(lines)
        yield from self._warnings()

    def _warnings(self) -> Iterator[str]:
        """Where the numbers of the graph don't belong together, the words *stale* and *passes*."""
        trace = self.trace
        if trace.stale:
            gate = self.code(trace.name(next(iter(trace.stale))))
            yield from self._warning(
                STALE, f"The first such gate is {gate}; the numbers of such gates are the old ones."
            )
        if trace.passes:
            stored = ""
            if trace.stored is not None:
                node, grad = trace.stored
                stored = f"Stored is {self.code(f'{trace.names[node].text}.grad = {self.n(grad)}')}. "
            yield from self._warning(PASSES, f"{stored}Told here is one pass.")

    def _warning(self, mark: Sequence[str], more: str) -> Iterator[str]:
        word, _, sentence = " ".join(mark).partition(": ")
        yield from self.style.heading(word, f"{sentence}. {more}")

    def _spelled(self, node: Value, named: dict[Value, str]) -> str:
        others = {k: v for k, v in named.items() if k is not node}
        return expression_text(node, others, FORMULA)

    def forward(self) -> Iterator[str]:
        gates = self.trace.gates.total()
        kinds = ", ".join(f"{count:,} {name}" for name, count in self.trace.gates.most_common())
        size = f" {gates:,} gates ({kinds})." if self.trace.left_out() else ""
        yield from self.style.heading("Forward", f"each gate computes its value from its operands.{size}")
        number = 0
        for node in self.trace.forward:
            if node is None:
                number += self.trace.left_out()
                yield self.style.item("", f"… {self.trace.left_out():,} gates are left out here …")
                continue
            number += 1
            yield self.style.item(number, self.code(self._computed(node)))

    def _computed(self, node: Value) -> str:
        """``v3 = x*y + z = −12 + 2 = −10``"""
        assert node.gate is not None
        name, symbols, result = self._name(node), self._symbols(node), self.n(node.data)
        if node in self.trace.stale:
            return f"{' = '.join(dict.fromkeys((name, symbols, result)))} (stale)"
        data = [parent.data for parent in node.parents]
        number, sign = self.trace.equation(data, node.data, rule_of(node.gate))
        numbers = _bracketed(self._in_numbers(node, number), node)
        sides = [name] if is_all_numbers(node, self.trace.names) else [name, symbols]
        sides = list(dict.fromkeys((*sides, numbers)))
        return " = ".join(sides) + (f" {sign} {result}" if sides[-1] != result else "")

    def _written(self, node: Value) -> Written:
        assert node.gate is not None
        return fitted(node.gate, [self.trace.names[parent] for parent in node.parents], "text", FORMULA)

    def _symbols(self, node: Value) -> str:
        return _bracketed(self._written(node).text, node)

    def _name(self, node: Value) -> str:
        name = self.trace.names[node].text
        return _bracketed(name, node) if name == self._written(node).text else name

    def _in_numbers(self, node: Value, number: NumberFormat) -> str:
        """The gate over its operands' numbers, with the signs of arithmetic: ``−10 × 2``."""
        assert node.gate is not None
        numbers = [number_written(parent.data, "text", number) for parent in node.parents]
        if node.gate is GATES["mul"]:
            return joined(" × ", [x.text for x in numbers], "text")
        return fitted(node.gate, numbers, "text", FORMULA).text

    # ------------------------------------------------------------ what is passed back

    def backward(self) -> Iterator[str]:
        trace = self.trace
        whole = self.code(f"{trace.d(trace.output, trace.output)} = 1")
        constants = any(n.gate is None and not n.requires_grad for n in trace.order)
        yield from self.style.heading(
            "Backward",
            "from the output to the inputs, each gate passes local derivative × upstream gradient to its "
            f"operands, which add up (+=) what they get. It starts with {whole}."
            + (" Plain numbers and other constants get no gradient." if constants else ""),
        )
        arrived = dict.fromkeys(trace.sums, 0)
        number = 0
        for step in trace.backward:
            if step is None:
                number += trace.left_out()
                arrived.clear()  # from here on nobody knows which use is the last
                yield self.style.item("", f"… {trace.left_out():,} gates are left out here …")
                continue
            number += 1
            yield self.style.item(number, self._sentence(step))
            yield from self._contributions(step, arrived)

    def _sentence(self, step: BackwardStep[Value]) -> str:
        gate = step.node.gate
        assert gate is not None
        name, symbols = self._name(step.node), self._symbols(step.node)
        computed = symbols if symbols == name else f"{name} = {symbols}"
        article = "an" if gate.role[0] in "aeiou" else "a"
        arrives = f"{self.trace.d(self.trace.output, step.node)} = {self.n(step.upstream)}"
        return (
            f"{self.code(computed)} ({gate.name}, {article} {gate.role}): {gate.says}. Upstream: {self.code(arrives)}."
        )

    def _contributions(self, step: BackwardStep[Value], arrived: dict[Value, int]) -> Iterator[str]:
        """A line for each operand, and one for each Value whose last use this was."""
        wanted = [i for i, parent in enumerate(step.node.parents) if parent.requires_grad]
        rows = [
            (self._sum_line(c, step), self._remark(step.node, i))
            for i, c in zip(wanted, step.contributions, strict=True)
        ]
        if len(rows) > INPUTS:
            rows = [*rows[: INPUTS - 1], (f"… and {len(rows) - INPUTS + 1:,} more operands", "")]
        width = max((cells(formula) for formula, _ in rows), default=0)
        for formula, remark in rows:
            yield self.style.detail(formula, remark, width)
        if not rows:
            yield self.style.remark("its operands are constants: nothing is passed on")
        for parent in dict.fromkeys(c.parent for c in step.contributions if c.parent in arrived):
            arrived[parent] += sum(c.parent is parent for c in step.contributions)
            accumulation = self.trace.sums[parent]
            if arrived[parent] == accumulation.count:
                name, copy = self.code(self.trace.name(parent)), GATES["copy"]
                yield self.style.remark(
                    f"{name} is used {_how_often(accumulation.count)} (a copy is an {copy.role}: "
                    f"{copy.says}): {self.code(self._added(parent))}"
                )

    def _sum_line(self, c: Contribution[Value], step: BackwardStep[Value]) -> str:
        factors = [c.local, step.upstream]
        number, sign = self.trace.equation(factors, c.amount, product)
        written = joined(" × ", [number(x) for x in factors], "text")
        return f"{self.trace.name(c.parent)} += {written} {sign} {self.n(c.amount)}"

    def _remark(self, node: Value, index: int) -> str:
        """Why the local derivative is that number, where that is not plain: ``since ∂f/∂x = y``."""
        gate, parent = node.gate, node.parents[index]
        assert gate is not None
        if node in self.trace.stale:
            return "stale: the local derivative at the old numbers"
        formula, decided = reason(node, index)
        letters = formula_names(node, index, self.trace.names)
        slope = formula_written(formula, letters, "text", self.n)
        if decided is not None and (gate.role == "router" or slope.value is not None):
            place = decision_written(decided, letters, "text", self.n)
            local = node.local_derivatives[index]
            convention = f". {gate.note}" if decided[1] == "=" or not math.isfinite(local) else ""
            return f"since {self.code(place)}{convention}"
        if slope.value is not None:
            return ""
        if self.trace.is_ambiguous(node, parent):
            return (
                f"since operand {index + 1} of {self.code(self.trace.name(node))} has the local derivative "
                f"{self.code(slope.text)}"
            )
        return f"since {self.code(f'{self.trace.d(node, parent)} = {slope.text}')}"

    def _added(self, node: Value) -> str:
        """``3 + 4 = 7``, or ``3 + 4 + … (100 terms) = 350``."""
        accumulation = self.trace.sums[node]
        left_out = [f"… ({accumulation.count:,} terms)"] if len(accumulation.terms) < accumulation.count else []
        return summed(self.trace, accumulation.terms, self.trace.gradients[node], left_out)

    def gradients(self) -> Iterator[str]:
        trace = self.trace
        output = trace.name(trace.output)
        inputs = trace.inputs
        if not inputs:
            yield from self.style.heading("Gradients", f"{self.code(output)} depends on no input, so there are none.")
            return
        largest = sorted(inputs, key=lambda node: -abs(trace.gradients[node]))[:INPUTS]
        shown = [node for node in inputs if node in set(largest)]
        rest = f" The {len(shown)} largest of {len(inputs):,}." if len(shown) < len(inputs) else ""
        yield from self.style.heading(
            "Gradients", f"how fast {self.code(output)} grows with each input, at this point.{rest}"
        )
        lefts = [trace.d(trace.output, node) for node in shown]
        width = max(map(cells, lefts))
        for left, node in zip(lefts, shown, strict=True):
            yield self.style.row(f"{padded(left, width)} = {self.n(trace.gradients[node])}")


def _bracketed(text: str, node: Value) -> str:
    """A comparison in parentheses, so that its sign is not read on: ``(3 > 2) = 1``."""
    compares = node.gate is not None and not node.gate.text.precedence
    return f"({text})" if compares else text


def _how_often(count: int) -> str:
    return "twice" if count == 2 else f"{count:,} times"
