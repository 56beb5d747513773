"""Whether a ranking beats chance, on customers whose true change is known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.errors import ModelInputError
from ml.uplift.cross_fitting import cross_fit
from ml.uplift.qini import effect_scores, qini_coefficient, qini_curve
from ml.uplift.ridge_uplift import RidgeUplift
from tests.unit.ml.uplift.test_ridge_uplift import NAMES, customers


def scores(count: int, *, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """True changes, a ranking that knows half of them, and the scores of an experiment."""
    draw = np.random.default_rng(seed)
    change = draw.normal(0.05, 0.1, count)
    ranking = change + draw.normal(0, 0.1, count)
    treated = draw.random(count) < 0.75
    base = draw.normal(1, 0.5, count)
    outcome = base + change * treated
    effects = effect_scores(outcome, treated, expected_contacted=np.full(count, 1.05), expected_held=np.ones(count))
    return change, ranking, effects


def test_the_mean_score_is_the_difference_of_the_arms_where_nothing_was_expected() -> None:
    draw = np.random.default_rng(0)
    outcome, treated = draw.normal(size=1000), draw.random(1000) < 0.3
    zero = np.zeros(1000)
    found = effect_scores(outcome, treated, expected_contacted=zero, expected_held=zero)
    assert found.mean() == pytest.approx(outcome[treated].mean() - outcome[~treated].mean())


def test_one_arm_alone_has_no_scores() -> None:
    with pytest.raises(ModelInputError, match="3 of 3 contacted"):
        effect_scores(np.ones(3), np.ones(3, bool), expected_contacted=np.ones(3), expected_held=np.ones(3))


def test_the_interval_of_the_coefficient_holds_the_true_one_as_often_as_it_says() -> None:
    true = np.mean(
        [
            qini_coefficient(ranking, change).estimate
            for change, ranking, _ in (scores(50_000, seed=s) for s in range(9))
        ]
    )
    held = sum(
        found.low <= true <= found.high
        for found in (
            qini_coefficient(ranking, effects) for _, ranking, effects in (scores(600, seed=s) for s in range(400))
        )
    )
    # 380 expected; 365 and 393 leave out one case in a thousand.
    assert 365 <= held <= 393


def test_a_ranking_by_chance_is_proven_as_seldom_as_it_should_be() -> None:
    draw = np.random.default_rng(1)
    proven = sum(
        qini_coefficient(draw.random(500), effects).beats_random
        for _, _, effects in (scores(500, seed=seed) for seed in range(400))
    )
    # 2.5 % of 400 are 10.
    assert proven <= 21


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10**6), st.integers(60, 300), st.integers(1, 5))
def test_neither_the_order_of_rows_nor_of_ties_matters_and_turning_a_ranking_turns_its_sign(
    seed: int, count: int, levels: int
) -> None:
    _, ranking, effects = scores(count, seed=seed)
    tied = np.floor(ranking * levels * 3)
    order = np.random.default_rng(seed).permutation(count)
    one, other = qini_coefficient(tied, effects), qini_coefficient(tied[order], effects[order])
    assert (other.estimate, other.low) == pytest.approx((one.estimate, one.low), abs=1e-12)
    assert qini_coefficient(-tied, effects).estimate == pytest.approx(-one.estimate, abs=1e-12)
    assert qini_coefficient(np.zeros(count), effects).estimate == pytest.approx(0, abs=1e-12)


def test_the_curve_ends_where_everybody_is_contacted_and_its_area_is_the_coefficient() -> None:
    _, ranking, effects = scores(4000, seed=3)
    curve = qini_curve(ranking, effects)
    assert [point.share for point in curve] == pytest.approx(np.arange(1, 11) / 10)
    assert curve[-1].gain == pytest.approx(curve[-1].random_gain) == pytest.approx(effects.mean())
    above = np.r_[0, [point.gain - point.random_gain for point in curve]]
    area = float(((above[1:] + above[:-1]) / 20).sum())
    assert area == pytest.approx(qini_coefficient(ranking, effects).estimate, rel=0.03)
    assert all(point.low < point.gain < point.high for point in curve)
    flat = qini_curve(np.zeros(4000), effects)
    assert [point.gain for point in flat] == pytest.approx([point.random_gain for point in flat])


def test_customers_are_scored_by_models_that_have_not_seen_them() -> None:
    frame, outcome, treated, _ = customers(1500, seed=8)
    ids = pd.Series([f"c{number}" for number in range(1500)])
    model = RidgeUplift(feature_names=NAMES)
    fitted = cross_fit(model, frame, outcome, treated, customers=ids)
    assert not hasattr(model, "coefficients_")
    assert qini_coefficient(fitted.change, fitted.effects).beats_random
    # A customer's own outcome does not move what is said of them.
    for row in (0, 700):
        other = outcome.copy()
        other[row] = 50.0
        again = cross_fit(model, frame, other, treated, customers=ids)
        assert again.change[row] == fitted.change[row]
        assert not np.array_equal(again.change, fitted.change)
