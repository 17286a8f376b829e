"""What an optimizer remembers belongs to each parameter, whatever is bound, frozen, saved or loaded in between."""

from __future__ import annotations

import copy
import math
import pickle

import numpy as np
import pytest
from support.extras import imported

import nn
from autograd import Value
from nn import losses, optim, schedules

ROWS = [[1.0, 2.0], [-1.0, 0.5], [0.3, -0.7]]
TARGETS = [1.0, 0.0, 2.0]


def fit(model: nn.Module, optimizer: optim.Optimizer, epochs: int = 3) -> nn.History:
    return nn.fit(model, ROWS, TARGETS, loss=losses.mean_squared_error, optimizer=optimizer, epochs=epochs)


def neuron() -> nn.Neuron:
    return nn.Neuron(2, "tanh", seed=0)


def numbers(optimizer: optim.Optimizer) -> dict[str, list[float]]:
    return {name: np.asarray(vector).tolist() for name, vector in optimizer.state_dict().items()}


def test_state_loaded_before_there_are_parameters_becomes_theirs():
    once, twice = neuron(), neuron()
    fit(once, optim.Adam(lr=0.05), epochs=6)
    first = optim.Adam(lr=0.05)
    fit(twice, first)
    second = optim.Adam(lr=0.05)
    second.load_state_dict(first.state_dict())
    fit(twice, second)
    assert twice.state_dict() == once.state_dict()


def test_state_loaded_before_binding_must_be_of_as_many_parameters():
    optimizer = optim.Adam(lr=0.05)
    optimizer.load_state_dict({"steps": 2, "m": [0.1] * 5, "v": [0.1] * 5})
    model = neuron()
    before = model.state_dict()
    with pytest.raises(ValueError, match=r"moves 3 parameters, but the state's 'm' is of shape \(5,\)"):
        fit(model, optimizer)
    assert model.state_dict() == before
    assert optimizer.steps == 2


def test_an_optimizer_made_for_some_parameters_trains_only_those():
    model = neuron()
    before = model.state_dict()
    fit(model, optim.Adam([model.w[1]], lr=0.05))
    changed = [name for name, number in model.state_dict().items() if number != before[name]]
    assert changed == ["w.1"]


def test_an_optimizer_made_for_another_model_is_refused():
    other, model = neuron(), neuron()
    before = model.state_dict()
    with pytest.raises(ValueError, match=r"made for 3 parameters that the model does not hold.*model\.parameters\(\)"):
        fit(model, optim.Adam(other.parameters(), lr=0.05))
    assert model.state_dict() == before


def test_an_optimizer_whose_parameters_are_all_frozen_is_told():
    model = neuron()
    model.b.requires_grad = False
    with pytest.raises(ValueError, match="all parameters that this SGD was made for are frozen"):
        fit(model, optim.SGD([model.b], lr=0.1))


def test_an_optimizer_without_parameters_may_train_one_model_after_another():
    alone, optimizer = neuron(), optim.Adam(lr=0.05)
    fit(alone, optim.Adam(lr=0.05))
    fit(nn.MLP(2, [3, 1], seed=1), optimizer)
    second = neuron()
    fit(second, optimizer)
    assert second.state_dict() == alone.state_dict()


@pytest.mark.parametrize(
    "make",
    [
        lambda: optim.Adam(lr=0.05),
        lambda: optim.SGD(lr=0.05, momentum=0.9),
        lambda: optim.RMSProp(lr=0.01, momentum=0.5),
    ],
)
def test_freezing_one_weight_keeps_the_moments_of_the_others(make):
    model, optimizer = neuron(), make()
    fit(model, optimizer)
    before = numbers(optimizer)
    model.w[0].requires_grad = False
    frozen_at = model.w[0].data
    loss = losses.mean_squared_error([model(row) for row in ROWS], TARGETS)
    loss.backward()
    slopes = [p.grad for p in model.parameters()]
    model.zero_grad()
    fit(model, optimizer, epochs=1)
    after = numbers(optimizer)
    assert model.w[0].data == frozen_at
    for name in set(before) - {"steps"}:
        assert after[name][0] == before[name][0]  # put aside, not run down
        assert after[name][1] != before[name][1]
    if "m" in before:  # m ← 0.9 m + 0.1 g
        assert after["m"][1] == pytest.approx(0.9 * before["m"][1] + 0.1 * slopes[1], rel=1e-9)


def test_a_parameter_frozen_for_a_while_steps_as_in_pytorch():
    torch = imported("torch")
    ours = [Value(1.0), Value(-2.0)]
    theirs = [torch.tensor(p.data, dtype=torch.float64, requires_grad=True) for p in ours]
    optimizer, other = optim.Adam(ours, lr=0.1), torch.optim.Adam(theirs, lr=0.1)
    for step in range(12):
        frozen = 0 if 3 <= step < 7 else None
        for i, (p, t) in enumerate(zip(ours, theirs, strict=True)):
            p.requires_grad = i != frozen
            p.grad = 2.0 * p.data + 1.0
            t.grad = None if i == frozen else torch.tensor(p.grad, dtype=torch.float64)
        optimizer.step()
        other.step()
        assert [p.data for p in ours] == pytest.approx([t.item() for t in theirs], rel=1e-12)
    assert optimizer.state_dict()["ages"].tolist() == [8, 12]


