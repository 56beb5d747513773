"""Whether intervals of lift hold what is true, and rankings what they promise, over many simulated companies."""

from __future__ import annotations

import numpy as np
import pytest

from scripts.experiment_truths import coverage, draw_assigned, rankings


def test_the_effect_that_was_drawn_is_the_one_that_is_counted() -> None:
    assigned = draw_assigned(20_000, 1)
    mean = assigned.groupby("arm")["order_count"].mean()
    error = np.sqrt(assigned.groupby("arm")["order_count"].agg(lambda n: n.var() / len(n)).sum())
    assert abs(mean["treatment"] - mean["holdout"] - assigned["true_lift"].mean()) < 3 * error
    assert (assigned["arm"] == "holdout").mean() == pytest.approx(0.25, abs=0.02)


@pytest.mark.slow
def test_the_true_lift_lies_within_the_interval_in_93_of_100_companies() -> None:
    held = coverage(range(100), customers=4000)
    for kind in ("difference", "adjusted"):
        assert sum(one.holds[kind] for one in held) >= 93, kind
    assert sum(one.is_randomised for one in held) >= 99
    assert np.mean([one.width["adjusted"] / one.width["difference"] for one in held]) < 0.92


@pytest.mark.slow
def test_a_ranking_beats_chance_on_companies_that_it_has_not_seen() -> None:
    found = rankings(range(10), customers=20_000)
    assert all(one.other > 0 for one in found)
    assert sum(one.is_published for one in found) >= 7
