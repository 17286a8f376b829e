"""However training ends, what was learned is kept: the best parameters if wanted, and the history."""

from __future__ import annotations

import math
import pickle

import pytest

import nn
from nn import data, losses, optim

ROWS = data.moons(30, seed=1)


def small() -> nn.MLP:
    return nn.MLP(2, [4, 1], activation="tanh", output="sigmoid", seed=0)


def train(model: nn.Module, callbacks: list, epochs: int = 30, **options: object) -> nn.History:
    """A training so rough that the best epoch is not the last."""
    settings = {"optimizer": optim.GradientDescent(lr=30.0), "loss": losses.binary_cross_entropy, **options}
    return nn.fit(model, *ROWS, epochs=epochs, held_out=0.3, seed=0, callbacks=callbacks, **settings)


@pytest.mark.parametrize("compiled", [True, False])
def test_early_stopping_that_never_fires_restores_the_best_at_the_end(compiled):
    model, states = small(), []
    stopping = nn.EarlyStopping(patience=1000)
    history = train(model, [lambda e: states.append(e.model.state_dict()), stopping], compiled=compiled)
    best = history.held_out_loss.index(min(history.held_out_loss))
    assert (history.epochs, history.stopped) == (30, "all epochs done")
    assert best + 1 == stopping.best_epoch < 30
    assert model.state_dict() == states[best] != states[-1]


@pytest.mark.parametrize(
    ("of", "message"),
    [
        ("acuracy", "no curve of this training is named 'acuracy'; did you mean 'accuracy'.*held_out_accuracy"),
        ("largest_error", "there are loss, accuracy, held_out_loss, held_out_accuracy, or give fit the metric"),
    ],
)
def test_a_curve_that_the_training_will_not_have_is_refused_before_it_begins(of, message):
    model = small()
    with pytest.raises(ValueError, match=message):
        train(model, [nn.EarlyStopping(of=of)], metrics="accuracy")
    assert model.state_dict() == small().state_dict()


@pytest.mark.parametrize("of", ["loss", "held_out_loss", "accuracy", "held_out_accuracy"])
def test_early_stopping_watches_any_curve_of_the_training(of):
    stopping = nn.EarlyStopping(of=of, patience=1000)
    history = train(small(), [stopping], metrics="accuracy")
    best = max if of.endswith("accuracy") else min
    assert stopping.best == best(history[of])


def test_a_callback_is_told_the_curves_before_training_begins():
    class Picky:
        def begin(self, curves):
            seen.extend(curves)

        def __call__(self, epoch):
            pass

    seen: list[str] = []
    nn.fit(small(), *ROWS, loss=losses.binary_cross_entropy, epochs=1, callbacks=Picky())
    assert seen == ["loss"]


def test_without_restore_the_last_parameters_stay():
    model, states = small(), []
    train(model, [lambda e: states.append(e.model.state_dict()), nn.EarlyStopping(1000, restore=False)])
    assert model.state_dict() == states[-1]


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError, SystemExit])
def test_early_stopping_restores_the_best_where_training_is_broken_off(error):
    model, states, histories = small(), [], []

    def callback(epoch: nn.Epoch) -> None:
        states.append(epoch.model.state_dict())
        histories.append(epoch.history)
        if epoch.number == 25:
            raise error

    if error is KeyboardInterrupt:
        assert train(model, [nn.EarlyStopping(1000), callback]).stopped == "interrupted"
    else:
        with pytest.raises(error) as raised:
            train(model, [nn.EarlyStopping(1000), callback])
        assert raised.value.history is histories[0]
    assert histories[0].epochs == 25
    best = histories[0].held_out_loss.index(min(histories[0].held_out_loss))
    assert best < 24
    assert model.state_dict() == states[best]


