"""The worked examples of the course, as graphs: what the gallery shows and the golden pictures guard.

Each is a function that builds one graph and returns what `viz.draw` is to draw: a Value or several, a model or a
program, with the options that suit it. The numbers of each can be checked by hand.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import autograd
from autograd import Value, exp, log, maximum, scope, sigmoid, sin, softplus
from nn import MLP, Layer, Neuron

Drawable = Any
Options = dict[str, Any]


def formula() -> tuple[Drawable, Options]:
    """1. A graph is a formula: (x + y)·z, before any backward pass."""
    x, y, z = Value(-2, "x"), Value(5, "y"), Value(-4, "z")
    q = x + y
    q.label = "q"
    f = q * z
    f.label = "f"
    return f, {}


def chain() -> tuple[Drawable, Options]:
    """2. The chain rule: exp(sin(x²)); along a path local derivatives multiply."""
    x = Value(1.5, "x")
    f = exp(sin(x**2))
    f.label = "f"
    f.backward()
    return f, {}


def paths() -> tuple[Drawable, Options]:
    """2. Where paths meet, they add: (a + b)(b + 1), with both paths from b set off."""
    a, b = Value(2, "a"), Value(1, "b")
    c, d = a + b, b + 1
    e = c * d
    c.label, d.label, e.label = "c", "d", "e"
    e.backward()
    return e, {"highlight": b}


def first_circuit() -> tuple[Drawable, Options]:
    """3. CS231n's first circuit: (x + y)·z at −2, 5, −4 gives −12 and gradients −4, −4, 3."""
    f, _ = formula()
    f.backward()
    return f, {}


def sigmoid_neuron() -> tuple[Drawable, Options]:
    """3. CS231n's sigmoid neuron: 0.73 and gradients −0.20, 0.39, −0.39, −0.59, 0.20."""
    w0, w1, w2 = Value(2, "w0"), Value(-3, "w1"), Value(-3, "w2")
    x0, x1 = Value(-1, "x0"), Value(-2, "x1")
    f = 1 / (1 + exp(-(w0 * x0 + w1 * x1 + w2)))
    f.label = "f"
    f.backward()
    return f, {}


def patterns() -> tuple[Drawable, Options]:
    """3. Patterns of backward flow: (x·y + max(z, w))·2; add distributes, max routes, mul switches."""
    x, y, z, w = Value(3, "x"), Value(-4, "y"), Value(2, "z"), Value(-1, "w")
    f = (x * y + maximum(z, w)) * 2
    f.label = "f"
    f.backward()
    return f, {"magnitude": True}


def square() -> tuple[Drawable, Options]:
    """3. Copy adds up: x·x has two edges, and its gradient is the sum of what both bring."""
    x = Value(3, "x")
    f = x * x
    f.label = "f"
    f.backward()
    return f, {}


def doubling() -> tuple[Drawable, Options]:
    """4. Dynamic programming: b = a + a, c = b + b, d = c + c has 2³ paths and three gates."""
    a = Value(1, "a")
    b = a + a
    c = b + b
    d = c + c
    b.label, c.label, d.label = "b", "c", "d"
    d.backward()
    return d, {}


def blame() -> tuple[Drawable, Options]:
    """5. Blame: an error of 0.6 at a sum of contributions 3 and 2; the true gradient gives each weight 0.6·x."""
    w1, x1, w2, x2 = Value(1.5, "w1"), Value(2, "x1"), Value(0.5, "w2"), Value(4, "x2")
    y = w1 * x1 + w2 * x2
    y.label = "y"
    y.backward(seed=0.6)
    return y, {}


def neuron() -> tuple[Drawable, Options]:
    """6. The artificial neuron: an affine function, then an activation."""
    unit = Neuron(2, "tanh", seed=0)
    y = unit([Value(1, "x0"), Value(-2, "x1")])
    y.label = "y"
    y.backward()
    return y, {}


def xor() -> tuple[Drawable, Options]:
    """7. XOR by one hidden layer with hand-set weights: relu(x + y) − 2·relu(x + y − 1)."""
    x, y = Value(1, "x"), Value(1, "y")
    with scope("hidden"):
        either, both = (x + y).relu(), (x + y - 1).relu()
    f = either - 2 * both
    f.label = "xor"
    f.backward()
    return f, {}


def dense() -> tuple[Drawable, Options]:
    """8. A dense layer of 3 inputs and 2 neurons: 3·2 + 2 parameters; two outputs."""
    layer = Layer(3, 2, "relu", seed=1)
    outputs = layer([Value(1, "x0"), Value(2, "x1"), Value(3, "x2")])
    for output in outputs:
        output.backward()
    return outputs, {}


def architecture() -> tuple[Drawable, Options]:
    """8. A multilayer perceptron: its layers, neurons and weights by sign and size."""
    return MLP(3, [4, 4, 2], activation="tanh", seed=2), {}


def deep() -> tuple[Drawable, Options]:
    """9. A deep network of sigmoids, collapsed to its layers: the gradient fades towards the inputs."""
    model = MLP(2, [4, 4, 4, 4, 1], activation="sigmoid", seed=0)
    y = model([Value(1, "x0"), Value(-1, "x1")])
    y.label = "y"
    y.backward()
    return y, {"expand": 0}


