"""Errors of forecasters by rolling origin: learn up to a month, forecast the next ones, move on by a month.

Belongs here: the origins and the errors. Does not belong here: what is said of errors (``forecast_metrics``), which
method is taken (``demand_forecast``).

The rolling origin is that of Tashman, Out-of-sample tests of forecasting accuracy, International Journal of Forecasting
16 (2000).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ml.demand.forecaster import YEAR, Forecaster
from ml.errors import NotEnoughHistoryError

# What a table of errors says: the series, the method, periods that were known, periods ahead, and both amounts.
ERROR_COLUMNS = ("series", "method", "origin", "step", "expected", "actual", "scale")
Maker = Callable[[], Forecaster]


@dataclass(frozen=True, kw_only=True)
class OriginRule:
    """Which origins a series is judged from.

    Attributes:
        steps: Periods ahead that are forecast.
        most: Origins at most, the newest.
        fewest: Origins at least; with fewer a method is not chosen by its errors.
    """

    steps: int
    most: int = 6
    fewest: int = 3

    @property
    def judged_from(self) -> int:
        """Periods from which methods are judged: a year and a month before the first origin, all steps after the last.

        A year is what the seasonal naive forecast needs; with the month more, growth over the year can be seen.
        """
        return YEAR + 1 + (self.fewest - 1) + self.steps

    def origins(self, n_periods: int) -> range:
        """Return how many periods are known at each origin, for a series that is long enough to be judged."""
        newest = n_periods - self.steps
        return range(max(YEAR + 1, newest - self.most + 1), newest + 1)

    def short_origins(self, n_periods: int) -> range:
        """Return the origins of a shorter series: from three months on, with as many steps as there are after it."""
        return range(max(3, n_periods - self.most), n_periods)


def rolling_errors(
    name: str, y: np.ndarray, makers: Mapping[str, Maker], *, origins: range, steps: int, scale: float
) -> pd.DataFrame:
    """Return the errors of each method on one series.

    Args:
        name: The series.
        y: Amounts by period, shape (n,).
        makers: What makes each method's forecaster, by its name.
        origins: Periods that are known at each origin.
        steps: Periods ahead; of the last origins as many as there are.
        scale: What errors of this series are divided by (:func:`error_scale`).

    Returns:
        One row per method, origin and step, with the columns of ``ERROR_COLUMNS``. A method that needs more than is
        known at an origin has no rows of it.
    """
    rows = []
    for method, make in makers.items():
        for origin in origins:
            ahead = min(steps, len(y) - origin)
            try:
                expected = make().fit(y[:origin]).forecast(ahead)
            except NotEnoughHistoryError:
                continue
            rows += [
                (name, method, origin, step + 1, float(expected[step]), float(y[origin + step]), scale)
                for step in range(ahead)
            ]
    return pd.DataFrame(rows, columns=list(ERROR_COLUMNS))


def error_scale(y: np.ndarray, *, is_seasonal: bool) -> float:
    """Return what an error of the series is measured by: how much the series usually changes.

    The mean absolute difference from the same period a year before or, of a series that is too short for that, from the
    period before: the scale of the mean absolute scaled error (Hyndman & Koehler, Another look at measures of forecast
    accuracy, International Journal of Forecasting 22 (2006)), over the whole series so that all origins share it.

    Args:
        y: Amounts by period, shape (n,).
        is_seasonal: Whether the series is long enough to be judged.
    """
    lag = YEAR if is_seasonal else 1
    return float(np.abs(y[lag:] - y[:-lag]).mean()) if len(y) > lag else 0.0
