# %% [markdown]
# # 3 · Why backward?
#
# *Curriculum items: 4, 5. You need: notebooks [1](01-a-graph-is-a-formula.ipynb) and [2](02-gates.ipynb).*
#
# **The question.** "Multiply along each path, then add up the paths." A graph of thirty gates can have a billion
# paths. How can its gradient be there in an instant?

# %% [markdown]
# ## The picture
#
# Double a number, double the result, and so on. Each gate uses the number before it twice.

# %%
import math

import matplotlib.pyplot as plt

import viz
from autograd import Value, backward_steps, topological_order


def doubling_tower(n):
    """a; b = a + a; c = b + b; ... with n gates."""
    bottom = top = Value(1.0, label="a")
    for i in range(n):
        top = top + top
        top.label = "bcdefghijklmnopqrstuvwxyz"[i]
    return bottom, top


a, d = doubling_tower(3)
d.backward()
viz.draw(d)

# %% [markdown]
# From `a` you can go to `b` by the upper or the lower wire, from there to `c` by the upper or the lower wire: the
# number of paths doubles with each gate, and it is $2^n$ for $n$ gates.

# %%
print(f"3 gates: {2**3} paths, and the gradient of d by a is {a.grad:g}")
print(f"30 gates: {2**30:,} paths")
assert a.grad == 2**3

# %% [markdown]
# ## Path by path
#
# Take the chain rule literally: the slope of the output by `a` is the sum, over all gates that use `a`, of the
# local derivative times the slope of the output by that gate. It takes a short function that calls itself. We count
# how often it looks up a local derivative.


# %%
def slope(output, leaf, looked_up):
    """∂output/∂leaf, path by path; each local derivative that is used goes into the list."""
    if output is leaf:
        return 1.0
    total = 0.0
    for parent, local in zip(output.parents, output.local_derivatives, strict=True):
        looked_up.append(local)
        total += local * slope(parent, leaf, looked_up)
    return total


path_by_path = []
for n in range(1, 16):
    a, top = doubling_tower(n)
    looked_up = []
    assert slope(top, a, looked_up) == 2**n
    path_by_path.append(len(looked_up))

print(path_by_path)
assert path_by_path == [2 ** (n + 1) - 2 for n in range(1, 16)]

# %% [markdown]
# Right, and hopeless: each gate more doubles the work. Yet the function computes the same few slopes over and over
# again. The slope by `b` does not depend on how we came to `b`.
#
# ## Gate by gate
#
# So compute each slope *once*, write it down, and use it again. This trick has a name, **dynamic programming**, and
# applied to the chain rule it is called **backpropagation**. It needs two lookups for each gate with two inputs:

# %%
gate_by_gate = []
for n in range(1, 16):
    a, top = doubling_tower(n)
    gate_by_gate.append(sum(len(step.contributions) for step in backward_steps(top)))
    assert a.grad == 2**n

print(gate_by_gate)
assert gate_by_gate == [2 * n for n in range(1, 16)]

# %%
plt.figure(figsize=(5, 3))
plt.semilogy(range(1, 16), path_by_path, "o-", color="#B34700", label="path by path")
plt.semilogy(range(1, 16), gate_by_gate, "o-", color="#005A8F", label="gate by gate")
plt.xlabel("gates")
plt.ylabel("local derivatives looked up")
plt.legend()
plt.show()

# %% [markdown]
# (The scale on the left is logarithmic: a straight line that goes up is explosive growth.) Gate by gate, a much
# taller tower is still done in an instant:

# %%
a, top = doubling_tower(25)
steps = sum(1 for _ in backward_steps(top))
print(f"{steps} gates, {2**25:,} paths, gradient {a.grad:,.0f}")
assert a.grad == 2**25

# %% [markdown]
# ## Write it yourself
#
# Here is backpropagation in a few lines. Two things in it are asked about more than anything else: the *order*, and
# the `+=`. Read it, then break it.


# %%
def my_backward(output, order):
    for node in order:
        node.grad = 0.0
    output.grad = 1.0
    for node in order:
        for parent, local in zip(node.parents, node.local_derivatives, strict=True):
            parent.grad += local * node.grad
    return [node.grad for node in order if node.gate is None]


x = Value(3.0, label="x")
b = x * x
c = b * x
d = c + b

forward_order = topological_order(d)  # every gate after its inputs
print("x.grad =", my_backward(d, list(reversed(forward_order))))
assert x.grad == 3 * 3**2 + 2 * 3  # d = x³ + x²

# %% [markdown]
# **Why the reverse order?** A gate may pass its gradient on only when *all* of it has arrived. Here `b` is used
# twice, by `c` and by `d`. The **topological order** puts every gate after its inputs; walked backward, every gate
# comes after everything that uses it. Now let `b` go too early:

# %%
too_early = [d, b, c, x]
print("x.grad =", my_backward(d, too_early), "which is wrong")
assert x.grad != 3 * 3**2 + 2 * 3

viz.draw(d)

# %% [markdown]
# `b` passed on what it had from `d`, and when the rest arrived from `c`, its turn was over.
#
# **Why `+=`?** Because a copy adds up. With a plain `=` each use of `x` would wipe out the one before:


# %%
def forgetful_backward(output, order):
    output.grad = 1.0
    for node in order:
        for parent, local in zip(node.parents, node.local_derivatives, strict=True):
            parent.grad = local * node.grad  # = in place of +=


forgetful_backward(d, list(reversed(forward_order)))
print("x.grad =", x.grad, "which is wrong")
assert x.grad != 3 * 3**2 + 2 * 3

# %% [markdown]
# Play the right one. The stepper can also break these two rules on demand, so that you see *where* it goes wrong.