def test_a_parameter_added_later_starts_from_nothing_as_in_pytorch():
    torch = imported("torch")
    ours = [Value(1.0), Value(-2.0)]
    theirs = [torch.tensor(p.data, dtype=torch.float64, requires_grad=True) for p in ours]
    optimizer, other = optim.Adam(ours[:1], lr=0.1), torch.optim.Adam(theirs[:1], lr=0.1)
    for step in range(8):
        if step == 4:
            optimizer.bind(ours)
            other.add_param_group({"params": theirs[1:]})
        for p, t in zip(ours, theirs, strict=True):
            p.grad = math.cos(p.data)
            t.grad = torch.tensor(p.grad, dtype=torch.float64)
        optimizer.step()
        other.step()
        assert [p.data for p in ours] == pytest.approx([t.item() for t in theirs], rel=1e-12)


def test_state_of_different_ages_goes_round():
    def run(saved: bool) -> list[float]:
        ps = [Value(1.0), Value(2.0)]
        optimizer = optim.Adam(ps, lr=0.1)
        for step in range(6):
            ps[0].requires_grad = step != 1
            ps[0].grad, ps[1].grad = 1.0 + step, 0.5
            if saved and step == 4:
                state = optimizer.state_dict()
                optimizer = optim.Adam(lr=0.1)
                optimizer.load_state_dict(state)
                optimizer.bind(ps)
            optimizer.step()
        return [p.data for p in ps]

    assert run(saved=True) == run(saved=False)


def test_state_after_fit_is_of_all_parameters_frozen_ones_too():
    model, optimizer = neuron(), optim.Adam(lr=0.05)
    model.w[0].requires_grad = False
    fit(model, optimizer)
    state = optimizer.state_dict()
    assert state["m"].shape == (3,)
    assert (state["m"][0], state["ages"].tolist()) == (0.0, [0, 3, 3])
    assert optimizer.state_dict()["m"].tolist() == state["m"].tolist()  # asking changes nothing
    model.w[0].requires_grad = True
    fit(model, optimizer, epochs=1)


def test_schedule_goes_on_after_binding_to_more_parameters():
    optimizer = optim.SGD([a := Value(1.0)], lr=schedules.step_decay(1.0, 2, 0.5))
    for _ in range(2):
        optimizer.step()
    optimizer.bind([a, Value(2.0)])
    assert (optimizer.steps, optimizer.rate()) == (2, 0.5)


def test_state_of_another_kind_of_optimizer_is_refused():
    sgd = optim.SGD([p := Value(1.0)], lr=0.1, momentum=0.9)
    p.grad = 1.0
    sgd.step()
    adam = optim.Adam([Value(1.0)])
    with pytest.raises(ValueError, match="another kind of optimizer: it holds v, but this Adam remembers m, v"):
        adam.load_state_dict(sgd.state_dict())
    with pytest.raises(ValueError, match="holds v, but this GradientDescent remembers nothing"):
        optim.GradientDescent().load_state_dict(sgd.state_dict())
    assert (adam.steps, adam.state) == (0, {})


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ({"steps": 1, "m": [math.nan], "v": [0.0]}, "'m' holds what is no finite number"),
        ({"steps": 1, "m": ["x"], "v": [0.0]}, "'m' holds what is no number"),
        ({"steps": 1.5, "m": [0.0], "v": [0.0]}, "the number of steps in an optimizer's state is a whole number"),
        ({"steps": -1}, "from 0 up"),
        ([1.0], "has the number of steps"),
    ],
)
def test_state_that_cannot_be_is_refused(state, message):
    optimizer = optim.Adam([Value(1.0)])
    with pytest.raises(ValueError, match=message):
        optimizer.load_state_dict(state)
    assert (optimizer.steps, optimizer.state) == (0, {})


def test_copies_and_pickles_remember():
    optimizer = optim.Adam([p := Value(1.0)], lr=0.1)
    p.grad = 2.0
    optimizer.step()
    for twin in (copy.deepcopy(optimizer), pickle.loads(pickle.dumps(optimizer))):
        assert numbers(twin) == numbers(optimizer)
        assert twin.parameters != optimizer.parameters


def test_failed_training_leaves_the_optimizer_at_the_last_finite_loss():
    model, optimizer = nn.LinearRegression(1), optim.SGD(lr=100.0, momentum=0.9)
    with pytest.raises(nn.TrainingError):
        nn.fit(model, [[1.0], [2.0]], [1.0, 2.0], loss=model.loss, optimizer=optimizer, epochs=1000)
    assert np.isfinite(optimizer.state_dict()["v"]).all()


@pytest.mark.parametrize(
    "make",
    [
        lambda: optim.Adam(betas=0.9),
        lambda: optim.Adam(betas=(0.9, 0.99, 0.999)),
        lambda: optim.SGD(momentum="a lot"),
        lambda: optim.SGD(lr=True),
        lambda: optim.clip_norm(1.0, -1.0),
        lambda: optim.clip_value(1.0, 0.0),
        lambda: optim.SGD(lr=lambda step: math.nan).rate(),
    ],
)
def test_settings_that_cannot_be_are_told(make):
    with pytest.raises(ValueError, match=r"but was given|but the schedule gave"):
        make()


def test_a_schedule_that_was_not_made_is_told_at_once():
    with pytest.raises(TypeError, match=r"you gave the function cosine that makes one; write lr=cosine\(\.\.\.\)"):
        optim.Adam(lr=schedules.cosine)


def test_a_parameter_appended_to_the_list_moves_too():
    optimizer = optim.Adam([a := Value(1.0)], lr=0.1)
    a.grad = 1.0
    optimizer.step()
    optimizer.parameters.append(b := Value(1.0))
    b.grad = 1.0
    optimizer.step()
    assert b.data == pytest.approx(0.9)  # its first step is the learning rate
