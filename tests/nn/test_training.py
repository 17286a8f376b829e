"""fit learns, stops, refuses and recovers as it says, replayed and eager alike."""

from __future__ import annotations

import math
import random
import warnings

import numpy as np
import pytest

import autograd
import nn
from autograd import Value
from nn import data, losses, optim


def small(seed: int = 0, output: str | None = "sigmoid") -> nn.MLP:
    return nn.MLP(2, [4, 1], activation="tanh", output=output, seed=seed)


def train(model: nn.Module, *, compiled: bool = True, **options: object) -> nn.History:
    settings = {
        "loss": losses.binary_cross_entropy,
        "optimizer": optim.Adam(lr=0.05),
        "epochs": 5,
        "batch_size": 8,
        "seed": 0,
    }
    return nn.fit(model, *data.moons(30, seed=1), **{**settings, **options}, compiled=compiled)


CASES = [
    ("bce", lambda: small(), {}),
    ("bce logits", lambda: small(output=None), {"loss": losses.binary_cross_entropy_with_logits, "l2": 0.01}),
    ("mse", lambda: small(output=None), {"loss": losses.mean_squared_error, "held_out": 0.2}),
    ("softmax", lambda: nn.MLP(2, [4, 2], output="softmax", seed=1),
     {"loss": losses.sparse_categorical_cross_entropy.from_probabilities, "metrics": ["accuracy"]}),
    ("logits", lambda: nn.MLP(2, [4, 2], seed=1), {"loss": losses.sparse_categorical_cross_entropy, "batch_size": 1}),
    ("own loss", lambda: small(output=None), {"loss": lambda p, t: abs(p - t) * 2.0, "batch_size": None}),
]  # fmt: skip


