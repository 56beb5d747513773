"""What a person writes beside a feature means what they think, or is refused with what to write."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal
from typing import Any

import pytest

from orchestration.configuration.conditions.notation import NotationError, read_condition
from tests.unit.custom_schemes.conftest import CATALOG

HOLDS: list[tuple[str, Any, list[Any], list[Any]]] = [
    ("order_count", ">= 10", [10, 11], [9, None]),
    ("order_count", "≥10", [10], [9]),
    ("order_count", "at least 10", [10], [9]),
    ("order_count", "More  than 10", [11], [10]),
    ("order_count", "fewer than 10", [9], [10]),
    ("order_count", "at most 10", [10], [11]),
    ("order_count", "10 to 20", [10, 20], [9, 21, None]),
    ("order_count", 10, [10], [9, None]),
    ("order_count", "= 10", [10], [9]),
    ("order_count", "!= 10", [9], [10, None]),
    ("order_count", "not 10", [9], [10, None]),
    ("order_count", ">= 5 and < 9", [5, 8], [4, 9, None]),
    ("order_count", [1, "> 8", "unknown"], [1, 9, None], [2, 8]),
    ("order_count", {"not": [1, "> 8"]}, [2, 8], [1, 9, None]),
    ("order_count", "known", [0], [None]),
    ("order_count", "not unknown", [0], [None]),
    ("order_count", "Unknown", [None], [0]),
    ("order_count", "not known", [None], [0]),
    ("balance_change", "-5 to -3", [-5, -3], [-6, -2]),
    ("spent_amount", "> 99.5", [Decimal("99.5001")], [Decimal("99.5"), None]),
    ("spent_amount", 1000, [Decimal(1000)], [Decimal("1000.0001")]),
    ("discount_share", "> 20%", [0.21], [0.2, None]),
    ("discount_share", "10% to 20%", [0.1, 0.2], [0.09, 0.21]),
    ("discount_share", 0.2, [0.2], [0.21]),
    ("discount_share", ".5", [0.5], [0.4]),
    ("discount_share", "> 150%", [1.6], [1.5]),
    ("country", "DE", ["DE"], ["AT", "de", None]),
    ("country", ["DE", "AT"], ["DE", "AT"], ["FR", None]),
    ("country", "not DE", ["AT"], ["DE", None]),
    ("country", "!= DE", ["AT"], ["DE", None]),
    ("country", ["not DE", "unknown"], ["AT", None], ["DE"]),
    ("country", {"not": ["DE", "unknown"]}, ["AT"], ["DE", None]),
    ("country", {"not": "known"}, [None], ["AT"]),
    ("gender", "= unknown", ["unknown"], ["f", None]),
    ("country", "10 to 20", ["10 to 20"], ["15"]),
    ("is_member", True, [True], [False, None]),
    ("is_member", "no", [False], [True, None]),
    ("last_order_date", ">= 2026-01-31", [dt.date(2026, 1, 31)], [dt.date(2026, 1, 30), None]),
    ("last_order_date", dt.date(2026, 1, 31), [dt.date(2026, 1, 31)], [dt.date(2026, 1, 30)]),
    ("last_order_date", "2026-01-01 to 2026-03-31", [dt.date(2026, 3, 31)], [dt.date(2026, 4, 1)]),
    # In days before the evaluated date.
    ("last_order_date", "> 60 days ago", [61], [60, None]),
    ("last_order_date", "30 to 60 days ago", [30, 60], [29, 61]),
    ("last_order_date", "30 days to 60 days", [30, 60], [29, 61]),
    ("last_order_date", "1 day ago", [1], [0]),
    ("last_order_date", "last 30 days", [0, 29], [30, -1, None]),
]
REFUSED: list[tuple[str, Any, str]] = [
    ("order_count", "1,000", "write digits without separators: 1000"),
    ("order_count", "> 1.000", "write 1000"),
    ("spent_amount", "> 1.000", "write 1000, or 1.0000 if the point is a decimal one"),
    ("order_count", "1 000", "write digits without separators: 1000"),
    ("discount_share", "0,5", "write a decimal point: 0.5"),
    ("discount_share", "> 20", "did you mean 20%?"),
    ("discount_share", 20, "did you mean 20%?"),
    ("order_count", "20%", "is not a share"),
    ("order_count", "2.5", "is a whole number"),
    ("order_count", 2.0, "is a whole number"),
    ("order_count", "3-5", "write the two ends with 'to'"),
    ("order_count", "3 – 5", "write the two ends with 'to'"),
    ("order_count", "between 3 and 5", "write the two ends with 'to'"),
    ("order_count", "20 to 10", "write the smaller end first: 10 to 20"),
    ("order_count", "1 to 2 to 3", "write two ends"),
    ("order_count", "< 5 or > 9", "write alternatives as a list"),
    ("order_count", "many", 'write ">= 10"'),
    ("order_count", ">", 'write ">= 10"'),
    ("order_count", "", 'write ">= 10"'),
    ("order_count", True, "is not yes or no"),
    ("order_count", None, "write unknown"),
    ("order_count", [], "at least one value"),
    ("order_count", {"nott": 3}, "write 'not'"),
    ("order_count", "> 9999999999999999", "write a whole number from"),
    ("spent_amount", "> 0.0000000001", "write at most 15 digits"),
    ("spent_amount", math.nan, "write a number"),
    ("country", False, "put the text in quotes"),
    ("country", 10, 'put the text in quotes: "10"'),
    ("country", ">= DE", "has no order"),
    ("country", "= ", "has no order"),
    ("country", "", "write the text, or unknown"),
    ("country", "a\x00b", "remove the control characters"),
    ("is_member", "maybe", "write true or false"),
    ("is_member", 1, "is a boolean"),
    ("last_order_date", 60, '"> 60 days ago"'),
    ("last_order_date", "> 60", '"60 days ago"'),
    ("last_order_date", "31.12.2025", "dates are year-month-day"),
    ("last_order_date", "2026-02-30", "the calendar has"),
    ("last_order_date", ">= 0001-01-01", "write a year from 1900 to 2200"),
    ("last_order_date", "a few days ago", "write whole days"),
    ("last_order_date", dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC), "is a date"),
]


@pytest.mark.parametrize(("feature", "written", "fits", "does_not_fit"), HOLDS, ids=lambda value: str(value)[:30])
def test_a_condition_holds_of_what_it_says(
    feature: str, written: Any, fits: list[Any], does_not_fit: list[Any]
) -> None:
    condition = read_condition(written, CATALOG[feature])
    assert [value for value in fits if not condition.holds(value)] == []
    assert [value for value in does_not_fit if condition.holds(value)] == []


@pytest.mark.parametrize(("feature", "written", "told"), REFUSED, ids=lambda value: str(value)[:30])
def test_what_could_mean_something_else_is_refused_with_what_to_write(feature: str, written: Any, told: str) -> None:
    with pytest.raises(NotationError) as caught:
        read_condition(written, CATALOG[feature])
    assert told in caught.value.fix
