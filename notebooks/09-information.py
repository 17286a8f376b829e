# %% [markdown]
# # 9 · Information
#
# *Curriculum items: 16. You need: logarithms; [notebook 8](08-softmax.ipynb) helps.*
#
# **The question.** I think of a first name, and of one letter in it. How many yes-or-no questions do you need to
# find the letter, if you ask cleverly? And what has that to do with training a network?

# %% [markdown]
# ## The picture
#
# How often does each letter occur in first names? We take 2,000 of them, a file that comes with these notebooks:
# the 1,000 names that were given to most girls in the United States, and as many of boys. (It is drawn from the
# public-domain tables of the US Social Security Administration.)

# %%
import math
from collections import Counter
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import nn
import viz
from autograd import Value, grad
from nn.functional import softmax
from nn.information import cross_entropy, entropy, information, kl_divergence

plt.rcParams["figure.figsize"] = (6, 3)

names = Path("data/names.txt").read_text().split()
assert len(names) == 2000

counts = Counter("".join(names))
letters = sorted(counts)
p = np.array([counts[letter] for letter in letters]) / sum(counts.values())

plt.bar(letters, p, color="#005A8F")
plt.ylabel("probability")
plt.show()

# %% [markdown]
# ## Information: how surprised you are
#
# To be told something that was certain tells you nothing. To be told something rare tells you much. And two
# independent facts tell you the sum of what each tells. The only measure that does all this is the logarithm: the
# **information** of an event of probability $p$ is $-\log p$. With logarithms of base 2 its unit is the **bit**,
# one yes-or-no question between equal chances.

# %%
for event, chance in (
    ("heads", 1 / 2),
    ("one of eight cards", 1 / 8),
    ("rain in the desert", 1 / 1024),
    ("sunrise", 1.0),
):
    print(f"{event:<20} p = {chance:<10.4g} {information(chance, 'bits'):g} bits")

assert [information(2.0**-k, "bits") for k in (1, 3, 10, 0)] == [1, 3, 10, 0]
assert math.isclose(information(1 / 2 * 1 / 8), information(1 / 2) + information(1 / 8))

# %%
rarest, commonest = letters[int(p.argmin())], letters[int(p.argmax())]
for letter in (commonest, rarest):
    print(f"the letter {letter}: {information(float(p[letters.index(letter)]), 'bits'):.2f} bits")

# %% [markdown]
# With the natural logarithm the unit is the **nat**; one bit is $\log 2$ of it. The losses use nats.
#
# ## Entropy: the information to expect
#
# **Entropy** is the average: each event's information, weighted by how often it happens.
#
# $$H(p) = -\sum_i p_i \log p_i$$
#
# For $p = (\frac12, \frac14, \frac14)$ it is $\frac12 \cdot 1 + \frac14 \cdot 2 + \frac14 \cdot 2$ bits. Half of
# the time one question is enough ("is it the first?"), else you need two.

# %%
print(f"H(1/2, 1/4, 1/4) = {entropy([1 / 2, 1 / 4, 1 / 4], 'bits')} bits")
assert entropy([1 / 2, 1 / 4, 1 / 4], "bits") == 1.5

# %% [markdown]
# For a coin that shows heads with probability $p$, the entropy is largest when the coin is fair, and 0 when its
# outcome is certain:

# %%
chances = np.linspace(0, 1, 101)
plt.figure(figsize=(5, 3))
plt.plot(chances, [entropy([c, 1 - c], "bits") for c in chances.tolist()], color="#005A8F")
plt.xlabel("probability of heads")
plt.ylabel("entropy in bits")
plt.show()

assert entropy([0.5, 0.5], "bits") == 1
assert entropy([1.0, 0.0], "bits") == 0

# %% [markdown]
# Now the letters. If all 26 were equally likely it would be $\log_2 26$ questions. They are not, and clever
# questions use that:

# %%
uniform = [1 / 26] * 26
print(f"all letters alike: {entropy(uniform, 'bits'):.2f} bits")
print(f"as in names:       {entropy(p.tolist(), 'bits'):.2f} bits")
assert len(letters) == 26
assert math.isclose(entropy(uniform, "bits"), math.log2(26))
assert 3.5 < entropy(p.tolist(), "bits") < 4.5

# %% [markdown]
# That is the answer to the question at the beginning: about four questions, on average.
#
# ## Cross entropy: the price of believing the wrong thing
#
# You *believe* $q$, and ask your questions accordingly; in truth the events come by $p$. The information you need
# is then
#
# $$H(p, q) = -\sum_i p_i \log q_i$$
#
# It is never less than $H(p)$, and equal only if you believe the truth. What you pay too much is the
# **Kullback-Leibler divergence**:
#
# $$KL(p \,\|\, q) = H(p, q) - H(p) \ge 0$$
#
# By hand, with $p$ as before and $q = (\frac14, \frac14, \frac12)$: $\frac12 \cdot 2 + \frac14 \cdot 2 + \frac14
# \cdot 1$.

