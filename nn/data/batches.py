"""How rows are dealt out: parts to train on and to hold out, and batches in a new order for each epoch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nn.checks import is_number, whole
from nn.data.tables import Array, Rows, as_rows
from nn.randomness import Seed, array_generator


def batch_size_of(batch_size: int | None, rows: int) -> int:
    """The number of rows of a batch: all for None; ValueError unless it is from 1 to the number of rows."""
    if batch_size is None:
        return rows
    size = whole(batch_size)
    if size is None:
        raise TypeError(f"a batch size is a whole number, or None for all rows, but was given {batch_size!r}")
    if not 1 <= size <= rows:
        raise ValueError(
            f"a batch size lies between 1 and the number of rows, here {rows}, but was given "
            f"{size}; None takes all rows at once"
        )
    return size


def dealt(rows: int, batch_size: int, generator: np.random.Generator | None) -> Iterator[NDArray[np.int64]]:
    """The positions of the rows in each batch, shuffled if there is a generator; the last has what is left."""
    order = np.arange(rows) if generator is None else generator.permutation(rows)
    for start in range(0, rows, batch_size):
        yield order[start : start + batch_size]


def _paired(X: Any, y: Any) -> tuple[Array, NDArray[Any]]:  # noqa: N803
    """Rows and as many targets, of any kind."""
    rows, targets = as_rows(X), np.asarray(y)
    count = len(targets) if targets.ndim else "no"
    if count != len(rows):
        raise ValueError(f"X has {len(rows)} rows, but y has {count} targets; each row needs one")
    return rows, targets


def batches(
    X: Any,  # noqa: N803
    y: Any,
    batch_size: int | None = None,
    *,
    shuffle: bool = True,
    seed: Seed = None,
) -> Iterator[Rows]:
    """One epoch's batches: every row once, the last batch smaller if the rows do not divide evenly.

    batch_size: 1 is stochastic, None all rows. seed: of the order (see `nn.randomness`); each
    epoch needs another one, or none, for an order of its own.

    >>> [len(batch.X) for batch in batches([[0.0]] * 5, [0] * 5, batch_size=2)]
    [2, 2, 1]
    """
    rows, targets = _paired(X, y)
    size = batch_size_of(batch_size, len(rows))
    generator = array_generator(seed) if shuffle else None
    for chosen in dealt(len(rows), size, generator):
        yield Rows(rows[chosen], targets[chosen])


def split(
    X: Any,  # noqa: N803
    y: Any,
    held_out: float = 0.2,
    *,
    stratify: bool = False,
    seed: Seed = None,
) -> tuple[Rows, Rows]:
    """Two parts of the rows, shuffled: to train on, and to hold out for judging.

    held_out: the share of the second, between 0 and 1. stratify: keep the classes' shares in both. seed: of the
    shuffling (see `nn.randomness`). Raises ValueError if either part would be empty.

    >>> train, held_out = split([[float(i)] for i in range(10)], list(range(10)), 0.2, seed=0)
    >>> len(train.X), len(held_out.X)
    (8, 2)
    """
    rows, targets = _paired(X, y)
    if not (is_number(held_out) and 0.0 < held_out < 1.0):
        raise ValueError(f"the share held out lies between 0 and 1, but was given {held_out!r}")
    generator = array_generator(seed)
    order = generator.permutation(len(rows))
    labels = targets.reshape(-1) if targets.size == len(rows) else targets
    if stratify and labels.ndim != 1:
        raise ValueError(f"stratify keeps the shares of classes, one for each row, but y is of shape {targets.shape}")
    groups = [order[labels[order] == label] for label in np.unique(labels)] if stratify else [order]
    counts = [round(held_out * len(group)) for group in groups]
    second = np.sort(np.concatenate([group[:n] for group, n in zip(groups, counts, strict=True)]))
    first = np.setdiff1d(order, second)
    if not len(first) or not len(second):
        raise ValueError(f"{len(rows)} rows with {held_out} held out leave a part without rows")
    first, second = generator.permutation(first), generator.permutation(second)
    return Rows(rows[first], targets[first]), Rows(rows[second], targets[second])