# %%
viz.step(d)

# %% [markdown]
# ## Why backward and not forward?
#
# One could also carry slopes from left to right: start with 1 at *one input*, and end with the slope of every gate
# by that input. That takes one pass for each input. Backward starts with 1 at *one output*, and ends with the slope
# of that output by everything: one pass in all. Training has one output, the loss, and a million inputs.

# %%
inputs = [Value(float(i + 1), label=f"x{i}") for i in range(50)]
total = inputs[0] * inputs[0]
for value in inputs[1:]:
    total = total + value * value
gates = [node for node in topological_order(total) if node.gate is not None]
print(f"{len(gates)} gates, {len(inputs)} inputs")
print(f"forward: {len(inputs)} passes, {len(inputs) * len(gates):,} gates visited")
print(f"backward: 1 pass, {len(gates)} gates visited")

# %% [markdown]
# ## Backpropagation as blame
#
# You may have met another story. An output is too small by 0.6. Two contributions flowed into it, 3 and 2. Who is
# to blame? The story says: share the error in proportion to what each contributed, 60 % and 40 %.

# %%
error = 0.6
contributions = [3.0, 2.0]
shares = [c / math.fsum(contributions) for c in contributions]
blame = [error * share for share in shares]
for c, share, part in zip(contributions, shares, blame, strict=True):
    print(f"contribution {c:g}: share {share:.0%}, blame {part:.2f}")

assert [round(part, 2) for part in blame] == [0.36, 0.24]
assert [c / (3 - 2) for c in (3, -2)] == [3, -2]  # shares of 300 % and −200 %: see below

# %% [markdown]
# It is a good first story: errors do flow backward, along the same wires, and nothing of them is lost. But it is
# not the gradient. Let us compute that. The contributions come from weights and inputs, $3 = 3 \cdot 1$ and $2 = 1
# \cdot 2$, and the loss is $\frac12 (\text{target} - \text{output})^2$, so that its slope by the output is minus
# the error.

# %%
w1, x1 = Value(3.0), Value(1.0, requires_grad=False)
w2, x2 = Value(1.0), Value(2.0, requires_grad=False)
c1 = w1 * x1
c2 = w2 * x2
output = c1 + c2
loss = (5.6 - output) ** 2 / 2
loss.backward()

print(f"gradient by the contributions: {c1.grad:.2f} and {c2.grad:.2f}")
print(f"gradient by the weights:       {w1.grad:.2f} and {w2.grad:.2f}")
assert math.isclose(c1.grad, -0.6)
assert math.isclose(c2.grad, -0.6)
assert math.isclose(w2.grad, 2 * w1.grad)

viz.draw(loss)

# %% [markdown]
# Three differences, and each matters:
#
# 1. The sum is a distributor: each contribution gets the *whole* 0.6. Gradients answer "what if you alone were
#    moved?", so they need not add up to the error.
# 2. The gradient by a weight is 0.6 times its *input*. Here the second weight has the smaller contribution and the
#    larger gradient: moving it is worth more.
# 3. Proportions break down when contributions have opposite signs. With 3 and −2 the shares would be 300 % and −200
#    %; gradients have no trouble.
#
# The gradient is the direction in which the error falls fastest. Take two steps of the same length, one along the
# blame, one along the gradient (downhill, so with a minus):


# %%
def error_after(step1, step2):
    return 5.6 - ((3.0 + step1) * 1 + (1.0 + step2) * 2)


size = 0.1  # both steps have the same length
for name, (s1, s2) in {"blame": blame, "gradient": (-w1.grad, -w2.grad)}.items():
    scale = size / math.hypot(s1, s2)
    left = error_after(scale * s1, scale * s2)
    print(f"a step along the {name:<9} leaves an error of {left:.3f}")

along_blame = error_after(*(size * b / math.hypot(*blame) for b in blame))
along_gradient = error_after(*(-size * w.grad / math.hypot(w1.grad, w2.grad) for w in (w1, w2)))
assert along_gradient < along_blame < 0.6

# %% [markdown]
# ## Your turn
#
# A tower of *squares*: $b = a \cdot a$, $c = b \cdot b$, and so on, with 5 gates. How many paths lead from $a$ to
# the output? And how many local derivatives does backpropagation look up?

# %%
answer = None  # two numbers, such as [1, 2]

if answer is None:
    print("Waiting for your answer.")
else:
    a = top = Value(1.01, label="a")
    for _ in range(5):
        top = top * top
    looked_up = sum(len(step.contributions) for step in backward_steps(top))
    assert len(answer) == 2, "Two numbers are wanted: paths, and local derivatives looked up."
    assert math.isclose(a.grad, 32 * 1.01**31), "the engine is wrong"
    assert answer[1] == looked_up, "Each gate has two inputs, and each gate has its turn once."
    assert answer[0] == 2 ** (len(topological_order(top)) - 1), (
        "Each gate doubles the number of paths."
    )
    print("Right, both.")

# %% [markdown]
# <details><summary>Solution</summary>
#
# Each gate offers two ways in, so there are $2^5$ paths; each of the 5 gates looks up its two local derivatives
# once.
#
# ```python
# answer = [2**5, 2 * 5]
# ```
#
# </details>
#
# ## What to read next
#
# - [4 · Neurons](04-neurons.ipynb): the first thing one builds with gates and gradients.
# - Baydin, Pearlmutter, Radul, Siskind, *Automatic Differentiation in Machine Learning: a Survey* (2018), on
#   forward and reverse mode and their history.
# - For the proportional story told well: Tariq Rashid, *Make Your Own Neural Network*.
