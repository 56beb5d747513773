"""How much a contact changes what a customer does, as the difference of two linear models.

Belongs here: ``RidgeUplift``. Does not belong here: whether the ranking is any good (``qini``), which customers it is
learnt from (``cross_fitting``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator

from ml.errors import ModelInputError, ParameterFormatError

FORMAT = "tessera.ridge_uplift"
FORMAT_VERSION = 1


class RidgeUplift(BaseEstimator):
    """One ridge regression of those contacted and one of those held out; their difference is the expected change.

    This is the T-learner of Künzel, Sekhon, Bickel & Yu (2019, PNAS 116(10)) with linear models: a change is much
    smaller than what it changes, so what two flexible models differ by is mostly their noise. Both have the same
    penalty a customer, so that the smaller arm is not shrunk more than the larger one.

    Features are taken as sign(x) log(1 + |x|), since counts, days and amounts have long tails, then standardised; where
    one is missing it is taken as average, with a column of its own that says so.

    Args:
        feature_names: Numeric columns of the frame.
        penalty: Weight of the squared coefficients of the standardised features, per customer.

    Attributes:
        center_, scale_: Of the features and the columns of missing ones, shape (2 p,).
        coefficients_: Of those contacted and those held out, shape (2, 2 p).
        intercepts_: Shape (2,).
    """

    def __init__(self, *, feature_names: Sequence[str], penalty: float = 0.065) -> None:
        self.feature_names = feature_names
        self.penalty = penalty

    def fit(self, X: pd.DataFrame, y: np.ndarray, treated: np.ndarray) -> Self:
        """Learn from customers of both arms.

        Args:
            X: Features as known before the assignment, n rows; the caller gives them in an order that does not hang on
                where they come from.
            y: What they did after it, shape (n,).
            treated: Whether they were to be contacted, booleans, shape (n,).

        Raises:
            ModelInputError: A column is absent, an outcome is missing, or an arm has fewer than two customers.
        """
        y, treated = np.asarray(y, np.float64), np.asarray(treated, bool)
        arms = (int(treated.sum()), int((~treated).sum()))
        if min(arms) < 2 or not np.isfinite(y).all():
            raise ModelInputError(
                "RidgeUplift: there is nothing to compare",
                expected="two customers of each arm at least, and an outcome of each",
                found=f"{arms[0]} contacted, {arms[1]} held out, {int((~np.isfinite(y)).sum())} without outcome",
                fix="learn from campaigns with a holdout whose days to respond are over",
            )
        raw = self._numbers(X)
        self.center_ = raw.mean(axis=0)
        spread = raw.std(axis=0)
        self.scale_ = np.where(spread > 1e-9, spread, 1.0)
        design = (raw - self.center_) / self.scale_
        solved = [self._ridge(design[arm], y[arm]) for arm in (treated, ~treated)]
        self.coefficients_ = np.stack([coefficients for coefficients, _ in solved])
        self.intercepts_ = np.array([intercept for _, intercept in solved])
        return self

    def predict_arms(self, X: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
        """Return what is expected of each row contacted and not contacted, each of shape (n,)."""
        design = (self._numbers(X) - self.center_) / self.scale_
        contacted, held = design @ self.coefficients_.T[:, 0], design @ self.coefficients_.T[:, 1]
        return contacted + self.intercepts_[0], held + self.intercepts_[1]

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        """Return the expected change by a contact, in the unit of the outcome, shape (n,)."""
        contacted, held = self.predict_arms(X)
        return contacted - held

    def to_parameters(self) -> dict[str, Any]:
        """Return all that was learnt as plain JSON types."""
        return {
            "format": FORMAT,
            "format_version": FORMAT_VERSION,
            "feature_names": list(self.feature_names),
            "penalty": float(self.penalty),
            "center": self.center_.tolist(),
            "scale": self.scale_.tolist(),
            "coefficients": self.coefficients_.tolist(),
            "intercepts": self.intercepts_.tolist(),
        }

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, Any]) -> Self:
        """Rebuild a fitted model from ``to_parameters()``.

        Raises:
            ParameterFormatError: It is of another kind or version.
        """
        found = (parameters.get("format"), parameters.get("format_version"))
        if found != (FORMAT, FORMAT_VERSION):
            raise ParameterFormatError(
                "RidgeUplift: these parameters are of something else",
                expected=f"{FORMAT} version {FORMAT_VERSION}",
                found=f"{found[0]} version {found[1]}",
                fix="learn the model anew",
            )
        model = cls(feature_names=list(parameters["feature_names"]), penalty=float(parameters["penalty"]))
        model.center_ = np.array(parameters["center"], np.float64)
        model.scale_ = np.array(parameters["scale"], np.float64)
        model.coefficients_ = np.array(parameters["coefficients"], np.float64)
        model.intercepts_ = np.array(parameters["intercepts"], np.float64)
        return model

    def _ridge(self, design: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, float]:
        """Coefficients and intercept; the intercept is not penalised."""
        mean, middle = design.mean(axis=0), float(y.mean())
        centred = design - mean
        gram = centred.T @ centred + self.penalty * len(y) * np.eye(design.shape[1])
        coefficients = np.linalg.solve(gram, centred.T @ (y - middle))
        return coefficients, middle - float(mean @ coefficients)

    def _numbers(self, X: pd.DataFrame) -> np.ndarray:
        absent = [name for name in self.feature_names if name not in X.columns]
        if absent:
            raise ModelInputError(
                f"RidgeUplift: column {absent[0]!r} is not in the frame",
                expected=", ".join(self.feature_names),
                found=f"{len(absent)} absent",
                fix="join the features first",
            )
        raw = X[list(self.feature_names)].to_numpy(np.float64, na_value=np.nan)
        missing = ~np.isfinite(raw)
        filled = np.where(missing, 0.0, raw)
        squeezed = np.sign(filled) * np.log1p(np.abs(filled))
        if hasattr(self, "center_"):
            squeezed = np.where(missing, self.center_[: raw.shape[1]], squeezed)
        else:
            known = (~missing).sum(axis=0)
            squeezed = np.where(missing, squeezed.sum(axis=0) / np.maximum(known, 1), squeezed)
        return np.hstack([squeezed, missing.astype(np.float64)])
