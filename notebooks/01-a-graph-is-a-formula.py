# %% [markdown]
# # 1 · A graph is a formula
#
# *Curriculum items: 1, 2. You need: Python, and the derivatives of school: of a product, and of log.*
#
# **The question.** Take $f = \log(x \cdot y) + x$ at $x = 2$, $y = 3$. Push $x$ up by a hair. By how much does $f$
# go up?
#
# You could compute $f$ twice and compare. With a million inputs you would have to compute it a million times more.
# This notebook gets the answers for *all* inputs from one look at a picture, and the method never changes after
# this, not for a network of a million weights either.

# %% [markdown]
# ## The picture
#
# A `Value` is a number that remembers how it was made. Write the formula with Values, one step a line, and draw it.

# %%
import math

import viz
from autograd import Value, derivative, forward_steps, log

x = Value(2.0)
y = Value(3.0)

p = x * y
q = log(p)
f = q + x

viz.draw(f)

# %% [markdown]
# Three kinds of things are in the picture:
#
# - **Leaves**, the rounded boxes: numbers that you gave.
# - **Gates**, the circles: each takes numbers in, and gives one number out.
# - **Wires**: they carry numbers, written in blue. `x` is used twice, so its wire splits at a dot.
#
# Formula and graph are the same thing. Reading the graph from left to right, and computing every gate as soon as
# its inputs are there, is called **forward inference**. Here it is, a gate a line:

# %%
for step in forward_steps(f):
    operands = ", ".join(f"{operand.data:.4f}" for operand in step.operands)
    print(f"{step.gate.name:>4} of {operands:<15} = {step.value:.4f}")

assert math.isclose(f.data, math.log(2 * 3) + 2)

# %% [markdown]
# Check it by hand, or with a pocket calculator: $2 \cdot 3 = 6$, then $\log 6$, then add 2. (`log` is the natural
# logarithm.)
#
# ## Wiggle it
#
# Now push $x$ up by a thousandth, leave $y$ alone, and see how far $f$ moves for each unit that $x$ moves.


# %%
def formula(x, y):
    return math.log(x * y) + x


h = 0.001
slope_x = (formula(2 + h, 3) - formula(2, 3)) / h
slope_y = (formula(2, 3 + h) - formula(2, 3)) / h
print(f"f moves {slope_x:.4f} times as far as x")
print(f"f moves {slope_y:.4f} times as far as y")

# %% [markdown]
# So the slopes are about 3/2 and 1/3. Where do these numbers come from?
#
# ## One gate at a time
#
# Nobody knows the slope of a big formula at a glance. But each *gate* is so small that its slopes are in every
# school book. They are called **local derivatives**:
#
# | gate | moves with its first input | with its second |
# | --- | --- | --- |
# | $p = x \cdot y$ | $y$ | $x$ |
# | $q = \log p$ | $1 / p$ | |
# | $f = q + x$ | $1$ | $1$ |
#
# Each Value has computed its local derivatives together with its number. Nothing else is needed:

# %%
for name, gate in {"p = x*y": p, "q = log p": q, "f = q + x": f}.items():
    print(f"{name:<10} local derivatives: {', '.join(f'{d:.4f}' for d in gate.local_derivatives)}")

assert p.local_derivatives == (3.0, 2.0)
assert q.local_derivatives == (1 / 6,)

# %% [markdown]
# ## The chain rule
#
# Two gates in a row: if $p$ moves 3 times as far as $x$, and $q$ moves $\frac16$ times as far as $p$, then $q$
# moves $3 \cdot \frac16 = \frac12$ times as far as $x$. Gears do the same. In the language of school, for $h(x) =
# g(f(x))$:
#
# $$h'(x) = g'(f(x)) \cdot f'(x)$$
#
# And if $x$ reaches the output in two ways, it moves the output in two ways at once, and the two movements add up.
# That is all there is:
#
# > **Along a path, local derivatives multiply. Where paths meet, the products add.**
#
# In our picture there are two paths from $x$ to $f$, and one from $y$:

