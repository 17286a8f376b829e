"""How the benchmarks measure: the contestants take turns in one process, and each is judged by its fastest turn.

Noise on a shared machine only ever adds time, so minima of interleaved turns compare like with like.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping


def fastest(contestants: Mapping[str, Callable[[], object]], turns: int) -> dict[str, float]:
    """Seconds of each contestant's fastest turn out of `turns`, taken in rounds, after one round to warm up."""
    best = dict.fromkeys(contestants, float("inf"))
    for turn in range(turns + 1):
        for name, run in contestants.items():
            start = time.perf_counter()
            run()
            elapsed = time.perf_counter() - start
            if turn:
                best[name] = min(best[name], elapsed)
    return best


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """A Markdown table, columns aligned, numbers to the right."""
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]

    def line(cells: tuple[str, ...]) -> str:
        first, *others = cells
        padded = [first.ljust(widths[0]), *(cell.rjust(w) for cell, w in zip(others, widths[1:], strict=True))]
        return f"| {' | '.join(padded)} |"

    rule = f"| {' | '.join(['-' * widths[0], *('-' * (w - 1) + ':' for w in widths[1:])])} |"
    return "\n".join([line(head), rule, *map(line, rows)])
