# %% [markdown]
# # 2 · Gates: adders, routers, switchers
#
# *Curriculum items: 3. You need: [notebook 1](01-a-graph-is-a-formula.ipynb).*
#
# **The question.** A network is made of millions of gates, but of very few *kinds* of gates. What does each kind do
# to a gradient that comes back through it? Once you know four habits you can fill in all the orange numbers of a
# picture in your head.

# %% [markdown]
# ## The picture
#
# The classic first example, from Stanford's course CS231n: $f = (x + y) \cdot z$ at $x = -2$, $y = 5$, $z = -4$.

# %%
import math

import viz
from autograd import GATES, ROLES, Value, exp, maximum, sigmoid

x, y, z = Value(-2.0), Value(5.0), Value(-4.0)
q = x + y
f = q * z
f.backward()

viz.draw(f)

# %% [markdown]
# Go backward with your finger, from right to left. The output's own gradient is 1: it moves exactly as far as
# itself.
#
# - **The product is a switcher.** Each input gets what arrived, times the *other* input: `q` gets $1 \cdot z$, and
#   `z` gets $1 \cdot q$.
# - **The sum is a distributor.** Both inputs get what arrived, unchanged.

# %%
print(f"f = {f.data:g}, gradients: x {x.grad:g}, y {y.grad:g}, z {z.grad:g}")

assert f.data == -12
assert (x.grad, y.grad, z.grad) == (-4, -4, 3)

# %% [markdown]
# Make sense of the signs: `z` is negative, so pushing `x` up makes the product *smaller*: the gradient of `x` is
# negative.
#
# ## Routers
#
# The third habit belongs to `max`. Only the larger input reaches the output; wiggle the smaller one, and nothing
# moves. So the larger one gets all of the gradient, the smaller one nothing. **A max is a router.**

# %%
x, y, z, w = Value(3.0), Value(-4.0), Value(2.0), Value(-1.0)
product = x * y
larger = maximum(z, w)
f = (product + larger) * 2
f.backward()

print(f"f = {f.data:g}, gradients: x {x.grad:g}, y {y.grad:g}, z {z.grad:g}, w {w.grad:g}")
assert f.data == -20
assert (x.grad, y.grad, z.grad, w.grad) == (-8, 6, 2, 0)

viz.draw(f)

# %% [markdown]
# What if both inputs are equal? Then the slope is not defined, and a convention is needed: here the gradient is
# split in half. ReLU, $\max(x, 0)$, has its own gate, and its slope at 0 is taken to be 0. Every such convention
# stands in the gate's table:

# %%
for name in ("max", "relu", "abs"):
    print(f"{name:<5} {GATES[name].note}")

a, b = Value(1.0), Value(1.0)
maximum(a, b).backward()
assert (a.grad, b.grad) == (0.5, 0.5)

# %% [markdown]
# ## Copies
#
# The fourth gate isn't in the formula at all. Where a number is used twice, its wire splits, and the gradients that
# come back through the branches **add up**: the dot is an **adder**. That is the rule "where paths meet, the
# products add", as a gate.
#
# The smallest example is $s = u \cdot u$. Each branch brings back $u$ (the switcher's rule), so together $2u$,
# which is what school says of $u^2$:

# %%
u = Value(5.0)
s = u * u
s.backward()
assert u.grad == 2 * 5

viz.draw(s)

# %% [markdown]
# A sum sends one gradient out to many; a copy adds many gradients up into one. Forward it is the other way round: a
# copy sends one number out to many, a sum adds many up into one. They are mirror images.
#
# The table, as the engine itself knows it. The rest are mostly "scalers": one input, one slope.

# %%
for gate in GATES.values():
    if gate.role in ("distributor", "adder", "router", "switcher"):
        print(f"{gate.name:<11}{gate.role:<13}{ROLES[gate.role]}")

# %% [markdown]
# ## A neuron, gate by gate
#
# Now all of it at once. A *sigmoid neuron* with two inputs computes
#
# $$f = \frac{1}{1 + e^{-(w_0 x_0 + w_1 x_1 + w_2)}}$$
#
# Take CS231n's numbers, $w = (2, -3, -3)$ and $x = (-1, -2)$, and predict before you look: which of the five inputs
# will have the largest gradient?

# %%
w0, x0, w1, x1, w2 = Value(2.0), Value(-1.0), Value(-3.0), Value(-2.0), Value(-3.0)
score = w0 * x0 + w1 * x1 + w2
f = 1 / (1 + exp(-score))
f.backward()

viz.draw(f)

# %%
gradients = {"w0": w0, "x0": x0, "w1": w1, "x1": x1, "w2": w2}
print(f"f = {f.data:.2f}")
for name, leaf in gradients.items():
    print(f"{name}.grad = {leaf.grad:5.2f}")

assert round(f.data, 2) == 0.73
assert [round(leaf.grad, 2) for leaf in gradients.values()] == [-0.20, 0.39, -0.39, -0.59, 0.20]

# %% [markdown]
# `x1` wins. A product sends each input the *other* one, and no other is larger in size than `w1`, the partner of
# `x1`.
#
# ## Fold four gates into one
#
# The four gates after the score, minus, exp, plus one and one over, form the function $\sigma(z) = \frac{1}{1 +
# e^{-z}}$. Its slope is surprisingly simple (try to show it on paper):
#
# $$\sigma'(z) = \sigma(z) \, (1 - \sigma(z))$$
#
# So the engine has it as one gate. A gate may be as big as you like, if you know its slope.

# %%
for leaf in gradients.values():
    leaf.grad = 0.0  # backward adds; start again from 0

score = w0 * x0 + w1 * x1 + w2
g = sigmoid(score)
g.backward()
assert math.isclose(g.data, f.data)
assert round(w0.grad, 2) == -0.20
assert math.isclose(score.grad, g.data * (1 - g.data))

viz.step(g)

# %% [markdown]
# Play it, and look for three things: how the sigmoid scales everything that passes it by the same factor, how the
# sum hands on what it got, how each product switches.
#
# ## Your turn
#
# Without running it, and without calculus: $f = \max(a \cdot b,\; c) \cdot a$ at $a = 2$, $b = 3$, $c = 5$. What
# are the gradients of $a$, $b$ and $c$? Mind that $a$ is used twice.

# %%
answer = None  # three numbers, such as [1, 2, 3]

if answer is None:
    print("Waiting for your answer.")
else:
    a, b, c = Value(2.0), Value(3.0), Value(5.0)
    f = maximum(a * b, c) * a
    f.backward()
    assert len(answer) == 3, "Three numbers are wanted: the gradients of a, b and c."
    assert answer[2] == c.grad, (
        "Look at the router: which of a·b and c is larger? The other one gets nothing."
    )
    assert answer[1] == b.grad, (
        "The last product sends the router a; the first product sends b that, times a."
    )
    assert answer[0] == a.grad, (
        "a is copied: add what comes back from the last product and from the first."
    )
    print("Right, all three.")

# %% [markdown]
# <details><summary>Solution</summary>
#
# $a \cdot b = 6$ is larger than 5, so the router's output is 6. The last product sends the router $a = 2$ and sends
# $a$ the router's 6. The router passes all of the 2 on to $a \cdot b$, which switches: $2b$ for $a$, $2a$ for $b$.
#
# ```python
# answer = [6 + 2 * 3, 2 * 2, 0]
# ```
#
# </details>
#
# ## What to read next
#
# - [3 · Why backward](03-why-backward.ipynb): write `backward()` yourself, in a dozen lines.
# - The notes of Stanford's [CS231n on backpropagation](https://cs231n.github.io/optimization-2/), where these
#   examples are from.
