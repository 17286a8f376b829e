"""One rule for chance: a seed decides alone, and without one Python's `random` module does."""

from __future__ import annotations

import random

import numpy as np
import pytest
from support.extras import imported

import nn
from nn import data, losses, randomness


def weights(**options: object) -> list[float]:
    return list(nn.MLP(2, [3, 1], **options).state_dict().values())


def learned(**options: object) -> list[float]:
    """What one epoch of small batches makes of a model: it hangs on the order of the rows."""
    model = nn.LinearRegression(1)
    rows = np.linspace(-1.0, 1.0, 12)[:, None]
    nn.fit(
        model,
        rows,
        rows[:, 0] ** 2,
        loss=losses.mean_squared_error,
        optimizer=nn.optim.SGD(lr=0.3),
        epochs=1,
        batch_size=2,
        **options,
    )
    return list(model.state_dict().values())


def numbers(rows: data.Rows) -> list[float]:
    return [*rows.X.ravel().tolist(), *rows.y.ravel().tolist()]


TABLE = np.arange(20.0)[:, None]
DRAWS = {
    "MLP": weights,
    "fit": learned,
    "held out": lambda **o: learned(held_out=0.25, **o),
    "line": lambda **o: numbers(data.line(**o)),
    "moons": lambda **o: numbers(data.moons(**o)),
    "circles": lambda **o: numbers(data.circles(**o)),
    "spirals": lambda **o: numbers(data.spirals(**o)),
    "blobs": lambda **o: numbers(data.blobs(**o)),
    "split": lambda **o: numbers(data.split(TABLE, TABLE[:, 0], **o)[0]),
    "batches": lambda **o: numbers(next(data.batches(TABLE, TABLE[:, 0], 5, **o))),
}


@pytest.mark.parametrize("draw", DRAWS.values(), ids=DRAWS)
def test_without_a_seed_everything_hangs_on_random_seed(draw):
    random.seed(1)
    first, second = draw(), draw()
    random.seed(1)
    assert draw() == first != second
    random.seed(2)
    assert draw() != first


@pytest.mark.parametrize("draw", DRAWS.values(), ids=DRAWS)
def test_a_seed_decides_alone_and_draws_nothing_from_random(draw):
    random.seed(1)
    before, first = random.getstate(), draw(seed=3)
    assert random.getstate() == before
    random.seed(2)
    np.random.seed(2)
    assert draw(seed=3) == draw(seed=np.int64(3)) == first != draw(seed=4)


@pytest.mark.parametrize("draw", DRAWS.values(), ids=DRAWS)
@pytest.mark.parametrize("kind", [random.Random, np.random.default_rng])
def test_a_generator_may_be_the_seed_and_goes_on(draw, kind):
    generator = kind(5)
    first = draw(seed=generator)
    assert draw(seed=generator) != first == draw(seed=kind(5))


@pytest.mark.parametrize("draw", DRAWS.values(), ids=DRAWS)
@pytest.mark.parametrize("seed", [True, 1.0, "one", np.random])
def test_what_is_no_seed_is_refused(draw, seed):
    with pytest.raises(TypeError, match="a seed is a whole number or None"):
        draw(seed=seed)


def test_weights_are_micrograds_after_the_same_random_seed():
    micrograd = imported("micrograd.nn")
    random.seed(1337)
    theirs = [p.data for p in micrograd.MLP(2, [16, 16, 1]).parameters()]
    random.seed(1337)
    assert [p.data for p in nn.MLP(2, [16, 16, 1], initialization="uniform").parameters()] == theirs


def test_seeded_numbers_are_those_of_the_generators_of_python_and_numpy():
    expected = random.Random(7)
    limit = (6.0 / 2) ** 0.5
    assert nn.Neuron(1, "tanh", seed=7).w[0].data == expected.uniform(-limit, limit)
    assert randomness.array_generator(7).random() == np.random.default_rng(7).random()
    rows = data.line(5, noise=0.0, seed=7).X[:, 0]
    assert rows.tolist() == np.random.default_rng(7).uniform(-1.0, 1.0, 5).tolist()


#: Python's documentation of `random` and NumPy's NEP 19 promise these two: the first numbers between 0 and 1 of seed 7.
MERSENNE_TWISTER, PCG64 = [0.32383276483316237, 0.15084917392450192], [0.625095466604667, 0.8972138009695755]


def test_what_a_seed_gives_is_that_of_version_1():
    assert randomness.VERSION == 1
    assert nn.Neuron(2, initialization="uniform", seed=7).state_dict() == {
        "w.0": pytest.approx(2.0 * MERSENNE_TWISTER[0] - 1.0),
        "w.1": pytest.approx(2.0 * MERSENNE_TWISTER[1] - 1.0),
        "b": 0.0,
    }
    assert data.line(2, noise=0.0, seed=7).X[:, 0] == pytest.approx(2.0 * np.array(PCG64) - 1.0)


def test_a_negative_seed_of_data_is_told():
    with pytest.raises(ValueError, match="a seed is a whole number from 0 up, but was given -1"):
        data.moons(seed=-1)
