"""fit learns what it should, replayed and gate by gate alike, from rows of any kind."""

from __future__ import annotations

import pytest
from support.extras import imported
from support.training import small, train

import autograd
import nn
from nn import data, losses, optim

CASES = [
    ("bce", lambda: small(), {}),
    ("bce logits", lambda: small(output=None), {"loss": losses.binary_cross_entropy_with_logits, "l2": 0.01}),
    ("mse", lambda: small(output=None), {"loss": losses.mean_squared_error, "held_out": 0.2}),
    (
        "softmax",
        lambda: nn.MLP(2, [4, 2], output="softmax", seed=1),
        {"loss": losses.sparse_categorical_cross_entropy.from_probabilities, "metrics": ["accuracy"]},
    ),
    ("logits", lambda: nn.MLP(2, [4, 2], seed=1), {"loss": losses.sparse_categorical_cross_entropy, "batch_size": 1}),
    ("own loss", lambda: small(output=None), {"loss": lambda p, t: abs(p - t) * 2.0, "batch_size": None}),
]


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


@pytest.mark.parametrize(
    "give",
    [
        lambda x, y: (x.tolist(), y.tolist()),
        lambda x, y: (x, y[:, None]),
        lambda x, y: (tuple(map(tuple, x)), tuple(y)),
        lambda x, y: ((x, y), None),
        lambda x, y: (data.Rows(x, y), None),
    ],
    ids=["lists", "arrays", "tuples", "pair", "Rows"],
)
def test_rows_of_any_kind_train_alike(give):
    X, y = data.moons(30, seed=1)  # noqa: N806
    expected, model = small(), small()
    train(expected)
    nn.fit(
        model,
        *give(X, y),
        loss=losses.binary_cross_entropy,
        optimizer=optim.Adam(lr=0.05),
        epochs=5,
        batch_size=8,
        seed=0,
    )
    assert model.state_dict() == expected.state_dict()


def test_frames_and_bunches_are_rows():
    pandas = imported("pandas")
    datasets = imported("sklearn.datasets")
    frame = pandas.DataFrame({"a": [0.0, 1.0, 2.0], "b": [1, 0, 1]})
    model = nn.LinearRegression(2)
    nn.fit(model, frame, pandas.Series([1.0, 2.0, 3.0]), loss=model.loss, epochs=1)
    model = nn.SoftmaxRegression(4, 3)
    nn.fit(model, datasets.load_iris(), loss=model.loss, epochs=1)
    assert any(model.state_dict().values())


def test_l2_pulls_weights_towards_zero():
    free, held = small(), small()
    train(free, epochs=50)
    train(held, epochs=50, l2=0.05)
    assert sum(w**2 for w in held.state_dict().values()) < 0.5 * sum(w**2 for w in free.state_dict().values())


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


def test_recording_leaves_no_gradients_behind():
    model = small()
    train(model)
    assert all(p.grad == 0.0 for p in model.parameters())


def test_scope_of_training_is_closed_afterwards():
    train(small(), epochs=1)
    assert autograd.Value(1.0).scope == ""


def test_progress_bar_shows_the_latest_numbers(capsys):
    train(small(), progress=True)
    assert "loss=" in capsys.readouterr().err
