r"""An explanation as one derivation in LaTeX: symbols first, numbers after.

Forward, each gate is one line, ``v_1 &= w_0 \cdot x_0 = 2 \cdot (-1) = -2``. Backward, the chain rule is written out
for each Value: the sum over its uses of upstream gradient times local derivative, first as derivatives, then with the
formulas of the gate table, then in numbers. Only amsmath is needed, and nothing that MathJax and KaTeX lack.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from autograd import Value
from autograd.gates import MULTIPLICATIVE, Gate
from viz.explanation.breaking import Row, fits, lines
from viz.explanation.paths import Path, Paths
from viz.explanation.series import ends, gap
from viz.explanation.trace import Trace, formula_names, reason
from viz.latex import name_latex
from viz.notation import (
    Written,
    expression_latex,
    fitted,
    formula_written,
    number_written,
)

#: How long one side of a line may be, in characters of LaTeX, and how many terms of a sum are written.
_FORMULA, _TERMS = 400, 6
#: The lengths that are tried for a formula that can't be broken.
_SHORTER = (_FORMULA, 250, 160, 100, 60)
_LEFT_OUT = Row("", (r"\;\;\vdots",), lead="")
#: An operand number for each use of a Value by one gate.
Use = tuple[Value, tuple[int, ...]]


def derivation(trace: Trace, paths: Sequence[Paths], limit: int) -> str:
    """The rows of the derivation, without the environment around them.

    With `paths`, only the Values on the way from their starts are derived, and each path's product is added. `limit`
    is how many Values are derived; of more, the first and the last.
    """
    return " \\\\\n".join(lines(_Derivation(trace).rows(paths, limit)))


class _Derivation:
    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.names = {
            node: Written(name_latex(name.text)) if name.value is None else self.number(name.value)
            for node, name in trace.numbered.items()
        }
        self.uses: dict[Value, list[Use]] = {}
        for node in reversed(trace.order):
            for parent in dict.fromkeys(node.parents):
                operands = tuple(i for i, other in enumerate(node.parents) if other is parent)
                self.uses.setdefault(parent, []).append((node, operands))

    def rows(self, paths: Sequence[Paths], limit: int) -> Iterator[Row]:
        trace = self.trace
        if trace.output.gate is None:
            name = self.names[trace.output].text
            yield Row(name, (self.number(trace.output.data).text,))
            yield Row(self.d(trace.output, trace.output), ("1",))
            return
        if len(trace.gates) > 0 and trace.gates.total() > 1:
            yield Row(self.names[trace.output].text, (self._whole(),))
        for node in trace.forward:
            yield _LEFT_OUT if node is None else self._forward(node)
        yield Row(self.d(trace.output, trace.output), ("1",))
        wanted = self._wanted(paths)
        for node in wanted if len(wanted) <= limit else [*wanted[: limit - limit // 2], None, *wanted[-(limit // 2) :]]:
            if node is None:
                yield _LEFT_OUT
            else:
                yield from self._backward(node)
        for found in paths:
            yield from self._paths(found)

    # ------------------------------------------------------------ pieces

    def number(self, x: float) -> Written:
        return number_written(x, "latex", self.trace.number)

    def d(self, of: Value, by: Value) -> str:
        return rf"\frac{{\partial {self.names[of].text}}}{{\partial {self.names[by].text}}}"

    def _whole(self) -> str:
        inputs = set(self.trace.inputs)
        leaves = {node: name.text for node, name in self.trace.numbered.items() if node in inputs}
        texts = (expression_latex(self.trace.output, leaves, limit) for limit in _SHORTER)
        return next(filter(fits, texts), r"\dots")

    def _forward(self, node: Value) -> Row:
        assert node.gate is not None
        symbols = self._applied(node.gate, [self.names[parent] for parent in node.parents])
        numbers = self._applied(node.gate, [self.number(parent.data) for parent in node.parents])
        values = dict.fromkeys((symbols, numbers, self.number(node.data).text))
        return Row(self.names[node].text, tuple(values))

    def _applied(self, gate: Gate, operands: Sequence[Written]) -> str:
        texts = (fitted(gate, operands, "latex", limit).text for limit in _SHORTER)
        return next(filter(fits, texts), r"\dots")

    # ------------------------------------------------------------ the chain rule, Value by Value

    def _wanted(self, paths: Sequence[Paths]) -> list[Value]:
        """The Values to derive, from the output back: all that want a gradient, or those on the way from the starts."""
        order = self.trace.order
        if paths:
            reached = {found.start for found in paths}
            for node in order:
                if not reached.isdisjoint(node.parents):
                    reached.add(node)
        else:
            reached = {node for node in order if node.requires_grad}
        return [node for node in reversed(order) if node in reached and node is not self.trace.output]

    def _backward(self, node: Value) -> Iterator[Row]:
        uses = self.uses[node]
        left = self.d(self.trace.output, node)
        direct = self.trace.output in (consumer for consumer, _ in uses)  # whose ∂f/∂x is not the whole ∂f/∂x
        symbols = (
            left if direct else self._sum([self._chained(consumer, node) for consumer, _ in uses[:_TERMS]], len(uses))
        )
        formulas = self._sum([self._formula(*use) for use in uses[:_TERMS]], len(uses))
        numbers = self._sum([self._numbers(*use) for use in uses[:_TERMS]], len(uses))
        result = self.number(self.trace.gradients[node]).text
        sides = [side for side in dict.fromkeys((symbols, formulas, numbers, result)) if side != left]
        remark = self._remark(uses)
        if len(uses) == 1:
            yield Row(left, tuple(sides), remark)
            return
        yield Row(left, (sides[0],))
        for side in sides[1:-2]:
            yield Row("", (side,))
        yield Row("", tuple(sides[-2:] if len(sides) > 2 else sides[-1:]), remark)

    def _sum(self, terms: Sequence[str], count: int) -> str:
        """Terms keep their signs: a later one that starts with a minus is put in parentheses."""
        kept = [*terms[:1], *(rf"\left({t}\right)" if t.startswith("-") else t for t in terms[1:])]
        return " + ".join([*kept, *([r"\cdots"] if count > len(terms) else [])])

    def _chained(self, consumer: Value, node: Value) -> str:
        return rf"{self.d(self.trace.output, consumer)} {self.d(consumer, node)}"

    def _formula(self, consumer: Value, operands: Sequence[int]) -> str:
        slopes = [self._slope(consumer, i) for i in operands[:_TERMS]]
        slope = slopes[0] if len(slopes) == 1 else Written(self._sum([s.text for s in slopes], len(operands)), 1)
        if consumer is self.trace.output:
            return slope.text
        return rf"{self.d(self.trace.output, consumer)} \cdot {_factor(slope, 1)}"

    def _numbers(self, consumer: Value, operands: Sequence[int]) -> str:
        locals_ = [self.number(consumer.local_derivatives[i]) for i in operands[:_TERMS]]
        many = len(operands) > 1
        local = Written(self._sum([x.text for x in locals_], len(operands)), 1) if many else locals_[0]
        if consumer is self.trace.output:
            return local.text
        upstream = self.number(self.trace.gradients[consumer])
        return rf"{_factor(upstream, 0)} \cdot {_factor(local, 1)}"

    def _slope(self, node: Value, index: int) -> Written:
        return formula_written(reason(node, index).formula, formula_names(node, index, self.names), "latex")

    def _remark(self, uses: Sequence[Use]) -> str:
        """What the routers on the way decided: ``(z > w)``."""
        decisions = []
        for node, operands in uses[:_TERMS]:
            for index in operands[:1]:
                decided = reason(node, index).decided_by
                if decided is not None and self._slope(node, index).value is not None:
                    letters = formula_names(node, index, self.names)
                    left, right = (formula_written(side, letters, "latex").text for side in decided[::2])
                    if left != right:
                        decisions.append(f"{left} {decided[1]} {right}")
        return rf" \quad \left({', '.join(decisions)}\right)" if decisions else ""

    # ------------------------------------------------------------ path by path

    def _paths(self, found: Paths) -> Iterator[Row]:
        slope = self.d(self.trace.output, found.start)
        total = self.number(self.trace.gradients[found.start]).text
        for number, path in enumerate(found.shown, 1):
            route = gap([self.names[n].text for n in ends(path.nodes)], len(path.nodes), r"\cdots")
            yield Row("", (rf"\text{{path {number}: }} " + r" \to ".join(route),), lead="")
            yield Row("", self._product(path), lead=r"\quad ")
        if found.complete:
            terms = self._sum([self.number(path.product).text for path in found.shown], len(found.shown))
            yield Row(slope, tuple(dict.fromkeys((terms, total))))
        else:
            yield Row(slope, (total,), r" \quad \text{(the sum over all paths)}")

    def _product(self, path: Path) -> tuple[str, ...]:
        edges = ends(list(zip(path.nodes, path.nodes[1:], path.edges, strict=False)))
        if not edges:
            return ("1",)
        slopes = [_factor(self._slope(node, edge), i) for i, (_, node, edge) in enumerate(edges)]
        locals_ = [_factor(self.number(x), i) for i, x in enumerate(ends(path.locals))]
        count = len(path.edges)
        derivatives = [self.d(node, parent) for parent, node, _ in edges] if count > 1 else slopes
        sides = [
            " ".join(gap(derivatives, count, r"\cdots")),
            r" \cdot ".join(gap(slopes, count, r"\cdots")),
            r" \cdot ".join(gap(locals_, count, r"\cdots")),
            self.number(path.product).text,
        ]
        return tuple(dict.fromkeys(sides))


def _factor(written: Written, position: int) -> str:
    """A factor of a product: sums, and what starts with a minus sign after another factor, in parentheses."""
    signed = position > 0 and written.text.startswith("-")
    return rf"\left({written.text}\right)" if written.precedence < MULTIPLICATIVE or signed else written.text
