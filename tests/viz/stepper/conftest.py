"""Pages in a real Chromium that report every error."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from support.extras import skip_without
from support.pages import CODE

from autograd import GATES, Value, apply
from viz.stepper.javascript import rules, typed_functions


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


@pytest.fixture(scope="session")
def engine(chromium: Any) -> Any:
    """A page that holds the rules of every gate, the engine, the words, and what reads typed numbers."""
    names = ("engine", "typed", "words", "dom")
    scripts = "".join(files("viz.stepper").joinpath(f"{name}.js").read_text("utf-8") for name in names)
    page = chromium.new_page()
    page.add_script_tag(content=rules(GATES) + typed_functions() + scripts)
    return page


#: Operands inside every gate's domain: away from log's and div's zero, and small enough that nothing overflows.
def _operand(rng: random.Random, positive: bool) -> Value:
    return Value(rng.uniform(0.3, 1.9)) if positive else Value(rng.uniform(-1.9, 1.9))


def _random_graph(seed: int, gates: int = 40) -> Value:
    """A graph in which every gate of the table occurs, operands are shared, and some leaves are constants."""
    rng = random.Random(seed)
    values = [_operand(rng, False) for _ in range(5)] + [Value(rng.uniform(0.5, 2), requires_grad=False)]
    names = list(GATES) + rng.choices(list(GATES), k=gates)
    rng.shuffle(names)
    for name in names:
        gate = GATES[name]
        count = rng.randint(1, 4) if gate.arity is None else gate.arity
        operands = [rng.choice(values[-12:]) for _ in range(count)]
        if name in ("log", "log1p", "sqrt", "pow", "div", "exp"):  # keep to the domain, whatever came before
            operands = [GATES["sigmoid"](x) * 1.5 + 0.2 for x in operands]
        value = apply(gate, operands)
        values.append(value.tanh() if abs(value.data) > 5 else value)
    used = {parent for value in values for parent in value.parents}
    return GATES["sum"](*[value for value in values if value not in used])


@pytest.fixture(scope="session")
def violations() -> Callable[[Any], list[str]]:
    """`violations(page)`: what axe-core, the accessibility checker, objects to in the page as it stands.

    axe-core is what the environment variable AXE_CORE names, or comes with the package axe-playwright-python.
    """
    package = find_spec("axe_playwright_python")
    beside = Path(package.origin).with_name("axe.min.js") if package and package.origin else Path("axe.min.js")
    axe = Path(os.environ.get("AXE_CORE", beside))
    if not axe.is_file():
        skip_without("axe_playwright_python")

    def found(page: Any) -> list[str]:
        page.evaluate(axe.read_text("utf-8"))
        result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        return [f"{v['id']}: {v['help']}: {v['nodes'][0]['html'][:200]}" for v in result["violations"]]

    return found


@pytest.fixture
def random_graph() -> Callable[[int], Value]:
    """`random_graph(seed)`: a graph in which every gate of the table occurs."""
    return _random_graph


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
