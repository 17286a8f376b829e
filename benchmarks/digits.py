"""Handwritten digits, learned by scalars: ``python benchmarks/digits.py`` (scikit-learn brings the images).

A 64-32-10 network of 2,410 Values, its graph recorded once and replayed. Prints the held-out accuracy and the seconds,
data loading included. The program runs on NumPy, or on numba where the extra ``jit`` is installed.
"""

import time

start = time.perf_counter()

from sklearn.datasets import load_digits  # noqa: E402 - loading counts

import nn  # noqa: E402

X, y = load_digits(return_X_y=True)
train, held_out = nn.data.split(X / 16, y, 0.2, seed=0)
model = nn.MLP(64, [32, 10], activation="relu", seed=0)
history = nn.fit(
    model,
    *train,
    loss=nn.losses.sparse_categorical_cross_entropy,
    optimizer=nn.optim.Adam(lr=0.01),
    epochs=20,
    batch_size=32,
    seed=0,
    held_out=held_out,
    metrics=["accuracy"],
)
print(model)
print(history)
accuracy = nn.functional.accuracy(nn.predict(model, held_out[0]), held_out[1])
print(f"{accuracy:.1%} of {len(held_out[1])} held-out images right, {time.perf_counter() - start:.1f} s in all")
