"""An explanation as one derivation in LaTeX: symbols first, numbers after."""

from __future__ import annotations

from collections.abc import Sequence

from viz.explanation.paths import Paths
from viz.explanation.trace import Trace


def derivation(trace: Trace, paths: Sequence[Paths]) -> str:
    return ""
