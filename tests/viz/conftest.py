"""Worked examples for the tests of pictures: those of the gallery, and graphs made at random."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

EXAMPLES_FILE = Path(__file__).parents[2] / "notebooks" / "gallery" / "examples.py"


@pytest.fixture(scope="session")
def examples():
    """The worked examples by name: each a function that returns what to draw and with which options."""
    spec = importlib.util.spec_from_file_location("gallery_examples", EXAMPLES_FILE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.EXAMPLES
