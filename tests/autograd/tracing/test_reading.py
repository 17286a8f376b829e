"""While a function is recorded, whatever reads a number off a Value is seen: replayed it is right, or it is refused."""

from __future__ import annotations

import copy
import json
import math
import pickle
import struct

import numpy as np
import pytest
from support.extras import needs

import autograd
import nn
from autograd import RecordingError, Value, compile, grad, no_grad, tanh, where

ROWS = [[0.3, 1.0], [-0.7, 2.0], [1.6, 0.0], [0.3, 2.0], [2.5, 1.0]]


def eager(function, rows=ROWS):
    return [function(*[Value(x, requires_grad=False) for x in row]).data for row in rows]


def replayed(function, **options):
    program = compile(function, ROWS[0], **options)
    return program, program.forward(ROWS).tolist()


READS = {
    "data": lambda x, t: x * t.data,
    "arithmetic": lambda x, t: x * (3 - 2 * t.data / 4 + t.data**2),
    "if": lambda x, t: x if t.data > 1 else -x,
    "if of Values": lambda x, t: x if x < t else -x,
    "chained comparison": lambda x, t: x if 0.5 < t < 1.5 else -x,
    "bool of a number": lambda x, t: x if t.data else -x,
    "not": lambda x, t: x if not t.data - 1 else -x,
    "int": lambda x, t: [x, 2 * x, 3 * x][int(t.data)],
    "round": lambda x, t: x * round(t.data / 3, 1),
    "floor": lambda x, t: x * math.floor(x.data),
    "trunc": lambda x, t: x * math.trunc(x.data),
    "format": lambda x, t: x * float(f"{t:.2f}"),
    "percent": lambda x, t: x * float("%.2f" % t.data),  # noqa: UP031
    "str": lambda x, t: x * float(str(t.data)),
    "repr of a Value": lambda x, t: x * len(repr(t * 0.1)),
    "float": lambda x, t: x * float(t.data),
    "math": lambda x, t: x * math.exp(t.data),
    "isnan": lambda x, t: x * (1 + math.isnan(t.data)),
    "struct": lambda x, t: x * struct.unpack("d", struct.pack("d", t.data))[0],
    "pickle": lambda x, t: x * pickle.loads(pickle.dumps(t.data)),
    "hash": lambda x, t: {0.0: x, 1.0: 2 * x, 2.0: 3 * x}[t.data],
    "in": lambda x, t: x if t.data in (0.0, 2.0) else -x,
    "set": lambda x, t: x * len({1.0, t.data}),
    "isinstance": lambda x, t: x if isinstance(t.data, float) and isinstance(t > x, bool) else -x,
    "modulo": lambda x, t: x * (t.data % 2),
    "divmod": lambda x, t: x * divmod(t.data, 2)[1],
    "is_integer": lambda x, t: x if (t.data / 2).is_integer() else -x,
    "sum of numbers": lambda x, t: x * sum([t.data, x.data]),
    "max of numbers": lambda x, t: x * max(t.data, x.data),
    "sorted": lambda x, t: sorted([x, t, x * t], key=lambda v: v.data)[1],
    "sorted Values": lambda x, t: sorted([x, t, x * t])[0] * x,
    "max of Values": lambda x, t: max([x, t, -x]) * x,
    "count": lambda x, t: x * sum([x > 0, t > 1, x > t]),
    "xor": lambda x, t: x * ((x > 0) ^ (t > 1)),
    "index by a comparison": lambda x, t: [x, 5 * x][x > t],
    "mask": lambda x, t: (x > t) * x + (x <= t) * t,
    "NumPy of numbers": lambda x, t: x * float(np.exp(np.array([t.data, x.data], dtype=float)).sum()),
    "NumPy objects": lambda x, t: x * np.array([t.data, x.data]).mean(),
    "NumPy argmax": lambda x, t: [x, 2 * x][int(np.argmax([t.data, x.data]))],
    "NumPy scalar": lambda x, t: x * (np.float64(2.0) * t.data),
    "NumPy comparison": lambda x, t: x if np.float64(1.0) < t.data else -x,
    "NumPy where": lambda x, t: x * float(np.where(t.data > 1, 2.0, 3.0)),
    "loop": lambda x, t: sum([x * i for i in range(int(t.data) + 1)], x * 0),
    "Value of a number": lambda x, t: x * Value(t.data),
    "detach": lambda x, t: x * x.detach(),
    "copy": lambda x, t: x * copy.copy(t.data),
    "deepcopy of a Value": lambda x, t: x * copy.deepcopy(t),
    "json": lambda x, t: x * json.loads(json.dumps(t.data)),
    "derivative as a number": lambda x, t: x * grad(tanh(x * t), [x])[0],
    "derivative": lambda x, t: grad(tanh(x * t) + abs(x), [x], create_graph=True)[0],
    "second derivative": lambda x, t: grad(grad(x**3 * t, [x], create_graph=True)[0], [x], create_graph=True)[0],
    "derivative of a float function": lambda x, t: x * autograd.derivative(lambda u: u * u)(t.data),
    "local derivatives": lambda x, t: x * (x * t).local_derivatives[0],
    "forward steps": lambda x, t: x * next(iter(autograd.forward_steps(x * t))).value,
    "argmax": lambda x, t: [x, 2 * x, 3 * x][nn.functional.argmax([x, t, x * t])],
    "one_hot": lambda x, t: autograd.dot(nn.functional.one_hot(t, 3), [x, 2 * x, 3 * x]),
    "loss": lambda x, t: nn.losses.sparse_categorical_cross_entropy([x, 2 * x, 3 * x], t),
    "where": lambda x, t: where(x < t, x, 2 * t),
    "where of both": lambda x, t: where((x < t) & (t > 1) | (x > 2), x, 2 * t),
}


