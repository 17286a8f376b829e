"""Files and distributions that bear the names of Gatewise's packages: a reader's own nn.py, HIPS autograd.

Each test runs another Python, on a copy of the three packages in a folder of its own that stands for site-packages.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import autograd
import nn
import viz


@pytest.fixture
def installed(tmp_path):
    """A copy of the three packages, installed in a folder."""
    folder = tmp_path / "site-packages"
    for package in (autograd, nn, viz):
        source = Path(package.__file__).parent
        shutil.copytree(source, folder / source.name, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def python(code, *path, third_party=False):
    """What `code` prints in a new Python that looks for modules in `path`, and the last line of its errors."""
    options = ["-P"] if third_party else ["-P", "-S"]  # not the current folder, and only the standard library
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, path))}
    done = subprocess.run(
        [sys.executable, *options, "-c", code], capture_output=True, text=True, check=False, env=environment
    )
    return done.stdout.strip(), (done.stderr.strip().splitlines() or [""])[-1]


def install_hips(folder):
    """What pip does to the folder when it installs HIPS autograd: its files are laid over those that are there."""
    hips = folder / "autograd"
    (hips / "numpy").mkdir(parents=True, exist_ok=True)
    (hips / "__init__.py").write_text("from .differential_operators import grad\n")
    (hips / "differential_operators.py").write_text("def grad(fun, argnum=0): ...\n")
    (hips / "numpy" / "__init__.py").write_text("")


def uninstall_hips(folder):
    for file in ("__init__.py", "differential_operators.py", "numpy/__init__.py"):
        (folder / "autograd" / file).unlink()


# ---------------------------------------------------------------- a reader's own nn.py


DRAW = (
    "from autograd import Value; x = Value(2.0, 'x'); y = x * x; y.backward(); import viz; print(len(viz.draw(y).svg))"
)


def test_a_users_own_nn_changes_nothing_in_a_picture(installed, tmp_path):
    (tmp_path / "nn.py").write_text("weights = [1, 2, 3]\n")
    alone, _ = python(DRAW, installed, third_party=True)
    assert python(f"import nn; nn.weights; {DRAW}", tmp_path, installed, third_party=True) == (alone, "")


def test_a_users_own_package_nn_with_modules_changes_nothing_in_a_picture(installed, tmp_path):
    (tmp_path / "nn").mkdir()
    (tmp_path / "nn" / "__init__.py").write_text("from nn.modules import Module\n")
    (tmp_path / "nn" / "modules.py").write_text("Module = object\n")  # which every Value is
    alone, _ = python(DRAW, installed, third_party=True)
    assert python(f"import nn; {DRAW}", tmp_path, installed, third_party=True) == (alone, "")


def test_drawing_does_not_import_nn(installed):
    assert python(f"{DRAW}; import sys; print('nn' in sys.modules)", installed, third_party=True)[0].endswith("False")


@pytest.mark.parametrize("name", ["plots", "watch", "Watch"])
def test_what_needs_nn_names_the_users_file_that_stands_in_its_place(installed, tmp_path, name):
    own = tmp_path / "nn.py"
    own.write_text("")
    _, error = python(f"import viz; viz.{name}", tmp_path, installed, third_party=True)
    assert error.startswith(f"ImportError: viz.{name} needs Gatewise's nn, but 'import nn' finds {own}; rename that")


# ---------------------------------------------------------------- HIPS autograd in the same folder


@pytest.mark.parametrize("package", ["nn", "viz"])
def test_hips_autograd_installed_over_ours_is_told(installed, package):
    install_hips(installed)
    _, error = python(f"import {package}", installed)
    assert error.startswith(
        f"ImportError: {package} needs Gatewise's autograd, but 'import autograd' finds {installed}"
    )
    assert "HIPS autograd" in error
    assert "run 'pip uninstall autograd gatewise' and install Gatewise again" in error


@pytest.mark.parametrize("code", ["import autograd", "import autograd.numpy", "import nn", "import viz"])
def test_ours_installed_over_hips_autograd_is_told_to_users_of_either(installed, code):
    ours = (installed / "autograd" / "__init__.py").read_text(encoding="utf-8")
    install_hips(installed)
    (installed / "autograd" / "__init__.py").write_text(ours, encoding="utf-8")
    _, error = python(code, installed)
    assert error.startswith(
        "ImportError: HIPS autograd (the distribution 'autograd' on PyPI) and Gatewise are "
        f"installed into the same folder, {installed / 'autograd'}, "
    )
    assert "run 'pip uninstall autograd gatewise'" in error


@pytest.mark.parametrize("package", ["nn", "viz"])
def test_what_uninstalling_hips_autograd_leaves_of_ours_is_told(installed, package):
    install_hips(installed)
    uninstall_hips(installed)
    _, error = python(f"import {package}", installed)
    assert f"finds {installed / 'autograd'} without an __init__.py" in error
    assert "run 'pip uninstall autograd gatewise' and install Gatewise again" in error


@pytest.mark.parametrize("package", ["nn", "viz"])
def test_hips_autograd_found_before_ours_elsewhere_is_told(installed, tmp_path, package):
    install_hips(tmp_path / "first")
    _, error = python(f"import {package}", tmp_path / "first", installed)
    place = tmp_path / "first" / "autograd" / "__init__.py"
    assert error.startswith(f"ImportError: {package} needs Gatewise's autograd, but 'import autograd' finds {place}: ")


def test_a_file_of_the_users_named_autograd_is_told(installed, tmp_path):
    (tmp_path / "autograd.py").write_text("class Value: ...\n")
    _, error = python("import nn", tmp_path, installed)
    assert f"finds {tmp_path / 'autograd.py'}: " in error
    assert error.endswith("a file of your own needs another name")
