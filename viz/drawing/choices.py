"""The options of one call of `viz.draw`, as one record that goes through all steps of the drawing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from autograd import Value
from viz.diagram.collapse import Expand
from viz.options import Direction, LayoutName, MagnitudeName, StageName, StyleName
from viz.text.names import caller_variables
from viz.text.numbers import NumberFormat
from viz.themes import ThemeName


@dataclass(frozen=True)
class Options:
    """The options of one call of `viz.draw`, which explains them."""

    style: StyleName
    theme: ThemeName
    direction: Direction
    layout: LayoutName
    names: bool | Mapping[str, object]
    gradients: bool | None
    local: bool
    copies: bool
    legend: bool
    number: NumberFormat | int
    expand: Expand
    collapse: str | Iterable[str]
    highlight: Value | None
    magnitude: MagnitudeName | bool
    room: str
    stage: StageName

    @cached_property
    def digits(self) -> NumberFormat:
        """How numbers are written."""
        return self.number if isinstance(self.number, NumberFormat) else NumberFormat(self.number)

    def variables(self) -> Mapping[str, object] | None:
        """The variables whose names Values without a label take, None for none."""
        if isinstance(self.names, Mapping):
            return self.names
        return caller_variables() if self.names else None
