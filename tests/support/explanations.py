"""What tests of explanations explain: expressions, a textbook's neuron, and graphs of many paths."""

import viz
from autograd import Value
from viz.expression.read import read_expression


def explained(text, wrt=None, format="text", **values):
    return viz.explain(read_expression(text, values), wrt, format, names=False)


SIGMOID_NEURON = {"w0": 2, "x0": -1, "w1": -3, "x1": -2, "w2": -3}


def doubled(times):
    value = x = Value(1.0, "x")
    for _ in range(times):
        value = value + value
    return x, value