def logit() -> tuple[Drawable, Options]:
    """10. Odds, logit, sigmoid: the sigmoid undoes the logit, and the whole has derivative 1."""
    p = Value(0.8, "p")
    odds = p / (1 - p)
    z = log(odds)
    f = sigmoid(z)
    odds.label, z.label, f.label = "odds", "logit", "sigmoid"
    f.backward()
    return f, {}


def regression() -> tuple[Drawable, Options]:
    """11. Linear regression: the mean squared error of one neuron over two rows."""
    w, b = Value(0.5, "w"), Value(1, "b")
    errors = [(w * x + b - y) ** 2 for x, y in ((1, 2), (3, 5))]
    loss = autograd.sum(errors) / 2
    loss.label = "loss"
    loss.backward()
    return loss, {}


def logistic() -> tuple[Drawable, Options]:
    """12. Logistic regression: binary cross entropy from the logit, softplus(z) − t·z."""
    w, x, b, t = Value(2, "w"), Value(-1, "x"), Value(0.5, "b"), Value(1, "t")
    z = w * x + b
    z.label = "z"
    loss = softplus(z) - t * z
    loss.label = "loss"
    loss.backward()
    return loss, {}


def two_losses() -> tuple[Drawable, Options]:
    """13. Squared error and cross entropy of one badly wrong prediction: two outputs of one graph."""
    z = Value(-4, "z")
    p = sigmoid(z)
    p.label = "p"
    squared, entropy = (p - 1) ** 2, -log(p)
    squared.label, entropy.label = "mse", "bce"
    (squared + entropy).backward()
    return [squared, entropy], {}


def cross_entropy() -> tuple[Drawable, Options]:
    """14. Categorical cross entropy with an integer target: logsumexp of the logits minus the true one."""
    logits = [Value(2, "z0"), Value(1, "z1"), Value(-1, "z2")]
    loss = autograd.logsumexp(logits) - logits[0]
    loss.label = "loss"
    loss.backward()
    return loss, {}


def softmax() -> tuple[Drawable, Options]:
    """15. Softmax of three logits: exp makes positive, the sum makes one."""
    z = [Value(1, "z0"), Value(2, "z1"), Value(3, "z2")]
    powers = [exp(v) for v in z]
    total = autograd.sum(powers)
    p = [power / total for power in powers]
    total.label = "total"
    for i, v in enumerate(p):
        v.label = f"p{i}"
    p[2].backward()
    return p, {"gradients": False}


def entropy() -> tuple[Drawable, Options]:
    """16. Entropy of a coin: −(p log p + q log q), with q = 1 − p."""
    p = Value(0.25, "p")
    q = 1 - p
    q.label = "q"
    h = -(p * log(p) + q * log(q))
    h.label = "H"
    h.backward()
    return h, {}


def descent() -> tuple[Drawable, Options]:
    """17. Two steps of gradient descent on a square, each in its own frame."""
    x = Value(4, "x")
    with scope("step.1"):
        x1 = x - 0.1 * (2 * (x - 1))
    with scope("step.2"):
        x2 = x1 - 0.1 * (2 * (x1 - 1))
    f = (x2 - 1) ** 2
    x1.label, x2.label, f.label = "x'", "x''", "f"
    f.backward()
    return f, {}


def network() -> tuple[Drawable, Options]:
    """18. The loss of a small network at one row, its layers and neurons as frames."""
    model = MLP(2, [2, 1], activation="tanh", seed=0)
    loss = (model([Value(1, "x0"), Value(-2, "x1")]) - 1) ** 2
    loss.label = "loss"
    loss.backward()
    return loss, {}


def batch() -> tuple[Drawable, Options]:
    """18. The mean loss of a batch of 8 rows through a network: drawn collapsed, alike gates as stacks."""
    model = MLP(2, [8, 8, 1], activation="relu", seed=0)
    rows = [(0.1 * i, 1 - 0.2 * i, float(i % 2)) for i in range(8)]
    loss = autograd.sum([(model([a, b]) - t) ** 2 for a, b, t in rows]) / len(rows)
    loss.label = "loss"
    loss.backward()
    return loss, {}


def program() -> tuple[Drawable, Options]:
    """20. The network as a program: its gates found again as matrix products."""
    model = MLP(2, [4, 4, 1], activation="tanh", seed=0)
    x, t = [Value(1, "x0"), Value(-2, "x1")], Value(1, "t")
    return autograd.compile((model(x) - t) ** 2, inputs=[*x, t]), {}


EXAMPLES: dict[str, Callable[[], tuple[Drawable, Options]]] = {
    make.__name__: make
    for make in (
        formula,
        chain,
        paths,
        first_circuit,
        sigmoid_neuron,
        patterns,
        square,
        doubling,
        blame,
        neuron,
        xor,
        dense,
        architecture,
        deep,
        logit,
        regression,
        logistic,
        two_losses,
        cross_entropy,
        softmax,
        entropy,
        descent,
        network,
        batch,
        program,
    )
}
