"""Levels count as much as is said, however many there are."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.clusters.design import Design
from ml.clusters.mixed_preparation import MixedPreparation


def prepared(
    shares: list[float], *, weight: float = 0.5, n: int = 4000
) -> tuple[MixedPreparation, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    levels = [f"level {i}" for i in range(len(shares))]
    words = pd.DataFrame({"channel": rng.choice(levels, size=n, p=shares)}, dtype=object)
    numbers = pd.DataFrame({"spend": rng.normal(size=n)})
    design = Design.learn(numbers, words)
    preparation = MixedPreparation(design=design, tail=0.01, balance=0.0, categorical_weight=weight)
    table = design.table(numbers, words)
    return preparation, table, preparation.fit_transform(table)


@settings(max_examples=20, deadline=None)
@given(parts=st.lists(st.integers(1, 9), min_size=2, max_size=6), weight=st.sampled_from([0.25, 0.5, 1.0]))
def test_two_random_customers_differ_in_a_categorical_feature_by_its_weight_of_a_number(
    parts: list[int], weight: float
) -> None:
    """Hennig & Liao (2013), section 6.2: the expected squared differences are as q to 1."""
    values = prepared([part / sum(parts) for part in parts], weight=weight)[2]
    # The variance of a column is half the expected squared difference of two rows.
    assert values[:, 1:].var(axis=0).sum() / values[:, 0].var() == pytest.approx(weight, rel=1e-9)


def test_the_default_factor_of_two_equal_levels_is_that_of_fpc() -> None:
    """distancefactor(2) of the R package fpc is sqrt(2 q / (2 (1 - 1 / 2))) = 1 for q = 1 / 2."""
    preparation, table, _ = prepared([0.5, 0.5])
    table = np.vstack([table[table[:, 1] == 1][:1000], table[table[:, 2] == 1][:1000]])
    assert preparation.fit(table).scale_[:2] == pytest.approx([1, 1])


def test_shares_and_numbers_read_back() -> None:
    preparation, table, values = prepared([0.5, 0.3, 0.2])
    inside = np.abs(table[:, 0]) < 2
    np.testing.assert_allclose(preparation.inverse_transform(values)[inside], table[inside], atol=1e-9)


def test_a_giant_is_pulled_in_for_the_clusters_and_far_away_for_outliers() -> None:
    preparation, table, _ = prepared([0.5, 0.5])
    giant = table[:1].copy()
    giant[0, 0] = 1_000.0
    assert preparation.transform(giant)[0, 0] < 4
    assert preparation.transform(giant, bounded=False)[0, 0] > 500


def test_levels_alone_can_be_prepared() -> None:
    words = pd.DataFrame({"channel": ["web", "app"] * 20}, dtype=object)
    nothing = pd.DataFrame(index=words.index)
    design = Design.learn(nothing, words)
    preparation = MixedPreparation(design=design, tail=0.02, balance=0.25, categorical_weight=0.5)
    values = preparation.fit_transform(design.table(nothing, words))
    assert values.shape == (40, 4)
    again = MixedPreparation.from_parameters(
        preparation.to_parameters(), tail=0.02, balance=0.25, categorical_weight=0.5
    )
    np.testing.assert_array_equal(again.transform(design.table(nothing, words)), values)
