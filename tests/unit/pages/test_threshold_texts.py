"""Rules are printed with the values of their thresholds."""

from __future__ import annotations

import pytest

from orchestration.errors import TesseraError
from scripts.pages.threshold_texts import Threshold, filled, read_thresholds, shown

THRESHOLDS = {
    name: Threshold(name, default, "")
    for name, default in (("days", 60), ("small_share", 0.07), ("percents", [1, 5]), ("revenue", 2_000_000))
}


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("within {days} days", "within 60 days"),
        ("{small_share:%} or more", "7 % or more"),
        ("the top {percents[1]} %", "the top 5 %"),
        ("one of {percents}", "one of 1, 5"),
        ("up to {revenue}", "up to 2,000,000"),
        ("no number at all", "no number at all"),
    ],
)
def test_placeholders_are_filled(rule: str, text: str) -> None:
    assert filled(rule, THRESHOLDS) == text


def test_a_placeholder_that_is_no_threshold_is_an_error() -> None:
    with pytest.raises(TesseraError, match=r"has the placeholder \{dyas\}"):
        filled("within {dyas} days", THRESHOLDS)


@pytest.mark.parametrize(
    ("value", "text"), [(6.0, "6"), (0.5, "0.5"), (365, "365"), (9999, "9999"), (10_000, "10,000")]
)
def test_values_are_written_without_needless_digits(value: float, text: str) -> None:
    assert shown(value) == text


def test_a_comment_holds_for_the_lines_below_it_without_its_title() -> None:
    thresholds = read_thresholds()
    assert thresholds["rfm_window_days"].meaning.startswith("Days of the window")
    assert thresholds["lifecycle_cooling_days"].meaning == thresholds["lifecycle_active_days"].meaning
    assert thresholds["lifecycle_reference_gap_days"].meaning.startswith("Median days")
