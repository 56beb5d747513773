"""What BG/NBD and MBG/NBD share: orders at a gamma rate, leaving with a beta probability after an order.

Belongs here: their likelihood with its derivatives, expected orders of a customer who is alive. Does not belong here:
what tells the two apart (each estimator's file), Pareto/NBD, where leaving has a clock of its own.

A customer orders at rate lambda ~ Gamma(r, alpha) while alive and leaves with probability p ~ Beta(a, b) at each
chance to do so. In BG/NBD the chances are the x repeat orders; in MBG/NBD the first order is one too. With k chances,
k = x or x + 1, both likelihoods are (Fader, Hardie & Lee 2005, equation 6 and appendix; Wagner & Hoppe 2008)

    Gamma(r + x) / Gamma(r) * alpha^r * B(a, b + k) / B(a, b)
    * [ (alpha + T)^-(r + x) + [k > 0] * a / (b + k - 1) * (alpha + t_x)^-(r + x) ],

computed in logarithms as in Fader & Hardie (2013), "Overcoming the BG/NBD model's #NUM! error problem".
"""

from __future__ import annotations

import numpy as np
from scipy.special import betaln, digamma, expit, gammaln, polygamma

from ml.lifetime_value.histories import Histories
from ml.lifetime_value.maximiser import Evaluation, in_logarithms

# Rows whose arrays fit into a processor's cache together.
CHUNK = 16_384
# Trapezoid points on the log-odds of p, and the logarithm of the density that is cut off at both ends. With the
# poles of the integrand pi away from the real line the error is exp(-2 pi^2 / step), below 1e-13 for the widest range.
POINTS = 128
CUT = 37.0


def evaluate(log_parameters: np.ndarray, histories: Histories, *, first_order_is_chance: bool) -> Evaluation:
    """Return the log-likelihood and its first and second derivatives by the logarithms of (r, alpha, a, b).

    The logarithm of the bracket above is ``u + log(1 + exp(z))`` with u the first term's logarithm and u + z the
    second's; q = 1 / (1 + exp(-z)) is the probability of having left. Everything else is a sum over distinct numbers
    of orders or over distinct ages.

    Args:
        log_parameters: Logarithms of r, alpha, a, b, shape (4,).
        histories: Collapsed histories, times in the unit of alpha.
        first_order_is_chance: Whether a customer can leave right after the first order (MBG/NBD).
    """
    r, alpha, a, b = parameters = np.exp(log_parameters)
    x, n, n_x = histories.orders, histories.total, histories.by_orders
    k = x + float(first_order_is_chance)
    c = r + x
    has_chance = k > 0
    # 0 for k = 0, where a customer cannot have left.
    per_chance = np.where(has_chance, -1 / np.where(has_chance, b + k - 1, 1.0), 0.0)
    left_odds = np.where(has_chance, np.log(a) + np.log(-per_chance, where=has_chance, out=np.zeros_like(k)), -np.inf)
    log_time = np.log(alpha + histories.times)
    inverse = 1 / (alpha + histories.times)

    softplus, sums = _sums(histories, c, left_odds, log_time, inverse)
    q, q_d, q_g, q_gg, v, v_d, v_g, v_dd, v_dg, v_gg = sums
    by_age = histories.by_age
    orders_by_age = r * by_age + histories.orders_by_age

    beta_value = gammaln(b + k) - gammaln(b) + gammaln(a + b) - gammaln(a + b + k)
    both = digamma(a + b) - digamma(a + b + k)
    both_2 = polygamma(1, a + b) - polygamma(1, a + b + k)
    b_2 = polygamma(1, b + k) - polygamma(1, b)
    gamma_value = gammaln(c) - gammaln(r)

    value = n_x @ (gamma_value + beta_value) + n * r * np.log(alpha) - orders_by_age @ log_time + softplus
    gradient = np.array(
        [
            n_x @ (digamma(c) - digamma(r)) + n * np.log(alpha) - by_age @ log_time + q_d.sum(),
            n * r / alpha - orders_by_age @ inverse - c @ q_g,
            n_x @ both + q.sum() / a,
            n_x @ (both + digamma(b + k) - digamma(b)) + q @ per_chance,
        ]
    )
    hessian = np.empty((4, 4))
    hessian[0, 0] = n_x @ (polygamma(1, c) - polygamma(1, r)) + v_dd.sum()
    hessian[0, 1] = n / alpha - by_age @ inverse - q_g.sum() - c @ v_dg
    hessian[0, 2] = v_d.sum() / a
    hessian[0, 3] = v_d @ per_chance
    hessian[1, 1] = -n * r / alpha**2 + orders_by_age @ inverse**2 + c @ q_gg + c**2 @ v_gg
    hessian[1, 2] = -(c @ v_g) / a
    hessian[1, 3] = -(c * per_chance) @ v_g
    hessian[2, 2] = n_x @ both_2 + (v.sum() - q.sum()) / a**2
    hessian[2, 3] = n_x @ both_2 + v @ per_chance / a
    hessian[3, 3] = n_x @ (both_2 + b_2) + (q + v) @ per_chance**2
    lower = np.tril_indices(4, -1)
    hessian[lower] = hessian.T[lower]
    return in_logarithms(parameters, Evaluation(value=float(value), gradient=gradient, hessian=hessian))


