"""Every public name of the engine explains itself, with an example that runs."""

from __future__ import annotations

import doctest
import inspect

import pytest

import autograd
from autograd import Program, Value

#: Tables, whose docstrings are those of a dict.
TABLES = {"GATES", "ROLES"}
#: Slots of a Value, which its own docstring describes.
SLOTS = {"gate", "label", "scope", "copied_as"}

NAMES = [name for name in autograd.__all__ if name not in TABLES]
METHODS = [
    (kind, name) for kind in (Value, Program) for name in dir(kind) if not name.startswith("_") and name not in SLOTS
]
#: Of a Program, what its executors and branches call with arrays that are checked already.
INTERNAL = {"outputs", "unchecked", "mean_and_grad"}


def example_of(thing):
    text = inspect.getdoc(thing) or ""
    return doctest.DocTestParser().get_doctest(text, {}, getattr(thing, "__name__", "example"), None, None)


@pytest.mark.parametrize("name", NAMES)
def test_every_public_name_has_an_example(name):
    assert example_of(getattr(autograd, name)).examples


@pytest.mark.parametrize(("kind", "name"), METHODS, ids=lambda part: getattr(part, "__name__", part))
def test_every_public_method_has_an_example_that_runs(kind, name):
    example = example_of(getattr(kind, name))
    if name not in INTERNAL:
        assert example.examples
    results = doctest.DocTestRunner(verbose=False).run(example)
    assert results.failed == 0


def test_the_docstring_of_a_gate_gives_its_formula_and_its_derivatives():
    assert "y = tanh(a)" in autograd.tanh.__doc__
    assert "its derivatives are 1 - y * y" in autograd.tanh.__doc__
    assert "y = a * b; derivatives: b, a" in Value.__mul__.__doc__
