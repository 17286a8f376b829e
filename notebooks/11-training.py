# %% [markdown]
# # 11 · Training
#
# *Curriculum items: 20. You need: notebooks [5](05-layers-and-depth.ipynb), [7](07-logistic-regression.ipynb) and
# [10](10-descent.ipynb).*
#
# **The question.** Can a few thousand scalar gates learn to read handwriting, in seconds, in Python? And how do you
# know that a network has learned something, and not just learned it by heart?

# %% [markdown]
# ## The picture
#
# Training needs three things: **data**, a **model**, a **loss**. Then four steps, again and again: *predict,
# measure, backpropagate, update*. Here are model and loss, for one row of data, as one graph. A network is a lot of
# gates, so the picture shows each neuron as a box.

# %%
import time

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits

import autograd
import nn
import viz
from autograd import Value
from nn import data
from viz import plots

plt.rcParams["figure.figsize"] = (5, 3)

tiny = nn.MLP(2, [2, 1], activation="tanh", seed=0)
x1, x2, target = Value(0.5), Value(-1.0), Value(1.0)
loss = (tiny([x1, x2]) - target) ** 2
loss.backward()
viz.draw(loss, expand=1)

# %% [markdown]
# ## The loop, by hand
#
# Two interleaved half moons of points, and a network with one hidden layer. Every gate of every row is a `Value`
# here: the loop is slow, but there is no secret in it.

# %%
X, t = data.moons(40, noise=0.1, seed=0)
model = nn.MLP(2, [8, 1], activation="tanh", output="sigmoid", seed=0)
parameters = model.parameters()

for epoch in range(61):
    predictions = [model(row) for row in X.tolist()]  # predict
    loss = nn.losses.binary_cross_entropy(predictions, t.tolist())  # measure
    model.zero_grad()
    loss.backward()  # backpropagate
    for parameter in parameters:  # update
        parameter.data -= 1.0 * parameter.grad
    if epoch % 20 == 0:
        decided = np.array([prediction.data for prediction in predictions]) > 0.5
        correct = np.mean(decided == t)
        print(f"epoch {epoch:>3}: loss {loss.data:.4f}, {correct:.0%} right")

# %% [markdown]
# And by `nn.fit`, which is the same loop. It records the graph of *one* row, once, as a **program**, and replays
# that for all rows together. The numbers are the same to the last digits; only the waiting is gone.

# %%
by_hand = loss.data
model = nn.MLP(2, [8, 1], activation="tanh", output="sigmoid", seed=0)
descent = nn.optim.GradientDescent(lr=1.0)
history = nn.fit(model, X, t, loss=nn.losses.binary_cross_entropy, optimizer=descent, epochs=61)
print(f"by hand {by_hand:.10f}")
print(f"by fit  {history.loss[-1]:.10f}")
assert np.isclose(by_hand, history.loss[-1], rtol=1e-9)

# %% [markdown]
# ## What a program is
#
# Compile a graph, and look at what the program has made of it. First its gates; products and their sum have become
# one, written Σ·:

# %%
inputs = [Value(0.0, "x1"), Value(0.0, "x2")]
program = autograd.compile(tiny(inputs), inputs=inputs)
viz.draw(program, stage="gates")

# %% [markdown]
# And now what it runs. All the multiplications and additions of a layer, for all rows of a batch, have become one
# matrix product. The network you drew gate by gate and the one that runs fast are one graph.

# %%
viz.draw(program)

# %%
print(program)

rows = np.array([[0.5, -1.0], [1.0, -0.5], [2.0, 0.2]])
outputs = program.forward(rows)
print("\nthree rows at once:", outputs.round(4))
assert np.allclose(outputs, [tiny(row).data for row in rows.tolist()])

# %% [markdown]
# A program can also write itself down as plain Python, forward and backward, as one would by hand. For a single
# neuron:

# %%
w, x, b = Value(2.0, "w"), Value(0.0, "x"), Value(-1.0, "b")
print(autograd.compile(autograd.sigmoid(w * x + b), inputs=[x]).source())

# %% [markdown]
# ## Learned, or learned by heart?
#
# Few points, much noise, and a network with far more parameters than points. We keep other points aside, which are
# never trained on, and measure the loss on both.

# %%
few, held = data.moons(40, noise=0.3, seed=1), data.moons(200, noise=0.3, seed=2)


def large():
    return nn.MLP(2, [32, 32, 1], activation="tanh", output="sigmoid", seed=0)


settings = {"loss": nn.losses.binary_cross_entropy, "held_out": held, "epochs": 400}
network = large()
history = nn.fit(network, *few, optimizer=nn.optim.Adam(lr=0.01), **settings)
best = 1 + int(np.argmin(history.held_out_loss))

