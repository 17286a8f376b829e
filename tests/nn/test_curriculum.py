"""What the curriculum says about learning, measured: items 7, 9, 11 to 13, 16 to 19, and the real tables."""

from __future__ import annotations

import math

import numpy as np
import pytest
from support.extras import imported, skip_without

import nn
from autograd import Value, grad
from nn import data, functional, losses, optim

BCE = losses.binary_cross_entropy


def accuracy(model: nn.Module, rows: data.Rows, threshold: float = 0.5) -> float:
    return functional.accuracy(nn.predict(model, rows.X), rows.y, threshold)


def test_stacked_linear_layers_collapse_to_one():
    deep = nn.Sequential(nn.Layer(3, 5, seed=0), nn.Layer(5, 2, seed=1))
    first, second = [np.array([[w.data for w in n.w] for n in layer.neurons]) for layer in deep]
    rows = np.random.default_rng(0).normal(size=(6, 3))
    assert nn.predict(deep, rows) == pytest.approx(rows @ (second @ first).T)  # biases start at 0


@pytest.mark.parametrize(("make", "best"), [(data.and_, 1.0), (data.or_, 1.0), (data.xor, 0.75)])
def test_one_neuron_separates_and_and_or_but_not_xor(make, best):
    scores = []
    for seed in range(3):
        neuron = nn.Neuron(2, "sigmoid", seed=seed)
        nn.fit(neuron, *make(), loss=BCE, optimizer=optim.Adam(lr=0.2), epochs=200)
        scores.append(accuracy(neuron, make()))
    if best == 1.0:
        assert scores == [1.0] * 3
    else:
        assert max(scores) <= best


@pytest.mark.parametrize("seed", range(5))
def test_one_hidden_layer_solves_xor(seed):
    model = nn.MLP(2, [4, 1], activation="tanh", output="sigmoid", seed=seed)
    history = nn.fit(model, *data.xor(), loss=BCE, optimizer=optim.Adam(lr=0.1), epochs=200)
    assert accuracy(model, data.xor()) == 1.0
    assert history.loss[-1] < 0.01


@pytest.mark.parametrize("make", [data.moons, data.circles, lambda **options: data.spirals(300, **options)])
@pytest.mark.parametrize("seed", range(2))
def test_two_hidden_layers_solve_moons_circles_and_spirals(make, seed):
    model = nn.MLP(2, [16, 16, 1], activation="tanh", output="sigmoid", seed=seed)
    history = nn.fit(
        model,
        *make(seed=0),
        loss=BCE,
        optimizer=optim.Adam(lr=0.05),
        batch_size=32,
        seed=0,
        held_out=make(seed=9),
        metrics=["accuracy"],
        epochs=200,
    )
    assert history["accuracy"][-1] >= 0.99
    assert history["held_out_accuracy"][-1] >= 0.97


def test_three_spirals_are_learned_by_softmax():
    rows = data.spirals(300, classes=3, turns=0.8, seed=0)
    model = nn.MLP(2, [16, 16, 3], activation="tanh", seed=0)
    nn.fit(
        model,
        *rows,
        loss=losses.sparse_categorical_cross_entropy,
        optimizer=optim.Adam(lr=0.03),
        epochs=120,
        batch_size=50,
        seed=0,
    )
    assert accuracy(model, data.spirals(300, classes=3, turns=0.8, seed=9)) >= 0.98


def test_linear_regression_on_diabetes_reaches_the_normal_equations():
    table = imported("sklearn.datasets").load_diabetes()
    rows, _ = data.standardize(table.data)
    model = nn.LinearRegression(10)
    nn.fit(
        model,
        rows,
        table.target,
        loss=model.loss,
        optimizer=optim.SGD(lr=0.1, momentum=0.95, nesterov=True),
        epochs=1000,
    )
    design = np.c_[rows, np.ones(len(rows))]
    expected = np.linalg.solve(design.T @ design, design.T @ table.target)
    assert [p.data for p in model.parameters()] == pytest.approx(expected, rel=1e-6, abs=1e-6)


def test_logistic_regression_on_breast_cancer_equals_scikit_learns():
    skip_without("sklearn")
    from sklearn.datasets import load_breast_cancer
    from sklearn.linear_model import LogisticRegression

    train, held = data.split(*load_breast_cancer(return_X_y=True), 0.25, stratify=True, seed=0)
    rows, scaling = data.standardize(train.X)
    model = nn.LogisticRegression(30)
    # scikit-learn minimizes Σ loss + |w|²/2, which is n times mean loss + |w|²/(2n)
    nn.fit(model, rows, train.y, loss=model.loss, optimizer=optim.Adam(lr=0.05), epochs=500, l2=0.5 / len(rows))
    theirs = LogisticRegression().fit(rows, train.y)
    held = data.Rows(scaling(held.X), held.y)
    assert accuracy(model, held) >= theirs.score(*held) >= 0.97
    assert [w.data for w in model.neurons[0].w] == pytest.approx(theirs.coef_[0], abs=0.05)


