"""Plain floats line by line: where they have no value NumPy takes over, and every other error is told as it is."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pytest
from support.gates import registered

import autograd
from autograd import Gate, Value
from autograd.program.executors.python_executor import BoundToPython, OutOfDomainError


def narrow(function):
    """A program of one row at a time that Python runs, and its parameter."""
    x, w = Value(1.0, "x"), Value(1.0, "w")
    return autograd.compile(function(x, w), [x], executor="python")


@pytest.mark.parametrize(
    ("function", "row", "expected"),
    [
        (lambda x, w: (x * w).log().maximum(-3.0), 0.0, None),
        (lambda x, w: (x * w).exp().minimum(5.0), 1000.0, None),
        (lambda x, w: autograd.where(x > 0, w / x, 0.0 * w), 0.0, None),
        (lambda x, w: (x * w) * 1e300, 1e300, math.inf),
    ],
)
def test_a_row_without_a_value_is_told_or_infinite_as_on_arrays(function, row, expected):
    program = narrow(function)
    if expected is None:
        with pytest.raises(autograd.DomainError, match="in row 0 of the batch"):
            program.forward([[row]])
    else:
        assert program.forward([[row]]).tolist() == [expected]


@pytest.mark.parametrize("error", [ValueError("wrong shape"), ZeroDivisionError("somebody's"), OverflowError("else")])
def test_an_error_that_is_no_domain_error_of_floats_is_raised(monkeypatch, error):
    def fail(*_):
        raise error

    program = narrow(lambda x, w: x * w)
    monkeypatch.setattr(BoundToPython, "forward", fail)
    monkeypatch.setattr(BoundToPython, "value_and_grad", fail)
    for call in (program.forward, program.value_and_grad):
        with pytest.raises(type(error), match=str(error)):
            call([[1.0]])


def test_rows_and_parameters_of_a_wrong_shape_are_refused():
    x, w = Value(1.0), Value(1.0)
    bound = BoundToPython(autograd.compile(x * w, [x]).tape)
    assert bound.forward(np.ones((2, 1)), np.array([3.0])).tolist() == [[3.0, 3.0]]
    for rows, parameters in ((np.ones((2, 2)), np.ones(1)), (np.ones((2, 1)), np.ones(2))):
        with pytest.raises(ValueError, match=r"rows of shape \(batch, 1\) and parameters of shape \(1,\)"):
            bound.forward(rows, parameters)


def test_only_functions_of_floats_leave_a_domain():
    x = Value(1.0)
    bound = BoundToPython(autograd.compile(x.log(), [x]).tape)
    with pytest.raises(OutOfDomainError):
        bound.forward(np.array([[-1.0]]), np.empty(0))


@dataclass(frozen=True, slots=True, eq=False)
class Calibrated(Gate):
    """A gate whose user computes its value with a function of their own, which may refuse."""

    def forward(self, *operands):
        if operands[0] > 10.0:
            raise ValueError("the sensor is calibrated up to 10")
        return super(Calibrated, self).forward(*operands)


def test_a_value_error_of_a_users_gate_is_raised():
    sensor = Calibrated("sensor_", "s", "2 * a", ("2.0",), "scaler")
    twice = Gate("twice_", "t", "sensor_(a) + sensor_(a)", ("4.0",), "scaler")
    with registered(sensor), registered(twice):
        x, w = Value(1.0), Value(1.0)
        program = autograd.compile(twice(x * w), [x], executor="python")
        assert program.forward([[3.0]]).tolist() == [12.0]
        with pytest.raises(ValueError, match="the sensor is calibrated up to 10"):
            program.forward([[11.0]])
