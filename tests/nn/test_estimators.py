"""The wrappers keep scikit-learn's protocol, as its own checks see it."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from support.extras import reason

pytest.importorskip("sklearn", reason=reason("sklearn"))

from sklearn.datasets import load_diabetes, load_iris
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import estimator_checks_generator

from nn import versions
from nn.estimators import Classifier, Regressor

#: All of its checks but that of other array libraries, which it skips unless SciPy is switched over to them.
CHECKS = [
    pytest.param(estimator, check, id=f"{type(estimator).__name__}-{getattr(check, 'func', check).__name__}")
    for kind in (Classifier, Regressor)
    for estimator, check in estimator_checks_generator(kind(epochs=150, lr=0.05))
    if "array_api" not in getattr(check, "func", check).__name__
]


@pytest.mark.parametrize(("estimator", "check"), CHECKS)
@pytest.mark.filterwarnings("ignore")
def test_scikit_learns_own_check(estimator, check):
    check(estimator)


def test_classifier_learns_iris_with_labels_of_its_own():
    iris = load_iris()
    names = iris.target_names[iris.target]
    model = Classifier(hidden=(8,), epochs=200).fit(iris.data, names)
    assert model.score(iris.data, names) >= 0.97
    assert set(model.predict(iris.data[:5])) <= set(iris.target_names)
    probabilities = model.predict_proba(iris.data)
    assert probabilities.shape == (150, 3)
    assert probabilities.sum(axis=1) == pytest.approx(np.ones(150))


def test_pipeline_and_grid_search_work():
    X, y = load_iris(return_X_y=True)  # noqa: N806
    pipeline = make_pipeline(StandardScaler(), Classifier(hidden=(), epochs=60))
    assert cross_val_score(pipeline, X, y, cv=3).mean() > 0.85
    search = GridSearchCV(Classifier(epochs=40), {"hidden": [(), (4,)]}, cv=2).fit(X, y)
    assert search.best_score_ > 0.8


def test_regressor_without_hidden_layers_is_linear_regression():
    X, y = load_diabetes(return_X_y=True)  # noqa: N806
    model = Regressor(hidden=(), epochs=1500, lr=0.05).fit(X, y)
    design = np.c_[X, np.ones(len(X))]
    expected = design @ np.linalg.lstsq(design, y, rcond=None)[0]
    assert model.predict(X) == pytest.approx(expected, abs=0.5)


def test_trained_estimators_pickle():
    X, y = load_iris(return_X_y=True)  # noqa: N806
    model = Classifier(epochs=5).fit(X, y)
    assert np.array_equal(pickle.loads(pickle.dumps(model)).predict_proba(X), model.predict_proba(X))


def test_a_pickled_estimator_of_a_newer_version_is_refused(monkeypatch):
    monkeypatch.setattr(versions, "PICKLES", 2)
    newer = pickle.dumps(Classifier())
    monkeypatch.undo()
    with pytest.raises(
        ValueError, match="this pickled Classifier is of version 2, but this Gatewise reads versions up"
    ):
        pickle.loads(newer)
