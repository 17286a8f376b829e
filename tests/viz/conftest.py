"""What the tests of pictures share: the worked examples of the gallery, and one real Chromium for all of a process."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

EXAMPLES_FILE = Path(__file__).parents[2] / "notebooks" / "gallery" / "examples.py"


@pytest.fixture(scope="session")
def examples():
    """The worked examples by name: each a function that returns what to draw and with which options."""
    spec = importlib.util.spec_from_file_location("gallery_examples", EXAMPLES_FILE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.EXAMPLES


CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run", "--force-color-profile=srgb",
]  # fmt: skip


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """One browser for all tests; tests that use it are skipped where there is none."""
    if find_spec("playwright") is None:
        pytest.skip("needs the extra 'browser' (Playwright)")
    if CHROMIUM is None:
        pytest.skip("needs Chromium on the PATH")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()
