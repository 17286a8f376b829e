"""The paths from a Value to the output in words: each with its product, as derivatives, formulas and numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from viz.explanation.series import ENDS, ends, gap
from viz.explanation.style import Style
from viz.explanation.trace import Trace
from viz.paths import EXACT, Path, Paths
from viz.text.equations import EQUAL, product, total
from viz.text.notation import factor, joined


class PathWords:
    """Tells paths in a style."""

    def __init__(self, trace: Trace, style: Style) -> None:
        self.trace, self.style = trace, style
        self.n, self.code = trace.number, style.code

    def lines(self, found: Paths) -> Iterator[str]:
        trace = self.trace
        start, output = self.code(trace.name(found.start)), self.code(trace.name(trace.output))
        many = counted(found.count)
        yield from self.style.heading(
            f"Paths from {start} to {output}",
            f"{many}. Along a path the local derivatives multiply; where paths meet, the products add.",
        )
        if not found.complete:
            yield self.style.item("", f"The {len(found.shown)} whose products are largest in size:")
        for number, path in enumerate(found.shown, 1):
            yield self.style.item(number, self.code(self._route(path)) + self._turns(path))
            for line in self._product(path):
                yield self.style.detail(line, "", 0)
        whole = self.n(trace.gradients[found.start])
        slope = trace.d(trace.output, found.start)
        if not found.complete:
            yield self.style.item(
                "",
                f"The sum over all paths, found by backpropagation in one visit to each of the "
                f"{trace.gates.total():,} gates: {self.code(f'{slope} = {whole}')}",
            )
        elif len(found.shown) > 1:
            terms = summed(trace, [path.product for path in found.shown], trace.gradients[found.start])
            yield self.style.item("", f"Their sum: {self.code(f'{slope} = {terms}')}")
        else:
            yield self.style.item("", f"The only path, so {self.code(f'{slope} = {whole}')}")

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
        slopes = [self.trace.slope(node, edge, names, "text") for _, node, edge in ends(edges)]
        formulas = [factor(slope, "text") for slope in slopes]
        locals_ = ends(path.locals)
        rounded = [self.n(x) for x in locals_]
        if len(edges) == 1:  # ∂f/∂x would be taken for the sum over all paths
            yield " = ".join(dict.fromkeys((slopes[0].text, *rounded)))
            return
        number, sign = self.trace.format, EQUAL
        if len(locals_) == len(edges):
            number, sign = self.trace.equation(locals_, path.product, product)
        yield self._times(symbols, edges)
        if formulas != rounded:
            yield f"= {self._times(formulas, edges)}"
        yield f"= {self._times([number(x) for x in locals_], edges)} {sign} {self.n(path.product)}"

    def _times(self, factors: Sequence[str], edges: Sequence[object]) -> str:
        return joined(" × ", self._gap(factors, len(edges)), "text")


def summed(trace: Trace, terms: Sequence[float], result: float, left_out: Sequence[str] = ()) -> str:
    """``3 + (−4) = −1``, so that it holds as printed; `left_out` says how many terms are not written."""
    number, sign = (trace.format, EQUAL) if left_out else trace.equation(terms, result, total)
    written = joined(" + ", [*map(number, terms), *left_out], "text")
    return f"{written} {sign} {trace.number(result)}"


def counted(count: int) -> str:
    """How many paths, in words: exactly while the digits can be read."""
    if count > EXACT:
        return "more than 1e100 paths"
    if count >= 10**15:
        return f"about {count:.3g} paths"
    return f"{count:,} path{'s' * (count != 1)}"
