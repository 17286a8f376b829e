# %% [markdown]
# # 4 · Neurons: lines, and what lies beyond
#
# *Curriculum items: 6, 7. You need: notebooks [1](01-a-graph-is-a-formula.ipynb) and [2](02-gates.ipynb).*
#
# **The question.** A neuron can learn AND, and it can learn OR. In 1969 a book showed that it can never learn XOR
# ("one or the other, but not both"), and research on neurons stopped for years. What can't it do, and what is the
# way out?

# %% [markdown]
# ## The picture
#
# A neuron multiplies each input by a weight, adds the products and a bias, and sends the sum through an activation.

# %%
import math

import matplotlib.pyplot as plt
import numpy as np

import nn
import viz
from autograd import Value, derivative, dot, relu, sigmoid, tanh
from nn import data
from viz import plots

plt.rcParams["figure.figsize"] = (5, 3)

x1, x2 = Value(1.0, requires_grad=False), Value(2.0, requires_grad=False)
w1, w2, b = Value(0.5), Value(-1.0), Value(0.25)

z = dot([w1, w2], [x1, x2], b)
y = tanh(z)
y.backward()

viz.draw(y)

# %% [markdown]
# All products and the bias go into one big sum gate, Σ. Check it: $0.5 \cdot 1 - 1 \cdot 2 + 0.25$.

# %%
print(f"z = {z.data}, y = tanh z = {y.data:.4f}")
assert z.data == 0.5 * 1 - 1 * 2 + 0.25
# the product switches: x2, times the slope of tanh
assert math.isclose(w2.grad, 2 * (1 - y.data**2))

# %% [markdown]
# ## Linear, affine
#
# The part before the activation is $y = xw + b$, an **affine** function. Without the $b$ it is **linear**, and then
# its line goes through the origin, whatever $w$ is. The **bias** $b$ moves it up and down.

# %%
xs = np.linspace(-2, 2, 50)
plt.axhline(0, color="lightgrey")
plt.axvline(0, color="lightgrey")
plt.plot(xs, 0.5 * xs, color="#005A8F", label="linear: 0.5 x")
plt.plot(xs, 0.5 * xs + 1, "--", color="#B34700", label="affine: 0.5 x + 1")
plt.plot(xs, 0.5 * xs - 1, ":", color="#B34700", label="affine: 0.5 x − 1")
plt.legend()
plt.show()

assert nn.functional.affine([0.0], [0.5]) == 0.0  # linear: 0 goes to 0
assert nn.functional.affine([0.0], [0.5], 1.0) == 1.0  # affine: 0 goes to the bias

# %% [markdown]
# ## Activations
#
# Three activations, and with each its slope. The slope is what the gradient is multiplied by on its way back.

# %%
plots.activations("sigmoid", "tanh", "relu")

# %%
for function in (sigmoid, tanh, relu):
    at = ", ".join(f"{derivative(function)(v):.3f} at {v:g}" for v in (0.0, 1.0, 4.0))
    print(f"slope of {function.__name__:<8} {at}")

assert derivative(sigmoid)(0.0) == 0.25
assert derivative(tanh)(0.0) == 1.0
assert derivative(relu)(4.0) == 1.0

# %% [markdown]
# Sigmoid's slope is never more than a quarter; far out it is next to nothing. ReLU passes all or nothing: it is a
# router. Remember this for the [next notebook](05-layers-and-depth.ipynb).
#
# ## Why any activation at all?
#
# Because without one, layers add nothing. Two affine layers, one after the other:
#
# $$(x W_1 + b_1) W_2 + b_2 = x \,(W_1 W_2) + (b_1 W_2 + b_2)$$
#
# which is one affine layer. See it: a network of two linear layers with 3 hidden neurons, and the single layer that
# does the same.

# %%
two_layers = nn.MLP(2, [3, 1], activation="linear", seed=1)


def matrix(layer):
    """The layer's weights (inputs, outputs) and biases (outputs,)."""
    weights = [[w.data for w in neuron.w] for neuron in layer.neurons]
    return np.array(weights).T, np.array([neuron.b.data for neuron in layer.neurons])


(W1, b1), (W2, b2) = matrix(two_layers[0]), matrix(two_layers[1])
W, b = W1 @ W2, b1 @ W2 + b2

rows = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [-3.0, 5.0]])
both = np.column_stack([nn.predict(two_layers, rows), (rows @ W + b)[:, 0]])
print("two layers  one layer")
for two, one in both:
    print(f"{two:10.6f} {one:10.6f}")

assert np.allclose(both[:, 0], both[:, 1])
print(f"\n{len(two_layers.parameters())} parameters do the work of {W.size + b.size}")

# %% [markdown]
# ## AND and OR: one line is enough
#
# A neuron with a sigmoid says "yes" where its sum is positive. In the plane of its two inputs, the border between
# yes and no is where $w_1 x_1 + w_2 x_2 + b = 0$: a straight line. Let us train one neuron on AND, one on OR, one
# on XOR.