def _sums(
    histories: Histories, c: np.ndarray, left_odds: np.ndarray, log_time: np.ndarray, inverse: np.ndarray
) -> tuple[float, np.ndarray]:
    """Return the sum of log(1 + exp(z)) over customers, and ten sums over customers by number of orders, (10, m).

    With d = log(alpha + T) - log(alpha + t_x), g = 1 / (alpha + t_x) - 1 / (alpha + T) and v = q (1 - q), the sums
    are of q, q d, q g, q (difference of the squared inverses), v, v d, v g, v d^2, v d g, v g^2.
    """
    softplus = 0.0
    sums = np.zeros((10, len(histories.orders)))
    rows = np.empty((10, min(CHUNK, len(histories.customers))))
    # Cells are sorted by number of orders, so each number is one run.
    runs = np.flatnonzero(np.diff(histories.orders_at, prepend=-1))
    for begin in range(0, len(histories.customers), CHUNK):
        part = slice(begin, begin + CHUNK)
        at, last_at, age_at = histories.orders_at[part], histories.last_at[part], histories.age_at[part]
        weight = histories.customers[part]
        d = log_time[age_at] - log_time[last_at]
        age_inverse = inverse[age_at]
        g = inverse[last_at] - age_inverse
        z = left_odds[at] + c[at] * d
        small = np.exp(-np.abs(z))
        softplus += float(np.einsum("i,i->", weight, np.maximum(z, 0.0) + np.log1p(small)))
        share = 1 / (1 + small)
        products = rows[:, : len(at)]
        q, q_d, q_g, q_gg, v, v_d, v_g, v_dd, v_dg, v_gg = products
        np.multiply(weight, np.where(z > 0, share, small * share), out=q)
        np.multiply(weight, small * share * share, out=v)
        np.multiply(q, d, out=q_d)
        np.multiply(q, g, out=q_g)
        np.multiply(q_g, g + 2 * age_inverse, out=q_gg)
        np.multiply(v, d, out=v_d)
        np.multiply(v, g, out=v_g)
        np.multiply(v_d, d, out=v_dd)
        np.multiply(v_d, g, out=v_dg)
        np.multiply(v_g, g, out=v_gg)
        first, end = np.searchsorted(runs, [begin, begin + len(at)], side="right")
        starts = np.maximum(runs[max(first - 1, 0) : end] - begin, 0)
        starts = starts[starts < len(at)]
        sums[:, at[starts]] += np.add.reduceat(products, starts, axis=1)
    return softplus, sums


def p_alive(
    parameters: dict[str, float], orders: np.ndarray, last: np.ndarray, age: np.ndarray, *, first_order_is_chance: bool
) -> np.ndarray:
    """Return P(alive at T | x, t_x, T), shape (n,).

    The first term of the bracket as a share of it (Fader, Hardie & Lee 2005, note on P(active); Batislam, Denizel &
    Filiztekin 2007, as corrected by Wagner & Hoppe 2008).
    """
    r, alpha, a, b = parameters.values()
    k = orders + float(first_order_is_chance)
    with np.errstate(divide="ignore"):
        # b + k - 1 is not needed where k is 0; the maximum keeps its logarithm defined there.
        odds = np.where(k > 0, np.log(a) - np.log(np.where(k > 0, b + k - 1, 1.0)), -np.inf)
    return expit(-(odds + (r + orders) * (np.log(alpha + age) - np.log(alpha + last))))


