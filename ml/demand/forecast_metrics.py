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
    scaled = errors[errors["scale"] > 0]
    each = ((scaled["expected"] - scaled["actual"]).abs() / scaled["scale"]).groupby(scaled["series"]).mean()
    return _mean(each.to_numpy())


def weighted_absolute_percentage_error(errors: pd.DataFrame) -> float:
    """Sum of the absolute errors over the sum of the actual amounts (Kolassa & Schuetz 2007)."""
    return _ratio(_sum((errors["expected"] - errors["actual"]).abs()), _sum(errors["actual"]))


def bias_share(errors: pd.DataFrame) -> float:
    """Sum of expected minus actual over the sum of the actual amounts: above 0 too much was expected."""
    return _ratio(_sum(errors["expected"] - errors["actual"]), _sum(errors["actual"]))


def coverage_share(errors: pd.DataFrame) -> float:
    """Share of the actual amounts within the interval of :data:`LEVEL` whose width the other origins' errors give.

    The origin's own errors are left out, since an interval always fits the errors that it is made of.
    """
    held = []
    for origin in sorted(errors["origin"].unique()):
        own = errors[errors["origin"] == origin]
        spreads = spread_by_step(errors[errors["origin"] != origin])
        if not len(spreads):
            continue
        for row in own.to_dict("records"):
            spread = spreads.get(row["step"], math.nan) * row["scale"]
            low, high = interval(row["expected"], spread)
            if not math.isnan(spread):
                held.append(low - 1e-9 <= row["actual"] <= high + 1e-9)
    return _mean(np.array(held, dtype=np.float64))


def spread_by_step(errors: pd.DataFrame) -> pd.Series:
    """Return the root mean square of the scaled errors of all series, by steps ahead; further ahead never less.

    Errors are pooled because a series has too few of its own; bias is in it, as whoever plans with a forecast bears it.
    """
    scaled = errors[errors["scale"] > 0]
    squares = ((scaled["expected"] - scaled["actual"]) / scaled["scale"]) ** 2
    by_step = squares.groupby(scaled["step"]).agg(lambda values: math.fsum(values) / len(values))
    return by_step.sort_index().pow(0.5).cummax()


def interval(expected: float, spread: float) -> tuple[float, float]:
    """Return the limits of the interval of :data:`LEVEL` around an expected amount, the lower one not below 0.

    Errors are taken as normal (Hyndman & Athanasopoulos, 5.5): the few that there are tell their spread, not their
    tails.
    """
    reach = NormalDist().inv_cdf(0.5 + LEVEL / 2) * spread
    return max(0.0, expected - reach), expected + reach


def _sum(values: pd.Series) -> float:
    # Without rounding on the way, so that the order of rows has no say.
    return math.fsum(values)


def _mean(values: np.ndarray) -> float:
    return math.fsum(values) / len(values) if len(values) else math.nan


def _ratio(numerator: float, denominator: float) -> float:
    return numerator / denominator if denominator else math.nan
