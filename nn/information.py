"""How much a probability tells: information, entropy, cross entropy, Kullback-Leibler divergence.

All take distributions as sequences of probabilities that sum to 1, of Values or of plain numbers, and answer in nats
(natural logarithm) or bits (logarithm of base 2). A term 0 · log 0 is 0, its limit. (Shannon 1948; Cover & Thomas,
Elements of Information Theory, chapter 2.)
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Literal, TypeVar, get_args

import autograd
from autograd import Value
from nn.functional import data_of, listed

N = TypeVar("N", Value, float)
Distribution = Sequence[Value] | Sequence[float]

#: What information is measured in.
Unit = Literal["nats", "bits"]
#: How many nats make one unit.
UNITS: dict[Unit, float] = {"nats": 1.0, "bits": math.log(2.0)}
_TOLERANCE = 1e-6  # by which a distribution's sum may miss 1: float32 probabilities pass


def probabilities(p: Any, what: str = "p") -> list[Any]:
    """The distribution as a list; ValueError unless each number is in [0, 1] and they sum to 1 (within 1e-6)."""
    ps = listed(p, what)
    numbers = [data_of(x) for x in ps]
    for i, x in enumerate(numbers):
        if not 0.0 <= x <= 1.0 + _TOLERANCE:
            raise ValueError(f"{what} is a distribution, its numbers between 0 and 1, but number {i} is {x!r}")
    total = math.fsum(numbers)
    if abs(total - 1.0) > _TOLERANCE:
        raise ValueError(f"{what} is a distribution and sums to 1, but its numbers sum to {total!r}")
    return ps


def _in_unit(nats: Any, unit: Unit) -> Any:
    if unit not in get_args(Unit):
        raise ValueError(f"information is measured in {' or '.join(get_args(Unit))}, but was asked for in {unit!r}")
    return nats if unit == "nats" else nats / UNITS[unit]


def _summed(terms: list[Any]) -> Any:
    return autograd.sum(terms) if any(isinstance(t, Value) for t in terms) else math.fsum(terms)


def information(p: N, unit: Unit = "nats") -> N:
    """−log p: what learning of an event of probability p tells. Rare events tell more; a certain one tells nothing.

    Raises ValueError unless p is in [0, 1].

    >>> information(0.25, "bits")
    2.0
    """
    x = data_of(p)
    if not 0.0 <= x <= 1.0:
        raise ValueError(f"a probability lies between 0 and 1, but was given {x!r}")
    if x == 0.0 and not isinstance(p, Value):
        return math.inf
    result: N = _in_unit(-autograd.log(p), unit)
    return result + 0.0 if isinstance(result, float) else result  # no −0.0


def entropy(p: Distribution, unit: Unit = "nats") -> Any:
    """H(p) = −Σ pᵢ log pᵢ, the expected information: log n for n equal chances, 0 for a certain outcome.

    Raises ValueError unless p is a distribution.

    >>> entropy([0.5, 0.25, 0.25], "bits")
    1.5
    """
    terms = [-(x * autograd.log(x)) for x in probabilities(p) if data_of(x) > 0.0]
    return _in_unit(_summed(terms) + 0.0, unit)


def cross_entropy(p: Distribution, q: Distribution, unit: Unit = "nats") -> Any:
    """H(p, q) = −Σ pᵢ log qᵢ ≥ H(p): the information expected when q is believed and p is true.

    Infinite where q rules out what p allows: the float inf for numbers, a `DomainError` for Values. Raises
    ValueError unless both are distributions over as many outcomes.

    >>> cross_entropy([0.5, 0.5], [0.25, 0.75], "bits") > entropy([0.5, 0.5], "bits")
    True
    >>> cross_entropy([0.5, 0.5], [0.0, 1.0])
    inf
    """
    ps, qs = _paired(p, q)
    terms = [x * information(y) for x, y in zip(ps, qs, strict=True) if data_of(x) > 0.0]
    return _in_unit(_summed(terms), unit)


def kl_divergence(p: Distribution, q: Distribution, unit: Unit = "nats") -> Any:
    """KL(p ‖ q) = Σ pᵢ log(pᵢ / qᵢ) = H(p, q) − H(p) ≥ 0, and 0 only where q = p. Infinite as `cross_entropy` is.

    Raises ValueError unless both are distributions over as many outcomes.

    >>> kl_divergence([1.0, 0.0], [0.25, 0.75], "bits")
    2.0
    """
    ps, qs = _paired(p, q)
    terms = [x * (autograd.log(x) + information(y)) for x, y in zip(ps, qs, strict=True) if data_of(x) > 0.0]
    return _in_unit(_summed(terms), unit)


def _paired(p: Distribution, q: Distribution) -> tuple[list[Any], list[Any]]:
    ps, qs = probabilities(p, "p"), probabilities(q, "q")
    if len(ps) != len(qs):
        raise ValueError(f"p and q are over the same outcomes, but have {len(ps)} and {len(qs)} of them")
    return ps, qs
