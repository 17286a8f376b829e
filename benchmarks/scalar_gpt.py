"""A GPT made of scalars: one layer, 16 wide, 4 heads, RMSNorm, ReLU; names, letter by letter.

The model is written once, as a plain function over Values. Run eagerly it looks letters up in the embedding table;
recorded, each letter is a row of 27 inputs, one of them 1, so that one program serves every name of a length. After
Karpathy's microgpt, whose architecture it follows.
"""

from __future__ import annotations

import random
from typing import Any, TypeAlias

import autograd
from autograd import Program, Value, dot, logsumexp, scope

NAMES = ["emma", "olivia", "ava", "isabella", "sophia", "mia", "liam", "noah"]
LETTERS = ".abcdefghijklmnopqrstuvwxyz"
WIDTH, HEADS, BLOCK = 16, 4, 10

Vector: TypeAlias = list[Value]
Matrix: TypeAlias = list[Vector]
State: TypeAlias = dict[str, Matrix]


def make_state(seed: int = 0) -> State:
    """The parameters: tables of Values, drawn from a normal distribution of deviation 0.08."""
    rng = random.Random(seed)

    def matrix(name: str, rows: int, columns: int) -> Matrix:
        with scope(name):
            return [[Value(rng.gauss(0, 0.08), f"{name}[{i}, {j}]") for j in range(columns)] for i in range(rows)]

    letters = len(LETTERS)
    return {
        "letters": matrix("letters", letters, WIDTH),
        "positions": matrix("positions", BLOCK, WIDTH),
        **{name: matrix(name, WIDTH, WIDTH) for name in ("query", "key", "value", "out")},
        "up": matrix("up", 4 * WIDTH, WIDTH),
        "down": matrix("down", WIDTH, 4 * WIDTH),
        "head": matrix("head", letters, WIDTH),
    }


def linear(matrix: Matrix, x: Vector) -> Vector:
    return [dot(row, x) for row in matrix]


def rms_norm(x: Vector) -> Vector:
    scale = (dot(x, x) / len(x) + 1e-5) ** -0.5
    return [each * scale for each in x]


def softmax(logits: Vector) -> Vector:
    total = logsumexp(logits)
    return [(logit - total).exp() for logit in logits]


def add(a: Vector, b: Vector) -> Vector:
    return [p + q for p, q in zip(a, b, strict=True)]


def attend(queries: Matrix, keys: Matrix, values: Matrix) -> Matrix:
    """Causal attention, `HEADS` heads side by side: each position looks at itself and those before it."""
    size = WIDTH // HEADS
    attended = []
    for t, query in enumerate(queries):
        row: Vector = []
        for head in range(0, WIDTH, size):
            part = slice(head, head + size)
            weights = softmax([dot(query[part], key[part]) * size**-0.5 for key in keys[: t + 1]])
            row += [dot(weights, [value[j] for value in values[: t + 1]]) for j in range(head, head + size)]
        attended.append(row)
    return attended


def logits_of(state: State, embedded: Matrix) -> Matrix:
    """For each position the logits of the next letter, from the embedded letters so far."""
    xs = [rms_norm(add(x, place)) for x, place in zip(embedded, state["positions"], strict=False)]
    normed = [rms_norm(x) for x in xs]
    queries, keys, values = ([linear(state[name], x) for x in normed] for name in ("query", "key", "value"))
    attended = attend(queries, keys, values)
    xs = [add(x, linear(state["out"], row)) for x, row in zip(xs, attended, strict=True)]
    hidden = [[h.relu() for h in linear(state["up"], rms_norm(x))] for x in xs]
    xs = [add(x, linear(state["down"], h)) for x, h in zip(xs, hidden, strict=True)]
    return [linear(state["head"], x) for x in xs]


def letters_of(name: str) -> list[int]:
    """The name as numbers, with the boundary letter before and behind."""
    return [LETTERS.index(letter) for letter in f".{name}."]


def eager_loss(state: State, name: str) -> Value:
    """The mean surprise at each next letter, built gate by gate for this name."""
    letters = letters_of(name)
    rows = logits_of(state, [state["letters"][letter] for letter in letters[:-1]])
    losses = [logsumexp(row) - row[letter] for row, letter in zip(rows, letters[1:], strict=True)]
    return autograd.sum(losses) / len(losses)


def record(state: State, length: int, **options: Any) -> Program:
    """The same for any name of `length` letters: the inputs are one row of 27 for each letter and for each target."""
    tokens, targets = ([[Value(0.0) for _ in LETTERS] for _ in range(length + 1)] for _ in range(2))
    columns = [list(column) for column in zip(*state["letters"], strict=True)]
    rows = logits_of(state, [linear(columns, token) for token in tokens])
    losses = [logsumexp(row) - dot(target, row) for row, target in zip(rows, targets, strict=True)]
    return autograd.compile(autograd.sum(losses) / len(losses), [x for row in tokens + targets for x in row], **options)


def row_of(name: str) -> list[float]:
    """The inputs of the program for this name."""
    letters = letters_of(name)

    return [float(i == letter) for letter in (*letters[:-1], *letters[1:]) for i in range(len(LETTERS))]
