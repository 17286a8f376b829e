"""What a Program is: its parameters, its batches, its errors."""

from __future__ import annotations

import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import autograd
from autograd import Value


@pytest.fixture
def neuron(executor):
    x1, x2 = Value(1.0, "x1"), Value(2.0, "x2")
    w1, w2, b = Value(0.5, "w1"), Value(-0.25, "w2"), Value(0.1, "b")
    return autograd.compile((w1 * x1 + w2 * x2 + b) * 3.0, inputs=[x1, x2], executor=executor)


def test_importing_autograd_does_not_import_numpy():
    code = "import sys, autograd; assert 'numpy' not in sys.modules; autograd.compile; assert 'numpy' in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_parameters_come_in_the_order_a_depth_first_walk_meets_them(neuron):
    assert [p.label for p in neuron.parameters] == ["w1", "w2", "b"]


def test_a_gradient_is_of_the_mean_over_the_batch(neuron):
    value, gradients = neuron.value_and_grad([[1.0, 2.0], [3.0, 4.0]])
    assert value == pytest.approx(3 * ((0.5 - 0.5 + 0.1) + (1.5 - 1.0 + 0.1)) / 2)
    np.testing.assert_allclose(gradients, [3 * 2.0, 3 * 3.0, 3.0])


def test_parameters_are_read_afresh_at_every_call(neuron):
    before = neuron.forward([[1.0, 1.0]])
    neuron.parameters[2].data = 1.1
    np.testing.assert_allclose(neuron.forward([[1.0, 1.0]]) - before, 3.0)


def test_backward_adds_into_the_gradients_of_the_parameters(neuron):
    for _ in range(2):
        value = neuron.backward([[1.0, 2.0]])
    assert value == pytest.approx(0.3)
    np.testing.assert_allclose([p.grad for p in neuron.parameters], [6.0, 12.0, 6.0])


def test_one_output_gives_a_row_and_several_a_table():
    x, w = Value(1.0), Value(2.0)
    assert autograd.compile(x * w, [x]).forward([[1.0], [2.0]]).tolist() == [2.0, 4.0]
    assert autograd.compile([x * w, x, w, x * w], [x]).forward([[1.0], [3.0]]).tolist() == [[2, 1, 2, 2], [6, 3, 2, 6]]


def test_large_batches_are_cut_up_and_agree_with_small_ones(neuron):
    rows = np.random.default_rng(0).normal(size=(200_003, 2))
    np.testing.assert_allclose(neuron.forward(rows)[-5:], neuron.forward(rows[-5:]))
    value, gradients = neuron.value_and_grad(rows)
    assert value == pytest.approx(neuron.forward(rows).mean())
    np.testing.assert_allclose(gradients, [*(3 * rows.mean(axis=0)), 3.0])


def test_an_empty_batch_has_no_outputs_and_no_mean(neuron):
    assert neuron.forward(np.empty((0, 2))).shape == (0,)
    with pytest.raises(ValueError, match="at least one row"):
        neuron.value_and_grad(np.empty((0, 2)))


def test_a_program_without_parameters_has_no_gradients():
    x = Value(3.0)
    value, gradients = autograd.compile(x * x, [x]).value_and_grad([[2.0], [4.0]])
    assert value == 10.0
    assert gradients.shape == (0,)


def test_a_parameter_that_is_folded_away_has_gradient_zero():
    x, w = Value(1.0), Value(2.0)
    program = autograd.compile([x * 2.0 + w.detach(), w * x][0], [x])
    assert program.parameters == ()


def test_rows_may_be_integers_and_lists(neuron):
    assert neuron.forward([[2, 4]]) == pytest.approx(neuron.forward(np.array([[2.0, 4.0]], dtype=np.float32)))


@pytest.mark.parametrize(
    ("rows", "kind", "message"),
    [
        ([[1.0]], ValueError, r"shape \(batch, 2\).*given shape \(1, 1\)"),
        ([1.0, 2.0], ValueError, r"given shape \(2,\); one row alone is \[\[...\]\]"),
        ([[[1.0, 2.0]]], ValueError, r"given shape \(1, 1, 2\)"),
        ([[1.0, 2.0], [3.0]], ValueError, "differ in length"),
        ([["a", "b"]], TypeError, "real numbers"),
        ([[1.0, 2j]], TypeError, "real numbers"),
        ([[1.0, None]], TypeError, "real numbers"),
        ([[Value(1.0), Value(2.0)]], TypeError, r"take the \.data of Values"),
        ([[1.0, 2.0], [3.0, float("nan")]], ValueError, r"rows\[1, 1\] is NaN"),
    ],
)
def test_wrong_rows_are_told_what_is_wrong(neuron, rows, kind, message):
    with pytest.raises(kind, match=message):
        neuron.value_and_grad(rows)
    with pytest.raises(kind, match=message):
        neuron.forward(rows)


def test_infinite_rows_are_numbers():
    x, w = Value(1.0), Value(1.0)
    assert autograd.compile((x * w).tanh(), [x]).forward([[np.inf], [-np.inf]]).tolist() == [1.0, -1.0]


@pytest.mark.parametrize(
    ("outputs", "kind", "message"),
    [
        (3.0, TypeError, r"was given 3\.0 of type float"),
        ([Value(1.0), 2.0], TypeError, "output 1 is 2.0 of type float"),
        ([], ValueError, "at least one output"),
        ("loss", TypeError, "of type str"),
    ],
)
def test_outputs_that_are_no_values_are_refused(outputs, kind, message):
    with pytest.raises(kind, match=message):
        autograd.compile(outputs, inputs=[])


def test_inputs_that_cannot_be_are_refused():
    x, w = Value(1.0, "x"), Value(2.0)
    loss = x * w
    with pytest.raises(ValueError, match=r"no output depends on input 1 \('y'\)"):
        autograd.compile(loss, [x, Value(0.0, "y")])
    with pytest.raises(ValueError, match=r"input 1 \('x'\) is given twice, first as input 0"):
        autograd.compile(loss, [x, x])
    with pytest.raises(ValueError, match="input 0 is the output of a 'mul' gate"):
        autograd.compile(loss + 1, [loss])
    with pytest.raises(TypeError, match=r"input 0 is 1\.0 of type float"):
        autograd.compile(loss, [1.0])
    with pytest.raises(TypeError, match="was given the one Value"):
        autograd.compile(loss, x)


def test_a_gradient_of_several_outputs_is_refused():
    x, w = Value(1.0), Value(2.0)
    with pytest.raises(ValueError, match="has 2; compile their sum"):
        autograd.compile([x * w, x + w], [x]).value_and_grad([[1.0]])


def test_a_program_pickles_with_its_parameters(neuron):
    neuron.forward([[1.0, 2.0]])
    program, parameters = pickle.loads(pickle.dumps((neuron, neuron.parameters)))
    assert all(a is b for a, b in zip(program.parameters, parameters, strict=True))
    np.testing.assert_array_equal(program.value_and_grad([[1.0, 2.0]])[1], neuron.value_and_grad([[1.0, 2.0]])[1])


def test_threads_may_call_one_program(neuron):
    tables = [np.random.default_rng(i).normal(size=(50 + i % 3, 2)) for i in range(200)]
    alone = [neuron.value_and_grad(rows) for rows in tables]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(neuron.value_and_grad, tables))
    for (value, gradients), (expected, slopes) in zip(together, alone, strict=True):
        assert value == expected
        np.testing.assert_array_equal(gradients, slopes)