# %%
loss = nn.losses.binary_cross_entropy
tables = {"AND": data.and_(), "OR": data.or_(), "XOR": data.xor()}
neurons, histories = {}, {}
for name, (X, t) in tables.items():
    neuron = nn.Neuron(2, activation="sigmoid", seed=0)
    adam = nn.optim.Adam(lr=0.1)
    histories[name] = nn.fit(neuron, X, t, loss=loss, optimizer=adam, epochs=500)
    neurons[name] = neuron

print("x1 x2    AND    OR   XOR")
for i, (left, right) in enumerate(tables["AND"].X):
    outputs = [nn.predict(neurons[name], tables[name].X)[i] for name in tables]
    print(f"{left:2g} {right:2g}  ", "  ".join(f"{p:.2f}" for p in outputs))

# %%
figure, axes = plt.subplots(1, 3, figsize=(11, 3.2))
for axis, (name, (X, t)) in zip(axes, tables.items(), strict=True):
    plots.decision_boundary(neurons[name], X, t, ax=axis)
    axis.set_title(name)
plt.show()

# %% [markdown]
# AND and OR are done: they are **linearly separable**. On XOR the neuron has given up: 0.50 everywhere, which costs
# $\log 2$ for each row, as much as tossing a coin.

# %%
for name in tables:
    print(f"{name:<4} loss {histories[name].loss[-1]:.4f}")

for name in ("AND", "OR"):
    assert np.array_equal(nn.predict(neurons[name], tables[name].X) > 0.5, tables[name].y == 1)
assert math.isclose(histories["XOR"].loss[-1], math.log(2), rel_tol=1e-3)
assert np.allclose(nn.predict(neurons["XOR"], tables["XOR"].X), 0.5, atol=0.01)

# %% [markdown]
# No training will help. For XOR the sum $w_1 x_1 + w_2 x_2 + b$ would have to be
#
# - negative at $(0, 0)$ and at $(1, 1)$: so $b < 0$ and $w_1 + w_2 + b < 0$; added up: $w_1 + w_2 + 2b < 0$;
# - positive at $(1, 0)$ and at $(0, 1)$: so $w_1 + b > 0$ and $w_2 + b > 0$; added up: $w_1 + w_2 + 2b > 0$.
#
# The same number can't be both.
#
# ## The way out: one hidden layer
#
# Put two neurons with ReLU between inputs and output. You can find the weights by hand: the first counts how many
# inputs are on; the second counts how many are on beyond one; take the first, minus twice the second.


# %%
def by_hand(x1, x2):
    count = relu(x1 + x2)
    beyond_one = relu(x1 + x2 - 1)
    return count - 2 * beyond_one


for left, right in tables["XOR"].X.tolist():
    print(f"{left:g} xor {right:g} = {by_hand(left, right):g}")
    assert by_hand(left, right) == (left != right)

# %%
x1, x2 = Value(1.0), Value(1.0)
viz.draw(by_hand(x1, x2))

# %% [markdown]
# And it can be *learned*. The hidden layer bends the plane, so that one line through the bent plane is enough:

# %%
network = nn.MLP(2, [4, 1], activation="tanh", output="sigmoid", seed=0)
X, t = tables["XOR"]
history = nn.fit(network, X, t, loss=loss, optimizer=nn.optim.Adam(lr=0.1), epochs=300)
print(history)

assert np.array_equal(nn.predict(network, X).round(), t)
assert history.loss[-1] < 0.01

plots.decision_boundary(network, X, t)

# %% [markdown]
# Every line in the next picture is a weight it has found: blue for positive, orange for negative, wide for large.

# %%
viz.draw(network)

# %% [markdown]
# ## Your turn
#
# NAND is "not both": 1, 1, 1, 0 for the inputs (0, 0), (0, 1), (1, 0), (1, 1). Find, by thought and without
# training, a weight for each input and a bias, such that the sum is positive exactly where NAND is 1.

# %%
answer = None  # three numbers w1, w2, b, such as [1, 1, -0.5]

if answer is None:
    print("Waiting for your answer.")
else:
    assert len(answer) == 3, "Three numbers are wanted: w1, w2 and b."
    w1, w2, b = answer
    for left, right in [(0, 0), (0, 1), (1, 0), (1, 1)]:
        total = w1 * left + w2 * right + b
        wanted = not (left and right)
        assert (total > 0) == wanted, (
            f"At ({left}, {right}) your sum is {total:g}, but NAND is {int(wanted)}, "
            f"so it should be {'positive' if wanted else 'negative or 0'}."
        )
    print("Right. From NANDs alone one can build a computer, so neurons can compute anything.")

# %% [markdown]
# <details><summary>Solution</summary>
#
# Start with a bias that says yes to everything, and let each input take something away, but not enough alone. There
# are many solutions. One:
#
# ```python
# answer = [-1, -1, 1.5]
# ```
#
# </details>
#
# ## What to read next
#
# - [5 · Layers and depth](05-layers-and-depth.ipynb): many neurons side by side, and many layers.
# - Goodfellow, Bengio, Courville, [Deep Learning](https://www.deeplearningbook.org/), section 6.1, where the ReLU
#   network for XOR is from. The book of 1969 is Minsky and Papert, *Perceptrons*.