REFUSED = ["deepcopy of a Value", "json", "local derivatives"]


@pytest.mark.parametrize("executor", ["numpy", pytest.param("numba", marks=needs("numba"))])
@pytest.mark.parametrize("name", [name for name in READS if name not in REFUSED])
def test_reading_a_number_is_seen(name, executor):
    _, outputs = replayed(READS[name], executor=executor)
    assert outputs == pytest.approx(eager(READS[name]), rel=1e-12)


@pytest.mark.parametrize("name", REFUSED)
def test_reading_a_number_where_it_cannot_be_followed_is_refused(name):
    with pytest.raises(RecordingError, match=r".{30}"):
        replayed(READS[name])


def test_a_decision_is_known_by_its_function():
    def function(x, t):
        return x * autograd.decide(lambda a: a > 0.5, [t]) + autograd.decide(lambda a: a > 1.5, [t])

    assert replayed(function)[1] == eager(function)
    assert compile(function, ROWS[0]).parameters == ()


def test_where_and_one_hot_are_one_graph():
    for name in ("where", "where of both", "mask", "data", "arithmetic", "detach"):
        program, _ = replayed(READS[name])
        assert isinstance(program, autograd.Program), name


def test_paths_are_found_as_rows_take_them():
    program = compile(READS["int"], ROWS[0])
    assert program.paths == 1
    program.forward(ROWS)
    assert program.paths == 3
    program.forward(ROWS[::-1])
    assert program.paths == 3


def test_a_decision_by_parameters_is_asked_at_each_call():
    w = Value(2.0)
    program = compile(lambda x: x * w if w > 1 else x + w, [1.0])
    assert program.forward([[3.0]]).tolist() == [6.0]
    w.data = 0.5
    assert program.forward([[3.0]]).tolist() == [3.5]
    assert program.forward([[3.0]], at=[4.0]).tolist() == [12.0]


def test_a_number_read_off_a_parameter_is_read_afresh():
    w, v = Value(2.0), [Value(3.0)]
    program = compile(lambda x: x * w.data + v[0].data, [1.0])
    w.data, v[0].data = 5.0, 1.0
    assert program.forward([[2.0]]).tolist() == [11.0]


def test_gradients_of_paths_are_weighted_by_their_rows():
    a, b = Value(2.0), Value(3.0)
    program = compile(lambda x: x * a if x > 0 else x * x * b, [1.0])
    value, gradient = program.value_and_grad([[1.0], [-2.0], [3.0]])
    assert value == pytest.approx((2 + 12 + 6) / 3)
    assert gradient.tolist() == pytest.approx([4 / 3, 4 / 3])


def test_numbers_too_close_to_call_are_decided_as_python_does():
    def function(x):
        return x if x * 0.1 + x * 0.2 > x * 0.3 else -x

    rows = np.linspace(0.1, 9.7, 97)[:, None]
    assert replayed_rows(function, rows) == eager(function, rows.tolist())


def replayed_rows(function, rows):
    return compile(function, rows[0].tolist()).forward(rows).tolist()


def test_so_many_paths_are_refused_with_the_line():
    with pytest.raises(RecordingError, match=r"test_reading.py:\d+ looks at a number \(__float__"):
        replayed_rows(lambda x: x * math.exp(x.data), np.linspace(0, 1, 200)[:, None])


def test_no_grad_inside_follows_the_rows_and_passes_no_gradient():
    w = Value(2.0)

    def function(x):
        with no_grad():
            scale = tanh(x * w)
        return scale * x * w

    program = compile(function, [1.0])
    rows = [[0.5], [-1.5]]
    assert program.forward(rows).tolist() == pytest.approx(eager(function, rows))
    slope = np.mean([math.tanh(x * 2.0) * x for (x,) in rows])
    assert program.value_and_grad(rows)[1].tolist() == pytest.approx([slope])


def test_a_graph_built_by_hand_remembers_that_an_input_was_compared():
    x, w = Value(1.0, "x"), Value(3.0)
    y = w * x if x > 0 else -w * x
    with pytest.raises(RecordingError, match=r"input 0 \('x'\) was compared"):
        compile(y, [x])
    u = Value(1.0)
    assert compile(where(u > 0, w * u, -w * u), [u]).forward([[2.0], [-2.0]]).tolist() == [6.0, 6.0]


def test_the_derivative_of_relu_follows_the_rows():
    x, w = Value(1.0), Value(2.0)
    slope = grad(autograd.relu(w * x) * x, [w], create_graph=True)[0]
    assert compile(slope, [x]).forward([[3.0], [-3.0]]).tolist() == [9.0, 0.0]
