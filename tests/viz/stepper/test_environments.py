"""The stepper where people meet it: as VS Code inserts output, in exported notebooks, in marimo.

These run the real programs where they are installed, and are skipped where not.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from support.extras import needs
from support.pages import CODE, is_alive
from support.servers import free_port, served, stop

import viz
from autograd import Value


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


def test_a_server_that_does_not_end_when_asked_is_ended() -> None:
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); time.sleep(600)"
    process = subprocess.Popen([sys.executable, "-c", deaf], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()  # it has stopped listening to SIGTERM
    stop(process, patience=0.1)
    process.stdout.close()
    assert process.poll() is not None


@needs("marimo")
def test_marimo_plays_the_output(browser_page: Any, tmp_path: Path) -> None:
    cell = CODE.replace("\n", "\n    ")
    app = f"import marimo\napp = marimo.App()\n\n@app.cell\ndef _():\n    {cell}\n    return\n"
    (tmp_path / "app.py").write_text(app, "utf-8")
    port = free_port()
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
    server = served(
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
