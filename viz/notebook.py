"""A bare Value shows its picture in a notebook, once `viz` is imported.

The engine knows nothing of pictures, so the methods that IPython and other notebooks look for are given to `Value`
here.
"""

from __future__ import annotations

import sys
from collections.abc import Container, Mapping

from autograd import Value
from viz.drawing.draw import draw


def _bundle(
    value: Value, include: Container[str] | None = None, exclude: Container[str] | None = None
) -> dict[str, str]:
    """The picture, and the Value's own words where there are only words."""
    bundle = draw(value, names=_variables())._repr_mimebundle_(include, exclude)
    return {kind: repr(value) if kind == "text/plain" else data for kind, data in bundle.items()}


def _html(value: Value) -> str:
    return draw(value, names=_variables())._repr_html_()


def _variables() -> Mapping[str, object]:
    """What the reader's variables are called: those of the notebook, if this is one of IPython's."""
    module = sys.modules.get("IPython")
    shell = module.get_ipython() if module else None
    return shell.user_ns if shell is not None else {}


def show_values() -> None:
    """Let every Value show itself as a picture."""
    Value._repr_mimebundle_ = _bundle  # type: ignore[attr-defined]
    Value._repr_html_ = _html  # type: ignore[attr-defined]
