"""Features that know the future.

Belongs here: checks of a panel that need no knowledge of how a feature was made. Does not belong here: removing
features (the caller decides), the checks of the SQL that makes them.

Two signs betray a feature that was made from events after its date. It predicts implausibly well alone; or it says
more about the days after its date than about the days before. An honest feature is made from the days before, so it
can hardly know less about them: recency orders the last quarter perfectly, and the next one well.

A feature that looks as far ahead as back, or is honest but for a small part, such as the orders of a year and one month
too much, shows neither sign: for that there is ``changed_without_future``, which is proof.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ml.evaluation.classification_metrics import area_under_roc
from ml.panels import AS_OF, CUSTOMER, KEYS, canonical_rows, checked_panel, customer_hash, outcome_values

BINS = 20


def suspicious_features(
    panel: pd.DataFrame,
    outcome_name: str,
    *,
    horizon_days: int,
    feature_names: Sequence[str],
    max_area: float = 0.99,
    min_area: float = 0.6,
    max_advantage: float = 0.05,
    tolerance_days: int = 10,
) -> pd.DataFrame:
    """Return how well each feature tells the next window and the last one, and whether that is suspicious.

    Each feature becomes a score by the mean outcome of its quantile bin or level, missing being one, learnt on half of
    the customers and applied to the other half, so that any shape counts and a feature by chance does not.

    Args:
        panel: Rows of several dates.
        outcome_name: Column with 0 and 1: whether it happened in ``horizon_days`` after the date.
        horizon_days: Length of that window.
        feature_names: Features to look at, numeric or text.
        max_area: Area under the curve alone from which a feature is suspicious whatever it says of the past.
        min_area: Area below which a feature knows too little of the future to matter.
        max_advantage: Area for the next window minus area for the last one from which a feature is suspicious.
        tolerance_days: How far the date whose window ends at a row's date may be off.

    Returns:
        One row per feature, most suspicious first: feature, future_area, past_area (NaN where no earlier date lies one
        horizon back), advantage, is_suspicious, reason.

    Raises:
        ModelInputError: A column is absent or the rows are repeated.
    """
    panel = checked_panel(panel, [*feature_names, outcome_name], owner="suspicious_features")
    panel = panel.iloc[canonical_rows(panel)].reset_index(drop=True)
    future = outcome_values(panel, outcome_name, owner="suspicious_features")
    past = _outcome_before(panel, future, horizon_days, tolerance_days)
    half = (customer_hash(panel[CUSTOMER], seed=2) & np.uint64(1)).astype(np.int64)
    # Both areas come from the same rows, else a change of the outcome over time would look like an advantage.
    both = np.flatnonzero(~np.isnan(future) & ~np.isnan(past))
    alone = np.flatnonzero(~np.isnan(future))
    rows = []
    for name in feature_names:
        codes = _codes(panel[name])
        before = _area(codes[both], past[both], half[both]) if len(both) else float("nan")
        after = _area(codes[both], future[both], half[both]) if len(both) else float("nan")
        overall = _area(codes[alone], future[alone], half[alone])
        advantage = after - before
        reason = ""
        if overall >= max_area:
            reason = f"alone it orders {overall:.1%} of the pairs of the next {horizon_days} days"
        elif after >= min_area and advantage >= max_advantage:
            reason = (
                f"it orders {after:.1%} of the pairs of the next {horizon_days} days, of the last {before:.1%} only"
            )
        rows.append((name, overall, before, advantage, bool(reason), reason))
    table = pd.DataFrame(rows, columns=["feature", "future_area", "past_area", "advantage", "is_suspicious", "reason"])
    return table.sort_values(
        ["is_suspicious", "future_area", "feature"], ascending=[False, False, True], ignore_index=True
    )


def changed_without_future(
    panel: pd.DataFrame, panel_without_future: pd.DataFrame, *, feature_names: Sequence[str], tolerance: float = 1e-9
) -> dict[str, int]:
    """Return the features that differ when events after the date are taken away before they are made.

    This is proof where ``suspicious_features`` is only a sign: a feature as known on its date cannot change.

    Args:
        panel: Features made from all events.
        panel_without_future: The same rows, made from the events up to their date.
        feature_names: Features to compare.
        tolerance: Relative difference of numbers that counts as equal.

    Returns:
        Feature to number of rows that differ or are on one side only; empty where nothing changed.
    """
    first, second = (
        checked_panel(frame, feature_names, owner="changed_without_future").set_index(list(KEYS))
        for frame in (panel, panel_without_future)
    )
    common = first.index.intersection(second.index)
    one_sided = len(first) + len(second) - 2 * len(common)
    first, second = first.loc[common], second.loc[common]
    changed = {}
    for name in feature_names:
        a, b = first[name], second[name]
        if pd.api.types.is_numeric_dtype(a.dtype) and pd.api.types.is_numeric_dtype(b.dtype):
            left, right = (side.to_numpy(dtype=np.float64, na_value=np.nan) for side in (a, b))
            differ = ~np.isclose(left, right, rtol=tolerance, atol=0, equal_nan=True)
        else:
            differ = ((a.astype(object) != b.astype(object)) & ~(a.isna() & b.isna())).to_numpy()
        count = int(differ.sum()) + one_sided
        if count:
            changed[name] = count
    return changed


def _outcome_before(panel: pd.DataFrame, future: np.ndarray, horizon_days: int, tolerance_days: int) -> np.ndarray:
    """Return the outcome of the window that ends about where each row's begins, shape (n,)."""
    earlier = pd.DataFrame({CUSTOMER: panel[CUSTOMER], AS_OF: panel[AS_OF], "past": future})
    earlier[AS_OF] = earlier[AS_OF] + pd.Timedelta(days=horizon_days)
    rows = panel[list(KEYS)].assign(row=np.arange(len(panel)))
    joined = pd.merge_asof(
        rows.sort_values([AS_OF, CUSTOMER]),
        earlier.sort_values([AS_OF, CUSTOMER]),
        on=AS_OF,
        by=CUSTOMER,
        direction="nearest",
        tolerance=pd.Timedelta(days=tolerance_days),
    )
    return np.asarray(joined.sort_values("row")["past"].to_numpy(dtype=np.float64))


def _codes(column: pd.Series) -> np.ndarray:
    if not pd.api.types.is_numeric_dtype(column.dtype):
        return np.asarray(pd.factorize(column, sort=True)[0] + 1)
    values = column.to_numpy(dtype=np.float64, na_value=np.nan)
    known = ~np.isnan(values)
    codes = np.zeros(len(values), dtype=np.int64)
    if known.any():
        edges = np.unique(np.quantile(values[known], np.linspace(0, 1, BINS + 1)[1:-1]))
        codes[known] = np.searchsorted(edges, values[known], side="left") + 1
    return codes


def _area(codes: np.ndarray, outcome: np.ndarray, half: np.ndarray) -> float:
    """Return the mean area under the curve of bin means that were learnt on the other half of the customers."""
    areas = []
    for side in (0, 1):
        learn, judge = half != side, half == side
        if not learn.any() or not judge.any():
            return float("nan")
        width = codes.max() + 1
        counts = np.bincount(codes[learn], minlength=width)
        sums = np.bincount(codes[learn], weights=outcome[learn], minlength=width)
        means = (sums + outcome[learn].mean()) / (counts + 1)
        areas.append(area_under_roc(outcome[judge], means[codes[judge]]))
    return float(np.mean(areas))