@pytest.mark.parametrize(("build", "options"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_replayed_and_eager_training_give_the_same_numbers(build, options):
    a, b = build(), build()
    first, second = train(a, **options), train(b, compiled=False, **options)
    assert list(a.state_dict().values()) == pytest.approx(list(b.state_dict().values()), rel=1e-9, abs=1e-9)
    for name, curve in first.curves().items():
        assert curve == pytest.approx(second[name], rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("compiled", [True, False])
def test_same_seed_gives_the_same_bits(compiled):
    models = [small(), small()]
    histories = [train(m, compiled=compiled, held_out=0.3, seed=7) for m in models]
    assert models[0].state_dict() == models[1].state_dict()
    assert histories[0].curves() == histories[1].curves()


def test_other_seed_deals_the_rows_otherwise():
    a, b = small(), small()
    train(a, seed=1)
    train(b, seed=2)
    assert a.state_dict() != b.state_dict()


def test_one_full_batch_step_is_gradient_descent_by_hand():
    model = nn.LinearRegression(1)
    nn.fit(model, [[1.0], [3.0]], [2.0, 4.0], loss=model.loss, optimizer=optim.GradientDescent(lr=0.1), epochs=1)
    # at w = b = 0: ∂/∂w = mean of 2 · (0 − y) · x = −14, ∂/∂b = −6
    assert list(model.state_dict().values()) == pytest.approx([1.4, 0.6])


def test_rows_equal_batch_size_times_iterations():
    history = train(small(), epochs=3, batch_size=10)
    assert len(history.step_losses) == 3 * 3
    assert train(small(), epochs=2, batch_size=None).step_losses.__len__() == 2
    assert len(train(small(), epochs=2, batch_size=1).step_losses) == 60
    assert len(train(small(), epochs=1, batch_size=8).step_losses) == 4  # the last batch has the 6 that are left


def test_epoch_loss_is_the_mean_over_its_rows():
    history = train(small(), epochs=1, batch_size=8, optimizer=optim.GradientDescent(lr=1e-12))
    model = small()
    rows, targets = data.moons(30, seed=1)
    assert history.loss[0] == pytest.approx(losses.binary_cross_entropy([model(r) for r in rows], targets).data)


@pytest.mark.parametrize("give", [
    lambda x, y: (x.tolist(), y.tolist()),
    lambda x, y: (x, y[:, None]),
    lambda x, y: (tuple(map(tuple, x)), tuple(y)),
    lambda x, y: ((x, y), None),
    lambda x, y: (data.Rows(x, y), None),
], ids=["lists", "arrays", "tuples", "pair", "Rows"])  # fmt: skip
def test_rows_of_any_kind_train_alike(give):
    X, y = data.moons(30, seed=1)  # noqa: N806
    expected, model = small(), small()
    train(expected)
    nn.fit(model, *give(X, y), loss=losses.binary_cross_entropy, optimizer=optim.Adam(lr=0.05), epochs=5, batch_size=8,
           seed=0)  # fmt: skip
    assert model.state_dict() == expected.state_dict()


def test_frames_and_bunches_are_rows():
    pandas = pytest.importorskip("pandas", reason="needs pandas")
    datasets = pytest.importorskip("sklearn.datasets", reason="needs scikit-learn")
    frame = pandas.DataFrame({"a": [0.0, 1.0, 2.0], "b": [1, 0, 1]})
    model = nn.LinearRegression(2)
    nn.fit(model, frame, pandas.Series([1.0, 2.0, 3.0]), loss=model.loss, epochs=1)
    model = nn.SoftmaxRegression(4, 3)
    nn.fit(model, datasets.load_iris(), loss=model.loss, epochs=1)
    assert any(model.state_dict().values())


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
    history = nn.fit(model, X, 2 * y - 1, loss=losses.hinge, optimizer=optim.Adam(lr=0.1), epochs=60,
                     metrics=["accuracy"])  # fmt: skip
    assert history["accuracy"][-1] >= 0.9


def test_accuracy_of_one_hot_targets_is_of_classes():
    model = nn.MLP(2, [2], seed=0)
    one_hot = [[1, 0], [0, 1]]
    history = nn.fit(model, [[1.0, 0.0], [0.0, 1.0]], one_hot, loss=losses.categorical_cross_entropy,
                     optimizer=optim.Adam(lr=0.1), epochs=50, metrics=["accuracy"])  # fmt: skip
    assert history["accuracy"][-1] == 1.0


def test_l2_pulls_weights_towards_zero():
    free, held = small(), small()
    train(free, epochs=50)
    train(held, epochs=50, l2=0.05)
    assert sum(w**2 for w in held.state_dict().values()) < 0.5 * sum(w**2 for w in free.state_dict().values())


def test_early_stopping_may_watch_a_metric_that_rises():
    stopping = nn.EarlyStopping(patience=3, of="accuracy", highest=True)
    history = train(small(), epochs=200, metrics=["accuracy"], callbacks=[stopping])
    assert history.epochs == stopping.best_epoch + 3 < 200
    assert history["accuracy"][stopping.best_epoch - 1] == stopping.best == max(history["accuracy"])
    assert history.stopped == f"no improvement since epoch {stopping.best_epoch}"


def test_early_stopping_restores_the_parameters_of_its_best_epoch():
    model, states = small(), []
    told = [lambda e: states.append(e.model.state_dict()), nn.EarlyStopping(patience=5)]
    rough = optim.GradientDescent(lr=30.0)
    history = train(model, epochs=300, batch_size=None, optimizer=rough, held_out=0.3, callbacks=told)
    best = history.held_out_loss.index(min(history.held_out_loss))
    assert history.epochs < 300
    assert model.state_dict() == states[best]


def test_callback_can_stop_training():
    history = train(
        small(), epochs=50, callbacks=lambda epoch: epoch.stop("seen enough") if epoch.number == 2 else None
    )
    assert (history.epochs, history.stopped) == (2, "seen enough")


def test_callback_may_set_parameters():
    model = small()
    zeros = dict.fromkeys(model.state_dict(), 0.0)
    train(model, epochs=1, callbacks=lambda epoch: epoch.model.load_state_dict(zeros))
    assert model.state_dict() == zeros


@pytest.mark.parametrize("compiled", [True, False])
def test_interrupt_ends_cleanly_and_keeps_what_was_learned(compiled):
    model, kept = small(), []

    def interrupt(epoch: nn.Epoch) -> None:
        if epoch.number == 3:
            kept.append(epoch.model.state_dict())
            raise KeyboardInterrupt

    history = train(model, epochs=10, compiled=compiled, callbacks=interrupt)
    assert (history.epochs, history.stopped) == (3, "interrupted")
    assert model.state_dict() == kept[0] != small().state_dict()
    assert model.training is True


def test_interrupt_half_way_through_writing_leaves_a_whole_step(monkeypatch):
    from nn import loop

    model, reference = small(), small()
    calls = []

    def broken(parameters, numbers):
        calls.append(1)
        if len(calls) == 2:
            optim.assign(parameters[:3], numbers[:3])
            raise KeyboardInterrupt
        optim.assign(parameters, numbers)

    monkeypatch.setattr(loop, "assign", broken)
    history = train(model, batch_size=None, epochs=10)
    monkeypatch.undo()
    train(reference, batch_size=None, epochs=2)
    assert history.stopped == "interrupted"
    assert model.state_dict() == reference.state_dict()
    assert len(history.loss) == 1


@pytest.mark.parametrize("compiled", [True, False])
def test_loss_that_is_not_finite_stops_with_the_last_good_parameters(compiled):
    model = nn.LinearRegression(1)
    with pytest.raises(nn.TrainingError, match="Try a smaller learning rate") as error:
        nn.fit(model, [[1e200]], [1.0], loss=model.loss, optimizer=optim.GradientDescent(lr=1.0), compiled=compiled)
    assert isinstance(error.value, ArithmeticError)
    assert model.state_dict() == nn.LinearRegression(1).state_dict()
    assert all(math.isfinite(v) for v in model.state_dict().values())


@pytest.mark.parametrize("compiled", [True, False])
def test_diverging_training_ends_in_finite_parameters(compiled):
    model = nn.LinearRegression(1)
    with pytest.raises(nn.TrainingError, match="epoch"):
        nn.fit(model, [[1.0], [2.0]], [1.0, 2.0], loss=model.loss, optimizer=optim.GradientDescent(lr=100.0),
               epochs=1000, compiled=compiled)  # fmt: skip
    assert all(math.isfinite(v) for v in model.state_dict().values())


@pytest.mark.parametrize("compiled", [True, False])
def test_leaving_a_gates_domain_stops_with_the_last_good_parameters(compiled):
    class Logarithm(nn.Module):
        def __init__(self):
            self.p = Value(1.0)

        def forward(self, x):
            return (x[0] * self.p).log()

    model = Logarithm()
    with pytest.raises(nn.TrainingError, match=r"log\(a\), has no value at a = -.*epoch 2, iteration 2"):
        nn.fit(model, [[1.0]], [-3.0], loss=losses.mean_squared_error, optimizer=optim.GradientDescent(lr=1.0),
               compiled=compiled)  # fmt: skip
    assert model.p.data == 1.0  # the step from 1 to 1 − 6 is taken back


class Branching(nn.Module):
    """A model whose graph depends on its input."""

    def __init__(self) -> None:
        self.a, self.b = Value(0.5), Value(-0.5)

    def forward(self, x):
        return x[0] * self.a if x[0] > 0.0 else x[0] * self.b


class Peeking(Branching):
    """The same, without a comparison of Values that could be watched."""

    def forward(self, x):
        return x[0] * (self.a if x[0].data > 0.0 else self.b)


class Drawing(Branching):
    """The same, but for a little chance."""

    def forward(self, x):
        return super().forward(x) * random.choice([1.0, 1.0 + 1e-7])


@pytest.mark.parametrize("kind", [Branching, Peeking])
def test_each_way_that_rows_take_is_replayed(kind):
    model = kind()
    nn.fit(model, [[1.0], [2.0], [-1.0], [-2.0]], [1.0, 2.0, 1.0, 2.0], loss=losses.mean_squared_error,
           optimizer=optim.GradientDescent(lr=0.1), epochs=50)  # fmt: skip
    assert list(model.state_dict().values()) == pytest.approx([1.0, -1.0], abs=1e-4)
    assert nn.predict(model, [[1.0]] * 5 + [[-1.0]] * 5).tolist() == pytest.approx([1.0] * 10, abs=1e-4)


def test_model_that_cannot_be_replayed_is_trained_gate_by_gate_with_a_warning():
    def fitted(model, **options):
        rows = [[1.0], [2.0], [-1.0], [-2.0]]
        return nn.fit(model, rows, [1.0, 2.0, 1.0, 2.0], loss=losses.mean_squared_error,
                      optimizer=optim.GradientDescent(lr=0.1), epochs=50, **options)  # fmt: skip

    model = Drawing()
    with pytest.warns(UserWarning, match="gate by gate.*draws random numbers"):
        fitted(model)
    assert list(model.state_dict().values()) == pytest.approx([1.0, -1.0], abs=1e-4)
    assert nn.predict(model, [[1.0]] * 5 + [[-1.0]] * 5).tolist() == pytest.approx([1.0] * 10, abs=1e-4)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fitted(Drawing(), compiled=False)


def test_saturated_sigmoid_still_learns():
    model = nn.LogisticRegression(1)
    model.load_state_dict({"neurons.0.w.0": 0.0, "neurons.0.b": 50.0})  # sigmoid(50) is 1.0 to the last bit
    nn.fit(model, [[1.0]], [0.0], loss=model.loss, optimizer=optim.GradientDescent(lr=1.0), epochs=1)
    assert model.state_dict()["neurons.0.b"] == pytest.approx(49.0)


def test_saturated_softmax_still_learns():
    model = nn.MLP(1, [2], output="softmax", initialization="zeros")
    model.load_state_dict({**model.state_dict(), "layers.0.neurons.0.b": 2000.0})
    loss = losses.sparse_categorical_cross_entropy.from_probabilities
    nn.fit(model, [[0.0]], [1], loss=loss, optimizer=optim.GradientDescent(lr=1.0), epochs=1)
    assert model.state_dict()["layers.0.neurons.0.b"] == pytest.approx(1999.0)


def test_model_may_ignore_an_input_and_a_parameter():
    class Lazy(nn.Module):
        def __init__(self):
            self.used, self.unused = Value(1.0), Value(3.0)

        def forward(self, x):
            return x[1] * self.used

    model = Lazy()
    nn.fit(model, [[5.0, 1.0], [7.0, 2.0]], [2.0, 4.0], loss=losses.mean_squared_error,
           optimizer=optim.GradientDescent(lr=0.1), epochs=50)  # fmt: skip
    assert list(model.state_dict().values()) == pytest.approx([2.0, 3.0])
    assert nn.predict(model, [[0.0, float(i)] for i in range(6)]).tolist() == pytest.approx([2.0 * i for i in range(6)])


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


def test_frozen_parameters_stay_while_others_learn():
    model = small()
    for p in model.layers[0].parameters():
        p.requires_grad = False
    before = model.state_dict()
    train(model)
    changed = {name for name, number in model.state_dict().items() if number != before[name]}
    assert changed == {name for name in before if name.startswith("layers.1")}


def test_fitting_on_goes_on_from_what_the_optimizer_remembers():
    once, twice = small(), small()
    X, y = data.moons(30, seed=1)  # noqa: N806
    nn.fit(once, X, y, loss=losses.binary_cross_entropy, optimizer=optim.Adam(lr=0.05), epochs=6)
    optimizer = optim.Adam(lr=0.05)
    for _ in range(2):
        nn.fit(twice, X, y, loss=losses.binary_cross_entropy, optimizer=optimizer, epochs=3)
    assert twice.state_dict() == once.state_dict()


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
]  # fmt: skip


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


@pytest.mark.parametrize(("model", "options", "message"), [
    (lambda row: row, {}, "fit trains a Module"), (small(), {"loss": "mse"}, "one of nn.losses"),
    (small(), {"optimizer": optim.Adam}, "an object such as optim.Adam"),
])  # fmt: skip
def test_things_of_the_wrong_kind_are_told(model, options, message):
    with pytest.raises(TypeError, match=message):
        train(model, **options)


def test_one_metric_needs_no_list():
    assert train(small(), metrics="accuracy")["accuracy"]


def test_loss_that_gives_no_value_is_told():
    with pytest.raises(TypeError, match="a loss gives a Value"):
        train(small(), loss=lambda p, t: 1.0)


def test_progress_bar_shows_the_latest_numbers(capsys):
    train(small(), progress=True)
    assert "loss=" in capsys.readouterr().err


def test_gradients_by_name_equal_backward():
    model = small()
    rows, targets = data.moons(6, seed=2)
    by_name = nn.gradients(model, rows, targets, loss=losses.binary_cross_entropy)
    assert all(p.grad == 0.0 for p in model.parameters())
    losses.binary_cross_entropy([model(row) for row in rows], targets).backward()
    assert list(by_name) == list(model.state_dict())
    assert list(by_name.values()) == pytest.approx([p.grad for p in model.parameters()], rel=1e-9)


def test_predict_equals_calling_the_model():
    model = nn.MLP(2, [3, 2], seed=0)
    rows = np.linspace(-1.0, 1.0, 20).reshape(10, 2)
    expected = [[y.data for y in model(row)] for row in rows]
    for compiled in (True, False):
        assert nn.predict(model, rows, compiled=compiled) == pytest.approx(np.array(expected), rel=1e-12)
    assert nn.predict(small(), rows).shape == (10,)


def test_predict_is_right_where_no_graph_is_kept():
    rows = np.linspace(-1.0, 1.0, 20).reshape(10, 2)
    expected = nn.predict(small(), rows)
    with autograd.no_grad():
        assert nn.predict(small(), rows) == pytest.approx(expected, rel=1e-12)


def test_history_tells_its_curves():
    history = train(small(), metrics=["accuracy"])
    assert "5 epochs: loss" in repr(history)
    assert "all epochs done" in repr(history)
    with pytest.raises(KeyError, match="it has loss, accuracy"):
        history["precision"]


def test_recording_leaves_no_gradients_behind():
    model = small()
    train(model)
    assert all(p.grad == 0.0 for p in model.parameters())


def test_scope_of_training_is_closed_afterwards():
    train(small(), epochs=1)
    assert autograd.Value(1.0).scope == ""
