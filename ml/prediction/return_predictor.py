"""Whether a customer orders again within a number of days.

Belongs here: ``ReturnPredictor``. Does not belong here: calling the opposite "churn"; the horizon is part of the name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd

from ml.evaluation.time_splits import PanelParts
from ml.prediction.boosted_classifier import BoostedClassifier
from ml.prediction.composite import Predictor
from ml.prediction.rfm_cell_baseline import RfmCellBaseline


class ReturnPredictor(Predictor):
    """Probability of any order in (T, T + h] for a row of date T.

    Args:
        feature_names: Columns to learn from.
        horizon_days: h; it names the prediction.
        outcome_name: Column with 0 and 1; ``returned_{h}d`` by default.
        baseline_features: Recency, frequency and monetary columns of the baseline; its own by default.
        tree_settings: Further settings of ``BoostedClassifier``.

    Attributes:
        model_: Fitted ``BoostedClassifier``.
        baseline_: Fitted ``RfmCellBaseline``.
    """

    format_name: ClassVar[str] = "tessera.return_predictor"
    part_types: ClassVar[Mapping[str, Any]] = {"model_": BoostedClassifier, "baseline_": RfmCellBaseline}

    def __init__(
        self,
        *,
        feature_names: Sequence[str],
        horizon_days: int = 90,
        outcome_name: str | None = None,
        baseline_features: Sequence[str] | None = None,
        tree_settings: Mapping[str, Any] | None = None,
    ) -> None:
        self.feature_names = feature_names
        self.horizon_days = horizon_days
        self.outcome_name = outcome_name
        self.baseline_features = baseline_features
        self.tree_settings = tree_settings

    @property
    def prediction_name(self) -> str:
        """Name of the predicted column, such as ``p_return_90d``."""
        return f"p_return_{self.horizon_days}d"

    def fit(self, X: PanelParts, y: None = None) -> Self:
        """Learn the trees and the baseline; see ``BoostedClassifier.fit`` for the parts and errors."""
        outcome_name = self.outcome_name or f"returned_{self.horizon_days}d"
        self.model_ = BoostedClassifier(
            feature_names=self.feature_names, outcome_name=outcome_name, **(self.tree_settings or {})
        ).fit(X)
        self.baseline_ = rfm_baseline(outcome_name, self.baseline_features).fit(X.known())
        return self

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        """Return the calibrated probability, shape (n,)."""
        return self.model_.predict(X)

    def predict_baseline(self, X: pd.DataFrame) -> np.ndarray:
        """Return the share that returned in the row's RFM cell, shape (n,)."""
        return self.baseline_.predict(X)


def rfm_baseline(outcome_name: str, feature_names: Sequence[str] | None) -> RfmCellBaseline:
    """Return an unfitted baseline, with its own columns where none are named."""
    if feature_names is None:
        return RfmCellBaseline(outcome_name=outcome_name)
    return RfmCellBaseline(outcome_name=outcome_name, feature_names=tuple(feature_names))
