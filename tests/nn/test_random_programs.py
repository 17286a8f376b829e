"""Random Python programs, replayed and computed row by row: equal, refused with a sentence, and never different.

A failure prints the seed and the program; `GATEWISE_SEED=12345 pytest tests/nn/test_random_programs.py` tries that seed
alone. HYPOTHESIS_PROFILE=ci asks for thousands of programs.
"""

from __future__ import annotations

import os
import warnings
from collections import Counter
from importlib.util import find_spec

import numpy as np
import pytest
from support.programs import HEADER, program

import autograd
import nn
from autograd import DomainError, RecordingError, Value

EXECUTORS = ["numpy", "python", *(["numba"] if find_spec("numba") else [])]
PARTS = 20
IN_CI = os.environ.get("HYPOTHESIS_PROFILE") == "ci"
COMPILED, TRAINED = (100, 50) if IN_CI else (8, 4)  # programs in each part


def seeds(part, count):
    alone = os.environ.get("GATEWISE_SEED")
    return [int(alone)] if alone else range(part * count, (part + 1) * count)


def function_of(text):
    namespace = {}
    exec(compile(HEADER + text, "<program>", "exec"), namespace)
    return namespace["f"]


def alike(a, b):
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    scale = np.abs(b[np.isfinite(b)]).max(initial=1.0)
    return a.shape == b.shape and np.allclose(a, b, rtol=1e-9, atol=1e-9 * scale, equal_nan=True)


def outcome(compute):
    """What is computed, and the error in its place."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return compute(), None
    except Exception as error:
        return None, error


def told(error):
    """Whether an error says enough to be a refusal."""
    return isinstance(error, RecordingError | DomainError) and len(str(error)) > 30


def eagerly(function, rows, weights):
    """The outputs of the rows, and the gradient of their mean by the weights."""
    for w in weights:
        w.grad = 0.0
    outputs = []
    for row in rows:
        y = function(*[Value(x, requires_grad=False) for x in row], weights)
        y.backward(1.0 / len(rows))
        outputs.append(y.data)
    return outputs, [w.grad for w in weights]


def replayed(compiled, rows, weights):
    outputs, (mean, slopes) = compiled.forward(rows), compiled.value_and_grad(rows)
    assert mean == pytest.approx(np.mean(outputs), rel=1e-12, abs=1e-12, nan_ok=True)
    by = dict(zip(compiled.parameters, slopes.tolist(), strict=True))
    return outputs, [by.get(w, 0.0) for w in weights]


def compile_case(seed):
    """How compiling the program of this seed went, and what is wrong if something is."""
    case = program(seed)
    function, weights = function_of(case.text), [Value(x) for x in case.weights]
    compiled, refusal = outcome(
        lambda: autograd.compile(
            lambda *xs: function(*xs, weights), case.rows[0], executor=EXECUTORS[seed % len(EXECUTORS)]
        )
    )
    for moved in (False, True):
        if moved:  # the same program at other parameters
            for w in weights:
                w.data = w.data * 0.9 + 0.1
        expected, error = outcome(lambda: eagerly(function, case.rows, weights))
        found, other = (None, refusal) if compiled is None else outcome(lambda: replayed(compiled, case.rows, weights))
        if other is not None:
            if error is not None and (told(other) or type(other) is type(error)):
                return "no value", ""
            return ("refused", "") if told(other) else ("wrong", f"eager gives {expected}, but {other!r} was raised")
        if error is not None:
            return "wrong", f"eager raises {error!r}, but {found} was computed"
        if not all(map(alike, found, expected)):
            return "wrong", f"eager gives {expected}, but {found} was computed"
    return "equal", ""


class Written(nn.Module):
    """A model that is a random program."""

    def __init__(self, function, weights):
        self.function, self.weights = function, [Value(x) for x in weights]

    def forward(self, x):
        return self.function(*x, self.weights)


def train_case(seed):
    """How `fit` and `predict` went with a random model and a random loss."""
    case, judge = program(2 * seed, statements=3), program(2 * seed + 1, inputs=("p", "t"), statements=2)
    function, constants = function_of(case.text), [Value(x, requires_grad=False) for x in judge.weights]
    error_of = function_of(judge.text)
    targets = [round(abs(row[0])) for row in case.rows]
    models, results = [Written(function, case.weights) for _ in range(2)], []
    slower = []
    for model, compiled in zip(models, (True, False), strict=True):

        def run(model=model, compiled=compiled):
            history = nn.fit(
                model,
                case.rows,
                targets,
                loss=lambda p, t: error_of(p, t, constants) + (p - t) * (p - t) * 0.1,
                optimizer=nn.optim.SGD(lr=0.01),
                epochs=3,
                batch_size=4,
                seed=seed,
                compiled=compiled,
            )
            return history.loss, [w.data for w in model.weights], nn.predict(model, case.rows, compiled=compiled)

        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                results.append((run(), None))
            except Exception as error:
                results.append((None, error))
        slower.append(any("gate by gate" in str(w.message) for w in caught))
    (found, other), (expected, error) = results
    if error is not None or other is not None:
        if type(error) is type(other):
            return "no value", ""
        return "wrong", f"trained gate by gate: {expected}, {error!r}; compiled: {found}, {other!r}"
    if not all(map(alike, found, expected)):
        return "wrong", f"trained gate by gate: {expected}; compiled: {found}\nloss:\n{judge.text}"
    return ("gate by gate" if slower[0] else "equal"), ""


def check(case, seeds, text_of):
    counts = Counter()
    for seed in seeds:
        result, why = case(seed)
        counts[result] += 1
        if result == "wrong":
            pytest.fail(f"seed {seed}: {why}\n{text_of(seed).text}", pytrace=False)
    if len(seeds) >= 20:  # refusing everything would be easy
        assert counts["equal"] >= len(seeds) / 2, counts


@pytest.mark.parametrize("part", range(PARTS))
def test_a_random_program_is_replayed_as_python_computes_it(part):
    check(compile_case, seeds(part, COMPILED), program)


@pytest.mark.parametrize("part", range(PARTS))
def test_a_random_model_and_loss_are_trained_as_gate_by_gate(part):
    check(train_case, seeds(part, TRAINED), lambda seed: program(2 * seed, statements=3))
