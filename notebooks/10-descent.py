# %% [markdown]
# # 10 · Going downhill
#
# *Curriculum items: 17, 18, 19. You need: [notebook 1](01-a-graph-is-a-formula.ipynb).*
#
# **The question.** You stand on a hillside in thick fog and want to get to the valley. All you can feel is the
# slope under your feet. How large should your steps be, and what do you do in a hollow half way down?

# %% [markdown]
# ## The picture
#
# One weight, one loss: $(w - 3)^2$. Its minimum is at 3, but the walker doesn't know. The gradient says which way
# is up.

# %%
import math

import matplotlib.pyplot as plt
import numpy as np

import nn
import viz
from autograd import Value, cos, derivative, value_and_grad
from nn import data, optim
from viz import plots

plt.rcParams["figure.figsize"] = (5, 3)

w = Value(0.0)
loss = (w - 3) ** 2
loss.backward()
viz.draw(loss)

# %% [markdown]
# **Gradient descent** is one line:
#
# $$w_{new} = w - \text{rate} \cdot \text{gradient}$$
#
# By hand, at $w = 0$ with a rate of 0.1: the gradient is $2(0 - 3) = -6$, so the new $w$ is $0 + 0.6$.


# %%
def descend(f, start, rate, steps):
    """The places gradient descent comes through."""
    places = [start]
    for _ in range(steps):
        slope = derivative(f)(places[-1])
        places.append(places[-1] - rate * slope)
    return places


def bowl(w):
    return (w - 3) ** 2


path = descend(bowl, 0.0, 0.1, 5)
print([round(place, 4) for place in path])
assert w.grad == -6
assert math.isclose(path[1], 0.6)

# %% [markdown]
# ## The rate
#
# Too small, and it takes for ever. Too large, and each step leaps over the valley and lands higher up than it was.
# In this bowl you can see why: a step multiplies the distance to the minimum by $1 - 2 \cdot \text{rate}$. It
# shrinks only if that is between −1 and 1.

# %%
rates = (0.01, 0.1, 0.9, 1.02)
figure, axes = plt.subplots(1, 4, figsize=(11, 2.6), sharey=True)
ws = np.linspace(-1.5, 7.5, 100)
for axis, rate in zip(axes, rates, strict=True):
    path = descend(bowl, 0.0, rate, 12)
    axis.plot(ws, (ws - 3) ** 2, color="lightgrey")
    axis.plot(path, [bowl(place) for place in path], "o-", markersize=4, color="#B34700")
    axis.set_title(f"rate {rate}")
plt.show()

# %%
for rate in rates:
    path = descend(bowl, 0.0, rate, 12)
    factor = 1 - 2 * rate
    left = abs(path[-1] - 3)
    print(f"rate {rate:<5} distance times {factor:5.2f} a step; after 12 steps {left:.4f}")
    assert math.isclose(path[-1] - 3, -3 * factor**12)

# %% [markdown]
# At the minimum the slope is 0, so the steps stop by themselves: no one has to say "now you are there".
#
# ## Hollows
#
# The slope is also 0 in a hollow that isn't the deepest: a **local minimum**. Two walkers on a hillside with two
# hollows:


# %%
def hillside(w):
    return (w - 2) ** 2 / 10 + 0.8 * cos(1.5 * w + 0.5)


starts = (-4.0, 4.0)
ws = np.linspace(-4.5, 5, 300)
plt.plot(ws, [hillside(float(place)) for place in ws], color="lightgrey")
ends = {}
for start, colour in zip(starts, ("#005A8F", "#B34700"), strict=True):
    path = descend(hillside, start, 0.1, 100)
    ends[start] = path[-1]
    plt.plot(path, [hillside(place) for place in path], "o-", markersize=3, color=colour)
    print(f"from {start:g} to w = {path[-1]:.3f}, height {hillside(path[-1]):.3f}")
plt.show()

