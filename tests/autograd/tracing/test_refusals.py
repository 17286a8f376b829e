"""What a function may not do while it is recorded, because a replay could not do it: it is refused, or not replayed."""

from __future__ import annotations

import random
import threading
import warnings

import numpy as np
import pytest

import autograd
import nn
from autograd import RecordingError, Value, compile, tanh

KEPT, BUFFER = [], Value(1.0)


def keeps_a_number(x):
    KEPT.append(x.data)
    return x * 2


def runs_backward(x):
    y = x * 2
    y.backward()
    return y * x.grad


def sets_a_number(x):
    BUFFER.data = x.data
    return x * BUFFER


def goes_on_after_an_error(x):
    try:
        return autograd.log(x - 5.0)
    except ValueError:
        return x


def draws(x):
    return x * random.random()


def draws_by_numpy(x):
    return x * np.random.normal()


BEFORE = Value(2.0) * 3.0


def asks_for_the_type(x):
    return x if type(x.data) is float else -x


def uses_what_was_computed_before(x):
    return x * BEFORE


def reads_in_another_thread(x):
    found = []
    thread = threading.Thread(target=lambda: found.append(x.data))
    thread.start()
    thread.join()
    return x * found[0]


def computes_in_another_thread(x):
    found = []
    thread = threading.Thread(target=lambda: found.append(x * 2))
    thread.start()
    thread.join()
    return found[0] * x


def records_inside(x):
    return x * compile(lambda u: u * u, [1.0]).forward([[x.data]])[0]


COUNTED = [0]


def counts(x):
    COUNTED[0] += 1
    return x * 2


RNG = np.random.default_rng(0)


def draws_by_its_own_generator(x):
    return x * RNG.normal()


LAZY = {}


def keeps_once(x):
    if "w" not in LAZY:
        LAZY["w"] = Value(3.0)
    return x * LAZY["w"]


def test_what_a_function_makes_once_is_kept():
    program = compile(keeps_once, [1.0])
    assert program.parameters == (LAZY["w"],)
    LAZY["w"].data = 4.0
    assert program.forward([[2.0]]).tolist() == [8.0]


HIDDEN = [Value(0.0)]


def keeps_a_state(x):
    HIDDEN[0] = tanh(x + HIDDEN[0])
    return HIDDEN[0]


@pytest.mark.parametrize(
    "function",
    [
        keeps_a_number,
        runs_backward,
        sets_a_number,
        goes_on_after_an_error,
        draws,
        draws_by_numpy,
        asks_for_the_type,
        uses_what_was_computed_before,
        keeps_a_state,
        counts,
        draws_by_its_own_generator,
        reads_in_another_thread,
        computes_in_another_thread,
        records_inside,
    ],
)
def test_what_cannot_be_replayed_is_refused(function):
    with pytest.raises(RecordingError) as error:
        compile(function, [1.0])
    assert len(str(error.value)) > 30
    assert type(Value(1.0).data) is float


def test_an_error_of_the_function_is_its_own():
    with pytest.raises(ZeroDivisionError):
        compile(lambda x: x / 0, [1.0])


@pytest.mark.parametrize("kind", ["attribute", "counter", "list", "hidden", "generator", "closure"])
def test_models_that_keep_state_or_draw_are_trained_gate_by_gate(kind):
    rng = np.random.default_rng(0)

    class Stateful(nn.Module):
        def __init__(self):
            self.w, self.seen, self.calls, self.rng = Value(0.5), [], 0, random.Random(0)
            self.h = Value(0.0, requires_grad=False)

        def forward(self, x):
            y = x[0] * self.w
            if kind == "attribute":
                self.mean = 0.9 * getattr(self, "mean", 0.0) + 0.1 * x[0].data
            elif kind == "counter":
                self.calls += 1
            elif kind == "list":
                self.seen.append(y)
            elif kind == "hidden":
                self.h = y = tanh(y + self.h)
            elif kind == "generator":
                y = y * self.rng.random()
            else:
                y = y * rng.random()
            return y

    rows = np.linspace(-1, 1, 12)[:, None]
    with pytest.warns(UserWarning, match="gate by gate"):
        nn.fit(Stateful(), rows, rows[:, 0], loss=nn.losses.mean_squared_error, epochs=2)


def test_ordinary_models_are_not_warned_about():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        nn.fit(
            nn.MLP(2, [3, 1], seed=0),
            np.eye(2),
            [0.0, 1.0],
            loss=lambda p, t: nn.losses.mean_squared_error(p, t),
            epochs=2,
        )
