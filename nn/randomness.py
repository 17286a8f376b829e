"""Where chance comes from, one rule for everything in `nn` that takes a `seed`: weights, data, splits, shuffling.

- ``seed=`` an integer: the same seed gives the same numbers, whatever else the program draws.
- no seed: the numbers come from Python's own `random` module, as in micrograd, so one ``random.seed(1)`` at the top
  makes the whole program repeatable. NumPy's global state (``np.random.seed``) plays no part.
- ``seed=`` a generator, `random.Random` or `numpy.random.Generator`: the numbers come from it, and it goes on.

What an integer seed gives stays the same as long as `VERSION` does. Version 1, since Gatewise 0.1:

- Weights are drawn one by one, layer by layer, neuron by neuron, from ``random.Random(seed)``, the Mersenne Twister,
  by its `uniform` and `gauss`. Python keeps what these give.
- Data, splits and the order of rows are drawn as arrays from ``numpy.random.default_rng(seed)``, which is PCG64. NumPy
  keeps what the generator gives, but may change what its `permutation` and `standard_normal` make of it in a new
  release (its NEP 19).

If another generator or another order of drawing is ever better, `VERSION` goes up by one and the changelog says so.
"""

from __future__ import annotations

import random
from typing import SupportsIndex, cast

import numpy as np

from nn.checks import whole

#: One more whenever the same seed gives other numbers than before.
VERSION = 1

#: What may be given as a seed.
Seed = SupportsIndex | random.Random | np.random.Generator | None


def _source(seed: Seed) -> int | random.Random | np.random.Generator:
    """The seed as an int, or the generator to draw from; TypeError for what is neither."""
    if seed is None:
        return cast(random.Random, random.random.__self__)  # type: ignore[attr-defined] # the one random.seed sets
    if isinstance(seed, random.Random | np.random.Generator):
        return seed
    number = whole(seed)
    if number is None:
        raise TypeError(
            "a seed is a whole number or None, or a generator (random.Random, numpy.random.Generator), but "
            f"was given {seed!r}"
        )
    return number


def generator(seed: Seed) -> random.Random:
    """A generator of single numbers, such as weights. Without a seed it is the one that ``random.seed`` sets."""
    source = _source(seed)
    if isinstance(source, random.Random):
        return source
    return random.Random(source if isinstance(source, int) else int(source.integers(2**63)))


def drawn(seed: Seed) -> int | np.random.Generator:
    """The seed itself, or an integer drawn from Python's `random` module or the `random.Random` that was given.

    For a function that starts several generators: all of them then hang on one seed.
    """
    source = _source(seed)
    return source.getrandbits(64) if isinstance(source, random.Random) else source


def array_generator(seed: Seed) -> np.random.Generator:
    """A generator of arrays, for data and for the order of rows; ValueError for a negative seed."""
    source = drawn(seed)
    if isinstance(source, int) and source < 0:
        raise ValueError(f"a seed is a whole number from 0 up, but was given {seed!r}")
    return np.random.default_rng(source)