# %%
truth, belief = [1 / 2, 1 / 4, 1 / 4], [1 / 4, 1 / 4, 1 / 2]
h, ce = entropy(truth, "bits"), cross_entropy(truth, belief, "bits")
kl = kl_divergence(truth, belief, "bits")
print(f"H(p) = {h}, H(p, q) = {ce}, KL = {kl}")
assert (h, ce) == (1.5, 1.75)
assert math.isclose(kl, ce - h)

# %%
wasted = kl_divergence(p.tolist(), uniform, "bits")
print(f"believing that all letters are alike costs {wasted:.2f} bits a letter")
assert math.isclose(wasted, math.log2(26) - entropy(p.tolist(), "bits"))

# %% [markdown]
# KL is not a distance: the other way round it is another number. To hold for impossible what then happens costs
# infinitely much; to be open to what never happens costs little.

# %%
a, b = [0.5, 0.5], [0.99, 0.01]
print(f"KL(a ‖ b) = {kl_divergence(a, b):.3f} nats, KL(b ‖ a) = {kl_divergence(b, a):.3f} nats")
assert kl_divergence(a, b) > kl_divergence(b, a) > 0

# %% [markdown]
# ## Learning is paying less
#
# A network's softmax output is a belief $q$. Make the belief out of logits, take the cross entropy to the truth as
# the loss, and go downhill:

# %%
logits = [Value(0.0, "z0"), Value(0.0, "z1"), Value(0.0, "z2")]
loss = cross_entropy(truth, softmax(logits), "bits")
loss.backward()
viz.draw(loss)

# %%
curve = []
for _ in range(60):
    loss = cross_entropy(truth, softmax(logits), "bits")
    curve.append(loss.data)
    for logit, slope in zip(logits, grad(loss, logits), strict=True):
        logit.data -= 0.7 * slope

plt.figure(figsize=(5, 3))
plt.plot(curve, color="#005A8F", label="cross entropy H(p, q)")
plt.axhline(h, color="#B34700", linestyle="--", label="entropy H(p)")
plt.xlabel("steps")
plt.ylabel("bits")
plt.legend()
plt.show()

print("belief in the end:", [round(q.data, 3) for q in softmax(logits)])
assert abs(curve[-1] - h) < 1e-3
assert np.allclose([q.data for q in softmax(logits)], truth, atol=0.02)

# %% [markdown]
# The loss can't fall below $H(p)$: that much surprise is in the world itself. All that learning can take away is
# KL. And since $H(p)$ doesn't depend on the network, *minimizing cross entropy is minimizing KL*.
#
# ## One-hot targets
#
# A label says: it is class 2, for certain. As a distribution that is one-hot, (0, 0, 1), and called **degenerate**:
# nothing is left to chance, so its entropy is 0. Then cross entropy *is* KL, and of the sum only one term remains,
# the true class's: $-\log q_2$. This is the loss of [notebook 8](08-softmax.ipynb).

# %%
one_hot, belief = [0.0, 0.0, 1.0], [0.1, 0.2, 0.7]
print(f"H(p) = {entropy(one_hot):g}")
print(f"H(p, q) = {cross_entropy(one_hot, belief):.4f}")
print(f"KL = {kl_divergence(one_hot, belief):.4f}")
print(f"−log 0.7 = {-math.log(0.7):.4f}")

assert entropy(one_hot) == 0
assert math.isclose(cross_entropy(one_hot, belief), -math.log(0.7))
assert math.isclose(kl_divergence(one_hot, belief), -math.log(0.7))
logits = [math.log(q) for q in belief]
assert math.isclose(nn.losses.sparse_categorical_cross_entropy(logits, 2).data, -math.log(0.7))

# %% [markdown]
# ## Your turn
#
# Eight horses run, and their chances to win are 1/2, 1/4, 1/8, 1/16, and four times 1/64. How many bits do you
# need, on average, to tell a friend who has won? (If you call the horses 000 to 111 you need three each time. You
# can do better.)

# %%
answer = None  # a number of bits

if answer is None:
    print("Waiting for your answer.")
else:
    chances = [1 / 2, 1 / 4, 1 / 8, 1 / 16] + [1 / 64] * 4
    assert answer != 3, "That is with names of equal length. Give the favourite a short name."
    assert math.isclose(answer, entropy(chances, "bits")), (
        "No: add up chance times bits, −log2 of the chance, over all."
    )
    print("Right. The names 0, 10, 110, 1110, 111100, 111101, 111110, 111111 do it.")

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# answer = 1 / 2 * 1 + 1 / 4 * 2 + 1 / 8 * 3 + 1 / 16 * 4 + 4 * (1 / 64 * 6)
# ```
#
# </details>
#
# ## What to read next
#
# - [10 · Going downhill](10-descent.ipynb): how to make a loss small.
# - Claude Shannon, *A Mathematical Theory of Communication* (1948), still the best introduction. The horses are
#   from Cover and Thomas, *Elements of Information Theory*, chapter 2.
# - Christopher Olah, [Visual Information Theory](https://colah.github.io/posts/2015-09-Visual-Information/).
