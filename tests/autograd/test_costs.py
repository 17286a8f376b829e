"""What the engine's work costs, counted without a clock: bytes of a node, function calls, gates visited.

A number here that grows is a loss of speed or memory on every machine, so it is changed on purpose or not at all.
"""

from __future__ import annotations

import gc
import sys
import threading

import pytest

import autograd
from autograd import Value, backward_steps, topological_order


@pytest.mark.parametrize(
    "make",
    [
        lambda x, y: x,
        lambda x, y: x * y,
        lambda x, y: x.exp(),
        lambda x, y: autograd.sum([x, y, x]),
    ],
    ids=["leaf", "two operands", "one operand", "three operands"],
)
def test_a_node_is_ten_slots(make):
    class TenSlots:
        """What Python itself takes for ten slots: 112 bytes in 3.11, 120 from 3.12 on, its two headers included."""

        __slots__ = ("__weakref__", *"abcdefghi")

    node = make(Value(1.0), Value(2.0))
    assert sys.getsizeof(node) == sys.getsizeof(TenSlots()) <= 120
    assert not hasattr(node, "__dict__")


def python_calls(function):
    """How many Python functions a call of `function` enters, itself not counted."""
    entered = []

    def note(frame, event, _):
        if event == "call":
            entered.append(frame.f_code.co_name)

    gc.collect()
    gc.disable()  # finalizers of what earlier tests left would be counted
    sys.setprofile(note)
    try:
        function()
    finally:
        sys.setprofile(None)
        gc.enable()
    return len(entered) - 1


def test_a_gate_of_values_is_one_python_function():
    x, y = Value(2.0), Value(3.0)
    assert python_calls(lambda: x * y) == 1
    assert python_calls(lambda: x + y) == 1
    assert python_calls(lambda: x.tanh()) == 1


def test_a_dot_product_enters_as_many_functions_for_a_thousand_products_as_for_one():
    counts = set()
    for size in (1, 1000):
        weights, inputs = [Value(0.5) for _ in range(size)], [Value(2.0) for _ in range(size)]
        counts.add(python_calls(lambda weights=weights, inputs=inputs: autograd.dot(weights, inputs)))
    assert len(counts) == 1


def test_a_backward_pass_enters_as_many_functions_for_a_thousand_gates_as_for_one():
    counts = set()
    for size in (1, 1000):
        output = Value(0.5)
        for _ in range(size):
            output = output * 1.001
        counts.add(python_calls(output.backward))
    assert len(counts) == 1


def test_the_same_holds_where_another_thread_is_running():
    end = threading.Event()
    thread = threading.Thread(target=end.wait)
    thread.start()
    try:
        test_a_backward_pass_enters_as_many_functions_for_a_thousand_gates_as_for_one()
    finally:
        end.set()
        thread.join()


def doubled(times):
    """x + x, and that plus itself, ...: as many gates as doublings, and 2 to that power paths."""
    value = Value(1.0)
    for _ in range(times):
        value = value + value
    return value


def test_each_gate_is_visited_once_however_many_paths_lead_through_it():
    output = doubled(200)
    assert len(topological_order(output)) == 201
    assert sum(1 for _ in backward_steps(output)) == 200
    leaf = topological_order(output)[0]
    assert leaf.grad == 2.0**200
