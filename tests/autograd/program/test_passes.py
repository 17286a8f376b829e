"""Each pass by itself: what it does to a tape, and what it leaves alone."""

from __future__ import annotations

import pytest

import autograd
from autograd import GATES, Value
from autograd.program import passes
from autograd.program.padding import pad_ragged
from autograd.program.plan import Apply, Gather, MatMul, SumProducts, planned
from autograd.program.tape import Dot, carries_lanes, record


@pytest.fixture
def leaves():
    return [Value(float(i + 2), name) for i, name in enumerate(("x", "y", "v", "w"))]


def tape_of(output, inputs=()):
    outputs = output if isinstance(output, list) else [output]
    return record(outputs, list(inputs))[0]


def names_of(tape):
    return [getattr(operation, "name", operation) for operation in tape.operations if operation is not None]


def test_recording_tells_inputs_parameters_and_constants_apart(leaves):
    x, _, _, w = leaves
    tape, parameters = record([w * x + 3.0], [x])
    assert parameters == [w]
    assert [tape.names[row] for row in (*tape.inputs, *tape.parameters)] == ["x", "w"]
    assert list(tape.constants.values()) == [3.0]


def test_a_gate_of_constants_is_folded(leaves):
    x, *_ = leaves
    two = Value(2.0, requires_grad=False)
    tape = passes.fold_constants(tape_of(x * (two * 3 + 1).exp(), [x]))
    assert names_of(tape) == ["mul"]
    assert pytest.approx(1096.6331584284585) in tape.constants.values()  # e⁷


def test_a_constant_outside_a_domain_is_left_to_the_run(leaves):
    x, *_ = leaves
    two = Value(2.0, requires_grad=False)
    output = x * two.log()
    two.data = -2.0
    assert names_of(passes.fold_constants(tape_of(output, [x]))) == ["log", "mul"]
    with pytest.raises(autograd.DomainError, match="log"):
        autograd.compile(output, [x]).forward([[1.0]])


def test_squares_become_products_and_half_powers_roots(leaves):
    x, y, *_ = leaves
    assert names_of(passes.simplify_powers(tape_of([x**2, x**0.5, x**3, x**y]))) == ["mul", "sqrt", "pow", "pow"]


def test_equal_gates_are_merged(leaves):
    x, y, *_ = leaves
    tape = tape_of([x * y + 2.0, y * x + 2.0, x - y, y - x])
    assert names_of(tape).count("mul") == 2
    merged = passes.merge_equal(tape)
    assert sorted(names_of(merged)) == ["add", "mul", "sub", "sub"]
    assert merged.outputs[0] == merged.outputs[1]
    assert merged.outputs[2] != merged.outputs[3]


def test_zero_and_minus_zero_are_different_constants(leaves):
    x, *_ = leaves
    assert sorted(map(str, passes.merge_equal(tape_of([x * 0.0, x * -0.0])).constants.values())) == ["-0.0", "0.0"]


def test_what_no_output_needs_is_dropped_but_leaves_stay(leaves):
    x, y, *_ = leaves
    tape = tape_of([x * y, x + y], [x])
    tape.outputs.pop()
    dropped = passes.drop_dead(tape)
    assert names_of(dropped) == ["mul"]
    assert len(dropped.inputs) == len(dropped.parameters) == 1


def test_lanes_are_carried_from_the_inputs_on(leaves):
    x, y, _, w = leaves
    tape = tape_of([w * y, (w * y) * x], [x])
    assert [tape.names.get(row, "gate") for row, lane in enumerate(carries_lanes(tape)) if lane] == ["x", "gate"]


def test_a_sum_of_products_is_fused(leaves):
    x, y, v, w = leaves
    fused = passes.fuse_sums(tape_of(v * x + y * w + 1.0, [x, y]))
    assert [operation for operation in fused.operations if operation] == [Dot(2, 1)]
    left = [fused.names[row] for row in fused.operands[-1][:2]]
    assert left == ["v", "w"]  # the scalars stand on the left


def test_a_product_that_others_read_is_not_fused_away(leaves):
    x, _, v, w = leaves
    product = v * x
    fused = passes.fuse_sums(tape_of([product + w, product], [x]))
    assert names_of(fused) == ["mul", "add"]


def test_what_needs_no_input_is_added_up_once(leaves):
    x, y, v, w = leaves
    fused = passes.fuse_sums(tape_of(x * v + v * w + y * w + v, [x]))
    lanes = carries_lanes(fused)
    sums = {bool(lanes[row]): op for row, op in enumerate(fused.operations) if isinstance(op, Dot)}
    assert sums == {True: Dot(1, 1), False: Dot(2, 1)}


def test_sums_of_different_lengths_at_one_depth_are_made_equally_long(leaves):
    inputs = [Value(0.0) for _ in range(6)]
    sums = [autograd.dot(inputs[:n], inputs[3 : 3 + n]) for n in (2, 3, 3)]
    padded = pad_ragged(passes.fuse_sums(tape_of(sums, inputs)))
    assert [op.pairs for op in padded.operations if isinstance(op, Dot)] == [3, 3, 3]


def layer(inputs, neurons, gate=Value.tanh):
    return [
        gate(autograd.dot([Value(0.1 * i + 0.01 * j) for j in range(len(inputs))], inputs, Value(0.5)))
        for i in range(neurons)
    ]


def instructions_of(outputs, inputs):
    return planned(passes.fuse_sums(tape_of(outputs, inputs))).instructions


def test_a_layer_is_one_matrix_product_and_one_group():
    x = [Value(0.0) for _ in range(5)]
    product, activation = instructions_of(layer(x, 7), x)
    assert isinstance(product, MatMul)
    assert (product.rows, product.inner, product.columns) == (7, 5, 1)
    assert isinstance(activation, Apply)
    assert (activation.gate, activation.out.size) == (GATES["tanh"], 7)


def test_layers_need_no_gathering():
    x = [Value(0.0) for _ in range(4)]
    instructions = instructions_of(layer(layer(layer(x, 6), 6), 3), x)
    assert [type(instruction) for instruction in instructions] == [MatMul, Apply] * 3


def test_one_matrix_on_several_vectors_is_one_product():
    vectors = [[Value(0.0) for _ in range(4)] for _ in range(3)]
    weights = [[Value(0.1) for _ in range(4)] for _ in range(5)]
    outputs = [autograd.dot(row, vector) for vector in vectors for row in weights]
    inputs = [x for vector in vectors for x in vector]
    instructions = instructions_of(outputs, inputs)
    (product,) = [i for i in instructions if isinstance(i, MatMul)]
    assert (product.rows, product.inner, product.columns) == (5, 4, 3)


def test_products_of_lanes_run_side_by_side():
    x = [Value(0.0) for _ in range(6)]
    (gather, *_, products) = instructions_of([x[i] * x[5 - i] + x[1] * x[i] for i in range(3)], x)
    assert isinstance(gather, Gather)
    assert isinstance(products, SumProducts)
    assert (products.out.size, products.inner) == (3, 2)


def test_results_lie_side_by_side_after_the_inputs():
    x = [Value(0.0) for _ in range(5)]
    first, second = instructions_of(layer(x, 7), x)
    assert (first.out.start, first.out.stop, second.out.start) == (5, 12, 12)
