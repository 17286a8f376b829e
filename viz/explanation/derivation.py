r"""An explanation as one derivation in LaTeX: symbols first, numbers after.

Forward, each gate is one line, ``v_1 &= w_0 \cdot x_0 = 2 \cdot (-1) = -2``. Backward, the chain rule is written out
for each Value: the sum over its uses of upstream gradient times local derivative, first as derivatives, then with the
formulas of the gate table, then in numbers. Only amsmath is needed, and nothing that MathJax and KaTeX lack.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from autograd import Value
from autograd.gates import ADDITIVE
from viz.diagram.truth import PASSES, STALE
from viz.explanation.breaking import Row, fits, lines
from viz.explanation.reasons import decision_written, formula_names, reason
from viz.explanation.series import ends, gap
from viz.explanation.trace import Trace, is_all_numbers
from viz.paths import Path, Paths
from viz.text.equations import ABOUT, EQUAL, Printed, product, rule_of, total
from viz.text.formulas import formula_written
from viz.text.latex import name_latex
from viz.text.notation import (
    Written,
    expression_latex,
    factor,
    fitted,
    joined,
    number_written,
    parenthesized,
)
from viz.text.numbers import NumberFormat

#: How long one side of a line may be, in characters of LaTeX, and how many terms of a sum are written.
_FORMULA, _TERMS = 400, 6
#: The lengths that are tried for a formula that can't be broken.
_SHORTER = (_FORMULA, 250, 160, 100, 60)
_LEFT_OUT = Row("", (r"\;\;\vdots",), lead="")
_SIGNS = {EQUAL: "=", ABOUT: r"\approx"}
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
        warnings = [*([STALE[0]] if trace.stale else []), *([PASSES[0]] if trace.passes else [])]
        yield from (Row("", (rf"\text{{{warning.rstrip(';')}}}",), lead="") for warning in warnings)
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

    def texts(self, numbers: Sequence[float], number: NumberFormat) -> list[str]:
        return [number_written(x, "latex", number).text for x in numbers]

    def d(self, of: Value, by: Value) -> str:
        return rf"\frac{{\partial {self.names[of].text}}}{{\partial {self.names[by].text}}}"

    def _whole(self) -> str:
        inputs = set(self.trace.inputs)
        leaves = {node: name.text for node, name in self.trace.numbered.items() if node in inputs}
        texts = (expression_latex(self.trace.output, leaves, limit) for limit in _SHORTER)
        return next(filter(fits, texts), r"\dots")

    def _forward(self, node: Value) -> Row:
        assert node.gate is not None
        name, result = self.names[node].text, self.number(node.data).text
        symbols = self._gate(node, [self.names[parent] for parent in node.parents])
        if node in self.trace.stale:
            return Row(name, (symbols, result), r" \quad \text{(stale)}")
        data = [parent.data for parent in node.parents]
        number, sign = self.trace.equation(data, node.data, rule_of(node.gate))
        numbers = self._gate(node, [number_written(x, "latex", number) for x in data])
        sides = [numbers] if is_all_numbers(node, self.names) else list(dict.fromkeys((symbols, numbers)))
        return _row(name, sides, sign, result)

    def _gate(self, node: Value, operands: Sequence[Written]) -> str:
        """The gate over its operands; a comparison in parentheses, so that its sign is not read on."""
        assert node.gate is not None
        texts = (fitted(node.gate, operands, "latex", limit).text for limit in _SHORTER)
        text = next(filter(fits, texts), r"\dots")
        return text if node.gate.latex.precedence else parenthesized(text, "latex")

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
        rounded = self._numbers(uses, self.trace.format)
        number, sign = self._equation(node, uses)
        numbers, result = self._numbers(uses, number), self.number(self.trace.gradients[node]).text
        sides = [side for side in dict.fromkeys((symbols, "" if formulas == rounded else formulas, numbers)) if side]
        sides = [side for side in sides if side != left]
        remark = self._remark(uses)
        if len(uses) == 1:
            yield _row(left, sides, sign, result, remark)
            return
        for side in sides[:-1]:
            yield Row(left, (side,))
            left = ""
        yield _row(left, sides[-1:], sign, result, remark)

    def _equation(self, node: Value, uses: Sequence[Use]) -> tuple[NumberFormat, str]:
        """How the sum over the uses of upstream × (sum of local derivatives) is printed so that it holds."""
        if len(uses) > _TERMS or any(len(operands) > _TERMS for _, operands in uses):
            return self.trace.format, EQUAL  # terms are left out
        numbers: list[float] = []
        for consumer, operands in uses:
            numbers.append(1.0 if consumer is self.trace.output else self.trace.gradients[consumer])
            numbers += [consumer.local_derivatives[i] for i in operands]

        def rule(given: Sequence[Printed]) -> Printed:
            left = iter(given)
            return total([product([next(left), total([next(left) for _ in operands])]) for _, operands in uses])

        return self.trace.equation(numbers, self.trace.gradients[node], rule)

    def _sum(self, terms: Sequence[str], count: int) -> str:
        """Terms keep their signs: a later one that starts with a minus is put in parentheses."""
        return joined(" + ", [*terms, *([r"\cdots"] if count > len(terms) else [])], "latex")

    def _chained(self, consumer: Value, node: Value) -> str:
        return rf"{self.d(self.trace.output, consumer)} {self.d(consumer, node)}"

    def _formula(self, consumer: Value, operands: Sequence[int]) -> str:
        slopes = [self._slope(consumer, i) for i in operands[:_TERMS]]
        slope = slopes[0] if len(slopes) == 1 else Written(self._sum([s.text for s in slopes], len(operands)), ADDITIVE)
        if consumer is self.trace.output:
            return slope.text
        return joined(r" \cdot ", [self.d(self.trace.output, consumer), factor(slope, "latex")], "latex")

    def _numbers(self, uses: Sequence[Use], number: NumberFormat) -> str:
        """The sum over the uses in numbers: upstream × local, or local alone where the output itself is the user."""
        terms = []
        for consumer, operands in uses[:_TERMS]:
            locals_ = self.texts([consumer.local_derivatives[i] for i in operands[:_TERMS]], number)
            local = locals_[0] if len(operands) == 1 else self._sum(locals_, len(operands))
            if consumer is not self.trace.output:
                upstream = self.texts([self.trace.gradients[consumer]], number)[0]
                local = local if len(operands) == 1 else parenthesized(local, "latex")
                local = joined(r" \cdot ", [upstream, local], "latex")
            terms.append(local)
        return self._sum(terms, len(uses))

    def _slope(self, node: Value, index: int) -> Written:
        return self.trace.slope(node, index, self.names, "latex")

    def _remark(self, uses: Sequence[Use]) -> str:
        """What the routers on the way decided: ``(z > w)``."""
        decisions = []
        for node, operands in uses[:_TERMS]:
            for index in operands[:1] if node not in self.trace.stale else ():
                decided = reason(node, index).decided_by
                if decided is not None and self._slope(node, index).value is not None:
                    letters = formula_names(node, index, self.names)
                    left, right = (formula_written(side, letters, "latex") for side in (decided[0], decided[2]))
                    if left != right:  # not x = x
                        decisions.append(decision_written(decided, letters, "latex", self.trace.number))
        return rf" \quad \left({', '.join(decisions)}\right)" if decisions else ""

    # ------------------------------------------------------------ path by path

    def _paths(self, found: Paths) -> Iterator[Row]:
        slope = self.d(self.trace.output, found.start)
        whole = self.number(self.trace.gradients[found.start]).text
        for number, path in enumerate(found.shown, 1):
            route = gap([self.names[n].text for n in ends(path.nodes)], len(path.nodes), r"\cdots")
            yield Row("", (rf"\text{{path {number}: }} " + r" \to ".join(route),), lead="")
            yield self._product(path)
        if not found.complete:
            yield Row(slope, (whole,), r" \quad \text{(the sum over all paths)}")
        elif len(found.shown) == 1:
            yield Row(slope, (whole,))
        else:
            products = [path.product for path in found.shown]
            number_format, sign = self.trace.equation(products, self.trace.gradients[found.start], total)
            terms = self._sum(self.texts(products, number_format), len(products))
            yield _row(slope, [terms], sign, whole)

    def _product(self, path: Path) -> Row:
        edges = ends(list(zip(path.nodes, path.nodes[1:], path.edges, strict=False)))
        if not edges:
            return Row("", ("1",), lead=r"\quad ")
        count = len(path.edges)
        slopes = [self._slope(node, edge) for _, node, edge in edges]
        locals_ = ends(path.locals)
        result = self.number(path.product).text
        if count == 1:
            return _row("", [slopes[0].text], EQUAL, result, lead=r"\quad ")
        number, sign = self.trace.format, EQUAL
        if len(locals_) == count:
            number, sign = self.trace.equation(locals_, path.product, product)
        derivatives = " ".join(gap([self.d(node, parent) for parent, node, _ in edges], count, r"\cdots"))
        formulas = self._times([factor(slope, "latex") for slope in slopes], count)
        rounded = self._times(self.texts(locals_, self.trace.format), count)
        numbers = self._times(self.texts(locals_, number), count)
        sides = [derivatives, *([formulas] if formulas != rounded else []), numbers]
        return _row("", sides, sign, result, lead=r"\quad ")

    def _times(self, factors: Sequence[str], count: int) -> str:
        return joined(r" \cdot ", gap(factors, count, r"\cdots"), "latex")


def _row(left: str, sides: Sequence[str], sign: str, result: str, remark: str = "", lead: str = "= ") -> Row:
    """``left = sides ≈ result``, without the result where it is what the last side says already."""
    if sides[-1] == result:
        return Row(left, tuple(sides), remark, lead)
    return Row(left, (*sides, result), remark, lead, _SIGNS[sign])
