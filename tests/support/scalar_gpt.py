"""A character-level GPT of scalars, written as a program for any micrograd-like class: 1 layer, 4 heads, RMSNorm, ReLU.

It knows nothing of this project: numbers are made by the class it is given and combined by Python's operators, by
``sum``, ``.exp()``, ``.log()`` and ``.relu()``, with plain ints and floats among them. The architecture is GPT-2's
with RMSNorm for LayerNorm, ReLU for GELU and no biases.
"""

import random
from itertools import pairwise


class ScalarGPT:
    """Matrices of scalars as lists of rows; `make` turns a float into a scalar."""

    def __init__(self, vocabulary, make, *, width=16, heads=4, context=8, seed=0):
        draw = random.Random(seed)
        self.width, self.heads, self.context = width, heads, context

        def matrix(rows, columns, spread=0.08):
            return [[make(draw.gauss(0.0, spread)) for _ in range(columns)] for _ in range(rows)]

        self.state = {
            "token": matrix(vocabulary, width),
            "position": matrix(context, width),
            "head": matrix(vocabulary, width),
            **{name: matrix(width, width) for name in ("query", "key", "value", "mix")},
            "expand": matrix(4 * width, width),
            "contract": matrix(width, 4 * width),
        }

    def parameters(self):
        return [p for matrix in self.state.values() for row in matrix for p in row]

    def logits(self, token, position, keys, values):
        """Next-token logits after `token`; `keys` and `values` hold the earlier positions' and grow by one."""
        s, size = self.state, self.width // self.heads
        x = [t + p for t, p in zip(s["token"][token], s["position"][position], strict=True)]
        x = normalized(x)
        query, key, value = (linear(normalized(x), s[name]) for name in ("query", "key", "value"))
        keys.append(key)
        values.append(value)
        attended = []
        for head in range(self.heads):
            part = slice(head * size, (head + 1) * size)
            scores = [dot(query[part], k[part]) / size**0.5 for k in keys]
            weights = softmax(scores)
            attended += [dot(weights, column) for column in zip(*(v[part] for v in values), strict=True)]
        x = [a + b for a, b in zip(x, linear(attended, s["mix"]), strict=True)]
        hidden = [h.relu() for h in linear(normalized(x), s["expand"])]
        x = [a + b for a, b in zip(x, linear(hidden, s["contract"]), strict=True)]
        return linear(x, s["head"])

    def loss(self, tokens):
        """Mean cross entropy of predicting each token of a sequence from those before it."""
        keys, values, losses = [], [], []
        for position, (token, following) in enumerate(pairwise(tokens)):
            probabilities = softmax(self.logits(token, position, keys, values))
            losses.append(-probabilities[following].log())
        return (1 / len(losses)) * sum(losses)


def dot(a, b):
    return sum(x * y for x, y in zip(a, b, strict=True))


def linear(x, matrix):
    return [dot(row, x) for row in matrix]


def softmax(logits):
    largest = max(v.data for v in logits)
    exps = [(v - largest).exp() for v in logits]
    total = sum(exps)
    return [e / total for e in exps]


def normalized(x):
    mean_square = sum(v * v for v in x) / len(x)
    scale = (mean_square + 1e-5) ** -0.5
    return [v * scale for v in x]


def sgd_step(parameters, rate):
    for p in parameters:
        p.data -= rate * p.grad
        p.grad = 0
