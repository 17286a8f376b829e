"""The stepper's page in a real browser: how large it is, how fast it opens, and how many steps it makes in a second.

    python benchmarks/stepper.py

Needs Playwright and Chromium on the PATH. *opens*: from the start of the navigation to the first frame that shows the
playable picture. *step*: script, style and layout of one step, without painting. *frames*: steps in a second when
every frame asks for the next one; 60 is what the browser allows. Medians, the best of several rounds.
"""

from __future__ import annotations

import shutil
import statistics
import tempfile
from pathlib import Path
from typing import Any

import nn
import viz
from autograd import Value, topological_order
from autograd import sum as total

ROUNDS, STEPS = 5, 120

OPENED = """addEventListener("DOMContentLoaded", () => requestAnimationFrame(() => setTimeout(() => {
    window.opened = performance.now(); })))"""

STEP = """async steps => {
    const next = [...document.querySelectorAll(".gw-bar button")].find(b => b.textContent.startsWith("Next"));
    const root = document.querySelector(".gw"), costs = [], gaps = [];
    let last = await new Promise(requestAnimationFrame);
    for (let i = 0; i < steps; i++) {
        const begin = performance.now();
        next.click();
        root.getBoundingClientRect();
        costs.push(performance.now() - begin);
        const now = await new Promise(requestAnimationFrame);
        gaps.push(now - last);
        last = now;
    }
    const middle = numbers => numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
    return [middle(costs), 1000 / middle(gaps)];
}"""


def neuron() -> Value:
    """CS231n's sigmoid neuron."""
    w0, x0, w1, x1, w2 = (Value(v) for v in (2.0, -1.0, -3.0, -2.0, -3.0))
    return (w0 * x0 + w1 * x1 + w2).sigmoid()


def network() -> Value:
    """The loss of a small network on four rows: about 300 gates."""
    model = nn.MLP(2, [6, 6, 1], seed=0)
    rows = [[0.5, -1.0], [1.0, 0.3], [-0.4, 0.8], [0.1, 0.2]]
    return total([(model(row) - 1.0) ** 2 for row in rows])


def measured(browser: Any, page_file: Path) -> tuple[float, float, float]:
    opened, costs, frames = [], [], []
    for _ in range(ROUNDS):
        page = browser.new_page(viewport={"width": 1200, "height": 900})
        page.add_init_script(OPENED)
        page.goto(page_file.as_uri())
        page.wait_for_function("window.opened")
        opened.append(page.evaluate("window.opened"))
        cost, rate = page.evaluate(STEP, STEPS)
        costs.append(cost)
        frames.append(rate)
        page.close()
    return statistics.median(opened), min(costs), max(frames)


def main() -> None:
    from playwright.sync_api import sync_playwright

    graphs = [
        ("sigmoid neuron", neuron(), {}),
        ("network, as it opens", network(), {}),
        ("network, all open", network(), {"expand": True}),
    ]
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync", "--no-first-run"]
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=flags)
        print(f"{'graph':<22}{'gates':>6}{'KB':>8}{'opens':>10}{'step':>10}{'frames/s':>10}")
        for name, value, options in graphs:
            gates = sum(node.gate is not None for node in topological_order(value))
            path = viz.step(value, names=False, **options).save(Path(folder) / "graph.html")
            opened, cost, frames = measured(browser, path)
            size = path.stat().st_size / 1000
            print(f"{name:<22}{gates:>6}{size:>8.1f}{opened:>7.0f} ms{cost:>7.2f} ms{frames:>10.0f}")
        browser.close()


if __name__ == "__main__":
    main()