assert abs(derivative(hillside)(ends[-4.0])) < 1e-3  # both have come to rest ...
assert abs(derivative(hillside)(ends[4.0])) < 1e-3
assert hillside(ends[4.0]) < hillside(ends[-4.0]) - 0.5  # ... one of them much higher

# %% [markdown]
# Two remedies. **Start again** somewhere else, several times, and keep the best:

# %%
generator = np.random.default_rng(0)
tries = [descend(hillside, float(start), 0.1, 100)[-1] for start in generator.uniform(-4, 4, 6)]
best = min(tries, key=hillside)
print("ends:", [round(end, 2) for end in tries], "best:", round(best, 2))
assert math.isclose(hillside(best), hillside(ends[4.0]), abs_tol=1e-3)

# %% [markdown]
# Or **move on**: give the walker weight, so that she rolls through small hollows. **Momentum** remembers the steps
# before:
#
# $$v \leftarrow \text{momentum} \cdot v + \text{gradient} \qquad w \leftarrow w - \text{rate} \cdot v$$

# %%
path = nn.descend(hillside, [-4.0], optim.SGD(lr=0.1, momentum=0.8), steps=150)[:, 0].tolist()
plt.plot(ws, [hillside(float(place)) for place in ws], color="lightgrey")
plt.plot(path, [hillside(place) for place in path], "o-", markersize=3, color="#B34700")
plt.show()
print(f"with momentum: from −4 to w = {path[-1]:.3f}, height {hillside(path[-1]):.3f}")
assert abs(path[-1] - ends[4.0]) < 0.05

# %% [markdown]
# ## All rows, one row, some rows
#
# A loss is a mean over rows of data. Which rows does a step look at?
#
# - **Batch**: all rows. The exact gradient, one step for a lot of work.
# - **Stochastic**: one row. A rough idea of the gradient, at once.
# - **Mini-batch**: $n$ rows. In between, and what nearly everybody does.
#
# Words to keep apart: an **iteration** is one forward, one backward, one step. An **epoch** is when all rows have
# had their turn once. So *rows = batch size × iterations in an epoch*.

# %%
X, y = data.line(200, slope=2.0, intercept=-1.0, noise=0.3, seed=0)
mse = nn.losses.mean_squared_error
ways = {"batch": 200, "mini-batch": 20, "stochastic": 1}
histories = {}
for name, size in ways.items():
    line, descent = nn.LinearRegression(1), optim.GradientDescent(lr=0.1)
    histories[name] = nn.fit(
        line, X, y, loss=mse, optimizer=descent, epochs=5, batch_size=size, seed=0
    )
    iterations = len(histories[name].step_losses) // 5
    print(f"{name:<11} batch size {size:>3} × {iterations:>3} iterations = {len(X)} rows")
    assert size * iterations == len(X)

figure, axes = plt.subplots(1, 3, figsize=(10, 2.8), sharey=True)
for axis, (name, history) in zip(axes, histories.items(), strict=True):
    epochs = np.linspace(0, 5, len(history.step_losses), endpoint=False)
    axis.plot(epochs, history.step_losses, color="#005A8F", linewidth=1)
    axis.set(title=name, xlabel="epochs", ylim=(0, 3))
axes[0].set_ylabel("loss of each step")
plt.show()

