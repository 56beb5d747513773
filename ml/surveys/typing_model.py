"""Carries classes of respondents to customers who were not asked, where that can be done.

Belongs here: ``TypingModel``, its honest report and its parameter document. Does not belong here: how classes are
found, how customer features are encoded (``customer_encoding``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.special import log_softmax, softmax
from sklearn.base import BaseEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.utils.validation import check_is_fitted
from threadpoolctl import threadpool_limits

from ml.base import Reason
from ml.errors import ModelInputError, NotEnoughAnswersError
from ml.frames import checked_index
from ml.parameter_documents import reading_parameters
from ml.surveys.class_densities import UNKNOWN
from ml.surveys.customer_encoding import CustomerEncoding, encoding_from_parameters, learn_encoding

OWNER = "TypingModel"
FORMAT = "tessera.typing_model"
FORMAT_VERSION = 1
REASONS_PER_ROW = 3
SETTINGS = ("feature_names", "min_probability", "min_respondents", "min_class", "folds", "penalty", "random_state")
# Two-sided 95 % of the normal distribution.
CONFIDENCE_Z = 1.96
# Features that say nothing send the temperature to infinity; this is as good, and a number.
HOTTEST = 20.0


class TypingModel(BaseEstimator):
    """Multinomial logistic regression from ordinary customer features to the classes of those who were asked.

    Probabilities are calibrated by one temperature and a bias per class, learnt on predictions out of fold (Alexandari,
    Kundaje & Shrikumar 2020, "Maximum likelihood with bias-corrected calibration is hard-to-beat at label shift
    adaptation"): the temperature alone (Guo et al. 2017) would undo the shrinkage of the coefficients, but stretch the
    shares of the classes with it. The report compares, out of fold and respondent by respondent, being
    right with what calling everybody the largest class would get right; where the 95 % interval of that gain reaches
    0, the model refuses: everybody is ``unknown``, and ``refusal_`` says why. The same rows give the same parameters
    to the last bit, in whatever order they come.

    Args:
        feature_names: Columns to use; default: every column. Numbers and booleans count as numbers, everything else
            as categories; missing values are allowed in both.
        min_probability: Probability below which a customer is ``unknown``.
        min_respondents: Fewest respondents.
        min_class: Fewest respondents of a class; smaller ones are left out of the learning and never predicted.
        folds: Number of folds.
        penalty: Weight of the squared coefficients, the inverse of scikit-learn's C.
        random_state: Seed of the folds.

    Attributes:
        classes_: Classes that can be predicted, sorted.
        report_: respondents, accuracy, majority_accuracy, gain, gain_low, gain_high, typed_share, typed_accuracy,
            typed_probability (mean of those typed: equal to typed_accuracy where calibrated), temperature; all out of
            fold.
        refusal_: Why everybody is unknown, None where the model is of use.
        encoding_: How features become numbers.
        coefficients_: Shape (k, columns of the encoding); each column sums to 0.
        intercepts_: Shape (k,).
        temperature_: Divisor of the scores; ``biases_``, shape (k,), is added to what comes out.
    """

    def __init__(
        self,
        *,
        feature_names: Sequence[str] | None = None,
        min_probability: float = 0.6,
        min_respondents: int = 200,
        min_class: int = 20,
        folds: int = 5,
        penalty: float = 50.0,
        random_state: int = 0,
    ) -> None:
        self.feature_names = feature_names
        self.min_probability = min_probability
        self.min_respondents = min_respondents
        self.min_class = min_class
        self.folds = folds
        self.penalty = penalty
        self.random_state = random_state

    def fit(self, X: pd.DataFrame, y: pd.Series) -> Self:
        """Learn from the respondents.

        Args:
            X: Features indexed by customer_id; rows of customers who were not asked are ignored.
            y: Class of each respondent, indexed by customer_id; missing and ``unknown`` are no class.

        Returns:
            The fitted model, which may refuse: see ``refusal_``.

        Raises:
            NotEnoughAnswersError: Fewer respondents than ``min_respondents``, or fewer than two classes with
                ``min_class`` of them.
            ModelInputError: A column cannot be used, or none tells customers apart.
        """
        checked_index(X, owner=OWNER)
        checked_index(y.to_frame(), owner=OWNER)
        known = y[y.notna() & (y != UNKNOWN)]
        sizes = known.value_counts()
        known = known[known.isin(sizes[sizes >= self.min_class].index)]
        asked = X.loc[X.index.isin(known.index)]
        asked = asked.iloc[np.argsort(asked.index.to_numpy(), kind="stable")]
        labels = known.reindex(asked.index).astype(str).to_numpy(dtype=object)
        classes, positions = np.unique(labels, return_inverse=True)
        if len(asked) < self.min_respondents or len(classes) < 2:
            raise NotEnoughAnswersError(
                f"{OWNER}: too few respondents to learn from",
                expected=f"{self.min_respondents} respondents with features (min_respondents), and two classes of at "
                f"least {self.min_class} (min_class)",
                found=f"{len(asked)} respondents of {len(classes)} such classes",
                fix="ask more customers; until then only respondents have a segment",
            )
        self.classes_ = classes
        self.features_ = tuple(sorted(self.feature_names if self.feature_names is not None else X.columns))
        with threadpool_limits(limits=1):
            self.encoding_, self.coefficients_, self.intercepts_ = self._learn(asked, positions)
            held_out = self._out_of_fold(asked, positions)
        self.temperature_, self.biases_ = _calibration(held_out, positions)
        self.report_ = self._report(softmax(held_out / self.temperature_ + self.biases_, axis=1), positions)
        self.refusal_ = None
        if self.report_["gain_low"] <= 0:
            self.refusal_ = (
                f"{self.report_['accuracy']:.1%} right out of fold against {self.report_['majority_accuracy']:.1%} by "
                f"calling everybody {classes[np.bincount(positions).argmax()]!r}: a gain between "
                f"{self.report_['gain_low']:+.1%} and {self.report_['gain_high']:+.1%}, which may be none"
            )
        return self

    def _learn(self, X: pd.DataFrame, positions: np.ndarray) -> tuple[CustomerEncoding, np.ndarray, np.ndarray]:
        """Return the encoding, coefficients (k x q) and intercepts (k)."""
        encoding = learn_encoding(X, self.features_, owner=OWNER)
        if not encoding.columns():
            raise ModelInputError(
                f"{OWNER}: no feature tells customers apart",
                expected="at least one column that varies",
                found=f"columns {', '.join(self.features_) or 'none'}",
                fix="check the features table; it may be empty or filled with defaults",
            )
        model = LogisticRegression(C=1 / self.penalty, max_iter=1_000, tol=1e-6)
        model.fit(encoding.transform(X, owner=OWNER), positions)
        coefficients, intercepts = model.coef_, model.intercept_
        if len(coefficients) == 1:
            # scikit-learn keeps the log odds of the second of two classes; as scores they are half for, half against.
            coefficients = np.vstack([-coefficients, coefficients]) / 2
            intercepts = np.array([-intercepts[0], intercepts[0]]) / 2
        # Row by row in memory, as parameters are read back: sums depend on it in the last bit.
        return encoding, np.ascontiguousarray(coefficients - coefficients.mean(axis=0)), intercepts - intercepts.mean()

    def _out_of_fold(self, X: pd.DataFrame, positions: np.ndarray) -> np.ndarray:
        """Return scores (logits) of each respondent by a model that has not seen them, shape (n, k)."""
        scores = np.zeros((len(X), len(self.classes_)))
        folds = StratifiedKFold(n_splits=self.folds, shuffle=True, random_state=self.random_state)
        for learnt, held in folds.split(X, positions):
            encoding, coefficients, intercepts = self._learn(X.iloc[learnt], positions[learnt])
            scores[held] = encoding.transform(X.iloc[held], owner=OWNER) @ coefficients.T + intercepts
        return scores

    def _report(self, probabilities: np.ndarray, positions: np.ndarray) -> dict[str, float]:
        right = probabilities.argmax(axis=1) == positions
        majority = positions == np.bincount(positions).argmax()
        # Paired: both are asked about the same respondents, so their common luck cancels.
        difference = right.astype(np.float64) - majority
        margin = CONFIDENCE_Z * difference.std(ddof=1) / np.sqrt(len(difference))
        typed = probabilities.max(axis=1) >= self.min_probability
        return {
            "respondents": float(len(positions)),
            "accuracy": float(right.mean()),
            "majority_accuracy": float(majority.mean()),
            "gain": float(difference.mean()),
            "gain_low": float(difference.mean() - margin),
            "gain_high": float(difference.mean() + margin),
            "typed_share": float(typed.mean()),
            "typed_accuracy": float(right[typed].mean()) if typed.any() else 0.0,
            "typed_probability": float(probabilities.max(axis=1)[typed].mean()) if typed.any() else 0.0,
            "temperature": self.temperature_,
        }

    def _scores(self, X: pd.DataFrame) -> np.ndarray:
        check_is_fitted(self, "coefficients_")
        checked_index(X, owner=OWNER)
        # einsum, not BLAS: a row's score must not depend on which rows stand beside it.
        encoded = self.encoding_.transform(X, owner=OWNER)
        scores = np.einsum("nq,kq->nk", encoded, self.coefficients_) + self.intercepts_
        return scores / self.temperature_ + self.biases_

    def posterior(self, X: pd.DataFrame) -> pd.DataFrame:
        """Return the calibrated probability of each class, columns by class; NaN where the model refuses."""
        probabilities = softmax(self._scores(X), axis=1)
        if self.refusal_ is not None:
            probabilities[:] = np.nan
        return pd.DataFrame(probabilities, index=X.index, columns=list(self.classes_))

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        """Return the class of each row, shape (n,); ``unknown`` below ``min_probability`` and where the model refuses.

        Raises:
            ModelInputError: A feature used at fit is absent or unusable.
        """
        probabilities = self.posterior(X).fillna(0.0).to_numpy()
        labels = np.array(self.classes_, dtype=object)[probabilities.argmax(axis=1)]
        labels[probabilities.max(axis=1) < self.min_probability] = UNKNOWN
        return labels

    def confidence(self, X: pd.DataFrame) -> np.ndarray:
        """Return the probability of the likeliest class, shape (n,); 0 where the model refuses."""
        return self.posterior(X).fillna(0.0).to_numpy().max(axis=1)

    def explain(self, X: pd.DataFrame) -> list[list[Reason]]:
        """Return the three features that decide most between a row's class and the next; none where it refuses.

        The effect of a feature is the difference of its parts in the two classes' scores, against an average respondent
        (whose encoded numbers are 0), divided by the sum of the absolute differences. Values are numbers, None for
        categories and where missing; a category is told in the feature, as ``country=DE``.
        """
        scores = self._scores(X)
        if self.refusal_ is not None:
            return [[] for _ in range(len(X))]
        encoded = self.encoding_.transform(X, owner=OWNER)
        ranked = np.argsort(-scores, axis=1, kind="stable")
        parts = encoded * (self.coefficients_[ranked[:, 0]] - self.coefficients_[ranked[:, 1]])
        owners = self.encoding_.columns()
        names = list(dict.fromkeys(owners))
        summed = np.column_stack([parts[:, [o == name for o in owners]].sum(axis=1) for name in names])
        total = np.abs(summed).sum(axis=1, keepdims=True)
        effects = np.divide(summed, total, out=np.zeros_like(summed), where=total > 0)
        strongest = np.argsort(-np.abs(effects), axis=1, kind="stable")[:, :REASONS_PER_ROW]
        told = X[names].to_dict(orient="list")
        return [
            [
                _reason(names[j], told[names[j]][row], float(effects[row, j]), names[j] in self.encoding_.categories)
                for j in chosen.tolist()
                if effects[row, j] != 0
            ]
            for row, chosen in enumerate(strongest)
        ]

    def to_parameters(self) -> dict[str, Any]:
        """Return settings and everything learnt as plain JSON types."""
        check_is_fitted(self, "coefficients_")
        settings = {name: getattr(self, name) for name in SETTINGS}
        if settings["feature_names"] is not None:
            settings["feature_names"] = [str(name) for name in settings["feature_names"]]
        return {
            "format": FORMAT,
            "format_version": FORMAT_VERSION,
            "settings": settings,
            "classes": [str(name) for name in self.classes_],
            "features": list(self.features_),
            "encoding": self.encoding_.to_parameters(),
            "coefficients": self.coefficients_.tolist(),
            "intercepts": self.intercepts_.tolist(),
            "temperature": self.temperature_,
            "biases": self.biases_.tolist(),
            "report": dict(self.report_),
            "refusal": self.refusal_,
        }

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, Any]) -> Self:
        """Rebuild a fitted model from ``to_parameters()`` without executing anything.

        Raises:
            ParameterFormatError: The document is not one of this format and version, or is damaged.
        """
        with reading_parameters(parameters, owner=OWNER, format_name=FORMAT, format_version=FORMAT_VERSION):
            model = cls(**{name: parameters["settings"][name] for name in SETTINGS})
            model.classes_ = np.array(parameters["classes"], dtype=object)
            model.features_ = tuple(parameters["features"])
            model.encoding_ = encoding_from_parameters(parameters["encoding"])
            model.coefficients_ = np.array(parameters["coefficients"], dtype=np.float64)
            model.intercepts_ = np.array(parameters["intercepts"], dtype=np.float64)
            model.temperature_ = float(parameters["temperature"])
            model.biases_ = np.array(parameters["biases"], dtype=np.float64)
            model.report_ = dict(parameters["report"])
            model.refusal_ = parameters["refusal"]
            shape = (len(model.classes_), len(model.encoding_.columns()))
            if model.coefficients_.shape != shape or not np.isfinite(model.coefficients_).all():
                raise ValueError(f"coefficients of shape {model.coefficients_.shape} for {shape}")
        return model


def _calibration(scores: np.ndarray, positions: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the temperature and the biases (k) at which held-out respondents are the likeliest."""
    rows, k = np.arange(len(positions)), scores.shape[1]
    truth = np.zeros_like(scores)
    truth[rows, positions] = 1

    def loss(parameters: np.ndarray) -> tuple[float, np.ndarray]:
        logs = log_softmax(parameters[0] * scores + parameters[1:], axis=1)
        missed = np.exp(logs) - truth
        slope = np.concatenate([[(missed * scores).sum(axis=1).mean()], missed.mean(axis=0)])
        return -float(logs[rows, positions].mean()), slope

    limits = [(1 / HOTTEST, HOTTEST), *[(None, None)] * k]
    found = minimize(loss, np.r_[1.0, np.zeros(k)], jac=True, method="L-BFGS-B", bounds=limits)
    return float(1 / found.x[0]), found.x[1:] - found.x[1:].mean()


def _reason(name: str, value: Any, effect: float, is_category: bool) -> Reason:
    if is_category:
        return Reason(feature=name if pd.isna(value) else f"{name}={value}", value=None, effect=effect)
    return Reason(feature=name, value=None if pd.isna(value) else float(value), effect=effect)
