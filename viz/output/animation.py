"""Frames as one picture that moves: an SVG that plays by itself, one for reveal.js, LaTeX with overlays, GIF, APNG.

What stays from frame to frame is written once. The SVGs have no script and the frames are shown one after another by
CSS, or by reveal.js as its fragments.
"""

from __future__ import annotations

import importlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from hashlib import sha256
from io import BytesIO
from typing import Any

from viz.output import svg, tikz
from viz.output.raster import png
from viz.output.scene import Scene
from viz.output.spans import in_one_order, spans, together
from viz.themes import Theme

#: The last frame stays as long as so many others.
_REST = 3
#: How far the colours of a GIF's palette are apart, in one channel at least.
_APART = 6


def _body(frames: Sequence[Scene], theme: Theme, wrapped: Any) -> Iterator[str]:
    """The layers of all frames; `wrapped` puts what is seen in some frames only into groups."""
    layered = [dict(svg.layers(frame, theme)) for frame in frames]
    for opening in in_one_order([list(layers) for layers in layered]):
        yield opening
        for (first, end), things in together(spans([layers.get(opening, []) for layers in layered])):
            yield from things if (first, end) == (0, len(frames)) else wrapped(first, end, things)
        yield "</g>"


def animated_svg(frames: Sequence[Scene], theme: Theme, seconds: float, loop: bool) -> str:
    """An SVG that shows each frame for so many seconds; with `loop` again and again, else once.

    Its last frame is what shows where nothing moves: in programs without CSS, and for readers who asked for less
    motion.
    """
    total = len(frames) - 1 + _REST
    rules: dict[tuple[int, int], str] = {}
    mark = sha256("".join(f"{theme.name}{frame}" for frame in frames).encode()).hexdigest()[:8]

    def wrapped(first: int, end: int, things: Sequence[str]) -> Iterator[str]:
        name = rules.setdefault((first, end), f"gw{mark}-{len(rules)}")
        hidden = "" if end == len(frames) else ' visibility="hidden"'
        yield f'<g class="{name}"{hidden}>'
        yield from things
        yield "</g>"

    body = list(_body(frames, theme, wrapped))
    times = f"{total * seconds:g}s step-end {'infinite' if loop else 'both'}"
    style = ["@media (prefers-reduced-motion: no-preference) {"]
    for (first, end), name in rules.items():
        moments = [(0, first == 0), (first, True)]
        if end < len(frames):
            moments.append((end, False))
        moments.append((total, end == len(frames)))
        keys = {f"{100 * at / total:.6g}%": "visible" if shown else "hidden" for at, shown in moments}
        frames_css = " ".join(f"{at} {{ visibility: {how} }}" for at, how in keys.items())
        style += [f".{name} {{ animation: {name} {times} }}", f"@keyframes {name} {{ {frames_css} }}"]
    return svg.around(_told(frames), theme, [f"<style>{' '.join(style)} }}</style>", *body])


def reveal_svg(frames: Sequence[Scene], theme: Theme) -> str:
    """An SVG to be put into a slide of reveal.js, which shows the frames one after another as fragments."""

    def wrapped(first: int, end: int, things: Sequence[str]) -> Iterator[str]:
        coming, going = first > 0, end < len(frames)
        if coming:
            yield f'<g class="fragment" data-fragment-index="{first - 1}">'
        if going:
            yield f'<g class="fragment fade-out" data-fragment-index="{end - 1}">'
        yield from things
        yield "</g>" * (coming + going)

    return svg.around(_told(frames), theme, list(_body(frames, theme, wrapped)))


def _told(frames: Sequence[Scene]) -> Scene:
    """The last frame's scene, whose words tell of all."""
    *_, last = frames
    return replace(last, description=f"{len(frames)} frames. The last: {last.description}")


def overlays(frames: Sequence[Scene], theme: Theme) -> str:
    """A beamer document with one slide, and an overlay for each frame."""
    body = []
    for (first, end), lines in together(spans([tikz.drawn(frame) for frame in frames])):
        if (first, end) == (0, len(frames)):
            body += lines
        else:
            body += [rf"\only<{first + 1}-{end}>{{%", *lines, "}"]
    scene = frames[-1]
    wide = scene.width / scene.height > 14.0 / 7.5  # the room on a slide, in cm
    size = r"{\textwidth}{!}" if wide else r"{!}{0.9\textheight}"
    lines = [
        r"\documentclass[aspectratio=169]{beamer}",
        r"\usepackage{tikz}",
        *tikz.FONTS,
        r"\setbeamertemplate{navigation symbols}{}",
        *([r"\setbeamercolor{background canvas}{bg=gwpage}"] if theme.name == "dark" else []),
        r"\begin{document}",
        r"\begin{frame}",
        r"\centering",
        rf"\resizebox{size}{{%",
        tikz.around(scene, theme, body).rstrip("\n") + "}",
        r"\end{frame}",
        r"\end{document}",
    ]
    if theme.name == "dark":
        lines.insert(2, rf"\definecolor{{gwpage}}{{HTML}}{{{theme.background.removeprefix('#').upper()}}}")
    return "\n".join(lines) + "\n"


def raster_frames(svgs: Sequence[str], scene: Scene, form: str, seconds: float, width: float, loop: bool) -> bytes:
    """The frames as a GIF or an APNG, `width` pixels wide, each shown for so many seconds, the last longer.

    Raises ModuleNotFoundError without the extra ``gif``.
    """
    image = _pillow(form)
    scale = width / scene.width
    pictures = [image.open(BytesIO(png(svg, scene.width, scene.height, scale))).convert("RGB") for svg in svgs]
    if form == "gif":
        palette = _palette(image, pictures)
        pictures = [picture.quantize(palette=palette, dither=image.Dither.NONE) for picture in pictures]
    each = round(1000 * seconds)
    durations = [each] * (len(pictures) - 1) + [_REST * each]
    first, *others = pictures
    file = BytesIO()
    options: dict[str, Any] = {"save_all": True, "append_images": others, "duration": durations, "optimize": False}
    if form == "gif":
        first.save(file, "GIF", disposal=1, **options, **({"loop": 0} if loop else {}))
    else:
        first.save(file, "PNG", loop=0 if loop else 1, **options)
    return file.getvalue()


def _pillow(form: str) -> Any:
    try:
        return importlib.import_module("PIL.Image")
    except ImportError:
        raise ModuleNotFoundError(
            f"a picture is written as {form} by the library 'PIL', which is not installed; pip install gatewise[gif]",
            name="PIL",
        ) from None


def _palette(image: Any, pictures: Sequence[Any]) -> Any:
    """One palette for all frames, so that no colour changes from one to the next: the most frequent colours of some
    frames, as they are, without those that are nearly the same as a more frequent one."""
    count: Counter[tuple[int, int, int]] = Counter()
    for picture in [*pictures[:: max(1, len(pictures) // 8)], pictures[-1]]:
        width, height = picture.size
        count.update({colour: n for n, colour in picture.getcolors(width * height)})
    chosen: list[tuple[int, int, int]] = []
    for colour in sorted(count, key=lambda colour: (-count[colour], colour)):
        if all(max(abs(a - b) for a, b in zip(colour, other, strict=True)) >= _APART for other in chosen):
            chosen.append(colour)
        if len(chosen) == 256:
            break
    palette = image.new("P", (1, 1))
    palette.putpalette([channel for colour in chosen for channel in colour])
    return palette
