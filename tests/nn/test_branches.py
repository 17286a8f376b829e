"""Models whose graph depends on the row are replayed along each path, or computed gate by gate."""

from __future__ import annotations

import random
import warnings

import pytest

import nn
from autograd import Value
from nn import losses, optim


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
    nn.fit(
        model,
        [[1.0], [2.0], [-1.0], [-2.0]],
        [1.0, 2.0, 1.0, 2.0],
        loss=losses.mean_squared_error,
        optimizer=optim.GradientDescent(lr=0.1),
        epochs=50,
    )
    assert list(model.state_dict().values()) == pytest.approx([1.0, -1.0], abs=1e-4)
    assert nn.predict(model, [[1.0]] * 5 + [[-1.0]] * 5).tolist() == pytest.approx([1.0] * 10, abs=1e-4)


def test_model_that_cannot_be_replayed_is_trained_gate_by_gate_with_a_warning():
    def fitted(model, **options):
        rows = [[1.0], [2.0], [-1.0], [-2.0]]
        return nn.fit(
            model,
            rows,
            [1.0, 2.0, 1.0, 2.0],
            loss=losses.mean_squared_error,
            optimizer=optim.GradientDescent(lr=0.1),
            epochs=50,
            **options,
        )

    model = Drawing()
    with pytest.warns(UserWarning, match="gate by gate.*draws random numbers"):
        fitted(model)
    assert list(model.state_dict().values()) == pytest.approx([1.0, -1.0], abs=1e-4)
    assert nn.predict(model, [[1.0]] * 5 + [[-1.0]] * 5).tolist() == pytest.approx([1.0] * 10, abs=1e-4)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fitted(Drawing(), compiled=False)


def test_model_may_ignore_an_input_and_a_parameter():
    class Lazy(nn.Module):
        def __init__(self):
            self.used, self.unused = Value(1.0), Value(3.0)

        def forward(self, x):
            return x[1] * self.used

    model = Lazy()
    nn.fit(
        model,
        [[5.0, 1.0], [7.0, 2.0]],
        [2.0, 4.0],
        loss=losses.mean_squared_error,
        optimizer=optim.GradientDescent(lr=0.1),
        epochs=50,
    )
    assert list(model.state_dict().values()) == pytest.approx([2.0, 3.0])
    assert nn.predict(model, [[0.0, float(i)] for i in range(6)]).tolist() == pytest.approx([2.0 * i for i in range(6)])
