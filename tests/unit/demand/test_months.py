"""Which months a category's series is made of."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from orchestration.demand.months import last_whole_month, months_after, series_of

TONIGHT = dt.date(2026, 4, 30)


def sales(*rows: tuple[str, str, float]) -> pd.DataFrame:
    """Category, day of the month's first sale, units."""
    days = [dt.date.fromisoformat(day) for _, day, _ in rows]
    return pd.DataFrame(
        {
            "category_code": [code for code, _, _ in rows],
            "unit_count": [units for *_, units in rows],
            "first_sale_date": pd.to_datetime(days),
            "month_date": pd.to_datetime([day.replace(day=1) for day in days]),
        }
    )


@pytest.mark.parametrize(
    ("tonight", "month"),
    [
        ("2026-04-30", "2026-04-01"),
        ("2026-04-29", "2026-03-01"),
        ("2024-02-28", "2024-01-01"),
        ("2024-02-29", "2024-02-01"),
        ("2026-01-01", "2025-12-01"),
    ],
)
def test_a_month_is_over_with_its_last_day(tonight: str, month: str) -> None:
    assert last_whole_month(dt.date.fromisoformat(tonight)) == dt.date.fromisoformat(month)


def test_months_are_counted_over_the_new_year() -> None:
    assert months_after(dt.date(2025, 11, 1), 3) == dt.date(2026, 2, 1)
    assert months_after(dt.date(2026, 2, 1), -2) == dt.date(2025, 12, 1)


def test_a_month_without_a_sale_is_a_month_without_demand() -> None:
    found = series_of(sales(("tea", "2026-01-03", 5), ("tea", "2026-03-20", 7)), tonight=TONIGHT)["tea"]
    assert found.units.tolist() == [5, 0, 7, 0]
    assert found.begins == dt.date(2026, 1, 1)
    assert found.month_of(3) == dt.date(2026, 4, 1)


def test_what_began_in_the_middle_of_a_month_has_its_first_whole_month_after_it() -> None:
    found = series_of(sales(("late", "2026-01-08", 5), ("late", "2026-02-01", 7)), tonight=TONIGHT)["late"]
    assert (found.begins, found.units.tolist()) == (dt.date(2026, 2, 1), [7, 0, 0])


def test_the_month_under_way_is_no_month_to_learn_from() -> None:
    rows = sales(("tea", "2026-02-02", 5), ("tea", "2026-03-01", 6), ("tea", "2026-04-01", 2))
    found = series_of(rows, tonight=dt.date(2026, 4, 12))["tea"]
    assert found.units.tolist() == [5, 6]
    assert found.units_so_far == 2


def test_a_category_without_a_whole_month_has_no_series() -> None:
    assert series_of(sales(("new", "2026-04-02", 5)), tonight=dt.date(2026, 4, 12)) == {}


def test_later_months_and_the_order_of_rows_do_not_matter() -> None:
    rows = sales(
        ("tea", "2026-02-02", 5), ("tea", "2026-03-01", 6), ("cup", "2026-03-02", 1), ("tea", "2026-06-01", 99)
    )
    first = series_of(rows, tonight=TONIGHT)
    second = series_of(rows.iloc[::-1], tonight=TONIGHT)
    assert list(first) == list(second) == ["cup", "tea"]
    assert first["tea"].units.tolist() == second["tea"].units.tolist() == [5, 6, 0]


def test_a_correction_below_nothing_is_taken_for_nothing() -> None:
    found = series_of(sales(("tea", "2026-03-01", -4), ("tea", "2026-04-01", 6)), tonight=TONIGHT)["tea"]
    assert found.units.tolist() == [0, 6]
