"""Recorded programs against micrograd, CasADi, PyTorch and JAX: ``python benchmarks/programs.py``.

Value and gradient of one step, float64, one thread, all contestants taking turns in one process; microseconds of the
fastest turn. Every contestant's numbers are checked against the first's. Ours read their parameters from the Values at
every call, as they do in training; ``at=array`` takes them from an array, as the matrix libraries do. A peer that is
not installed is left out.
"""

from __future__ import annotations

import os

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
os.environ["JAX_ENABLE_X64"] = "1"

import gc  # noqa: E402 - threads are set before anything starts some
from collections.abc import Callable, Iterator  # noqa: E402
from importlib.util import find_spec  # noqa: E402
from itertools import pairwise  # noqa: E402
from typing import Any, NamedTuple  # noqa: E402

import numpy as np  # noqa: E402
import peers  # noqa: E402
import scalar_gpt  # noqa: E402
from timing import fastest, table  # noqa: E402

import autograd  # noqa: E402
from autograd import Value  # noqa: E402

ROWS = 100
EXECUTORS = ("numpy", "numba") if find_spec("numba") else ("numpy",)

#: One step of a contestant: nothing is returned that the others don't compute as well.
Step = Callable[[], tuple[float, Any]]


class Target(NamedTuple):
    """`ours` takes at most `ratio` times as long as `peer`."""

    ours: str
    ratio: float
    peer: str


class Net(NamedTuple):
    """A network for batches: sizes of its layers, what bends them, its loss; and the numbers to run it on."""

    sizes: tuple[int, ...]
    activation: str
    loss: str
    weights: list[np.ndarray]
    biases: list[np.ndarray]
    rows: np.ndarray
    targets: np.ndarray


def net(sizes: tuple[int, ...], activation: str, loss: str) -> Net:
    rng = np.random.default_rng(0)
    weights = [rng.normal(0, n**-0.5, (m, n)) for n, m in pairwise(sizes)]
    biases = [rng.normal(0, 0.1, m) for m in sizes[1:]]
    outputs = sizes[-1]
    rows = rng.normal(size=(ROWS, sizes[0]))
    targets = np.eye(outputs)[rng.integers(0, outputs, ROWS)] if outputs > 1 else rng.choice([-1.0, 1.0], (ROWS, 1))
    return Net(sizes, activation, loss, weights, biases, rows, targets)


def graph_of(net: Net) -> tuple[Value, list[Value]]:
    """The loss of one row, gate by gate, and its inputs: the row and the target."""
    x = [Value(0.0, f"x{i}") for i in range(net.sizes[0])]
    target = [Value(0.0, f"target{i}") for i in range(net.sizes[-1])]
    h = x
    for layer, (weight, bias) in enumerate(zip(net.weights, net.biases, strict=True)):
        rows = [[Value(w) for w in row] for row in weight.tolist()]
        h = [autograd.dot(row, h, Value(b)) for row, b in zip(rows, bias.tolist(), strict=True)]
        if layer < len(net.weights) - 1:
            h = [each.relu() if net.activation == "relu" else each.tanh() for each in h]
    if net.loss == "hinge":
        loss = (1 - target[0] * h[0]).relu()
    elif net.loss == "mse":
        loss = (h[0] - target[0]) ** 2
    else:
        loss = autograd.logsumexp(h) - autograd.dot(target, h)
    return loss, x + target


def ours(loss: Value, inputs: list[Value], rows: np.ndarray) -> Iterator[tuple[str, Step]]:
    for executor in EXECUTORS:
        program = autograd.compile(loss, inputs, executor=executor)
        at = np.array([p.data for p in program.parameters])
        yield executor, lambda program=program: program.value_and_grad(rows)
        yield f"{executor}, at=array", lambda program=program, at=at: program.value_and_grad(rows, at=at)


def of_net(net: Net, *names: str) -> dict[str, Step]:
    """Ours and the peers of these names."""
    loss, inputs = graph_of(net)
    contestants = dict(ours(loss, inputs, np.hstack([net.rows, net.targets])))
    return contestants | {name: step for name in names if (step := peers.NETS[name](net)) is not None}


def gpt() -> dict[str, Step]:
    """One name per step; a turn is all the names, one after the other."""
    state = scalar_gpt.make_state()
    names = scalar_gpt.NAMES
    contestants: dict[str, Step] = {"eager Values": lambda: next(iter([_eager_step(state, name) for name in names]))}
    for executor in EXECUTORS:
        programs = {
            length: scalar_gpt.record(state, length, executor=executor) for length in sorted({len(n) for n in names})
        }
        rows = [np.array([scalar_gpt.row_of(name)]) for name in names]
        work = [(programs[len(name)], row) for name, row in zip(names, rows, strict=True)]
        points = {length: np.array([p.data for p in program.parameters]) for length, program in programs.items()}
        contestants[executor] = lambda work=work: next(iter([program.value_and_grad(row) for program, row in work]))
        contestants[f"{executor}, at=array"] = lambda programs=programs, rows=rows, points=points: next(
            iter(
                [
                    programs[len(name)].value_and_grad(row, at=points[len(name)])
                    for name, row in zip(names, rows, strict=True)
                ]
            )
        )
    torch = peers.torch_gpt(state, names)
    return contestants | ({"PyTorch": torch} if torch else {})


