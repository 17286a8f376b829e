# %% [markdown]
# # 12 · Names: a GPT made of scalars
#
# *Curriculum items: real data, a small character-level GPT. You need: notebooks [8](08-softmax.ipynb),
# [9](09-information.ipynb) and [11](11-training.ipynb).*
#
# **The question.** Large language models are said to be beyond understanding. But the *method* is small: guess the
# next letter, measure, backpropagate, update. What is the smallest honest GPT, and what can it make up?

# %% [markdown]
# ## The data
#
# 2,000 first names: the 1,000 that were given to most girls in the United States, and as many of boys, most
# frequent first. They come from the public-domain tables of the US Social Security Administration. We take those of
# up to eight letters. A dot marks beginning and end, so there are 27 characters.

# %%
import math
import time
from collections import Counter
from itertools import pairwise
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import autograd
import nn
import viz
from autograd import Value, dot
from nn.functional import log_softmax, softmax
from viz import plots

length = 9  # positions: eight letters, and the dot in front of them
alphabet = ".abcdefghijklmnopqrstuvwxyz"
letters = len(alphabet)

file = Path("data/names.txt").read_text().split()
names = [name for name in file if len(name) < length]
print(f"{len(file):,} names, {len(names):,} of up to {length - 1} letters:")
print(", ".join(names[:6]), "...", ", ".join(names[-3:]))
assert letters == 27

# %% [markdown]
# One name holds many little exercises: after "." comes e, after ".e" comes m, ... The model sees the letters so far
# and says, for each of the 27 characters, how likely it comes next.

# %%
for i in range(len("emma") + 1):
    print(f"{'.emma'[: i + 1]:<6} →  {'emma.'[i]}")

# %% [markdown]
# ## What there is to beat
#
# Before a model, know what is easy. Knowing nothing costs $\log 27$ nats a letter. Knowing which letter follows
# which, from a table of counted pairs, costs less. (We count nine tenths of the names, and judge on the rest.)

