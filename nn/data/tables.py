"""Tables of numbers, whatever they come in: lists, NumPy arrays, pandas frames, scikit-learn bunches.

Everything becomes a float64 array of shape (rows, columns), checked once, here: a table that is empty, ragged, holds
a text or a NaN is refused, and the error says where.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class Rows(NamedTuple):
    """Rows and their targets: X (rows, columns), y (rows,) or (rows, outputs). Unpacks as ``X, y``.

    >>> X, y = Rows(np.zeros((3, 2)), np.ones(3))
    >>> X.shape, y.shape
    ((3, 2), (3,))
    """

    X: Array
    y: NDArray[Any]


class Table(NamedTuple):
    """What was read from a file: X (rows, columns), y (rows,), the columns' names, and the classes that y counts.

    >>> Table(np.zeros((3, 2)), np.ones(3), ("height", "weight")).columns
    ('height', 'weight')
    """

    X: Array
    y: NDArray[Any]
    columns: tuple[str, ...]
    classes: tuple[str, ...] = ()


def as_rows(X: Any, what: str = "X") -> Array:  # noqa: N803 - X is the field's name for a table of rows
    """The table as a float64 array (rows, columns). A flat sequence of numbers is a table of one column.

    Raises ValueError if it is empty, ragged, not of finite numbers, or of more than two dimensions; TypeError if it
    is no table.

    >>> as_rows([1, 2, 3]).shape
    (3, 1)
    >>> as_rows([[1, 2], [3]])
    Traceback (most recent call last):
    ValueError: X is ragged: row 0 has 2, but row 1 has 1; all rows need as many numbers
    """
    names = [str(c) for c in X.columns] if hasattr(X, "columns") else None
    if isinstance(X, str | bytes | dict) or not (hasattr(X, "__array__") or isinstance(X, Iterable)):
        raise TypeError(f"{what} is a table of numbers (a list of rows, an array, a frame), but was given {X!r}")
    if hasattr(X, "toarray"):
        raise TypeError(f"{what} is a sparse matrix; give its .toarray()")
    rows = X if hasattr(X, "__array__") else list(X)
    if not hasattr(rows, "__array__"):
        _not_ragged(rows, what)
    array = np.asarray(rows)
    if array.dtype.kind == "c":
        raise ValueError(f"{what} holds complex numbers. Complex data not supported")
    if array.dtype.kind not in "fiub":
        array = _numbers(np.asarray(rows, dtype=object), names, what)
    if array.ndim == 1:
        array = array[:, None]
    if array.ndim != 2:
        raise ValueError(f"{what} is a table of rows and columns, but has {array.ndim} dimensions, shape {array.shape}")
    if array.shape[0] == 0 or array.shape[1] == 0:
        raise ValueError(
            f"{what} is empty: it has {array.shape[0]} rows and {array.shape[1]} columns; at least one of "
            "each is needed"
        )
    result = np.ascontiguousarray(array, dtype=np.float64)
    bad = np.argwhere(~np.isfinite(result))
    if len(bad):
        row, column = bad[0]
        more = f", and so do {len(bad) - 1} other places" if len(bad) > 1 else ""
        raise ValueError(
            f"{what} has {_shown(result[row, column])} in row {row}, column "
            f"{names[column] if names else column}{more}; drop such rows or fill the gaps"
        )
    return result


def _shown(x: float) -> str:
    return "a NaN" if math.isnan(x) else f"infinity ({x})"


def _not_ragged(rows: list[Any], what: str) -> None:
    widths = [len(row) if hasattr(row, "__len__") and not isinstance(row, str) else None for row in rows]
    for i, width in enumerate(widths):
        if width != widths[0]:
            first = "is a number" if widths[0] is None else f"has {widths[0]}"
            other = "is a number" if width is None else f"has {width}"
            raise ValueError(f"{what} is ragged: row 0 {first}, but row {i} {other}; all rows need as many numbers")


def _numbers(array: NDArray[Any], names: list[str] | None, what: str) -> NDArray[Any]:
    """An array of objects or texts as floats, or a ValueError that says which entry is no number."""
    result = np.empty(array.shape, dtype=np.float64)
    for index in np.ndindex(array.shape):
        entry = array[index]
        try:
            if isinstance(entry, str | bytes):
                raise TypeError
            result[index] = math.nan if entry is None else float(entry)
        except (TypeError, ValueError):
            place = f"row {index[0]}" + (f", column {names[index[1]] if names else index[1]}" if index[1:] else "")
            raise ValueError(
                f"{what} holds {entry!r} of type {type(entry).__name__} in {place}, which is no number; "
                "encode labels as numbers first (nn.data.encode_labels)"
            ) from None
    return result


def as_targets(y: Any, rows: int) -> Array:
    """The targets as a float64 array (rows, targets of a row), with the checks of `as_rows`.

    >>> as_targets([0, 1], rows=2).tolist()
    [[0.0], [1.0]]
    """
    targets = as_rows(y, "y")
    if len(targets) != rows:
        raise ValueError(f"X has {rows} rows, but y has {len(targets)} targets; each row needs one")
    return targets


def as_table(X: Any, y: Any = None) -> tuple[Array, Array]:  # noqa: N803
    """Rows and targets, both checked. With y left out, X is a pair (X, y), or a bunch with `.data` and `.target`.

    >>> X, y = as_table([[1, 2], [3, 4]], [0, 1])
    >>> X.shape, y.shape
    ((2, 2), (2, 1))
    """
    if y is None:
        if hasattr(X, "target") and hasattr(X, "data"):
            X, y = X.data, X.target  # noqa: N806
        elif isinstance(X, Rows | Table):
            X, y = X.X, X.y  # noqa: N806
        elif isinstance(X, tuple) and len(X) == 2:
            X, y = X  # noqa: N806
        else:
            raise ValueError(
                "the targets y are missing: give X and y, a pair (X, y), or a bunch that has .data and .target"
            )
    rows = as_rows(X)
    return rows, as_targets(y, len(rows))


def encode_labels(labels: Iterable[Any]) -> tuple[NDArray[np.int64], tuple[Any, ...]]:
    """Labels of any kind as classes 0, 1, ..., in sorted order: ``(classes of rows, labels of classes)``.

    >>> classes, names = encode_labels(["cat", "dog", "cat"])
    >>> classes.tolist(), names
    ([0, 1, 0], ('cat', 'dog'))
    """
    names, positions = np.unique(np.asarray(list(labels)), return_inverse=True)
    return positions.astype(np.int64), tuple(names.tolist())


class Scaling(NamedTuple):
    """(x − mean) / scale, column by column: call it on other rows of the same table; `inverse` undoes it.

    >>> scaling = Scaling(np.array([10.0]), np.array([2.0]))
    >>> scaling([[14.0]]).tolist(), scaling.inverse([[2.0]]).tolist()
    ([[2.0]], [[14.0]])
    """

    mean: Array
    scale: Array

    def __call__(self, X: Any) -> Array:  # noqa: N803
        """Rows of the same columns, on the same scale."""
        return (self._rows(X) - self.mean) / self.scale

    def inverse(self, X: Any) -> Array:  # noqa: N803
        """Scaled rows as they were."""
        return self._rows(X) * self.scale + self.mean

    def _rows(self, X: Any) -> Array:  # noqa: N803
        rows = as_rows(X)
        if rows.shape[1] != len(self.mean):
            raise ValueError(f"this scaling is of {len(self.mean)} columns, but X has {rows.shape[1]}")
        return rows


def standardize(X: Any) -> tuple[Array, Scaling]:  # noqa: N803
    """Each column with mean 0 and standard deviation 1, and the scaling to put new rows on (a constant column: 0).

    Fit it on training rows only, and apply it to the held-out ones: ``X, scaling = standardize(X); H = scaling(H)``.

    >>> X, scaling = standardize([[1.0], [3.0]])
    >>> X.tolist(), scaling([[5.0]]).tolist()
    ([[-1.0], [1.0]], [[3.0]])
    """
    rows = as_rows(X)
    constant = rows.min(axis=0) == rows.max(axis=0)  # whose mean and deviation may be off by a rounding
    scaling = Scaling(np.where(constant, rows[0], rows.mean(axis=0)), np.where(constant, 1.0, rows.std(axis=0)))
    return scaling(rows), scaling
