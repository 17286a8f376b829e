"""The loss over the epochs as a small SVG: the training view's image, and in it the panel that a line moves over."""

from __future__ import annotations

import math
from collections.abc import Sequence

from viz.output.svg import FONT, short
from viz.text.numbers import format_number
from viz.themes import THEMES

WIDTH, HEIGHT = 360.0, 250.0
#: The area of the curves: its left, right, top and bottom.
LEFT, RIGHT, TOP, BOTTOM = 58.0, 348.0, 14.0, 206.0


def loss_chart(epochs: Sequence[int], loss: Sequence[float], held: Sequence[float | None]) -> str:
    """The curves of the loss, and of the held-out loss where there is one, over the epochs.

    The axis is logarithmic where the loss is positive throughout and falls to less than a twentieth.
    """
    theme = THEMES["light"]
    numbers = [y for y in (*loss, *held) if y is not None and math.isfinite(y)]
    low, high = min(numbers, default=0.0), max(numbers, default=1.0)
    logarithmic = low > 0 and high > 20 * low
    ticks = _powers(low, high) if logarithmic else _steps(min(low, 0.0) if low > -1e-9 else low, high)
    scale = math.log10 if logarithmic else float
    bottom, top = scale(ticks[0]), scale(ticks[-1])

    def x(epoch: float) -> str:
        return short(LEFT + (RIGHT - LEFT) * epoch / max(epochs[-1], 1))

    def y(number: float) -> float:
        return BOTTOM - (BOTTOM - TOP) * (scale(number) - bottom) / (top - bottom)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img" aria-label="Loss by epoch" '
        f'width="{short(WIDTH)}" height="{short(HEIGHT)}" viewBox="0 0 {short(WIDTH)} {short(HEIGHT)}" '
        f'font-family="{FONT}" font-size="12" fill="{theme.ink}">',
        f'<rect class="background" width="{short(WIDTH)}" height="{short(HEIGHT)}" fill="{theme.background}"/>',
    ]
    for tick in ticks:
        at = y(tick)
        parts.append(
            f'<path class="axis" stroke="{theme.frame}" stroke-opacity=".35" d="M{LEFT} {short(at)}H{RIGHT}"/>'
        )
        parts.append(f'<text x="{LEFT - 6}" y="{short(at + 4)}" text-anchor="end">{format_number(tick)}</text>')
    marks = _steps(0, epochs[-1], 4)
    parts += [
        f'<text x="{x(mark)}" y="{BOTTOM + 18}" text-anchor="middle">{mark:g}</text>'
        for mark in marks
        if mark <= epochs[-1]
    ]
    parts.append(f'<text x="{(LEFT + RIGHT) / 2}" y="{HEIGHT - 8}" text-anchor="middle">epoch</text>')
    for name, curve, dashes in (("loss", loss, ""), ("held", held, ' stroke-dasharray="6 3"')):
        points = [(x(e), y(v)) for e, v in zip(epochs, curve, strict=True) if v is not None and math.isfinite(v)]
        if points:
            line = " ".join(f"{at},{short(height)}" for at, height in points)
            colour = theme.value if name == "loss" else theme.gradient
            parts.append(
                f'<polyline class="{name}" fill="none" stroke="{colour}" stroke-width="2"{dashes} points="{line}"/>'
            )
        parts += [
            f'<text x="{x(e)}" y="{TOP + 12}" text-anchor="middle">{format_number(v)}</text>'
            for e, v in zip(epochs, curve, strict=True)
            if v is not None and not math.isfinite(v)
        ][:1]  # the first at which a curve leaves the numbers
    return "".join(parts) + "</svg>"


def _steps(low: float, high: float, most: int = 5) -> list[float]:
    """Round numbers from at most `low` to at least `high`, evenly spaced: 0, 0.5, 1, 1.5."""
    span = high - low or abs(high) or 1.0
    unit = 10.0 ** math.floor(math.log10(span / most))
    step = next(unit * k for k in (1, 2, 5, 10, 20) if span / (unit * k) <= most)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [step * k for k in range(first, max(last, first + 1) + 1)]


def _powers(low: float, high: float) -> list[float]:
    """Powers of ten from at most `low` to at least `high`, not more than seven."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    every = max(1, math.ceil((last - first) / 6))
    return list(dict.fromkeys(10.0 ** min(max(k, -307), 308) for k in range(first, last + every, every)))
