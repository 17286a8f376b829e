"""Tables read from CSV files; what is wrong in one is told by its line and column."""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from os import PathLike

import numpy as np

from nn.data.tables import Table, encode_labels


def read_csv(path: str | PathLike[str], target: str | int = -1, *, delimiter: str = ",", header: bool = True) -> Table:
    """A table from a CSV file: every column but `target` is X, which must be numbers; `target` is y.

    target: a column's name, or its position, the last by default. Texts in it become classes in sorted order. header:
    whether the first line holds names. Raises ValueError with the line and column of what is wrong.

    >>> import os, tempfile
    >>> path = os.path.join(tempfile.mkdtemp(), "pets.csv")
    >>> with open(path, "w") as file:
    ...     _ = file.write("weight,kind\\n4.0,cat\\n20.0,dog\\n")
    >>> table = read_csv(path, target="kind")
    >>> table.X.tolist(), table.y.tolist(), table.columns, table.classes
    ([[4.0], [20.0]], [0, 1], ('weight',), ('cat', 'dog'))
    """
    names, lines = _fields(path, delimiter, header)
    position = _column(names, target)
    name = names.pop(position)
    labels = [(line.pop(position), f"{path}, line {number}") for number, line in lines]
    rows = [
        [_number(text, path, number, column) for text, column in zip(line, names, strict=True)]
        for number, line in lines
    ]
    targets = [_target(text, place, name) for text, place in labels]
    if all(isinstance(x, float) for x in targets):
        return Table(np.array(rows), np.array(targets), tuple(names))
    y, classes = encode_labels(text for text, _ in labels)
    return Table(np.array(rows), y, tuple(names), classes)


def _fields(path: str | PathLike[str], delimiter: str, header: bool) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """The columns' names, and each line's number and fields, all of one length; empty lines are left out."""
    with open(path, newline="", encoding="utf-8-sig") as file:
        reader = csv.reader(file, delimiter=delimiter)
        lines = [(reader.line_num, [field.strip() for field in line]) for line in reader if line]
    names = lines.pop(0)[1] if header and lines else []
    if not lines:
        raise ValueError(f"{path} has no rows of data")
    names = names or [str(i) for i in range(len(lines[0][1]))]
    for number, line in lines:
        if len(line) != len(names):
            raise ValueError(f"{path}, line {number}: it has {len(line)} fields, but there are {len(names)} columns")
    return names, lines


def _number(text: str, path: object, line: int, column: str) -> float:
    """A field as a finite number; ValueError with its place otherwise."""
    try:
        number = float(text)
    except ValueError:
        raise ValueError(f"{path}, line {line}, column {column!r}: {text!r} is no number") from None
    if not math.isfinite(number):
        raise ValueError(
            f"{path}, line {line}, column {column!r}: {text!r} is no finite number; drop such lines or fill the gaps"
        )
    return number


def _target(text: str, place: str, column: str) -> float | str:
    """A target as a number, or as the text that it is; ValueError for a gap or what is not finite."""
    try:
        number = float(text or "nan")
    except ValueError:
        return text
    if not math.isfinite(number):
        raise ValueError(f"{place}: the target, column {column!r}, is {text!r}; drop such lines or fill the gaps")
    return number


def _column(names: Sequence[str], which: str | int) -> int:
    if isinstance(which, str):
        if names.count(which) != 1:
            many = "is more than one" if which in names else "is no"
            raise ValueError(f"there {many} column {which!r}; the columns are {', '.join(names)}")
        return names.index(which)
    if not -len(names) <= which < len(names):
        raise ValueError(f"there is no column {which}; there are {len(names)}, counted from 0")
    return which % len(names)
