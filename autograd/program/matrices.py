"""Matrix products, found again among rows that each add up products.

Rows that multiply different weights with the same inputs are the rows of a matrix: W @ h. Several such inputs that
meet the same weights (the positions of a sequence, say) are its columns: W @ [h₁ h₂ ...].
"""

from __future__ import annotations

from typing import NamedTuple

from autograd.program.tape import Dot, Tape

#: A matrix product of fewer multiplications than this is not worth a call of its own.
_WORTHWHILE = 32


class Product(NamedTuple):
    """What one instruction multiplies and adds, as rows of the tape.

    columns > 0: a matrix product; outs (rows, columns), lefts (rows, inner), rights (inner, columns).
    columns = 0: sums of products side by side; outs (count,), lefts and rights (inner, count).
    plusses: what else is added, each in the order of `outs`.
    """

    outs: list[int]
    lefts: list[int]
    rights: list[int]
    plusses: list[list[int]]
    inner: int
    columns: int


def products_in(tape: Tape, rows: list[int], lanes: bytearray) -> list[Product]:
    """The `Dot`s `rows`, all alike, as matrix products where that pays, and the rest side by side."""
    operation = tape.operations[rows[0]]
    assert isinstance(operation, Dot)
    pairs = operation.pairs
    first = tape.operands[rows[0]]
    if lanes[first[0]] or not lanes[first[pairs]] or (pairs == 1 and len(rows) == 1):
        return [_side_by_side(tape, rows, pairs)]
    found: list[Product] = []
    rest: list[int] = []
    grids = _grids(tape, rows, pairs)
    for grid in grids:
        if len(grids) > 1 and len(grid) * len(grid[0]) * pairs < _WORTHWHILE:
            rest += [row for column in grid for row in column]
        else:
            found.append(_matrix(tape, grid, pairs))
    if rest:
        found.append(_side_by_side(tape, rest, pairs))
    return found


def _grids(tape: Tape, rows: list[int], pairs: int) -> list[list[list[int]]]:
    """Columns of rows: within a column all share their right factors, and across columns the same left ones."""
    columns: dict[tuple[int, ...], list[int]] = {}
    for row in rows:
        columns.setdefault(tape.operands[row][pairs : 2 * pairs], []).append(row)
    grids: dict[tuple[tuple[int, ...], ...], list[list[int]]] = {}
    for column in columns.values():
        column.sort(key=lambda row: tape.operands[row][:pairs])
        lefts = tuple([tape.operands[row][:pairs] for row in column])
        grids.setdefault(lefts, []).append(column)
    return list(grids.values())


def _matrix(tape: Tape, grid: list[list[int]], pairs: int) -> Product:
    operands = tape.operands
    outs = [row for across in zip(*grid, strict=True) for row in across]
    lefts = [left for row in grid[0] for left in operands[row][:pairs]]
    rights = [
        right for across in zip(*[operands[c[0]][pairs : 2 * pairs] for c in grid], strict=True) for right in across
    ]
    return Product(outs, lefts, rights, _plusses(tape, outs, pairs), pairs, len(grid))


def _side_by_side(tape: Tape, rows: list[int], pairs: int) -> Product:
    across = list(zip(*[tape.operands[row][: 2 * pairs] for row in rows], strict=True))
    lefts = [row for column in across[:pairs] for row in column]
    rights = [row for column in across[pairs:] for row in column]
    return Product(rows, lefts, rights, _plusses(tape, rows, pairs), pairs, 0)


def _plusses(tape: Tape, outs: list[int], pairs: int) -> list[list[int]]:
    return [list(column) for column in zip(*[tape.operands[row][2 * pairs :] for row in outs], strict=True)]
