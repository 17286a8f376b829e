"""What a program is called with, as arrays, or an error that says what is wrong with it."""

from __future__ import annotations

import struct
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from autograd.program.plan import Floats
from autograd.value import Value

_FLOAT = np.dtype(np.float64)


def table_of(rows: ArrayLike, width: int) -> Floats:
    """`rows` as floats (batch, width), side by side in memory. Raises TypeError or ValueError."""
    if type(rows) is np.ndarray and rows.dtype is _FLOAT and rows.ndim == 2 and rows.shape[1] == width:
        return rows if rows.flags.c_contiguous else np.ascontiguousarray(rows)
    try:
        table = np.asarray(rows)
    except ValueError:
        raise ValueError(f"rows must all be {width} numbers wide, but they differ in length") from None
    if table.dtype.kind not in "fiub" and table.size:
        raise TypeError(
            f"rows are real numbers (batch, {width}), but were given with dtype {table.dtype}"
            f"{'; take the .data of Values' if table.dtype == object else ''}"
        )
    if table.ndim != 2 or table.shape[1] != width:
        hint = f"; one row alone is [[...]], shape (1, {width})" if table.ndim == 1 else ""
        raise ValueError(
            f"rows have shape (batch, {width}), one column for each input, but were given shape {table.shape}{hint}"
        )
    return np.ascontiguousarray(table, dtype=np.float64)


def refuse_nan(table: Floats) -> None:
    """Raise a ValueError that says where, if there is a NaN in the table."""
    where = np.argwhere(np.isnan(table))
    if len(where):
        row, column = where[0]
        raise ValueError(f"rows[{row}, {column}] is NaN; leave such rows out, or put a number in its place")


def numbers_at(at: ArrayLike, count: int) -> Floats:
    """The point `at` as floats (count,). Raises ValueError."""
    numbers = np.ascontiguousarray(at, dtype=np.float64)
    if numbers.shape != (count,):
        raise ValueError(
            f"at holds one number for each of the {count} parameters, in their order, but was given shape "
            f"{numbers.shape}"
        )
    return numbers


def numbers_of(parameters: Sequence[Value]) -> Floats:
    """The data of the parameters. Raises TypeError for one that is no number."""
    data = [parameter._data for parameter in parameters]
    try:
        return np.frombuffer(struct.pack(f"{len(data)}d", *data))
    except struct.error:
        i, x = next((i, x) for i, x in enumerate(data) if not isinstance(x, int | float))
        label = parameters[i].label
        name = f"parameter {i}{f' ({label!r})' if label else ''}"
        raise TypeError(f"the .data of {name} is {x!r}; it must be a number") from None
