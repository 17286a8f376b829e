# %% [markdown]
# # 6 · Lines through data
#
# *Curriculum items: 11. You need: [notebook 4](04-neurons.ipynb).*
#
# **The question.** Which line fits a cloud of points best? Algebra has an answer in one formula; learning has an
# answer in many small steps. Do they find the same line?

# %% [markdown]
# ## The picture
#
# Three points, and one neuron without activation: $\hat y = wx + b$. How wrong it is, is measured by the **mean
# squared error**
#
# $$\text{MSE} = \frac1N \sum_i (\hat y_i - y_i)^2$$
#
# The whole thing, points and loss, is one graph:

# %%
import math

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_diabetes

import nn
import viz
from autograd import Value
from nn import data

plt.rcParams["figure.figsize"] = (5, 3)

points = [(0.0, 1.0), (1.0, 2.0), (2.0, 6.0)]
w, b = Value(1.0, "w"), Value(0.0, "b")

loss = sum((w * x + b - y) ** 2 for x, y in points) / len(points)
loss.backward()
viz.draw(loss)

# %% [markdown]
# Check it by hand. At $w = 1$, $b = 0$ the line says 0, 1, 2; the points say 1, 2, 6. The errors are −1, −1, −4.
#
# - The loss is the mean of their squares.
# - The gradient by $b$ is the mean of $2 \cdot \text{error}$; by $w$ the mean of $2 \cdot \text{error} \cdot x$.

# %%
errors = [1 * x + 0 - y for x, y in points]
print("errors", errors)
print(f"loss {loss.data:g}, gradient by b {b.grad:g}, by w {w.grad:g}")

assert errors == [-1, -1, -4]
assert loss.data == (1 + 1 + 16) / 3
assert math.isclose(b.grad, 2 * (-1 - 1 - 4) / 3)
assert math.isclose(w.grad, 2 * (-1 * 0 - 1 * 1 - 4 * 2) / 3)

# %% [markdown]
# Both gradients are negative: the line should rise, and be steeper.
#
# ## Two ways to the best line
#
# **Downhill.** Move $w$ and $b$ a little against their gradients; measure again; repeat.

# %%
rate = 0.1
path = []
for _ in range(300):
    loss = sum((w * x + b - y) ** 2 for x, y in points) / len(points)
    path.append(loss.data)
    w.grad = b.grad = 0.0
    loss.backward()
    w.data -= rate * w.grad
    b.data -= rate * b.grad

print(f"w = {w.data:.6f}, b = {b.data:.6f}, loss {path[0]:.3f} → {path[-1]:.3f}")

# %% [markdown]
# **Algebra.** At the best line all gradients are 0. For MSE these are linear equations, the **normal equations**:
# with a column of ones beside $X$ for the bias,
#
# $$(X^\top X) \begin{pmatrix} w \\ b \end{pmatrix} = X^\top y$$

# %%
X = np.array([[x, 1.0] for x, _ in points])
y = np.array([y for _, y in points])
best_w, best_b = np.linalg.solve(X.T @ X, X.T @ y)
print(f"w = {best_w:.6f}, b = {best_b:.6f}")

assert np.allclose([w.data, b.data], [best_w, best_b], atol=1e-6)
assert np.allclose([best_w, best_b], [5 / 2, 1 / 2])

# %% [markdown]
# The same line. So why go downhill at all? Because for almost every other model there is no formula, but there is
# always a gradient.

# %%
xs = np.array([-0.3, 2.3])
plt.plot(xs, best_w * xs + best_b, color="#005A8F")
for x, y in points:
    plt.plot([x, x], [y, best_w * x + best_b], color="#B34700")
    plt.plot(x, y, "o", color="#B34700")
plt.show()

# %% [markdown]
# ## Real data, one variable
#
# 442 people with diabetes: body measurements, and a number for how the disease had progressed a year later. First
# only the body mass index. We keep a fifth of the people aside and judge by them: a model is worth what it says
# about people it has not seen.

