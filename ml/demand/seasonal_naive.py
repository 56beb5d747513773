"""The forecast that every other has to beat: the same month of last year.

Belongs here: ``SeasonalNaive``. Does not belong here: whether it was beaten (``rolling_origin``).
"""

from __future__ import annotations

from typing import Any, ClassVar, Self

import numpy as np
from sklearn.utils.validation import check_is_fitted

from ml.demand.forecaster import YEAR, Forecaster


class SeasonalNaive(Forecaster):
    """Expects of each period what the same period of the newest whole season had.

    ``y[T + h] = y[T + h - m * k]``, with the smallest ``k`` that reaches the known past (Hyndman & Athanasopoulos,
    Forecasting: Principles and Practice, 3rd edition, 5.2).

    Attributes:
        season_: The newest twelve periods, shape (12,).
    """

    name: ClassVar[str] = "seasonal_naive"
    fewest: ClassVar[int] = YEAR

    def fit(self, y: np.ndarray) -> Self:
        values = self._checked(y)
        self.season_ = values[-YEAR:]
        self.n_periods_ = len(values)
        return self

    def forecast(self, steps: int) -> np.ndarray:
        check_is_fitted(self)
        return np.resize(self.season_, steps)

    def to_parameters(self) -> dict[str, Any]:
        check_is_fitted(self)
        return {"format": self.name, "n_periods": self.n_periods_, "season": self.season_.tolist()}
