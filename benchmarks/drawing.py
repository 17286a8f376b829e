"""Drawing against Graphviz: ``python benchmarks/drawing.py``.

Milliseconds from a graph of scalars to SVG text, every gate drawn, at 20, 200, 2,000 and 10,000 nodes: the built-in
layout with all its numbers, the compact style, and dot with plain circles and no text, which is less work. dot is given
two minutes. The graphs: scalar networks, which are what people draw, chains, and gates at random.
"""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import time
from functools import partial

from timing import fastest, table

import viz
from autograd import Value, topological_order
from nn import MLP

#: Seconds that dot is given.
PATIENCE = 120.0


def network(nodes: int) -> Value:
    """A scalar network of about that many nodes: 2-h-h-1, tanh."""
    hidden = max(1, round((nodes / 2.2) ** 0.5))
    y = MLP(2, [hidden, hidden, 1], activation="tanh", seed=0)([Value(1.0, "x0"), Value(2.0, "x1")])
    return backward(y)


def chain(nodes: int) -> Value:
    """One gate after the other, with the same leaf in each second one."""
    x = Value(1.0, "x")
    y = x
    for i in range(nodes // 2):
        y = (y * 0.5).tanh() if i % 2 else y + x
    return backward(y)


def mixed(nodes: int) -> Value:
    """Random gates over recent values: every shape that expressions have."""
    draw = random.Random(0)
    values = [Value(draw.uniform(-1, 1), f"x{i}") for i in range(max(2, nodes // 4))]
    unused = list(values)
    while len(values) < nodes:
        a, b = (
            unused.pop(draw.randrange(len(unused))) if unused and draw.random() < 0.75 else draw.choice(values[-50:])
            for _ in range(2)
        )
        values.append(draw.choice((a + b, a * b, a - b, a.tanh())))
        unused.append(values[-1])
    total = unused[0]
    for value in unused[1:]:
        total = total + value
    return backward(total)


def backward(output: Value) -> Value:
    output.backward()
    for value in topological_order(output):
        value.scope = ""  # every gate in one frame, the hardest case
    return output


def ours(output: Value, style: str) -> str:
    return viz.draw(output, style=style, expand=True, names=False).svg


def dot(output: Value) -> str:
    """dot's SVG of the same graph: circles and splines, no numbers."""
    order = topological_order(output)
    place = {value: i for i, value in enumerate(order)}
    edges = "".join(f"{place[p]}->{place[v]};" for v in order for p in v.parents)
    source = f'digraph{{rankdir=LR;node[shape=circle,label=""];edge[dir=none];{edges}}}'
    done = subprocess.run(["dot", "-Tsvg"], input=source, capture_output=True, text=True, timeout=PATIENCE, check=True)
    return done.stdout


def shown(seconds: float) -> str:
    return f"{seconds * 1000:,.0f}" if seconds < PATIENCE else f"> {PATIENCE * 1000:,.0f}"


def main() -> None:
    rows: list[tuple[str, ...]] = []
    installed = shutil.which("dot") is not None
    for make in (network, chain, mixed):
        patient = installed
        for size in (20, 200, 2_000, 10_000):
            output = make(size)
            styles = {style: partial(ours, output, style) for style in ("circuit", "compact")}
            best = fastest(styles, turns=3 if size < 5_000 else 1)
            other = "not tried" if installed else "not installed"
            if patient:
                try:
                    start = time.perf_counter()
                    dot(output)
                    other = shown(time.perf_counter() - start)
                except subprocess.TimeoutExpired:
                    other, patient = shown(PATIENCE), False
                except subprocess.CalledProcessError:  # dot recurses: it runs out of stack on long chains
                    other, patient = "crashed", False
            rows.append((make.__name__, f"{len(topological_order(output)):,}", *map(shown, best.values()), other))
            print(".", end="", flush=True, file=sys.stderr)
    print(file=sys.stderr)
    print(table(("graph", "nodes", "circuit, ms", "compact, ms", "dot, ms"), rows))


if __name__ == "__main__":
    main()
