"""A script as a user writes it: it runs, and a type checker that knows nothing but the packages' types accepts it."""

from __future__ import annotations

import autograd
import nn
import viz
from autograd import Value


def smooth(x: Value) -> Value:
    """A function of Values, with numbers on either side of the operators."""
    return 2 * x**2 + (1 - x).tanh() / 3


def main() -> tuple[float, float]:
    w, x, b = Value(2.0, label="w"), Value(-1.0), Value(1.0)
    loss = (1 - (w * x + b).tanh()) ** 2
    loss.backward()
    slope: float = w.grad
    svg: str = viz.draw(loss, theme="dark", direction="TB").svg
    words: str = str(viz.explain(loss, wrt=w))
    second: float = autograd.derivative(autograd.derivative(smooth))(0.5)

    rows, targets = nn.data.moons(20, seed=0)
    model = nn.MLP(2, [4, 1], activation="tanh", output="sigmoid", seed=0)
    history = nn.fit(
        model, rows, targets, loss=nn.losses.binary_cross_entropy, optimizer=nn.optim.Adam(lr=0.01), epochs=2
    )
    losses: list[float] = history.loss

    program = autograd.compile(smooth, inputs=[1.0])
    outputs = program.forward([[1.0], [2.0]])
    assert svg
    assert words
    assert losses
    assert outputs.shape == (2,)
    return slope, second


if __name__ == "__main__":
    print(main())
