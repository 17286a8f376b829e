"""The stepper where people meet it: JupyterLab, trusted and not, nbconvert, marimo, and as VS Code inserts output.

These run the real programs where they are installed, and are skipped where not. What each must show is the table
"Where the interactive form must work" of the project's specification of diagrams.
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.extras import imported, needs, skip_without

import viz
from autograd import Value

CODE = """\
import viz
from autograd import Value
x = Value(3.0, label="x")
y = x * x + x
y.label = "y"
viz.step(y)"""


@pytest.fixture
def browser_page(chromium: Any) -> Iterator[Any]:
    """A page that may speak with this machine only, and collects errors: those of the programs themselves included."""
    context = chromium.new_context(viewport={"width": 1200, "height": 1000})
    context.route("**/*", lambda route: route.continue_() if _here(route.request.url) else route.abort())
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.errors = []
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    yield page
    context.close()


def _here(url: str) -> bool:
    return url.startswith(("file:", "data:", "blob:", "http://127.0.0.1:", "ws://127.0.0.1:"))


def is_alive(root: Any) -> None:
    """The element plays: its button steps, its input edits, its last gradient is 2·3 + 1."""
    root.get_by_role("button", name="End", exact=True).click()
    assert root.locator(".gw-place").inner_text() == "5 / 5"
    texts = root.locator("text.gradient").evaluate_all("all => all.map(e => e.firstChild.data)")
    assert "7" in texts
    root.get_by_role("spinbutton").fill("4")
    assert "y = 20" in root.locator(".gw-says").inner_text()


def is_image_and_table(root: Any) -> None:
    """The element is what is left without scripts: a picture that has loaded, and a table that opens."""
    assert root.locator("button").count() == 0
    assert root.locator("img").evaluate("image => image.complete && image.naturalWidth > 100")
    root.locator("summary").click()
    assert "gradient" in root.locator("table").inner_text()
    assert "7" in root.locator("table").inner_text()


# ---------------------------------------------------------------- VS Code, simulated


@pytest.mark.parametrize("elsewhere", ["document.body", "document.head"])
def test_scripts_that_are_made_again_elsewhere_find_their_roots(page: Any, elsewhere: str) -> None:
    x = Value(3.0, label="x")
    y = x * x + x
    y.label = "y"
    other = (Value(2.0, label="z") * 2).sin()  # another graph with other gates has a script of its own
    page.set_content("<div class=cell></div><div class=cell></div>")
    page.evaluate(
        f"""outputs => {{
            const cells = [...document.querySelectorAll(".cell")];
            cells.forEach((cell, i) => cell.innerHTML = outputs[i]);
            const scripts = cells.flatMap(cell => [...cell.querySelectorAll("script")]);
            for (const old of scripts.reverse()) {{
                const fresh = document.createElement("script");
                fresh.textContent = old.textContent;
                {elsewhere}.append(fresh);
                fresh.remove();
            }}
        }}""",
        [viz.step(y).html, viz.step(other).html],
    )
    is_alive(page.locator(".gw").first)
    assert page.locator(".gw").nth(1).locator(".gw-place").inner_text() == "0 / 5"


def test_a_script_that_runs_twice_starts_nothing_twice(page: Any) -> None:
    x = Value(3.0, label="x")
    y = x * x + x
    y.label = "y"
    html = viz.step(y).html
    page.set_content(html)
    page.locator(".gw").get_by_role("button", name="Next", exact=True).click()
    for source in (html.split("<script>")[1].split("</script>")[0], page.locator(".gw").get_attribute("data-program")):
        page.evaluate(
            "text => { const s = document.createElement('script'); s.text = text; document.body.append(s) }", source
        )
    assert page.locator(".gw-place").inner_text() == "1 / 5"
    is_alive(page.locator(".gw"))


# ---------------------------------------------------------------- notebooks


@pytest.fixture(scope="session")
def notebook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A notebook with the stepper as its output, run by a real kernel."""
    skip_without("nbformat", "nbclient", "ipykernel")
    import nbclient
    import nbformat

    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CODE)])
    made.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbclient.NotebookClient(made, timeout=60).execute()
    path = tmp_path_factory.mktemp("notebooks") / "stepper.ipynb"
    nbformat.write(made, path)
    return path


