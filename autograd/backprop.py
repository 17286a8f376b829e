"""The chain rule over a whole graph: an order, a loop, and the same loop one gate at a time.

Why an order: a gate may pass its gradient on only when all of it has arrived, that is, after every gate that uses its
output has passed on theirs. In reversed topological order that is always so, and each gate is visited once, however
many paths lead through it. Why ``+=``: where paths meet, their contributions add up.
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from itertools import chain
from operator import add
from threading import RLock
from typing import Any, Generic, NamedTuple

from autograd.evaluate import backward_anomaly, check_finite, evaluate
from autograd.gates import Gate
from autograd.mode import mode
from autograd.node import N, Node, distribute, topological_order
from autograd.numbers import number


def _distributed(gates: Iterable[Node], order: list[Node], output: Node, seed: float) -> dict[Node, float]:
    """The gradients of all nodes, in a dict: the nodes are left alone. The loop is that of `node.distribute`."""
    gradients = dict.fromkeys(order, 0.0)
    gradients[output] = seed
    for node in gates:
        upstream = gradients[node]
        a, b = node._a, node._b
        if b is not None:
            gradients[a] += upstream * node._da
            gradients[b] += upstream * node._db
        elif a.__class__ is tuple:
            for parent, local in zip(a, node._da, strict=True):
                gradients[parent] += upstream * local
        else:
            gradients[a] += upstream * node._da
    return gradients


def _watched(gates: Iterable[Node], order: list[Node], output: Node, seed: float) -> dict[Node, float]:
    """The same as `_distributed`; an `AnomalyError` at the first gate that passes on a NaN or an infinity."""
    gradients = dict.fromkeys(order, 0.0)
    gradients[output] = seed
    for node in gates:
        upstream = gradients[node]
        for parent, local in zip(node.parents, node._locals(), strict=True):
            if parent._a is not None:
                amount = upstream * local
                if amount - amount != 0.0:
                    raise backward_anomaly(node, upstream, parent, local, amount)
                gradients[parent] += amount
    return gradients


#: Held while gradients are written where Python has no global interpreter lock to keep other threads out of a call.
_writing: Any = nullcontext() if getattr(sys, "_is_gil_enabled", lambda: True)() else RLock()
_grad_of, _set_grad = Node._grad.__get__, Node._grad.__set__  # type: ignore[attr-defined, misc]


def add_gradients(leaves: Iterable[Node], amounts: Iterable[float]) -> None:
    """leaf.grad += amount for each leaf: all of them or, if Ctrl-C or another exception comes, none.

    Threads that share leaves may do so at the same time, and no sum is lost.
    """
    _write((), (), leaves, amounts)


def _write(gates: Iterable[Node], gradients: Iterable[float], leaves: Iterable[Node], amounts: Iterable[float]) -> None:
    """gate.grad = gradient for each gate, and leaf.grad += amount for each leaf.

    The loop runs inside one call of C functions: neither the handler of a signal, which raises KeyboardInterrupt, nor
    another thread has its turn before it has ended.
    """
    with _writing:
        sums = map(add, map(_grad_of, leaves), amounts)
        deque(map(_set_grad, chain(gates, leaves), chain(gradients, sums)), maxlen=0)


def _checked_start(output: Node, seed: float) -> float:
    """The seed as a float; refuses what backward cannot start from."""
    if not isinstance(output, Node):
        raise TypeError(f"backward starts from a Node, but was given {output!r} of type {type(output).__name__}")
    _refuse_recording("runs backward")
    start = number(seed)
    if start is None:
        raise TypeError(f"the seed, ∂output/∂output, is a number, but was given {seed!r}")
    if not output.requires_grad:
        raise without_graph(output)
    return start


def without_graph(output: Node) -> ValueError:
    """The error for a constant that is to be differentiated."""
    return ValueError(
        f"{output!r} has no graph to go back through: it is a constant, was detached, or was made under no_grad()"
    )


def _refuse_recording(what: str) -> None:
    trace = mode.get().checks.trace
    if trace is not None:
        trace.refuse(f"{what}: the numbers that leaves in .grad are of one row; use grad(y, xs, create_graph=True)")


def backward(output: Node, seed: float = 1.0) -> None:
    """Add ∂output/∂leaf × seed into the `grad` of every leaf the output depends on, by reverse accumulation.

    Interior nodes end with the gradient of this call alone; leaves add this call's gradient to what they had, as in
    PyTorch. Constants are left as they were. All gradients are written at once, at the end: if Ctrl-C or an exception
    comes before, none has changed. Raises ValueError for an output without a graph, and under `detect_anomaly` an
    `AnomalyError` at the first gate that passes on a NaN or an infinity.
    """
    start = _checked_start(output, seed)
    order = topological_order(output)
    gates = [node for node in order if node.gate is not None]
    leaves = [node for node in order if node.gate is None]
    anomaly = mode.get().checks.anomaly
    if anomaly or len(sys._current_frames()) > 1:
        gradients = (_watched if anomaly else _distributed)(reversed(gates), order, output, start)
        leaves = [leaf for leaf in leaves if leaf._a is not None]
        _write(gates, map(gradients.__getitem__, gates), leaves, map(gradients.__getitem__, leaves))
    else:
        _backward_alone(output, start, order, gates, leaves)


def _backward_alone(output: Node, start: float, order: list[Node], gates: list[Node], leaves: list[Node]) -> None:
    """Where there is no other thread the nodes themselves may hold what has arrived, which is sooner done than in a
    dict. If an exception comes, everything is put back."""
    before = [node._grad for node in order]
    had = [leaf._grad for leaf in leaves]
    try:
        for node in order:
            node._grad = 0.0
        output._grad = start
        distribute(reversed(gates))
        for leaf, gradient in zip(leaves, had, strict=True):
            leaf._grad = gradient if leaf._a is None else gradient + leaf._grad
    except BaseException:
        for node, gradient in zip(order, before, strict=True):
            node._grad = gradient
        raise


class Contribution(NamedTuple, Generic[N]):
    """What one edge carries back: amount = upstream × local; `grad` is the parent's gradient after adding it."""

    parent: N
    local: float
    amount: float
    grad: float


