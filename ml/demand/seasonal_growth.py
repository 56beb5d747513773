"""The forecast of planners: the same month of last year, grown as the last months have.

Belongs here: ``SeasonalGrowth``. Does not belong here: whether it is the best (``demand_forecast``).
"""

from __future__ import annotations

from typing import Any, ClassVar, Self

import numpy as np
from sklearn.utils.validation import check_is_fitted

from ml.demand.forecaster import YEAR, Forecaster


class SeasonalGrowth(Forecaster):
    """Expects of each period what the same period of the newest season had, times the growth over that year.

    Growth is the sum of the newest periods over that of the same periods a year before: the seasonal naive forecast
    (Hyndman & Athanasopoulos, 5.2) with a multiplicative drift, known from one year and a few months on, where a
    decomposition needs two whole years.

    Args:
        window: Newest periods that tell the growth; fewer where there are not so many beyond a year.
        most: The growth is taken as no more than this, and no less than its inverse: a category that had hardly begun a
            year ago would otherwise grow without end.

    Attributes:
        growth_: The factor.
        season_: What is expected of the next twelve periods, shape (12,).
    """

    name: ClassVar[str] = "seasonal_growth"
    fewest: ClassVar[int] = YEAR + 1

    def __init__(self, *, window: int = 3, most: float = 3.0) -> None:
        self.window = window
        self.most = most

    def fit(self, y: np.ndarray) -> Self:
        values = self._checked(y)
        window = min(self.window, len(values) - YEAR)
        before = float(values[-window - YEAR : len(values) - YEAR].sum())
        growth = float(values[-window:].sum()) / before if before > 0 else 1.0
        self.growth_ = min(self.most, max(1.0 / self.most, growth))
        self.season_ = values[-YEAR:] * self.growth_
        self.n_periods_ = len(values)
        return self

    def forecast(self, steps: int) -> np.ndarray:
        check_is_fitted(self)
        return np.resize(self.season_, steps)

    def to_parameters(self) -> dict[str, Any]:
        check_is_fitted(self)
        return {
            "format": self.name,
            "n_periods": self.n_periods_,
            "growth": self.growth_,
            "season": self.season_.tolist(),
        }
