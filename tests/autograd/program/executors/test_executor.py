"""What holds for each executor, and what they share."""

from __future__ import annotations

import math
import pickle
from contextlib import ExitStack
from importlib.util import find_spec

import numpy as np
import pytest
from support.extras import needs
from support.gates import registered

import autograd
from autograd import GATES, Gate, Value


@pytest.fixture
def new_gate():
    """Puts gates into the table for one test."""
    with ExitStack() as stack:
        yield lambda gate: stack.enter_context(registered(gate))


@pytest.mark.parametrize("batch", [1, 50])
def test_a_gate_registered_by_the_user_runs(new_gate, executor, batch):
    swish = new_gate(Gate("swish_", "sw", "a * sigmoid(a)", ("y + sigmoid(a) * (1 - y)",), "scaler"))
    x, w = Value(0.5), Value(0.7)
    program = autograd.compile(swish(x * w), [x], executor=executor)
    rows = np.linspace(-3, 3, batch)[:, None]
    z = rows[:, 0] * 0.7
    s = 1 / (1 + np.exp(-z))
    value, (slope,) = program.value_and_grad(rows)
    assert value == pytest.approx((z * s).mean())
    assert slope == pytest.approx(((s + z * s * (1 - s)) * rows[:, 0]).mean())


def test_a_gate_of_any_number_registered_by_the_user_runs(new_gate, executor):
    mean = new_gate(Gate("mean_", "μ", "sum(xs) / len(xs)", ("1.0 / len(xs)",), "distributor", arity=None))
    x = [Value(0.0) for _ in range(3)]
    w = Value(2.0)
    program = autograd.compile(mean(*[each * w for each in x]), x, executor=executor)
    value, (slope,) = program.value_and_grad([[1.0, 2.0, 6.0], [2.0, 4.0, 12.0]])
    assert (value, slope) == pytest.approx((9.0, 4.5))


def test_a_sum_within_the_formula_of_a_users_gate_is_printed_as_a_sum_from_left_to_right(new_gate):
    mean = new_gate(Gate("mean_", "μ", "sum(xs) / len(xs)", ("1.0 / len(xs)",), "distributor", arity=None))
    x = [Value(0.1) for _ in range(10)]
    output = mean(*x) + autograd.logsumexp(x)
    source = autograd.compile(output, x).source()
    assert source.count("def total(") == 1  # both need it
    namespace = {"__name__": "generated"}
    exec(source, namespace)
    assert namespace["value_and_grad"]([0.1] * 10, []) == (output.data, [])


def test_tanh_and_exp_keep_their_digits(executor):
    x = Value(0.0)
    rows = np.concatenate([np.linspace(-40, 40, 4001), np.geomspace(1e-300, 1, 500), -np.geomspace(1e-20, 1, 500)])
    for name, reference in (("tanh", math.tanh), ("exp", math.exp)):
        program = autograd.compile(GATES[name](x), [x], executor=executor)
        expected = [reference(row) for row in rows]
        np.testing.assert_allclose(program.forward(rows[:, None]), expected, rtol=4e-16 * 2, atol=0)


@pytest.mark.parametrize("number", [-800.0, -745.0, -709.0, 709.7])
def test_exp_reaches_the_smallest_and_largest_floats(executor, number):
    x = Value(0.0)
    program = autograd.compile(x.exp(), [x], executor=executor)
    np.testing.assert_allclose(program.forward([[number]] * 30), math.exp(number), rtol=1e-13)


def test_a_row_outside_a_domain_is_told_as_the_eager_gate_tells_it(executor):
    x, w = Value(1.0, "x"), Value(2.0, "w")
    for batch in (1, 40):
        rows = np.ones((batch, 1))
        rows[-1] = -1.0
        program = autograd.compile((x * w).log() * w, [x], executor=executor)
        for call in (program.forward, program.value_and_grad):
            with pytest.raises(autograd.DomainError, match=rf"in row {batch - 1} of the batch: the gate 'log'"):
                call(rows)
    with pytest.raises(OverflowError, match="overflows"):
        autograd.compile((x * w).exp(), [x], executor=executor).forward([[1000.0]])
    with pytest.raises(ZeroDivisionError):
        autograd.compile(w / x, [x], executor=executor).forward([[0.0]])


def test_an_infinite_result_that_left_no_domain_is_a_result(executor):
    x, w = Value(1.0), Value(1e200)
    assert autograd.compile(x * w * w, [x], executor=executor).forward([[1.0]]).tolist() == [math.inf]


def test_parameters_may_be_given_as_an_array(executor):
    x, w = Value(1.0), Value(3.0)
    program = autograd.compile(x * w * w, [x], executor=executor)
    value, slopes = program.value_and_grad([[2.0]], at=[5.0])
    assert (value, slopes.tolist()) == (50.0, [20.0])
    assert program.forward([[2.0]], at=np.array([1.0])).tolist() == [2.0]
    assert program.value_and_grad([[2.0]])[0] == 18.0
    with pytest.raises(ValueError, match="one number for each of the 1 parameters"):
        program.forward([[2.0]], at=[1.0, 2.0])


