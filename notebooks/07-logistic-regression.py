# %% [markdown]
# # 7 · Yes or no
#
# *Curriculum items: 10, 12, 13. You need: notebooks [4](04-neurons.ipynb) and [6](06-linear-regression.ipynb).*
#
# **The question.** A model says: "malignant, with probability 0.99", and it is wrong. How badly should it be
# punished? Choose wrongly, and the models that are most wrong learn the least.

# %% [markdown]
# ## The picture
#
# A neuron whose activation is the sigmoid gives a number between 0 and 1. We read it as the probability of "yes".
# This is **logistic regression**.

# %%
import math

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_breast_cancer

import nn
import viz
from autograd import Value, derivative, log, sigmoid
from nn import data
from nn.functional import logit, odds
from viz import plots

plt.rcParams["figure.figsize"] = (5, 3)

w, x, b = Value(2.0), Value(1.0, requires_grad=False), Value(-1.0)
p = sigmoid(w * x + b)
loss = -log(p)
loss.backward()

viz.draw(loss)

# %% [markdown]
# ## Odds, logit, sigmoid
#
# Why the sigmoid, of all curves? Start from how people bet. The **odds** of an event are $\frac{p}{1 - p}$: a
# probability of 3/4 is odds of 3 to 1. Odds go from 0 to infinity. Their logarithm, the **logit**, goes from minus
# to plus infinity, and is 0 where yes and no are equally likely. That is a number a neuron's sum can be!

# %%
print("   p    odds    logit   sigmoid(logit)")
for p in (0.1, 0.25, 0.5, 0.75, 0.9):
    print(f"{p:4.2f}  {odds(p):6.3f}  {logit(p):7.3f}   {sigmoid(logit(p)):.2f}")
    assert math.isclose(sigmoid(logit(p)), p)

assert odds(0.75) == 3
assert logit(0.5) == 0

# %% [markdown]
# The sigmoid is the logit turned round: it takes a neuron's sum, reads it as log-odds, and gives the probability.
# Solve $z = \log \frac{p}{1-p}$ for $p$ and you get $p = \frac{1}{1 + e^{-z}}$.

# %%
ps, zs = np.linspace(0.003, 0.997, 200), np.linspace(-6, 6, 200)
figure, axes = plt.subplots(1, 2, figsize=(8, 3))
axes[0].plot(ps, [logit(float(p)) for p in ps], color="#005A8F")
axes[0].set(title="logit: from probability to log-odds", xlabel="p")
axes[1].plot(zs, [sigmoid(float(z)) for z in zs], color="#B34700")
axes[1].set(title="sigmoid: from log-odds to probability", xlabel="z")
plt.tight_layout()
plt.show()

# %% [markdown]
# So each weight has a meaning: if $x_1$ goes up by 1, the odds are multiplied by $e^{w_1}$.

# %%
w1, z = 0.7, 0.4
before, after = odds(sigmoid(z)), odds(sigmoid(z + w1))
print(f"odds {before:.3f} → {after:.3f}, a factor of {after / before:.3f}")
print(f"e to the {w1}: {math.exp(w1):.3f}")
assert math.isclose(after / before, math.exp(w1))

# %% [markdown]
# ## The likeliest weights
#
# Say the model gives rain the probabilities 0.8, 0.4 and 0.9 for three days, and it rained on the first and the
# third. How likely was what happened, if the model is right? Multiply: $0.8 \cdot (1 - 0.4) \cdot 0.9$. Good
# weights make what happened likely: **maximum likelihood**.
#
# A product of many small numbers is awkward, so take its logarithm, and a minus, to have something to go *down*.
# Per row, with target $t$ (1 or 0), this is **binary cross entropy**:
#
# $$-\bigl(t \log p + (1 - t) \log (1 - p)\bigr)$$

# %%
probabilities, targets = [0.8, 0.4, 0.9], [1, 0, 1]
likelihood = 0.8 * (1 - 0.4) * 0.9
loss = nn.losses.binary_cross_entropy(probabilities, targets)
print(f"likelihood {likelihood:.3f}, −log(likelihood) / 3 = {-math.log(likelihood) / 3:.4f}")
print(f"mean binary cross entropy  {loss.data:.4f}")

assert math.isclose(loss.data, -math.log(likelihood) / 3)

# %% [markdown]
# ## Why not the squared error?
#
# It would also be 0 for a perfect model. But look at the *surface*: the loss as a function of the weight and the
# bias, for a few points with "yes" to the right, and one outlier.

