"""What every forecaster of a series keeps, in scikit-learn manners.

Belongs here: the interface, and the checks that each makes on its series. Does not belong here: any method.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar, Self

import numpy as np
from sklearn.base import BaseEstimator

from ml.errors import ModelInputError, NotEnoughHistoryError

# Months after which a season comes round.
YEAR = 12


class Forecaster(BaseEstimator, ABC):
    """Learns one series of equally long periods, oldest first, and says how it goes on; never less than nothing.

    Attributes:
        name: What the method is called in tables.
        fewest: Periods that it needs.
        n_periods_: Periods that it has learnt from.
    """

    name: ClassVar[str]
    fewest: ClassVar[int]
    n_periods_: int

    @abstractmethod
    def fit(self, y: np.ndarray) -> Self:
        """Learn a series.

        Args:
            y: Amounts by period, oldest first, shape (n,), finite and not below 0.

        Raises:
            NotEnoughHistoryError: The series is shorter than the method needs.
            ModelInputError: A value is missing or negative.
        """

    @abstractmethod
    def forecast(self, steps: int) -> np.ndarray:
        """Return the expected amounts of the next periods, shape (steps,)."""

    @abstractmethod
    def to_parameters(self) -> dict[str, Any]:
        """Return all that was learnt as plain JSON types."""

    def _checked(self, y: np.ndarray) -> np.ndarray:
        values = np.asarray(y, dtype=np.float64)
        if values.ndim != 1 or not np.isfinite(values).all() or (values < 0).any():
            raise ModelInputError(
                f"{type(self).__name__}: the series cannot be used",
                expected="one amount a period, finite and not below 0",
                found=f"shape {values.shape}, {int((~np.isfinite(values)).sum())} not finite, "
                f"{int((values < 0).sum())} below 0",
                fix="fill periods without sales with 0 and leave out those before the first sale",
            )
        if len(values) < self.fewest:
            raise NotEnoughHistoryError(
                f"{type(self).__name__}: the series is too short",
                expected=f"at least {self.fewest} periods",
                found=f"{len(values)}",
                fix="wait, or use a method that needs fewer",
            )
        return values