class BackwardStep(NamedTuple, Generic[N]):
    """One gate's turn: its node, the gradient that had arrived there, and what it passed on to each operand."""

    node: N
    upstream: float
    contributions: tuple[Contribution[N], ...]


def backward_steps(output: N, seed: float = 1.0) -> Iterator[BackwardStep[N]]:
    """The backward pass one gate at a time; each step is yielded when its contributions have been added.

    Stop anywhere, look at the gradients so far, and go on. Run to its end it leaves the same gradients as `backward`,
    to the last bit. Constants get no contribution. The errors are those of `backward`, raised by this call itself.

    >>> from autograd import Value, backward_steps
    >>> x, w = Value(2.0, "x"), Value(3.0, "w")
    >>> for step in backward_steps(x * w):
    ...     for part in step.contributions:
    ...         print(part.parent.label, part.local, part.amount, part.grad)
    x 3.0 3.0 3.0
    w 2.0 2.0 2.0
    """
    start = _checked_start(output, seed)
    order = topological_order(output)
    gates = [node for node in reversed(order) if node.gate is not None]
    before = {node: node._grad for node in order if node.gate is None}
    for node in gates:
        node._grad = 0.0
    return _steps(output, gates, before, start)


def _steps(output: N, gates: list[N], before: dict[N, float], start: float) -> Iterator[BackwardStep[N]]:
    anomaly = mode.get().checks.anomaly
    arrived: dict[N, float] = {}  # what this pass alone has brought to each leaf, so that rounding is backward()'s
    if output.gate is None:
        output._grad = before[output] + start
        return
    output._grad = start
    for node in gates:
        upstream = node._grad
        contributions = []
        for parent, local in zip(node.parents, node.local_derivatives, strict=True):
            if parent._a is None:
                continue
            amount = upstream * local
            if parent.gate is None:
                arrived[parent] = arrived.get(parent, 0.0) + amount
                parent._grad = before[parent] + arrived[parent]
            else:
                parent._grad += amount
            if anomaly and amount - amount != 0.0:
                raise backward_anomaly(node, upstream, parent, local, amount)
            contributions.append(Contribution(parent, local, amount, parent._grad))
        yield BackwardStep(node, upstream, tuple(contributions))


class ForwardStep(NamedTuple, Generic[N]):
    """One gate's turn forward: the node, its gate, its operands in order, and the value it computes."""

    node: N
    gate: Gate
    operands: tuple[N, ...]
    value: float


def forward_steps(outputs: N | Iterable[N]) -> Iterator[ForwardStep[N]]:
    """The forward pass one gate at a time, in topological order, as it was recorded.

    >>> from autograd import Value, forward_steps
    >>> [(step.gate.name, step.value) for step in forward_steps(Value(2.0) * 3 + 1)]
    [('mul', 6.0), ('add', 7.0)]
    """
    for node in topological_order(outputs):
        if node.gate is not None:
            yield ForwardStep(node, node.gate, node.parents, node.data)


def recompute(outputs: Node | Sequence[Node]) -> None:
    """Evaluate the same graph again at the leaves' present `data`: new values, new local derivatives, same nodes.

    For sliders, and for finite differences on any node. Gradients stay as they are until the next backward. If a gate
    leaves its domain its `DomainError` is raised, and every node is as it was before the call.

    >>> from autograd import Value, recompute
    >>> x = Value(2.0)
    >>> y = x * x
    >>> x.data = 3.0
    >>> recompute(y)
    >>> y.data, y.local_derivatives
    (9.0, (3.0, 3.0))
    """
    _refuse_recording("recomputes a graph")
    gates = [node for node in topological_order(outputs) if node.gate is not None]
    before = [(node._data, node.local_derivatives) for node in gates]
    anomaly = mode.get().checks.anomaly
    try:
        for node in gates:
            gate: Gate = node.gate  # type: ignore[assignment]
            operands = node.parents
            node._data, *derivatives = evaluate(gate, operands)
            node._link(operands, tuple(derivatives))
            if anomaly:
                check_finite(gate, operands, node._data)
    except BaseException:
        for node, (data, old) in zip(gates, before, strict=True):
            node._data = data
            node._link(node.parents, old)
        raise
