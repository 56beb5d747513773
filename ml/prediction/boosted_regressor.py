"""Boosted trees for positive amounts, with the total calibrated on later rows.

Belongs here: ``BoostedRegressor``. Does not belong here: zeros (``spend_predictor`` has a part of its own for them).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingRegressor

from ml.errors import ModelInputError
from ml.evaluation.time_splits import PanelParts
from ml.prediction.boosted_trees import BoostedTrees


class BoostedRegressor(BoostedTrees):
    """Expected amount of rows whose amount is above 0; see ``BoostedTrees`` for the settings.

    The loss is the gamma deviance with a log link (McCullagh & Nelder 1989, chapter 8): amounts spread in proportion to
    their size, so that a large customer does not outvote a thousand small ones.

    Attributes:
        factor_: What the amounts are multiplied by, so that their total on the calibration rows is right.
    """

    format_name: ClassVar[str] = "tessera.boosted_regressor"

    def fit(self, X: PanelParts, y: None = None) -> Self:
        """Learn trees on the training rows, stop by the stopping rows, set the total by the calibration rows.

        Raises:
            ModelInputError: A column cannot be used, a part has no rows, or an amount is not above 0.
        """
        self._fit_trees(HistGradientBoostingRegressor, X, loss="gamma")
        rows, outcome = self._known_rows(X.calibration, part="calibration", limit=None)
        self._check_outcome(outcome, part="calibration")
        self.factor_ = float(outcome.sum() / np.exp(self.raw_score(rows)).sum())
        return self

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        """Return the expected amount, in the unit of the outcome, shape (n,)."""
        return np.asarray(np.exp(self.raw_score(X)) * self.factor_)

    def _check_outcome(self, y: np.ndarray, *, part: str) -> None:
        if y.min() <= 0:
            raise ModelInputError(
                f"BoostedRegressor: {self.outcome_name!r} of the {part} rows is not above 0 everywhere",
                expected="amounts above 0",
                found=f"{int((y <= 0).sum())} of {len(y)} rows at 0 or below",
                fix="keep the rows with an amount, and give whether there is one to a BoostedClassifier",
            )

    def _link_to_parameters(self) -> dict[str, Any]:
        return {"factor": self.factor_}

    def _link_from_parameters(self, parameters: Mapping[str, Any]) -> None:
        self.factor_ = float(parameters["factor"])
        if not np.isfinite(self.factor_) or self.factor_ <= 0:
            raise ValueError(f"factor {self.factor_}")