# %%
order = np.random.default_rng(0).permutation(len(names))
held = [names[i] for i in order[: len(names) // 10]]
train = [names[i] for i in order[len(names) // 10 :]]

pairs = Counter(pair for name in train for pair in pairwise(f".{name}."))
firsts = Counter(first for name in train for first in f".{name}")


def pair_cost(name):
    """Nats a letter, with one pair of each kind added, so that nothing is impossible."""
    costs = [
        -math.log((pairs[pair] + 1) / (firsts[pair[0]] + letters)) for pair in pairwise(f".{name}.")
    ]
    return sum(costs) / len(costs)


by_pairs = float(np.mean([pair_cost(name) for name in held]))
print(f"knowing nothing: {math.log(letters):.3f} nats a letter")
print(f"knowing pairs:   {by_pairs:.3f}")

# %% [markdown]
# ## The picture: attention
#
# The one new idea of a transformer. Each position computes from its letter three small vectors: a **query**, "what
# am I looking for?", a **key**, "what have I got?", and a **value**, "what do I say if asked?". A query is compared
# with all keys so far by dot products; softmax makes weights of them; and the result is the weighted mean of the
# values. It is a *soft look-up*, made of gates you know. Here with two positions, and vectors of only one number:

# %%
query = Value(2.0)
keys = [Value(0.5, "key0"), Value(1.0, "key1")]
values = [Value(-1.0, "value0"), Value(3.0, "value1")]

weights = softmax([query * key for key in keys])
looked_up = dot(weights, values)
looked_up.label = "result"
looked_up.backward()
print("weights", [round(weight.data, 3) for weight in weights])
print("result", round(looked_up.data, 3))

e = math.e
assert math.isclose(weights[1].data, e**2 / (e**1 + e**2))
viz.draw(looked_up)

# %% [markdown]
# ## The model
#
# A letter comes in as a one-hot row of 27 numbers, so that "look up the letter's vector" is a layer like any other.
# To it is added a vector for the position. Then attention, in 4 *heads* that each look for something else; then two
# dense layers with ReLU. What each part finds is *added* to what was there (so gradients have a straight way back),
# and numbers are *normalized* to a typical size of 1 between the parts. That is GPT-2's plan, with the simplest
# choice for every part.

# %%
width, heads = 16, 4
size = width // heads


def normalized(x):
    scale = (dot(x, x) / len(x) + 1e-5) ** -0.5
    return [each * scale for each in x]


def plus(a, b):
    return [x + y for x, y in zip(a, b, strict=True)]


class GPT(nn.Module):
    """From one-hot letters (length × letters,) to the logits of what follows each, as many."""

    def __init__(self, seed=0):
        draw = np.random.default_rng(seed)

        def layer(inputs, outputs, activation=None):
            seed = int(draw.integers(1 << 30))
            return nn.Layer(inputs, outputs, activation, bias=False, seed=seed)

        self.letter = layer(letters, width)
        places = draw.normal(0, 0.1, (length, width)).tolist()
        self.position = [[Value(w) for w in row] for row in places]
        self.query, self.key, self.value, self.mix = (layer(width, width) for _ in range(4))
        self.expand, self.contract = layer(width, 4 * width, "relu"), layer(4 * width, width)
        self.out = layer(width, letters)

    def forward(self, row):
        keys, values, logits = [], [], []
        for t in range(length):
            x = plus(self.letter(row[t * letters : (t + 1) * letters]), self.position[t])
            x = normalized(x)
            query = self.query(x)
            keys.append(self.key(x))
            values.append(self.value(x))  # only up to t: the future can't be looked at
            x = plus(x, self.mix(self.attend(query, keys, values)))
            x = plus(x, self.contract(self.expand(normalized(x))))
            logits += self.out(normalized(x))
        return logits

    def attend(self, query, keys, values):
        found = []
        for head in range(heads):
            part = slice(head * size, (head + 1) * size)
            weights = softmax([dot(query[part], key[part]) / size**0.5 for key in keys])
            columns = zip(*(value[part] for value in values), strict=True)
            found += [dot(weights, column) for column in columns]
        return found


model = GPT()
print(model)

# %% [markdown]
# The loss of a name is the cross entropy at each of its letters, and the mean of those. The targets are one-hot
# too. After the end of the name there is nothing to guess: the target row is all zeros, and so is what it adds to
# the loss.


# %%
def encoded(name):
    """The one-hot letters that go in, and the one-hot letters that should come out."""
    row, target = np.zeros((length, letters)), np.zeros((length, letters))
    for t, (now, following) in enumerate(pairwise(f".{name}.")):
        row[t, alphabet.index(now)] = target[t, alphabet.index(following)] = 1
    return row.ravel(), target.ravel()


def loss(logits, targets):
    """Mean over the name's letters of −log(probability of the right one)."""
    terms = []
    for t in range(length):
        part = slice(t * letters, (t + 1) * letters)
        terms.append(dot(log_softmax(logits[part]), targets[part]))
    return -autograd.sum(terms) / autograd.sum(targets)


def table(names):
    rows, targets = zip(*map(encoded, names), strict=True)
    return np.array(rows), np.array(targets)


# %% [markdown]
# ## How many gates is that?
#
# Everything the model does with one name is one graph of scalar gates. We count them, and then let autograd
# *compile* the graph: the gates are grouped into array operations, and replayed for a batch of names at a time.

# %%
row, target = encoded("emma")


def constants(numbers):
    return [Value(number, requires_grad=False) for number in numbers]


one_name = loss(model(constants(row)), constants(target))
gates = [node for node in autograd.topological_order(one_name) if node.gate is not None]
kinds = Counter(node.gate.name for node in gates)
most = ", ".join(f"{count:,} {name}" for name, count in kinds.most_common(5))
print(f"{len(gates):,} gates: {most}, ...")
print(f"loss before training: {one_name.data:.2f}")

# %% [markdown]
# ## Train

# %%
start = time.perf_counter()
history = nn.fit(
    model,
    *table(train),
    loss=loss,
    optimizer=nn.optim.Adam(lr=0.005),
    batch_size=32,
    epochs=20,
    held_out=table(held),
    seed=0,
)
seconds = time.perf_counter() - start

best = min(history.held_out_loss)
print(f"held-out loss {best:.3f}; counted pairs had {by_pairs:.3f}")
assert best < by_pairs - 0.1
assert seconds < 100, seconds

plots.history(history)

# %% [markdown]
# Each step of training sends 32 names forward and backward through all those gates, and takes a few milliseconds.
# The same gate by gate, for *one* name:

# %%
start = time.perf_counter()
one_name = loss(model(constants(row)), constants(target))
one_name.backward()
eager = time.perf_counter() - start
replayed = float(np.median(history.seconds)) / len(train)
assert eager / replayed > 100
assert 32 * replayed < 0.1
print("Replaying a name is more than 100 times as fast as building its graph anew.")

# %% [markdown]
# ## Make up names
#
# Start with a dot; ask for the probabilities of the next letter; throw dice; go on until a dot comes. All names are
# made side by side, a row each. The **temperature** divides the logits: below 1 the dice prefer the likely letters.

# %%
leaves = [Value(0.0) for _ in range(length * letters)]
program = autograd.compile(model(leaves), inputs=leaves)


def invent(count, temperature, seed):
    dice = np.random.default_rng(seed)
    rows = np.zeros((count, length, letters))
    rows[:, 0, 0] = 1
    texts = ["."] * count
    for t in range(length):
        logits = program.forward(rows.reshape(count, -1)).reshape(count, length, letters)[:, t]
        for i, text in enumerate(texts):
            if t == 0 or not text.endswith("."):
                k = dice.choice(letters, p=softmax((logits[i] / temperature).tolist()))
                texts[i] += alphabet[k]
                if t + 1 < length:
                    rows[i, t + 1, k] = 1
    return [text.strip(".") for text in texts]


for temperature in (0.5, 0.8, 1.2):
    print(f"temperature {temperature}: {', '.join(invent(10, temperature, seed=1))}")

# %%
invented = invent(200, 0.8, seed=2)
new = [name for name in invented if name not in file]
print(f"{len(new) / len(invented):.0%} of 200 are not in the file: {', '.join(new[:10])}, ...")
assert len(set(invented)) > 100
assert 0.2 < len(new) / len(invented) < 1

# %% [markdown]
# They sound like names, and most are nobody's yet. The model has found out by itself that vowels and consonants
# take turns, how names begin, and that girls' names often end in a. Larger models find out more, by the same four
# steps.
#
# ## What does it believe?
#
# The probabilities of the next letter after some beginnings:

# %%
beginnings = ["", "q", "el", "jo", "mich"]
rows = np.array([encoded(text)[0] for text in beginnings])
logits = program.forward(rows).reshape(len(beginnings), length, letters)
beliefs = np.array(
    [softmax(row[len(text)].tolist()) for row, text in zip(logits, beginnings, strict=True)]
)

plt.figure(figsize=(8, 2.4))
plt.imshow(beliefs, cmap="Blues", aspect="auto")
plt.xticks(range(letters), list(alphabet))
plt.yticks(range(len(beginnings)), [f".{text}" for text in beginnings])
plt.colorbar(label="probability")
plt.show()

for text, belief in zip(beginnings, beliefs, strict=True):
    likely = belief.argsort()[::-1][:3]
    print(f"after {'.' + text:<6}", ", ".join(f"{alphabet[k]} {belief[k]:.2f}" for k in likely))

# %% [markdown]
# ## Your turn
#
# A model that gives the right letter a probability of 1/8 every time: what is its loss, in nats a letter? And how
# many letters would it be choosing among, if it were guessing evenly? (That number has a name, *perplexity*.)

# %%
answer = None  # two numbers: [loss, letters]

if answer is None:
    print("Waiting for your answer.")
else:
    assert len(answer) == 2, "Two numbers are wanted: the loss, and how many letters."
    assert not math.isclose(answer[0], 3), (
        "That is in bits. The losses here are in nats: natural logarithms."
    )
    assert math.isclose(answer[0], -math.log(1 / 8)), (
        "The loss is −log of the probability of the right letter."
    )
    assert math.isclose(answer[1], math.exp(answer[0])), (
        "e to the loss: evenly among how many is each 1/8?"
    )
    print(f"Right. This model's perplexity is {math.exp(best):.1f}.")

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# answer = [math.log(8), 8]
# ```
#
# </details>
#
# ## What to read next
#
# - Vaswani and others, [Attention Is All You Need](https://arxiv.org/abs/1706.03762) (2017). You know every gate in
#   it.
# - Andrej Karpathy, [Neural Networks: Zero to Hero](https://karpathy.ai/zero-to-hero.html), whose micrograd,
#   makemore and microgpt are this project's ancestors.
# - Change something! A second block, another width, names of your country: a text file with a name on each line is
#   all it takes.
