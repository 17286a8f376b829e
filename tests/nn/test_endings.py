"""However training ends, by itself, a callback, an interrupt or an error, the parameters are whole."""

from __future__ import annotations

import math

import pytest
from support.training import small, train

import nn
from autograd import Value
from nn import losses, optim


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
def test_leaving_a_gates_domain_stops_with_the_last_good_parameters(compiled):
    class Logarithm(nn.Module):
        def __init__(self):
            self.p = Value(1.0)

        def forward(self, x):
            return (x[0] * self.p).log()

    model = Logarithm()
    with pytest.raises(nn.TrainingError, match=r"log\(a\), has no value at a = -.*epoch 2, iteration 2"):
        nn.fit(
            model,
            [[1.0]],
            [-3.0],
            loss=losses.mean_squared_error,
            optimizer=optim.GradientDescent(lr=1.0),
            compiled=compiled,
        )
    assert model.p.data == 1.0  # the step from 1 to 1 − 6 is taken back
