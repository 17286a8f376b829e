# %% [markdown]
# # 5 · Layers and depth
#
# *Curriculum items: 8, 9. You need: [notebook 4](04-neurons.ipynb).*
#
# **The question.** If one hidden layer is good, ten should be better. For decades they were worse: the first layers
# learned next to nothing. Why, and what changed?

# %% [markdown]
# ## The picture
#
# A **dense layer** is a number of neurons that all look at the same inputs. Here are 3 inputs and 2 neurons; the
# frames are the neurons.

# %%
import math

import matplotlib.pyplot as plt
import numpy as np

import nn
import viz
from autograd import Value
from nn import data
from viz import plots

layer = nn.Layer(3, 2, activation="relu", seed=0)
x = [Value(1.0, label="x0"), Value(2.0, label="x1"), Value(-1.0, label="x2")]
viz.draw(layer(x))

# %% [markdown]
# ## Shapes
#
# Write the inputs as a row, and put each neuron's weights into a column. Then a layer is a matrix product:
#
# $$\underset{(1,\; l_{in})}{x} \;\; \underset{(l_{in},\; l_{out})}{W} + \underset{(1,\; l_{out})}{b} =
# \underset{(1,\; l_{out})}{y}$$
#
# It has $l_{in} \cdot l_{out}$ weights and $l_{out}$ biases. Gates and matrices give the same numbers:

# %%
W = np.array([[w.data for w in neuron.w] for neuron in layer.neurons]).T
b = np.array([[neuron.b.data for neuron in layer.neurons]])
row = np.array([[1.0, 2.0, -1.0]])

by_matrix = np.maximum(row @ W + b, 0)
by_gates = [y.data for y in layer(x)]
print(f"{row.shape} × {W.shape} + {b.shape} = {by_matrix.shape}")
print("matrix:", by_matrix[0].round(4), " gates:", np.round(by_gates, 4))

assert np.allclose(by_matrix[0], by_gates)
assert len(layer.parameters()) == 3 * 2 + 2

# %% [markdown]
# A **batch** is $N$ rows at once, shape $(N, l_{in})$. Each row goes through the same weights; nothing else
# changes.

# %%
batch = np.arange(12.0).reshape(4, 3) / 10
out = np.maximum(batch @ W + b, 0)
print(f"{batch.shape} × {W.shape} + {b.shape} = {out.shape}")
assert np.allclose(out, nn.predict(layer, batch))

# %% [markdown]
# ## Deep
#
# Layers one after the other make a network, a *multilayer perceptron*. With two or more hidden layers it is called
# **deep**. Printed and drawn, a network shows what it is made of:

# %%
deep = nn.MLP(2, [16, 16, 1], activation="relu", output="sigmoid", seed=0)
print(deep)

counts = [l_in * l_out + l_out for l_in, l_out in [(2, 16), (16, 16), (16, 1)]]
print(counts, "together", sum(counts))
assert sum(counts) == len(deep.parameters())

viz.draw(deep)

# %% [markdown]
# All of its parameters have names, the same in pictures, files and errors:

# %%
names = [name for name, _ in deep.named_parameters()]
print(names[0], "...", names[-1])

# %% [markdown]
# ## How big is the gradient, layer by layer?
#
# Now ten layers. The gradient starts at the output and comes back layer by layer. At each it is multiplied by
# weights, and by the slope of the activation. We measure what arrives: the gradient's typical size (root mean
# square) over the parameters of each layer, for 100 points of two interleaved half moons.

# %%
X, t = data.moons(100, seed=0)
hidden = 9


def deep_network(activation):
    return nn.MLP(2, [10] * hidden + [1], activation=activation, output="sigmoid", seed=0)


networks = {activation: deep_network(activation) for activation in ("sigmoid", "tanh", "relu")}
loss = nn.losses.binary_cross_entropy
measured = {}
for name, network in networks.items():
    measured[name] = list(nn.gradient_sizes(network, X, t, loss=loss).values())

print("layer    " + "".join(f"{name:>10}" for name in measured))
for i in range(hidden + 1):
    print(f"{i:>5}    " + "".join(f"{measured[name][i]:10.1e}" for name in measured))

# %%
plots.gradient_sizes(networks, X, t, loss=loss)

