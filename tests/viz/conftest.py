"""What the tests of pictures share: the worked examples of the gallery, and one real Chromium for all of a process."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.extras import program, skip_without

EXAMPLES_FILE = Path(__file__).parents[2] / "notebooks" / "gallery" / "examples.py"


@pytest.fixture(scope="session")
def examples():
    """The worked examples by name: each a function that returns what to draw and with which options."""
    spec = importlib.util.spec_from_file_location("gallery_examples", EXAMPLES_FILE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.EXAMPLES


FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--force-color-profile=srgb",
]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """One browser for all tests; tests that use it are skipped where there is none."""
    skip_without("playwright", "Chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program("Chromium"), args=FLAGS)
        yield browser
        browser.close()
