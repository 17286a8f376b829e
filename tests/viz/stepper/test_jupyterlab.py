"""The stepper in a real JupyterLab: in a trusted notebook, in an untrusted one, with a running kernel."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.extras import imported, needs
from support.pages import CODE, is_alive, is_image_and_table
from support.servers import free_port, served


@pytest.fixture(scope="session")
def lab(notebook: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A JupyterLab that serves the notebook twice: signed, and not."""
    home = tmp_path_factory.mktemp("lab")
    text = notebook.read_text("utf-8")
    (home / "trusted.ipynb").write_text(text, "utf-8")
    (home / "untrusted.ipynb").write_text(text.replace('"y = x * x', '"y  = x * x'), "utf-8")  # signed by content
    two = text.replace('"cells": [', '"cells": [{"cell_type": "markdown", "id": "a", "metadata": {}, "source": []},')
    (home / "keys.ipynb").write_text(two, "utf-8")
    cells = [f"{CODE}.live()", "print('x is', x.data)", "y.forward(); y.backward()"]
    nbformat = imported("nbformat")
    live = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    live.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(live, home / "live.ipynb")
    places = {
        name: str(home / name.lower()) for name in ("JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR")
    }
    trust = [sys.executable, "-m", "jupyter", "trust", "trusted.ipynb", "keys.ipynb"]
    subprocess.run(trust, cwd=home, check=True, capture_output=True, env={**os.environ, **places})
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        "--no-browser",
        "--allow-root",
        f"--port={port}",
        "--ip=127.0.0.1",
        "--IdentityProvider.token=",
        "--ServerApp.disable_check_xsrf=True",
        "--LabApp.news_url=",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        f"--ServerApp.root_dir={home}",
    ]
    yield from served(command, f"http://127.0.0.1:{port}/lab", home, **places)


@needs("jupyterlab", "nbclient")
def test_jupyterlab_plays_the_output_of_a_trusted_notebook(lab: str, browser_page: Any) -> None:
    browser_page.goto(f"{lab}/tree/trusted.ipynb?reset")
    is_alive(browser_page.locator(".gw"))
    assert browser_page.errors == []


@needs("jupyterlab", "nbclient")
def test_jupyterlab_s_shortcuts_do_not_fire_inside_and_saving_works(lab: str, browser_page: Any) -> None:
    browser_page.goto(f"{lab}/tree/keys.ipynb?reset")
    root = browser_page.locator(".gw").first
    root.get_by_role("button", name="Next", exact=True).click()
    cells = browser_page.locator(".jp-Notebook .jp-Cell")
    for place in (".gw-says", ".gw-picture", ".node.leaf", ".gw-row input", ".gw-predict input", ".gw-bar button"):
        root.locator(place).first.click()
        browser_page.keyboard.press("x")  # in command mode: cut the cell
        browser_page.wait_for_timeout(200)
        assert cells.count() == 2, place
    root.locator(".gw-bar button").first.focus()
    with browser_page.expect_request(lambda request: request.method == "PUT" and "keys.ipynb" in request.url):
        browser_page.keyboard.press("Control+s")
    assert browser_page.errors == []


@needs("jupyterlab", "nbclient")
def test_jupyterlab_shows_image_and_table_of_an_untrusted_notebook(lab: str, browser_page: Any) -> None:
    browser_page.goto(f"{lab}/tree/untrusted.ipynb?reset")
    browser_page.wait_for_selector(".jp-OutputArea-output img")
    is_image_and_table(browser_page.locator(".jp-OutputArea-output"))


@needs("jupyterlab", "nbclient", "anywidget")
def test_in_jupyterlab_the_live_stepper_and_python_tell_each_other(lab: str, browser_page: Any) -> None:
    from playwright.sync_api import TimeoutError

    browser_page.goto(f"{lab}/tree/live.ipynb?reset")
    browser_page.wait_for_selector('.jp-Notebook-ExecutionIndicator[data-status="idle"]')
    root = browser_page.locator(".gw")
    for _ in range(8):  # a kernel that has just started is idle, and may be restarted all the same
        browser_page.locator(".jp-Cell .cm-content").first.click()
        browser_page.keyboard.press("Shift+Enter")
        with contextlib.suppress(TimeoutError):
            root.wait_for(timeout=8000)
            break
    root.get_by_role("spinbutton").fill("4")
    browser_page.locator(".jp-Cell .cm-content").nth(1).click()
    browser_page.keyboard.press("Shift+Enter")
    browser_page.wait_for_selector("text=x is 4.0")
    browser_page.keyboard.press("Shift+Enter")
    browser_page.wait_for_selector("text=Gradients in Python: x.grad = 9.")
    assert browser_page.errors == []
