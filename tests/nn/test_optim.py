"""Optimizers take PyTorch's steps, on floats, vectors and Values alike."""

from __future__ import annotations

import math

import numpy as np
import pytest
from support.extras import imported

import nn
from autograd import Value
from nn import data, losses, optim, schedules

#: Name, our optimizer, and PyTorch's with its arguments.
PAIRS = [
    ("gradient descent", lambda ps: optim.GradientDescent(ps, lr=0.1), "SGD", {"lr": 0.1}),
    ("SGD", lambda ps: optim.SGD(ps, lr=0.1, weight_decay=0.01), "SGD", {"lr": 0.1, "weight_decay": 0.01}),
    ("momentum", lambda ps: optim.SGD(ps, lr=0.05, momentum=0.9), "SGD", {"lr": 0.05, "momentum": 0.9}),
    (
        "Nesterov",
        lambda ps: optim.SGD(ps, lr=0.05, momentum=0.9, nesterov=True, weight_decay=0.01),
        "SGD",
        {"lr": 0.05, "momentum": 0.9, "nesterov": True, "weight_decay": 0.01},
    ),
    ("RMSProp", lambda ps: optim.RMSProp(ps, lr=0.01), "RMSprop", {"lr": 0.01}),
    (
        "RMSProp with momentum",
        lambda ps: optim.RMSProp(ps, lr=0.01, alpha=0.9, momentum=0.5, weight_decay=0.01),
        "RMSprop",
        {"lr": 0.01, "alpha": 0.9, "momentum": 0.5, "weight_decay": 0.01},
    ),
    ("Adam", lambda ps: optim.Adam(ps, lr=0.02), "Adam", {"lr": 0.02}),
    (
        "Adam with decay",
        lambda ps: optim.Adam(ps, lr=0.02, weight_decay=0.1),
        "Adam",
        {"lr": 0.02, "weight_decay": 0.1},
    ),
    (
        "AdamW",
        lambda ps: optim.AdamW(ps, lr=0.02, betas=(0.8, 0.99), weight_decay=0.1),
        "AdamW",
        {"lr": 0.02, "betas": (0.8, 0.99), "weight_decay": 0.1},
    ),
]


