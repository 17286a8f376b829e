"""Held-out rows and metrics judge the model as it is after each epoch."""

from __future__ import annotations

import pytest
from support.training import small, train

import nn
from nn import data, losses, optim


def test_held_out_loss_is_the_loss_of_those_rows_after_the_epoch():
    model = small()
    held = data.moons(10, seed=9)
    history = train(model, held_out=held, metrics=["accuracy"])
    outputs = [model(row) for row in held.X]
    assert history.held_out_loss[-1] == pytest.approx(losses.binary_cross_entropy(outputs, held.y).data)
    assert history["held_out_accuracy"][-1] == nn.functional.accuracy(outputs, held.y)
    assert len(history["accuracy"]) == history.epochs == 5


def test_metrics_may_be_functions():
    def largest_error(outputs, targets):
        return abs(outputs - targets).max()

    history = train(small(), metrics=[largest_error])
    assert 0.0 < history["largest_error"][-1] < 1.0


def test_accuracy_of_hinge_scores_is_of_signs():
    X, y = data.moons(30, noise=0.0, seed=1)  # noqa: N806
    model = small(output=None)
    history = nn.fit(
        model, X, 2 * y - 1, loss=losses.hinge, optimizer=optim.Adam(lr=0.1), epochs=60, metrics=["accuracy"]
    )
    assert history["accuracy"][-1] >= 0.9


def test_accuracy_of_one_hot_targets_is_of_classes():
    model = nn.MLP(2, [2], seed=0)
    one_hot = [[1, 0], [0, 1]]
    history = nn.fit(
        model,
        [[1.0, 0.0], [0.0, 1.0]],
        one_hot,
        loss=losses.categorical_cross_entropy,
        optimizer=optim.Adam(lr=0.1),
        epochs=50,
        metrics=["accuracy"],
    )
    assert history["accuracy"][-1] == 1.0


def test_one_metric_needs_no_list():
    assert train(small(), metrics="accuracy")["accuracy"]


def test_history_tells_its_curves():
    history = train(small(), metrics=["accuracy"])
    assert "5 epochs: loss" in repr(history)
    assert "all epochs done" in repr(history)
    with pytest.raises(KeyError, match="it has loss, accuracy"):
        history["precision"]
