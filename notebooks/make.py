"""Make the notebooks again: each NN-name.py, a text a person edits, becomes NN-name.ipynb, executed, with its outputs.

    python notebooks/make.py              all of them
    python notebooks/make.py 03 07        those whose names begin so
    python notebooks/make.py --check      nothing is written; fails if a source and its notebook differ
    python notebooks/make.py --try 03     nothing is written; executes it with the exercises solved, and solved wrongly

The sources are in jupytext's percent format. What is kept is free of anything that differs from one run or machine to
the next (timings, ids, paths), so a difference in a notebook is a difference in what it says.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell
from traitlets.config import Config

HERE = Path(__file__).resolve().parent
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
SECONDS_A_CELL = 120

#: The line in an exercise that the reader replaces, and the hidden text that says by what.
PLACEHOLDER = re.compile(r"^answer = None\b.*$", re.MULTILINE)
SOLUTION = re.compile(r"<details>.*?```python\n(.*?)```.*?</details>", re.DOTALL)

REFUSED = """answer = [each + 1 for each in answer] if isinstance(answer, list) else answer + 1
try:
    exec({check!r})
except AssertionError as refused:
    assert str(refused), "a wrong answer is refused without a word"
else:
    raise ValueError(f"the wrong answer {{answer}} is taken for right")"""


def sources() -> list[Path]:
    """The sources, in the order in which they are read."""
    return sorted(HERE.glob("[0-9][0-9]-*.py"))


def read(source: Path) -> NotebookNode:
    """The notebook of a source: cells without outputs, with ids that depend on nothing but the text before them."""
    notebook = jupytext.read(source, fmt="py:percent")
    notebook.metadata = NotebookNode(kernelspec=KERNEL, language_info={"name": "python"})
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    seen: dict[str, int] = {}
    for cell in notebook.cells:
        cell.metadata = NotebookNode()
        digest = hashlib.sha256(cell.source.encode()).hexdigest()[:8]
        seen[digest] = seen.get(digest, 0) + 1
        cell.id = digest if seen[digest] == 1 else f"{digest}-{seen[digest]}"
    return notebook


def solved(notebook: NotebookNode) -> NotebookNode:
    """The notebook with every exercise answered by its hidden solution, and after it by a wrong one.

    Running it runs the checks of the exercises: they must accept the one, and refuse the other with a sentence.
    """
    texts = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    solutions = [solution for text in texts for solution in SOLUTION.findall(text)]
    exercises = [
        cell
        for cell in notebook.cells
        if cell.cell_type == "code" and PLACEHOLDER.search(cell.source)
    ]
    if len(solutions) != len(exercises) or not exercises:
        raise ValueError(
            f"{len(exercises)} exercises have {len(solutions)} solutions; there is one for each, at least one"
        )
    for cell, solution in zip(exercises, solutions, strict=True):
        check = PLACEHOLDER.sub("", cell.source, count=1)
        cell.source = f"{solution.rstrip()}\n{check}"
        refused = new_code_cell(REFUSED.format(check=check))
        notebook.cells.insert(notebook.cells.index(cell) + 1, refused)
    return notebook


def execute(notebook: NotebookNode) -> NotebookNode:
    """The notebook with its outputs. Raises nbclient's CellExecutionError, which shows the cell that failed."""
    with tempfile.TemporaryDirectory() as folder:
        # a socket of its own, where there are such: kernels that start at once may choose the same free port
        sockets = {"transport": "ipc", "ip": f"{folder}/kernel"} if os.name == "posix" else {}
        NotebookClient(
            notebook,
            timeout=SECONDS_A_CELL,
            kernel_name="python3",
            record_timing=False,
            resources={"metadata": {"path": str(HERE)}},
            config=Config(KernelManager=sockets),
        ).execute()
    return cleaned(notebook)


def cleaned(notebook: NotebookNode) -> NotebookNode:
    """The notebook without what one run or machine leaves in it."""
    notebook.metadata = NotebookNode(kernelspec=KERNEL, language_info={"name": "python"})
    for cell in notebook.cells:
        cell.metadata = NotebookNode()
        if cell.cell_type == "code":
            cell.outputs = list(_joined(cell.outputs))
    nbformat.validate(notebook)
    return notebook


def _joined(outputs: list[NotebookNode]) -> Iterator[NotebookNode]:
    """Neighbouring texts of one stream as one output: how they were cut depends on the moment."""
    last = None
    for output in outputs:
        if (
            last is not None
            and output.output_type == last.output_type == "stream"
            and output.name == last.name
        ):
            last.text += output.text
            continue
        if last is not None:
            yield last
        last = output
    if last is not None:
        yield last


def make(source: Path) -> str:
    """Execute one source and write its notebook; returns the name of what was written."""
    notebook = execute(read(source))
    target = source.with_suffix(".ipynb")
    beside = target.with_suffix(".part")
    nbformat.write(notebook, beside)
    beside.replace(target)
    return target.name


def attempt(source: Path) -> str:
    """Execute one source with its exercises solved, and write nothing; returns its name."""
    execute(solved(read(source)))
    return source.name


def differences() -> list[str]:
    """What is not as it should be between sources and notebooks, a sentence each."""
    found = []
    for source in sources():
        target = source.with_suffix(".ipynb")
        if not target.exists():
            found.append(f"{target.name} is missing")
            continue
        wanted = [(cell.cell_type, cell.source) for cell in read(source).cells]
        kept = [(cell.cell_type, cell.source) for cell in nbformat.read(target, as_version=4).cells]
        if wanted != kept:
            found.append(f"{target.name} was made from another {source.name}")
    names = {source.stem for source in sources()}
    found += [
        f"{old.name} has no source" for old in sorted(HERE.glob("*.ipynb")) if old.stem not in names
    ]
    return [f"{sentence}; run python notebooks/make.py" for sentence in found]


def main() -> int:
    parser = argparse.ArgumentParser(
        description="Execute the notebooks from their sources and keep their outputs."
    )
    parser.add_argument("which", nargs="*", help="beginnings of names, such as 03; all if left out")
    parser.add_argument("--check", action="store_true", help="only compare sources with notebooks")
    parser.add_argument(
        "--try",
        action="store_true",
        dest="attempt",
        help="execute with solved exercises; write nothing",
    )
    parser.add_argument("--jobs", type=int, default=2, help="how many run at a time (2)")
    given = parser.parse_args()
    if given.check:
        found = differences()
        print("\n".join(found))
        return bool(found)
    chosen = [s for s in sources() if not given.which or s.name.startswith(tuple(given.which))]
    if not chosen:
        parser.error(f"no notebook's name begins with {' or '.join(given.which)}")
    with ProcessPoolExecutor(given.jobs) as pool:
        for name in pool.map(attempt if given.attempt else make, chosen):
            print(name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