def p_return_if_alive(r: np.ndarray, alpha: np.ndarray, horizon: float) -> np.ndarray:
    """Return P(an order within ``horizon`` | alive), ``1 - (alpha / (alpha + horizon))^r``, for rates Gamma(r, alpha).

    A customer who is alive can leave only after the next order, so p plays no part.
    """
    return -np.expm1(-r * np.log1p(horizon / alpha))


def expected_orders_if_alive(
    r: np.ndarray, alpha: np.ndarray, a: np.ndarray, b: np.ndarray, horizon: np.ndarray
) -> np.ndarray:
    """Return E[orders within ``horizon`` | alive] for rates Gamma(r, alpha) and leaving Beta(a, b), shape (n,).

    The expectation over p of ``[1 - (alpha / (alpha + p t))^r] / p``, which is Fader, Hardie & Lee (2005), equation 9
    before their integral over p is written as a 2F1. That closed form breaks down at a = 1 and for long histories;
    the integral does not. It is taken by the trapezoid rule on the log-odds of p, where it converges exponentially
    (Trefethen & Weideman 2014). Where a or b is below 1, the integrand's value at that end is integrated exactly and
    only the rest by points.

    Args:
        r: Shape of the rate of orders, shape (n,) like the others.
        alpha: Its scale, in the unit of ``horizon``.
        a: First parameter of the probability to leave.
        b: Second parameter.
        horizon: Length of time from now on.
    """
    arrays = np.broadcast_arrays(*(np.atleast_1d(np.asarray(v, dtype=np.float64)) for v in (r, alpha, a, b, horizon)))
    out = np.empty(arrays[0].shape)
    for begin in range(0, len(out), CHUNK // 4):
        part = slice(begin, begin + CHUNK // 4)
        out[part] = _expected(*(array[part] for array in arrays))
    return out


def _expected(r: np.ndarray, alpha: np.ndarray, a: np.ndarray, b: np.ndarray, horizon: np.ndarray) -> np.ndarray:
    s = horizon / alpha
    at_zero = np.where(a < 1, r * s, 0.0)
    at_one = np.where(b < 1, -np.expm1(-r * np.log1p(s)), 0.0)
    # How fast the integrand falls at the two ends once its value there is taken out.
    left, right = np.where(a < 1, a + 1, a), np.where(b < 1, b + 1, b)
    low, high = _log_odds_range(left, right)
    step = (high - low) / (POINTS - 1)
    log_odds = low[:, None] + step[:, None] * np.arange(POINTS)
    log_p = -np.logaddexp(0.0, -log_odds)
    log_rest = log_p - log_odds
    p = np.exp(log_p)
    orders = -np.expm1(-r[:, None] * np.log1p(p * s[:, None])) / p
    orders -= at_zero[:, None] * np.exp(log_rest) + at_one[:, None] * p
    density = np.exp(a[:, None] * log_p + b[:, None] * log_rest - betaln(a, b)[:, None])
    integral = step * np.einsum("ij,ij->i", density, orders)
    return integral + (at_zero * b + at_one * a) / (a + b)


def _log_odds_range(left: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the log-odds between which p^left (1 - p)^right is above exp(-CUT) of its top, shapes (n,)."""
    middle = np.log(left / right)
    top = left * -np.logaddexp(0.0, -middle) + right * -np.logaddexp(0.0, middle)
    spread = np.sqrt(2 * CUT * (1 / left + 1 / right))
    ends = []
    for end in (middle - CUT / left - spread, middle + CUT / right + spread):
        # The logarithm is concave, so Newton steps from outside come down to the root without passing it.
        for _ in range(6):
            height = left * -np.logaddexp(0.0, -end) + right * -np.logaddexp(0.0, end) - top + CUT
            end = end - height / (left * expit(-end) - right * expit(end))
        ends.append(end)
    return ends[0], ends[1]