@pytest.mark.parametrize("datum", [2, True, np.float64(2.5), np.float32(0.5), np.int64(3)])
def test_parameters_may_hold_any_kind_of_number(executor, datum):
    x, w = Value(1.0), Value(3.0)
    program = autograd.compile(x * w, [x], executor=executor)
    program.forward([[1.0]])
    w.data = datum
    assert program.forward([[1.0]]).tolist() == [float(datum)]


def test_a_result_is_the_callers_own(executor):
    x, w = Value(1.0), Value(3.0)
    program = autograd.compile(x * w, [x], executor=executor)
    outputs, slopes = program.forward([[1.0], [2.0]]), program.value_and_grad([[1.0], [2.0]])[1]
    program.forward([[5.0], [6.0]]), program.value_and_grad([[5.0], [6.0]])
    assert outputs.tolist() == [3.0, 6.0]
    assert slopes.tolist() == [1.5]


def test_rows_may_be_read_only_strided_and_of_any_order(executor):
    x, y, w = Value(1.0), Value(1.0), Value(2.0)
    program = autograd.compile(x * w - y, [x, y], executor=executor)
    rows = np.arange(12.0).reshape(6, 2)
    expected = rows[:, 0] * 2 - rows[:, 1]
    frozen = rows.copy()
    frozen.flags.writeable = False
    for given in (frozen, np.asfortranarray(rows), np.hstack([rows, rows])[:, 1:3][:, ::-1], rows.astype(">f8")):
        np.testing.assert_array_equal(program.forward(given), given[:, 0] * 2 - given[:, 1])
    np.testing.assert_array_equal(program.forward(rows[::-1]), expected[::-1])


def chain_of(gates):
    x, weights = Value(0.5), [Value(0.9 + i / 100) for i in range(10)]
    value = x
    for i in range(gates):
        value = value * weights[i % 10] if i % 2 else value + weights[(i + 3) % 10]
    return value, x, weights


def test_a_long_chain_agrees_with_eager(executor):
    output, x, weights = chain_of(30_000)
    program = autograd.compile(output, [x], executor=executor)
    output.backward()
    value, slopes = program.value_and_grad([[0.5]])
    assert value == pytest.approx(output.data, rel=1e-9)
    np.testing.assert_allclose(slopes, [p.grad for p in program.parameters], rtol=1e-9)
    assert set(program.parameters) < set(weights)


def test_the_executor_is_chosen_and_named():
    x, w = Value(1.0), Value(2.0)
    assert autograd.compile(x * w, [x], executor="numpy").executor == "numpy"
    assert autograd.compile(x * w, [x]).executor == ("numba" if find_spec("numba") else "numpy")
    with pytest.raises(ValueError, match="'numpy', 'numba' or 'python', but was given 'cuda'"):
        autograd.compile(x * w, [x], executor="cuda")


def test_without_numba_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setattr("autograd.program.executors.executor.find_spec", lambda name: None)
    x, w = Value(1.0), Value(2.0)
    assert autograd.compile(x * w, [x]).executor == "numpy"
    with pytest.raises(ModuleNotFoundError, match=r"gatewise\[jit\]"):
        autograd.compile(x * w, [x], executor="numba")


@needs("numba")
def test_a_program_made_with_numba_is_run_by_numpy_where_numba_is_missing(monkeypatch):
    x, w = Value(1.0), Value(2.0)
    text = pickle.dumps(autograd.compile(x * w, [x], executor="numba"))
    monkeypatch.setattr("autograd.program.executors.executor.find_spec", lambda name: None)
    program = pickle.loads(text)
    assert program.executor == "numpy"
    assert program.forward([[3.0]]).tolist() == [6.0]


def test_the_repr_counts_gates_after_each_pass(executor):
    x = [Value(0.0) for _ in range(3)]
    hidden = [autograd.dot([Value(0.1) for _ in x], x, Value(0.5)).tanh() for _ in range(4)]
    text = repr(autograd.compile(autograd.sum(hidden), x, executor=executor))
    assert text.startswith(f"<Program of 3 inputs and 16 parameters, 1 output, run by {executor}")
    assert "21 gates recorded" in text
    assert "9 after fusing sums of products" in text
    assert "3 instructions after grouping" in text
    assert "matrix product 4×3 @ 3×1" in text
    assert "= tanh(v[3:7])" in text


def test_what_a_gate_takes_over_all_operands_may_be_read_twice(new_gate, executor):
    thrice = new_gate(Gate("thrice_", "3", "sum(xs) * 2 + sum(xs)", ("3.0",), "scaler", arity=None))
    x, y, w = Value(1.0), Value(2.0), Value(1.0)
    program = autograd.compile(thrice(x * w, y), [x, y], executor=executor)
    for batch in (1, 500):
        assert program.forward([[1.0, 2.0], [3.0, 4.0]] * batch).tolist() == [9.0, 21.0] * batch
