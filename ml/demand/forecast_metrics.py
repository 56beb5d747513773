"""What the errors of forecasts come to.

Belongs here: metrics over a table of errors (``rolling_origin.ERROR_COLUMNS``) of one method. Does not belong here:
making errors, choosing.
"""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import pandas as pd

# The share of actual amounts that an interval is to hold.
LEVEL = 0.95
METRICS = ("mean_absolute_scaled_error", "weighted_absolute_percentage_error", "bias_share", "coverage_share")


def mean_absolute_scaled_error(errors: pd.DataFrame) -> float:
    """Mean over series of the mean absolute error divided by the series' scale (Hyndman & Koehler 2006).

    Series without any variation have no scale and are left out.
    """
    scales = errors["scale"].to_numpy(dtype=np.float64)
    off = np.abs(_off(errors))
    each = [
        math.fsum(off[rows]) / len(rows) / scales[rows[0]]
        for rows in errors.groupby("series", sort=True).indices.values()
        if scales[rows[0]] > 0
    ]
    return _mean(each)


def weighted_absolute_percentage_error(errors: pd.DataFrame) -> float:
    """Sum of the absolute errors over the sum of the actual amounts (Kolassa & Schuetz 2007)."""
    return _of_actual(np.abs(_off(errors)), errors)


def bias_share(errors: pd.DataFrame) -> float:
    """Sum of expected minus actual over the sum of the actual amounts: above 0 too much was expected."""
    return _of_actual(_off(errors), errors)


def coverage_share(errors: pd.DataFrame) -> float:
    """Share of the actual amounts that lay within their intervals (column ``is_held``, :func:`held`)."""
    told = errors["is_held"].to_numpy(dtype=np.float64)
    return _mean(told[~np.isnan(told)])


def held(errors: pd.DataFrame) -> pd.Series:
    """Say of every error whether the actual amount lay within the interval of :data:`LEVEL` around the expected one.

    The width comes from the errors of the other origins, since an interval always fits the errors that it is made of.

    Args:
        errors: Errors of one method and of all series whose errors are pooled.

    Returns:
        1 or 0 by row; missing where no other origin says anything of the step.
    """
    told = pd.Series(np.nan, index=errors.index, dtype=np.float64)
    for origin, own in errors.groupby("origin", sort=True):
        spreads = spread_by_step(errors[errors["origin"] != origin])
        spread = spreads.reindex(own["step"]).to_numpy(dtype=np.float64) * own["scale"].to_numpy(dtype=np.float64)
        low, high = interval(own["expected"].to_numpy(dtype=np.float64), spread)
        actual = own["actual"].to_numpy(dtype=np.float64)
        # An amount that never changes is met but for rounding.
        inside = ((low - 1e-9 <= actual) & (actual <= high + 1e-9)).astype(np.float64)
        told.loc[own.index] = np.where(np.isnan(spread), np.nan, inside)
    return told


def spread_by_step(errors: pd.DataFrame) -> pd.Series:
    """Return the root mean square of the scaled errors of all series, by steps ahead; further ahead never less.

    Errors are pooled because a series has too few of its own; bias is in it, as whoever plans with a forecast bears it.
    """
    scaled = errors[errors["scale"] > 0]
    squares = (_off(scaled) / scaled["scale"].to_numpy(dtype=np.float64)) ** 2
    by_step = {
        step: math.sqrt(math.fsum(squares[rows]) / len(rows))
        for step, rows in scaled.groupby("step", sort=True).indices.items()
    }
    return pd.Series(by_step, dtype=np.float64).cummax()


def interval(expected: np.ndarray, spread: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the limits of the interval of :data:`LEVEL` around expected amounts, the lower one not below 0.

    Errors are taken as normal (Hyndman & Athanasopoulos, Forecasting: Principles and Practice, 3rd edition, 5.5): the
    few that there are tell their spread, not their tails.
    """
    reach = interval_factor() * spread
    return np.maximum(0.0, expected - reach), expected + reach


def interval_factor() -> float:
    """Return how many times the spread an interval of :data:`LEVEL` reaches to either side."""
    return NormalDist().inv_cdf(0.5 + LEVEL / 2)


def _off(errors: pd.DataFrame) -> np.ndarray:
    return errors["expected"].to_numpy(dtype=np.float64) - errors["actual"].to_numpy(dtype=np.float64)


def _of_actual(amounts: np.ndarray, errors: pd.DataFrame) -> float:
    # fsum rounds once, so that the order of rows has no say.
    total = math.fsum(errors["actual"].to_numpy(dtype=np.float64))
    return math.fsum(amounts) / total if total else math.nan


def _mean(values: list[float] | np.ndarray) -> float:
    return math.fsum(values) / len(values) if len(values) else math.nan
