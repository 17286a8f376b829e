"""The notebooks: each runs from its source, its exercises accept what is right, and what is kept is what was made.

The numbers that matter are asserted inside the notebooks, beside the sentences that say them; executing is comparing.
"""

import importlib.util
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from support.extras import needs

FOLDER = Path(__file__).parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("[0-9][0-9]-*.ipynb"))
SOURCES = sorted(FOLDER.glob("[0-9][0-9]-*.py"))
NEEDED = ("jupytext", "nbclient", "ipykernel", "sklearn", "matplotlib", "resvg_py")
needs_extra = needs(*NEEDED)

#: What the curriculum wants real data for, and the words by which a notebook that uses it is known.
REAL_DATA = ("load_diabetes", "load_breast_cancer", "load_iris", "load_digits", "data/names.txt")
#: Paths of a machine, and addresses of objects in its memory.
OF_A_MACHINE = re.compile(
    r"(?<![\w.])/(home|root|tmp|usr|Users|opt|work|var)/\w|[A-Z]:\\\\|site-packages|0x[0-9a-f]{6,}"
)
BASE64 = re.compile(r"base64,[A-Za-z0-9+/=\s]+")


def read(notebook):
    return json.loads(notebook.read_text("utf-8"))


def text(lines):
    return "".join(lines)


def markdown(notebook):
    return [text(cell["source"]) for cell in read(notebook)["cells"] if cell["cell_type"] == "markdown"]


def outputs(notebook):
    return [output for cell in read(notebook)["cells"] for output in cell.get("outputs", [])]


def curriculum_items(notebook):
    """The numbers in the line "Curriculum items: ..." under a notebook's title."""
    header = re.search(r"\*Curriculum items: ([^.]*)\.", markdown(notebook)[0])
    assert header, "the first cell names the items of the curriculum it teaches"
    return {int(number) for number in re.findall(r"\d+", header[1])}


@needs_extra
@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.stem)
def test_notebook_runs_from_its_source_and_its_exercises_check_themselves(source):
    command = [sys.executable, str(FOLDER / "make.py"), "--try", source.stem]
    done = subprocess.run(command, capture_output=True, text=True, timeout=500)
    assert done.returncode == 0, done.stderr[-4000:]


@needs_extra
def test_sources_and_notebooks_agree():
    spec = importlib.util.spec_from_file_location("make_notebooks", FOLDER / "make.py")
    make = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(make)
    assert make.differences() == []


@needs_extra
@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda notebook: notebook.stem)
def test_notebook_is_of_the_format_that_editors_open(notebook):
    import nbformat

    content = nbformat.read(notebook, as_version=4)
    nbformat.validate(content)
    assert (content.nbformat, content.nbformat_minor) == (4, 5)
    assert content.metadata.kernelspec.name == "python3"


def test_every_source_has_its_notebook():
    assert [source.stem for source in SOURCES] == [notebook.stem for notebook in NOTEBOOKS]
    assert [source.stem[:2] for source in SOURCES] == [f"{i:02}" for i in range(1, len(SOURCES) + 1)]


def test_every_item_of_the_curriculum_is_in_one_notebook():
    items = sorted(item for notebook in NOTEBOOKS for item in curriculum_items(notebook))
    assert items == list(range(1, 21))


def test_all_the_real_data_of_the_curriculum_is_used():
    code = "".join(source.read_text("utf-8") for source in SOURCES)
    assert [name for name in REAL_DATA if name not in code] == []


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda notebook: notebook.stem)
def test_notebook_has_a_question_a_picture_an_exercise_and_what_to_read_next(notebook):
    told = "\n".join(markdown(notebook))
    order = [
        "**The question.**",
        "## The picture",
        "## Your turn",
        "<summary>Solution</summary>",
        "## What to read next",
    ]
    places = [told.find(part) for part in order]
    assert -1 not in places
    assert places == sorted(places)


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda notebook: notebook.stem)
def test_every_cell_was_executed_in_order_without_an_error(notebook):
    cells = [cell for cell in read(notebook)["cells"] if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1))
    assert not [output for output in outputs(notebook) if output["output_type"] == "error"]
    assert not [output for output in outputs(notebook) if output.get("name") == "stderr"]


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda notebook: notebook.stem)
def test_nothing_of_one_machine_or_run_is_kept(notebook):
    content = read(notebook)
    assert set(content["metadata"]) == {"kernelspec", "language_info"}
    assert [cell["metadata"] for cell in content["cells"] if cell["metadata"]] == []
    for output in outputs(notebook):
        shown = [text(output.get("text", ""))]
        shown += [text(data) for kind, data in output.get("data", {}).items() if not kind.startswith("image/png")]
        for each in shown:
            assert not OF_A_MACHINE.search(BASE64.sub("", each))


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda notebook: notebook.stem)
def test_pictures_are_kept_as_png_too_for_where_svg_does_not_show(notebook):
    drawn = [
        output["data"]
        for output in outputs(notebook)
        if "<Picture" in text(output.get("data", {}).get("text/plain", ""))
    ]
    for data in drawn:
        assert "image/png" in data
        assert "image/svg+xml" in data or "data:image/svg+xml" in text(data["text/html"])


def test_links_between_notebooks_lead_somewhere():
    for notebook in NOTEBOOKS:
        for target in re.findall(r"\]\(([^)]*\.ipynb)\)", "\n".join(markdown(notebook))):
            assert (FOLDER / target).exists(), f"{notebook.name} leads to {target}"


def test_notebooks_are_small_enough_to_clone_and_to_load():
    assert sum(notebook.stat().st_size for notebook in NOTEBOOKS) < 8_000_000
    assert max(notebook.stat().st_size for notebook in NOTEBOOKS) < 2_000_000


@needs("marimo")
@pytest.mark.parametrize("name", ["01-a-graph-is-a-formula", "03-why-backward", "08-softmax"])
def test_notebook_runs_as_a_marimo_notebook(name, tmp_path):
    """marimo wants each name defined in one cell alone; its converter sees to that, and what it makes must run."""
    converted = tmp_path / "notebook.py"
    marimo = [sys.executable, "-m", "marimo"]
    for command in (
        [*marimo, "convert", str(FOLDER / f"{name}.ipynb"), "-o", str(converted)],
        [*marimo, "check", str(converted)],
        [sys.executable, str(converted)],
    ):
        done = subprocess.run(command, capture_output=True, text=True, timeout=200, cwd=FOLDER)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]


def run_without(module, name):
    """Run a source as a script, as if a module were not installed."""
    script = f"import runpy, sys; sys.modules[{module!r}] = None; runpy.run_path({f'{name}.py'!r})"
    return subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        timeout=300,
        cwd=FOLDER,
        env={**os.environ, "MPLBACKEND": "Agg"},
    )


@pytest.mark.parametrize("name", ["01-a-graph-is-a-formula", "02-gates"])
def test_first_notebooks_need_no_numpy(name):
    """So they start at once in a browser's kernel (Pyodide), where each package is a download."""
    done = run_without("numpy", name)
    assert done.returncode == 0, done.stderr[-2000:]


@needs_extra
def test_digits_are_learned_without_numba_too():
    """As in a browser's kernel, for which there is no numba."""
    done = run_without("numba", "11-training")
    assert done.returncode == 0, done.stderr[-2000:]
