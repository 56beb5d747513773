"""The Theta method, in the implementation of statsmodels.

Belongs here: ``ThetaForecaster``, and what statsmodels does not do with series of shops (short, constant, never below
nothing). Does not belong here: the method itself.
"""

from __future__ import annotations

import warnings
from typing import Any, ClassVar, Self

import numpy as np
from sklearn.utils.validation import check_is_fitted
from statsmodels.tsa.forecasting.theta import ThetaModel

from ml.demand.forecaster import YEAR, Forecaster


class ThetaForecaster(Forecaster):
    """Simple exponential smoothing with half of the linear trend as drift, with the season taken out and put back.

    Assimakopoulos & Nikolopoulos, The theta model, International Journal of Forecasting 16 (2000), in the form of
    Hyndman & Billah, Unmasking the Theta method, 19 (2003). The season is taken out where there are two years of
    periods and the autocorrelation at a year is significant at 10 %, as the authors do; multiplicatively where all
    amounts are above 0.

    Attributes:
        is_seasonal_: Whether a season was found.
        smoothing_: Weight of the newest period, 0 to 1.
        drift_: Slope of the linear trend, units a period; half of it is used.
    """

    name: ClassVar[str] = "theta"
    # A line through fewer says nothing of the next.
    fewest: ClassVar[int] = 4

    def fit(self, y: np.ndarray) -> Self:
        values = self._checked(y)
        self.n_periods_ = len(values)
        self.is_seasonal_, self.smoothing_, self.drift_ = False, 1.0, 0.0
        self._last = float(values[-1])
        self._fitted: Any = None
        # Of a series that never changes no autocorrelation and no smoothing can be learnt.
        if np.ptp(values) > 0:
            may_be_seasonal = len(values) >= 2 * YEAR
            with warnings.catch_warnings():
                # Where the optimum lies at the edge (only the newest period counts) the optimiser says so each time.
                warnings.simplefilter("ignore")
                self._fitted = ThetaModel(values, period=YEAR, deseasonalize=may_be_seasonal).fit(disp=False)
            self.drift_, self.smoothing_ = (float(value) for value in self._fitted.params)
            self.is_seasonal_ = bool(np.any(self._components(YEAR)["seasonal"] != self._neutral()))
        return self

    def forecast(self, steps: int) -> np.ndarray:
        check_is_fitted(self, "n_periods_")
        if self._fitted is None:
            return np.full(steps, self._last)
        return np.maximum(np.asarray(self._fitted.forecast(steps), dtype=np.float64), 0.0)

    def to_parameters(self) -> dict[str, Any]:
        check_is_fitted(self, "n_periods_")
        season = self._components(YEAR)["seasonal"].tolist() if self.is_seasonal_ else []
        return {
            "format": self.name,
            "n_periods": self.n_periods_,
            "smoothing": self.smoothing_,
            "drift": self.drift_,
            "season": season,
            "next": self.forecast(1).tolist(),
        }

    def _components(self, steps: int) -> Any:
        return self._fitted.forecast_components(steps)

    def _neutral(self) -> float:
        return 1.0 if self._fitted.model.method.startswith("mul") else 0.0
