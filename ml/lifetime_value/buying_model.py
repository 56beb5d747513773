"""What every model of repeat buying promises, and the steps that are the same for all of them.

Belongs here: fitting on collapsed histories, predictions per customer by distinct histories. Does not belong here: any
likelihood or formula of one model (one estimator per file), money (see the spend model and customer_value).
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import ClassVar, Self

import numpy as np
import pandas as pd
from sklearn.utils.validation import check_is_fitted

from ml.errors import ModelInputError, NoRepeatOrdersError, NotEnoughCustomersError
from ml.lifetime_value.histories import REPEAT_ORDERS, Histories, collapse, history_arrays
from ml.lifetime_value.maximiser import Evaluation, Maximum, maximise
from ml.lifetime_value.maximum_likelihood import MaximumLikelihoodModel

DAYS_PER_YEAR = 365.0
# Gauss-Legendre points on the horizon for discounting, see ``discounted_expected_orders``.
DISCOUNT_POINTS = 8
# Customers on which the starts of the search are compared.
FEW = 2_000


class BuyingModel(MaximumLikelihoodModel):
    """Orders as a process that runs until the customer leaves unseen.

    ``fit`` and the methods about known customers take a frame with one row per customer, indexed by customer_id, with
    the columns ``repeat_orders_count`` (x: order days after the first), ``first_to_last_order_days`` (t_x) and
    ``age_days`` (T: days since the first order). Days must not be rounded to weeks: that shifts the estimates.

    Args:
        time_unit_days: Days in the unit that parameters and log-likelihood are stated in, 7 for weeks. Predictions
            do not depend on it.
        sample_size: With more distinct histories than this, the search climbs on so many customers first, every k-th
            in sorted order; it always ends on all of them, so this changes the time and not the result.
    """

    SETTINGS: ClassVar[tuple[str, ...]] = ("time_unit_days", "sample_size")
    LOWER: ClassVar[tuple[float, ...]]
    UPPER: ClassVar[tuple[float, ...]]

    def __init__(self, *, time_unit_days: float = 1.0, sample_size: int = 20_000) -> None:
        self.time_unit_days = time_unit_days
        self.sample_size = sample_size

    def fit(self, X: pd.DataFrame, y: None = None) -> Self:
        """Learn the parameters by maximum likelihood.

        The search is over the logarithms of the parameters, in a box; a parameter that ends on its border is named in
        ``undetermined_``.

        Args:
            X: One row per customer with the three columns of a history.
            y: Ignored; present by scikit-learn's convention.

        Returns:
            The fitted model itself.

        Raises:
            NotEnoughCustomersError: There is no row.
            NoRepeatOrdersError: No customer has a repeat order.
            ModelInputError: A history cannot be, see ``history_arrays``.
        """
        histories = self._collapsed(X)
        few = histories.thinned(FEW) if histories.total > 2 * FEW else histories
        # A likelihood can have more than one top; few customers are enough to tell which is the highest.
        tops = [self._maximum(few, start) for start in self._starts(histories)]
        best = max(tops, key=lambda top: top.evaluation.value)
        if few is not histories:
            if len(histories.customers) > self.sample_size > FEW:
                best = self._maximum(histories.thinned(self.sample_size), best.position)
            best = self._maximum(histories, best.position)
        self._learn(best, histories.total)
        return self

    def _collapsed(self, X: pd.DataFrame) -> Histories:
        name = type(self).__name__
        if not self.time_unit_days > 0 or self.sample_size < 1:
            raise ModelInputError(
                f"{name}: a setting cannot be",
                expected="time_unit_days above 0 and sample_size of 1 or more",
                found=f"time_unit_days={self.time_unit_days}, sample_size={self.sample_size}",
                fix="correct the settings",
            )
        orders, last, age = history_arrays(X, owner=name)
        if not len(orders):
            raise NotEnoughCustomersError(
                f"{name}: there are no customers",
                expected="customers with at least one order",
                found="0 rows",
                fix="wait for customers, or look at why the table is empty",
            )
        if not orders.any():
            raise NoRepeatOrdersError(
                f"{name}: no customer has ordered again",
                expected=f"some rows with {REPEAT_ORDERS} above 0",
                found=f"{len(orders)} rows, all with 0",
                fix="wait for repeat orders; until then nothing can be said about who comes back",
            )
        return collapse(orders, last, age, unit_days=self.time_unit_days)

    def _maximum(self, histories: Histories, start: np.ndarray) -> Maximum:
        return maximise(
            lambda position: self._evaluate(position, histories),
            start,
            lower=np.log(self.LOWER),
            upper=np.log(self.UPPER),
        )

    @abstractmethod
    def _starts(self, histories: Histories) -> list[np.ndarray]:
        """Return the logarithms of parameters to begin with, each of shape (p,): one per kind of customers."""

    @abstractmethod
    def _evaluate(self, log_parameters: np.ndarray, histories: Histories) -> Evaluation:
        """Return the log-likelihood of all customers and its derivatives by the logarithms of the parameters."""

    @abstractmethod
    def _p_alive(self, orders: np.ndarray, last: np.ndarray, age: np.ndarray) -> np.ndarray:
        """Return P(alive at T | x, t_x, T), shape (n,); times in the unit of the model."""

    @abstractmethod
    def _p_return_if_alive(self, orders: np.ndarray, age: np.ndarray, horizon: float) -> np.ndarray:
        """Return P(an order in (T, T + horizon] | alive at T, x, T), shape (n,)."""

    @abstractmethod
    def _expected_if_alive(self, orders: np.ndarray, age: np.ndarray, horizon: float) -> np.ndarray:
        """Return E[orders in (T, T + horizon] | alive at T, x, T], shape (n,)."""

    @abstractmethod
    def _expected_from_start(self, horizon: np.ndarray) -> np.ndarray:
        """Return E[repeat orders within ``horizon`` of the first order], shape of ``horizon``."""

    def log_likelihood(self, X: pd.DataFrame) -> float:
        """Return the log-likelihood of other customers under the fitted parameters, times in the model's unit."""
        check_is_fitted(self, "parameters_")
        orders, last, age = history_arrays(X, owner=type(self).__name__)
        position = np.log(list(self.parameters_.values()))
        return self._evaluate(position, collapse(orders, last, age, unit_days=self.time_unit_days)).value

    def p_alive(self, X: pd.DataFrame) -> np.ndarray:
        """Return the probability that each customer has not left yet, shape (n,), 0-1.

        In BG/NBD a customer without a repeat order cannot have left: 1 for all of them, whatever their silence.
        """
        orders, last, age = self._known(X)
        return np.clip(self._p_alive(orders, last, age), 0.0, 1.0)

    def p_return(self, X: pd.DataFrame, *, horizon_days: float) -> np.ndarray:
        """Return the probability of at least one order in (T, T + horizon_days] for each customer, shape (n,), 0-1."""
        orders, last, age = self._known(X, horizon_days)
        horizon = horizon_days / self.time_unit_days
        per_pair = _by_distinct(lambda x, T: self._p_return_if_alive(x, T, horizon), orders, age)
        return np.clip(self._p_alive(orders, last, age) * per_pair, 0.0, 1.0)

    def expected_orders(self, horizon_days: float | np.ndarray) -> np.ndarray:
        """Return how many repeat orders a new customer makes on average within a horizon of the first order.

        Args:
            horizon_days: Days from the first order on, a number or an array.

        Returns:
            Expected repeat orders, in the shape of ``horizon_days``.
        """
        check_is_fitted(self, "parameters_")
        days = np.asarray(horizon_days, dtype=np.float64)
        for edge in (days.min(initial=0.0), days.max(initial=0.0)):
            _check_horizon(float(edge), owner=type(self).__name__)
        return self._expected_from_start(days.ravel() / self.time_unit_days).reshape(days.shape)

    def conditional_expected_orders(self, X: pd.DataFrame, *, horizon_days: float) -> np.ndarray:
        """Return the expected number of orders in (T, T + horizon_days] of each customer, shape (n,)."""
        orders, last, age = self._known(X, horizon_days)
        horizon = horizon_days / self.time_unit_days
        per_pair = _by_distinct(lambda x, T: self._expected_if_alive(x, T, horizon), orders, age)
        return self._p_alive(orders, last, age) * per_pair

    def discounted_expected_orders(
        self, X: pd.DataFrame, *, horizon_days: float, yearly_rate: float = 0.1
    ) -> np.ndarray:
        """Return the expected orders in (T, T + horizon_days], each worth less the later it comes, shape (n,).

        The integral of ``(1 + yearly_rate) ** (-u / 365)`` over the expected orders at day u, u counted from T (the
        discounted expected transactions of Fader, Hardie & Lee 2005, "RFM and CLV", cut at the horizon), integrated by
        parts so that only expected numbers of orders are needed. Gauss-Legendre points on the root of u, dense at its
        start, where the orders are.

        Args:
            X: One row per customer with the three columns of a history.
            horizon_days: Length of the horizon in days.
            yearly_rate: What is lost in value in a year of 365 days, 0.1 for ten per cent; 0 or more.
        """
        orders, last, age = self._known(X, horizon_days)
        if not yearly_rate >= 0:
            raise ModelInputError(
                f"{type(self).__name__}: the discount rate cannot be",
                expected="yearly_rate of 0 or more, 0.1 for ten per cent",
                found=f"{yearly_rate}",
                fix="pass the rate per year as a share",
            )
        horizon = horizon_days / self.time_unit_days
        force = float(np.log1p(yearly_rate)) * self.time_unit_days / DAYS_PER_YEAR
        points, weights = np.polynomial.legendre.leggauss(DISCOUNT_POINTS)
        points, weights = (points + 1) / 2, weights / 2

        def per_pair(x: np.ndarray, T: np.ndarray) -> np.ndarray:
            total = np.exp(-force * horizon) * self._expected_if_alive(x, T, horizon)
            for point, weight in zip(points, weights, strict=True):
                when = horizon * point**2
                share = force * weight * 2 * horizon * point * np.exp(-force * when)
                total = total + share * self._expected_if_alive(x, T, when)
            return total

        return self._p_alive(orders, last, age) * _by_distinct(per_pair, orders, age)

    def _known(self, X: pd.DataFrame, horizon_days: float = 0.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return orders, last order and age of each row, times in the unit of the model."""
        check_is_fitted(self, "parameters_")
        _check_horizon(horizon_days, owner=type(self).__name__)
        orders, last, age = history_arrays(X, owner=type(self).__name__)
        return orders, last / self.time_unit_days, age / self.time_unit_days


def _check_horizon(days: float, *, owner: str) -> None:
    if not (np.isfinite(days) and days >= 0):
        raise ModelInputError(
            f"{owner}: the horizon cannot be",
            expected="a finite number of days, 0 or more",
            found=f"{days}",
            fix="pass horizon_days as days from now on",
        )


def _by_distinct(
    function: Callable[[np.ndarray, np.ndarray], np.ndarray], orders: np.ndarray, age: np.ndarray
) -> np.ndarray:
    """Return ``function`` of each row, computed once for each distinct pair of orders and age, shape (n,)."""
    order_at, distinct_orders = pd.factorize(orders, sort=True)
    age_at, distinct_ages = pd.factorize(age, sort=True)
    pair_at, pairs = pd.factorize(order_at * max(len(distinct_ages), 1) + age_at, sort=True)
    if not len(pairs):
        return np.empty(0)
    first, second = np.divmod(pairs, len(distinct_ages))
    return function(distinct_orders[first], distinct_ages[second])[pair_at]
