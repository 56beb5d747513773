"""Gamma-Gamma: how much a customer spends an order, drawn towards everybody's where little is known.

Belongs here: ``GammaGammaModel``. Does not belong here: how often customers order (the buying models), margins.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd
from scipy.special import digamma, gammaln, polygamma
from sklearn.utils.validation import check_is_fitted

from ml.errors import ModelInputError, NotEnoughCustomersError
from ml.frames import checked_index, feature_matrix
from ml.lifetime_value.maximiser import Evaluation, Maximum, in_logarithms, maximise
from ml.lifetime_value.maximum_likelihood import MaximumLikelihoodModel, damaged

ORDERS = "orders_count"
MEAN_AMOUNT = "mean_order_amount"
COLUMNS = (ORDERS, MEAN_AMOUNT)


class GammaGammaModel(MaximumLikelihoodModel):
    """The Gamma-Gamma model of Colombo & Jiang (1999) in the form of Fader & Hardie (2013).

    Every order of a customer is Gamma(p, nu) and nu ~ Gamma(q, gamma) over customers, so the mean of x orders has the
    density of Fader & Hardie (2013), "The Gamma-Gamma model of monetary value", equation 1a:

        Gamma(p x + q) / (Gamma(p x) Gamma(q)) * gamma^q z^(p x - 1) x^(p x) / (gamma + x z)^(p x + q).

    The mean spend must not depend on how often a customer orders; ``correlation_`` says how far that holds.

    Frames have one row per customer, indexed by customer_id, with ``orders_count`` (x: the orders that the mean was
    taken over; Fader & Hardie leave the first one out) and ``mean_order_amount`` (z, above 0; missing where x is 0).

    Bounds: p from 1e-4 and q from 1.01, both to 1e4, gamma from 1e-8 to 1e8 times the mean amount. For q of 1 or less
    the mean over customers is infinite; a q of 1.01 in ``undetermined_`` says that the amounts look like that.

    Args:
        sample_size: With more customers than this the search begins on so many, every k-th in sorted order; it always
            ends on all of them.

    Attributes:
        correlation_: Between x and z over the customers that were learnt from; NaN where one of them is constant.
    """

    FORMAT: ClassVar[str] = "tessera.gamma_gamma_model"
    PARAMETERS: ClassVar[tuple[str, ...]] = ("p", "q", "gamma")
    SETTINGS: ClassVar[tuple[str, ...]] = ("sample_size",)
    LOWER: ClassVar[tuple[float, ...]] = (1e-4, 1.01, 1e-8)
    UPPER: ClassVar[tuple[float, ...]] = (1e4, 1e4, 1e8)

    correlation_: float

    def __init__(self, *, sample_size: int = 20_000) -> None:
        self.sample_size = sample_size

    def fit(self, X: pd.DataFrame, y: None = None) -> Self:
        """Learn the parameters by maximum likelihood from the customers with an order.

        Args:
            X: One row per customer with the two columns; rows with 0 orders are left out.
            y: Ignored; present by scikit-learn's convention.

        Raises:
            NotEnoughCustomersError: No customer has an order.
            ModelInputError: An amount or count cannot be.
        """
        orders, amount = _columns(X)
        has_orders = orders > 0
        if not has_orders.any():
            raise NotEnoughCustomersError(
                "GammaGammaModel: no customer has an order with an amount",
                expected=f"some rows with {ORDERS} above 0",
                found=f"{len(orders)} rows, all with 0",
                fix="wait for orders, or look at why the table is empty",
            )
        orders, amount = orders[has_orders], amount[has_orders]
        # Sorted, so that sums do not depend on the order of the rows and every k-th of them is a fair sample.
        order = np.lexsort((amount, orders))
        orders, amount = orders[order], amount[order]
        # In units of the mean amount, so that the search is the same for cents and millions.
        scale = float(amount.mean())
        relative = amount / scale
        start = np.log([1.0, 2.0, 1.0])
        if len(orders) > self.sample_size:
            drawn = ((np.arange(self.sample_size) + 0.5) * (len(orders) / self.sample_size)).astype(np.int64)
            start = self._maximum(orders[drawn], relative[drawn], start).position
        maximum = self._maximum(orders, relative, start)
        log_likelihood = maximum.evaluation.value - len(orders) * float(np.log(scale))
        self._learn(maximum, len(orders), log_likelihood=log_likelihood)
        for values in (self.parameters_, self.standard_errors_):
            values["gamma"] *= scale
        varies = np.ptp(orders) > 0 and np.ptp(amount) > 0
        self.correlation_ = float(np.corrcoef(orders, amount)[0, 1]) if varies else float("nan")
        return self

    def _maximum(self, orders: np.ndarray, amount: np.ndarray, start: np.ndarray) -> Maximum:
        statistics = _Statistics(orders, amount)
        return maximise(statistics.evaluate, start, lower=np.log(self.LOWER), upper=np.log(self.UPPER))

    def log_likelihood(self, X: pd.DataFrame) -> float:
        """Return the log-likelihood of other customers with orders under the fitted parameters."""
        check_is_fitted(self, "parameters_")
        orders, amount = _columns(X)
        order = np.lexsort((amount, orders))
        orders, amount = orders[order], amount[order]
        statistics = _Statistics(orders[orders > 0], amount[orders > 0])
        return statistics.evaluate(np.log(list(self.parameters_.values()))).value

    def mean_order_value(self) -> float:
        """Return the mean amount of an order over all customers, p gamma / (q - 1)."""
        check_is_fitted(self, "parameters_")
        p, q, gamma = self.parameters_.values()
        return p * gamma / (q - 1)

    def expected_order_value(self, X: pd.DataFrame) -> np.ndarray:
        """Return the expected amount of each customer's next order, shape (n,), in the currency of the amounts.

        p (gamma + x z) / (p x + q - 1), a weighted mean of the customer's own and everybody's (Fader & Hardie 2013,
        equation 5); everybody's for customers without an order in the count.
        """
        check_is_fitted(self, "parameters_")
        orders, amount = _columns(X)
        p, q, gamma = self.parameters_.values()
        return p * (gamma + orders * np.where(orders > 0, amount, 0.0)) / (p * orders + q - 1)

    def to_parameters(self) -> dict[str, Any]:
        """Return settings and everything learnt as plain JSON types; what is unknown is None."""
        document = super().to_parameters()
        return document | {"correlation": None if math.isnan(self.correlation_) else self.correlation_}

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, Any]) -> Self:
        """Rebuild a fitted model from ``to_parameters()``.

        Raises:
            ParameterFormatError: The document is not one of this format and version, or is damaged.
        """
        model = super().from_parameters(parameters)
        try:
            correlation = parameters["correlation"]
            model.correlation_ = math.nan if correlation is None else float(correlation)
        except (KeyError, TypeError, ValueError) as error:
            raise damaged(f"{type(error).__name__}: {error}", owner=cls.__name__) from error
        return model


class _Statistics:
    """The log-likelihood as a function of (log p, log q, log gamma), with what does not change computed once."""

    def __init__(self, orders: np.ndarray, amount: np.ndarray) -> None:
        self.sums = orders * amount
        self.orders = orders
        distinct, starts = np.unique(orders, return_index=True)
        self.distinct, self.starts = distinct, starts
        self.counts = np.diff(np.r_[starts, len(orders)]).astype(np.float64)
        log_amount = np.log(amount)
        self.log_amount = float(np.einsum("i->", log_amount))
        self.log_sum = float(np.einsum("i,i->", orders, np.log(orders) + log_amount))

    def evaluate(self, log_parameters: np.ndarray) -> Evaluation:
        p, q, gamma = parameters = np.exp(log_parameters)
        x, n_x, n = self.distinct, self.counts, float(len(self.sums))
        total = gamma + self.sums
        inverse = 1 / total
        # Sums by number of orders; the factors p x + q and x follow from it.
        log_total, inverse_1, inverse_2 = (
            np.add.reduceat(values, self.starts) for values in (np.log(total), inverse, inverse * inverse)
        )
        px = p * x
        value = n_x @ (gammaln(px + q) - gammaln(px)) + n * (q * np.log(gamma) - gammaln(q))
        value += p * self.log_sum - self.log_amount - (px + q) @ log_total
        gradient = np.array(
            [
                n_x @ (x * (digamma(px + q) - digamma(px))) + self.log_sum - x @ log_total,
                n_x @ digamma(px + q) + n * (np.log(gamma) - digamma(q)) - log_total.sum(),
                n * q / gamma - (px + q) @ inverse_1,
            ]
        )
        bend = polygamma(1, px + q)
        hessian = np.empty((3, 3))
        hessian[0, 0] = n_x @ (x**2 * (bend - polygamma(1, px)))
        hessian[0, 1] = hessian[1, 0] = n_x @ (x * bend)
        hessian[0, 2] = hessian[2, 0] = -(x @ inverse_1)
        hessian[1, 1] = n_x @ bend - n * polygamma(1, q)
        hessian[1, 2] = hessian[2, 1] = n / gamma - inverse_1.sum()
        hessian[2, 2] = -n * q / gamma**2 + (px + q) @ inverse_2
        return in_logarithms(parameters, Evaluation(value=float(value), gradient=gradient, hessian=hessian))


def _columns(X: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return orders and mean amount of each row, shapes (n,), checked."""
    index = checked_index(X, owner="GammaGammaModel")
    orders, amount = feature_matrix(X, COLUMNS, owner="GammaGammaModel").T
    wrong = {
        f"{ORDERS} is not a whole number from 0": ~(orders >= 0) | (orders != np.floor(orders)),
        f"{MEAN_AMOUNT} is missing or not above 0": (orders > 0) & ~(amount > 0),
    }
    for what, rows in wrong.items():
        if rows.any():
            first = int(rows.argmax())
            raise ModelInputError(
                f"GammaGammaModel: {what}",
                expected="a count of orders, and a mean above 0 wherever the count is",
                found=f"{int(rows.sum())} rows, first customer_id {index[first]!r}: "
                f"{orders[first]:g} orders, mean {amount[first]:g}",
                fix="leave orders without value and net refunds out of both columns",
            )
    return orders, amount