def _eager_step(state: scalar_gpt.State, name: str) -> tuple[float, None]:
    loss = scalar_gpt.eager_loss(state, name)
    loss.backward()
    return loss.data, None


CHAIN = 1000


def chain() -> dict[str, Step]:
    """x ← x · w, x ← x + w, one after the other, on one row."""
    x, weights = Value(0.5), [Value(0.9 + i / 100) for i in range(10)]

    def build(x: Any, weights: Any) -> Any:
        for i in range(CHAIN):
            x = x * weights[i % 10] if i % 2 else x + weights[(i + 3) % 10]
        return x

    def eager() -> tuple[float, None]:
        output = build(x, weights)
        output.backward()
        return output.data, None

    contestants = {"eager Values": eager, **dict(ours(build(x, weights), [x], np.array([[0.5]])))}
    casadi = peers.casadi_chain(build, 0.5, [w.data for w in weights])
    return contestants | ({"CasADi": casadi} if casadi else {})


class Workload(NamedTuple):
    title: str
    contestants: Callable[[], dict[str, Step]]
    steps: int
    targets: tuple[Target, ...]


WORKLOADS = (
    Workload(
        "2-16-16-1 ReLU, hinge, 100 rows",
        lambda: of_net(net((2, 16, 16, 1), "relu", "hinge"), "micrograd", "CasADi", "PyTorch", "JAX"),
        1,
        (Target("numpy", 0.5, "PyTorch"), Target("numba", 0.5, "JAX")),
    ),
    Workload(
        "64-32-10 ReLU, softmax cross entropy, 100 rows",
        lambda: of_net(net((64, 32, 10), "relu", "cross entropy"), "PyTorch", "JAX"),
        1,
        (Target("numpy", 0.6, "PyTorch"), Target("numba", 1.0, "JAX")),
    ),
    Workload(
        "2-16-16-1 tanh, MSE, 100 rows",
        lambda: of_net(net((2, 16, 16, 1), "tanh", "mse"), "PyTorch", "JAX"),
        1,
        (Target("numpy", 1.0, "PyTorch"), Target("numba", 1.0, "JAX")),
    ),
    Workload(
        f"scalar GPT, 16 wide, 4 heads, 1 layer, {len(scalar_gpt.NAMES)} names",
        gpt,
        len(scalar_gpt.NAMES),
        (Target("numpy", 1 / 100, "eager Values"), Target("numba", 1 / 300, "eager Values")),
    ),
    Workload(
        f"a chain of {CHAIN:,} gates, 1 row",
        chain,
        1,
        (Target("numpy", 1.0, "eager Values"), Target("numba", 2.0, "CasADi")),
    ),
)

_QUICK, _TOGETHER = 0.01, 10


def measured(contestants: dict[str, Step]) -> dict[str, float]:
    """Seconds of the fastest turn: a few turns of one step for all, many of ten steps for those that are quick."""
    first = next(iter(contestants.values()))()[0]
    for name, step in contestants.items():
        np.testing.assert_allclose(step()[0], first, rtol=1e-6, err_msg=name)
    gc.collect()
    gc.disable()
    best = fastest(contestants, 5)
    quick = {name: _repeated(step) for name, step in contestants.items() if best[name] < _QUICK}
    best |= {name: seconds / _TOGETHER for name, seconds in fastest(quick, 60).items()}
    gc.enable()
    return best


def _repeated(step: Step) -> Callable[[], None]:
    def steps() -> None:
        for _ in range(_TOGETHER):
            step()

    return steps


def recorded(gates: int) -> Callable[[], object]:
    """Recording and all passes, of a network with so many gates and 64 inputs."""
    rows = max(1, gates // (2 * 64 * 65))
    xs = [Value(0.1) for _ in range(64)]
    hidden = xs
    for _ in range(rows):
        hidden = [autograd.dot([Value(0.01) for _ in hidden], hidden, Value(0.0)).tanh() for _ in range(128)]
        hidden = [a * b for a, b in zip(hidden[:64], hidden[64:], strict=True)]
    output = autograd.sum(hidden)
    return lambda: autograd.compile(output, xs)


def main() -> None:
    sizes = (65_000, 1_000_000)
    seconds = fastest({f"{size:,}": recorded(size) for size in sizes}, 2)
    rows = [(name, f"{s:.2f}", f"{s / int(name.replace(',', '')) * 1e6:.1f}") for name, s in seconds.items()]
    print(f"Recording and all passes\n\n{table(('gates', 'seconds', 'µs a gate'), rows)}")
    for workload in WORKLOADS:
        best = measured(workload.contestants())
        lines = []
        for name, seconds in best.items():
            verdicts = [
                f"{seconds / best[peer]:.3g} of {peer}; to reach: {ratio:.3g}"
                for mine, ratio, peer in workload.targets
                if mine == name.split(",")[0] and peer in best
            ]
            lines.append((name, f"{seconds / workload.steps * 1e6:,.1f}", ", ".join(verdicts)))
        print(f"\n{workload.title}\n\n{table(('', 'µs a step', ''), lines)}")


if __name__ == "__main__":
    main()
