"""Outcomes that moved are told by the size of the effect, and chance is not called a move."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.errors import NotEnoughOutcomesError
from ml.evaluation.outcome_drift import mean_shift, share_shift


def ordered(share: float, rows: int) -> np.ndarray:
    return (np.arange(rows) < share * rows).astype(np.float64)


@pytest.mark.parametrize(
    ("before", "after", "effect", "result"),
    [
        # Cohen (1988), table 6.2.2: phi(.5) = 1.571, phi(.4) = 1.369, phi(.25) = 1.047, phi(.75) = 2.094.
        (0.5, 0.5, 0.0, "ok"),
        (0.5, 0.4, -0.201, "warn"),
        (0.5, 0.75, 0.524, "block"),
        (0.5, 0.25, -0.524, "block"),
    ],
)
def test_a_share_is_judged_by_cohens_h(before: float, after: float, effect: float, result: str) -> None:
    found = share_shift(ordered(before, 10_000), ordered(after, 4_000))
    assert found.effect == pytest.approx(effect, abs=0.001)
    assert (found.before, found.after, found.result) == (before, after, result)


@pytest.mark.parametrize(("steps", "result"), [(0.1, "ok"), (0.3, "warn"), (-0.3, "warn"), (0.6, "block")])
def test_a_mean_is_judged_in_standard_deviations(steps: float, result: str) -> None:
    before = np.random.default_rng(0).normal(100, 10, 50_000)
    found = mean_shift(before, before[:20_000] + 10 * steps)
    # The highest hundredth is cut, so that the move seems a little smaller.
    assert found.effect == pytest.approx(steps, rel=0.1)
    assert found.result == result


def test_one_giant_neither_makes_nor_hides_a_move() -> None:
    draw = np.random.default_rng(1)
    before, after = draw.gamma(2, 25, 20_000), draw.gamma(2, 25, 5_000)
    assert mean_shift(before, np.append(after, 1e9)).result == "ok"
    assert mean_shift(np.append(before, 1e9), after * 2).result == "block"


def test_a_handful_of_customers_raises_no_alarm() -> None:
    few = share_shift(ordered(0.5, 1_000), ordered(0.75, 12))
    assert few.effect > 0.5
    assert few.limit_of_chance > few.effect
    assert few.result == "ok"


def test_amounts_that_never_varied_and_do_now_are_beyond_measure() -> None:
    found = mean_shift(np.zeros(1_000), np.full(1_000, 5.0))
    assert found.effect == np.inf
    assert found.result == "block"
    assert mean_shift(np.zeros(10), np.zeros(10)).result == "ok"


@pytest.mark.parametrize("shift", [share_shift, mean_shift])
def test_a_window_that_is_not_over_is_refused(shift: object) -> None:
    with pytest.raises(NotEnoughOutcomesError):
        shift(np.zeros(10), np.full(10, np.nan))  # type: ignore[operator]


@given(values=st.lists(st.floats(0, 1e6), min_size=2, max_size=30), seed=st.integers(0, 9))
def test_the_order_of_the_rows_does_not_matter(values: list[float], seed: int) -> None:
    before, after = np.array(values), np.array(values[::-1]) / 2
    draw = np.random.default_rng(seed)
    for shift in (share_shift, mean_shift):
        assert shift(before, after) == shift(draw.permutation(before), draw.permutation(after))
