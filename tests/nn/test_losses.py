"""Losses and their gradients are PyTorch's, also where a sigmoid or a softmax has long rounded to 0 or 1."""

from __future__ import annotations

import math

import pytest
from support.extras import imported

from autograd import Value, gradcheck
from nn import losses

LOGITS = [-1000.0, -40.0, -3.2, 0.0, 0.7, 40.0, 1000.0]


def both_ways(loss, predictions, targets):
    values = [Value(p) for p in predictions]
    result = loss(values, targets)
    result.backward()
    return result.data, [v.grad for v in values]


def in_torch(function, predictions, targets):
    torch = imported("torch")
    p = torch.tensor(predictions, dtype=torch.float64, requires_grad=True)
    result = function(torch, p, torch.tensor(targets, dtype=torch.float64))
    result.backward()
    return result.item(), p.grad.tolist()


def assert_same(ours, theirs):
    assert ours[0] == pytest.approx(theirs[0], rel=1e-9, abs=1e-9)
    assert ours[1] == pytest.approx(theirs[1], rel=1e-9, abs=1e-9)


@pytest.mark.parametrize(
    ("loss", "theirs"),
    [
        (losses.mean_squared_error, lambda t, p, y: t.nn.functional.mse_loss(p, y)),
        (losses.mean_absolute_error, lambda t, p, y: t.nn.functional.l1_loss(p, y)),
    ],
    ids=["mse", "mae"],
)
def test_regression_loss_equals_pytorch(loss, theirs):
    predictions, targets = [0.5, -2.0, 1e6, 3.0], [1.0, -2.0, -1e6, 0.25]
    assert_same(both_ways(loss, predictions, targets), in_torch(theirs, predictions, targets))


def test_hinge_equals_pytorch():
    scores, signs = [0.5, -2.0, 1000.0, -1000.0, 1.0, 0.3], [1.0, 1.0, -1.0, -1.0, 1.0, -1.0]
    theirs = in_torch(lambda t, p, y: t.relu(1.0 - y * p).mean(), scores, signs)
    assert_same(both_ways(losses.hinge, scores, signs), theirs)


@pytest.mark.parametrize("target", [0.0, 1.0, 0.3])
@pytest.mark.parametrize("logit", LOGITS)
def test_binary_cross_entropy_with_logits_equals_pytorch(logit, target):
    theirs = in_torch(lambda t, p, y: t.nn.functional.binary_cross_entropy_with_logits(p, y), [logit], [target])
    assert_same(both_ways(losses.binary_cross_entropy_with_logits, [logit], [target]), theirs)


def test_binary_cross_entropy_with_logits_keeps_the_smallest_losses():
    loss, (gradient,) = both_ways(losses.binary_cross_entropy_with_logits, [100.0], [1.0])
    assert loss == pytest.approx(math.exp(-100.0), rel=1e-12)  # PyTorch rounds this loss right, but its gradient to 0
    assert gradient == pytest.approx(-math.exp(-100.0), rel=1e-12)


@pytest.mark.parametrize("target", [0.0, 1.0, 0.3])
@pytest.mark.parametrize("p", [1e-9, 0.2, 0.5, 0.9, 1.0 - 1e-9])
def test_binary_cross_entropy_equals_pytorch(p, target):
    theirs = in_torch(lambda t, p, y: t.nn.functional.binary_cross_entropy(p, y), [p], [target])
    assert_same(both_ways(losses.binary_cross_entropy, [p], [target]), theirs)


@pytest.mark.parametrize(("p", "target"), [(0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0)])
def test_binary_cross_entropy_of_a_certain_prediction_is_0_or_100_as_in_pytorch(p, target):
    assert losses.binary_cross_entropy(p, target).data == pytest.approx(0.0 if p == target else 100.0)


@pytest.mark.parametrize("target", [0, 1, 2])
@pytest.mark.parametrize(
    "logits",
    [[0.1, -0.2, 0.7], [1000.0, -1000.0, 0.0], [-1000.0, -1000.0, 1000.0], [1000.0, 1000.5, 999.0], [0.0, 40.0, -40.0]],
)
def test_sparse_and_categorical_cross_entropy_equal_pytorch(logits, target):
    theirs = in_torch(lambda t, p, y: t.nn.functional.cross_entropy(p[None], y.long()[None]), logits, target)
    assert_same(both_ways(losses.sparse_categorical_cross_entropy, logits, target), theirs)
    one_hot = [float(k == target) for k in range(3)]
    assert_same(both_ways(losses.categorical_cross_entropy, logits, one_hot), theirs)


def test_categorical_cross_entropy_of_soft_targets_equals_pytorch():
    logits, soft = [3.0, -1000.0, 1.0], [0.2, 0.5, 0.3]
    theirs = in_torch(lambda t, p, y: t.nn.functional.cross_entropy(p[None], y[None]), logits, soft)
    assert_same(both_ways(losses.categorical_cross_entropy, logits, soft), theirs)


def test_cross_entropy_from_probabilities_equals_pytorch():
    p, one_hot = [0.2, 0.7, 0.1], [0.0, 1.0, 0.0]
    theirs = in_torch(lambda t, p, y: -(y * p.log()).sum(), p, one_hot)
    assert_same(both_ways(losses.categorical_cross_entropy.from_probabilities, p, one_hot), theirs)
    assert_same(both_ways(losses.sparse_categorical_cross_entropy.from_probabilities, p, 1), theirs)


