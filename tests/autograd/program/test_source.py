"""The source of a program: runs by itself, reads well, equals the program."""

from __future__ import annotations

import ast
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd
from autograd import Value


def run(program, name="value_and_grad"):
    namespace = {"__name__": "generated"}
    exec(compile(program.source(), "<source>", "exec"), namespace)
    return namespace[name]


@pytest.fixture
def neuron():
    x1, x2 = Value(2.0, "x1"), Value(0.0, "x2")
    w1, w2, b = Value(-3.0, "w1"), Value(1.0, "w2"), Value(6.8813735870195432, "b")
    n = w1 * x1 + w2 * x2 + b
    n.label = "n"
    o = n.tanh()
    o.label = "o"
    return autograd.compile(o, [x1, x2])


def test_the_neuron_reads_as_one_would_write_it(neuron):
    lines = [line.strip() for line in neuron.source().splitlines()]
    for line in ("n = w1 * x1 + w2 * x2 + b", "o = tanh(n)", "d_n = d_o * (1 - o * o)", "d_w1 = d_n * x1", "d_b = d_n"):
        assert line in lines


def test_the_source_runs_by_itself_on_the_recorded_example(neuron):
    printed = subprocess.run([sys.executable, "-I", "-c", neuron.source()], capture_output=True, text=True, check=True)
    value, gradients = ast.literal_eval(printed.stdout)
    assert value == pytest.approx(0.7071067811865476)
    np.testing.assert_allclose(gradients, [1.0, 0.0, 0.5], atol=1e-12)


def test_a_sum_of_floats_in_the_source_is_that_of_the_graph_to_the_last_digit():
    x = [Value(0.1, f"x{i}") for i in range(10)]
    for output in (autograd.sum(x), autograd.logsumexp(x)):
        source = autograd.compile(output, x).source()
        printed = subprocess.run([sys.executable, "-I", "-c", source], capture_output=True, text=True, check=True)
        assert ast.literal_eval(printed.stdout) == (output.data, [])


def test_the_source_imports_only_math(make_random_graph):
    for seed in range(20):
        graph = make_random_graph(seed)
        tree = ast.parse(autograd.compile(graph.outputs[0], graph.inputs).source())
        imported = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
        assert {getattr(node, "module", None) for node in imported} <= {"math"}


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10**9))
def test_the_source_equals_the_program(make_random_graph, seed):
    graph = make_random_graph(seed)
    row = np.random.default_rng(seed).uniform(-2, 2, len(graph.inputs))
    program = autograd.compile(graph.outputs[0], graph.inputs)
    parameters = [p.data for p in program.parameters]
    expected, slopes = program.value_and_grad([row])
    value, gradients = run(program)(row.tolist(), parameters)
    assert value == pytest.approx(expected, rel=1e-9, abs=1e-11)
    np.testing.assert_allclose(gradients, slopes, rtol=1e-9, atol=1e-11)
    both = autograd.compile(graph.outputs, graph.inputs)
    parameters = [p.data for p in both.parameters]
    np.testing.assert_allclose(run(both, "outputs")(row.tolist(), parameters), both.forward([row])[0], rtol=1e-9)


def test_labels_become_names_and_never_clash():
    labels = ["w[0, 1]", "w 0 1", "class", "exp", "2nd", "", "d_x", "x", "inputs", "é"]
    leaves = [Value(1.0 + i, label) for i, label in enumerate(labels)]
    program = autograd.compile(autograd.sum([leaf.exp() for leaf in leaves]) * leaves[0], leaves[:1])
    value, gradients = run(program)([1.0], [p.data for p in program.parameters])
    expected, slopes = program.value_and_grad([[1.0]])
    assert value == pytest.approx(expected)
    np.testing.assert_allclose(gradients, slopes)


def test_a_wide_layer_is_broken_into_lines():
    x = [Value(0.1, f"x{i}") for i in range(200)]
    w = [Value(0.1, f"w{i}") for i in range(200)]
    program = autograd.compile(autograd.dot(w, x), x)
    assert max(map(len, program.source().split("if __name__")[0].splitlines())) <= 110
    assert run(program)([0.1] * 200, [0.1] * 200)[0] == pytest.approx(2.0)


def test_infinite_constants_are_written_as_python():
    x = Value(1.0)
    program = autograd.compile(autograd.maximum(x, -float("inf")), [x])
    assert run(program)([3.0], []) == (3.0, [])


@pytest.mark.parametrize(
    "labels",
    [
        ["µ", "μ"],
        ["w₁", "w1"],
        ["x²", "x2"],
        ["ª", "a"],
        ["float", "print"],
        ["class", "None"],
        ["y", "d_y"],
        ["exp", "logsumexp"],
        ["value_and_grad", "inputs"],
        ["gradients", "outputs"],
        ["__name__", "__debug__"],
        ["w", "w"],
        ["", ""],
        ["a b", "a_b"],
        ["3", "٣"],
        ["\u0301a", "\n"],
        ["match", "type"],
        ["ﬁ", "fi"],
    ],
    ids=repr,
)
def test_the_source_equals_the_program_whatever_its_leaves_are_called(labels):
    a, b, x = Value(2.0, labels[0]), Value(3.0, labels[1]), Value(0.5, labels[0])
    y = autograd.exp(a * x) * a.maximum(b) + autograd.logsumexp([a, b, x]) + autograd.softplus(a * b)
    y = autograd.minimum(y, float("inf"))
    y.label = labels[1]
    program = autograd.compile(y, [x])
    value, gradients = run(program)([0.5], [p.data for p in program.parameters])
    expected, slopes = program.value_and_grad([[0.5]])
    assert value == pytest.approx(y.data, rel=1e-12)
    assert value == pytest.approx(expected, rel=1e-12)
    np.testing.assert_allclose(gradients, slopes, rtol=1e-12)
    alone = subprocess.run([sys.executable, "-I", "-c", program.source()], capture_output=True, text=True, check=True)
    assert ast.literal_eval(alone.stdout)[0] == pytest.approx(expected, rel=1e-12)