# %%
shrinks = {name: sizes[0] / sizes[-1] for name, sizes in measured.items()}
for name, factor in shrinks.items():
    print(f"{name:<8} the first layer's gradient is {factor:.0e} of the last layer's")

assert shrinks["sigmoid"] < 1e-4
assert shrinks["relu"] > 0.1
assert shrinks["tanh"] > 0.1

# %% [markdown]
# This is the **vanishing gradient**. With sigmoid, each layer multiplies by a slope of at most a quarter. Nine of
# them:

# %%
assert hidden == 9
print(f"(1/4)⁹ = {0.25**9:.1e}")

one_hidden_layer = nn.MLP(2, [10, 1], activation="sigmoid", output="sigmoid", seed=0)
first, last = nn.gradient_sizes(one_hidden_layer, X, t, loss=loss).values()
print(f"with one hidden layer the first layer's gradient is {first / last:.2f} of the last layer's")
assert first / last > 0.1

# %% [markdown]
# The first layer, which sees the data, gets almost no gradient and hardly learns. In a shallow network, with one
# hidden layer, there is only one such factor, and sigmoid is fine. In a deep one ReLU helps: its slope is exactly 1
# where the neuron is on, so whatever is on a path of open routers arrives whole. (Weights must start at a suitable
# size, too: He's rule for ReLU, Glorot's for the others; the layers do that by themselves.)
#
# See it on one path: six gates of each kind, one after the other. The numbers below the wires are the gradient's
# way back.


# %%
def chain(activation, n=6):
    start = Value(0.5, label="x")
    value = start
    for _ in range(n):
        value = getattr(value, activation)()
    value.backward()
    return start, value


start, end = chain("sigmoid")
print(f"sigmoid: {start.grad:.6f} arrives at x, at most {0.25**6:.6f}")
assert 0 < start.grad <= 0.25**6
viz.draw(end)

# %%
start, end = chain("relu")
print(f"relu: {start.grad:g} arrives at x")
assert start.grad == 1.0
viz.draw(end)

# %% [markdown]
# ## Does it matter?
#
# Train both: the same data, the same shape, the same 300 steps of plain gradient descent.

# %%
results = {}
for name in ("sigmoid", "relu"):
    descent = nn.optim.GradientDescent(lr=0.1)
    network = deep_network(name)
    results[name] = nn.fit(
        network, X, t, loss=loss, optimizer=descent, epochs=300, metrics=["accuracy"]
    )

plt.figure(figsize=(5, 3))
for name, history in results.items():
    plt.plot(history.loss, label=name, color="#005A8F" if name == "sigmoid" else "#00795A")
    print(f"{name:<8} loss {history.loss[-1]:.3f}, accuracy {history['accuracy'][-1]:.0%}")
plt.xlabel("epoch")
plt.ylabel("loss")
plt.legend()
plt.show()

assert results["relu"]["accuracy"][-1] > 0.95
assert abs(results["sigmoid"].loss[-1] - math.log(2)) < 0.01

# %% [markdown]
# The deep sigmoid network has not moved from $\log 2$, the loss of a tossed coin. (There are optimizers that make
# up for small gradients to some degree; see [notebook 10](10-descent.ipynb).)
#
# %% [markdown]
# ## Your turn
#
# A network reads images of 8 × 8 points, has one hidden layer of 32 neurons, and 10 outputs, one for each digit.
# How many parameters does it have?

# %%
answer = None  # a whole number

if answer is None:
    print("Waiting for your answer.")
else:
    network = nn.MLP(64, [32, 10])
    count = len(network.parameters())
    assert answer != count - 32 - 10, "These are the weights alone. Each neuron also has a bias."
    assert answer == count, (
        "No: each layer has l_in · l_out weights and l_out biases. print(network) shows all."
    )
    print("Right. You will train it in notebook 11.")

# %% [markdown]
# <details><summary>Solution</summary>
#
# The image is a row of 64 numbers. Two layers, weights and biases of each:
#
# ```python
# answer = 64 * 32 + 32 + 32 * 10 + 10
# ```
#
# </details>
#
# ## What to read next
#
# - [6 · Lines through data](06-linear-regression.ipynb): what to train *for*.
# - Glorot and Bengio, *Understanding the difficulty of training deep feedforward neural networks* (2010): the plot
#   above, on real networks. He et al., *Delving Deep into Rectifiers* (2015), for the cure.
