"""What was replayed wrong without a word: each case computed by hand, or as Python computes it."""

from __future__ import annotations

import contextvars
import math
import types
import weakref

import numpy as np
import pytest

import autograd
from autograd import RecordingError, Value, compile, derivative, exp, grad, no_grad, relu, sin, tanh, where


def test_a_graph_built_by_comparing_an_input_is_refused_with_what_to_do():
    w, x = Value(3.0), Value(1.0, "x")
    y = w * x if x > 0 else -w * x
    with pytest.raises(RecordingError, match=r"input 0 \('x'\) was compared.*Compile the function.*where"):
        compile(y, [x])


def test_the_function_that_builds_it_takes_the_branch_of_each_row():
    w = Value(3.0)
    program = compile(lambda x: w * x if x > 0 else -w * x, [1.0])
    assert program.forward([[2.0], [-2.0]]).tolist() == [6.0, 6.0]


def test_a_graph_built_by_comparing_a_deep_expression_of_an_input_is_refused():
    x, w = Value(0.5), Value(1.1)
    deep = x
    for _ in range(1000):
        deep = tanh(deep * w)
    y = w * x if deep > 0 else -w * x
    with pytest.raises(RecordingError, match="was compared"):
        compile(y, [x])


@pytest.mark.parametrize(
    "build",
    [
        lambda x, w: x * (x * w).detach(),
        lambda x, w: x * where((x > 0) & (x < 2), 1.0, 2.0) if (x > 0) & (x < 2) else x,
        lambda x, w: sorted([x, w])[0] * x,
    ],
    ids=["detach", "both", "sorted"],
)
def test_a_graph_that_hides_the_number_of_an_input_is_refused(build):
    x = Value(1.0)
    with pytest.raises(RecordingError, match="compared, detached or used under no_grad"):
        compile(build(x, Value(3.0)), [x])


def test_a_graph_of_what_was_computed_under_no_grad_is_refused():
    x, w = Value(1.0), Value(2.0)
    with no_grad():
        scale = tanh(x * w)
    with pytest.raises(RecordingError, match="no_grad"):
        compile(scale * x, [x])


def test_where_of_numbers_is_a_gate_if_the_condition_is_of_values():
    x = Value(1.0)
    program = compile(x * where(x > 0, 1.0, 2.0), [x])
    assert program.forward([[3.0], [-3.0]]).tolist() == [3.0, -6.0]
    assert where(True, 1.0, 2.0) == 1.0


def test_the_derivative_of_relu_follows_the_rows(executor):
    x, w = Value(1.0), Value(2.0)
    slope = grad(relu(w * x), [w], create_graph=True)[0]
    assert compile(slope, [x], executor=executor).forward([[3.0], [-3.0]]).tolist() == [3.0, 0.0]


def test_a_derivative_that_has_one_branch_only_is_refused():
    x = Value(0.0)
    slope = grad(Value(2.0) * x ** Value(0.5, requires_grad=False), [x], create_graph=True)[0]
    assert slope.data == math.inf  # at 4 it is 0.5, computed by a formula that has no value at 0
    with pytest.raises(RecordingError, match="input 0"):
        compile(slope * x, [x])


SECOND = {  # u, and u'' at 2
    "cube": (lambda x: x * x * x, 12.0),
    "power": (lambda x: x**4, 48.0),
    "sin": (sin, -math.sin(2.0)),
    "exp": (exp, math.exp(2.0)),
    "quotient": (lambda x: 1.0 / x, 0.25),
    "softplus": (autograd.softplus, math.exp(-2.0) / (1 + math.exp(-2.0)) ** 2),
}


def second(u):
    def of(x):
        return grad(grad(u(x), x, create_graph=True), x, create_graph=True)

    return of


@pytest.mark.parametrize("name", SECOND)
def test_second_derivatives_by_a_constant(name):
    u, expected = SECOND[name]
    assert second(u)(Value(2.0, requires_grad=False)).data == pytest.approx(expected, rel=1e-12)
    assert derivative(derivative(u))(2.0) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("name", SECOND)
