"""Round numbers: few digits, strictly between, and in the end as near as three digits tell."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.explanation.numbers import real_between, rounded, shown_value, whole_between

REALS = st.decimals(min_value=-1_000_000, max_value=1_000_000, places=4, allow_nan=False)


@pytest.mark.parametrize(
    ("value", "scale", "told"),
    [
        ("1234.5678", 4, "1230"),
        ("0.123456", 6, "0.123"),
        ("0.000123456", 6, "0.000123"),
        ("12.345", 2, "12.3"),
        ("0.004", 2, "0"),
        ("0", 4, "0"),
        ("-98765", 4, "-98800"),
    ],
)
def test_a_number_keeps_three_digits_and_no_more_than_its_scale(value: str, scale: int, told: str) -> None:
    assert f"{rounded(Decimal(value), scale=scale):f}" == told


@pytest.mark.parametrize(
    ("feature", "value", "shown"),
    [
        ("p_return_90d", "0.42079207920792078", "42.1 %"),
        ("p_return_365d", "0.00012345678", "0.0123 %"),
        ("p_alive", "1.0", "100 %"),
        ("late_delivery_365d_share", "0.25", "25 %"),
        ("late_delivery_365d_share", "0", "0 %"),
        ("net_revenue_trend_180d_share", "-1.23456", "-123 %"),
        ("engagement_score", "1234.56789", "1235"),
        ("engagement_score", "0.033333333333", "0.0333"),
        ("engagement_score", "3.2e-07", "0.00000032"),
        ("net_revenue_365d_amount", "1234.56", "1234.56"),
        ("order_gap_median_days", "32.0", "32.0"),
        ("order_count", "123456", "123456"),
        ("last_order_date", "2024-12-09", "2024-12-09"),
        ("top_category_share", "none", "none"),
    ],
)
def test_a_value_is_shown_as_a_person_would_say_it(feature: str, value: str, shown: str) -> None:
    assert shown_value(feature, value) == shown


@given(low=st.integers(-10_000, 10_000), width=st.integers(1, 10_000))
def test_whole_numbers_between_are_strictly_between_until_there_are_none(low: int, width: int) -> None:
    found = whole_between(low, low + width)
    assert all(low < value < low + width for value in found)
    assert bool(found) == (width > 1)


@given(low=REALS, high=REALS)
def test_narrowing_real_numbers_ends(low: Decimal, high: Decimal) -> None:
    low, high = sorted((low, high))
    for _ in range(20):
        if low == high or not (found := real_between(low, high, scale=4)):
            return
        assert found == sorted(set(found))
        assert all(low < value < high for value in found)
        low = found[-1]
    raise AssertionError("it goes on")


def test_a_limit_between_two_values_is_found_to_three_digits() -> None:
    low, high = Decimal("0.12"), Decimal("0.9")
    while found := real_between(low, high, scale=6):
        low = max([low, *(value for value in found if value <= Decimal("0.5"))])
        high = min([high, *(value for value in found if value > Decimal("0.5"))])
    assert (low, high) == (Decimal("0.5"), Decimal("0.501"))
