"""Where weights start: small random numbers, named after the papers that say how small.

Too large, and tanh and sigmoid saturate; too small, and signals fade layer by layer. Each scheme keeps the variance of
signals (He), or of signals and gradients (Glorot), about level through a layer. Biases start at 0.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Literal, cast

from nn.checks import check_word, refuse_class

#: The schemes that have a name, which is that of their function here.
InitializationName = Literal["glorot_uniform", "glorot_normal", "he_uniform", "he_normal", "uniform", "zeros"]

#: (fan_in, fan_out, generator) -> one weight.
Initialization = Callable[[int, int, random.Random], float]


def glorot_uniform(fan_in: int, fan_out: int, generator: random.Random) -> float:
    """U(−r, r) with r = √(6 / (fan_in + fan_out)). Glorot & Bengio 2010, for tanh and sigmoid.

    >>> abs(glorot_uniform(3, 3, random.Random(0))) <= 1.0
    True
    """
    limit = math.sqrt(6.0 / (fan_in + fan_out))
    return generator.uniform(-limit, limit)


def glorot_normal(fan_in: int, fan_out: int, generator: random.Random) -> float:
    """N(0, σ) with σ = √(2 / (fan_in + fan_out)). Glorot & Bengio 2010.

    >>> isinstance(glorot_normal(3, 3, random.Random(0)), float)
    True
    """
    return generator.gauss(0.0, math.sqrt(2.0 / (fan_in + fan_out)))


def he_uniform(fan_in: int, fan_out: int, generator: random.Random) -> float:
    """U(−r, r) with r = √(6 / fan_in). He et al. 2015, for ReLU.

    >>> abs(he_uniform(6, 3, random.Random(0))) <= 1.0
    True
    """
    limit = math.sqrt(6.0 / fan_in)
    return generator.uniform(-limit, limit)


def he_normal(fan_in: int, fan_out: int, generator: random.Random) -> float:
    """N(0, σ) with σ = √(2 / fan_in). He et al. 2015, for ReLU.

    >>> isinstance(he_normal(3, 3, random.Random(0)), float)
    True
    """
    return generator.gauss(0.0, math.sqrt(2.0 / fan_in))


def uniform(fan_in: int, fan_out: int, generator: random.Random) -> float:
    """U(−1, 1), whatever the widths, as micrograd does.

    >>> abs(uniform(3, 3, random.Random(0))) <= 1.0
    True
    """
    return generator.uniform(-1.0, 1.0)


def zeros(fan_in: int, fan_out: int, generator: random.Random) -> float:
    """0: right for a single neuron; in a hidden layer all neurons would stay alike for ever.

    >>> zeros(3, 3, random.Random(0))
    0.0
    """
    return 0.0


#: The schemes by name.
INITIALIZATIONS: dict[InitializationName, Initialization] = {
    cast(InitializationName, scheme.__name__): scheme
    for scheme in (glorot_uniform, glorot_normal, he_uniform, he_normal, uniform, zeros)
}


def initialization(which: InitializationName | Initialization) -> Initialization:
    """The scheme of that name, or the function itself.

    Raises ValueError for a name that is not an `InitializationName`, TypeError for what is neither name nor function.

    >>> initialization("zeros") is zeros
    True
    >>> initialization("he")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ValueError: no initialization is named 'he'; there are glorot_uniform, glorot_normal, ...
    """
    wanted = "an initialization is a name or a function (fan_in, fan_out, generator) -> weight"
    refuse_class(which, wanted)
    if isinstance(which, str):
        check_word(which, InitializationName, "initialization", "a function (fan_in, fan_out, generator) -> weight")
        return INITIALIZATIONS[which]
    if not callable(which):
        raise TypeError(f"{wanted}, but was given {which!r}")
    return which
