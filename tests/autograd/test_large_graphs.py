"""The promises of the design about large graphs: nothing recurses, and nothing is left to the cyclic collector."""

import copy
import gc
import pickle
import sys
import weakref

from autograd import (
    Value,
    backward_steps,
    dot,
    grad,
    topological_order,
)

# 9. nothing recurses

MILLION = 1_000_000


def test_a_chain_of_a_million_gates_runs_both_ways_and_is_freed():
    limit = sys.getrecursionlimit()
    x = Value(1.0)
    y = x
    for _ in range(MILLION):
        y = y + x
    y.backward()
    assert y.data == MILLION + 1
    assert x.grad == MILLION + 1
    inner = weakref.ref(y.parents[0])
    del y
    assert inner() is None
    assert sys.getrecursionlimit() == limit


def test_a_deep_graph_is_copied_pickled_and_recomputed_without_recursion():
    x = Value(1.0, label="x")
    y = x
    for _ in range(50_000):
        y = y * 0.9999 + x
    for other in (copy.deepcopy(y), pickle.loads(pickle.dumps(y))):
        leaf = next(node for node in topological_order(other) if node.label == "x")
        other.backward()
        y.backward()
        assert other.data == y.data
        assert leaf is not x
        assert leaf.grad == x.grad
        x.grad = 0.0
    assert y.forward() == y.data


def test_copies_keep_sharing_and_labels():
    x = Value(2.0, label="x")
    y = x * x
    y.backward()
    for leaf, output in (copy.deepcopy((x, y)), pickle.loads(pickle.dumps((x, y)))):
        assert output.parents == (leaf, leaf)
        assert (leaf.label, leaf.grad, output.gate.name) == ("x", 4.0, "mul")


def test_a_shallow_copy_shares_its_parents():
    x = Value(2.0)
    y = x.exp()
    assert copy.copy(y).parents == (x,)


# 10. no reference cycles


def test_a_graph_is_freed_at_once_without_the_collector():
    gc.disable()
    try:
        x = Value(1.0)
        y = dot([x, x.tanh()], [2.0, 3.0]).sigmoid()
        y.backward()
        list(backward_steps(y))
        grad(grad(y, x, create_graph=True), x)
        inner = weakref.ref(y.parents[0])
        del y
        assert inner() is None
    finally:
        gc.enable()