for name in ("mini-batch", "stochastic"):
    losses = histories[name].step_losses
    assert np.mean(losses[len(losses) * 2 // 5 :]) < 0.2 < histories["batch"].loss[-1]

# %% [markdown]
# After the same five epochs, which all look at each row five times, batch has taken five steps and is still on its
# way. The others arrived within two epochs. But they don't come to rest: each step follows the noise of its few
# rows.
#
# How noisy is the gradient? Measure: many random batches of each size, at one and the same place, and the spread of
# the slopes they report.

# %%
line = nn.LinearRegression(1)
spreads = {}
for size in (1, 5, 20, 100):
    slopes = []
    for _ in range(200):
        chosen = generator.choice(len(X), size)
        gradient = nn.gradients(line, X[chosen], y[chosen], loss=mse)
        slopes.append(gradient["neurons.0.b"])
    spreads[size] = float(np.std(slopes))
    print(f"batch of {size:>3}: slope {np.mean(slopes):.2f} ± {spreads[size]:.2f}")

assert 7 < spreads[1] / spreads[100] < 14

# %% [markdown]
# A batch of 100 costs 100 times as much as one row, and is only about 10 times as precise (the square root). That
# is why mini-batches pay.
#
# ## Optimizers
#
# A long narrow valley is hard: across it the slope is steep, along it almost flat, and one rate must serve both.
# Five walkers on the same surface, $f = \frac12 (x^2 + 25 y^2)$, the same number of steps:
#
# - **gradient descent** zigzags;
# - **momentum** averages the zigzag away and gathers speed along the valley;
# - **Nesterov** momentum looks one step ahead;
# - **RMSProp** divides each slope by its own usual size, so that flat directions get large steps;
# - **Adam** does both, momentum and division.


# %%
def valley(x, y):
    return (x * x + 25 * y * y) / 2


walkers = {
    "gradient descent": optim.GradientDescent(lr=0.07),
    "momentum": optim.SGD(lr=0.02, momentum=0.8),
    "Nesterov": optim.SGD(lr=0.02, momentum=0.8, nesterov=True),
    "RMSProp": optim.RMSProp(lr=0.15, alpha=0.9),
    "Adam": optim.Adam(lr=0.4, betas=(0.8, 0.99)),
}
paths = {}
for name, optimizer in walkers.items():
    path = paths[name] = nn.descend(valley, [-4.0, 1.0], optimizer, steps=60)
    print(f"{name:<17} height {valley(*path[0]):.2f} → {valley(*path[-1]):.1e}")

assert all(valley(*path[-1]) < 0.1 for path in paths.values())
plots.loss_surface(valley, (-4.5, 1.5), (-1.2, 1.2), paths, names=("x", "y"))

# %% [markdown]
# All of them are a few lines. Here is momentum, written out, and compared with the library's:

# %%
x, y = -4.0, 1.0
vx = vy = 0.0
for _ in range(60):
    _, (slope_x, slope_y) = value_and_grad(valley)(x, y)
    vx, vy = 0.8 * vx + slope_x, 0.8 * vy + slope_y
    x, y = x - 0.02 * vx, y - 0.02 * vy

library = paths["momentum"][-1]
print(f"by hand ({x:.6f}, {y:.6f}), library ({library[0]:.6f}, {library[1]:.6f})")
assert np.allclose([x, y], library)

# %% [markdown]
# Which is best? There is no best for all hillsides. Adam with its default constants is where most people start;
# plain descent with momentum often ends a little lower, once you have taken the trouble to find its rate.
#
# ## Your turn
#
# For $f = 2 w^2$ the gradient is $4w$. A step takes $w$ to $w - \text{rate} \cdot 4w$. From which rate on does
# gradient descent no longer get nearer to 0?

# %%
answer = None  # the smallest rate that fails

if answer is None:
    print("Waiting for your answer.")
else:
    below = descend(lambda w: 2 * w * w, 1.0, 0.98 * answer, 200)
    above = descend(lambda w: 2 * w * w, 1.0, 1.02 * answer, 200)
    assert abs(below[-1]) < 1, "A rate just below yours fails already: it must be smaller."
    assert abs(above[-1]) > 1, "A rate just above yours still works: it must be larger."
    print("Right: there each step lands on the other side, exactly as far away.")

# %% [markdown]
# <details><summary>Solution</summary>
#
# A step multiplies $w$ by $1 - 4 \cdot \text{rate}$, which is −1 at the border.
#
# ```python
# answer = (1 + 1) / 4
# ```
#
# </details>
#
# ## What to read next
#
# - [11 · Training](11-training.ipynb): all together, on handwritten digits.
# - Gabriel Goh, [Why Momentum Really Works](https://distill.pub/2017/momentum/), with pictures you can move.
# - Sebastian Ruder, [An overview of gradient descent optimization algorithms](https://arxiv.org/abs/1609.04747).
