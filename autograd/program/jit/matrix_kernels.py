"""The matrix product and its two gradients, as kernel sources.

Both kernels work on tiles: a few rows times a few inner steps are kept in registers while the loop runs along the
lanes, so that every number loaded is used several times. A product of one column (one row of a batch, one position)
is a matrix times a vector and has loops of its own. Here gradients are numbers in ``m`` like all others: the executor
keeps values and gradients in one memory.
"""

from __future__ import annotations

from functools import cache

from autograd.program.jit.kernel_source import module, numbers, signed


@cache
def accumulate() -> str:
    """out[i, :] += Σₖ a[i, k] · source[k, :], where a[i, k] lies at ``p_a + i * a_i + k * a_k``.

    With the matrix as it is, this is the product; with the steps exchanged, aᵀ @ upstream, the gradient of its right
    side.
    """
    vector = """\
    if columns == 1 and a_k == 1:
        for i in range(rows):
            total = fetch(m, p_y + i)
            for k in range(inner):
                total = add_product(read(m, p_a + i * a_i + k), read(m, p_b + k), total)
            write(m, p_y + i, total)
        return
    if columns == 1:
        for k in range(inner):
            factor = read(m, p_b + k)
            for i in range(rows):
                write(m, p_y + i, multiply_add(read(m, p_a + i + k * a_k), factor, fetch(m, p_y + i)))
        return
    whole = rows - rows % 4
"""
    tiles = _tiles(4, 4, "0", "whole", "0", "inner - inner % 4")
    edges = _tiles(4, 1, "0", "whole", "inner - inner % 4", "inner") + _tiles(1, 1, "whole", "rows", "0", "inner")
    names = ("rows", "inner", "columns", "p_y", "p_a", "a_i", "a_k", "p_b")
    return module(signed(numbers(*names) + vector + tiles + edges))


@cache
def outer_product() -> str:
    """out[i, k] += Σⱼ a[i, j] · b[k, j]: upstream @ rightᵀ, the gradient of a product's left side."""
    vector = """\
    if columns == 1:
        for i in range(rows):
            factor = read(m, p_a + i)
            for k in range(inner):
                place = p_y + i * inner + k
                write(m, place, multiply_add(factor, read(m, p_b + k), fetch(m, place)))
        return
    whole = rows - rows % 2
"""
    tiles = _dots(2, 4, "0", "whole", "0", "inner - inner % 4")
    edges = _dots(2, 1, "0", "whole", "inner - inner % 4", "inner") + _dots(1, 1, "whole", "rows", "0", "inner")
    return module(signed(numbers("rows", "inner", "columns", "p_y", "p_a", "p_b") + vector + tiles + edges))


def _tiles(height: int, width: int, top: str, bottom: str, start: str, stop: str) -> str:
    """The loops of `accumulate` over rows top to bottom and steps start to stop, `height` times `width` at once."""
    cells = [(r, c) for r in range(height) for c in range(width)]
    text = f"    for i in range({top}, {bottom}, {height}):\n        for k in range({start}, {stop}, {width}):\n"
    text += "".join(f"            a{r}{c} = read(m, p_a + (i + {r}) * a_i + (k + {c}) * a_k)\n" for r, c in cells)
    text += "            for j in range(columns):\n"
    text += "".join(f"                b{c} = read(m, p_b + (k + {c}) * columns + j)\n" for c in range(width))
    for r in range(height):
        place = f"p_y + (i + {r}) * columns + j"
        total = f"fetch(m, {place})"
        for c in range(width):
            total = f"multiply_add(a{r}{c}, b{c}, {total})"
        text += f"                write(m, {place}, {total})\n"
    return text


def _dots(height: int, width: int, top: str, bottom: str, start: str, stop: str) -> str:
    """The loops of `outer_product` over rows top to bottom, columns start to stop, `height` times `width` at once."""
    cells = [(r, c) for r in range(height) for c in range(width)]
    text = f"    for i in range({top}, {bottom}, {height}):\n        for k in range({start}, {stop}, {width}):\n"
    text += "".join(f"            t{r}{c} = 0.0\n" for r, c in cells)
    text += "            for j in range(columns):\n"
    text += "".join(f"                a{r} = read(m, p_a + (i + {r}) * columns + j)\n" for r in range(height))
    text += "".join(f"                b{c} = read(m, p_b + (k + {c}) * columns + j)\n" for c in range(width))
    text += "".join(f"                t{r}{c} = add_product(a{r}, b{c}, t{r}{c})\n" for r, c in cells)
    for r, c in cells:
        place = f"p_y + (i + {r}) * inner + k + {c}"
        text += f"            write(m, {place}, fetch(m, {place}) + t{r}{c})\n"
    return text
