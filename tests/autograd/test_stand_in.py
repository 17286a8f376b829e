"""Programs written for micrograd's and microgpt's classes run on Value, with the numbers those and PyTorch give."""

import pytest
from support.extras import needs
from support.scalar_gpt import ScalarGPT, sgd_step

from autograd import Value

NAMES = ("emma", "olivia", "ava")
TOKENS = {c: i + 1 for i, c in enumerate("abcdefghijklmnopqrstuvwxyz")}


def tokens(name):
    return [0, *(TOKENS[c] for c in name), 0]


def readme_expression(a, b):
    """The forward pass of micrograd's front page, by its operators: mixed ints and floats, both sides, in place."""
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + (b + a).relu()
    d += 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / 2.0
    g += 10.0 / f
    return g


def test_micrograds_front_page_gives_its_published_numbers():
    a, b = Value(-4.0), Value(2.0)
    g = readme_expression(a, b)
    assert f"{g.data:.4f}" == "24.7041"
    g.backward()
    assert f"{a.grad:.4f}" == "138.8338"
    assert f"{b.grad:.4f}" == "645.5773"


@needs("micrograd")
def test_the_same_program_gives_micrograds_numbers():
    from micrograd.engine import Value as Micrograd

    results = []
    for make in (Value, Micrograd):
        x, y = make(0.3), make(-1.7)
        z = sum([x * y, x - y, 3 / y, (x / 2) ** 2, -(y.relu()), readme_expression(x, y)])
        z.backward()
        x.data -= 0.1 * x.grad
        results.append((z.data, x.grad, y.grad, x.data))
    assert results[0] == pytest.approx(results[1], rel=1e-12)


class TorchGPT:
    """The same model on matrices, written as one would in PyTorch."""

    def __init__(self, scalar):
        import torch

        self.state = {
            name: torch.tensor([[p.data for p in row] for row in matrix], dtype=torch.float64, requires_grad=True)
            for name, matrix in scalar.state.items()
        }
        self.heads, self.width = scalar.heads, scalar.width

    def loss(self, sequence):
        import torch
        from torch.nn.functional import cross_entropy

        s, n = self.state, len(sequence) - 1

        def norm(x):
            return x * (x.square().mean(-1, keepdim=True) + 1e-5).rsqrt()

        x = norm(s["token"][sequence[:-1]] + s["position"][:n])
        q, k, v = ((norm(x) @ s[name].T).view(n, self.heads, -1).transpose(0, 1) for name in ("query", "key", "value"))
        scores = q @ k.transpose(1, 2) / (self.width // self.heads) ** 0.5
        scores = scores.masked_fill(torch.ones(n, n).triu(1).bool(), -torch.inf)
        x = x + (scores.softmax(-1) @ v).transpose(0, 1).reshape(n, -1) @ s["mix"].T
        x = x + (norm(x) @ s["expand"].T).relu() @ s["contract"].T
        return cross_entropy(x @ s["head"].T, torch.tensor(sequence[1:]))


@needs("torch")
def test_a_scalar_gpt_trains_with_the_losses_of_the_same_model_in_pytorch():
    import torch

    model = ScalarGPT(27, Value, seed=1)
    reference = TorchGPT(model)
    ours, theirs = [], []
    for name in NAMES:
        loss = model.loss(tokens(name))
        loss.backward()
        ours.append(loss.data)
        sgd_step(model.parameters(), 0.5)
        loss = reference.loss(tokens(name))
        gradients = torch.autograd.grad(loss, list(reference.state.values()))
        theirs.append(loss.item())
        with torch.no_grad():
            for parameter, gradient in zip(reference.state.values(), gradients, strict=True):
                parameter -= 0.5 * gradient
    assert ours == pytest.approx(theirs, rel=1e-10)
    for name, matrix in model.state.items():
        for row, expected in zip(matrix, reference.state[name].tolist(), strict=True):
            assert [p.data for p in row] == pytest.approx(expected, rel=1e-9, abs=1e-12)
