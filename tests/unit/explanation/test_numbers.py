"""Round numbers: few digits, strictly between, and in the end as near as three digits tell."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.explanation.numbers import real_between, rounded, whole_between

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
