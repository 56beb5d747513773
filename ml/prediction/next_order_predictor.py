"""When a customer orders next.

Belongs here: ``NextOrderPredictor``. Does not belong here: what is bought, windows around amounts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd
from sklearn.utils.validation import check_is_fitted

from ml.errors import ModelInputError, NotEnoughOutcomesError
from ml.evaluation.time_splits import PanelParts
from ml.panels import AS_OF, KEYS, checked_panel, outcome_values, row_hash
from ml.prediction.boosted_classifier import BoostedClassifier
from ml.prediction.composite import Predictor
from ml.prediction.return_predictor import rfm_baseline
from ml.prediction.rfm_cell_baseline import RfmCellBaseline

INTERVAL, HAS_ORDER, IN_TIME = "interval_number", "has_order", "has_order_in_time"


def as_known_on(
    panel: pd.DataFrame,
    date: object,
    *,
    days_name: str = "days_to_next_order",
    observed_name: str = "observed_days",
) -> pd.DataFrame:
    """Return the panel's rows up to a date with the next order as it was known on that date.

    A model that is tested on a past date must not learn from orders that came later.

    Args:
        panel: Rows with the days to the next order.
        date: Last date of which the events are known.
        days_name: Column with the days until the next order; it becomes missing where that came later.
        observed_name: Column that is set to the days from the row's date to ``date``.
    """
    panel = checked_panel(panel, (days_name,), owner="as_known_on")
    known_until = pd.Timestamp(date)  # type: ignore[arg-type]
    panel = panel[panel[AS_OF] <= known_until]
    observed = (known_until - panel[AS_OF]).dt.days.astype(np.float64)
    return panel.assign(**{observed_name: observed, days_name: panel[days_name].where(panel[days_name] <= observed)})


class NextOrderPredictor(Predictor):
    """Distribution of the days until the next order by a discrete-time hazard (Singer & Willett 1993).

    A row of date T becomes one row per interval that it reached without an order and that was seen to its end; the
    model says how likely the order comes in the interval. A customer without an order so far teaches that, too. The
    chance of an order by the end of interval k is ``1 - (1 - h_1) ... (1 - h_k)``, so longer never means less likely;
    inside an interval the hazard is even.

    The window is distributional split conformal prediction (Chernozhukov, Wuethrich & Zhu 2021, algorithm 1): its
    levels are widened or narrowed until it held the order of ``coverage`` of the calibration rows. Who has not ordered
    by the last limit is held by a window that is open to the right.

    Args:
        feature_names: Columns to learn from.
        limits: Ends of the intervals in days, ascending.
        days_name: Column with the days until the next order; missing where none was seen.
        observed_name: Column with the days that were observed after the date.
        coverage: Share of orders that the window holds.
        max_rows: Most panel rows to learn from.
        baseline_features: Recency, frequency and monetary columns of the baseline; its own by default.
        tree_settings: Further settings of ``BoostedClassifier``.

    Attributes:
        model_: Fitted ``BoostedClassifier`` of the hazard.
        spread_: Distance from the median, in probability, of the window's levels.
        baseline_: Fitted ``RfmCellBaseline`` of an order by the last limit.
    """

    format_name: ClassVar[str] = "tessera.next_order_predictor"
    part_types: ClassVar[Mapping[str, Any]] = {"model_": BoostedClassifier, "baseline_": RfmCellBaseline}
    number_names: ClassVar[tuple[str, ...]] = ("spread_",)

    def __init__(
        self,
        *,
        feature_names: Sequence[str],
        limits: Sequence[int] = (7, 14, 30, 60, 90, 180),
        days_name: str = "days_to_next_order",
        observed_name: str = "observed_days",
        coverage: float = 0.8,
        max_rows: int = 100_000,
        baseline_features: Sequence[str] | None = None,
        tree_settings: Mapping[str, Any] | None = None,
    ) -> None:
        self.feature_names = feature_names
        self.limits = limits
        self.days_name = days_name
        self.observed_name = observed_name
        self.coverage = coverage
        self.max_rows = max_rows
        self.baseline_features = baseline_features
        self.tree_settings = tree_settings

    def fit(self, X: PanelParts, y: None = None) -> Self:
        """Learn the hazard, the spread of the window and the baseline.

        Raises:
            ModelInputError: A column cannot be used, a part lacks rows, or no calibration row was observed to the last
                limit.
        """
        expanded = replace(
            X,
            train=self._expanded(X.train),
            stopping=self._expanded(X.stopping),
            calibration=self._expanded(X.calibration),
        )
        self.model_ = BoostedClassifier(
            feature_names=[INTERVAL, *self.feature_names],
            outcome_name=HAS_ORDER,
            keys=(*KEYS, INTERVAL),
            **(self.tree_settings or {}),
        ).fit(expanded)
        self.spread_ = self._spread(X.calibration)
        known = X.known()
        in_time = known.assign(**{IN_TIME: self._in_time(known)})
        self.baseline_ = rfm_baseline(IN_TIME, self.baseline_features).fit(in_time)
        return self

    def predict(self, X: pd.DataFrame) -> pd.DataFrame:
        """Return the distribution by row, on the index of ``X``.

        Returns:
            ``p_order_within_{d}d`` for each limit; median_days, window_from_days and window_to_days, whole days, NaN
            where beyond the last limit; median_date, NaT likewise.
        """
        curve = self.cumulative(X)
        median = self._quantile(curve, np.full(len(X), 0.5))
        frame = pd.DataFrame(
            {f"p_order_within_{limit}d": curve[:, k] for k, limit in enumerate(self.limits)}, index=X.index
        )
        frame["median_days"] = np.ceil(median)
        frame["window_from_days"] = np.maximum(np.floor(self._quantile(curve, np.full(len(X), 0.5 - self.spread_))), 1)
        frame["window_to_days"] = np.ceil(self._quantile(curve, np.full(len(X), 0.5 + self.spread_)))
        dates = pd.to_datetime(X[AS_OF]).to_numpy().astype("datetime64[s]")
        frame["median_date"] = dates + pd.to_timedelta(frame["median_days"], unit="D").to_numpy().astype(
            "timedelta64[s]"
        )
        return frame

    def predict_baseline(self, X: pd.DataFrame) -> np.ndarray:
        """Return the share of the row's RFM cell that ordered by the last limit, shape (n,)."""
        return self.baseline_.predict(X)

    def cumulative(self, X: pd.DataFrame) -> np.ndarray:
        """Return the chance of an order by each limit, shape (n, limits), never falling along a row."""
        check_is_fitted(self, "model_")
        hazards = [self.model_.predict(X.assign(**{INTERVAL: float(k)})) for k in range(len(self.limits))]
        return np.asarray(1 - np.cumprod(1 - np.column_stack(hazards), axis=1))

    def window_holds(self, X: pd.DataFrame) -> np.ndarray:
        """Return whether the window held the next order, shape (n,); NaN where that is not known yet."""
        levels = self._conformity(X)
        return np.where(np.isnan(levels), np.nan, (levels <= self.spread_).astype(np.float64))

    def _expanded(self, panel: pd.DataFrame) -> pd.DataFrame:
        """Return one row per interval that was entered without an order and observed to its end."""
        panel = checked_panel(panel, (self.days_name, self.observed_name), owner="NextOrderPredictor")
        if len(panel) > self.max_rows:
            hashes = row_hash(panel)
            panel = panel[hashes <= np.partition(hashes, self.max_rows - 1)[self.max_rows - 1]]
        days, observed = self._days(panel)
        starts = (0, *self.limits[:-1])
        rows = []
        for number, (start, end) in enumerate(zip(starts, self.limits, strict=True)):
            # Seen to its end, with or without an order: else early orders would count and late ones not.
            at_risk = (observed >= end) & ~(days <= start)
            has_order = (days[at_risk] <= end).astype(np.float64)
            numbers = np.full(len(has_order), float(number))
            rows.append(panel[at_risk].assign(**{INTERVAL: numbers, HAS_ORDER: has_order}))
        return pd.concat(rows, ignore_index=True)

    def _days(self, panel: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
        days = outcome_values(panel, self.days_name, owner="NextOrderPredictor")
        observed = outcome_values(panel, self.observed_name, owner="NextOrderPredictor")
        if (days < 1).any():
            raise ModelInputError(
                f"NextOrderPredictor: {self.days_name!r} is below 1",
                expected="days after as_of_date, from 1",
                found=f"{int((days < 1).sum())} rows below",
                fix="leave out orders on or before the date",
            )
        return np.where(days <= observed, days, np.nan), observed

    def _in_time(self, panel: pd.DataFrame) -> np.ndarray:
        days, observed = self._days(panel)
        return np.where(observed >= self.limits[-1], (days <= self.limits[-1]).astype(np.float64), np.nan)

    def _conformity(self, panel: pd.DataFrame) -> np.ndarray:
        """Return the smallest spread with which each row's window holds its order, shape (n,), NaN if not known."""
        days, observed = self._days(panel)
        last = self.limits[-1]
        curve = self.cumulative(panel)
        inside = days <= last
        level = np.where(inside, self._level(curve, np.where(inside, days, last)), np.nan)
        late = np.maximum(curve[:, -1] - 0.5, 0.0)
        return np.where(observed >= last, np.where(inside, np.abs(level - 0.5), late), np.nan)

    def _spread(self, calibration: pd.DataFrame) -> float:
        scores = self._conformity(calibration)
        scores = np.sort(scores[~np.isnan(scores)])
        if not len(scores):
            raise NotEnoughOutcomesError(
                "NextOrderPredictor: no calibration row was observed to the last limit",
                expected=f"{self.observed_name!r} of at least {self.limits[-1]} days",
                found=f"{len(calibration)} rows with less",
                fix="split with the last limit as horizon, or shorten the limits",
            )
        rank = int(np.ceil((len(scores) + 1) * self.coverage)) - 1
        return float(scores[min(rank, len(scores) - 1)])

    def _knots(self, curve: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return days and cumulative hazards, both starting at 0; between them the hazard is even."""
        hazards = -np.log1p(-np.minimum(curve, 1 - 1e-12))
        return np.array([0, *self.limits], dtype=np.float64), np.column_stack([np.zeros(len(curve)), hazards])

    def _level(self, curve: np.ndarray, days: np.ndarray) -> np.ndarray:
        """Return the chance of an order by the given day of each row, shape (n,)."""
        knots, hazards = self._knots(curve)
        k = np.clip(np.searchsorted(knots, days, side="left"), 1, len(knots) - 1)
        rows = np.arange(len(curve))
        share = (days - knots[k - 1]) / (knots[k] - knots[k - 1])
        return np.asarray(-np.expm1(-(hazards[rows, k - 1] + share * (hazards[rows, k] - hazards[rows, k - 1]))))

    def _quantile(self, curve: np.ndarray, levels: np.ndarray) -> np.ndarray:
        """Return the day by which the order has come with the given chance, shape (n,), NaN beyond the last limit."""
        knots, hazards = self._knots(curve)
        wanted = -np.log1p(-np.clip(levels, 0, 1 - 1e-12))
        k = np.clip((hazards < wanted[:, None]).sum(axis=1), 1, len(knots) - 1)
        rows = np.arange(len(curve))
        height = hazards[rows, k] - hazards[rows, k - 1]
        share = np.where(height > 0, (wanted - hazards[rows, k - 1]) / np.where(height > 0, height, 1), 0.0)
        days = knots[k - 1] + share * (knots[k] - knots[k - 1])
        return np.asarray(np.where(wanted > hazards[:, -1], np.nan, days))
