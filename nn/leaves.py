"""The leaves of a row: constants that carry its numbers into a graph, and the labels they go by in pictures."""

from __future__ import annotations

from collections.abc import Iterable

from autograd import Value


def is_row(x: object) -> bool:
    """Whether x is a sequence of things, and not itself a number, a Value or a text."""
    return isinstance(x, Iterable) and not isinstance(x, str | bytes | Value) and getattr(x, "ndim", 1) != 0


def labels(name: str, count: int) -> list[str]:
    """How the numbers of a row are called: ``name`` where there is one, else ``name.0``, ``name.1``, ..."""
    return [name] if count == 1 else [f"{name}.{i}" for i in range(count)]


def leaves(row: Iterable[Value | float], name: str) -> list[Value]:
    """A row as Values: each number becomes a constant with its label, Values stay what they are."""
    numbers = list(row)
    return [
        x if isinstance(x, Value) else Value(x, label, requires_grad=False)
        for x, label in zip(numbers, labels(name, len(numbers)), strict=True)
    ]
