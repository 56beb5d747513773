"""Features are brought to one scale and can be read back."""

from __future__ import annotations

import numpy as np
import pytest

from ml.clusters.preparation import (
    make_preparation,
    preparation_from_parameters,
    preparation_to_parameters,
    unusable_features,
)


def skewed(n: int = 400) -> np.ndarray:
    rng = np.random.default_rng(3)
    amounts = rng.lognormal(4, 1.2, n) * (rng.random(n) > 0.3)
    return np.column_stack([amounts, rng.normal(0.5, 0.1, n), amounts * 2])


def test_missing_values_become_the_median() -> None:
    values = skewed()
    pipeline = make_preparation(tail=0.02, balance=0.0).fit(values)
    gap = np.array([[np.nan, np.nan, np.nan]])
    typical = np.median(values, axis=0, keepdims=True)
    np.testing.assert_allclose(pipeline.transform(gap), pipeline.transform(typical))


def test_the_currency_does_not_matter() -> None:
    values = skewed()
    cents = values * [100, 1, 100]
    plain = make_preparation(tail=0.02, balance=0.5).fit_transform(values)
    np.testing.assert_allclose(make_preparation(tail=0.02, balance=0.5).fit_transform(cents), plain, atol=1e-9)


def test_prepared_rows_read_back_in_raw_units() -> None:
    values = skewed()
    pipeline = make_preparation(tail=0.02, balance=0.5).fit(values)
    inside = values[(values > np.quantile(values, 0.03, axis=0)).all(axis=1)]
    inside = inside[(inside < np.quantile(values, 0.97, axis=0)).all(axis=1)]
    assert len(inside)
    np.testing.assert_allclose(pipeline.inverse_transform(pipeline.transform(inside)), inside, rtol=1e-9)


def test_an_extreme_value_is_pulled_in() -> None:
    values = skewed()
    pipeline = make_preparation(tail=0.02, balance=0.0).fit(values)
    assert pipeline.transform(np.array([[1e9, 0.5, 1e9]])).max() < 4


def test_copies_of_a_column_share_its_vote() -> None:
    values = skewed()
    weight = make_preparation(tail=0.02, balance=1.0).fit(values).named_steps["scale"].weight_
    assert weight[0] == pytest.approx(1 / np.sqrt(2), abs=0.02)
    assert weight[1] == pytest.approx(1, abs=0.05)


def test_parameters_carry_the_whole_pipeline() -> None:
    values = skewed()
    pipeline = make_preparation(tail=0.02, balance=0.5).fit(values)
    again = preparation_from_parameters(preparation_to_parameters(pipeline), tail=0.02, balance=0.5)
    np.testing.assert_array_equal(again.transform(values), pipeline.transform(values))


def test_columns_that_vary_for_fewer_than_a_cluster_are_reported() -> None:
    n = 200
    rare = np.zeros(n)
    rare[0] = 5
    values = np.column_stack([np.arange(n), np.full(n, 7.0), rare, np.full(n, np.nan)])
    reasons = unusable_features(values, ["a", "same", "rare", "empty"], tail=0.02)
    assert list(reasons) == ["same", "rare", "empty"]
    assert "missing" in reasons["empty"]
    assert "constant (7)" in reasons["same"]