def test_second_derivatives_by_a_constant_compiled(name, executor):
    u, expected = SECOND[name]
    program = compile(second(u), [1.0], executor=executor)
    assert program.forward([[2.0], [1.5]])[0] == pytest.approx(expected, rel=1e-12)
    x = Value(1.0, requires_grad=False)
    assert compile(second(u)(x), [x], executor=executor).forward([[2.0]])[0] == pytest.approx(expected, rel=1e-12)


MODULE = types.ModuleType("settings")
MODULE.w, MODULE.inner = Value(2.0), types.ModuleType("inner")
MODULE.inner.w = Value(2.0)
VARIABLE = contextvars.ContextVar("w")
VARIABLE.set(Value(2.0))
OBJECTS = np.array([Value(2.0)], dtype=object)
TARGET = Value(2.0)
WEAK = weakref.ref(TARGET)
HELD = {
    "module": lambda: MODULE.w,
    "module in a module": lambda: MODULE.inner.w,
    "context variable": VARIABLE.get,
    "object array": lambda: OBJECTS[0],
    "weak reference": lambda: WEAK(),
    "globals()": lambda: globals()["TARGET"],
}


@pytest.mark.parametrize("name", HELD)
def test_a_number_read_off_a_parameter_is_read_afresh_wherever_it_is_kept(name):
    get = HELD[name]
    program = compile(lambda x: x * get().data, [1.0])
    get().data = 5.0
    try:
        assert program.forward([[3.0]]).tolist() == [15.0]
    finally:
        get().data = 2.0


def steps_of_an_array(x):
    ARRAY[0] += 1
    return x * 2 if ARRAY[0] < 9 else x


def steps_of_a_module(x):
    MODULE.steps += 1
    return x * 2 if MODULE.steps < 9 else x


def steps_of_itself(x):
    steps_of_itself.count += 1
    return x * 2 if steps_of_itself.count < 9 else x


def steps_of_an_iterator(x):
    return x * 2 if next(ITERATOR) < 9 else x


def steps_of_a_context(x):
    STEPS.set(STEPS.get() + 1)
    return x * 2 if STEPS.get() < 9 else x


ARRAY, MODULE.steps, steps_of_itself.count, ITERATOR = np.zeros(1), 0, 0, iter(range(1000))
STEPS = contextvars.ContextVar("steps", default=0)


@pytest.mark.parametrize(
    "function",
    [
        steps_of_an_array,
        steps_of_a_module,
        steps_of_itself,
        steps_of_an_iterator,
        steps_of_a_context,
    ],
)
def test_state_is_seen_wherever_it_is_kept(function):
    with pytest.raises(RecordingError, match="changes what it keeps"):
        compile(function, [1.0])


def test_reading_a_gradient_is_refused():
    w = Value(2.0)
    with pytest.raises(RecordingError, match=r"\.grad"):
        compile(lambda x: x * w + w.grad, [1.0])
    with pytest.raises(RecordingError, match=r"test_replay.py:\d+ reads .grad"):
        compile(lambda x: x * w + x.grad, [1.0])


@pytest.mark.parametrize("kind", [float, int, math.floor, math.exp])
def test_a_value_is_no_float_and_the_error_says_what_is_right(kind):
    with pytest.raises(TypeError, match=r"cut the graph.*autograd.exp.*autograd.where.*v\.data.*no gradient"):
        kind(Value(2.0))
    program = compile(lambda x: x * int(x.data), [1.0])  # what it advises
    assert program.forward([[1.5], [-2.5]]).tolist() == [1.5, 5.0]


def test_the_data_is_a_plain_float_again_after_a_recording():
    x = Value(1.0)
    compile(lambda u: u * x.data, [1.0])
    assert type(x.data) is float
    x.data = 2.5
    assert x.data == 2.5
