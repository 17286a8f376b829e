"""Draw the gallery: every worked example in every style and theme, and the page that shows them.

python notebooks/gallery/make.py            writes pictures/*.svg and README.md beside this file
python notebooks/gallery/make.py --goldens  also the pictures that the tests compare with, in tests/viz/golden
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import viz
from viz.styles import STYLES
from viz.themes import THEMES

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
from examples import EXAMPLES

GOLDENS = HERE.parents[1] / "tests" / "viz" / "golden"
LOOKS = tuple(THEMES)
#: What is no graph of Values looks the same in every style.
ONE_STYLE = ("architecture", "program")


def pictures() -> Iterator[tuple[str, str, str, viz.Picture]]:
    """(example, style, theme, picture) for all."""
    for name, make in EXAMPLES.items():
        for style in STYLES:
            if name in ONE_STYLE and style != "circuit":
                continue
            for theme in LOOKS:
                thing, options = make()
                yield (
                    name,
                    style,
                    theme,
                    viz.draw(thing, style=style, theme=theme, names=False, **options),
                )


def golden(name: str) -> viz.Picture:
    """The picture of an example that the tests keep: circuit style, light."""
    thing, options = EXAMPLES[name]()
    return viz.draw(thing, names=False, **options)


def main() -> None:
    folder = HERE / "pictures"
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.svg"):
        old.unlink()
    for name, style, theme, picture in pictures():
        picture.save(folder / f"{name}.{style}.{theme}.svg")
    lines = [
        "# Gallery",
        "",
        "Every worked example in every style and theme: `python notebooks/gallery/make.py`.",
    ]
    for name, make in EXAMPLES.items():
        title = " ".join((make.__doc__ or name).split())
        lines += ["", f"## {title}", "", f"![{title}](pictures/{name}.circuit.light.svg)", ""]
        looks = [
            (style, theme)
            for style in STYLES
            for theme in LOOKS
            if (style, theme) != ("circuit", "light")
        ]
        others = [f"[{style}, {theme}](pictures/{name}.{style}.{theme}.svg)" for style, theme in looks
                  if name not in ONE_STYLE or style == "circuit"]  # fmt: skip
        lines.append("Also: " + " · ".join(others))
    (HERE / "README.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    if "--goldens" in sys.argv[1:]:
        GOLDENS.mkdir(exist_ok=True)
        for name in EXAMPLES:
            golden(name).save(GOLDENS / f"{name}.svg")


if __name__ == "__main__":
    main()
