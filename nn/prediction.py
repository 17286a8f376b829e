"""A model's outputs for a whole table at once, through a recorded graph."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd import DomainError, RecordingError
from nn.arguments import check_model
from nn.data.tables import Array, as_rows
from nn.modules import Module
from nn.recording import eager_outputs, outputs_program, same


def predict(model: Module, X: Any, *, compiled: bool = True) -> NDArray[np.float64]:  # noqa: N803
    """The model's outputs for all rows of a table: (rows,) if it has one output, else (rows, outputs).

    X: anything `data.as_rows` takes. The model is called as it is, in training mode or not; parameters stay. A model
    whose graph differs from row to row is noticed, as in `fit`, and called for each row.
    """
    check_model(model, "predict asks")
    rows = as_rows(X)
    outputs = _replayed_outputs(model, rows) if compiled and len(rows) > _FEW else None
    if outputs is None:
        outputs = eager_outputs(model, rows)
    return outputs[:, 0] if outputs.shape[1] == 1 else outputs


_FEW = 4  # rows for which recording is not worth its while


def _replayed_outputs(model: Module, rows: Array) -> Array | None:
    """The outputs of a recorded graph, or None if it cannot be replayed for all rows."""
    try:
        outputs = np.asarray(outputs_program(model, rows[0].tolist(), []).forward(rows))
    except (RecordingError, DomainError):  # computed row by row it may have a value, or says what has none
        return None
    checks = [len(rows) // 2, len(rows) - 1]
    anew = eager_outputs(model, rows[checks])
    if not all(same(a, b) for a, b in zip(outputs[checks].ravel().tolist(), anew.ravel().tolist(), strict=True)):
        return None
    return outputs