# %%
table = load_diabetes(scaled=False)
train, held = data.split(table.data, table.target, 0.2, seed=0)
scaled, scaling = data.standardize(train.X)
held_scaled = scaling(held.X)
assert len(table.data) == 442

mse = nn.losses.mean_squared_error
bmi = table.feature_names.index("bmi")
line = nn.LinearRegression(1)
nn.fit(line, scaled[:, [bmi]], train.y, loss=mse, optimizer=nn.optim.GradientDescent(lr=0.1))
slope, intercept = (p.data for p in line.parameters())

plt.scatter(train.X[:, bmi], train.y, s=8, color="#005A8F")
ends = np.array([train.X[:, bmi].min(), train.X[:, bmi].max()])
ends_scaled = (ends - scaling.mean[bmi]) / scaling.scale[bmi]
plt.plot(ends, slope * ends_scaled + intercept, color="#B34700")
plt.xlabel("body mass index")
plt.ylabel("progression")
plt.show()


# %%
def r2(predictions, targets):
    """The share of the targets' variance that is explained: 1 is all, 0 is none."""
    return 1 - np.mean((predictions - targets) ** 2) / np.var(targets)


r2_line = r2(nn.predict(line, held_scaled[:, [bmi]]), held.y)
print(f"of the variance of unseen people, one variable explains {r2_line:.0%}")

# %% [markdown]
# ## Many variables
#
# With $k$ variables a neuron has $k$ weights, and the picture has $k$ more branches; nothing else changes. Here are
# all ten variables. Some of them say nearly the same as others (there are six blood values), which makes a long
# narrow valley, so we let the steps gather momentum ([notebook 10](10-descent.ipynb)).

# %%
plane = nn.LinearRegression(10)
optimizer = nn.optim.SGD(lr=0.05, momentum=0.9)
nn.fit(plane, scaled, train.y, loss=mse, optimizer=optimizer, epochs=6000)

with_ones = np.column_stack([scaled, np.ones(len(scaled))])
solution = np.linalg.solve(with_ones.T @ with_ones, with_ones.T @ train.y)

print("variable   descent   algebra")
weights = [parameter.data for parameter in plane.parameters()]
for name, found, exact in zip([*table.feature_names, "bias"], weights, solution, strict=True):
    print(f"{name:<8}{found:10.4f}{exact:10.4f}")

assert np.allclose(weights, solution, atol=1e-4)

# %%
r2_plane = r2(nn.predict(plane, held_scaled), held.y)
print(f"of the variance of unseen people, one variable explains {r2_line:.0%}, ten {r2_plane:.0%}")
assert r2_plane > r2_line > 0

# %% [markdown]
# Thousands of steps over hundreds of rows, and it took a moment. The neuron's graph was recorded once and replayed
# for all rows together, as matrices; [notebook 11](11-training.ipynb) looks into that.
#
# ## Your turn
#
# The simplest model of all has no $w$: it says the same number $b$ for every point. For the targets 1, 2 and 6,
# which $b$ has the smallest mean squared error? Set the gradient to 0.

# %%
answer = None  # your number

if answer is None:
    print("Waiting for your answer.")
else:
    b = Value(float(answer))
    loss = sum((b - y) ** 2 for _, y in points) / len(points)
    loss.backward()
    assert abs(b.grad) < 1e-9, (
        f"At b = {answer:g} the slope of the loss is {b.grad:g}, so going on downhill helps."
    )
    print("Right: the slope is 0 there. It is a number you have known since school.")

# %% [markdown]
# <details><summary>Solution</summary>
#
# The gradient is the mean of $2(b - y_i)$. It is 0 where $b$ is the mean of the targets.
#
# ```python
# answer = (1 + 2 + 6) / 3
# ```
#
# </details>
#
# ## What to read next
#
# - [7 · Yes or no](07-logistic-regression.ipynb): what if the target is not a number, but yes or no?
# - James, Witten, Hastie, Tibshirani, [An Introduction to Statistical Learning](https://www.statlearning.com/),
#   chapter 3.
# - The data are from Efron, Hastie, Johnstone, Tibshirani, *Least Angle Regression* (2004), as shipped with
#   scikit-learn.
