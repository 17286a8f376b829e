"""The command line, run as a person runs it: what it prints, what it writes, and how it says no."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.extras import needs

from viz.command import main

NEURON = ["max(x*w + b, 0)", "x=2", "w=-3", "b=8"]
SIGMOID = ["sigmoid(w0*x0 + w1*x1 + w2)", "w0=2", "x0=-1", "w1=-3", "x1=-2", "w2=-3"]


@pytest.fixture
def run(capsys):
    """Run a command: its exit status, what it printed, and what it complained about."""

    def run(*arguments):
        try:
            status = main(arguments)
        except SystemExit as stop:
            status = stop.code or 0
        return status, *capsys.readouterr()

    return run


def process(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "-m", "viz.command", *arguments],
        capture_output=True,
        check=False,
        env={**os.environ, **environment},
    )


def rows(table):
    """The table by name: value and gradient."""
    found = {}
    for line in table.splitlines()[1:]:
        name, value, gradient = [part for part in line.split("   ") if part.strip()][:3]
        found[name.split(" = ")[0].strip()] = (value.strip(), gradient.strip())
    return found


# ---------------------------------------------------------------- what comes out


def test_draw_without_a_file_prints_the_table(run):
    status, out, err = run("draw", *NEURON)
    assert (status, err) == (0, "")
    assert rows(out)["x"] == ("2", "−3")
    assert rows(out)["w"] == ("−3", "2")
    assert rows(out)["b"] == ("8", "1")
    assert rows(out)["f"] == ("2", "1")
    assert "∂/∂x = −3   ∂/∂w = 2" in out


def test_the_three_examples_of_cs231n_have_its_numbers(run):
    _, out, _ = run("draw", "(x+y)*z", "x=-2", "y=5", "z=-4")
    assert {name: rows(out)[name] for name in "xyzf"} == {
        "x": ("−2", "−4"),
        "y": ("5", "−4"),
        "z": ("−4", "3"),
        "f": ("−12", "1"),
    }
    _, out, _ = run("draw", *SIGMOID)
    table = rows(out)
    assert table["f"] == ("0.731", "1")
    assert [table[name][1] for name in ("w0", "x0", "w1", "x1", "w2")] == [
        "−0.197",
        "0.393",
        "−0.393",
        "−0.590",
        "0.197",
    ]
    _, out, _ = run("draw", "(x*y + max(z, w))*2", "x=3", "y=-4", "z=2", "w=-1")
    table = rows(out)
    assert [table[name][1] for name in "xyzw"] == ["−8", "6", "2", "0"]
    assert table["f"][0] == "−20"


def test_columns_are_aligned_for_wide_characters_too(run):
    _, out, _ = run("draw", "한글*x", "한글=2", "x=3")
    lines = out.splitlines()
    assert lines[1].index("2") + 2 == lines[2].index("3")  # each of the two wide letters takes two columns


def test_explain_tells_each_step_and_the_paths(run):
    status, out, _ = run("explain", *SIGMOID, "--wrt", "w0")
    assert status == 0
    assert "w0 += −1 × 0.197 = −0.197" in out
    assert "1 path" in out
    assert "∂f/∂w0 = −0.197" in out


def test_explain_has_other_formats(run):
    assert run("explain", "x*x", "x=3", "--format", "latex")[1].startswith("\\begin{align*}")
    assert "- `x += 3 × 1 = 3`" in run("explain", "x*x", "x=3", "--format=markdown")[1]


def test_options_may_stand_anywhere(run):
    _, expected, _ = run("explain", "x*y", "x=3", "y=4", "--wrt", "x")
    assert run("explain", "--wrt", "x", "x*y", "x=3", "y=4")[1] == expected
    assert run("explain", "x*y", "x=3", "--wrt", "x", "y=4")[1] == expected


def test_an_expression_may_start_with_a_minus_sign(run):
    assert rows(run("draw", "-x*2", "x=3")[1])["f"] == ("−6", "1")


def test_numbers_may_be_computed(run):
    assert rows(run("draw", "x*y", "x=1/4", "y=-1e1")[1])["f"][0] == "−2.5"


PNG, PDF = pytest.param("png", marks=needs("resvg_py")), pytest.param("pdf", marks=needs("typst"))


@pytest.mark.parametrize("suffix", ["svg", "html", "dot", "tex", "txt", PNG, PDF])
def test_draw_writes_the_format_of_the_suffix(run, tmp_path, suffix):
    path = tmp_path / f"neuron.{suffix}"
    status, out, err = run("draw", *NEURON, "-o", str(path))
    assert (status, err) == (0, "")
    assert out == f"wrote {path}\n"
    assert path.stat().st_size > 100
    assert os.listdir(tmp_path) == [path.name]


@needs("PIL", "resvg_py", "typst")
def test_one_command_writes_every_format_of_one_picture_and_of_its_frames(run, tmp_path):
    endings = ["svg", "tikz", "gif", "animated.svg", "overlays.tex", "pages.pdf", "reveal.html"]
    paths = [str(tmp_path / f"neuron.{ending}") for ending in endings]
    status, out, err = run("draw", *NEURON, *(word for path in paths for word in ("-o", path)))
    assert (status, err) == (0, "")
    assert out == "".join(f"wrote {path}\n" for path in paths)
    assert sorted(os.listdir(tmp_path)) == sorted(f"neuron.{ending}" for ending in endings)


def test_draw_passes_its_options_on(run, tmp_path):
    path = tmp_path / "neuron.svg"
    seen = set()
    for options in (
        [],
        ["--theme", "dark"],
        ["--direction=TB"],
        ["--style", "record"],
        ["--no-legend"],
        ["--no-local"],
        ["--no-gradients"],
        ["--digits", "5"],
        ["--highlight", "x"],
        ["--magnitude", "value"],
    ):
        assert run("draw", "x*x/7 + y", "x=2", "y=1", "-o", str(path), *options)[0] == 0
        seen.add(path.read_text())
    assert len(seen) == 10


def test_step_writes_a_page(run, tmp_path):
    path = tmp_path / "neuron.html"
    assert run("step", *NEURON, "-o", str(path))[0] == 0
    assert "<script" in path.read_text()


def test_two_processes_with_different_hash_seeds_write_the_same_bytes(tmp_path):
    pictures = []
    for seed in ("1", "2"):
        path = tmp_path / f"{seed}.svg"
        assert process("draw", *SIGMOID, "-o", str(path), PYTHONHASHSEED=seed).returncode == 0
        pictures.append(path.read_bytes())
    assert pictures[0] == pictures[1]
    words = {process("explain", *SIGMOID, "--wrt", "w1", PYTHONHASHSEED=seed).stdout for seed in ("1", "2")}
    assert len(words) == 1


def test_digits_are_a_choice_of_every_form(run):
    assert "−0.1966" in run("draw", *SIGMOID, "--digits", "4")[1]
    assert "w0 += −1 × 0.19661 = −0.19661" in run("explain", *SIGMOID, "--digits=5")[1]


def test_version_and_help(run):
    assert run("--version")[1].startswith("gatewise ")
    for arguments in (["--help"], ["draw", "--help"], ["step", "--help"], ["explain", "--help"]):
        status, out, _ = run(*arguments)
        assert status == 0
        assert 'gatewise draw    "max(x*w + b, 0)" x=2 w=-3 b=8 -o neuron.svg' in out
        assert "logsumexp" in out


def test_a_terminal_without_these_signs_gets_others():
    done = process("explain", "x*y", "x=-2", "y=3", PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert b"y += -2 * 1 = -2" in done.stdout
    assert process("explain", "x*?", "x=-2", PYTHONIOENCODING="ascii").returncode == 2


def test_output_cut_off_by_its_reader_is_no_error():
    command = f"{sys.executable} -m viz.command explain 'x*y' x=1 y=2 | head -c 1"
    done = subprocess.run(["bash", "-c", f"set -o pipefail; {command}"], capture_output=True, check=False)
    assert done.stderr == b""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_output_that_finds_no_room_is_an_error():
    command = f"{sys.executable} -m viz draw 'x*y' x=1 y=2"
    done = subprocess.run(["sh", "-c", f"{command} > /dev/full"], capture_output=True, check=False)
    assert (done.returncode, done.stderr.count(b"\n")) == (2, 1)
    assert subprocess.run(["sh", "-c", f"{command} >&-"], capture_output=True, check=False).stderr == b""


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["draw", "x + y", "x=1"], "y has no value"),
        (["draw", "x*", "x=1"], "it ends where something is still to come"),
        (["draw", "__import__('os')"], "there is no function '__import__'"),
        (["draw", "x.data", "x=1"], "an attribute"),
        (["draw", "(lambda: x)()", "x=1"], "can't stand in an expression"),
        (["draw", "1/x", "x=0"], "has no value at a = 1.0 and b = 0.0 (labelled 'x')"),
        (["draw", "log(x)", "x=-1"], "has no value at a = -1.0"),
        (["draw", "exp(x)", "x=1e4"], "overflows"),
        (["draw", "x", "x=abc"], "x is given 'abc', which is no number"),
        (["draw", "x", "x=nan"], "only finite numbers"),
        (["draw", "x", "x=1", "x=2"], "x is given twice"),
        (["draw", "x", "x=1", "y=2"], "y has a value, but the expression has no such name"),
        (["draw", "x*y", "x", "=", "1"], "write name=value"),
        (["draw", "1 + 2"], "no input whose gradient could be shown"),
        (["draw", "pi*2"], "no input whose gradient could be shown"),
        (["draw", ""], "there is no expression"),
        (["draw"], "required: EXPRESSION"),
        ([], "required: COMMAND"),
        (["paint", "x"], "invalid choice: 'paint'"),
        (["draw", "x", "x=1", "--colour"], "there is no option '--colour'"),
        (["explain", "x", "x=1", "--wrt", "y"], "x does not depend on 'y'; its inputs are x"),
        (["explain", "x", "x=1", "--format", "rtf"], "the formats are text, markdown, latex"),
        (["draw", "x", "x=1", "--theme", "dark"], "theme can be chosen for a picture; name its file with -o"),
        (["draw", "x", "x=1", "--digits", "many"], "'many' is no whole number from 1 to 17"),
        (["explain", "x", "x=1", "--limit", "some"], "invalid int value: 'some'"),
        (["explain", "x", "x=1", "--limit", "0"], "limit is a whole number"),
        (["step", "x*2", "x=1"], "required: -o/--output"),
    ],
)
def test_wrong_input_is_one_sentence_and_status_2(run, arguments, said):
    status, out, err = run(*arguments)
    assert status == 2
    assert out == ""
    assert said in err
    assert err.startswith("gatewise: ")
    assert "Traceback" not in err
    assert err.count("\n") in (1, 3)  # a sentence, and perhaps the line and the caret


@pytest.mark.parametrize(
    "options",
    [
        ["-o", "picture.bmp"],
        ["-o", "picture"],
        ["-o", "nowhere/picture.svg"],
        ["-o", "folder.svg"],
        ["-o", "picture.svg", "--theme", "sepia"],
        ["-o", "picture.svg", "--direction", "up"],
        ["-o", "picture.svg", "--style", "baroque"],
        ["-o", "picture.svg", "--digits", "0"],
        ["-o", "picture.svg", "--highlight", "nobody"],
        ["-o", "picture.svg", "--layout", "random"],
        ["-o", "picture.svg", "--magnitude", "size"],
    ],
)
def test_a_picture_that_cannot_be_written_leaves_nothing_behind(run, tmp_path, monkeypatch, options):
    monkeypatch.chdir(tmp_path)
    Path("folder.svg").mkdir()
    status, out, err = run("draw", *NEURON, *options)
    assert (status, out) == (2, "")
    assert err.startswith("gatewise: ")
    assert err.count("\n") == 1
    assert os.listdir() == ["folder.svg"]


def test_layout_dot_without_graphviz_is_one_sentence_and_status_2(run, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    status, out, err = run("draw", *NEURON, "-o", str(tmp_path / "neuron.svg"), "--layout", "dot")
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert err.startswith("gatewise: layout='dot' needs Graphviz")
    assert "apt-get install graphviz" in err
    assert os.listdir(tmp_path) == []


def test_a_picture_that_cannot_be_written_leaves_the_old_one(run, tmp_path):
    path = tmp_path / "neuron.svg"
    path.write_text("old")
    assert run("draw", "1/x", "x=0", "-o", str(path))[0] == 2
    assert path.read_text() == "old"


def test_a_wrong_command_line_ends_the_process_with_2():
    done = process("draw", "1/x", "x=0")
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr
