"""Random graphs over every gate, and their eager evaluation row by row: what a program must agree with."""

from __future__ import annotations

import importlib.util
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import numpy as np
import pytest

import autograd
from autograd import GATES, Value, recompute


class Graph(NamedTuple):
    outputs: list[Value]
    inputs: list[Value]


def _positive(x: Value) -> Value:
    return x.abs() + 0.5


_SAFE: dict[str, Sequence[Callable[[Value], Value]]] = {
    "log": [_positive],
    "log1p": [_positive],
    "sqrt": [_positive],
    "div": [Value.tanh, _positive],
    "pow": [_positive, Value.tanh],
    "exp": [Value.tanh],
    "logsumexp": [Value.tanh],
}


def random_graph(seed: int, gates: int = 30) -> Graph:
    """A graph in which every gate may follow every other, inside their domains for any inputs."""
    rng = random.Random(seed)
    inputs = [Value(rng.uniform(-2, 2), f"x{i}") for i in range(rng.randint(1, 4))]
    parameters = [Value(rng.uniform(-2, 2), f"w{i}") for i in range(rng.randint(1, 6))]
    constants = [Value(rng.choice([0.0, 1.0, 2.0, -0.5]), requires_grad=False) for _ in range(2)]
    pool = [*inputs, *parameters, *constants]
    for _ in range(gates):
        gate = rng.choice(list(GATES.values()))
        count = gate.arity if gate.arity is not None else rng.randint(1, 5)
        safe = _SAFE.get(gate.name, [])
        operands = [rng.choice(pool[-12:] if rng.random() < 0.6 else pool) for _ in range(count)]
        operands = [safe[min(i, len(safe) - 1)](x) if safe else x for i, x in enumerate(operands)]
        result = gate(*operands)
        pool.append(result if abs(result.data) < 4 else result.tanh())
    weights = [Value(rng.uniform(-1, 1)) for _ in range(6)]
    loss = autograd.dot(weights, pool[-6:]) + autograd.sum([x * 0.1 for x in inputs])
    return Graph([loss, pool[-1] + inputs[0] * 0], inputs)


def eager(graph: Graph, rows: np.ndarray, parameters: Sequence[Value] = ()) -> tuple[np.ndarray, float, np.ndarray]:
    """Outputs (batch, outputs), the first output's mean, and its gradient, by evaluating the graph at each row."""
    before = [x.data for x in graph.inputs]
    values = []
    for parameter in parameters:
        parameter.grad = 0.0
    for row in rows:
        for x, number in zip(graph.inputs, row, strict=True):
            x.data = float(number)
        recompute(graph.outputs)
        values.append([output.data for output in graph.outputs])
        graph.outputs[0].backward(1.0 / len(rows))
    for x, number in zip(graph.inputs, before, strict=True):
        x.data = number
    recompute(graph.outputs)
    outputs = np.array(values)
    return outputs, float(outputs[:, 0].mean()), np.array([parameter.grad for parameter in parameters])


@pytest.fixture(scope="session")
def make_random_graph() -> Callable[..., Graph]:
    return random_graph


@pytest.fixture(scope="session")
def make_graph() -> type[Graph]:
    return Graph


@pytest.fixture(scope="session")
def evaluate_eagerly() -> Callable[..., tuple[np.ndarray, float, np.ndarray]]:
    return eager


@pytest.fixture(scope="session")
def gpt() -> ModuleType:
    """The benchmark's GPT of scalars."""
    path = Path(__file__).parents[3] / "benchmarks" / "scalar_gpt.py"
    specification = importlib.util.spec_from_file_location("scalar_gpt", path)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module
