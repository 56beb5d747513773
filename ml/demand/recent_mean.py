"""The forecast for whom there is too little history: as in the last months.

Belongs here: ``RecentMean``. Does not belong here: what too little is (``rolling_origin``).
"""

from __future__ import annotations

from typing import Any, ClassVar, Self

import numpy as np
from sklearn.utils.validation import check_is_fitted

from ml.demand.forecaster import Forecaster


class RecentMean(Forecaster):
    """Expects of each period the mean of the newest ones: the average method over a window.

    Hyndman & Athanasopoulos, Forecasting: Principles and Practice, 3rd edition, 5.2.

    Args:
        window: Periods that are averaged; of a shorter series all.

    Attributes:
        mean_: The mean.
    """

    name: ClassVar[str] = "recent_mean"
    fewest: ClassVar[int] = 1

    def __init__(self, *, window: int = 3) -> None:
        self.window = window

    def fit(self, y: np.ndarray) -> Self:
        values = self._checked(y)
        self.mean_ = float(values[-self.window :].mean())
        self.n_periods_ = len(values)
        return self

    def forecast(self, steps: int) -> np.ndarray:
        check_is_fitted(self)
        return np.full(steps, self.mean_)

    def to_parameters(self) -> dict[str, Any]:
        check_is_fitted(self)
        return {"format": self.name, "n_periods": self.n_periods_, "window": self.window, "mean": self.mean_}
