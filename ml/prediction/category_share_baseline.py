"""The baseline of category predictions: what a customer bought is what the customer will buy.

Belongs here: ``CategoryShareBaseline``. Does not belong here: trees.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from ml.errors import NotEnoughOutcomesError, ParameterFormatError
from ml.frames import feature_matrix
from ml.panels import outcome_values
from ml.prediction.probability_calibration import ProbabilityCalibration

FORMAT = "tessera.category_share_baseline"


class CategoryShareBaseline(BaseEstimator):
    """Own share of a category, blended with everybody's, as a probability.

    Blended share = ``(own + k * base) / (total + k)`` with k = ``shrinkage`` orders; its log odds become a probability
    by a line or steps learnt on the training rows.

    Args:
        outcome_name: Column with 0 and 1.
        own_count_name: Column with the customer's orders in the row's category.
        total_count_name: Column with all orders of the customer.
        shrinkage: Orders that the base counts for.

    Attributes:
        base_shares_: Category to its share of the training rows' orders.
        calibration_: From blended share to probability.
    """

    def __init__(
        self, *, outcome_name: str, own_count_name: str, total_count_name: str, shrinkage: float = 5.0
    ) -> None:
        self.outcome_name = outcome_name
        self.own_count_name = own_count_name
        self.total_count_name = total_count_name
        self.shrinkage = shrinkage

    def fit(self, X: pd.DataFrame, y: None = None) -> Self:
        """Learn base shares and the map from the rows of ``X`` whose outcome is known."""
        outcome = outcome_values(X, self.outcome_name, owner="CategoryShareBaseline")
        known = ~np.isnan(outcome)
        if not known.any():
            raise NotEnoughOutcomesError(
                "CategoryShareBaseline: no outcome is known",
                expected=f"rows with {self.outcome_name!r}",
                found=f"{len(X)} rows without it",
                fix="pass rows whose horizon is complete",
            )
        own, total = self._counts(X[known])
        sums = pd.DataFrame({"category": X.loc[known, "category_code"].astype(str), "own": own, "total": total})
        sums = sums.groupby("category")[["own", "total"]].sum().sort_index()
        self.base_shares_ = {
            str(code): float(row.own / row.total) if row.total else 0.0 for code, row in sums.iterrows()
        }
        self.calibration_ = ProbabilityCalibration().fit(self._scores(X[known]), outcome[known])
        return self

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        """Return the probability of each row's category, shape (n,)."""
        check_is_fitted(self, "calibration_")
        return self.calibration_.predict(self._scores(X))

    def to_parameters(self) -> dict[str, Any]:
        """Return all that was learnt as plain JSON types."""
        return {
            "format": FORMAT,
            "settings": self.get_params(),
            "base_shares": dict(self.base_shares_),
            "calibration": self.calibration_.to_parameters(),
        }

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, Any]) -> Self:
        """Rebuild a fitted baseline from ``to_parameters()``.

        Raises:
            ParameterFormatError: It is another document or a damaged one.
        """
        try:
            if parameters["format"] != FORMAT:
                raise ValueError(f"format {parameters['format']!r}")
            model = cls(**parameters["settings"])
            model.base_shares_ = {str(code): float(share) for code, share in parameters["base_shares"].items()}
            model.calibration_ = ProbabilityCalibration.from_parameters(parameters["calibration"])
        except (KeyError, TypeError, ValueError) as error:
            raise ParameterFormatError(
                "CategoryShareBaseline: these are not its parameters",
                expected=f"a document of format {FORMAT!r}",
                found=f"{type(error).__name__}: {error}",
                fix="learn the baseline again",
            ) from error
        return model

    def _counts(self, X: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
        names = (self.own_count_name, self.total_count_name)
        own, total = np.nan_to_num(feature_matrix(X, names, owner="CategoryShareBaseline")).T
        return own, total

    def _scores(self, X: pd.DataFrame) -> np.ndarray:
        own, total = self._counts(X)
        base = X["category_code"].astype(str).map(self.base_shares_).fillna(0.0).to_numpy(dtype=np.float64)
        share = (own + self.shrinkage * base) / (np.maximum(total, own) + self.shrinkage)
        share = np.clip(share, 1e-6, 1 - 1e-6)
        return np.asarray(np.log(share) - np.log1p(-share))