# %%
through_the_product = p.local_derivatives[0] * q.local_derivatives[0] * f.local_derivatives[0]
straight_on = f.local_derivatives[1]
print(f"x → p → q → f:  {through_the_product:.4f}")
print(f"x → f:          {straight_on:.4f}")
print(f"together:       {through_the_product + straight_on:.4f}")

assert math.isclose(through_the_product + straight_on, 3 / 2)

# %% [markdown]
# That is the 3/2 we saw when we wiggled, but exact. The result, the slope of the output by each input, is called
# the **gradient**. `backward()` computes it for every number in the graph and leaves it in `.grad`:

# %%
f.backward()
print(f"x.grad = {x.grad:.4f}")
print(f"y.grad = {y.grad:.4f}")

assert math.isclose(x.grad, 3 / 2)
assert math.isclose(y.grad, 1 / 3)
assert abs(x.grad - slope_x) < 0.001

viz.draw(f)

# %% [markdown]
# Now the picture holds everything: **values** above the wires, **gradients** below them, **local derivatives** in
# grey where a wire enters a gate. Look at the dot behind `x`: its two branches bring back the two products from
# above, and the trunk carries their sum. To see the paths of one input, and their products, ask for them:

# %%
viz.draw(f, highlight=x)

# %% [markdown]
# You can have the same in words: every gate, every path, every product. At the end it all stands once more as one
# derivation in LaTeX, so that the formula you typed as code and saw as a graph can go into a paper, too
# (`viz.explain(f, wrt=x).latex` is the text).

# %%
viz.explain(f, wrt=x)

# %% [markdown]
# ## Play it
#
# Step through the picture: forward to the output, then backward to the inputs, one gate at a time. You can edit the
# numbers of the inputs; all the others follow. (If you see a still picture, run the cell: notebooks that were only
# just opened don't run anything by themselves.)

# %%
viz.step(f)

# %% [markdown]
# ## You can now differentiate any program
#
# Functions, loops, conditions: whatever the code does, what is *recorded* is a graph of gates. `derivative` records
# it and applies the chain rule. Here it differentiates a loop, $x \cdot x \cdot x$, whose derivative you know to be
# $3x^2$:


# %%
def cube(x):
    result = 1.0
    for _ in range(3):
        result = result * x
    return result


print(derivative(cube)(2.0))
assert derivative(cube)(2.0) == 3 * 2.0**2

# %% [markdown]
# ## Your turn
#
# Take $g = (x + y) \cdot x$ at $x = 3$, $y = -1$. Draw its graph on paper. How many paths lead from $x$ to $g$?
# Multiply along each, add the products: what is the gradient of $g$ by $x$?

# %%
answer = None  # your number in place of None; then run the cell

if answer is None:
    print("Waiting for your answer.")
else:
    a, b = Value(3.0), Value(-1.0)
    g = (a + b) * a
    g.backward()
    assert answer not in a.local_derivatives + g.local_derivatives, (
        "That is one path alone. x goes two ways to g."
    )
    assert math.isclose(answer, a.grad), (
        "No: multiply along each of the two paths, then add. viz.explain(g) tells all."
    )
    print("Right.")

# %% [markdown]
# <details><summary>Solution</summary>
#
# There are two paths. Through the sum: the sum moves as far as $x$, and $g$ moves $x$ times as far as the sum.
# Straight into the product: $g$ moves $x + y$ times as far.
#
# ```python
# answer = 1 * 3 + (3 - 1)
# ```
#
# </details>
#
# ## What to read next
#
# - [2 · Gates](02-gates.ipynb): four kinds of gates, four habits. After it you can read gradients off a picture
#   without any calculus.
# - [3 · Why backward](03-why-backward.ipynb): what if there are a billion paths?
# - Christopher Olah, [Calculus on Computational Graphs](https://colah.github.io/posts/2015-08-Backprop/): the same
#   idea, beautifully told.
