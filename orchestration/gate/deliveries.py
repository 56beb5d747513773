"""Judging how a table's deliveries arrived: on time, in the usual volume, with the columns they had.

Belongs here: the rules. Does not belong here: counting records (``checks.delivery_checks``).
"""

from __future__ import annotations

import datetime as dt
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from orchestration.gate.ledger import Status

WEEKS_COMPARED = 8
LEAST_WEEKS = 4
# Fewer records a week than these say nothing by their number.
LEAST_USUAL_RECORDS = 30
LOWEST_SHARE, HIGHEST_SHARE = 0.5, 2.0


@dataclass(frozen=True)
class Answer:
    """The answer to one question about a table's deliveries."""

    question: str
    status: Status
    detail: str


def is_fresh(*, newest: dt.date | None, night: dt.date, latency_days: float | None) -> Answer:
    """Judge the newest event against the latency that the contract promises.

    Args:
        newest: Day of the newest event up to the night, or None when there is none.
        night: The as-of date.
        latency_days: How old the newest event may be on the evening of the night, or None for no promise.
    """
    question = "Is it up to date?"
    if newest is None:
        return Answer(question, "warn" if latency_days is not None else "pass", "no event up to this night")
    age = (night - newest).days
    if latency_days is None:
        return Answer(question, "pass", f"the newest event is of {newest}; the contract promises no latency")
    promised = f"at most {latency_days:g} days by the contract"
    status: Status = "warn" if age > latency_days else "pass"
    return Answer(question, status, f"the newest event is of {newest}, {age} days before the night ({promised})")


def is_usual_volume(*, last_week: int, weeks_before: Sequence[int]) -> Answer:
    """Judge the records of the last seven days against the weeks before, which levels out weekdays.

    Args:
        last_week: Records of the seven days that end with the night.
        weeks_before: The same for each week before, as far as the table reaches back.
    """
    question = "Is the volume usual?"
    if len(weeks_before) < LEAST_WEEKS:
        return Answer(question, "pass", f"{last_week:,} in the last 7 days; too few weeks before to compare with")
    usual = statistics.median(weeks_before)
    told = f"{last_week:,} in the last 7 days, {usual:,.0f} in the median of {len(weeks_before)} weeks before"
    if usual < LEAST_USUAL_RECORDS:
        return Answer(question, "pass", f"{told}: too few to judge")
    is_usual = LOWEST_SHARE <= last_week / usual <= HIGHEST_SHARE
    return Answer(question, "pass" if is_usual else "warn", told)


def has_its_columns(*, new: Sequence[str], changes: Sequence[str]) -> Answer:
    """Judge the columns of the newest delivery.

    Args:
        new: Columns that the contract does not have.
        changes: What changed since the delivery before, as sentences.
    """
    beyond = f"{len(new)} columns beyond the contract" if new else "every column is the contract's"
    if changes:
        return Answer("Are the columns those it had?", "warn", "; ".join(changes))
    return Answer("Are the columns those it had?", "pass", beyond)


def who_came_late(*, late: int, resent: int, oldest: dt.date | None) -> Answer:
    """Tell of records that came after their time, and of those sent again; neither is a fault."""
    told = []
    if late:
        told.append(f"{late:,} new records came late, the oldest of {oldest}; each counts on its own day")
    if resent:
        told.append(f"{resent:,} records were sent again; the newest version counts")
    return Answer("Did records come late or again?", "pass", "; ".join(told))


def worst(answers: Sequence[Answer]) -> Status:
    """The worst status among some answers."""
    order: tuple[Status, ...] = ("pass", "warn", "fail")
    return max((answer.status for answer in answers), key=order.index, default="pass")