# %%
xs = [-2.0, -1.0, -0.5, 0.5, 1.0, 2.0, -4.0]
ts = [0, 0, 0, 1, 1, 1, 1]


def surface(loss_of_row):
    """The function (w, b) -> mean loss."""

    def height(w, b):
        rows = zip(xs, ts, strict=True)
        return sum(loss_of_row(sigmoid(w * x + b), t) for x, t in rows) / len(xs)

    return height


squared = surface(lambda p, t: (p - t) ** 2)
entropy = surface(lambda p, t: -log(p) if t == 1 else -log(1 - p))

ws, bs = np.linspace(-5, 8, 70), np.linspace(-6, 6, 60)
surfaces = {"mean squared error": squared, "cross entropy": entropy}
figure, axes = plt.subplots(1, 2, figsize=(9, 3.6), subplot_kw={"projection": "3d"})
for axis, (name, height) in zip(axes, surfaces.items(), strict=True):
    heights = np.array([[height(float(w), float(b)) for w in ws] for b in bs])
    axis.plot_surface(*np.meshgrid(ws, bs), heights, cmap="viridis")
    axis.set(title=name, xlabel="w", ylabel="b")
plt.show()

# %% [markdown]
# Cross entropy is a bowl: **convex**, wherever you start, downhill leads to the one best point. The squared error
# has flat plateaus and a ridge: far out its slope is nearly 0 though the loss is large.
#
# A function of one variable is convex if its second derivative is nowhere negative. We can measure that, walking
# along $w$ with $b = 0$: differentiate twice.

# %%
walk = np.linspace(-5, 8, 80)
curvature = {}
for name, function in (("squared error", squared), ("cross entropy", entropy)):
    second = derivative(derivative(lambda w, f=function: f(w, 0.0)))
    curvature[name] = [second(float(w)) for w in walk]
    lowest, highest = min(curvature[name]), max(curvature[name])
    print(f"{name:<14} second derivative from {lowest:.4f} to {highest:.4f}")

assert min(curvature["squared error"]) < -0.01  # not convex
assert min(curvature["cross entropy"]) >= 0  # convex

# %% [markdown]
# ## Outliers
#
# Could we not fit a *straight line* to the targets 0 and 1, and say yes above one half? Put one point far to the
# right, a clear yes. The line bends down to it, and the border moves; logistic regression shrugs: that point was
# right already.

# %%
clear = (np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0]), np.array([0, 0, 0, 1, 1, 1]))
far = (np.append(clear[0], 30.0), np.append(clear[1], 1))


def border(model, loss, rows):
    """Where the model, trained on the rows, changes from no to yes."""
    X, t = rows
    adam = nn.optim.Adam(lr=0.1)
    nn.fit(model, X[:, None], t, loss=loss, optimizer=adam, epochs=2000, l2=1e-4)
    grid = np.linspace(0, 30, 3001)
    return float(grid[np.argmax(nn.predict(model, grid[:, None]) > 0.5)])


moves = {}
for name, kind, loss in (
    ("straight line", nn.LinearRegression, nn.losses.mean_squared_error),
    ("logistic", nn.LogisticRegression, nn.losses.binary_cross_entropy),
):
    without, with_far = border(kind(1), loss, clear), border(kind(1), loss, far)
    moves[name] = with_far - without
    print(f"{name:<14} border at {without:.2f}, with the far point at {with_far:.2f}")

assert abs(moves["straight line"]) > 0.5
assert abs(moves["logistic"]) < 0.1

# %% [markdown]
# ## Badly wrong, and slow to learn
#
# Now the question from the beginning. Let the target be 0 and look at the gradient that reaches the neuron's sum
# $z$, under both losses.
#
# - Squared error: $2 (p - t) \cdot p (1 - p)$. The sigmoid's slope stays in it.
# - Cross entropy: the slope $p(1-p)$ in front cancels against the $\frac{1}{p(1-p)}$ of the logarithms, and what is
#   left is the simplest thing there could be: $p - t$.


# %%
def squared_error(z):
    return (sigmoid(z) - 0.0) ** 2


def cross_entropy(z):
    return nn.losses.binary_cross_entropy_with_logits(z, 0)


curves = {"squared error": squared_error, "cross entropy": cross_entropy}
colours = {"squared error": "#B34700", "cross entropy": "#005A8F"}
zs = np.linspace(-6, 8, 141)
for name, loss in curves.items():
    slopes = [derivative(loss)(float(z)) for z in zs]
    plt.plot(zs, slopes, label=name, color=colours[name])
plt.xlabel("z (target: no)")
plt.ylabel("gradient by z")
plt.legend()
plt.show()

