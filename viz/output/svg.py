"""A scene as SVG: one element for each thing drawn, with attributes only, so that every program reads it alike.

Looks are inherited from a group for each layer; there is no style sheet (two pictures in one page would share it) and
there are no ids. A script finds its way by classes and data attributes:

- ``g.node[data-node]``, ``circle.copy[data-node]``: shapes, with their tooltip in ``title``;
- ``path.wire[data-net]``: a stretch of wire; ``data-wires`` lists the wires that run through it (``~=`` finds one);
- ``text.value[data-node]``, ``text.gradient[data-node]``: the numbers of the net that leaves that node;
- ``text.local[data-wires]``, ``text.contribution[data-wires]``: the numbers at an operand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from viz.layout.boxes import LISTED
from viz.output.scene import Path, Role, Scene, Shape, Text
from viz.themes import Theme

FONT = "Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif"
#: How the roles of text look: (colour of the theme, weight, style).
ROLE_LOOKS: dict[Role, tuple[str, str, str]] = {
    "symbol": ("ink", "", ""),
    "label": ("ink", "", ""),
    "name": ("ink", "", ""),
    "line": ("ink", "", ""),
    "value": ("value", "bold", ""),
    "gradient": ("gradient", "bold", "italic"),
    "local": ("local", "", ""),
    "operand": ("ink", "", "italic"),
    "contribution": ("gradient", "bold", "italic"),
    "frame": ("local", "", ""),
    "legend": ("ink", "", ""),
    "caption": ("ink", "", ""),
    "mark": ("ink", "bold", ""),
}
#: Stroke width of wires and outlines, and font size of symbols, unless told otherwise.
USUAL, SYMBOL = 1.5, 17
#: The border of a lit shape: how wide it is, and how far around it there is a halo of which opacity.
RING, HALO, GLOW = 3.0, 9.0, 0.14
#: Shapes that are not nodes: they have no words of their own.
BESIDE = ("copy", "rule", "tint", "bead")
#: Texts that stand in a shape and are written with it, so that pointing at them shows the shape's tooltip.
_INSIDE = ("symbol", "label", "line")


#: What XML 1.0 does not allow, control signs it discourages, and halves of surrogate pairs.
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_SPECIAL = re.compile('[&<>"\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]')


def escaped(text: str) -> str:
    """`text` inside XML, in an attribute too. What XML does not allow shows as �."""
    if not _SPECIAL.search(text):
        return text
    safe = _UNFIT.sub("�", text)
    return safe.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def short(x: float) -> str:
    """A coordinate with at most one decimal; what lies halfway is rounded up, off by a last bit or not."""
    text = f"{x + 1e-6:.1f}"
    return text[:-2] if text.endswith(".0") else text


def _title(text: str) -> str:
    return f"<title>{escaped(text)}</title>" if text else ""


def _data(node: str, wires: Sequence[str] = (), name: str = "node") -> str:
    text = f' data-{name}="{node}"' if node else ""
    return text + (f' data-wires="{" ".join(wires)}"' if wires and len(wires) < LISTED else "")


def _path(path: Path, theme: Theme, faded: str) -> str:
    parts = [f"M{short(path.points[0][0][0])} {short(path.points[0][0][1])}"]
    for step in path.points[1:]:
        parts.append(("L" if len(step) == 1 else "C") + " ".join(f"{short(x)} {short(y)}" for x, y in step))
    width = f' stroke-width="{short(path.width)}"' if path.width != USUAL else ""
    pale = f' opacity="{faded}" stroke-linecap="butt"' if path.pale else ""  # round ends would show where they meet
    if path.kind in ("positive", "negative"):
        dashes = ' stroke-dasharray="6 4"' if path.kind == "negative" else ""
        width = f' stroke="{getattr(theme, path.kind)}"{dashes}{width}'
    if path.kind == "arrow":
        width = f' fill="{getattr(theme, path.lit)}" stroke="none"'
    elif path.lit:
        width = f' stroke="{getattr(theme, path.lit)}" stroke-linejoin="round"{width}'
    title = _title(path.title)
    end = f">{title}</path>" if title else "/>"
    return f'<path class="{path.kind}"{_data(path.net, path.wires, "net")} d="{"".join(parts)}"{width}{pale}{end}'


def _outline(shape: Shape, grow: float, extra: str = "") -> str:
    x, y, w, h = shape.x, shape.y, shape.width + 2 * grow, shape.height + 2 * grow
    if shape.form != "rectangle":
        return f'<circle cx="{short(x)}" cy="{short(y)}" r="{short(w / 2)}"{extra}/>'
    return (
        f'<rect x="{short(x - w / 2)}" y="{short(y - h / 2)}" width="{short(w)}" height="{short(h)}"'
        f' rx="{short(shape.corner + grow)}"{extra}/>'
    )


def _shape(shape: Shape, theme: Theme, labels: Sequence[Text], faded: str) -> str:
    if shape.kind == "tint":
        return _outline(shape, 0.0, f' class="tint" fill="{theme.tint(shape.lit)}" stroke="none"')
    if shape.kind == "bead":
        return _outline(shape, 0.0, f' class="bead" fill="{theme.background}" stroke-width="1"')
    if shape.kind == "frame":
        body = _outline(shape, 0.0)
    elif shape.kind in ("copy", "rule"):
        colour = theme.wire if shape.kind == "copy" else theme.ink
        body = _outline(shape, 0.0, f' fill="{colour}" stroke="none"')
    else:
        fill = theme.tint(shape.lit) if shape.lit else theme.fill(shape.kind)
        ring = f' stroke="{getattr(theme, shape.lit)}" stroke-width="{short(RING)}"' if shape.lit else ""
        body = _outline(shape, 0.0, f' fill="{fill}"{ring}')
    if shape.ring:
        body = _outline(shape, shape.ring, f' fill="{theme.background}"') + body
    if shape.lit:
        halo = f' fill="{getattr(theme, shape.lit)}" stroke="none" opacity="{GLOW}"'
        body = _outline(shape, HALO, halo) + body
    kind = (
        shape.kind if shape.kind in ("frame", "copy", "rule") else f"node {shape.kind}{' output' if shape.ring else ''}"
    )
    pale = f' opacity="{faded}"' if shape.pale else ""
    words = "".join(_text(text, SYMBOL, faded, inside=True) for text in labels)
    return f'<g class="{kind}"{_data(shape.node)}{pale}>{_title(shape.title)}{body}{words}</g>'


def _text(text: Text, size: float, faded: str, inside: bool = False, extra: str = "") -> str:
    """One text. Its baseline lies below the middle of its box by about a third of its size."""
    x = {"start": text.box[0], "middle": text.x, "end": text.box[2]}[text.anchor]
    parts = [f'<text class="{text.role}"']
    if inside:
        parts.append(' stroke="none"')
    else:
        parts.append(_data(text.node, text.wires) + (f' opacity="{faded}"' if text.pale else ""))
    parts.append(f' x="{short(x)}" y="{short(text.y + 0.35 * text.size)}"')
    if text.size != size:
        parts.append(f' font-size="{short(text.size)}"')
    if text.anchor != "middle":
        parts.append(f' text-anchor="{text.anchor}"')
    return f"{''.join(parts)}{extra}>{escaped(text.text)}{_title(text.title)}</text>"


def _look(role: Role, theme: Theme) -> str:
    colour, weight, style = ROLE_LOOKS[role]
    bold = f' font-weight="{weight}"' if weight else ""
    slant = f' font-style="{style}"' if style else ""
    return f' fill="{getattr(theme, colour)}"{bold}{slant}'


#: A layer: the tag that opens its group, and its elements.
Layer = tuple[str, list[str]]


def layers(scene: Scene, theme: Theme) -> Iterator[Layer]:
    """The groups of the scene's SVG, one after another."""
    faded = f"{scene.faded:g}"
    inside: dict[str, list[Text]] = {}
    found: dict[Role, list[Text]] = {role: [] for role in ROLE_LOOKS}
    for text in scene.texts:
        (inside.setdefault(text.node, []) if text.role in _INSIDE else found[text.role]).append(text)
    frames = [_shape(s, theme, (), faded) for s in scene.shapes if s.kind == "frame"]
    yield f'<g class="frames" stroke="{theme.frame}" fill="none" stroke-dasharray="5 4">', frames
    wires = f'<g class="wires" fill="none" stroke="{theme.wire}" stroke-width="{USUAL}" stroke-linecap="round">'
    yield wires, [_path(p, theme, faded) for p in scene.paths]
    opening = (
        f'<g class="nodes" stroke="{theme.ink}" stroke-width="{USUAL}" fill="{theme.ink}" text-anchor="middle" '
        f'font-size="{SYMBOL}">'
    )
    shapes = [shape for shape in scene.shapes if shape.kind != "frame"]
    words = [inside.pop(shape.node, ()) if shape.kind not in BESIDE else () for shape in shapes]
    yield opening, [_shape(shape, theme, own, faded) for shape, own in zip(shapes, words, strict=True)]
    for role, texts in found.items():
        if texts:
            size = texts[0].size
            yield (
                f'<g class="{role}s"{_look(role, theme)} font-size="{short(size)}" text-anchor="middle">',
                [_text(t, size, faded, extra=_look(t.like, theme) if t.like else "") for t in texts],
            )


def svg(scene: Scene, theme: Theme) -> str:
    """The scene as one SVG document, the same bytes for the same scene."""
    body = [line for opening, elements in layers(scene, theme) for line in (opening, *elements, "</g>")]
    return around(scene, theme, body)


def around(scene: Scene, theme: Theme, body: Sequence[str]) -> str:
    """An SVG document of the scene's size and words around what is drawn in it."""
    width, height = short(scene.width), short(scene.height)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="gatewise" role="img" aria-label="{escaped(scene.title)}" '
        f'width="{width}" height="{height}" viewBox="0 0 {width} {height}" font-family="{FONT}" '
        f'font-variant-numeric="tabular-nums">'
    )
    return "\n".join(
        [
            head,
            f"<title>{escaped(scene.title)}</title>",
            f"<desc>{escaped(scene.description)}</desc>",
            f'<rect class="background" width="{width}" height="{height}" fill="{theme.background}"/>',
            *body,
            "</svg>",
            "",
        ]
    )