def test_early_stopping_forgets_the_training_before():
    model, stopping = small(), nn.EarlyStopping(1000)
    train(model, [stopping], epochs=3)
    fresh = nn.MLP(2, [4, 1], activation="tanh", output="sigmoid", seed=5)

    def interrupt(epoch: nn.Epoch) -> None:
        raise KeyboardInterrupt

    reference = nn.MLP(2, [4, 1], activation="tanh", output="sigmoid", seed=5)
    train(reference, [], epochs=1)
    history = train(fresh, [interrupt, stopping])
    assert (history.epochs, history.stopped) == (1, "interrupted")
    assert fresh.state_dict() == reference.state_dict()


def test_callback_with_finish_is_told_once_at_the_end():
    class Told:
        def __init__(self):
            self.epochs, self.ends = [], []

        def __call__(self, epoch):
            self.epochs.append(epoch.number)

        def finish(self, epoch):
            self.ends.append((epoch.number, epoch.history.stopped))

    told = Told()
    train(small(), [told], epochs=3)
    assert (told.epochs, told.ends) == ([1, 2, 3], [(3, "all epochs done")])


@pytest.mark.parametrize("compiled", [True, False])
def test_training_error_carries_the_history_and_says_where(compiled):
    model = nn.LinearRegression(1)
    with pytest.raises(nn.TrainingError, match=r"in epoch (\d+), iteration \d+") as error:
        nn.fit(
            model,
            [[1.0], [2.0]],
            [1.0, 2.0],
            loss=model.loss,
            optimizer=optim.GradientDescent(lr=100.0),
            epochs=1000,
            compiled=compiled,
        )
    history = error.value.history
    assert f"in epoch {history.epochs + 1}, iteration {len(history.step_losses) + 1}," in str(error.value)
    assert history.epochs > 10
    assert all(map(math.isfinite, [*history.loss, *model.state_dict().values()]))
    assert history.loss[1] > history.loss[0]
    assert history.stopped.startswith("TrainingError: ")
    assert pickle.loads(pickle.dumps(error.value)).history == history


def test_any_error_of_a_callback_carries_the_history_and_says_where():
    def broken(epoch: nn.Epoch) -> None:
        if epoch.number == 3:
            raise RuntimeError("no disk")

    model, reference = small(), small()
    with pytest.raises(RuntimeError, match="no disk") as error:
        train(model, [broken])
    assert error.value.history.epochs == 3
    assert error.value.history.stopped == "RuntimeError: no disk"
    assert "this error's .history" in error.value.__notes__[0]
    train(reference, [], epochs=3)
    assert model.state_dict() == reference.state_dict()


def test_error_of_a_metric_drops_the_unfinished_epoch():
    calls = []

    def broken(outputs, targets):
        calls.append(1)
        if len(calls) == 4:  # in the second epoch, of the held-out rows
            raise ZeroDivisionError
        return 0.0

    with pytest.raises(ZeroDivisionError) as error:
        train(small(), [], metrics=[broken])
    history = error.value.history
    assert {name: len(curve) for name, curve in history.curves().items()} == {
        "loss": 1,
        "held_out_loss": 1,
        "broken": 1,
        "held_out_broken": 1,
    }


def test_an_accuracy_should_rise_and_a_loss_fall():
    assert nn.EarlyStopping(of="held_out_accuracy").highest is True
    assert nn.EarlyStopping(of="loss").highest is False
    with pytest.raises(ValueError, match="highest goes with the curve that should rise"):
        nn.EarlyStopping(highest=True)


def test_a_first_epoch_without_a_number_is_not_the_best():
    values = iter([math.nan, 3.0, 2.0])
    stopping = nn.EarlyStopping(patience=5, of="odd")
    history = nn.History(metrics={"odd": []})
    for number in (1, 2, 3):
        history.loss.append(0.0)
        history.metrics["odd"].append(next(values))
        stopping(nn.Epoch(number, history, small(), optim.Adam()))
    assert (stopping.best, stopping.best_epoch) == (2.0, 3)


def test_stopping_for_no_reason_stops():
    history = train(small(), [lambda epoch: epoch.stop("")])
    assert (history.epochs, history.stopped) == (1, "stopped by a callback")
