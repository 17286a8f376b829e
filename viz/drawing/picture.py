"""A finished picture: it shows itself in notebooks and saves itself as any of the formats of `FORMATS`."""

from __future__ import annotations

import base64
import os
import tempfile
import webbrowser
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path

from viz.diagram.model import Diagram
from viz.drawing.choices import Options
from viz.drawing.dot import dot
from viz.drawing.frames import frames_of
from viz.drawing.moving import MOVING, Playing, format_of, moving
from viz.drawing.terminal import terminal
from viz.options import FormatName, StillName, choose
from viz.output.files import write
from viz.output.html import html
from viz.output.live import live
from viz.output.notebook import Shown
from viz.output.raster import available, pdf, png
from viz.output.scene import Scene
from viz.output.svg import escaped, svg
from viz.output.tikz import picture as tikz_picture
from viz.output.tikz import tikz
from viz.styles.pen import Look
from viz.themes import Theme


class Picture(Shown):
    """What `viz.draw` returns: it shows itself in a notebook, and ``picture.save("loss.svg")`` writes it to a file.

    diagram: what is drawn. scene: where. theme: in which colours. look: what else the reader chose. options: what
    `viz.draw` was called with; None for a frame.
    """

    def __init__(
        self, diagram: Diagram, scene: Scene, theme: Theme, look: Look, options: Options | None = None
    ) -> None:
        self.diagram: Diagram = diagram
        self.scene: Scene = scene
        self.theme: Theme = theme
        self.look, self.options = look, options

    @cached_property
    def svg(self) -> str:
        """The picture as one SVG document; the same graph gives the same bytes."""
        return svg(self.scene, self.theme)

    @property
    def html(self) -> str:
        """The picture as a page of its own, with a table of all values."""
        return html(self.diagram, self.svg, self.theme)

    @property
    def dot(self) -> str:
        """What is drawn in Graphviz's language, to be laid out by that."""
        return dot(self.diagram, self.theme, self.look)

    @property
    def tex(self) -> str:
        """The picture as a LaTeX document of its own size, drawn with TikZ."""
        return tikz(self.scene, self.theme)

    @property
    def tikz(self) -> str:
        """Only the ``tikzpicture``, to be put into a slide or a paper that uses TikZ."""
        return tikz_picture(self.scene, self.theme)

    @property
    def txt(self) -> str:
        """The picture in characters, for a terminal."""
        return terminal(self.diagram, self.look)

    @property
    def png(self) -> bytes:
        """The picture in pixels, two for each of its own; needs the extra ``png``. Warns of characters without a font;
        raises ValueError for a picture too large to be one."""
        return png(self.svg, self.scene.width, self.scene.height)

    @property
    def pdf(self) -> bytes:
        """The picture as a PDF page of its own size; needs the extra ``pdf``. Warns of characters without a font."""
        return pdf([self.svg], self.scene.width, self.scene.height, self.diagram.title)

    def frames(self) -> Iterator[Picture]:
        """Pictures of the forward and the backward pass, one after each step, all of one layout.

        The first has the inputs alone. Then each gate computes, in the order of `autograd.forward_steps`; then the
        output gets its seed, 1; then each gate passes its gradient on, in the order of `autograd.backward_steps`. A
        closed scope is one step. What isn't reached is pale and has no number, a gradient is the sum of what has
        arrived so far, and the gate of the step is lit. The graph and its gradients stay as they are.

        >>> from autograd import Value
        >>> import viz
        >>> x, y = Value(2.0, "x"), Value(3.0, "y")
        >>> for frame in viz.draw(x * y).frames():
        ...     print(frame.diagram.description)
        Step 0 of 3. The inputs: x = 2; y = 3.
        Step 1 of 3. Forward through ×: the value of × is 6.
        Step 2 of 3. The backward pass starts with the gradient 1 of the output.
        Step 3 of 3. Backward through ×: x gets 3 and has gradient 3; y gets 2 and has gradient 2.

        Raises ValueError for what has no such passes: models, programs, several outputs, constants, stale graphs.
        """
        if self.options is None:
            raise ValueError("this is one frame of several already; call frames() of the picture that viz.draw returns")
        found = frames_of(self.diagram, self.options)
        return (Picture(frame.diagram, frame.scene, self.theme, frame.look) for frame in found)

    @property
    def animated_svg(self) -> str:
        """An SVG that plays the frames by itself, again and again; still for readers who asked for less motion."""
        return moving(self, "animated", Playing()).decode()

    def save(
        self,
        path: str | os.PathLike[str],
        format: FormatName | None = None,
        *,
        seconds: float | None = None,
        width: float | None = None,
        loop: bool | None = None,
    ) -> None:
        """Write the picture to a file.

        path: where to; its ending says the format if `format` doesn't. format: "svg", "png", "pdf", "html", "dot"
        (Graphviz's language), "tex" (a LaTeX document), "tikz" (for one), or "txt" (in characters).

        Of all frames (see `frames`) are: "gif"; "apng"; "animated", an SVG that plays by itself; "overlays", a LaTeX
        document of the class beamer with an overlay for each frame; "pages", a PDF with a page for each; "reveal", an
        SVG for a slide of reveal.js, with the frames as fragments. Their files are called ``x.gif``, ``x.apng``,
        ``x.animated.svg``, ``x.overlays.tex``, ``x.pages.pdf`` and ``x.reveal.html``, or as you like with `format`.
        seconds: how long each frame is shown, 1 unless told; the last is shown three times as long. width: of a GIF or
        an APNG in pixels; usually twice the picture's own, and at most 1920. loop: False plays once.

        The file is written beside its place and then renamed, so it is never half written. Raises ValueError for a
        format that does not exist, a picture too large for it or one without frames, and options that do not apply,
        ModuleNotFoundError for a format that needs an extra which is not installed, OSError where the file cannot be
        written.
        """
        name = format_of(path) if format is None else format
        playing = {"seconds": seconds, "width": width, "loop": loop}
        given = [option for option, value in playing.items() if value is not None]
        if name in MOVING:
            write(path, moving(self, name, Playing(1.0 if seconds is None else seconds, width, loop is not False)))
            return
        still = choose("format", name, FORMATS | dict.fromkeys(MOVING))
        if given:
            raise ValueError(f"{' and '.join(given)} apply to {', '.join(MOVING)}, but the format is {name!r}")
        assert still is not None
        content = still(self)
        write(path, content.encode(errors="replace") if isinstance(content, str) else content)

    def show(self) -> None:
        """Open the picture in a browser, as a page that can be zoomed: for scripts and shells.

        Raises RuntimeError, which says where the page lies, on a machine without a browser.
        """
        with tempfile.NamedTemporaryFile(
            "w", prefix="gatewise-", suffix=".html", delete=False, encoding="utf-8"
        ) as file:
            file.write(self.html)
        if not webbrowser.open(Path(file.name).as_uri()):
            raise RuntimeError(
                f"no browser was found to show the picture; it is in {file.name}, and .save('x.png') writes an image"
            )

    def _forms(self) -> dict[str, str]:
        """An image as HTML; the same in pixels for viewers that show no HTML, where the extra ``png`` is installed and
        the picture is not too large; and words."""
        forms = {"text/html": live(self._image()), "text/plain": repr(self)}
        if available("png") and self.scene.width * self.scene.height <= _LARGEST:
            forms["image/png"] = base64.b64encode(self.png).decode()
        return forms

    def _repr_html_(self) -> str:
        return live(self._image())  # without making the pixels

    def _image(self) -> str:
        """An image that also shows in notebooks that are not trusted, where scripts and inline SVG are removed."""
        data = base64.b64encode(self.svg.encode()).decode()
        alt = escaped(f"{self.diagram.title}: {self.diagram.description}")
        return (
            f'<img class="gatewise" alt="{alt}" width="{self.scene.width:.0f}" style="max-width: 100%; height: auto" '
            f'src="data:image/svg+xml;base64,{data}">'
        )

    def __repr__(self) -> str:
        return f"<Picture: {self.diagram.title}: {self.diagram.description}>"


#: Pictures of more square pixels than this are not put into notebooks as pixels too.
_LARGEST = 4_000_000

#: The formats of one picture by name: what each makes of it. Those of all its frames are in `viz.drawing.moving`.
FORMATS: dict[StillName, Callable[[Picture], str | bytes]] = {
    "svg": lambda picture: picture.svg,
    "png": lambda picture: picture.png,
    "pdf": lambda picture: picture.pdf,
    "html": lambda picture: picture.html,
    "dot": lambda picture: picture.dot,
    "tex": lambda picture: picture.tex,
    "tikz": lambda picture: picture.tikz,
    "txt": lambda picture: picture.txt,
}
