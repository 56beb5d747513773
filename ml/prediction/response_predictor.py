"""Whether a customer responds when contacted.

Belongs here: ``ResponsePredictor``. Does not belong here: what the contact changes; who responds may have bought anyway
(see uplift).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd

from ml.evaluation.time_splits import PanelParts
from ml.panels import KEYS, outcome_values
from ml.prediction.boosted_classifier import BoostedClassifier
from ml.prediction.composite import Predictor


class ResponsePredictor(Predictor):
    """Probability of a response to a contact, from features as of its assignment.

    Args:
        feature_names: Columns to learn from, as known on the day of the assignment (``as_of_date``).
        outcome_name: Column with 0 and 1.
        keys: Columns that identify an exposure.
        is_randomised: Whether chance decided who was contacted; the caller knows.
        tree_settings: Further settings of ``BoostedClassifier``.

    Attributes:
        model_: Fitted ``BoostedClassifier``.
        base_rate_: Share of the exposures with a response.
    """

    format_name: ClassVar[str] = "tessera.response_predictor"
    part_types: ClassVar[Mapping[str, Any]] = {"model_": BoostedClassifier}
    number_names: ClassVar[tuple[str, ...]] = ("base_rate_",)

    def __init__(
        self,
        *,
        feature_names: Sequence[str],
        outcome_name: str = "has_responded",
        keys: Sequence[str] = (*KEYS, "campaign_id"),
        is_randomised: bool = False,
        tree_settings: Mapping[str, Any] | None = None,
    ) -> None:
        self.feature_names = feature_names
        self.outcome_name = outcome_name
        self.keys = keys
        self.is_randomised = is_randomised
        self.tree_settings = tree_settings

    @property
    def meaning(self) -> str:
        """What the number may be read as, in a sentence."""
        whom = (
            "anybody, as chance decided who was contacted"
            if self.is_randomised
            else "customers like those who were contacted before; they were chosen, not drawn by chance"
        )
        return f"Chance of a response when contacted, for {whom}. It is not what the contact changes."

    def fit(self, X: PanelParts, y: None = None) -> Self:
        """Learn the trees and the base rate; see ``BoostedClassifier.fit`` for the parts and errors."""
        self.model_ = BoostedClassifier(
            feature_names=self.feature_names,
            outcome_name=self.outcome_name,
            keys=self.keys,
            **(self.tree_settings or {}),
        ).fit(X)
        self.base_rate_ = float(np.nanmean(outcome_values(X.known(), self.outcome_name, owner="ResponsePredictor")))
        return self

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        """Return the calibrated probability, shape (n,)."""
        return self.model_.predict(X)

    def predict_baseline(self, X: pd.DataFrame) -> np.ndarray:
        """Return the base rate, shape (n,)."""
        return np.full(len(X), self.base_rate_)
