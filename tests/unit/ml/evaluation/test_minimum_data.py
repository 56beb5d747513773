"""A model that cannot know yet says why."""

from __future__ import annotations

import numpy as np

from ml.evaluation.minimum_data import MinimumData


def shortfalls(**changes: object) -> tuple[str, ...]:
    enough: dict[str, object] = {
        "customers": 500,
        "history_days": 455,
        "feature_window_days": 365,
        "horizon_days": 90,
        "outcomes": np.repeat([0.0, 1.0, np.nan], [100, 100, 50]),
    }
    return MinimumData().shortfalls(**(enough | changes))  # type: ignore[arg-type]


def test_exactly_enough_is_enough() -> None:
    assert shortfalls() == ()


def test_each_shortfall_is_told_with_both_numbers() -> None:
    assert shortfalls(customers=499) == ("499 customers have an order; a model needs 500.",)
    assert "454 days; 455 are needed" in shortfalls(history_days=454)[0]
    assert "180 are needed" in shortfalls(history_days=179, feature_window_days=30, horizon_days=30)[0]
    few = np.repeat([0.0, 1.0, np.nan], [100, 99, 5000])
    assert shortfalls(outcomes=few) == ("99 known cases had the outcome; a model needs 100 of them.",)
    assert "did not have" in shortfalls(outcomes=1 - few)[0]


def test_all_that_is_missing_is_told_at_once() -> None:
    assert len(shortfalls(customers=0, history_days=0, outcomes=np.empty(0))) == 4
