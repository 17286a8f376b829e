"""Plots show the numbers they were given, in both themes, and say what they cannot draw."""

from __future__ import annotations

import numpy as np
import pytest
from support.extras import reason

pytest.importorskip("matplotlib", reason=reason("matplotlib"))

import viz
from autograd import Value
from nn import MLP, History, Layer, Neuron, data, descend, losses, optim
from viz import plots

RECORD = History(loss=[1.0, 0.5, 0.25], held_out_loss=[1.1, 0.7, 0.6], metrics={"accuracy": [0.5, 0.8, 1.0]})


def curves(ax) -> dict[str, tuple[list[float], list[float]]]:
    return {line.get_label(): (list(line.get_xdata()), list(line.get_ydata())) for line in ax.get_lines()}


def extremes(surface) -> tuple[float, float]:
    """The least and the greatest height that a loss surface shows."""
    contours = surface.axes[0].collections[0]
    return contours.zmin, contours.zmax


def bowl(x, y):
    return x * x + 4.0 * y * y


def every_plot(theme: str):
    moons = data.moons(30, seed=0)
    model = MLP(2, [4, 1], activation="tanh", output="sigmoid", seed=0)
    yield plots.history(RECORD, theme=theme)
    yield plots.decision_boundary(model, *moons, resolution=20, theme=theme)
    yield plots.decision_boundary(MLP(2, [3], seed=0), data.blobs(30), resolution=20, theme=theme)
    yield plots.activations(theme=theme)
    yield plots.loss_surface(bowl, (-1, 1), (-1, 1), {"path": [[1, 1], [0, 0]]}, resolution=10, theme=theme)
    yield plots.gradient_sizes(model, *moons, loss=losses.binary_cross_entropy, theme=theme)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_plot_shows_itself_as_a_picture_on_the_themes_background(theme):
    for figure in every_plot(theme):
        assert figure._repr_png_()[:8] == b"\x89PNG\r\n\x1a\n"
        red = figure.get_facecolor()[0]
        assert red == 1.0 if theme == "light" else red < 0.2


def test_history_has_a_point_for_each_epoch():
    loss, metric = plots.history(RECORD).axes
    assert curves(loss) == {"training": ([1, 2, 3], RECORD.loss), "held out": ([1, 2, 3], RECORD.held_out_loss)}
    assert curves(metric) == {"accuracy": ([1, 2, 3], [0.5, 0.8, 1.0])}
    assert plots.history(RECORD, log=True).axes[0].get_yscale() == "log"


def test_plot_goes_into_axes_that_are_given():
    figure = plots.Figure()
    ax = figure.subplots()
    assert plots.history(RECORD, ax=ax) is figure
    assert set(curves(ax)) == {"training", "held out"}


def test_activation_curves_are_the_functions_and_their_derivatives():
    panels = plots.activations("tanh", lambda v: v * v, span=2.0).axes
    xs, ys = curves(panels[0])["tanh"]
    assert ys == pytest.approx(np.tanh(xs))
    assert curves(panels[0])["derivative"][1] == pytest.approx(1.0 - np.tanh(xs) ** 2)
    assert curves(panels[1])["derivative"][1] == pytest.approx(2.0 * np.array(xs))


def test_slope_of_relu_has_a_gap_at_its_kink():
    (panel,) = plots.activations("relu").axes
    assert np.isnan(curves(panel)["derivative"][1]).sum() == 1


def test_decision_boundary_runs_where_the_score_changes_sign():
    neuron = Neuron(2)
    neuron.load_state_dict({"w.0": 1.0, "w.1": 0.0, "b": -0.5})  # 0 at x.0 = 0.5
    (panel,) = plots.decision_boundary(neuron, [[-1.0, -1.0], [2.0, 2.0]], [0, 1]).axes
    (line,) = [c for c in panel.collections if hasattr(c, "levels")]
    assert line.levels.tolist() == [0.0]
    assert line.get_paths()[0].vertices[:, 0] == pytest.approx(0.5, abs=1e-6)


def test_decision_boundary_takes_any_function_of_rows():
    figure = plots.decision_boundary(lambda rows: rows[:, 0], data.moons(20, seed=0), resolution=10)
    assert len(figure.axes[0].collections) == 3  # two classes of points and the line


def test_loss_surface_draws_the_paths_it_is_given():
    way = descend(bowl, (1.0, 1.0), optim.GradientDescent(lr=0.1), steps=5)
    assert way.tolist()[:2] == [[1.0, 1.0], pytest.approx([0.8, 0.2])]
    (panel,) = plots.loss_surface(bowl, (-1, 1), (-1, 1), {"descent": way}, names=("a", "b")).axes
    assert curves(panel)["descent, 5 steps"] == (way[:, 0].tolist(), way[:, 1].tolist())
    assert (panel.get_xlabel(), panel.get_ylabel()) == ("a", "b")


def test_surface_of_a_function_that_looks_at_its_values_is_computed_point_by_point():
    def valley(x, y):
        return x * x if x > 0.0 else y * y + 1.0

    assert extremes(plots.loss_surface(valley, (-2.0, 2.0), (3.0, 4.0), resolution=3)) == (4.0, 17.0)


@pytest.mark.parametrize(("log", "x"), [(lambda x: x.log(), (-3.0, 3.0)), (lambda x: (-x).log(), (-3.0, 3.0))])
def test_surface_leaves_out_points_where_the_function_has_no_value(log, x):
    figure = plots.loss_surface(lambda x, y: log(x) + y, x, (0.0, 2.0), resolution=4)  # x is −3, −1, 1, 3
    assert extremes(figure) == pytest.approx((0.0, np.log(3.0) + 2.0))


def test_gradient_sizes_are_drawn_layer_by_layer():
    models = {name: MLP(2, [3, 3, 1], activation=name, seed=0) for name in ("sigmoid", "relu")}
    (panel,) = plots.gradient_sizes(models, *data.moons(20, seed=0), loss=losses.mean_squared_error).axes
    drawn = curves(panel)
    assert set(drawn) == {"sigmoid", "relu"}
    assert drawn["relu"][0] == ["layers.0", "layers.1", "layers.2"]
    assert panel.get_yscale() == "log"


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda: plots.history(History()), "no finished epoch"),
        (lambda: plots.history(RECORD, theme="blue"), "light or dark, but was given 'blue'"),
        (lambda: plots.decision_boundary(Layer(3, 1), [[1.0, 2.0, 3.0]], [0]), "over two inputs, but X has 3"),
        (lambda: plots.activations("softmax"), "takes a whole row"),
        (lambda: plots.activations("tahn"), "did you mean 'tanh'"),
        (lambda: plots.activations("tanh", "relu", ax=plots.Figure().subplots()), "2 panels"),
        (lambda: plots.loss_surface(bowl, (1, -1), (0, 1)), "from a lower to a higher"),
        (lambda: plots.loss_surface(bowl, (-1, 1), (0, 1), {"p": [1, 2]}), "'p' has the shape"),
        (
            lambda: plots.loss_surface(lambda x, y: Value(float("nan")), (-1, 1), (0, 1), resolution=3),
            "no finite value",
        ),
    ],
)
def test_what_cannot_be_drawn_is_told(draw, message):
    with pytest.raises(ValueError, match=message):
        draw()


def test_plots_are_reached_from_viz():
    assert viz.plots is plots
