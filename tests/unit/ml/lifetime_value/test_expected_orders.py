"""Expected orders of BG/NBD by points, against the closed form where it holds and against other sums where not."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import betaln, hyp2f1

from ml.lifetime_value.beta_geometric import expected_orders_if_alive


def by_points(r: float, alpha: float, a: float, b: float, horizon: float) -> float:
    return float(expected_orders_if_alive(*(np.array([value]) for value in (r, alpha, a, b, horizon)))[0])


@settings(max_examples=80, deadline=None)
@given(
    r=st.floats(0.1, 8.0),
    alpha=st.floats(1.0, 500.0),
    a=st.floats(0.05, 6.0).filter(lambda a: abs(a - 1) > 0.02),
    b=st.floats(1.1, 12.0),
    horizon=st.floats(1.0, 1_000.0),
)
def test_points_agree_with_equation_9_of_fader_hardie_lee_2005(
    r: float, alpha: float, a: float, b: float, horizon: float
) -> None:
    z = horizon / (alpha + horizon)
    closed = (a + b - 1) / (a - 1) * (1 - (alpha / (alpha + horizon)) ** r * hyp2f1(r, b, a + b - 1, z))
    assume(math.isfinite(closed))
    assert by_points(r, alpha, a, b, horizon) == pytest.approx(closed, rel=1e-7)


def test_a_of_exactly_one_is_no_hole() -> None:
    around = [by_points(0.5, 30.0, a, 2.0, 365.0) for a in (1 - 1e-6, 1.0, 1 + 1e-6)]
    assert around[0] > around[1] > around[2]
    assert around[1] == pytest.approx((around[0] + around[2]) / 2, rel=1e-9)


@pytest.mark.parametrize(("a", "b"), [(1e-4, 2.0), (1e-4, 1e4), (1e-8, 0.3)])
def test_customers_who_hardly_ever_leave_order_at_their_rate(a: float, b: float) -> None:
    assert by_points(0.8, 40.0, a, b, 100.0) == pytest.approx(0.8 / 40 * 100, rel=2e-3)


def test_customers_who_leave_at_once_order_once_if_at_all() -> None:
    # p is 1 for nearly everybody: what is left is the probability of one order.
    expected = 1 - (40 / 140) ** 0.8
    assert by_points(0.8, 40.0, 2.0, 1e-6, 100.0) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize(
    ("r", "alpha", "a", "b", "horizon"),
    [
        (3_000.5, 10_000.0, 0.8, 3_002.5, 365.0),
        (5_000.0, 20_000.0, 40.0, 5_000.0, 3_650.0),
        (0.3, 0.01, 0.5, 0.4, 10_000.0),
        (1e4, 1e6, 1e4, 1e4, 365.0),
        (0.5, 400.0, 1e4, 3.0, 365.0),
    ],
    ids=["busy", "decades", "sharp", "all_alike", "leaving_for_sure"],
)
def test_extreme_customers_agree_with_an_adaptive_integral(
    r: float, alpha: float, a: float, b: float, horizon: float
) -> None:
    middle = np.log(a / b)
    width = np.sqrt(1 / a + 1 / b)

    def integrand(log_odds: float) -> float:
        log_p = -np.logaddexp(0, -log_odds)
        p = np.exp(log_p)
        density = np.exp(a * log_p - b * np.logaddexp(0, log_odds) - betaln(a, b))
        return float(density * -np.expm1(-r * np.log1p(p * horizon / alpha)) / p)

    edges = middle + width * np.array([-60, -30, -12, -6, -3, 0, 3, 6, 12, 30, 60])
    pieces = [quad(integrand, low, high, limit=200)[0] for low, high in pairwise(edges)]
    assert by_points(r, alpha, a, b, horizon) == pytest.approx(sum(pieces), rel=1e-6)
