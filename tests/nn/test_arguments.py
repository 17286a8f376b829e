"""What `fit` and models are given is looked at at once: integers of any kind, no classes, no unknown names."""

from __future__ import annotations

import random
from typing import get_args

import numpy as np
import pytest

import nn
from nn import activations, data, information, initialization, losses, optim, schedules

TWO = np.int64(2)


def small() -> nn.MLP:
    return nn.MLP(2, [2, 1], activation="tanh", output="sigmoid", seed=0)


def train(model: object = None, **options: object) -> nn.History:
    settings = {"loss": losses.binary_cross_entropy, "epochs": 2, **options}
    return nn.fit(small() if model is None else model, *data.moons(12, seed=1), **settings)


class OwnLoss:
    def __init__(self, scale: float = 1.0) -> None:
        self.scale = scale

    def __call__(self, p, t):
        return abs(p - t) * self.scale


@pytest.mark.parametrize(
    "build",
    [
        lambda n: nn.Neuron(n, fan_out=n),
        lambda n: nn.Layer(n, n),
        lambda n: nn.MLP(n, [n, 1]),
        lambda n: nn.MLP(n, np.array([n, 1])),
        lambda n: nn.SoftmaxRegression(n, n),
        lambda n: nn.LinearRegression(n, n),
        lambda n: train(epochs=n, batch_size=n, seed=n),
        lambda n: nn.EarlyStopping(patience=n),
        lambda n: schedules.cosine(0.1, n),
        lambda n: schedules.step_decay(0.1, n),
        lambda n: schedules.warmup(0.1, n),
        lambda n: data.moons(n),
        lambda n: data.blobs(4, centers=n),
        lambda n: data.spirals(4, classes=n),
        lambda n: list(data.batches([[1.0]] * 4, [1.0] * 4, n)),
        lambda n: nn.descend(lambda x: x * x, [1.0], optim.SGD(lr=0.1), steps=n),
    ],
)
def test_integers_of_any_kind_are_sizes_and_true_is_none(build):
    build(TWO)
    build(np.array(2))
    for wrong in (True, np.True_, 2.0, "2"):
        with pytest.raises((TypeError, ValueError), match="whole number"):
            build(wrong)


def test_sizes_are_kept_as_plain_integers():
    layer = nn.Layer(TWO, np.uint8(3))
    assert (type(layer.inputs), type(layer.outputs)) == (int, int)


def test_widths_may_come_from_a_generator():
    assert len(nn.MLP(2, (width for width in [3, 1])).layers) == 2


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"optimizer": optim.Adam}, r"you gave the class Adam; write Adam\(lr=\.\.\.\)"),
        ({"model": nn.MLP}, r"you gave the class MLP; write MLP\(\.\.\.\)"),
        ({"loss": OwnLoss}, r"you gave the class OwnLoss; write OwnLoss\(\.\.\.\)"),
        ({"callbacks": nn.EarlyStopping}, r"you gave the class EarlyStopping; write EarlyStopping\(\.\.\.\)"),
        ({"callbacks": [lambda epoch: None, nn.EarlyStopping]}, "you gave the class EarlyStopping"),
        ({"metrics": [OwnLoss]}, "you gave the class OwnLoss"),
        ({"callbacks": None}, "a callback is a function of an Epoch.*but was given None"),
        ({"callbacks": ["progress"]}, "a callback is a function of an Epoch.*but was given 'progress'"),
        ({"loss": "hinges"}, r"did you mean 'hinge'\?.*mean_squared_error.*as nn\.losses\.hinge"),
    ],
)
def test_a_class_or_another_thing_given_for_an_object_is_told_before_any_epoch(options, message):
    model = options.pop("model", None) or small()
    before = model.state_dict() if isinstance(model, nn.Module) else None
    with pytest.raises(TypeError, match=message):
        train(model, **options)
    assert before is None or model.state_dict() == before


@pytest.mark.parametrize(
    ("words", "table"),
    [
        (activations.ActivationName, activations.ACTIVATIONS),
        (initialization.InitializationName, initialization.INITIALIZATIONS),
        (information.Unit, information.UNITS),
    ],
)
def test_each_word_that_a_type_allows_stands_for_something(words, table):
    assert get_args(words) == tuple(table)


@pytest.mark.parametrize(
    "call",
    [
        lambda: nn.predict(nn.MLP, [[1.0]]),
        lambda: nn.gradients(nn.MLP, [[1.0]], [1.0], loss=losses.hinge),
        lambda: nn.Sequential(nn.Layer),
        lambda: nn.Layer(2, 1, nn.Softmax),
        lambda: nn.Layer(2, 1, initialization=OwnLoss),
        lambda: optim.SGD(lr=OwnLoss),
        lambda: nn.descend(lambda x: x * x, [1.0], optim.SGD),
        lambda: nn.gradients(small(), [[1.0, 2.0]], [1.0], loss=OwnLoss),
    ],
)
def test_a_class_is_told_wherever_an_object_is_meant(call):
    with pytest.raises(TypeError, match=r"but you gave the class (\w+); write \1\("):
        call()


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: nn.MLP(2, [3], activation="gelu"), r"no activation is named 'gelu'; did you mean 'relu'\? There"),
        (lambda: nn.MLP(2, [3], output="gelu"), "no activation is named 'gelu'"),
        (
            lambda: nn.MLP(2, [3, 1], initialization="he_uniforn"),
            r"no initialization.*did you mean 'he_uniform'\? There",
        ),
        (lambda: nn.Layer(2, 1, initialization=""), "no initialization is named ''; there are glorot_uniform"),
        (lambda: nn.Neuron(2, "sofplus"), "did you mean 'softplus'"),
        (lambda: nn.Sequential("tan"), "did you mean 'tanh'"),
    ],
)
def test_unknown_names_are_refused_at_construction_with_the_nearest(build, message):
    with pytest.raises(ValueError, match=message):
        build()


