"""Functions and information measures, on numbers and on Values, by hand calculation and against their definitions."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd import Value, gradcheck
from nn import functional, information

LOGITS = st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=6)


def test_affine_is_rows_times_weights_plus_bias():
    x, weights, bias = [[1.0, 2.0], [0.0, -1.0], [3.0, 0.5]], [[1.0, 0.0, 2.0], [-1.0, 3.0, 0.5]], [0.1, 0.2, 0.3]
    expected = np.array(x) @ np.array(weights) + np.array(bias)
    assert np.array(functional.affine(x, weights, bias)) == pytest.approx(expected)
    assert functional.affine(x[0], weights, bias) == pytest.approx(expected[0].tolist())
    assert np.array(functional.affine(np.array(x), np.array(weights), np.array(bias))) == pytest.approx(expected)


def test_affine_moves_the_line_that_linear_draws_through_the_origin():
    assert functional.affine(0.0, 2.0) == 0.0
    assert functional.affine(0.0, 2.0, 5.0) == 5.0
    assert functional.affine([1.0, 2.0], [3.0, 4.0], 0.5) == 11.5


def test_affine_of_values_is_a_graph():
    w = [Value(3.0), Value(4.0)]
    y = functional.affine([1.0, 2.0], w, 0.5)
    y.backward()
    assert (y.data, [v.grad for v in w]) == (11.5, [1.0, 2.0])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([1.0, 2.0], [[1.0], [2.0], [3.0]]), "2 inputs and weights for 3"),
        (([1.0], [[1.0, 2.0]], [0.0]), "the bias has 1 numbers"),
    ],
)
def test_affine_refuses_shapes_that_do_not_fit(arguments, message):
    with pytest.raises(ValueError, match=message):
        functional.affine(*arguments)


def test_odds_and_logit_by_hand():
    assert functional.odds(0.75) == 3.0
    assert functional.odds(0.5) == 1.0
    assert functional.logit(0.5) == 0.0
    assert functional.logit(0.75) == pytest.approx(math.log(3.0))


@given(st.floats(-30.0, 30.0))
def test_sigmoid_is_the_inverse_of_logit(z):
    assert functional.logit(functional.sigmoid(z)) == pytest.approx(z, rel=1e-3, abs=1e-9)


def test_logit_of_a_value_has_derivative_one_over_p_times_q():
    p = Value(0.2)
    functional.logit(p).backward()
    assert p.grad == pytest.approx(1 / (0.2 * 0.8))


@pytest.mark.parametrize("p", [-0.1, 1.0, 1.5, math.nan])
def test_odds_and_logit_refuse_what_is_no_probability(p):
    for function in (functional.odds, functional.logit):
        with pytest.raises(ValueError, match="probability"):
            function(p)


@given(LOGITS)
@settings(max_examples=50)
def test_softmax_is_positive_and_sums_to_one(logits):
    p = functional.softmax(logits)
    assert all(isinstance(x, float) and 0.0 <= x <= 1.0 for x in p)
    assert math.fsum(p) == pytest.approx(1.0)
    assert [v.data for v in functional.softmax([Value(x) for x in logits])] == p


@given(LOGITS)
@settings(max_examples=50)
def test_log_softmax_is_the_log_of_softmax(logits):
    for log_p, p in zip(functional.log_softmax(logits), functional.softmax(logits), strict=True):
        assert math.exp(log_p) == p


def test_softmax_does_not_overflow():
    assert functional.softmax([1000.0, -1000.0]) == [1.0, 0.0]
    assert functional.log_softmax([1000.0, -1000.0]) == [0.0, -2000.0]


def test_softmax_of_two_logits_is_the_sigmoid_of_their_difference():
    assert functional.softmax([1.3, 0.4])[0] == pytest.approx(functional.sigmoid(0.9))


def test_softmax_agrees_with_finite_differences():
    gradcheck(lambda *z: functional.softmax(z)[1], 0.1, -0.3, 1.2)


def test_argmax_and_one_hot_undo_each_other():
    assert functional.one_hot(2, 3) == [0.0, 0.0, 1.0]
    assert all(functional.argmax(functional.one_hot(k, 4)) == k for k in range(4))
    assert functional.argmax([Value(1.0), Value(3.0), Value(3.0)]) == 1


@pytest.mark.parametrize("label", [-1, 3, 1.5])
def test_one_hot_refuses_labels_outside_the_classes(label):
    with pytest.raises(ValueError, match="from 0 to 2 for 3 classes"):
        functional.one_hot(label, 3)


def test_accuracy_is_the_share_of_right_rows():
    assert functional.accuracy([0.9, 0.2, 0.6, 0.4], [1, 0, 0, 0]) == 0.75
    assert functional.accuracy([[0.1, 0.9], [0.8, 0.2]], [1, 1]) == 0.5
    assert functional.accuracy([[0.1, 0.9]], [[0.0, 1.0]]) == 1.0
    assert functional.accuracy([Value(2.0), Value(-1.0)], [1, -1], threshold=0.0) == 1.0
    with pytest.raises(ValueError, match="1 predictions and 2 targets"):
        functional.accuracy([0.5], [1, 0])
    with pytest.raises(ValueError, match="no rows"):
        functional.accuracy([], [])


@pytest.mark.parametrize("function", [functional.softmax, functional.argmax, functional.log_softmax])
def test_no_numbers_and_no_sequences_are_refused(function):
    with pytest.raises(ValueError, match="at least one number"):
        function([])
    with pytest.raises(TypeError, match="sequence of numbers"):
        function(3.0)
    with pytest.raises(TypeError, match="a number or a Value"):
        function(["a"])


def test_fair_coin_has_one_bit_and_fair_die_log_6_nats():
    assert information.entropy([0.5, 0.5], unit="bits") == 1.0
    assert information.entropy([1 / 6] * 6) == pytest.approx(math.log(6.0))


def test_degenerate_distribution_has_no_entropy():
    assert information.entropy([0.0, 1.0, 0.0]) == 0.0
    assert math.copysign(1.0, information.entropy([1.0])) == 1.0


def test_rare_events_tell_more():
    assert information.information(0.5, "bits") == 1.0
    assert information.information(1 / 1024, "bits") == 10.0
    assert information.information(1.0) == 0.0
    assert information.information(0.0) == math.inf


def test_cross_entropy_by_hand():
    # a code for (1/2, 1/2) used for (1/4, 3/4) costs one bit whatever happens
    assert information.cross_entropy([0.25, 0.75], [0.5, 0.5], "bits") == 1.0
    # of a one-hot distribution only the true class's term remains
    assert information.cross_entropy([0.0, 1.0], [0.2, 0.8]) == pytest.approx(-math.log(0.8))
    assert information.cross_entropy([0.5, 0.5], [0.0, 1.0]) == math.inf
    assert information.kl_divergence([0.5, 0.5], [0.0, 1.0]) == math.inf


DISTRIBUTIONS = st.lists(st.floats(0.01, 1.0), min_size=3, max_size=3).map(lambda w: [x / math.fsum(w) for x in w])


@given(DISTRIBUTIONS, DISTRIBUTIONS)
@settings(max_examples=50)
def test_kl_divergence_is_cross_entropy_less_entropy_and_not_negative(p, q):
    kl = information.kl_divergence(p, q)
    assert kl == pytest.approx(information.cross_entropy(p, q) - information.entropy(p), abs=1e-12)
    assert kl >= -1e-15
    assert information.kl_divergence(p, p) == pytest.approx(0.0, abs=1e-15)


def test_information_of_values_has_gradients():
    p = [Value(0.25), Value(0.75)]
    h = information.entropy(p)
    h.backward()
    assert h.data == pytest.approx(information.entropy([0.25, 0.75]))
    assert [v.grad for v in p] == pytest.approx([-math.log(0.25) - 1.0, -math.log(0.75) - 1.0])
    q = [Value(0.5), Value(0.5)]
    information.kl_divergence([0.25, 0.75], q).backward()
    assert [v.grad for v in q] == pytest.approx([-0.5, -1.5])


@pytest.mark.parametrize(
    ("p", "message"),
    [
        ([0.5, 0.6], "sums to 1, but its numbers sum to 1.1"),
        ([-0.5, 1.5], "number 0 is -0.5"),
        ([], "at least one"),
        ([math.nan, 1.0], "number 0 is nan"),
    ],
)
def test_what_is_no_distribution_is_refused(p, message):
    with pytest.raises(ValueError, match=message):
        information.entropy(p)


def test_other_mistakes_are_told():
    with pytest.raises(ValueError, match="nats or bits"):
        information.entropy([1.0], unit="trits")
    with pytest.raises(ValueError, match="over the same outcomes, but have 1 and 2"):
        information.cross_entropy([1.0], [0.5, 0.5])
    with pytest.raises(ValueError, match="between 0 and 1"):
        information.information(1.5)
