"""Which models serve which dates: never one that knew what came later."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.prediction.schedule import origin_of, origins

TONIGHT = dt.date(2026, 7, 14)
MONTH_ENDS = [date.date() for date in pd.date_range("2024-07-31", "2026-06-30", freq="ME")]


def test_origins_are_every_half_year_s_end_and_tonight() -> None:
    found = origins([*MONTH_ENDS, TONIGHT], tonight=TONIGHT, refit_months=6)
    assert [str(date) for date in found] == ["2024-12-31", "2025-06-30", "2025-12-31", "2026-06-30", "2026-07-14"]


def test_a_month_later_the_origins_before_are_the_same() -> None:
    later = dt.date(2026, 8, 14)
    now = origins([*MONTH_ENDS, TONIGHT], tonight=TONIGHT, refit_months=6)
    then = origins([*MONTH_ENDS[1:], dt.date(2026, 7, 31), later], tonight=later, refit_months=6)
    assert now[:-1] == then[:-1]


def test_a_night_on_an_origin_is_one_origin_only() -> None:
    night = dt.date(2026, 6, 30)
    assert origins(MONTH_ENDS, tonight=night, refit_months=6)[-2:] == (dt.date(2025, 12, 31), night)


@pytest.mark.parametrize(
    ("date", "origin"),
    [("2024-11-30", None), ("2024-12-31", "2024-12-31"), ("2025-05-31", "2024-12-31"), ("2026-06-30", "2026-06-30")],
)
def test_a_date_is_served_by_the_newest_origin_that_is_not_after_it(date: str, origin: str | None) -> None:
    known = origins([*MONTH_ENDS, TONIGHT], tonight=TONIGHT, refit_months=6)
    found = origin_of(dt.date.fromisoformat(date), known, tonight=TONIGHT)
    assert found == (None if origin is None else dt.date.fromisoformat(origin))


@given(st.lists(st.sampled_from(MONTH_ENDS)), st.sampled_from([*MONTH_ENDS, TONIGHT]))
def test_no_date_is_served_by_what_came_after_it(with_model: list[dt.date], date: dt.date) -> None:
    found = origin_of(date, [*with_model, TONIGHT], tonight=TONIGHT)
    assert found is None or found <= date
    assert (found == TONIGHT) == (date == TONIGHT)
