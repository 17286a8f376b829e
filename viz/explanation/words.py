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
from autograd.gates import ADDITIVE, GATES, MULTIPLICATIVE, ROLES
from viz.explanation.paths import EXACT, Path, Paths
from viz.explanation.series import ENDS, ends, gap
from viz.explanation.style import Style
from viz.explanation.trace import Trace, formula_names, reason
from viz.notation import Written, expression_text, fitted, formula_text, formula_written, number_written
from viz.numbers import MINUS

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
            yield from self.paths(found)

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
        if trace.stale:
            name = self.code(trace.name(trace.stale[0]))
            yield from (
                "",
                f"Careful: operands of {name} were changed after it was computed. The local derivatives "
                "are those of the numbers it was computed from; call .forward() to compute it again.",
            )

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
        symbols = self._written(node).text
        numbers = self._written_in_numbers(node)
        name = self.trace.names[node].text
        return " = ".join(dict.fromkeys((name, symbols, numbers, self.n(node.data))))

    def _written(self, node: Value) -> Written:
        assert node.gate is not None
        return fitted(node.gate, [self.trace.names[parent] for parent in node.parents], "text", FORMULA)

    def _written_in_numbers(self, node: Value) -> str:
        """The gate over its operands' numbers, with the signs of arithmetic: ``−10 × 2``."""
        gate = node.gate
        assert gate is not None
        numbers = [number_written(parent.data, "text", self.n) for parent in node.parents]
        if gate is GATES["mul"]:
            return " × ".join(number.text for number in numbers)
        if gate.text.precedence == ADDITIVE:  # 4 − (−3)
            numbers[1:] = [Written(f"({x.text})") if x.text.startswith(MINUS) else x for x in numbers[1:]]
        if gate is GATES["neg"]:
            return f"{MINUS}({numbers[0].text})" if numbers[0].text.startswith(MINUS) else f"{MINUS}{numbers[0].text}"
        return fitted(gate, numbers, "text", FORMULA).text.replace(" - ", f" {MINUS} ")

    # ------------------------------------------------------------ what is passed back

    def backward(self) -> Iterator[str]:
        trace = self.trace
        whole = self.code(f"{trace.d(trace.output, trace.output)} = 1")
        constants = any(n.gate is None and not n.requires_grad for n in trace.order)
        yield from self.style.heading(
            "Backward", "from the output to the inputs, each gate passes local derivative × upstream gradient to its "
            f"operands, which add up (+=) what they get. It starts with {whole}."
            + (" Plain numbers and other constants get no gradient." if constants else ""))  # fmt: skip
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

    def _sentence(self, step: BackwardStep) -> str:
        gate = step.node.gate
        assert gate is not None
        name = self.trace.names[step.node].text
        symbols = self._written(step.node).text
        computed = symbols if symbols == name else f"{name} = {symbols}"
        article = "an" if gate.role[0] in "aeiou" else "a"
        arrives = f"{self.trace.d(self.trace.output, step.node)} = {self.n(step.upstream)}"
        return (f"{self.code(computed)} ({gate.name}, {article} {gate.role}): {ROLES[gate.role]}. "
                f"Upstream: {self.code(arrives)}.")  # fmt: skip

    def _contributions(self, step: BackwardStep, arrived: dict[Value, int]) -> Iterator[str]:
        """A line for each operand, and one for each Value whose last use this was."""
        wanted = [i for i, parent in enumerate(step.node.parents) if parent.requires_grad]
        rows = [(self._sum_line(c, step), self._remark(step.node, i))
                for i, c in zip(wanted, step.contributions, strict=True)]  # fmt: skip
        if len(rows) > INPUTS:
            rows = [*rows[: INPUTS - 1], (f"… and {len(rows) - INPUTS + 1:,} more operands", "")]
        width = max((len(formula) for formula, _ in rows), default=0)
        for formula, remark in rows:
            yield self.style.detail(formula, remark, width)
        for parent in dict.fromkeys(c.parent for c in step.contributions if c.parent in arrived):
            arrived[parent] += sum(c.parent is parent for c in step.contributions)
            accumulation = self.trace.sums[parent]
            if arrived[parent] == accumulation.count:
                name, copy = self.code(self.trace.name(parent)), GATES["copy"].role
                yield self.style.remark(f"{name} is used {_times(accumulation.count)} (a copy is an {copy}: "
                                        f"{ROLES[copy]}): {self.code(self._added(parent))}")  # fmt: skip

    def _sum_line(self, c: Contribution, step: BackwardStep) -> str:
        return f"{self.trace.name(c.parent)} += {self.n(c.local)} × {self.n(step.upstream)} = {self.n(c.amount)}"

    def _remark(self, node: Value, index: int) -> str:
        """Why the local derivative is that number, where that is not plain: ``since ∂f/∂x = y``."""
        gate, parent = node.gate, node.parents[index]
        assert gate is not None
        formula, decided = reason(node, index)
        letters = formula_names(node, index, self.trace.names)
        text, _, value = formula_written(formula, letters, "text")
        if decided is not None and (gate.role == "router" or value is not None):
            left, sign, right = decided
            place = f"{formula_text(left, letters)} {sign} {formula_text(right, letters)}"
            local = node.local_derivatives[index]
            convention = f". {gate.note}" if sign == "=" or not math.isfinite(local) else ""
            return f"since {self.code(place)}{convention}"
        if value is not None:
            return gate.note if gate.role == "distributor" and value != 1 else ""
        if self.trace.is_ambiguous(node, parent):
            return f"since operand {index + 1} of {self.code(self.trace.name(node))} has the local derivative " \
                   f"{self.code(text)}"  # fmt: skip
        return f"since {self.code(f'{self.trace.d(node, parent)} = {text}')}"

    def _added(self, node: Value) -> str:
        """``3 + 4 = 7``, or ``3 + 4 + … (100 terms) = 350``."""
        accumulation = self.trace.sums[node]
        terms = [self.n(x) for x in accumulation.terms]
        if len(terms) < accumulation.count:
            terms.append(f"… ({accumulation.count:,} terms)")
        return f"{added(terms)} = {self.n(self.trace.gradients[node])}"

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
        width = max(map(len, lefts))
        for left, node in zip(lefts, shown, strict=True):
            yield self.style.row(f"{left:<{width}} = {self.n(trace.gradients[node])}")

    # ------------------------------------------------------------ path by path

    def paths(self, found: Paths) -> Iterator[str]:
        trace = self.trace
        start, output = self.code(trace.name(found.start)), self.code(trace.name(trace.output))
        many = counted(found.count)
        yield from self.style.heading(
            f"Paths from {start} to {output}", f"{many}. Along a path the local derivatives multiply; "
            "where paths meet, the products add.")  # fmt: skip
        if not found.complete:
            yield self.style.item("", f"The {len(found.shown)} whose products are largest in size:")
        for number, path in enumerate(found.shown, 1):
            yield self.style.item(number, self.code(self._route(path)) + self._turns(path))
            for line in self._product(path):
                yield self.style.detail(line, "", 0)
        total = self.n(trace.gradients[found.start])
        slope = trace.d(trace.output, found.start)
        if not found.complete:
            yield self.style.item("", f"The sum over all paths, found by backpropagation in one visit to each of the "
                                      f"{trace.gates.total():,} gates: {self.code(f'{slope} = {total}')}")  # fmt: skip
        elif len(found.shown) > 1:
            terms = added([self.n(path.product) for path in found.shown])
            yield self.style.item("", f"Their sum: {self.code(f'{slope} = {terms} = {total}')}")
        else:
            yield self.style.item("", f"The only path, so {self.code(f'{slope} = {total}')}")

    def _route(self, path: Path) -> str:
        return " → ".join(self._gap([self.trace.name(node) for node in ends(path.nodes)], len(path.nodes)))

    def _gap(self, texts: Sequence[str], length: int) -> Sequence[str]:
        return gap(texts, length, f"… ({length - len(texts):,} more) …")

    def _turns(self, path: Path) -> str:
        """Which operand a path enters by, where its gate has the same operand more than once."""
        turns = [
            f"operand {edge + 1} of {self.code(self.trace.names[node].text)}"
            for parent, node, edge in zip(path.nodes, path.nodes[1:], path.edges, strict=False)
            if len(node.parents) > 1 and node.parents.count(parent) > 1
        ]
        return f" (by {', '.join(turns[:ENDS])}{', …' * (len(turns) > ENDS)})" if turns else ""

    def _product(self, path: Path) -> Iterator[str]:
        """A path's product three times: as derivatives, as formulas, as numbers."""
        names = self.trace.names
        if not path.edges:
            yield "1: the derivative of anything by itself"
            return
        edges = list(zip(path.nodes, path.nodes[1:], path.edges, strict=False))
        symbols = [self.trace.d(node, parent) for parent, node, _ in ends(edges)]
        formulas = [
            _factor(formula_written(reason(node, edge).formula, formula_names(node, edge, names), "text"))
            for _, node, edge in ends(edges)
        ]
        formulas = [f"({x})" if i and x.startswith("-") else x for i, x in enumerate(formulas)]
        numbers = [self.n(x) for x in ends(path.locals)]
        result = self.n(path.product)
        if len(edges) == 1:  # ∂f/∂x would be taken for the sum over all paths
            yield " = ".join(dict.fromkeys((*formulas, *numbers)))
            return
        yield " × ".join(self._gap(symbols, len(edges)))
        if formulas != numbers:
            yield "= " + " × ".join(self._gap(formulas, len(edges)))
        yield "= " + " × ".join(self._gap(numbers, len(edges))) + f" = {result}"


def _factor(formula: Written) -> str:
    return formula.text if formula.precedence >= MULTIPLICATIVE else f"({formula.text})"


def added(terms: Sequence[str]) -> str:
    """``3 + (−4)``: a sum whose terms keep their own signs."""
    return " + ".join([*terms[:1], *(f"({term})" if term.startswith(MINUS) else term for term in terms[1:])])


def _times(count: int) -> str:
    return "twice" if count == 2 else f"{count:,} times"


def counted(count: int) -> str:
    """How many paths, in words: exactly while the digits can be read."""
    if count > EXACT:
        return "more than 1e100 paths"
    if count >= 10**15:
        return f"about {count:.3g} paths"
    return f"{count:,} path{'s' * (count != 1)}"
