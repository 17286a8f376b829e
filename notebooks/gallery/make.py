"""Draw the gallery: every worked example in every style and theme, and a page that shows them.

python notebooks/gallery/make.py            draws all of it into the folder `every` beside this file
python notebooks/gallery/make.py --goldens  draws what is checked in: `pictures`, which the tests compare with, and the
                                            page README.md; look at each picture that changed
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import viz
from viz.options import StyleName
from viz.styles import STYLES
from viz.themes import THEMES, ThemeName

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
from examples import EXAMPLES

#: What is no graph of Values looks the same in every style.
ONE_STYLE = ("architecture", "program")


class Drawn(NamedTuple):
    """One picture of the gallery: which example, and how it is drawn."""

    example: str
    style: StyleName = "circuit"
    theme: ThemeName = "light"

    @property
    def file(self) -> str:
        return f"{self.example}.{self.style}.{self.theme}.svg"

    def picture(self) -> viz.Picture:
        thing, options = EXAMPLES[self.example]()
        return viz.draw(thing, style=self.style, theme=self.theme, names=False, **options)


def goldens() -> list[Drawn]:
    """What is checked in: every example once, and the dark one that README shows to dark screens."""
    return [*map(Drawn, EXAMPLES), Drawn("sigmoid_neuron", theme="dark")]


def every() -> Iterator[Drawn]:
    """Every example in every style and theme."""
    for name in EXAMPLES:
        for style in STYLES:
            if style == "circuit" or name not in ONE_STYLE:
                yield from (Drawn(name, style, theme) for theme in THEMES)


def page(drawn: list[Drawn], folder: str, words: str) -> str:
    """The pictures under the titles of their examples, light ones to be seen and the others as links."""
    lines = ["# Gallery", "", words]
    for name, make in EXAMPLES.items():
        title = " ".join((make.__doc__ or name).split())
        lines += ["", f"## {title}"]
        own = [one for one in drawn if one.example == name]
        for one in own:
            if one.theme == "light":
                lines += ["", f"![{title}]({folder}{one.file})"]
        others = [
            f"[{one.style}, {one.theme}]({folder}{one.file})" for one in own if one.theme != "light"
        ]
        if others:
            lines += ["", f"Also: {' · '.join(others)}"]
    return "\n".join(lines) + "\n"


def save(drawn: list[Drawn], folder: Path) -> None:
    """Draw them into a folder, in place of the pictures that were there."""
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.svg"):
        old.unlink()
    for one in drawn:
        one.picture().save(folder / one.file)


def main() -> None:
    if "--goldens" in sys.argv[1:]:
        words = "Every worked example. `python notebooks/gallery/make.py` draws all in every style and theme."
        save(goldens(), HERE / "pictures")
        (HERE / "README.md").write_text(page(goldens(), "pictures/", words), encoding="utf-8")
    else:
        words = "Every worked example in every style and theme."
        save(list(every()), HERE / "every")
        (HERE / "every" / "README.md").write_text(page(list(every()), "", words), encoding="utf-8")


if __name__ == "__main__":
    main()
