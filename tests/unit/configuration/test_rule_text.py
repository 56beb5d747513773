"""Rules are told with the values of their thresholds."""

from __future__ import annotations

import pytest

from orchestration.configuration.rule_text import filled, shown

THRESHOLDS = {"days": 60, "share": 0.07, "small_share": 0.125, "percents": [1, 5], "revenue": 2_000_000}


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("within {days} days", "within 60 days"),
        ("{share:%} or more", "7 % or more"),
        ("{small_share:%} or more", "12.5 % or more"),
        ("the top {percents[1]} %", "the top 5 %"),
        ("one of {percents}", "one of 1, 5"),
        ("up to {revenue}", "up to 2,000,000"),
        ("no number at all", "no number at all"),
        ("{nobody_knows} stays, and {} too", "{nobody_knows} stays, and {} too"),
    ],
)
def test_placeholders_are_filled(rule: str, text: str) -> None:
    assert filled(rule, THRESHOLDS) == text


@pytest.mark.parametrize(
    ("value", "text"), [(6.0, "6"), (0.5, "0.5"), (365, "365"), (9999, "9999"), (10_000, "10,000")]
)
def test_values_are_written_without_needless_digits(value: float, text: str) -> None:
    assert shown(value) == text
