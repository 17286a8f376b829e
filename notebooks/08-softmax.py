# %% [markdown]
# # 8 · One of many
#
# *Curriculum items: 14, 15. You need: [notebook 7](07-logistic-regression.ipynb).*
#
# **The question.** Yes or no takes one number. But is this flower a setosa, a versicolor or a virginica? How do
# three numbers that may be anything become three probabilities, and what is there to minimize?

# %% [markdown]
# ## The picture
#
# A layer with three outputs gives three numbers, the **logits**. **Softmax** makes probabilities of them:
#
# $$p_i = \frac{e^{z_i}}{\sum_j e^{z_j}}$$

# %%
import math

import numpy as np
from sklearn.datasets import load_iris

import nn
import viz
from autograd import Value, exp, grad
from nn import data
from nn.functional import argmax, one_hot, sigmoid, softmax
from viz import plots

z = [Value(2.0, "z0"), Value(1.0, "z1"), Value(0.0, "z2")]
powers = [exp(each) for each in z]
total = sum(powers)
p0, p1, p2 = (power / total for power in powers)
viz.draw([p0, p1, p2])

# %%
p = softmax([2.0, 1.0, 0.0])
print("softmax(2, 1, 0) =", [round(each, 3) for each in p], "sum", round(sum(p), 12))

e = math.e
by_hand = [e**2 / (e**2 + e + 1), e / (e**2 + e + 1), 1 / (e**2 + e + 1)]
assert np.allclose(p, by_hand)
assert np.allclose([p0.data, p1.data, p2.data], by_hand)

# %% [markdown]
# Two things were wanted, and two things are done: $e^z$ is **positive** whatever $z$ is, and dividing by the total
# makes the **sum 1**.
#
# ## Why e?
#
# With a base of 2 or 10 it would also work: the probabilities would only be less or more extreme, as if all logits
# were multiplied by $\log 2$ or $\log 10$. With $e$ the slopes are simplest, because $e^z$ is its own slope, and
# the logits keep the meaning they had in [notebook 7](07-logistic-regression.ipynb): the *difference* of two logits
# is the logarithm of the odds between the two classes.


# %%
def with_base(base, z):
    powers = [base**each for each in z]
    return [power / sum(powers) for power in powers]


for base in (2, math.e, 10):
    print(f"base {base:6.3f}:", [round(each, 3) for each in with_base(base, [2.0, 1.0, 0.0])])

assert np.allclose(with_base(2, [2.0, 1.0, 0.0]), softmax([2 * math.log(2), math.log(2), 0.0]))
assert math.isclose(math.log(p[0] / p[1]), 2.0 - 1.0)  # log-odds between classes 0 and 1

# %% [markdown]
# Only differences count. Add the same number to all logits, and nothing changes:

# %%
print([round(each, 3) for each in softmax([1002.0, 1001.0, 1000.0])])
assert np.allclose(softmax([1002.0, 1001.0, 1000.0]), p)

# %% [markdown]
# (That also saves the computation: $e^{1000}$ is larger than any float. Before the exponentials are taken, the
# largest logit is subtracted from all.)
#
# ## Softmax is not a row of sigmoids
#
# The sigmoid takes *one* number and answers one question. Softmax takes the whole *vector*: raise one logit, and
# all other probabilities fall. For two classes they are the same thing, with the second logit held at 0:

# %%
print(f"sigmoid(1.5) = {sigmoid(1.5):.4f}, softmax(1.5, 0)[0] = {softmax([1.5, 0.0])[0]:.4f}")
assert math.isclose(sigmoid(1.5), softmax([1.5, 0.0])[0])

ps = softmax(z)
print("slopes of p0 by z0, z1, z2:", [round(each, 4) for each in grad(ps[0], z)])
assert np.allclose(grad(ps[0], z), [p[0] * (1 - p[0]), -p[0] * p[1], -p[0] * p[2]])

# %% [markdown]
# A layer with $l$ outputs on a batch of $N$ rows gives a table of $N \times l$ logits; softmax works on each row by
# itself.
#
# ## The loss: three ways to write one thing
#
# The model says $q = (0.1, 0.2, 0.7)$, and the right class is the last. How likely did it hold what happened? 0.7.
# So the loss is $-\log 0.7$, just as before.
#
# - The target as a **one-hot** row, (0, 0, 1): *categorical cross entropy*, $-\sum_i t_i \log q_i$. Two of the
#   three terms are 0.
# - The target as a class number, 2: *sparse categorical cross entropy*, $-\log q_2$. Sparse, because the zeros
#   aren't written.
# - With two classes: *binary cross entropy*, which you met in [notebook 7](07-logistic-regression.ipynb).

# %%
q, target = [0.1, 0.2, 0.7], one_hot(2, 3)
categorical = -sum(t * math.log(each) for t, each in zip(target, q, strict=True))
print(f"one-hot {target} and class 2: {categorical:.4f} = −log 0.7 = {-math.log(0.7):.4f}")

logits = [math.log(each) for each in q]  # softmax gives q back
with_row = nn.losses.categorical_cross_entropy(logits, target).data
with_number = nn.losses.sparse_categorical_cross_entropy(logits, 2).data
binary = nn.losses.binary_cross_entropy([0.7], [1]).data
assert np.allclose([with_row, with_number, binary, categorical], -math.log(0.7))