def converted(notebook: Path, target: Path, **options: bool) -> Path:
    from nbconvert import HTMLExporter

    target.write_text(HTMLExporter(**options).from_filename(str(notebook))[0], "utf-8")
    return target


@needs("nbconvert")
def test_an_exported_notebook_plays_without_kernel_and_network(
    notebook: Path, tmp_path: Path, browser_page: Any
) -> None:
    browser_page.goto(converted(notebook, tmp_path / "export.html").as_uri(), wait_until="domcontentloaded")
    is_alive(browser_page.locator(".gw"))


@needs("nbconvert")
def test_a_sanitized_export_keeps_the_table_and_runs_nothing(notebook: Path, tmp_path: Path, browser_page: Any) -> None:
    page = converted(notebook, tmp_path / "clean.html", sanitize_html=True)
    browser_page.goto(page.as_uri(), wait_until="domcontentloaded")
    output = browser_page.locator(".jp-OutputArea-output").first
    assert output.locator("script, button, img").count() == 0
    rows = [row.all_inner_texts() for row in (tr.locator("td") for tr in output.locator("table tr").all())]
    assert rows[:2] == [["name", "made by", "value", "gradient"], ["x", "input", "3", "7"]]
    visible = output.inner_text()
    assert "use strict" not in visible  # the program is an attribute, which the sanitizer drops


def _free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port: int = s.getsockname()[1]
        return port


def _serve(command: list[str], url: str, cwd: Path, **environment: str) -> Iterator[str]:
    """Run a server until the test is done; wait until it answers."""
    log = cwd / "server.log"
    with log.open("w") as out:
        process = subprocess.Popen(command, cwd=cwd, stdout=out, stderr=out, env={**os.environ, **environment})
        try:
            for _ in range(240):
                assert process.poll() is None, log.read_text()
                try:
                    urllib.request.urlopen(url, timeout=5).close()
                    break
                except OSError:
                    time.sleep(0.25)
            yield url
        finally:
            _stop(process)


def _stop(process: subprocess.Popen[Any], patience: float = 20.0) -> None:
    """Ask a server to end; end it where it does not, which is no fault of what was tested."""
    process.terminate()
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def test_a_server_that_does_not_end_when_asked_is_ended() -> None:
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); time.sleep(600)"
    process = subprocess.Popen([sys.executable, "-c", deaf], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()  # it has stopped listening to SIGTERM
    _stop(process, patience=0.1)
    process.stdout.close()
    assert process.poll() is not None


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
    port = _free_port()
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}", "--ip=127.0.0.1",
               "--IdentityProvider.token=", "--ServerApp.disable_check_xsrf=True", "--LabApp.news_url=",
               "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
               f"--ServerApp.root_dir={home}"]  # fmt: skip
    yield from _serve(command, f"http://127.0.0.1:{port}/lab", home, **places)


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


@needs("marimo")
def test_marimo_plays_the_output(browser_page: Any, tmp_path: Path) -> None:
    cell = CODE.replace("\n", "\n    ")
    app = f"import marimo\napp = marimo.App()\n\n@app.cell\ndef _():\n    {cell}\n    return\n"
    (tmp_path / "app.py").write_text(app, "utf-8")
    port = _free_port()
    command = [
        sys.executable,
        "-m",
        "marimo",
        "run",
        "app.py",
        "--headless",
        "--host=127.0.0.1",
        f"--port={port}",
        "--no-token",
    ]
    server = _serve(
        command, f"http://127.0.0.1:{port}", tmp_path, MARIMO_SKIP_UPDATE_CHECK="1", XDG_CONFIG_HOME=str(tmp_path)
    )
    url = next(server)
    try:
        browser_page.goto(url)
        browser_page.wait_for_selector(".gw, iframe")
        inside = browser_page.frame_locator("iframe") if browser_page.locator("iframe").count() else browser_page
        inside.locator(".gw-place").wait_for()
        is_alive(inside.locator(".gw"))
    finally:
        server.close()  # type: ignore[attr-defined]
