"""What README promises is so: its command draws its picture, its example shows something in a notebook."""

import re
import shlex
from pathlib import Path

import pytest
from support.extras import skip_without

from viz.command import main

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
#: The Python blocks of the first example.
EXAMPLE = re.findall(r"```python\n(.*?)```", README.split("## A first example")[1].split("\n## ")[0], re.DOTALL)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_first_command_draws_the_picture_that_readme_shows(theme, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    _, command = re.search(r"<!-- command: draw -->\n```\n(.*?) && gatewise (.*)\n```", README).groups()
    attribute = {"light": r'src="([^"]*)"', "dark": r'dark\)" srcset="([^"]*)"'}[theme]
    shown = re.search(attribute, README).group(1)
    assert main([*shlex.split(command), "--theme", theme]) == 0
    assert (tmp_path / "neuron.svg").read_bytes() == (ROOT / shown).read_bytes()


@pytest.fixture
def run_cell(tmp_path, monkeypatch):
    """Run a cell of a notebook; what it shows below: the MIME types of its result, and what it prints."""
    skip_without("IPython")
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.utils.capture import capture_output

    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))  # nothing is written among the user's own settings
    shell = InteractiveShell.instance()

    def run(cell):
        with capture_output() as captured:
            result = shell.run_cell(cell)
        assert result.success
        shown = {} if result.result is None else shell.display_formatter.format(result.result)[0]
        return set(shown), captured.stdout

    yield run
    InteractiveShell.clear_instance()


PICTURES = {"image/svg+xml", "image/png", "text/html"}


def test_the_first_block_of_the_first_example_shows_a_picture(run_cell):
    shown, _ = run_cell(EXAMPLE[0])
    assert shown & PICTURES


def test_every_block_of_the_first_example_shows_something(run_cell):
    for block in EXAMPLE:
        shown, printed = run_cell(block)
        assert shown & PICTURES or printed.strip()


def test_the_first_example_pasted_into_one_cell_shows_a_picture(run_cell):
    shown, printed = run_cell("\n".join(EXAMPLE))
    assert shown & PICTURES
    assert "∂loss/∂w" in printed
