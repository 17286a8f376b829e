"""The eager engine against micrograd and PyTorch's 0-d tensors: ``python benchmarks/engine.py``.

One step of micrograd's moons demo (2-16-16-1 ReLU, 100 rows, hinge loss, L2), forward and backward, each in its own
idiom: ours with `autograd.dot` and `autograd.sum`, the peers' with ``sum``. Then the cost of a gate as graphs grow,
and the memory of a node. PyTorch's tensors are so slow at this that they do 4 rows, and their time is scaled up.
"""

from __future__ import annotations

import gc
import random
import sys
import tracemalloc
from collections.abc import Callable, Sequence
from itertools import pairwise
from math import cos, pi, sin
from typing import Any

from timing import fastest, table

import autograd
from autograd import Value

ROWS = 100


def moons(rows: int) -> tuple[list[list[float]], list[int]]:
    draw = random.Random(0)
    xs, ys = [], []
    for i in range(rows):
        angle, upper = draw.uniform(0, pi), i % 2
        x, y = (cos(angle), sin(angle)) if upper else (1 - cos(angle), 0.5 - sin(angle))
        xs.append([x + draw.gauss(0, 0.1), y + draw.gauss(0, 0.1)])
        ys.append(2 * upper - 1)
    return xs, ys


class Network:
    """2-16-16-1 with ReLU: weights[layer][neuron], the last of them the bias."""

    def __init__(self, make: Callable[[float], Any], dot: Callable[[Sequence[Any], Sequence[Any], Any], Any]) -> None:
        draw, sizes = random.Random(1), (2, 16, 16, 1)
        self.layers = [
            [[make(draw.uniform(-1, 1)) for _ in range(n_in + 1)] for _ in range(n_out)]
            for n_in, n_out in pairwise(sizes)
        ]
        self.parameters = [p for layer in self.layers for neuron in layer for p in neuron]
        self.dot = dot

    def __call__(self, x: Sequence[Any]) -> Any:
        for i, layer in enumerate(self.layers):
            x = [self.dot(neuron[:-1], x, neuron[-1]) for neuron in layer]
            if i < len(self.layers) - 1:
                x = [value.relu() for value in x]
        return x[0]


def step(network: Network, make: Callable[[float], Any], add: Callable[[Any], Any], rows: int) -> Callable[[], float]:
    xs, ys = moons(rows)

    def run() -> float:
        scores = [network([make(v) for v in x]) for x in xs]
        losses = [(1 + -y * score).relu() for y, score in zip(ys, scores, strict=True)]
        loss = add(losses) * (1.0 / rows) + 1e-4 * add([p * p for p in network.parameters])
        for p in network.parameters:
            p.grad = None if hasattr(p, "requires_grad_") else 0.0
        loss.backward()
        return float(loss.data)

    return run


def plain_dot(ws: Sequence[Any], xs: Sequence[Any], bias: Any) -> Any:
    return sum((w * x for w, x in zip(ws, xs, strict=True)), bias)


def contestants() -> dict[str, Callable[[], float]]:
    import torch
    from micrograd.engine import Value as Micrograd

    torch.set_num_threads(1)

    def constant(x: float) -> Value:
        return Value(x, requires_grad=False)

    def parameter(x: float) -> Any:
        return torch.tensor(x, dtype=torch.float64, requires_grad=True)

    def tensor(x: float) -> Any:
        return torch.tensor(x, dtype=torch.float64)

    return {
        "gatewise": step(Network(Value, autograd.dot), constant, autograd.sum, ROWS),
        "gatewise, sum() for dot": step(Network(Value, plain_dot), constant, sum, ROWS),
        "micrograd": step(Network(Micrograd, plain_dot), Micrograd, sum, ROWS),
        "PyTorch 0-d tensors": step(Network(parameter, plain_dot), tensor, sum, 4),
    }


def chain(gates: int) -> Callable[[], None]:
    def run() -> None:
        x = y = Value(1.0)
        w = Value(0.999)
        for _ in range(gates // 2):
            y = y * w + x
        y.backward()

    return run


def node_bytes() -> dict[str, float]:
    """Bytes a gate adds, as the allocator counts them, before and after backward has given it a gradient."""
    sizes = {}
    x, count = Value(1.5), 10_000
    for name, build in {"x * y": lambda y: x * y, "x + y": lambda y: x + y, "exp(y)": lambda y: y.exp()}.items():
        y, kept = Value(0.1), [None] * count
        gc.collect()
        tracemalloc.start()
        for i in range(count):
            kept[i] = build(y)
        sizes[name] = tracemalloc.get_traced_memory()[0] / count
        tracemalloc.stop()
    return sizes


def main() -> None:
    print(f"Python {sys.version.split()[0]}; one step of the moons demo, milliseconds, and micrograd's time over it\n")
    runs = contestants()
    rows = []
    for collector in (True, False):
        (gc.enable if collector else gc.disable)()
        best = fastest(runs, turns=5)
        best["PyTorch 0-d tensors"] *= ROWS / 4
        for name, seconds in best.items():
            ratio = best["micrograd"] / seconds
            rows.append((name, "on" if collector else "off", f"{seconds * 1e3:.1f}", f"{ratio:.1f}"))
        gc.enable()
        gc.collect()
    print(table(("engine", "cyclic collector", "ms", "× micrograd"), rows))

    print("\nBuilding, backward and freeing of a chain, nanoseconds a gate, and over the smallest\n")
    sizes, rows = (10_000, 100_000, 1_000_000), []
    for collector in (True, False):
        (gc.enable if collector else gc.disable)()
        best = fastest({str(n): chain(n) for n in sizes}, turns=3)
        per_gate = [best[str(n)] / n * 1e9 for n in sizes]
        rows.append(("on" if collector else "off", *(f"{t:.0f} ({t / per_gate[0]:.2f})" for t in per_gate)))
        gc.enable()
    print(table(("cyclic collector", *(f"{n:,} gates" for n in sizes)), rows))
    print("\nMemory of an interior node, bytes\n")
    print(table(("gate", "bytes"), [(name, f"{size:.0f}") for name, size in node_bytes().items()]))


if __name__ == "__main__":
    main()