# %% [markdown]
# The losses of this library take the *logits*, and do softmax and logarithm in one go: exact, however extreme the
# logits are. And its gradient is again as simple as could be: **prediction minus target**.

# %%
loss = nn.losses.sparse_categorical_cross_entropy(z, 2)
slopes = grad(loss, z)
print("softmax:      ", [round(each, 3) for each in p])
print("one-hot:      ", one_hot(2, 3))
print("the gradient: ", [round(each, 3) for each in slopes])
assert np.allclose(slopes, np.array(p) - one_hot(2, 3))

loss.backward()
viz.draw(loss)

# %% [markdown]
# (The gate "lse" is $\log \sum e^z$, in one piece, so that nothing overflows.) Read the gradient as three forces:
# the two wrong logits are pushed down by as much as they were believed, the right one is pulled up by as much as is
# missing. The forces balance.
#
# ## Why not train for the right answer itself?
#
# In the end we want a *decision*: the class with the largest logit, `argmax`, and a high **accuracy**, the share of
# right decisions. Why not minimize the errors? Wiggle a logit and see: almost always, *nothing* changes. Argmax is
# flat, with sudden steps. Its gradient is zero, and zero says nothing about where to go.


# %%
def wrong(logits):
    return float(argmax(logits) != 2)


def cross_entropy(logits):
    return nn.losses.sparse_categorical_cross_entropy(logits, 2).data


h = 1e-4
for name, measure in (("errors", wrong), ("cross entropy", cross_entropy)):
    here = measure([2.0, 1.0, 0.0])
    wiggled = np.array([2.0, 1.0, 0.0]) + h * np.eye(3)
    slopes = [(measure(row) - here) / h for row in wiggled]
    print(f"{name:<14}{here:.3f}, moves by", [round(slope, 3) + 0.0 for slope in slopes])

assert wrong([2.0, 1.0, 0.0]) == wrong([2.0 + h, 1.0, 0.0]) == 1.0

# %% [markdown]
# So: softmax and cross entropy for training, argmax and accuracy for judging.
#
# ## Real data: irises
#
# 150 flowers, four lengths of each (in centimetres), three species.

# %%
table = load_iris()
train, held = data.split(table.data, table.target, 0.3, stratify=True, seed=0)
scaled, scaling = data.standardize(train.X)
assert table.data.shape == (150, 4)

model = nn.SoftmaxRegression(4, 3)
history = nn.fit(
    model,
    scaled,
    train.y,
    loss=nn.losses.sparse_categorical_cross_entropy,
    optimizer=nn.optim.Adam(lr=0.1),
    epochs=200,
    held_out=(scaling(held.X), held.y),
    metrics=["accuracy"],
)
print(model)
print(f"held-out accuracy {history['held_out_accuracy'][-1]:.1%}")
assert history["held_out_accuracy"][-1] >= 0.93

# %%
logits = nn.predict(model, scaling(held.X))
print("logits of the first three rows, a table of N × 3:")
print(logits[:3].round(1))
print("probabilities:")
print(np.array([softmax(row) for row in logits[:3].tolist()]).round(3))
print("classes:", *[table.target_names[argmax(row)] for row in logits[:3].tolist()])

# %% [markdown]
# With only length and width of the petals (standardized) we can draw what it has learned: each colour is where one
# class is the likeliest. The borders are straight, as one layer's must be.

# %%
petals, _ = data.standardize(table.data[:, 2:])
small = nn.SoftmaxRegression(2, 3)
sparse = nn.losses.sparse_categorical_cross_entropy
nn.fit(small, petals, table.target, loss=sparse, optimizer=nn.optim.Adam(lr=0.1), epochs=300)

plots.decision_boundary(small, petals, table.target)

# %% [markdown]
# ## Your turn
#
# The logits are $(\log 1, \log 1, \log 2)$, that is about $(0, 0, 0.69)$, and the right class is the last one. What
# is the gradient of the cross entropy by the three logits? No calculator is needed.

# %%
answer = None  # three numbers

if answer is None:
    print("Waiting for your answer.")
else:
    z = [Value(math.log(each)) for each in (1, 1, 2)]
    loss = nn.losses.sparse_categorical_cross_entropy(z, 2)
    assert len(answer) == 3, "Three numbers are wanted, one for each logit."
    assert abs(sum(answer)) < 1e-9, (
        "Prediction minus target: both sum to 1, so the three numbers sum to 0."
    )
    assert np.allclose(answer, grad(loss, z)), (
        "First softmax: what is e to the log? Then subtract (0, 0, 1)."
    )
    print("Right.")

# %% [markdown]
# <details><summary>Solution</summary>
#
# $e^{\log 1}, e^{\log 1}, e^{\log 2}$ are 1, 1 and 2; divided by their total they are the probabilities. Subtract
# the one-hot target.
#
# ```python
# answer = [1 / 4, 1 / 4, 2 / 4 - 1]
# ```
#
# </details>
#
# ## What to read next
#
# - [9 · Information](09-information.ipynb): what a logarithm of a probability *means*.
# - Goodfellow, Bengio, Courville, [Deep Learning](https://www.deeplearningbook.org/), section 6.2.2.
# - The data are Ronald Fisher's (1936), as shipped with scikit-learn.
