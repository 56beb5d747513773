"""Intervals hold the truth as often as they say, and know that rows of one customer belong together."""

from __future__ import annotations

import numpy as np
import pytest

from ml.evaluation.classification_metrics import area_under_roc
from ml.evaluation.intervals import metric_interval, paired_difference
from ml.evaluation.value_metrics import mean_absolute_error


def mean_of(y: np.ndarray, predicted: np.ndarray) -> float:
    return float(y.mean())


def ids(count: int, *, repeated: int = 1) -> np.ndarray:
    return np.repeat([f"cust_{i}" for i in range(count)], repeated)


def test_the_error_of_a_mean_is_the_textbooks() -> None:
    y = np.random.default_rng(0).normal(5, 2, 4000)
    found = metric_interval(mean_of, y, y, ids(4000), groups=200)
    assert found.estimate == pytest.approx(y.mean())
    assert found.standard_error == pytest.approx(y.std() / np.sqrt(4000), rel=0.15)


def test_95_percent_intervals_hold_the_truth_19_times_in_20() -> None:
    rng = np.random.default_rng(1)
    held = 0
    for _ in range(200):
        y = rng.normal(0, 1, 400)
        found = metric_interval(mean_of, y, y, rng.permutation(ids(400)))
        held += found.lower <= 0 <= found.upper
    assert 0.90 <= held / 200 <= 0.99


def test_rows_of_one_customer_do_not_count_as_many_customers() -> None:
    y = np.random.default_rng(2).normal(0, 1, 500)
    once = metric_interval(mean_of, y, y, ids(500))
    repeated = np.repeat(y, 9)
    again = metric_interval(mean_of, repeated, repeated, ids(500, repeated=9))
    assert again.standard_error == pytest.approx(once.standard_error)


def test_what_two_models_share_cancels_out() -> None:
    rng = np.random.default_rng(3)
    y = rng.lognormal(3, 1, 2000)
    close = paired_difference(mean_absolute_error, y, y * 0.9, y * 0.91, ids(2000))
    alone = metric_interval(mean_absolute_error, y, y * 0.9, ids(2000))
    assert close.standard_error < alone.standard_error / 5
    assert close.lower > 0


def test_the_order_of_the_rows_does_not_matter_to_the_last_bit() -> None:
    rng = np.random.default_rng(4)
    y, p, q = (rng.random(1000) < 0.3).astype(float), rng.random(1000), rng.random(1000)
    customers, order = ids(500, repeated=2), rng.permutation(1000)
    found = paired_difference(area_under_roc, y, p, q, customers)
    assert paired_difference(area_under_roc, y[order], p[order], q[order], customers[order]) == found


def test_an_undefined_metric_has_no_interval() -> None:
    found = metric_interval(area_under_roc, np.ones(100), np.linspace(0, 1, 100), ids(100))
    assert np.isnan(found.lower)
    assert np.isnan(found.upper)
