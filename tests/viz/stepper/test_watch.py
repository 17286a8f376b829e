"""The training view: what is recorded equals the model, and the page steps through it."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.pages import Open

import nn
import viz
from autograd import sum as total
from viz.text.numbers import format_number

XOR = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
TARGETS = [0.0, 1.0, 1.0, 0.0]


def trained(epochs: int = 30, **options: Any) -> Any:
    model = nn.MLP(2, [3, 1], activation="tanh", output="sigmoid", seed=1)
    optimizer = nn.optim.Adam(lr=0.05)
    return viz.watch(
        model, XOR, TARGETS, loss=nn.losses.mean_squared_error, optimizer=optimizer, epochs=epochs, **options
    )


def test_the_training_is_that_of_fit() -> None:
    watched = trained()
    model = nn.MLP(2, [3, 1], activation="tanh", output="sigmoid", seed=1)
    history = nn.fit(
        model, XOR, TARGETS, loss=nn.losses.mean_squared_error, optimizer=nn.optim.Adam(lr=0.05), epochs=30
    )
    assert watched.history.loss == history.loss
    assert watched.model.state_dict() == model.state_dict()


def test_each_frame_holds_the_loss_and_gradient_at_its_weights() -> None:
    watched = trained(epochs=5)
    assert [frame.epoch for frame in watched.kept] == [0, 1, 2, 3, 4, 5]
    model = watched.model
    for frame in watched.kept:
        for parameter, weight in zip(model.parameters(), frame.weights, strict=True):
            parameter.data, parameter.grad = float(weight), 0.0
        loss = total([(model(row) - target) ** 2 for row, target in zip(XOR, TARGETS, strict=True)]) / 4
        loss.backward()
        assert frame.loss == pytest.approx(loss.data, rel=1e-12)
        np.testing.assert_allclose(frame.gradients, [p.grad for p in model.parameters()], rtol=1e-9, atol=1e-15)


def test_a_long_training_keeps_evenly_spaced_epochs_and_the_last() -> None:
    watched = trained(epochs=301)
    epochs = [frame.epoch for frame in watched.kept]
    assert len(epochs) <= 121
    assert epochs[0] == 0
    assert epochs[-1] == 301
    assert len(set(np.diff(epochs[:-1]))) == 1


def test_a_training_of_one_s_own_is_recorded_by_a_callback() -> None:
    model = nn.MLP(2, [1], output="sigmoid", seed=0)
    recorder = viz.Watch(model, XOR, TARGETS, loss=nn.losses.binary_cross_entropy)
    nn.fit(model, XOR, TARGETS, loss=nn.losses.binary_cross_entropy, epochs=3, batch_size=2, callbacks=recorder)
    assert [frame.epoch for frame in recorder.kept] == [0, 1, 2, 3]


def test_parameters_fall_into_matrices_by_their_names() -> None:
    from viz.stepper.watch import matrices

    names = [name for name, _ in nn.MLP(2, [2, 1], seed=0).named_parameters()]
    assert matrices(names) == [
        {"title": "layers.0", "rows": [[0, 1, 2], [3, 4, 5]]},
        {"title": "layers.1", "rows": [[6, 7, 8]]},
    ]
    assert matrices(["scale", "table.0", "table.1"]) == [
        {"title": "scale", "rows": [[0]]},
        {"title": "table", "rows": [[1, 2]]},
    ]


def test_the_page_steps_through_the_epochs(opened: Open) -> None:
    watched = trained()
    page = opened(watched)
    page.locator(".gw-place").wait_for()
    assert page.locator(".gw-place").inner_text() == "epoch 30"
    page.get_by_role("button", name="Start").click()
    says = page.locator("[aria-live=polite]")
    assert says.inner_text().startswith(f"Before training: loss {format_number(watched.frames[0].loss)}")
    page.keyboard.press("ArrowRight")
    assert page.locator(".gw-place").inner_text() == "epoch 1"
    page.get_by_role("slider", name="Epoch").fill("7")
    assert says.inner_text().startswith("After epoch 7")
    page.get_by_text("All weights and gradients").click()
    page.wait_for_selector(".gw-table tbody tr")
    shown = page.locator(".gw-table tbody tr").evaluate_all(
        "rows => rows.map(r => [...r.querySelectorAll('data')].map(d => Number(d.value)))"
    )
    np.testing.assert_allclose([w for w, _ in shown], watched.frames[7].weights, rtol=1e-5)
    np.testing.assert_allclose([g for _, g in shown], watched.frames[7].gradients, rtol=1e-5)


def colours_at(page: Any, *places: tuple[float, float]) -> list[list[int]]:
    """The colours of the map of decisions at places given as shares of its width and height, from the lower left."""
    found: list[list[int]] = page.evaluate(
        """places => { const c = document.querySelector(".gw-panel canvas"), { width: w, height: h } = c;
            const data = c.getContext("2d").getImageData(0, 0, w, h).data;
            return places.map(([x, y]) => { const at = 4 * (Math.floor((1 - y) * h) * w + Math.floor(x * w));
                return [...data.slice(at, at + 3)]; }); }""",
        places,
    )
    return found


def test_the_map_is_blue_where_the_model_says_0_and_orange_where_it_says_1(opened: Open) -> None:
    rows = [[x, y] for x in np.linspace(-1, 1, 5) for y in np.linspace(-1, 1, 5)]
    model = nn.MLP(2, [1], output="sigmoid", seed=0)
    watched = viz.watch(
        model,
        rows,
        [float(x > 0) for x, _ in rows],
        loss=nn.losses.binary_cross_entropy,
        optimizer=nn.optim.Adam(lr=0.5),
        epochs=40,
    )
    page = opened(watched)
    page.locator(".gw-place").wait_for()
    left, right = colours_at(page, (0.06, 0.3), (0.94, 0.3))
    assert left[2] > left[0]
    assert right[0] > right[2]


def test_one_input_is_shown_as_a_curve_and_many_classes_as_regions(opened: Open) -> None:
    line = viz.watch(
        nn.models.LinearRegression(1),
        [[0.0], [1.0], [2.0]],
        [1.0, 3.0, 5.0],
        loss=nn.losses.mean_squared_error,
        epochs=5,
    )
    rows = [[math.cos(a), math.sin(a)] for a in np.linspace(0, 6, 12)]
    softmax = viz.watch(
        nn.models.SoftmaxRegression(2, 3),
        rows,
        [0.0] * 4 + [1.0] * 4 + [2.0] * 4,
        loss=nn.losses.sparse_categorical_cross_entropy,
        epochs=5,
    )
    wide = viz.watch(
        nn.MLP(4, [1], seed=0), [[1.0, 2.0, 3.0, 4.0]] * 2, [1.0, 2.0], loss=nn.losses.mean_squared_error, epochs=2
    )
    page = opened(line, softmax, wide)
    page.locator(".gw-place").nth(2).wait_for()
    captions = [root.locator("figcaption").all_inner_texts() for root in page.locator(".gw").all()]
    assert captions[0][0] == "What the model says"
    assert captions[1][0] == "Decision boundary"
    assert "● 0   ▲ 1   ■ 2" in page.locator(".gw").nth(1).inner_text()
    assert captions[2] == ["Loss", "Weights", "Gradients, over all rows"]


def test_without_scripts_the_loss_is_a_picture_and_a_table() -> None:
    html = trained(epochs=5).html
    assert '<img alt="Training MLP: loss 0.' in html
    assert html.count("<tr>") == 7


def test_the_held_out_loss_is_drawn_too() -> None:
    model = nn.MLP(2, [1], output="sigmoid", seed=0)
    watched = viz.watch(model, XOR * 4, TARGETS * 4, loss=nn.losses.binary_cross_entropy, epochs=4, held_out=0.25)
    assert watched.kept[-1].held == watched.history.held_out_loss[-1]
    assert watched.kept[0].held is None


def test_saving_shows_and_refuses_as_the_stepper_does(tmp_path: Path) -> None:
    watched = trained(epochs=2)
    assert watched.save(tmp_path / "t.html").read_text("utf-8").startswith("<!doctype html>")
    with pytest.raises(ValueError, match=r"ends in \.html"):
        watched.save(tmp_path / "t.png")
    assert repr(watched).startswith("<Watch: Training MLP, 2 epochs, loss ")
    assert set(watched._repr_mimebundle_()) == {"text/html", "text/plain"}


def diverged() -> Any:
    model = nn.MLP(2, [3, 1], activation="relu", seed=1)
    return viz.watch(model, XOR, TARGETS, loss=nn.losses.mean_squared_error, optimizer=nn.optim.SGD(lr=1e3), epochs=60)


def test_a_training_that_diverges_is_kept_and_told() -> None:
    watched = diverged()
    assert watched.diverged.startswith("The training diverged: the loss became inf in epoch 48")
    assert [frame.epoch for frame in watched.kept] == list(range(48))
    assert watched.kept[-1].loss == math.inf
    assert math.isfinite(watched.kept[-2].loss)
    assert len(watched.history.loss) == 47
    assert repr(watched).endswith("diverged>")
    assert "The training diverged" in watched.html


def test_a_training_that_diverges_at_once_keeps_its_beginning() -> None:
    watched = viz.watch(
        nn.MLP(2, [1], seed=0),
        [[1e200, 1e200]] * 2,
        [0.0, 1.0],
        loss=nn.losses.mean_squared_error,
        optimizer=nn.optim.SGD(lr=1e300),
        epochs=5,
    )
    assert [frame.epoch for frame in watched.kept] == [0]
    assert watched.diverged
    assert watched.html


def test_the_page_of_a_diverged_training_shows_what_became_of_its_numbers(opened: Open) -> None:
    page = opened(diverged())
    page.locator(".gw-place").wait_for()
    assert "The training diverged" in page.locator(".gw-mark").inner_text()
    assert page.locator("[aria-live=polite]").inner_text().startswith("After epoch 47: loss ∞.")
    assert page.locator("svg.chart").get_by_text("∞").count() == 1
    page.get_by_role("button", name="Start").click()
    assert page.locator("[aria-live=polite]").inner_text().startswith("Before training: loss 0.108.")
    assert "a full square is" in page.locator(".gw-cell").nth(1).inner_text()


def test_numbers_that_are_none_stay_so_in_the_page(opened: Open) -> None:
    watched = trained(epochs=3)
    watched.kept[-1].weights[0] = math.nan
    watched.kept[-1].gradients[1] = -math.inf
    watched.kept[-1].field[:10] = math.nan
    page = opened(watched)
    page.locator(".gw-place").wait_for()
    page.get_by_text("All weights and gradients").click()
    page.wait_for_selector(".gw-table tbody tr")
    shown = page.locator(".gw-table tbody tr").evaluate_all(
        "rows => rows.map(r => [...r.querySelectorAll('data')].map(d => d.value))"
    )
    assert shown[0][0] == "NaN"
    assert shown[1][1] == "-Infinity"
    left, right = colours_at(page, (0.03, 0.005), (0.9, 0.005))
    assert left == [0, 0, 0]  # transparent: nothing is painted where nothing is known
    assert right != left


def test_a_class_in_place_of_a_model_is_told() -> None:
    with pytest.raises(TypeError, match=r"watch records a Module.*but you gave the class MLP; write MLP\(\.\.\.\)"):
        viz.watch(nn.MLP, XOR, TARGETS, loss=nn.losses.hinge)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"a loss is one of nn.losses, or a function.*did you mean 'hinge'"):
        viz.watch(nn.MLP(2, [1]), XOR, TARGETS, loss="hinges")  # type: ignore[arg-type]


def test_fit_s_errors_come_through() -> None:
    model = nn.MLP(2, [1], seed=0)
    with pytest.raises(ValueError, match="epochs"):
        viz.watch(model, XOR, TARGETS, loss=nn.losses.mean_squared_error, epochs=0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation(opened: Open, page: Any, violations: Callable[[Any], list[str]], scheme: str) -> None:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    opened(trained(epochs=4))
    page.locator(".gw-place").wait_for()
    page.get_by_text("All weights and gradients").click()
    page.wait_for_selector(".gw-table tbody tr")
    assert violations(page) == []
