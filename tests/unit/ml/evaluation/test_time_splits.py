"""No model is judged on what it could have seen, or taught by what was not known yet."""

from __future__ import annotations

from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.errors import NotEnoughHistoryError
from ml.evaluation.time_splits import newest_complete_dates, split_for_use

MONTH_ENDS = list(pd.date_range("2024-06-30", periods=24, freq="ME"))
TONIGHT = pd.Timestamp("2026-06-15")


def test_the_newest_complete_date_is_a_horizon_before_tonight() -> None:
    dates = [*MONTH_ENDS, TONIGHT]
    assert newest_complete_dates(dates, horizon_days=90, known_until=TONIGHT) == (pd.Timestamp("2026-02-28"),)
    assert newest_complete_dates(dates, horizon_days=90, known_until=TONIGHT, count=2)[0] == pd.Timestamp("2026-01-31")


@given(
    horizon=st.integers(1, 200),
    embargo=st.integers(0, 30),
    used_on=st.sampled_from(MONTH_ENDS),
    counts=st.tuples(st.integers(1, 3), st.integers(1, 3)),
)
def test_no_outcome_window_reaches_into_the_next_part(
    horizon: int, embargo: int, used_on: pd.Timestamp, counts: tuple[int, int]
) -> None:
    try:
        split = split_for_use(
            MONTH_ENDS,
            used_on=used_on,
            horizon_days=horizon,
            embargo_days=embargo,
            stopping_count=counts[0],
            calibration_count=counts[1],
            by_customers_if_short=False,
        )
    except NotEnoughHistoryError:
        return
    gap = pd.Timedelta(days=horizon + embargo)
    ordered = (split.train_dates, split.stopping_dates, split.calibration_dates, (used_on,))
    assert (len(split.stopping_dates), len(split.calibration_dates)) == counts
    for earlier, later in pairwise(ordered):
        assert earlier
        assert max(earlier) + gap <= min(later)


def test_every_date_that_may_teach_does() -> None:
    split = split_for_use(MONTH_ENDS, used_on="2026-05-31", horizon_days=90)
    assert split.calibration_dates == (pd.Timestamp("2026-02-28"),)
    assert split.stopping_dates == (pd.Timestamp("2025-11-30"),)
    assert split.train_dates == tuple(MONTH_ENDS[: MONTH_ENDS.index(pd.Timestamp("2025-08-31")) + 1])


def test_a_year_ahead_on_two_years_keeps_customers_apart_instead_of_dates() -> None:
    split = split_for_use(MONTH_ENDS, used_on=TONIGHT, horizon_days=365)
    assert split.apart == "customers"
    assert max(split.train_dates) == pd.Timestamp("2025-05-31")
    ids = [f"c{i}" for i in range(2000)]
    panel = pd.DataFrame(
        [(i, date) for i in ids for date in split.train_dates[:2]], columns=["customer_id", "as_of_date"]
    )
    parts = split.parts(panel)
    people = [set(part["customer_id"]) for part in (parts.train, parts.stopping, parts.calibration)]
    assert set.union(*people) == set(ids)
    assert sum(map(len, people)) == len(ids)
    assert 0.67 < len(people[0]) / len(ids) < 0.73


def test_parts_take_the_rows_of_their_dates() -> None:
    split = split_for_use(MONTH_ENDS, used_on="2026-05-31", horizon_days=90)
    panel = pd.DataFrame({"customer_id": "a", "as_of_date": MONTH_ENDS})
    parts = split.parts(panel.assign(as_of_date=panel["as_of_date"].dt.date))
    assert len(parts.train) == len(split.train_dates)
    assert pd.to_datetime(parts.calibration["as_of_date"]).tolist() == list(split.calibration_dates)


def test_too_short_a_history_says_so() -> None:
    with pytest.raises(NotEnoughHistoryError, match="less than 365 days ahead"):
        split_for_use(MONTH_ENDS[:6], used_on=MONTH_ENDS[5], horizon_days=365)
    with pytest.raises(NotEnoughHistoryError, match="3 dates in three parts"):
        split_for_use(MONTH_ENDS[:8], used_on=MONTH_ENDS[7], horizon_days=90, by_customers_if_short=False)
    with pytest.raises(NotEnoughHistoryError):
        newest_complete_dates(MONTH_ENDS[:2], horizon_days=90, known_until=MONTH_ENDS[2])
