"""What a program costs, counted without a clock: instructions of a plan, calls of NumPy, rows recorded, bytes at rest.

A number here that grows is a loss of speed or memory on every machine, so it is changed on purpose or not at all.
"""

from __future__ import annotations

import gc
import tracemalloc
from collections import Counter

import numpy as np
import pytest

import autograd
from autograd import Value
from autograd.program import tape as tapes
from autograd.program.executors.numpy_executor import BoundToNumpy
from autograd.program.plan import planned
from autograd.program.tape import PackedTape, record


def network(sizes, bend):
    """The last layer of a network and its inputs."""
    inputs = [Value(0.0) for _ in range(sizes[0])]
    hidden = inputs
    for i, size in enumerate(sizes[1:], 1):
        hidden = [autograd.dot([Value(0.1) for _ in hidden], hidden, Value(0.1)) for _ in range(size)]
        if i < len(sizes) - 1:
            hidden = [bend(each) for each in hidden]
    return hidden, inputs


def kinds_of(plan):
    return dict(Counter(type(instruction).__name__ for instruction in plan.instructions))


def test_a_network_is_a_product_and_a_bend_for_each_layer():
    outputs, inputs = network((2, 16, 16, 1), Value.relu)
    assert kinds_of(autograd.compile(outputs, inputs).plan) == {"MatMul": 3, "Apply": 2}


def test_a_hinge_loss_adds_three_gates():
    (score,), inputs = network((2, 16, 16, 1), Value.relu)
    target = Value(1.0)
    plan = autograd.compile((1 - target * score).relu(), [*inputs, target]).plan
    assert kinds_of(plan) == {"MatMul": 3, "Apply": 5}  # mul, sub, relu


def test_a_softmax_cross_entropy_adds_three_gates():
    logits, inputs = network((64, 32, 10), Value.tanh)
    targets = [Value(0.0) for _ in logits]
    loss = autograd.logsumexp(logits) - autograd.dot(targets, logits)
    plan = autograd.compile(loss, inputs + targets).plan
    # logsumexp, the sum of target · logit, and their difference
    assert kinds_of(plan) == {"MatMul": 2, "Apply": 3, "SumProducts": 1}


@pytest.mark.parametrize(("length", "instructions"), [(3, 51), (4, 53), (7, 59)])
def test_a_letter_more_costs_the_gpt_two_instructions(gpt, length, instructions):
    program = gpt.record(gpt.make_state(), length)
    assert len(program.plan.instructions) == instructions
    assert kinds_of(program.plan)["MatMul"] == 6


def test_the_gpt_calls_numpy_so_often(gpt):
    program = gpt.record(gpt.make_state(), 4)
    bound = BoundToNumpy(program.plan, 1)
    bound.value_and_grad(np.zeros((1, 270)), np.array([p.data for p in program.parameters]), 1.0)
    assert len(bound.forward_calls) == 105
    assert len(bound.backward_calls) == 141


def test_recording_walks_through_the_graph_once(monkeypatch):
    walks = []
    walk = tapes.topological_order
    monkeypatch.setattr(tapes, "topological_order", lambda outputs: walks.append(walk(outputs)) or walks[-1])
    x = Value(1.0)
    output = x
    for _ in range(100):
        output = output * 2.0
    program = autograd.compile(output, [x])
    assert [len(order) for order in walks] == [201]  # x, and each gate with its number
    assert program.tape.gates == 100


def chain_of(gates):
    x, weights = Value(0.5), [Value(0.9 + i / 100) for i in range(5)]
    output = x
    for i in range(gates):
        output = output * weights[i % 5] if i % 2 else output + weights[(i + 3) % 5]
    return output, x


def test_a_tape_at_rest_takes_two_bytes_for_a_node_and_two_for_an_edge():
    output, x = chain_of(20_000)
    nodes, edges = 20_000 + 6, 2 * 20_000
    ends = 1 + 5 + 2  # the input and the parameters are among the first 256 rows, the output is not
    assert PackedTape(record([output], [x])[0]).nbytes == 2 * nodes + 2 * edges + ends


def test_a_program_at_rest_takes_under_10_bytes_a_node():
    output, x = chain_of(20_000)
    autograd.compile(output, [x])
    gc.collect()
    tracemalloc.start()
    program = autograd.compile(output, [x])
    gc.collect()
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size < 10 * 20_000
    assert program.parameters


def test_a_large_tape_needs_four_bytes_for_an_edge():
    x = Value(1.0)
    output = x
    for _ in range(70_000):
        output = output + x
    tape, _ = record([output], [x])
    assert PackedTape(tape).nbytes == 2 * 70_001 + 4 * 2 * 70_000 + 1 + 0 + 4
    assert planned(tape).lanes == 70_001
