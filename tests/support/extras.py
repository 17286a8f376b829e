"""What some tests need beyond the extra "test": Python packages of other extras, and programs on the PATH.

Every such test is skipped with a reason of one form, "needs PyTorch: pip install '.[parity]'", so that the end of a run
can count what is missing and say what brings it.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import pytest

#: The extra of pyproject.toml that brings each package.
EXTRAS = {
    "numba": "jit",
    "matplotlib": "plots",
    "resvg_py": "png",
    "typst": "pdf",
    "PIL": "gif",
    "anywidget": "widget",
    "safetensors": "safetensors",
    "IPython": "notebooks",
    "ipykernel": "notebooks",
    "jupyterlab": "notebooks",
    "jupytext": "notebooks",
    "nbclient": "notebooks",
    "nbconvert": "notebooks",
    "nbformat": "notebooks",
    "casadi": "parity",
    "jax": "parity",
    "micrograd": "parity",
    "pandas": "parity",
    "sklearn": "parity",
    "torch": "parity",
    "axe_playwright_python": "browser",
    "marimo": "browser",
    "playwright": "browser",
}
#: The commands that each program may have.
PROGRAMS = {
    "Chromium": ("chromium", "chromium-browser", "google-chrome"),
    "Graphviz": ("dot",),
    "LaTeX": ("pdflatex",),
}
#: What packages are called, where that isn't the name they are imported by.
TITLES = {
    "PIL": "Pillow",
    "axe_playwright_python": "axe-core",
    "playwright": "Playwright",
    "resvg_py": "resvg",
    "sklearn": "scikit-learn",
    "torch": "PyTorch",
}


def program(name: str) -> str | None:
    """The path of a program in `PROGRAMS`; None where it isn't installed."""
    return next((path for path in map(shutil.which, PROGRAMS[name]) if path), None)


@cache
def present(name: str) -> bool:
    """Whether a package, a program in `PROGRAMS` or a LaTeX class such as ``beamer.cls`` is there."""
    if name in PROGRAMS:
        return program(name) is not None
    if name.endswith(".cls"):
        finder = shutil.which("kpsewhich")
        return finder is not None and subprocess.run([finder, name], capture_output=True).returncode == 0
    return find_spec(name) is not None


def reason(*names: str) -> str:
    """Why a test that needs all of these is skipped; empty where none is missing."""
    absent = [name for name in names if not present(name)]
    if not absent:
        return ""
    extras = dict.fromkeys(EXTRAS[name] for name in absent if name in EXTRAS)
    steps = [f"pip install '.[{','.join(extras)}]'"] if extras else []
    steps += [f"install {name}" for name in absent if name not in EXTRAS]
    return f"needs {' and '.join(TITLES.get(name, name) for name in absent)}: {' and '.join(steps)}"


def needs(*names: str) -> pytest.MarkDecorator:
    """A mark for a test, or for all of a file as ``pytestmark``, that needs these packages and programs."""
    why = reason(*names)
    return pytest.mark.skipif(bool(why), reason=why)


def skip_without(*names: str) -> None:
    """Skip the running test, or the test that asked for the running fixture, where one of these is missing."""
    why = reason(*names)
    if why:
        pytest.skip(why)


def imported(module: str) -> Any:
    """A module such as ``torch`` or ``sklearn.datasets``; skips the running test where its package is missing."""
    skip_without(module.partition(".")[0])
    return import_module(module)


def told(reasons: Iterable[str]) -> list[str]:
    """What was skipped for which reasons, as lines for the end of a run: the most common remedy first."""
    counts: dict[str, int] = defaultdict(int)
    wanted: dict[str, dict[str, None]] = defaultdict(dict)
    for why in reasons:
        parts = re.fullmatch(r"needs (.*): ((?:pip install|install) .*)", why)
        key = parts[2] if parts else why
        counts[key] += 1
        if parts:
            wanted[key] |= dict.fromkeys(parts[1].split(" and "))
    lines = [f"skipped {sum(counts.values())} tests, and what lets them run:"] if counts else []
    for key, count in sorted(counts.items(), key=lambda item: -item[1]):
        things = ", ".join(sorted(wanted[key], key=str.lower))
        lines.append(f"{count:>5} {f'for want of {things}: {key}' if things else key}")
    return lines