print(f"{len(network.parameters())} parameters, {len(few.X)} points")
lowest, last = min(history.held_out_loss), history.held_out_loss[-1]
print(f"held-out loss: {lowest:.3f} at its best, epoch {best}; {last:.3f} in the end")
assert history.loss[-1] < 0.05
assert history.held_out_loss[-1] > 1.5 * min(history.held_out_loss)

plots.history(history)

# %% [markdown]
# The training loss falls and falls. The held-out loss turns round: from there on the network learns the noise by
# heart. This is **overfitting**, and only held-out data can show it. Remedies: more data, a smaller network, a
# price on large weights (`l2=`), or simply **stopping early**:

# %%
network = large()
stopping = nn.EarlyStopping(patience=80)
history = nn.fit(network, *few, optimizer=nn.optim.Adam(lr=0.01), callbacks=stopping, **settings)
print(history.stopped, "after", history.epochs, "epochs")
assert history.epochs < 400
kept = nn.losses.binary_cross_entropy(nn.predict(network, held.X), held.y).data
assert np.isclose(kept, min(history.held_out_loss))

# %% [markdown]
# ## Handwritten digits
#
# 1,797 images of 8 × 8 points, and which digit each of them is meant to be.

# %%
digits = load_digits()
assert digits.data.shape == (1797, 64)

figure, axes = plt.subplots(2, 10, figsize=(8, 2))
for axis, image, label in zip(axes.ravel(), digits.images, digits.target, strict=False):
    axis.imshow(image, cmap="gray_r")
    axis.set_title(label, fontsize=8)
    axis.axis("off")
plt.show()

# %%
start = time.perf_counter()
train, held = data.split(digits.data / 16, digits.target, 0.2, stratify=True, seed=0)
model = nn.MLP(64, [32, 10], activation="relu", seed=0)
history = nn.fit(
    model,
    train.X,
    train.y,
    loss=nn.losses.sparse_categorical_cross_entropy,
    optimizer=nn.optim.Adam(lr=0.005),
    epochs=30,
    batch_size=32,
    seed=0,
    held_out=(held.X, held.y),
    metrics=["accuracy"],
)
seconds = time.perf_counter() - start

print(model)
print(f"held-out accuracy {history['held_out_accuracy'][-1]:.1%}")
assert history["held_out_accuracy"][-1] >= 0.95
assert seconds < 30, seconds

# %%
plots.history(history)

# %% [markdown]
# It took seconds: 30 epochs of 45 mini-batches, each a forward and backward pass of all these gates for 32 images:

# %%
leaves = [Value(0.0) for _ in range(64)]
one_image = nn.losses.sparse_categorical_cross_entropy(model(leaves), 3)
gates = sum(node.gate is not None for node in autograd.topological_order(one_image))
print(f"{gates:,} gates × {len(train.X):,} images × {history.epochs} epochs, forward and backward")
assert len(history.step_losses) == 30 * 45

# %% [markdown]
# The images it gets wrong, with what it took them for. Would you have done better?

# %%
decided = nn.predict(model, held.X).argmax(axis=1)
wrong = np.flatnonzero(decided != held.y)
figure, axes = plt.subplots(1, 8, figsize=(8, 1.4))
for axis in axes:
    axis.axis("off")
for axis, i in zip(axes, wrong, strict=False):
    axis.imshow(held.X[i].reshape(8, 8), cmap="gray_r")
    axis.set_title(f"{held.y[i]} as {decided[i]}", fontsize=8)
plt.show()
print(f"{len(wrong)} of {len(held.y)} are wrong")

# %% [markdown]
# ## Your turn
#
# 1,000 rows, batches of 32, 5 epochs. How many updates of the parameters is that? (The last batch of an epoch is
# smaller.)

# %%
answer = None  # a whole number

if answer is None:
    print("Waiting for your answer.")
else:
    rows = data.line(1000, seed=0)
    mse, line = nn.losses.mean_squared_error, nn.LinearRegression(1)
    record = nn.fit(line, rows.X, rows.y, loss=mse, epochs=5, batch_size=32, seed=0)
    assert answer != 5 * (1000 // 32), (
        "Almost: each epoch has a smaller batch at its end, which counts too."
    )
    assert answer == len(record.step_losses), (
        "No: count the batches of one epoch first. rows = size × iterations."
    )
    print("Right.")

# %% [markdown]
# <details><summary>Solution</summary>
#
# 31 full batches are 992 rows; one more batch holds the other 8.
#
# ```python
# answer = 5 * (31 + 1)
# ```
#
# </details>
#
# ## What to read next
#
# - [12 · Names](12-names.ipynb): a transformer made of scalars, which makes up names.
# - Andrej Karpathy, [A Recipe for Training Neural Networks](https://karpathy.github.io/2019/04/25/recipe/).
# - The digits are from Alpaydin and Kaynak, *Optical Recognition of Handwritten Digits* (1998), as shipped with
#   scikit-learn.
