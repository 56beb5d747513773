"""Boosted trees for yes or no, with probabilities calibrated on later rows.

Belongs here: ``BoostedClassifier``. Does not belong here: what the outcome means (the predictors of this folder).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier

from ml.errors import ModelInputError, NotEnoughOutcomesError
from ml.evaluation.time_splits import PanelParts
from ml.prediction.boosted_trees import BoostedTrees
from ml.prediction.probability_calibration import ProbabilityCalibration


class BoostedClassifier(BoostedTrees):
    """Probability of an outcome that is 0 or 1; see ``BoostedTrees`` for the settings.

    Attributes:
        calibration_: Fitted ``ProbabilityCalibration``.
    """

    format_name: ClassVar[str] = "tessera.boosted_classifier"

    def fit(self, X: PanelParts, y: None = None) -> Self:
        """Learn trees on the training rows, stop by the stopping rows, calibrate on the calibration rows.

        Raises:
            ModelInputError: A column cannot be used, or a part lacks rows or one of the two outcomes.
        """
        self._fit_trees(HistGradientBoostingClassifier, X)
        rows, outcome = self._known_rows(X.calibration, part="calibration", limit=None)
        self._check_outcome(outcome, part="calibration")
        self.calibration_ = ProbabilityCalibration().fit(self.raw_score(rows), outcome)
        return self

    def predict_proba(self, X: pd.DataFrame) -> np.ndarray:
        """Return the probabilities of 0 and of 1, shape (n, 2)."""
        probability = self.predict(X)
        return np.column_stack([1 - probability, probability])

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        """Return the probability of 1, shape (n,)."""
        return self.calibration_.predict(self.raw_score(X))

    def _check_outcome(self, y: np.ndarray, *, part: str) -> None:
        found = np.unique(y)
        if not np.array_equal(found, [0.0, 1.0]):
            # One of the two is too little seen; anything else is no such outcome.
            one_only = len(found) < 2 and set(found) <= {0.0, 1.0}
            raise (NotEnoughOutcomesError if one_only else ModelInputError)(
                f"BoostedClassifier: the outcome {self.outcome_name!r} cannot be learnt from the {part} rows",
                expected="both 0 and 1, and nothing else",
                found=", ".join(f"{value:g}" for value in found[:5]),
                fix="wait until both outcomes have been seen, or publish the baseline",
            )

    def _link_to_parameters(self) -> dict[str, Any]:
        return {"calibration": self.calibration_.to_parameters()}

    def _link_from_parameters(self, parameters: Mapping[str, Any]) -> None:
        self.calibration_ = ProbabilityCalibration.from_parameters(parameters["calibration"])
