"""A finished picture: it shows itself in notebooks and saves itself as any of the formats of `FORMATS`."""

from __future__ import annotations

import base64
from functools import cached_property

from viz.diagram.model import Diagram
from viz.output.scene import Scene
from viz.output.svg import escaped, svg
from viz.themes import Theme


class Picture:
    """What `viz.draw` returns.

    svg: the picture as SVG text. diagram: what is drawn. scene: where. theme: in which colours.
    """

    def __init__(self, diagram: Diagram, scene: Scene, theme: Theme) -> None:
        self.diagram, self.scene, self.theme = diagram, scene, theme

    @cached_property
    def svg(self) -> str:
        """The picture as one SVG document; the same graph gives the same bytes."""
        return svg(self.scene, self.theme)

    def _repr_html_(self) -> str:
        """An image that also shows in notebooks that are not trusted, where scripts and inline SVG are removed."""
        data = base64.b64encode(self.svg.encode()).decode()
        alt = escaped(f"{self.diagram.title}: {self.diagram.description}")
        width = f"{self.scene.width:.0f}"
        return (
            f'<img class="gatewise" alt="{alt}" width="{width}" style="max-width: 100%; height: auto" '
            f'src="data:image/svg+xml;base64,{data}">'
        )

    def __repr__(self) -> str:
        return f"<Picture: {self.diagram.title}: {self.diagram.description}>"
