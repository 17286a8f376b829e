"""A real Chromium, driven by Playwright, and pages that report every error."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

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


@pytest.fixture
def page(chromium: Any) -> Iterator[Any]:
    """A page in an offline context; the test fails if the page raised, logged an error or asked the network."""
    context = chromium.new_context(offline=True, viewport={"width": 1000, "height": 900})
    page = context.new_page()
    page.set_default_timeout(5000)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(f"error: {error}"))
    page.on("console", lambda m: complaints.append(f"console: {m.text}") if m.type in ("error", "warning") else None)
    page.on("request", lambda r: complaints.append(f"request: {r.url}") if r.url.startswith(("http", "ws")) else None)
    yield page
    context.close()
    assert complaints == []


@pytest.fixture
def opened(page: Any, tmp_path: Path) -> Callable[..., Any]:
    """`opened(stepper)` saves a stepper, or any number of them, in one file, opens the file, and gives the page."""

    def open_(*steppers: Any, name: str = "stepper.html") -> Any:
        path = tmp_path / name
        if len(steppers) == 1 and hasattr(steppers[0], "save"):
            steppers[0].save(path)
        else:
            body = "\n".join(s if isinstance(s, str) else s.html for s in steppers)
            path.write_text(f"<!doctype html><html lang=en><meta charset=utf-8><title>t</title>{body}</html>", "utf-8")
        page.goto(path.as_uri())
        return page

    return open_
