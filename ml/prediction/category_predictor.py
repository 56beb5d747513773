"""Which categories a customer buys from within a number of days.

Belongs here: ``CategoryPredictor``. Does not belong here: single products, making the rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd
from sklearn.utils.validation import check_is_fitted

from ml.evaluation.time_splits import PanelParts
from ml.panels import KEYS, checked_panel, outcome_values
from ml.prediction.boosted_classifier import BoostedClassifier
from ml.prediction.category_share_baseline import CategoryShareBaseline
from ml.prediction.composite import Predictor

CATEGORY = "category_code"


class CategoryPredictor(Predictor):
    """Probability that a customer buys from a category in (T, T + h], one row per customer, date and category.

    One model answers for every category, with the category among its features: a rare category borrows from the others
    what recency and own share mean, and the trees part where it differs.

    Args:
        feature_names: Columns to learn from beside the category, such as own share, lift and recency in it.
        horizon_days: h.
        outcome_name: Column with 0 and 1; ``bought_category_{h}d`` by default.
        own_count_name: Column with the customer's orders in the category, for the baseline.
        total_count_name: Column with all orders of the customer, for the baseline.
        max_categories: Categories learnt: those bought by most in the training rows.
        tree_settings: Further settings of ``BoostedClassifier``.

    Attributes:
        categories_: Categories learnt, sorted.
        model_: Fitted ``BoostedClassifier``.
        baseline_: Fitted ``CategoryShareBaseline``.
    """

    format_name: ClassVar[str] = "tessera.category_predictor"
    part_types: ClassVar[Mapping[str, Any]] = {"model_": BoostedClassifier, "baseline_": CategoryShareBaseline}
    number_names: ClassVar[tuple[str, ...]] = ("categories_",)

    def __init__(
        self,
        *,
        feature_names: Sequence[str],
        horizon_days: int = 90,
        outcome_name: str | None = None,
        own_count_name: str = "category_order_365d_count",
        total_count_name: str = "order_365d_count",
        max_categories: int = 12,
        tree_settings: Mapping[str, Any] | None = None,
    ) -> None:
        self.feature_names = feature_names
        self.horizon_days = horizon_days
        self.outcome_name = outcome_name
        self.own_count_name = own_count_name
        self.total_count_name = total_count_name
        self.max_categories = max_categories
        self.tree_settings = tree_settings

    def fit(self, X: PanelParts, y: None = None) -> Self:
        """Choose the categories, learn the trees and the baseline.

        Raises:
            ModelInputError: A column cannot be used, or a part lacks rows or one of the two outcomes.
        """
        name = self.outcome_name or f"bought_category_{self.horizon_days}d"
        keys = (*KEYS, CATEGORY)
        train = checked_panel(X.train, owner="CategoryPredictor", keys=keys)
        bought = pd.Series(outcome_values(train, name, owner="CategoryPredictor") > 0)
        counts = bought.groupby(train[CATEGORY].astype(str).to_numpy()).sum()
        ordered = sorted(counts.index, key=lambda code: (-counts[code], code))
        self.categories_ = sorted(ordered[: self.max_categories])
        kept = replace(
            X, train=self._kept(train), stopping=self._kept(X.stopping), calibration=self._kept(X.calibration)
        )
        settings = {"max_levels": self.max_categories} | dict(self.tree_settings or {})
        self.model_ = BoostedClassifier(
            feature_names=[CATEGORY, *self.feature_names], outcome_name=name, keys=keys, **settings
        ).fit(kept)
        self.baseline_ = CategoryShareBaseline(
            outcome_name=name, own_count_name=self.own_count_name, total_count_name=self.total_count_name
        ).fit(kept.known())
        return self

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        """Return the calibrated probability, shape (n,); NaN for a category that was not learnt."""
        check_is_fitted(self, "model_")
        return np.where(self._is_learnt(X), self.model_.predict(X), np.nan)

    def predict_baseline(self, X: pd.DataFrame) -> np.ndarray:
        """Return what the blended share says, shape (n,); NaN for a category that was not learnt."""
        check_is_fitted(self, "model_")
        return np.where(self._is_learnt(X), self.baseline_.predict(X), np.nan)

    def _is_learnt(self, X: pd.DataFrame) -> np.ndarray:
        return X[CATEGORY].astype(str).isin(self.categories_).to_numpy()

    def _kept(self, X: pd.DataFrame) -> pd.DataFrame:
        return X[self._is_learnt(X)]
