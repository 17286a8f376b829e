"""Networks of Values as scikit-learn estimators: for pipelines, cross-validation and grid search.

They keep scikit-learn's protocol (`fit`, `predict`, `predict_proba`, `score`, `get_params`) and its names. The trained
network is in ``model_`` and can be drawn, stepped through and explained like any other. scikit-learn is not needed for
the rest of the package, so it is imported here only.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

try:
    from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
    from sklearn.utils.multiclass import check_classification_targets
    from sklearn.utils.validation import check_is_fitted, check_random_state, validate_data
except ImportError as error:
    raise ImportError("nn.estimators keeps scikit-learn's protocol and needs it: pip install scikit-learn") from error

from nn import data, losses
from nn.activations import ActivationLike
from nn.history import History
from nn.losses import Loss
from nn.networks import MLP
from nn.optim import Adam
from nn.prediction import predict
from nn.training import fit
from nn.versions import Pickled


class _Network(Pickled, BaseEstimator):  # type: ignore[misc]
    """What both estimators share: the settings, and the training of an MLP on standardized columns.

    hidden: widths of the hidden layers; () is a linear model. lr: of Adam. standardize: put each column on mean 0 and
    standard deviation 1 first, remembered for new rows. random_state: of the first weights and the order of rows. The
    other settings are those of `nn.fit`. Pickles carry a version: one of a newer Gatewise is refused.
    """

    def __init__(
        self,
        hidden: Sequence[int] = (16,),
        activation: ActivationLike = "tanh",
        *,
        lr: float = 0.02,
        epochs: int = 300,
        batch_size: int | None = None,
        l2: float = 0.0,
        standardize: bool = True,
        random_state: Any = 0,
        progress: bool = False,
        compiled: bool = True,
    ) -> None:
        self.hidden, self.activation, self.lr, self.epochs = hidden, activation, lr, epochs
        self.batch_size, self.l2, self.standardize = batch_size, l2, standardize
        self.random_state, self.progress, self.compiled = random_state, progress, compiled

    model_: MLP
    history_: History
    n_iter_: int

    def _train(self, rows: NDArray[Any], targets: NDArray[Any], outputs: int, loss: Loss) -> None:
        self._scaling = data.standardize(rows)[1] if self.standardize else None
        state = self.random_state
        seed = int(state) if isinstance(state, int | np.integer) else int(check_random_state(state).randint(2**31 - 1))
        model = MLP(rows.shape[1], [*self.hidden, outputs], self.activation, seed=seed)
        self.history_ = fit(
            model,
            self._scaled(rows),
            targets,
            loss=loss,
            optimizer=Adam(lr=self.lr),
            epochs=self.epochs,
            batch_size=self.batch_size,
            seed=seed,
            l2=self.l2,
            progress=self.progress,
            compiled=self.compiled,
        )
        self.model_, self.n_iter_ = model, self.history_.epochs

    def _scaled(self, rows: NDArray[Any]) -> NDArray[np.float64]:
        return rows.astype(np.float64) if self._scaling is None else self._scaling(rows)

    def _outputs(self, X: Any) -> NDArray[np.float64]:  # noqa: N803
        check_is_fitted(self)
        return predict(self.model_, self._scaled(validate_data(self, X, reset=False)), compiled=self.compiled)


class Regressor(RegressorMixin, _Network):  # type: ignore[misc]
    """A multilayer perceptron for numbers, trained by mean squared error on standardized targets.

    >>> from nn.estimators import Regressor
    >>> model = Regressor(hidden=(), lr=0.1, epochs=500).fit([[0.0], [1.0], [2.0]], [1.0, 3.0, 5.0])
    >>> model.predict([[3.0]]).round(3).tolist()
    [7.0]
    """

    def fit(self, X: Any, y: Any) -> Regressor:  # noqa: N803
        """Train on rows X (rows, inputs) and numbers y (rows,) or (rows, outputs); returns itself."""
        rows, targets = validate_data(self, X, y, multi_output=True, y_numeric=True)
        self._flat = targets.ndim == 1
        wanted, self._of_targets = data.standardize(targets)
        self._train(rows, wanted, wanted.shape[1], losses.mean_squared_error)
        return self

    def predict(self, X: Any) -> NDArray[np.float64]:  # noqa: N803
        """The predicted numbers, of the shape of the y it was trained on."""
        outputs = self._outputs(X)
        numbers = self._of_targets.inverse(outputs)
        return numbers[:, 0] if self._flat else numbers

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags


class Classifier(ClassifierMixin, _Network):  # type: ignore[misc]
    """A multilayer perceptron for classes, trained by cross entropy from logits: one for two classes, else one each.

    >>> from nn.estimators import Classifier
    >>> model = Classifier(hidden=(), epochs=200).fit([[0.0], [1.0], [2.0], [3.0]], ["low", "low", "high", "high"])
    >>> model.predict([[-1.0], [4.0]]).tolist()
    ['low', 'high']
    """

    classes_: NDArray[Any]

    def fit(self, X: Any, y: Any) -> Classifier:  # noqa: N803
        """Train on rows X (rows, inputs) and labels y (rows,) of any kind; returns itself."""
        rows, labels = validate_data(self, X, y)
        check_classification_targets(labels)
        self.classes_, positions = np.unique(labels, return_inverse=True)
        count = len(self.classes_)
        if count < 2:
            raise ValueError(
                f"a classifier needs at least 2 classes, but every label is of one class, {self.classes_.tolist()[0]!r}"
            )
        if count == 2:
            self._train(rows, positions, 1, losses.binary_cross_entropy_with_logits)
        else:
            self._train(rows, positions, count, losses.sparse_categorical_cross_entropy)
        return self

    def decision_function(self, X: Any) -> NDArray[np.float64]:  # noqa: N803
        """The logits: (rows,) of the second of two classes, else (rows, classes)."""
        return self._outputs(X)

    def predict_proba(self, X: Any) -> NDArray[np.float64]:  # noqa: N803
        """The probability of each class, (rows, classes), in the order of ``classes_``."""
        logits = self._outputs(X)
        if logits.ndim == 1:
            logits = np.stack([np.zeros_like(logits), logits], axis=1)  # sigmoid(z) is softmax(0, z)
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=1, keepdims=True))

    def predict(self, X: Any) -> NDArray[Any]:  # noqa: N803
        """The likeliest label of each row."""
        best = self.predict_proba(X).argmax(axis=1)
        return np.asarray(self.classes_[best])