@pytest.mark.parametrize(("name", "make", "torch_name", "options"), PAIRS, ids=[pair[0] for pair in PAIRS])
def test_trajectory_equals_pytorch_over_50_steps(name, make, torch_name, options, in_torch, torch_numbers):
    import torch

    rows, targets = data.moons(12, seed=3)
    model = nn.MLP(2, [4, 1], activation="tanh", seed=5)
    theirs = in_torch(model)
    twin = nn.MLP(2, [4, 1], activation="tanh", seed=5)
    optimizer, their_optimizer = (
        make(model.parameters()),
        getattr(torch.optim, torch_name)(theirs.parameters(), **options),
    )
    for _ in range(50):
        optimizer.zero_grad()
        losses.mean_squared_error([model(row) for row in rows], targets).backward()
        optimizer.step()
        their_optimizer.zero_grad()
        ((theirs(torch.tensor(rows))[:, 0] - torch.tensor(targets)) ** 2).mean().backward()
        their_optimizer.step()
        ours = [p.data for p in model.parameters()]
        assert ours == pytest.approx(torch_numbers(theirs), rel=1e-9, abs=1e-9)
    nn.fit(twin, rows, targets, loss=losses.mean_squared_error, optimizer=make(None), epochs=50)
    assert [p.data for p in twin.parameters()] == pytest.approx(torch_numbers(theirs), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("make", [pair[1] for pair in PAIRS], ids=[pair[0] for pair in PAIRS])
def test_one_rule_serves_floats_and_vectors(make):
    def slope(w):
        return 2.0 * (w - 3.0)

    alone, together = make(None), make(None)
    w, vector = 1.0, np.array([1.0, 1.0])
    for _ in range(10):
        w = alone.update(w, slope(w))
        vector = together.update(vector, slope(vector))
        assert isinstance(w, float)
        assert vector.tolist() == pytest.approx([w, w], rel=1e-14)
    assert abs(w - 3.0) < 2.0


@pytest.mark.parametrize("make", [pair[1] for pair in PAIRS], ids=[pair[0] for pair in PAIRS])
def test_the_same_rule_on_values_can_be_differentiated_through(make):
    def arrived(start):
        w, optimizer = start, make(None)
        for _ in range(3):
            w = optimizer.update(w, 2.0 * (w - 3.0))
        return w

    end = arrived(start := Value(1.0))
    assert end.data == pytest.approx(arrived(1.0), rel=1e-14)
    end.backward()
    assert start.grad == pytest.approx((arrived(1.0 + 1e-6) - arrived(1.0 - 1e-6)) / 2e-6, rel=1e-5)


def test_gradient_descent_step_by_hand():
    w = Value(2.0)
    optimizer = optim.GradientDescent([w], lr=0.25)
    (w * w).backward()
    optimizer.step()
    assert w.data == 1.0  # 2 − 0.25 · 2 · 2
    optimizer.zero_grad()
    assert w.grad == 0.0


def test_first_step_of_adam_is_the_learning_rate_whatever_the_gradient():
    for g in (1e-3, 1.0, -1e3):
        assert optim.Adam(lr=0.1).update(0.0, g) == pytest.approx(-math.copysign(0.1, g), rel=1e-4)


def test_frozen_parameters_stay():
    w, fixed = Value(1.0), Value(1.0)
    optimizer = optim.SGD([w, fixed], lr=0.1)
    fixed.requires_grad = False
    w.grad = fixed.grad = 1.0
    optimizer.step()
    assert (w.data, fixed.data) == (0.9, 1.0)


def test_state_dict_continues_the_same_trajectory():
    w = Value(1.0)
    first = optim.Adam([w], lr=0.1)
    for _ in range(3):
        w.grad = 2.0 * w.data
        first.step()
    twin = Value(w.data)
    second = optim.Adam([twin], lr=0.1)
    second.load_state_dict(first.state_dict())
    for optimizer, p in ((first, w), (second, twin)):
        p.grad = 2.0 * p.data
        optimizer.step()
    assert w.data == twin.data


def test_state_of_other_parameters_is_refused():
    optimizer = optim.Adam([Value(1.0), Value(2.0)])
    with pytest.raises(ValueError, match=r"moves 2 parameters, but the state's 'm' is of shape \(3,\)"):
        optimizer.load_state_dict({"steps": 1, "m": [0.0] * 3, "v": [0.0] * 3})
    with pytest.raises(ValueError, match="has the number of steps"):
        optimizer.load_state_dict({})
    assert (optimizer.steps, optimizer.state) == (0, {})


def test_binding_to_other_parameters_forgets():
    optimizer = optim.Adam([Value(1.0)], lr=0.1)
    optimizer.parameters[0].grad = 1.0
    optimizer.step()
    assert optimizer.steps == 1
    optimizer.bind([Value(1.0), Value(2.0)])
    assert (optimizer.steps, optimizer.state) == (0, {})


def test_clipping_by_norm_equals_pytorch():
    torch = imported("torch")
    ps, grads = [Value(0.0) for _ in range(3)], [3.0, -4.0, 12.0]
    theirs = [torch.zeros(1, dtype=torch.float64, requires_grad=True) for _ in range(3)]
    for p, t, g in zip(ps, theirs, grads, strict=True):
        p.grad, t.grad = g, torch.tensor([g], dtype=torch.float64)
    assert optim.clip_grad_norm(ps, 2.0) == 13.0
    assert torch.nn.utils.clip_grad_norm_(theirs, 2.0).item() == 13.0
    assert [p.grad for p in ps] == pytest.approx([t.grad.item() for t in theirs], rel=1e-12)


def test_clipping_leaves_a_short_gradient_alone():
    assert optim.clip_norm(np.array([0.3, 0.4]), 1.0).tolist() == [0.3, 0.4]
    assert optim.clip_norm(-0.5, 1.0) == -0.5


def test_clipping_by_value_keeps_each_number_in_bounds():
    ps = [Value(0.0), Value(0.0)]
    ps[0].grad, ps[1].grad = 5.0, -0.5
    optim.clip_grad_value(ps, 1.0)
    assert [p.grad for p in ps] == [1.0, -0.5]
    assert optim.clip_value(np.array([-7.0, 0.0]), 2.0).tolist() == [-2.0, 0.0]
    assert optim.clip_value(-7.0, 2.0) == optim.clip_value(Value(-7.0), 2.0).data == -2.0


def test_optimizer_clips_before_its_rule():
    assert optim.GradientDescent(lr=1.0, clip_value=0.5).update(0.0, 10.0) == -0.5
    assert optim.SGD(lr=1.0, clip_norm=0.5).update(0.0, 10.0) == pytest.approx(-0.5, rel=1e-6)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (schedules.step_decay(0.1, 5, 0.5), lambda s, o: s.StepLR(o, 5, 0.5)),
        (schedules.exponential(0.1, 0.9), lambda s, o: s.ExponentialLR(o, 0.9)),
        (schedules.cosine(0.1, 20, 0.01), lambda s, o: s.CosineAnnealingLR(o, 20, 0.01)),
        (schedules.linear(0.1, 10, 0.02), lambda s, o: s.LinearLR(o, 1.0, 0.2, 10)),
        (schedules.constant(0.1), lambda s, o: s.ConstantLR(o, 1.0)),
    ],
    ids=["step_decay", "exponential", "cosine", "linear", "constant"],
)
def test_schedule_equals_pytorch(ours, theirs):
    torch = imported("torch")
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
    schedule = theirs(torch.optim.lr_scheduler, optimizer)
    for step in range(20):
        assert ours(step) == pytest.approx(schedule.get_last_lr()[0], rel=1e-9)
        optimizer.step()
        schedule.step()


