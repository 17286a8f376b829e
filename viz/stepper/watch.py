"""`watch`: training, recorded, to be stepped through epoch by epoch, forward and back."""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Iterable
from contextlib import suppress
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from autograd import DomainError
from viz.stepper.chart import BOTTOM, LEFT, RIGHT, TOP, loss_chart
from viz.stepper.graph import number
from viz.stepper.page import Page, element, script, watch_source
from viz.stepper.views import packed
from viz.text.numbers import format_number

if TYPE_CHECKING:
    from nn import Epoch, Module
    from nn.losses import LossLike

Array = NDArray[np.float64]

#: At most this many epochs are kept, and this many numbers in all. Longer trainings keep every second epoch, or every
#: fourth, and so on.
MOST, NUMBERS = 120, 400_000
#: The decision boundary is computed on a grid of this many places each way, a curve over one input at this many.
GRID, CURVE = 48, 80
#: The byte of a place where the model says nothing that is a number.
NOTHING = 255


class Frame:
    """The state after one epoch: the loss over all rows, every parameter, its gradient, what the model says."""

    __slots__ = ("epoch", "field", "gradients", "held", "loss", "weights")

    def __init__(
        self, epoch: int, loss: float, held: float | None, weights: Array, gradients: Array, field: Array
    ) -> None:
        self.epoch, self.loss, self.held = epoch, loss, held
        self.weights, self.gradients, self.field = weights, gradients, field