def test_softmax_regression_on_iris_equals_scikit_learns():
    skip_without("sklearn")
    from sklearn.datasets import load_iris
    from sklearn.linear_model import LogisticRegression

    train, held = data.split(*load_iris(return_X_y=True), 0.3, stratify=True, seed=0)
    rows, scaling = data.standardize(train.X)
    model = nn.SoftmaxRegression(4, 3)
    nn.fit(model, rows, train.y, loss=model.loss, optimizer=optim.Adam(lr=0.05), epochs=400, l2=0.5 / len(rows))
    theirs = LogisticRegression().fit(rows, train.y)
    for part in (data.Rows(rows, train.y), data.Rows(scaling(held.X), held.y)):
        assert accuracy(model, part) >= theirs.score(*part)


def test_network_reads_handwritten_digits():
    digits = imported("sklearn.datasets").load_digits()
    train, held = data.split(digits.data / 16.0, digits.target, 0.2, stratify=True, seed=0)
    model = nn.MLP(64, [32, 10], seed=0)
    history = nn.fit(
        model,
        *train,
        loss=losses.sparse_categorical_cross_entropy,
        optimizer=optim.Adam(lr=0.005),
        epochs=20,
        batch_size=50,
        seed=0,
        held_out=held,
        metrics=["accuracy"],
    )
    assert history["held_out_accuracy"][-1] >= 0.95


def sizes_by_layer(activation: str) -> list[float]:
    model = nn.MLP(2, [8] * 6 + [1], activation=activation, seed=0)
    gradients = nn.gradients(model, *data.moons(50, seed=0), loss=losses.binary_cross_entropy_with_logits)
    return [
        math.sqrt(np.mean([g**2 for name, g in gradients.items() if name.startswith(f"layers.{i}.")])) for i in range(7)
    ]


def test_gradient_vanishes_through_sigmoid_layers_and_not_through_relu():
    sigmoid, relu = sizes_by_layer("sigmoid"), sizes_by_layer("relu")
    assert sigmoid[-1] / sigmoid[0] > 50.0
    assert relu[-1] / relu[0] < 5.0


def test_cross_entropy_learns_at_once_where_squared_error_waits():
    # Nielsen 2015, chapter 3: one sigmoid neuron, w = b = 2, is to map 1 to 0; rate 0.15, 300 steps
    def curve(loss):
        neuron, curve = nn.Neuron(1, "sigmoid"), []
        neuron.load_state_dict({"w.0": 2.0, "b": 2.0})
        nn.fit(
            neuron,
            [[1.0]],
            [0.0],
            loss=loss,
            optimizer=optim.GradientDescent(lr=0.15),
            epochs=300,
            callbacks=lambda epoch: curve.append(neuron(1.0).data),
        )
        return curve

    half = curve(lambda p, t: losses.mean_squared_error(p, t) / 2.0)  # his cost is half the square
    entropy = curve(BCE)
    assert half[-1] == pytest.approx(0.20, abs=0.01)  # the number under his figure
    assert half[50] > 0.95  # still all wrong
    assert entropy[50] < 0.2


def test_sigmoid_stays_in_the_gradient_of_squared_error_and_cancels_with_cross_entropy():
    z, target = Value(4.0), 0.0
    p = 1.0 / (1.0 + math.exp(-4.0))
    assert grad(losses.mean_squared_error(z.sigmoid(), target), [z])[0] == pytest.approx(2 * p * p * (1 - p))
    assert grad(BCE(z.sigmoid(), target), [z])[0] == pytest.approx(p - target)


def test_squared_error_of_a_sigmoid_is_not_convex_in_w_and_cross_entropy_is():
    x, y = [-3.0, -1.0, 0.5, 2.0, 5.0], [0.0, 0.0, 1.0, 1.0, 0.0]
    ws = np.linspace(-10.0, 10.0, 81)

    squared = [losses.mean_squared_error([functional.sigmoid(w * v) for v in x], y).data for w in ws]
    entropy = [losses.binary_cross_entropy_with_logits([w * v for v in x], y).data for w in ws]
    assert np.diff(squared, 2).min() < -1e-3
    assert np.diff(entropy, 2).min() > -1e-12


def test_momentum_arrives_where_descent_is_still_on_its_way():
    def steps(optimizer):
        w = np.array([10.0, 1.0])
        for step in range(1000):
            if np.hypot(*w) < 1e-3:
                return step
            w = optimizer.update(w, np.array([1.0, 50.0]) * w)  # the slope of (w₀² + 50 w₁²) / 2
        return 1000

    assert steps(optim.SGD(lr=0.02, momentum=0.8)) < steps(optim.GradientDescent(lr=0.02)) / 3


def test_rates_too_large_and_too_small():
    def after_20(lr):
        w, descent = 1.0, optim.GradientDescent(lr=lr)
        for _ in range(20):
            w = descent.update(w, 2.0 * w)  # the slope of w²
        return abs(w)

    assert after_20(0.3) < 1e-6
    assert after_20(0.0001) > 0.99  # hardly moved
    assert after_20(1.0) == 1.0  # from side to side for ever
    assert after_20(1.1) > 30.0  # away


def test_smaller_batches_are_noisier():
    def noise(batch_size):
        model = nn.MLP(2, [8, 1], activation="tanh", output="sigmoid", seed=0)
        history = nn.fit(
            model,
            *data.moons(128, seed=0),
            loss=BCE,
            optimizer=optim.GradientDescent(lr=0.1),
            epochs=8,
            batch_size=batch_size,
            seed=0,
        )
        return np.std(np.diff(history.step_losses))

    assert noise(1) > 2.0 * noise(16) > 4.0 * noise(None)