def test_warmup_rises_in_equal_steps_to_the_schedule():
    rate = schedules.warmup(0.4, 4)
    assert [rate(step) for step in range(6)] == pytest.approx([0.1, 0.2, 0.3, 0.4, 0.4, 0.4])


def test_schedule_sets_the_rate_of_each_step():
    optimizer = optim.GradientDescent(lr=schedules.step_decay(1.0, 1, 0.5))
    w = optimizer.update(0.0, 1.0)
    assert (w, optimizer.update(w, 1.0)) == (-1.0, -1.5)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: optim.SGD(lr=0.0), "lr is a number above 0"),
        (lambda: optim.SGD(lr=math.nan), "lr is a number above 0"),
        (lambda: optim.SGD(lr="fast"), "lr is a number above 0"),
        (lambda: optim.SGD(lr=0.1, momentum=1.0), "momentum is a number from 0 up to"),
        (lambda: optim.SGD(lr=0.1, nesterov=True), "give a momentum above 0"),
        (lambda: optim.Adam(betas=(0.9, 1.5)), "beta2"),
        (lambda: optim.AdamW(weight_decay=-1.0), "weight_decay is a number from 0 up"),
        (lambda: optim.Adam(clip_norm=0.0), "clip_norm is a number above 0"),
        (lambda: schedules.cosine(0.1, 0), "a number of steps from 1 up"),
        (lambda: schedules.exponential(-0.1, 0.9), "numbers above 0"),
        (lambda: optim.Adam().step(), "no parameters to move"),
    ],
)
def test_impossible_settings_are_told(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_a_rate_in_the_place_of_the_parameters_is_told():
    with pytest.raises(TypeError, match=r"lr=0\.1"):
        optim.Adam(0.1)


def test_only_leaves_can_be_moved_and_each_once():
    w = Value(1.0)
    with pytest.raises(TypeError, match="leaf Values"):
        optim.SGD([w * 2.0])
    with pytest.raises(ValueError, match="given twice"):
        optim.SGD([w, w])
