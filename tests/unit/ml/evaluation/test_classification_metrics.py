"""Metrics of probabilities agree with published examples and with each other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, roc_auc_score
from sklearn.metrics import log_loss as sklearn_log_loss

from ml.evaluation.classification_metrics import (
    area_under_roc,
    brier_score,
    calibration_line,
    classification_scorecard,
    decile_table,
    expected_calibration_error,
    lift_at,
    log_loss,
)

# Fawcett (2006), "An introduction to ROC analysis", figure 3: twenty instances by score.
FAWCETT_CLASSES = "ppnpppnnpnpnpnnnpnpn"
FAWCETT_SCORES = [
    0.9, 0.8, 0.7, 0.6, 0.55, 0.54, 0.53, 0.52, 0.51, 0.505,
    0.4, 0.39, 0.38, 0.37, 0.36, 0.35, 0.34, 0.33, 0.30, 0.1,
]  # fmt: skip


def sample(n: int = 4000, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    p = expit(rng.normal(-1, 1.5, n))
    return (rng.random(n) < p).astype(float), p


def test_the_area_of_fawcetts_twenty_instances_is_68_percent() -> None:
    y = np.array([letter == "p" for letter in FAWCETT_CLASSES], dtype=float)
    assert area_under_roc(y, np.array(FAWCETT_SCORES)) == pytest.approx(0.68)


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 9)), min_size=2, max_size=60))
def test_area_log_loss_and_brier_are_those_of_scikit_learn_with_ties(rows: list[tuple[bool, int]]) -> None:
    y, p = np.array([float(a) for a, _ in rows]), np.array([b / 10 for _, b in rows])
    if 0 < y.sum() < len(y):
        assert area_under_roc(y, p) == pytest.approx(roc_auc_score(y, p))
        assert log_loss(y, p) == pytest.approx(sklearn_log_loss(y, p))
        assert brier_score(y, p) == pytest.approx(brier_score_loss(y, p))
    else:
        assert np.isnan(area_under_roc(y, p))


def test_true_probabilities_have_slope_1_and_intercept_0() -> None:
    slope, intercept = calibration_line(*sample(60_000))
    assert slope == pytest.approx(1, abs=0.03)
    assert intercept == pytest.approx(0, abs=0.03)


def test_the_calibration_line_is_the_unpenalised_logistic_regression() -> None:
    y, p = sample()
    x = np.log(p / (1 - p))[:, None]
    theirs = LogisticRegression(C=1e12, tol=1e-10, max_iter=1000).fit(x, y)
    slope, intercept = calibration_line(y, p)
    assert slope == pytest.approx(theirs.coef_[0, 0], abs=1e-5)
    assert intercept == pytest.approx(theirs.intercept_[0], abs=1e-5)


def test_too_extreme_probabilities_have_a_slope_below_1() -> None:
    y, p = sample()
    overdone = expit(2 * np.log(p / (1 - p)))
    assert calibration_line(y, overdone)[0] == pytest.approx(calibration_line(y, p)[0] / 2, rel=1e-6)
    assert expected_calibration_error(y, overdone) > 3 * expected_calibration_error(y, p)


def test_a_line_through_nothing_is_not_defined() -> None:
    assert np.isnan(calibration_line(np.ones(5), np.linspace(0.1, 0.9, 5))).all()
    assert np.isnan(calibration_line(np.array([0.0, 1.0]), np.array([0.5, 0.5]))).all()


def test_the_calibration_error_of_a_forecast_off_by_ten_points_is_a_tenth() -> None:
    y = np.repeat([1.0, 0.0, 1.0, 0.0], [30, 70, 60, 40])
    p = np.repeat([0.4, 0.7], [100, 100])
    assert expected_calibration_error(y, p) == pytest.approx(0.1)


def test_deciles_add_up_and_keep_ties_together() -> None:
    y, p = sample()
    table = decile_table(y, p.round(1))
    assert table["rows"].sum() == len(y)
    assert table["outcome_share"].sum() == pytest.approx(1)
    assert table["predicted_mean"].is_monotonic_decreasing
    assert (table["lift"] * table["rows"]).sum() / len(y) == pytest.approx(1)


def test_the_best_tenth_of_a_perfect_order_lifts_tenfold() -> None:
    y = np.repeat([1.0, 0.0], [10, 90])
    assert lift_at(y, y) == pytest.approx(10)
    assert lift_at(y, np.zeros(100)) == pytest.approx(1)
    # Half of the wanted ten rows are certain; the rest comes from 20 tied rows, of which 5 have the outcome.
    tied = np.concatenate([np.full(5, 2.0), np.full(20, 1.0), np.zeros(75)])
    assert lift_at(np.concatenate([np.ones(10), np.zeros(90)]), tied) == pytest.approx((5 + 5 * 0.25) / 10 / 0.1)


def test_the_scorecard_does_not_depend_on_the_order_of_rows() -> None:
    y, p = sample(500)
    order = np.random.default_rng(1).permutation(500)
    assert classification_scorecard(y[order], p[order]) == pytest.approx(classification_scorecard(y, p))