def test_what_is_no_initialization_is_refused():
    with pytest.raises(TypeError, match="an initialization is a name or a function"):
        nn.Layer(2, 1, initialization=3.0)


def test_softmax_as_a_module_is_the_activation_of_the_whole_layer():
    layer = nn.Layer(2, 3, nn.Softmax(), seed=0)
    assert [y.data for y in layer([1.0, 2.0])] == [y.data for y in nn.Layer(2, 3, "softmax", seed=0)([1.0, 2.0])]


def loss(outputs, targets):
    return 0.0


@pytest.mark.parametrize(
    "metrics",
    [
        [lambda o, t: 0.0, lambda o, t: 1.0],
        ["accuracy", "accuracy"],
        [loss],
    ],
)
def test_two_curves_of_one_name_are_refused(metrics):
    with pytest.raises(ValueError, match="two curves of the history would be called"):
        train(metrics=metrics)


def test_one_function_is_a_metric():
    assert train(metrics=lambda outputs, targets: 0.5)["<lambda>"] == [0.5, 0.5]


def test_a_wrong_target_is_told_by_its_row_as_given_also_where_rows_are_held_out():
    targets = [0.0] * 17 + [3.0] + [1.0] * 12
    rows = data.moons(30, seed=1).X
    with pytest.raises(ValueError, match="target of row 17: a target is a probability"):
        nn.fit(small(), rows, targets, loss=losses.binary_cross_entropy, held_out=0.2, seed=0)


@pytest.mark.parametrize("held_out", ["0.2", ([[1.0, 2.0]], [5.0]), ([[1.0, 2.0]], [1.0], "left over"), [[1.0, 2.0]]])
def test_wrong_held_out_rows_are_told(held_out):
    with pytest.raises((TypeError, ValueError), match="held-out rows"):
        train(held_out=held_out)


def test_shares_of_any_kind_of_number_may_be_held_out():
    a, b = train(held_out=np.float32(0.25), seed=0), train(held_out=0.25, seed=0)
    assert a.held_out_loss == b.held_out_loss != []


def test_training_leaves_each_modules_mode_as_it_was():
    model = small()
    model.layers[0].eval()
    train(model)
    assert [module.training for _, module in model.named_modules()][:2] == [True, False]


def test_a_random_generator_for_weights_goes_on():
    generator = random.Random(0)
    assert nn.Neuron(1, seed=generator).w[0].data != nn.Neuron(1, seed=generator).w[0].data


@pytest.mark.parametrize("options", [{"callbacks": lambda: None}, {"metrics": lambda outputs: 0.0}])
def test_functions_of_other_arguments_are_told_before_any_epoch(options):
    with pytest.raises(TypeError, match=r"a (callback|metric) is .*function"):
        train(**options)


def test_predicting_rows_of_another_width_is_told():
    for rows in ([[1.0, 2.0, 3.0]], [[1.0]] * 9):
        with pytest.raises(ValueError, match=f"takes 2 inputs, but was given {len(rows[0])}"):
            nn.predict(small(), rows)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: nn.Sequential([nn.Layer(2, 1)]), r"write Sequential\(\*layers\)"),
        (lambda: nn.descend(lambda x: x * x, [1.0], None), "an optimizer is an object such as"),
        (lambda: small().load_state_dict([1.0]), "a state is numbers by name"),
        (lambda: nn.Neuron(1, lambda v: v.data)(1.0), r"gives a Value for a Value, but it gave .* cut the graph"),
        (lambda: nn.Sequential(nn.Layer(1, 2), lambda v: 0.0)(1.0), "cut the graph"),
    ],
)
def test_things_of_the_wrong_kind_are_told_in_a_sentence(call, message):
    with pytest.raises(TypeError, match=message):
        call()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: optim.Adam([]), "at least one parameter"),
        (lambda: schedules.cosine(0.1, 3, end=-1.0), "end is a number"),
        (lambda: schedules.linear(0.1, 3, end=-1.0), "end is a number from 0 up"),
        (lambda: schedules.step_decay(0.1, 3, factor="half"), "numbers above 0"),
        (lambda: data.moons(10, noise="much"), "noise is a number from 0 up"),
        (lambda: data.blobs(4, centers=[]), "empty"),
    ],
)
def test_settings_that_cannot_be_are_told_in_a_sentence(call, message):
    with pytest.raises(ValueError, match=message):
        call()
