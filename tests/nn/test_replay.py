"""Training by replay gives what training gate by gate gives, whatever the loss and the model read off their Values."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest

import nn
from autograd import Value, derivative, exp, grad, no_grad, sin, tanh
from nn import losses

RNG = np.random.default_rng(0)
ROWS = RNG.normal(size=(40, 2))
CLASSES = (RNG.random(40) < 0.2).astype(int)  # 80 / 20


def trained(model, loss, compiled, targets=CLASSES, **options):
    history = nn.fit(model, ROWS, targets, loss=loss, epochs=4, batch_size=8, seed=0, compiled=compiled, **options)
    return [*history.loss, *model.state_dict().values(), *nn.predict(model, ROWS, compiled=compiled).ravel()]


def one():
    return nn.MLP(2, [4, 1], seed=0)


def two():
    return nn.MLP(2, [4, 2], seed=0)


class Table(nn.Module):
    """An embedding by a number."""

    def __init__(self):
        self.table = [[Value(x) for x in row] for row in np.eye(3, 2).tolist()]
        self.out = nn.Layer(2, 1, seed=0)

    def forward(self, x):
        return self.out(self.table[int(abs(x[0].data)) % 3])


class Slope(nn.Module):
    """The derivative of a network by its input."""

    def __init__(self):
        self.net = nn.MLP(1, [4, 1], activation="tanh", seed=0)

    def forward(self, x):
        return derivative(lambda u: self.net([u]))(x[0]) + x[1]


class Curvature(nn.Module):
    """The second derivative, 6 w x − w sin x + exp x, of w x³ + w sin x + exp x."""

    def __init__(self):
        self.w = Value(0.5)

    def forward(self, x):
        u = self.w * x[0] * x[0] * x[0] + sin(x[0]) * self.w + exp(x[0])
        slope = grad(u, x[0], create_graph=True)
        return grad(slope, x[0], create_graph=True)


class Frozen(nn.Module):
    """A factor through which no gradient passes."""

    def __init__(self):
        self.w = Value(0.5)

    def forward(self, x):
        with no_grad():
            scale = tanh(x[0] * self.w)
        return scale * self.w * (x[1] * self.w).detach()


CASES = {
    "sparse cross entropy in a lambda": (two, lambda p, t: losses.sparse_categorical_cross_entropy(p, t)),
    "class weights by a number": (one, lambda p, t: (p - t) ** 2 * (5.0 if t.data == 1 else 1.0)),
    "class weights by a Value": (one, lambda p, t: (p - t) ** 2 * (5.0 if t > 0.5 else 1.0)),
    "max by a key": (two, lambda p, t: (max(p, key=lambda v: v.data) - t) ** 2),
    "sorted": (two, lambda p, t: (sorted(p, key=lambda v: v.data)[0] - t) ** 2),
    "Huber": (one, lambda p, t: (p - t) ** 2 if abs((p - t).data) < 1 else abs(p - t)),
    "index by the class": (two, lambda p, t: -nn.functional.log_softmax(p)[int(t.data)]),
    "embedding": (Table, losses.mean_squared_error),
    "derivative": (Slope, losses.mean_squared_error),
    "second derivative": (Curvature, losses.mean_squared_error),
    "no_grad and detach": (Frozen, losses.mean_squared_error),
}


@pytest.mark.parametrize("name", CASES)
def test_replayed_as_gate_by_gate_and_without_a_warning(name):
    model, loss = CASES[name]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        replayed = trained(model(), loss, True)
    assert replayed == pytest.approx(trained(model(), loss, False), rel=1e-9, abs=1e-12)


def test_a_loss_in_a_lambda_learns_both_classes():
    rows = [[x, x * x] for x in np.linspace(-1.0, 1.0, 50)]
    classes = [int(row[0] > 0.6) for row in rows]
    model = nn.MLP(2, [2], output="linear", seed=0)
    nn.fit(
        model,
        rows,
        classes,
        loss=lambda p, t: losses.sparse_categorical_cross_entropy(p, t),
        optimizer=nn.optim.Adam(lr=0.3),
        epochs=100,
        seed=1,
    )
    assert {nn.functional.argmax(list(row)) for row in nn.predict(model, rows)} == {0, 1}


def test_predict_gives_the_second_derivative_of_each_row():
    model = Curvature()
    x = ROWS[:, 0]
    assert nn.predict(model, ROWS) == pytest.approx(3.0 * x - 0.5 * np.sin(x) + np.exp(x), rel=1e-12)


def test_what_a_callback_changes_in_the_model_counts_from_there_on():
    class Scaled(nn.Module):
        def __init__(self):
            self.w, self.scale = Value(0.5), 1.0

        def forward(self, x):
            return x[0] * self.w * self.scale

    def run(compiled):
        model = Scaled()

        def halve(epoch):
            model.scale *= 0.5

        return trained(model, losses.mean_squared_error, compiled, callbacks=halve)

    assert run(True) == pytest.approx(run(False), rel=1e-9)


@pytest.mark.parametrize("compiled", [True, False])
def test_what_a_callback_freezes_stays_whatever_the_optimizer_remembers(compiled):
    model, seen = one(), []
    weight = model.parameters()[2]

    def freeze(epoch):
        weight.requires_grad = epoch.number < 2
        seen.append(weight.data)

    trained(model, losses.mean_squared_error, compiled, callbacks=freeze)
    assert seen[0] != seen[1] == seen[2] == seen[3]


@pytest.mark.parametrize("compiled", [True, False])
def test_what_a_callback_thaws_learns_from_there_on(compiled):
    model, seen = one(), []
    weight = model.parameters()[2]
    weight.requires_grad = False

    def thaw(epoch):
        weight.requires_grad = epoch.number >= 2
        seen.append(weight.data)

    trained(model, losses.mean_squared_error, compiled, callbacks=thaw)
    assert seen[0] == seen[1] != seen[2] != seen[3]


@pytest.mark.parametrize("freezes", [{1: False, 2: False}, {1: False, 3: True}], ids=["for good", "for a while"])
def test_frozen_by_a_callback_replayed_as_gate_by_gate(freezes):
    def run(compiled):
        model = one()

        def freeze(epoch):
            if epoch.number in freezes:
                model.parameters()[2].requires_grad = freezes[epoch.number]

        return trained(model, losses.mean_squared_error, compiled, callbacks=freeze)

    assert run(True) == pytest.approx(run(False), rel=1e-9)


def test_a_frozen_parameter_and_a_changed_model_go_together():
    class Scaled(nn.Module):
        def __init__(self):
            self.w, self.b, self.scale = Value(0.5), Value(0.1), 1.0

        def forward(self, x):
            return x[0] * self.w * self.scale + self.b

    def run(compiled):
        model = Scaled()

        def change(epoch):
            model.scale *= 0.5
            model.w.requires_grad = False

        return trained(model, losses.mean_squared_error, compiled, callbacks=change)

    assert run(True) == pytest.approx(run(False), rel=1e-9)


def test_warnings_name_the_line_that_called():
    with pytest.warns(UserWarning, match="gate by gate") as told:
        nn.gradients(one(), ROWS, CLASSES, loss=lambda p, t: (p - t) ** 2 * RNG.random())
    assert [Path(warning.filename) for warning in told] == [Path(__file__)]


def test_a_caught_domain_error_is_trained_gate_by_gate_with_the_warning():
    def loss(p, t):
        try:
            return (p - t) ** 2 / t
        except ZeroDivisionError:
            return p * p

    with pytest.warns(UserWarning, match="gate by gate"):
        replayed = trained(one(), loss, True)
    assert replayed == pytest.approx(trained(one(), loss, False), rel=1e-9)
