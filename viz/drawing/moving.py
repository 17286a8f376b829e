"""All frames of a picture in one file: GIF, APNG, SVGs that move, LaTeX with overlays, a PDF with a page for each."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from viz.options import MovingName, choose
from viz.output import animation
from viz.output.raster import pdf

if TYPE_CHECKING:
    from viz.drawing.picture import Picture

#: Of more frames than this no file is made: nobody would watch it to the end.
MOST = 1000
#: A GIF or an APNG has so many pixels for each of the picture's own, but is no wider than this unless asked for.
_SCALE, _WIDEST = 2.0, 1920.0


@dataclass(frozen=True, slots=True)
class Playing:
    """How frames are played. seconds: how long each is shown. width: in pixels, None for the usual. loop: whether it
    begins again."""

    seconds: float = 1.0
    width: float | None = None
    loop: bool = True

    def __post_init__(self) -> None:
        if not 0.02 <= self.seconds <= 600.0:
            raise ValueError(f"seconds is how long a frame is shown, from 0.02 to 600, but was given {self.seconds!r}")
        if self.width is not None and not 16 <= self.width <= 20_000:
            raise ValueError(f"width is a number of pixels from 16 to 20000, but was given {self.width!r}")


def format_of(path: str | os.PathLike[str]) -> str:
    """The format that a file's name says: its ending, or what stands before that, as in ``x.pages.pdf``.

    >>> format_of("neuron.svg"), format_of("neuron.animated.svg"), format_of("neuron.gif")
    ('svg', 'animated', 'gif')
    """
    parts = Path(path).name.lower().split(".")
    ending = parts[-1] if len(parts) > 1 else ""
    before = parts[-2] if len(parts) > 2 else ""
    return before if ENDINGS.get(before) == ending else ending


def moving(picture: Picture, form: str, playing: Playing) -> bytes:
    """The frames of a picture in that format. Raises ValueError for a picture without frames, or too many."""
    make = choose("format", form, MOVING)
    frames = []
    for frame in picture.frames():
        frames.append(frame)
        if len(frames) > MOST:
            raise ValueError(
                f"this graph has more than {MOST} frames, too many for one file; draw a part of it, or close scopes: "
                "expand=0 makes each one step"
            )
    content = make(frames, playing)
    return content if isinstance(content, bytes) else content.encode(errors="replace")


def _raster(form: str) -> Callable[[Sequence[Picture], Playing], bytes]:
    def make(frames: Sequence[Picture], playing: Playing) -> bytes:
        scene = frames[0].scene
        width = playing.width or min(_SCALE * scene.width, _WIDEST)
        svgs = [frame.svg for frame in frames]
        return animation.raster_frames(svgs, scene, form, playing.seconds, width, playing.loop)

    return make


def _pages(frames: Sequence[Picture], _: Playing) -> bytes:
    scene = frames[0].scene
    return pdf([frame.svg for frame in frames], scene.width, scene.height, scene.title)


def _animated(frames: Sequence[Picture], playing: Playing) -> str:
    scenes = [frame.scene for frame in frames]
    return animation.animated_svg(scenes, frames[0].theme, playing.seconds, playing.loop)


#: The formats by name: what each makes of frames.
MOVING: dict[MovingName, Callable[[Sequence[Picture], Playing], str | bytes]] = {
    "gif": _raster("gif"),
    "apng": _raster("apng"),
    "animated": _animated,
    "overlays": lambda frames, _: animation.overlays([frame.scene for frame in frames], frames[0].theme),
    "pages": _pages,
    "reveal": lambda frames, _: animation.reveal_svg([frame.scene for frame in frames], frames[0].theme),
}
#: The endings of those whose name says more than their ending.
ENDINGS = {"animated": "svg", "overlays": "tex", "pages": "pdf", "reveal": "html"}
