"""Pareto/NBD: leaving has a clock of its own, whether the customer orders or not.

Belongs here: ``ParetoNbdModel``. Does not belong here: the integral in its likelihood (pareto_integrals.py).
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from scipy.special import digamma, exprel, gammaln, polygamma

from ml.lifetime_value.buying_model import BuyingModel
from ml.lifetime_value.histories import Histories
from ml.lifetime_value.maximiser import Evaluation, in_logarithms
from ml.lifetime_value.pareto_integrals import PARAMETERS, SECOND, tail_integrals

_FIRST = slice(1, 1 + PARAMETERS)


class ParetoNbdModel(BuyingModel):
    """The Pareto/NBD model of Schmittlein, Morrison & Colombo (1987), "Counting your customers".

    Orders come at rate lambda ~ Gamma(r, alpha) until the customer leaves, which happens at rate mu ~ Gamma(s, beta).
    Parameters: ``r``, ``alpha`` (time), ``s``, ``beta`` (time). Bounds: shapes 1e-4 to 1e4, scales 1e-4 to 1e8.

    With A(t) = (alpha + t)^-(r + x) (beta + t)^-s and K(t) of pareto_integrals.py, the likelihood of a customer is
    (Fader & Hardie 2005, "A note on deriving the Pareto/NBD model", before the integral is written as a 2F1)

        Gamma(r + x) / Gamma(r) * alpha^r beta^s * [ A(T) - s K(T) + s K(t_x) ],

    where both A(T) - s K(T) and s K(t_x) are positive, so that nothing cancels.

    See ``BuyingModel`` for arguments, input and methods, and ``MaximumLikelihoodModel`` for what is learnt.
    """

    FORMAT: ClassVar[str] = "tessera.pareto_nbd_model"
    PARAMETERS: ClassVar[tuple[str, ...]] = ("r", "alpha", "s", "beta")
    LOWER: ClassVar[tuple[float, ...]] = (1e-4, 1e-4, 1e-4, 1e-4)
    UPPER: ClassVar[tuple[float, ...]] = (1e4, 1e8, 1e4, 1e8)

    def _starts(self, histories: Histories) -> list[np.ndarray]:
        age = float(histories.times @ histories.by_age / histories.total)
        rate = float(histories.orders @ histories.by_orders / histories.total / age)
        # Lifetimes that differ, that are mostly very short or very long, and alike for all.
        leaving = ((0.5, 0.5 * age), (0.05, 0.01 * age), (5.0, 2.0 * age))
        return [np.log([0.5, 0.5 / rate, s, beta]) for s, beta in leaving]

    def _evaluate(self, log_parameters: np.ndarray, histories: Histories) -> Evaluation:
        r, alpha, s, beta = parameters = np.exp(log_parameters)
        x, n, n_x = histories.orders, histories.total, histories.by_orders
        weight = histories.customers
        last_codes, last_at = histories.last_pairs
        age_codes, age_at = histories.age_pairs
        stayed_log, stayed = _stayed(parameters, *_decoded(age_codes, histories))
        left_log, left = _left(parameters, *_decoded(last_codes, histories))
        # Relative to A(t_x): what happened if the customer is alive at T, and if not.
        decay = np.exp(stayed_log[age_at] - left_log[last_at])
        bracket = decay * stayed[age_at, 0] + left[last_at, 0]
        slopes = (decay[:, None] * stayed[age_at, _FIRST] + left[last_at, _FIRST]) / bracket[:, None]
        stayed_share = np.bincount(age_at, weights=weight * decay / bracket, minlength=len(age_codes))
        left_share = np.bincount(last_at, weights=weight / bracket, minlength=len(last_codes))
        by_last = np.bincount(last_at, weights=weight, minlength=len(last_codes))

        value = n_x @ (gammaln(r + x) - gammaln(r)) + n * (r * np.log(alpha) + s * np.log(beta))
        value += by_last @ left_log + np.einsum("i,i->", weight, np.log(bracket))
        totals = np.einsum("i,ij->j", stayed_share, stayed) + np.einsum("i,ij->j", left_share, left)
        gradient = totals[_FIRST] + [
            n_x @ (digamma(r + x) - digamma(r)) + n * np.log(alpha), n * r / alpha, n * np.log(beta), n * s / beta
        ]  # fmt: skip
        hessian = np.empty((PARAMETERS, PARAMETERS))
        for place, (i, j) in enumerate(SECOND, 1 + PARAMETERS):
            hessian[i, j] = hessian[j, i] = totals[place] - np.einsum("i,i,i->", weight, slopes[:, i], slopes[:, j])
        hessian[0, 0] += n_x @ (polygamma(1, r + x) - polygamma(1, r))
        hessian[[0, 1], [1, 0]] += n / alpha
        hessian[1, 1] -= n * r / alpha**2
        hessian[[2, 3], [3, 2]] += n / beta
        hessian[3, 3] -= n * s / beta**2
        return in_logarithms(parameters, Evaluation(value=float(value), gradient=gradient, hessian=hessian))

    def _p_alive(self, orders: np.ndarray, last: np.ndarray, age: np.ndarray) -> np.ndarray:
        # A(T) as a share of the bracket (Schmittlein, Morrison & Colombo 1987, the probability of being active).
        decay = np.exp(self._log_a(orders, age) - self._log_a(orders, last))
        alive = 1 - self._s_k(orders, age)
        return decay / (decay * alive + self._s_k(orders, last))

    def _p_return_if_alive(self, orders: np.ndarray, age: np.ndarray, horizon: float) -> np.ndarray:
        # Given alive, lambda ~ Gamma(r + x, alpha + T) and mu ~ Gamma(s, beta + T). No order by T + h: still alive and
        # silent, A(T + h) / A(T), or gone in between before any order, s [K(T) - K(T + h)] / A(T).
        decay = np.exp(self._log_a(orders, age + horizon) - self._log_a(orders, age))
        return 1 - decay - (self._s_k(orders, age) - decay * self._s_k(orders, age + horizon))

    def _expected_if_alive(self, orders: np.ndarray, age: np.ndarray, horizon: float) -> np.ndarray:
        r, alpha, s, beta = self.parameters_.values()
        return _expected_orders(r + orders, alpha + age, s, beta + age, np.asarray(horizon))

    def _expected_from_start(self, horizon: np.ndarray) -> np.ndarray:
        r, alpha, s, beta = self.parameters_.values()
        return _expected_orders(np.asarray(r), np.asarray(alpha), s, np.asarray(beta), horizon)

    def _log_a(self, orders: np.ndarray, times: np.ndarray) -> np.ndarray:
        r, alpha, s, beta = self.parameters_.values()
        return -(r + orders) * np.log(alpha + times) - s * np.log(beta + times)

    def _s_k(self, orders: np.ndarray, times: np.ndarray) -> np.ndarray:
        """Return s K(t) / A(t), computed once for each distinct pair, shape (n,)."""
        pairs, pair_at = np.unique(orders + 1j * times, return_inverse=True)
        parameters = np.array(list(self.parameters_.values()))
        integrals = tail_integrals(parameters, pairs.real, pairs.imag, with_derivatives=False)
        return self.parameters_["s"] * integrals[pair_at, 0]


def _expected_orders(r: np.ndarray, alpha: np.ndarray, s: float, beta: np.ndarray, horizon: np.ndarray) -> np.ndarray:
    """Return E[orders within ``horizon`` | alive] for rates Gamma(r, alpha) and leaving at Gamma(s, beta).

    r beta / (alpha (s - 1)) * [1 - (beta / (beta + t))^(s - 1)] (Schmittlein, Morrison & Colombo 1987; with
    updated parameters Fader & Hardie 2005), written so that s = 1 is no special case.
    """
    log_growth = np.log1p(horizon / beta)
    return r * beta / alpha * log_growth * exprel((1 - s) * log_growth)


def _decoded(codes: np.ndarray, histories: Histories) -> tuple[np.ndarray, np.ndarray]:
    """Return orders and time of each code of ``Histories.last_pairs`` or ``age_pairs``."""
    orders_at, time_at = np.divmod(codes, len(histories.times))
    return histories.orders[orders_at], histories.times[time_at]


def _left(parameters: np.ndarray, orders: np.ndarray, times: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return log A(t), shape (n,), and s K(t) with its derivatives relative to A(t), shape (n, 15)."""
    r, alpha, s, beta = parameters
    log_a = -(r + orders) * np.log(alpha + times) - s * np.log(beta + times)
    k = tail_integrals(parameters, orders, times, with_derivatives=True)
    out = s * k
    out[:, 3] += k[:, 0]
    for place, pair in enumerate(SECOND, 1 + PARAMETERS):
        # The factor s adds the first derivative by the other parameter, twice for the second derivative by s.
        for i, j in (pair, pair[::-1]):
            if i == 2:
                out[:, place] += k[:, 1 + j]
    return log_a, out


def _stayed(parameters: np.ndarray, orders: np.ndarray, times: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return log A(t), shape (n,), and A(t) - s K(t) with its derivatives relative to A(t), shape (n, 15)."""
    r, alpha, s, beta = parameters
    log_a, gone = _left(parameters, orders, times)
    alpha_t, beta_t = alpha + times, beta + times
    slopes = (-np.log(alpha_t), -(r + orders) / alpha_t, -np.log(beta_t), -s / beta_t)
    out = -gone
    out[:, 0] += 1
    for i in range(PARAMETERS):
        out[:, 1 + i] += slopes[i]
    bends = {(0, 1): -1 / alpha_t, (1, 1): (r + orders) / alpha_t**2, (2, 3): -1 / beta_t, (3, 3): s / beta_t**2}
    for place, (i, j) in enumerate(SECOND, 1 + PARAMETERS):
        out[:, place] += slopes[i] * slopes[j] + bends.get((i, j), 0.0)
    return log_a, out
