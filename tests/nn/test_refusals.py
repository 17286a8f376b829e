"""What fit can't use is refused in a sentence, before any parameter changes."""

from __future__ import annotations

import math

import pytest
from support.training import small, train

import autograd
import nn
from autograd import Value
from nn import losses, optim

BAD = [
    ("wrong width", [[1.0, 2.0, 3.0]], [1], {}, "takes 2 inputs, but was given 3"),
    ("no rows", [], [], {}, "X is empty"),
    ("ragged", [[1.0, 2.0], [1.0]], [0, 1], {}, "row 0 has 2, but row 1 has 1"),
    ("NaN", [[1.0, 2.0], [1.0, math.nan]], [0, 1], {}, "NaN in row 1, column 1"),
    ("text", [[1.0, "a"]], [0], {}, "holds 'a'|no number"),
    ("too few targets", [[1.0, 2.0], [3.0, 4.0]], [1], {}, "2 rows, but y has 1"),
    ("NaN in y", [[1.0, 2.0]], [math.nan], {}, "y has a NaN"),
    ("no targets", [[1.0, 2.0]], None, {}, "targets y are missing"),
    ("no probability", [[1.0, 2.0], [3.0, 4.0]], [0.0, 2.0], {}, "target of row 1: a target is a probability"),
    ("batch size 0", [[1.0, 2.0]], [1], {"batch_size": 0}, "between 1 and the number of rows, here 1"),
    ("batch size too large", [[1.0, 2.0]], [1], {"batch_size": 2}, "but was given 2; None takes all"),
    ("no epochs", [[1.0, 2.0]], [1], {"epochs": 0}, "epochs is a whole number from 1 up"),
    ("negative l2", [[1.0, 2.0]], [1], {"l2": -1.0}, "l2 is a number from 0 up"),
    ("share", [[1.0, 2.0]] * 4, [1] * 4, {"held_out": 1.5}, "between 0 and 1"),
    ("held-out width", [[1.0, 2.0]], [1], {"held_out": ([[1.0]], [1])}, "1 columns, but X has 2"),
    ("metric", [[1.0, 2.0]], [1], {"metrics": ["precision"]}, "the metric known by name is 'accuracy'"),
    ("class", [[1.0, 2.0]], [1], {"loss": losses.sparse_categorical_cross_entropy}, "an output for each class"),
    ("logits", [[1.0, 2.0]], [1], {"loss": losses.binary_cross_entropy_with_logits}, "model ends in a sigmoid"),
    ("signs", [[1.0, 2.0]], [0], {"loss": losses.hinge}, "from classes 0 and 1: 2 \\* y − 1"),
    ("accuracy", [[1.0, 2.0]], [0], {"loss": losses.mean_squared_error, "metrics": ["accuracy"]}, "of classes"),
]


@pytest.mark.parametrize(("X", "y", "options", "message"), [c[1:] for c in BAD], ids=[c[0] for c in BAD])
def test_bad_input_is_told_and_changes_no_parameter(X, y, options, message):  # noqa: N803
    model = small()
    before = model.state_dict()
    with pytest.raises(ValueError, match=message):
        nn.fit(model, X, y, **{"loss": losses.binary_cross_entropy, "epochs": 2, **options})
    assert model.state_dict() == before


def test_labels_outside_the_classes_change_nothing():
    model = nn.SoftmaxRegression(2, 3)
    with pytest.raises(ValueError, match="target of row 1: a label is a whole number from 0 to 2"):
        nn.fit(model, [[1.0, 2.0], [0.0, 1.0]], [2, 3], loss=model.loss)
    assert not any(model.state_dict().values())


def test_outputs_that_are_no_probabilities_are_told():
    model = small(output=None)
    with pytest.raises(ValueError, match="takes probabilities, but a prediction is"):
        nn.fit(model, [[9.0, 9.0], [-9.0, -9.0]], [1, 0], loss=losses.binary_cross_entropy)


def test_model_without_parameters_is_told():
    with pytest.raises(ValueError, match="no parameters to train"):
        nn.fit(nn.Softmax(), [[1.0, 2.0]], [1], loss=losses.sparse_categorical_cross_entropy)


@pytest.mark.parametrize(
    ("model", "options", "message"),
    [
        (lambda row: row, {}, "fit trains a Module"),
        (small(), {"loss": "mse"}, "one of nn.losses"),
        (small(), {"optimizer": optim.Adam}, "an object such as optim.Adam"),
    ],
)
def test_things_of_the_wrong_kind_are_told(model, options, message):
    with pytest.raises(TypeError, match=message):
        train(model, **options)


def test_loss_that_gives_no_value_is_told():
    with pytest.raises(TypeError, match="a loss gives a Value"):
        train(small(), loss=lambda p, t: 1.0)


def test_training_where_no_graph_is_kept_is_told():
    with autograd.no_grad(), pytest.raises(ValueError, match="depends on no parameter of the model"):
        train(small())


def test_values_that_the_model_does_not_hold_are_told():
    rate = Value(2.0, label="rate")
    with pytest.warns(UserWarning, match="does not hold, which are not trained: rate"):
        train(small(), loss=lambda p, t: abs(p - t) * rate)
    rate.requires_grad = False
    train(small(), loss=lambda p, t: abs(p - t) * rate)
    assert rate.data == 2.0
