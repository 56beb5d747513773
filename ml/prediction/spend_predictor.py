"""What a customer will spend, or bring in margin, within a number of days.

Belongs here: ``SpendPredictor``. Does not belong here: discounting, lifetimes beyond the horizon.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd
from sklearn.utils.validation import check_is_fitted

from ml.errors import ModelInputError, NotEnoughOutcomesError
from ml.evaluation.time_splits import PanelParts
from ml.frames import feature_matrix
from ml.panels import outcome_values
from ml.prediction.boosted_classifier import BoostedClassifier
from ml.prediction.boosted_regressor import BoostedRegressor
from ml.prediction.composite import Predictor
from ml.prediction.return_predictor import rfm_baseline
from ml.prediction.rfm_cell_baseline import RfmCellBaseline

HAS_AMOUNT, MULTIPLE = "has_amount", "amount_multiple"
# Part of the mean amount of a window that everybody is credited with, so that nobody's scale is 0.
FLOOR_SHARE = 0.1


class SpendPredictor(Predictor):
    """Expected amount in (T, T + h] as chance of any amount times amount if there is one (two parts: Cragg 1971).

    Most customers spend nothing in most windows; one model for both would have to learn a spike at 0 and a long tail
    at once. An amount of 0 or below (more refunded than bought) counts as none; ``factor_`` makes the total of the
    calibration rows right, those included.

    With ``last_window_name`` amounts are learnt as multiples of the customer's own last window, which under the gamma
    deviance is the same as an offset in the log link (the deviance does not change when both sides are divided). Steps
    of trees are coarse; without it they lose to "the same as last time" on customers who buy every week.

    Args:
        feature_names: Columns to learn from.
        horizon_days: h; it names the prediction.
        outcome_name: Column with the amount; ``spend_{h}d_amount`` by default.
        last_window_name: Column with the amount of the last window before T, best of length h; None without.
        baseline_features: Recency, frequency and monetary columns of the baseline; its own by default.
        tree_settings: Further settings of both models.

    Attributes:
        chance_: Fitted ``BoostedClassifier`` of an amount above 0.
        amount_: Fitted ``BoostedRegressor`` of the amount where there is one.
        factor_: Actual over predicted total of the calibration rows.
        floor_: Amount added to everybody's last window, in the unit of the outcome.
        last_window_factor_: Actual total over that of the last windows, of all rows learnt from.
        baseline_: Fitted ``RfmCellBaseline`` of the amount.
    """

    format_name: ClassVar[str] = "tessera.spend_predictor"
    part_types: ClassVar[Mapping[str, Any]] = {
        "chance_": BoostedClassifier,
        "amount_": BoostedRegressor,
        "baseline_": RfmCellBaseline,
    }
    number_names: ClassVar[tuple[str, ...]] = ("factor_", "floor_", "last_window_factor_")

    def __init__(
        self,
        *,
        feature_names: Sequence[str],
        horizon_days: int = 90,
        outcome_name: str | None = None,
        last_window_name: str | None = None,
        baseline_features: Sequence[str] | None = None,
        tree_settings: Mapping[str, Any] | None = None,
    ) -> None:
        self.feature_names = feature_names
        self.horizon_days = horizon_days
        self.outcome_name = outcome_name
        self.last_window_name = last_window_name
        self.baseline_features = baseline_features
        self.tree_settings = tree_settings

    def fit(self, X: PanelParts, y: None = None) -> Self:
        """Learn both parts, the factor and the baseline.

        Raises:
            ModelInputError: A column cannot be used, a part lacks rows with or without an amount, or the amounts of the
                calibration rows do not sum to more than 0.
        """
        name = self.outcome_name or f"spend_{self.horizon_days}d_amount"
        settings = dict(self.tree_settings or {})
        flagged = _each(X, lambda rows: rows.assign(**{HAS_AMOUNT: _has_amount(rows, name)}))
        self.chance_ = BoostedClassifier(feature_names=self.feature_names, outcome_name=HAS_AMOUNT, **settings).fit(
            flagged
        )
        self.floor_ = self._floor(X.train)
        some = _each(flagged, lambda rows: self._with_multiple(rows[rows[HAS_AMOUNT] > 0], name))
        self.amount_ = BoostedRegressor(feature_names=self.feature_names, outcome_name=MULTIPLE, **settings).fit(some)
        self.factor_ = 1.0
        known = X.calibration[flagged.calibration[HAS_AMOUNT].notna()]
        # Sorted, as sums of floats depend on their order.
        actual = float(np.sort(outcome_values(known, name, owner="SpendPredictor")).sum())
        predicted = float(np.sort(self.predict(known)).sum())
        if actual <= 0:
            raise NotEnoughOutcomesError(
                f"SpendPredictor: the total of {name!r} in the calibration rows is not above 0",
                expected="more bought than refunded",
                found=f"a total of {actual:g}",
                fix="check the signs of the amounts",
            )
        self.factor_ = actual / predicted
        self.last_window_factor_ = self._last_window_factor(X.known(), name)
        self.baseline_ = rfm_baseline(name, self.baseline_features).fit(X.known())
        return self

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        """Return the expected amount, in the unit of the outcome, shape (n,)."""
        return self.predict_factors(X)["expected_amount"].to_numpy()

    def predict_factors(self, X: pd.DataFrame) -> pd.DataFrame:
        """Return the factors by row, on the index of ``X``: chance, amount_if_any, expected_amount.

        expected_amount = chance x amount_if_any; the factor for the total is part of the amount.
        """
        check_is_fitted(self, "amount_")
        chance, amount = self.chance_.predict(X), self.amount_.predict(X) * self._scale(X) * self.factor_
        columns = {"chance": chance, "amount_if_any": amount, "expected_amount": chance * amount}
        return pd.DataFrame(columns, index=X.index)

    def predict_baseline(self, X: pd.DataFrame) -> np.ndarray:
        """Return the mean amount of the row's RFM cell, shape (n,)."""
        return self.baseline_.predict(X)

    def predict_last_window(self, X: pd.DataFrame) -> np.ndarray:
        """Return "the same as last time", times one factor for all: the second baseline, shape (n,).

        Raises:
            ModelInputError: There is no ``last_window_name``.
        """
        check_is_fitted(self, "floor_")
        if self.last_window_name is None:
            raise ModelInputError(
                "SpendPredictor: no last window is known",
                expected="last_window_name",
                found="None",
                fix="name the column with the amount of the last window, and learn again",
            )
        return self._last_window(X) * self.last_window_factor_

    def _last_window(self, X: pd.DataFrame) -> np.ndarray:
        values = feature_matrix(X, [str(self.last_window_name)], owner="SpendPredictor")[:, 0]
        return np.maximum(np.nan_to_num(values), 0.0)

    def _floor(self, X: pd.DataFrame) -> float:
        if self.last_window_name is None:
            return 1.0
        # Sorted, as sums of floats depend on their order.
        amounts = np.sort(self._last_window(X))
        return float(amounts.mean() * FLOOR_SHARE) or 1.0

    def _scale(self, X: pd.DataFrame) -> np.ndarray:
        if self.last_window_name is None:
            return np.ones(len(X))
        return self._last_window(X) + self.floor_

    def _with_multiple(self, X: pd.DataFrame, name: str) -> pd.DataFrame:
        amounts = outcome_values(X, name, owner="SpendPredictor")
        return X.assign(**{MULTIPLE: amounts / self._scale(X)})

    def _last_window_factor(self, X: pd.DataFrame, name: str) -> float:
        if self.last_window_name is None:
            return 1.0
        amounts = outcome_values(X, name, owner="SpendPredictor")
        known = ~np.isnan(amounts)
        before = float(np.sort(self._last_window(X)[known]).sum())
        return float(np.sort(amounts[known]).sum()) / before if before > 0 else 1.0


def _each(parts: PanelParts, change: Callable[[pd.DataFrame], pd.DataFrame]) -> PanelParts:
    return replace(
        parts, train=change(parts.train), stopping=change(parts.stopping), calibration=change(parts.calibration)
    )


def _has_amount(rows: pd.DataFrame, name: str) -> np.ndarray:
    amount = outcome_values(rows, name, owner="SpendPredictor")
    return np.where(np.isnan(amount), np.nan, (amount > 0).astype(np.float64))
