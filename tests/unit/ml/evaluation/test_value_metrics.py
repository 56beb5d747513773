"""Metrics of amounts agree with what they are by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr

from ml.evaluation.value_metrics import (
    gini,
    mean_absolute_error,
    normalised_gini,
    spearman_correlation,
    total_forecast_error,
    value_scorecard,
)


def test_the_gini_of_one_who_has_all_is_all_but_his_own_share() -> None:
    assert gini(np.array([0.0, 0, 0, 10]), np.array([0.0, 0, 0, 10])) == pytest.approx(3 / 4)


@given(st.lists(st.integers(0, 1000), min_size=2, max_size=40).filter(lambda v: sum(v) > 0))
def test_the_gini_is_the_mean_difference_over_twice_the_mean(values: list[int]) -> None:
    # The definition of Gini (1912), of which the covariance formula is another form.
    y = np.array(values, dtype=float)
    assert gini(y, y) == pytest.approx(np.abs(y[:, None] - y).mean() / (2 * y.mean()), abs=1e-12)


def test_order_is_all_that_counts_for_the_gini() -> None:
    rng = np.random.default_rng(0)
    y = rng.gamma(1, 100, 500)
    assert normalised_gini(y, np.log(y)) == pytest.approx(1)
    assert normalised_gini(y, -y) == pytest.approx(-1)
    assert normalised_gini(y, np.zeros(500)) == pytest.approx(0)
    assert abs(normalised_gini(y, rng.random(500))) < 0.15


def test_error_and_total_are_in_units_and_shares() -> None:
    y, predicted = np.array([0.0, 100, 300]), np.array([20.0, 100, 320])
    assert mean_absolute_error(y, predicted) == pytest.approx(40 / 3)
    assert total_forecast_error(y, predicted) == pytest.approx(0.1)
    assert np.isnan(total_forecast_error(np.zeros(2), np.ones(2)))


def test_spearman_is_that_of_scipy_with_ties() -> None:
    rng = np.random.default_rng(2)
    a, b = rng.integers(0, 5, 200).astype(float), rng.integers(0, 5, 200).astype(float)
    assert spearman_correlation(a, b) == pytest.approx(spearmanr(a, b).statistic)
    assert np.isnan(spearman_correlation(a, np.ones(200)))


def test_the_scorecard_holds_every_metric() -> None:
    card = value_scorecard(np.array([1.0, 2, 3, 4]), np.array([1.0, 2, 3, 4]))
    assert card["normalised_gini"] == pytest.approx(1)
    assert card["mean_absolute_error"] == 0
    assert card["rows"] == 4
