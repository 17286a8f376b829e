"""A scene in TikZ: a document of its own, or only the picture, for a beamer slide or a paper that uses TikZ.

It compiles with pdfLaTeX, XeLaTeX and LuaLaTeX. Signs that pdfLaTeX's fonts lack (Korean, emoji) are shown by it as
their code point; the other two set them if the document's fonts have them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields

from viz.output.scene import Path, Scene, Shape, Text
from viz.output.svg import GLOW, HALO, RING, ROLE_LOOKS, USUAL, short
from viz.text.latex import text_latex
from viz.themes import Theme


def _colour(name: str, code: str) -> str:
    return rf"\definecolor{{gw{name}}}{{HTML}}{{{code.removeprefix('#').upper()}}}"


def _point(x: float, y: float) -> str:
    return f"({short(x)},{short(y)})"


def _path(path: Path, faded: str) -> str:
    steps = [_point(*path.points[0][0])]
    for step in path.points[1:]:
        if len(step) == 1:
            steps.append(f"-- {_point(*step[0])}")
        else:
            first, second, end = step
            steps.append(f".. controls {_point(*first)} and {_point(*second)} .. {_point(*end)}")
    if path.kind == "arrow":
        return rf"\fill[gw{path.lit}] {' '.join(steps)} -- cycle;"
    pale = faded if path.pale else f", draw=gw{path.lit}, line join=round" if path.lit else ""
    if path.kind in ("positive", "negative"):
        pale += f", draw=gw{path.kind}" + (", dashed" if path.kind == "negative" else "")
    return rf"\draw[gwwire, line width={path.width * 0.75:.2f}bp{pale}] {' '.join(steps)};"


def _shape(shape: Shape, faded: str) -> Iterator[str]:
    if shape.kind in ("tint", "bead"):
        look = f"fill=gw{shape.lit}tint" if shape.kind == "tint" else "draw=gwink, fill=gwbackground, line width=0.75bp"
        yield _outline(shape, 0.0, look)
        return
    kind = shape.kind if shape.kind in ("frame", "copy", "rule", "leaf", "constant", "gate") else "group"
    pale = faded if shape.pale else ""
    draw = {"frame": "draw=gwframe, dashed", "copy": "fill=gwwire", "rule": "fill=gwink"}.get(
        kind, f"draw=gwink, fill=gw{kind}"
    )
    wide = USUAL
    if shape.lit:
        yield _outline(shape, HALO, f"fill=gw{shape.lit}, opacity={GLOW}")
        draw, wide = f"draw=gw{shape.lit}, fill=gw{shape.lit}tint", RING
    if shape.ring:
        yield _outline(shape, shape.ring, f"draw=gwink, fill=gwbackground, line width=1.1bp{pale}")
    yield _outline(shape, 0.0, f"{draw}, line width={wide * 0.75:.1f}bp{pale}")


def _outline(shape: Shape, grow: float, style: str) -> str:
    if shape.form == "rectangle":
        w, h, r = shape.width / 2 + grow, shape.height / 2 + grow, shape.corner + grow
        corners = f"{_point(shape.x - w, shape.y - h)} rectangle {_point(shape.x + w, shape.y + h)}"
        return rf"\path[{style}, rounded corners={r * 0.75:.1f}bp] {corners};"
    radius = f"{(shape.width / 2 + grow) * 0.75:.2f}bp"
    return rf"\path[{style}] {_point(shape.x, shape.y)} circle[radius={radius}];"


def _text(text: Text, faded: str) -> str:
    colour, weight, style = ROLE_LOOKS[text.like or text.role]
    font = rf"\fontsize{{{text.size * 0.75:.1f}bp}}{{{text.size * 0.9:.1f}bp}}\selectfont"
    font += (r"\bfseries\boldmath" if weight else "") + (r"\slshape" if style else "")
    pale = faded if text.pale else ""
    anchor, x = {"start": ("base west", text.box[0]), "middle": ("base", text.x), "end": ("base east", text.box[2])}[
        text.anchor
    ]
    at = _point(x, text.y + 0.35 * text.size)
    words = text_latex(text.text)
    return rf"\node[anchor={anchor}, inner sep=0, text=gw{colour}, font=\sffamily{font}{pale}] at {at} {{{words}}};"


def drawn(scene: Scene) -> list[str]:
    """What draws the scene, a command a line, without what stands before and after."""
    faded = f", opacity={scene.faded:g}"
    return [
        *(line for shape in scene.shapes if shape.kind == "frame" for line in _shape(shape, faded)),
        *(_path(path, faded) for path in scene.paths),
        *(line for shape in scene.shapes if shape.kind != "frame" for line in _shape(shape, faded)),
        *(_text(text, faded) for text in scene.texts),
    ]


def around(scene: Scene, theme: Theme, body: Sequence[str]) -> str:
    """A ``tikzpicture`` of the scene's size around what is drawn in it, with what it needs defined inside.

    It defines no macro with a parameter: a beamer frame is itself the argument of one, where ``#1`` is an error.
    """
    lines = [
        r"\begin{tikzpicture}[x=0.75bp, y=-0.75bp, font=\sffamily, gwwire/.style={draw=gwwire, line cap=round}]",
        *(_colour(field.name, getattr(theme, field.name)) for field in fields(theme) if field.name != "name"),
        rf"\fill[gwbackground] (0,0) rectangle {_point(scene.width, scene.height)};",
        *body,
        r"\end{tikzpicture}",
    ]
    return "\n".join(lines) + "\n"


def picture(scene: Scene, theme: Theme) -> str:
    """Only the ``tikzpicture``, to be put into a document that uses TikZ."""
    return around(scene, theme, drawn(scene))


#: The packages of a document whose texts are the picture's.
FONTS = (
    r"\usepackage[T1]{fontenc}",
    r"\usepackage{textcomp}",
    r"\IfFileExists{lmodern.sty}{\usepackage{lmodern}}{}",
)


def tikz(scene: Scene, theme: Theme) -> str:
    """A complete document of the picture's size, by the class ``standalone`` or, where that is missing, ``article``."""
    width, height = scene.width * 0.75 + 0.5, scene.height * 0.75 + 0.5
    lines = [
        r"\IfFileExists{standalone.cls}{\documentclass[tikz]{standalone}}{%",
        r"  \documentclass{article}\usepackage{tikz}%",
        rf"  \usepackage[paperwidth={width:.1f}bp,paperheight={height:.1f}bp,margin=0pt]{{geometry}}%",
        r"  \pagestyle{empty}\parindent=0pt\topskip=0pt}",
        *FONTS,
        r"\begin{document}",
        picture(scene, theme) + r"\end{document}",
    ]
    return "\n".join(lines) + "\n"