for z in (0.0, 3.0, 6.0):
    p = sigmoid(z)
    by_mse, by_ce = derivative(squared_error)(z), derivative(cross_entropy)(z)
    print(f"z = {z:g}, p = {p:.3f}: squared error {by_mse:.4f}, cross entropy {by_ce:.4f}")
    assert math.isclose(by_mse, 2 * (p - 0) * p * (1 - p))
    assert math.isclose(by_ce, p - 0, rel_tol=1e-9)

# %% [markdown]
# To the right the neuron is sure, and wrong. Cross entropy pushes with nearly 1. The squared error hardly pushes at
# all. In training it looks like this. One neuron, input 1, target 0, started badly, $w = b = 2$:

# %%
losses = {
    "squared error": nn.losses.mean_squared_error,
    "cross entropy": nn.losses.binary_cross_entropy,
}
outputs = {}
for name, loss in losses.items():
    neuron = nn.Neuron(1, activation="sigmoid")
    neuron.load_state_dict({"w.0": 2.0, "b": 2.0})
    seen = outputs[name] = []
    nn.fit(
        neuron,
        [[1.0]],
        [0.0],
        loss=loss,
        optimizer=nn.optim.GradientDescent(lr=0.15),
        epochs=300,
        callbacks=lambda epoch, seen=seen: seen.append(epoch.model([1.0]).data),
    )
    plt.plot(seen, label=name, color=colours[name])
    print(f"{name:<14} output after 50 steps {seen[49]:.2f}, after 300 {seen[-1]:.2f}")

plt.xlabel("steps")
plt.ylabel("the neuron's output (0 is right)")
plt.legend()
plt.show()

assert outputs["squared error"][49] > 0.8
assert outputs["cross entropy"][49] < 0.2

# %% [markdown]
# ## Real data: is a tumour benign?
#
# 569 tumours, 30 measurements of cell nuclei each, and what they turned out to be. (1 is benign.)

# %%
table = load_breast_cancer()
train, held = data.split(table.data, table.target, 0.25, stratify=True, seed=0)
scaled, scaling = data.standardize(train.X)
held_scaled = scaling(held.X)
assert table.data.shape == (569, 30)

model = nn.LogisticRegression(30)
history = nn.fit(
    model,
    scaled,
    train.y,
    loss=nn.losses.binary_cross_entropy,
    optimizer=nn.optim.Adam(lr=0.05),
    epochs=150,
    l2=0.001,
    held_out=(held_scaled, held.y),
    metrics=["accuracy"],
)
print(f"held-out accuracy {history['held_out_accuracy'][-1]:.1%}")
assert history["held_out_accuracy"][-1] >= 0.95

plots.history(history)

# %% [markdown]
# And is that good? scikit-learn's logistic regression, on the same rows:

# %%
from sklearn.linear_model import LogisticRegression

theirs = LogisticRegression(max_iter=1000).fit(scaled, train.y).score(held_scaled, held.y)
ours = history["held_out_accuracy"][-1]
print(f"held-out accuracy: {ours:.1%} here, {theirs:.1%} there")
assert ours >= theirs - 0.015

# %% [markdown]
# ## Your turn
#
# A neuron says $p = 0.8$, and the target is 1. What are the odds? And what is the gradient of binary cross entropy
# by the neuron's sum $z$?

# %%
answer = None  # two numbers: [odds, gradient]

if answer is None:
    print("Waiting for your answer.")
else:
    z = Value(math.log(0.8 / 0.2))
    nn.losses.binary_cross_entropy_with_logits(z, 1).backward()
    assert len(answer) == 2, "Two numbers are wanted: the odds, and the gradient."
    assert math.isclose(answer[0], 0.8 / 0.2), "Odds are p to 1 − p."
    assert not math.isclose(answer[1], -z.grad), (
        "Mind the sign: z should go up, so its gradient is negative."
    )
    assert math.isclose(answer[1], z.grad), (
        "No: the slope of the sigmoid cancels, and prediction − target is left."
    )
    print("Right, both.")

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# answer = [0.8 / (1 - 0.8), 0.8 - 1]
# ```
#
# </details>
#
# ## What to read next
#
# - [8 · One of many](08-softmax.ipynb): from yes and no to many classes.
# - Michael Nielsen, [Neural Networks and Deep Learning](http://neuralnetworksanddeeplearning.com/chap3.html),
#   chapter 3, where the slow neuron is from.
# - The data are from Wolberg, Street, Mangasarian, *Breast Cancer Wisconsin (Diagnostic)* (1993), as shipped with
#   scikit-learn.
