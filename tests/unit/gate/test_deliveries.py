"""Deliveries are judged by what the contract promises and by what was usual."""

from __future__ import annotations

import datetime as dt

import pytest

from orchestration.gate.deliveries import has_its_columns, is_fresh, is_usual_volume, who_came_late, worst

NIGHT = dt.date(2024, 6, 30)


@pytest.mark.parametrize(
    ("newest", "latency_days", "status"),
    [
        (dt.date(2024, 6, 30), 1, "pass"),
        (dt.date(2024, 6, 29), 1, "pass"),
        (dt.date(2024, 6, 28), 1, "warn"),
        (dt.date(2024, 6, 1), None, "pass"),
        (None, 1, "warn"),
        (None, None, "pass"),
    ],
)
def test_a_table_is_late_when_its_newest_event_is_older_than_promised(newest, latency_days, status) -> None:
    assert is_fresh(newest=newest, night=NIGHT, latency_days=latency_days).status == status


@pytest.mark.parametrize(
    ("last_week", "weeks_before", "status"),
    [
        (100, [100] * 8, "pass"),
        (50, [100] * 8, "pass"),
        (49, [100] * 8, "warn"),
        (201, [100] * 8, "warn"),
        (0, [100] * 3, "pass"),
        (0, [29] * 8, "pass"),
        (60, [100, 100, 100, 100, 100, 100, 0, 9000], "pass"),
    ],
)
def test_half_or_double_the_usual_week_is_told_unless_weeks_are_few_or_small(last_week, weeks_before, status) -> None:
    assert is_usual_volume(last_week=last_week, weeks_before=weeks_before).status == status


def test_columns_beyond_the_contract_are_told_and_changes_warn() -> None:
    assert has_its_columns(new=["a", "b"], changes=[]).detail == "2 columns beyond the contract"
    assert has_its_columns(new=[], changes=["columns gone: note"]).status == "warn"


def test_late_and_repeated_records_are_no_fault() -> None:
    answer = who_came_late(late=3, resent=1000, oldest=dt.date(2024, 1, 2))
    assert answer.status == "pass"
    assert "3 new records came late, the oldest of 2024-01-02" in answer.detail
    assert "1,000 records were sent again" in answer.detail


def test_the_worst_answer_counts() -> None:
    good = is_fresh(newest=NIGHT, night=NIGHT, latency_days=1)
    bad = has_its_columns(new=[], changes=["columns gone: note"])
    assert worst([good, bad, good]) == "warn"