class Watch(Page):
    """Records a training, as a callback of `nn.fit`, and shows it: in notebooks by itself, elsewhere by `save`.

    It holds the state before training and after each epoch; of long trainings evenly spaced epochs, and the last.
    frames: what it holds. history: what `fit` returned, where `viz.watch` did the training. diverged: why that training
    ended before its time, in a sentence, if it did.
    """

    def __init__(self, model: Module, X: Any, y: Any = None, *, loss: LossLike) -> None:  # noqa: N803
        from nn.arguments import check_loss, check_model
        from nn.recording import record

        check_model(model, "watch records")
        check_loss(loss)
        self._recording, (self.rows, self.targets, self.table, self.width) = record(model, X, y, loss=loss)
        self.names = [name for name, p in model.named_parameters() if p.requires_grad]
        self.model, self.parameters = model, self._recording.parameters
        self._probes = self._probing()
        self._stride = 1
        self._most = max(8, min(MOST, NUMBERS // max(2 * len(self.parameters), 1)))
        self.history: Any = None
        self.diverged = ""
        self.frames: list[Frame] = []
        self._last: Frame | None = self._frame(0, None)
        self.frames.append(self._last)

    def __call__(self, epoch: Epoch) -> None:
        """Record an epoch: what `nn.fit` calls after each."""
        self._last = self._frame(epoch.number, epoch.held_out_loss)
        if epoch.number % self._stride == 0:
            self.frames.append(self._last)
        if len(self.frames) > self._most:
            self._stride *= 2
            self.frames = [frame for frame in self.frames if frame.epoch % self._stride == 0]

    def _frame(self, epoch: int, held: float | None) -> Frame:
        weights = np.array([p.data for p in self.parameters])
        field = np.full((len(self._probes), self.width), np.nan)
        try:
            loss, gradients = self._recording.value_and_grad(self.table)
        except (ArithmeticError, DomainError):  # a number that no float holds: what is left to show are the weights
            loss, gradients = math.nan, np.full(len(weights), np.nan)
        with suppress(ArithmeticError, DomainError):
            if len(self._probes):
                field = self._recording.outputs(self._probes)
        return Frame(epoch, loss, held, weights, gradients, field)

    def _probing(self) -> Array:
        """Rows spread over the region of the data, where one or two inputs make a picture possible; else none."""
        inputs = self.rows.shape[1]
        if inputs > 2 or (inputs == 1 and self.width > 1):
            return np.empty((0, inputs))
        self.low, self.high = self._window()
        if inputs == 2:
            across, up = np.meshgrid(*(np.linspace(a, b, GRID) for a, b in zip(self.low, self.high, strict=True)))
            return np.stack([across.ravel(), up.ravel()], axis=1)
        return np.linspace(self.low[0], self.high[0], CURVE)[:, None]

    def _window(self) -> tuple[Array, Array]:
        """A little more than the data take: over both inputs, or over the input and the target."""
        seen = self.rows if self.rows.shape[1] == 2 else np.hstack([self.rows, self.targets[:, :1]])
        margin = 0.12 * np.ptp(seen, axis=0) + 1e-9
        return seen.min(axis=0) - margin, seen.max(axis=0) + margin

    @property
    def kept(self) -> list[Frame]:
        """The recorded states, the last one always among them."""
        last = [self._last] if self._last is not None and self._last is not self.frames[-1] else []
        return [*self.frames, *last]

    @property
    def title(self) -> str:
        """A heading for a page of its own."""
        return f"Training {type(self.model).__name__}"

    @property
    def html(self) -> str:
        """Everything in one piece, with no network and no kernel, as `Stepper.html`."""
        frames = self.kept
        epochs, losses = [f.epoch for f in frames], [f.loss for f in frames]
        chart = loss_chart(epochs, losses, [f.held for f in frames])
        source = watch_source()
        told = f"{self.title}: loss {format_number(losses[0])} before training, {format_number(losses[-1])} after epoch"
        alt = f"{told} {epochs[-1]}."
        alt += f" {self.diverged}" if self.diverged else ""
        root = element({"packed": packed(self._record(frames))}, chart, alt, _table(frames), source)
        return f"{root.removesuffix('</div>')}{script(source)}</div>"

    def __repr__(self) -> str:
        frames = self.kept
        ends = f"loss {format_number(frames[0].loss)} → {format_number(frames[-1].loss)}"
        return f"<Watch: {self.title}, {frames[-1].epoch} epochs, {ends}{', diverged' if self.diverged else ''}>"

    def _record(self, frames: list[Frame]) -> dict[str, object]:
        """All that the page shows."""
        kind, fields, about = self._fields(frames)
        held = any(frame.held is not None for frame in frames)
        record: dict[str, object] = {
            "names": self.names,
            "diverged": self.diverged,
            "matrices": matrices(self.names),
            "chart": {"left": LEFT, "right": RIGHT, "top": TOP, "bottom": BOTTOM},
            "frames": [
                {
                    "epoch": frame.epoch,
                    "loss": number(frame.loss),
                    "weights": _rounded(frame.weights),
                    "gradients": _rounded(frame.gradients),
                }
                | ({"held": number(frame.held)} if held and frame.held is not None else {})
                | ({"field": field} if kind else {})
                for frame, field in zip(frames, fields, strict=True)
            ],
        }
        if kind:
            record["field"] = {
                "kind": kind,
                "size": GRID,
                "low": self.low.tolist(),
                "high": self.high.tolist(),
                **about,
            }
        return record

    def _fields(self, frames: list[Frame]) -> tuple[str, list[object], dict[str, object]]:
        """What the model says everywhere, a byte for each place; its kind; and the rows to be drawn over it."""
        if not len(self._probes):
            return "", [None] * len(frames), {}
        from viz.themes import SEVERAL

        about: dict[str, object] = {"several": [SEVERAL["light"], SEVERAL["dark"]], "classes": [], "middle": 0.0}
        if self.rows.shape[1] == 1:
            points = [[*_rounded(row), 0] for row in np.hstack([self.rows, self.targets[:, :1]])]
            return "curve", [_rounded(frame.field[:, 0]) for frame in frames], about | {"points": points}
        labels = self.targets.argmax(axis=1) if self.targets.shape[1] > 1 else self.targets[:, 0]
        classes, group = np.unique(labels, return_inverse=True)
        if len(classes) > 12:
            group, classes = np.zeros(len(labels), dtype=int), np.array([])
        about["points"] = [[*_rounded(row), int(g)] for row, g in zip(self.rows, group.ravel(), strict=True)]
        about["classes"] = [f"{label:g}" for label in classes]
        outputs = np.array([frame.field for frame in frames])
        if self.width > 1:
            chosen = np.where(np.isnan(outputs).any(axis=2), NOTHING, outputs.argmax(axis=2))
            return "classes", [_bytes(choice) for choice in chosen], about
        known = outputs[np.isfinite(outputs)]
        probability = bool(known.size) and known.min() >= 0.0 and known.max() <= 1.0
        middle = 0.5 if probability else 0.0
        reach = 0.5 if probability else typical([np.abs(output[np.isfinite(output)]) for output in outputs])
        levels = np.clip((outputs[..., 0] - middle) / reach, -1.0, 1.0) * 127.0 + 127.0
        return "score", [_bytes(np.where(np.isnan(level), NOTHING, level.round())) for level in levels], about


def typical(sizes: Iterable[Array]) -> float:
    """The largest of all sizes, but at most ten times the median of each epoch's largest.

    A training that diverged would otherwise leave nothing to be seen of the epochs before.
    """
    peaks = [float(epoch.max()) for epoch in sizes if epoch.size]
    return max(min(max(peaks), 10.0 * float(np.median(peaks))), 1e-9) if peaks else 1.0


def watch(model: Module, X: Any, y: Any = None, *, loss: LossLike, callbacks: Any = (), **options: Any) -> Watch:  # noqa: N803
    """Train a model and return the recorded training, to be stepped through: weights, gradients, boundary, loss.

    >>> import nn
    >>> model = nn.MLP(2, [3, 1], activation="tanh", seed=0)
    >>> rows, targets = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
    >>> watch(model, rows, targets, loss=nn.losses.mean_squared_error, optimizer=nn.optim.SGD(lr=0.1), epochs=5)
    <Watch: Training MLP, 5 epochs, loss 0.301 → 0.277>

    Takes what `nn.fit` takes. To record a training of your own, give ``viz.Watch(model, X, y, loss=loss)`` to `nn.fit`
    as a callback. The decision boundary is shown for two inputs, the fitted curve for one.

    A training that diverges is a lesson too: it is returned as far as it was recorded, and `diverged` says why it
    ended. All other errors are those of `fit`.
    """
    import nn

    recorder = Watch(model, X, y, loss=loss)
    others: Iterable[Any] = [callbacks] if callable(callbacks) else callbacks
    try:
        recorder.history = nn.fit(model, X, y, loss=loss, callbacks=[recorder, *others], **options)
    except nn.TrainingError as error:
        recorder.history = error.history
        recorder.diverged = f"The training diverged: {error}."
    return recorder


def matrices(names: list[str]) -> list[dict[str, object]]:
    """The parameters as matrices, by their names alone: ``layers.0.neurons.3.w.1`` is in row 3 of ``layers.0``.

    A row is what belongs to one neuron, its bias last; parameters that are in no list are a row of their own.
    """
    found: dict[str, dict[str, list[int]]] = {}
    for place, name in enumerate(names):
        neuron = re.fullmatch(r"(?:(.*)\.)?neurons\.(\d+)\.\w+(?:\.\d+)?", name)
        row = neuron[2] if neuron else re.sub(r"(\.\d+)+$", "", name)
        title = (neuron[1] or "layer") if neuron else row.rpartition(".")[0] or row
        found.setdefault(title, {}).setdefault(row, []).append(place)
    return [{"title": title, "rows": list(rows.values())} for title, rows in found.items()]


def _rounded(numbers: Array) -> list[float | str]:
    return [number(float(f"{x:.6g}")) for x in numbers.tolist()]


def _bytes(numbers: NDArray[Any]) -> str:
    return base64.b64encode(numbers.astype(np.uint8).tobytes()).decode()


def _table(frames: list[Frame]) -> str:
    """The losses, for readers without scripts: some twenty epochs."""
    step = max(1, len(frames) // 20)
    chosen = [*frames[:-1:step], frames[-1]]
    head = "".join(f'<td role="columnheader"><b>{word}</b></td>' for word in ("epoch", "loss", "held out"))
    rows = [head]
    for frame in chosen:
        held = format_number(frame.held) if frame.held is not None else ""
        rows.append(f"<td>{frame.epoch}</td><td>{format_number(frame.loss)}</td><td>{escape(held)}</td>")
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    return f"<details><summary>Losses</summary><table>{body}</table></details>"