def test_from_logits_chooses_the_form():
    z = [0.2, -1.0]
    assert (
        losses.binary_cross_entropy(z, [1, 0], from_logits=True).data
        == losses.binary_cross_entropy_with_logits(z, [1, 0]).data
    )
    p = [0.25, 0.75]
    assert losses.categorical_cross_entropy(p, [0, 1], from_logits=False).data == pytest.approx(-math.log(0.75))
    assert losses.sparse_categorical_cross_entropy(p, 0, from_logits=False).data == pytest.approx(-math.log(0.25))


@pytest.mark.parametrize(
    ("loss", "outputs", "targets"),
    [
        (losses.mean_squared_error, [[1.0, 2.0], [3.0, 5.0]], [[0.0, 2.0], [1.0, 5.0]]),
        (losses.sparse_categorical_cross_entropy, [[1.0, 2.0], [3.0, 5.0]], [0, 1]),
        (losses.categorical_cross_entropy, [[1.0, 2.0], [3.0, 5.0]], [[1, 0], [0, 1]]),
        (losses.hinge, [0.3, -0.2], [1, -1]),
    ],
    ids=["mse", "sparse", "categorical", "hinge"],
)
def test_loss_of_rows_is_the_mean_of_each_rows_loss(loss, outputs, targets):
    each = [loss(p, t).data for p, t in zip(outputs, targets, strict=True)]
    assert loss(outputs, targets).data == pytest.approx(sum(each) / len(each), rel=1e-15)


def test_mean_squared_error_by_hand():
    assert losses.mean_squared_error([1.0, 2.0], [3.0, 2.5]).data == (4.0 + 0.25) / 2


@pytest.mark.parametrize("loss", [losses.binary_cross_entropy_with_logits, losses.hinge, losses.mean_squared_error])
def test_gradients_agree_with_finite_differences(loss):
    gradcheck(lambda a, b: loss([a, b], [1.0, 1.0]), 0.3, -0.4)


def test_derivative_of_cross_entropy_is_prediction_minus_target():
    z = Value(0.8)
    losses.binary_cross_entropy(z.sigmoid(), 0.0).backward()
    assert z.grad == pytest.approx(1.0 / (1.0 + math.exp(-0.8)), rel=1e-12)


def test_l2_is_the_sum_of_squares():
    w = [Value(3.0), Value(-4.0)]
    penalty = losses.l2(w, 0.1)
    penalty.backward()
    assert penalty.data == pytest.approx(2.5)
    assert [p.grad for p in w] == pytest.approx([0.6, -0.8])


@pytest.mark.parametrize(
    ("loss", "predictions", "targets", "message"),
    [
        (losses.mean_squared_error, [1.0, 2.0], [1.0], "2 predictions and 1 targets"),
        (losses.mean_squared_error, [], [], "no rows"),
        (losses.mean_squared_error, [1.0], [math.nan], "a finite number"),
        (losses.hinge, [0.5], [0], "1 or −1"),
        (losses.binary_cross_entropy, [0.5], [2], "a probability, from 0 to 1"),
        (losses.binary_cross_entropy, [1.5], [1], "takes probabilities"),
        (losses.sparse_categorical_cross_entropy, [0.1, 0.2], 2, "from 0 to 1 for 2 classes"),
        (losses.sparse_categorical_cross_entropy, [0.1, 0.2], -1, "from 0 to 1 for 2 classes"),
        (losses.sparse_categorical_cross_entropy, [0.1, 0.2], 0.5, "whole number"),
        (losses.sparse_categorical_cross_entropy, [0.1, 0.2], [0, 1], "one-hot targets go with"),
        (losses.sparse_categorical_cross_entropy, [0.1], 0, "an output for each class"),
        (losses.categorical_cross_entropy, [0.1, 0.2], [0.5, 0.6], "sums to 1.1"),
        (losses.categorical_cross_entropy, [0.1, 0.2], [1.5, -0.5], "its probabilities summing to 1"),
        (losses.categorical_cross_entropy, [0.1, 0.2], 1, "whole-number classes go with"),
    ],
)
def test_impossible_targets_and_predictions_are_told(loss, predictions, targets, message):
    with pytest.raises(ValueError, match=message):
        loss(predictions, targets)


def test_texts_are_no_predictions():
    with pytest.raises(TypeError, match="expected a number or a Value"):
        losses.mean_squared_error(["a"], [1.0])


def test_predictions_and_targets_of_other_shapes_are_told():
    table = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]
    with pytest.raises(ValueError, match=r"predictions are of shape \(2, 3\) and the targets of shape \(3, 2\)"):
        losses.mean_squared_error(table, [[1.0, 4.0], [2.0, 5.0], [3.0, 6.0]])
    assert losses.mean_squared_error([[1.0], [2.0]], [1.0, 2.0]).data == 0.0


def test_rows_may_come_from_a_generator():
    rows, classes = [[1.0, 2.0], [3.0, 1.0]], [0, 1]
    loss = losses.sparse_categorical_cross_entropy
    assert loss((row for row in rows), classes).data == loss(rows, classes).data


def test_a_loss_of_one_form_has_no_from_logits():
    with pytest.raises(TypeError, match="hinge takes scores and has no other form"):
        losses.hinge(1.0, 1.0, from_logits=True)
