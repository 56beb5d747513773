"""What the published version says of one customer.

Belongs here: finding the customer in it, and its segments with their reasons. Does not belong here: the warehouse's
tables (trial.py), what the segments mean (catalogue.py).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from orchestration.errors import TesseraError


@dataclass(frozen=True)
class Reason:
    """One feature that chose the segment: its value, and how strongly it pulls, from -1 to 1."""

    feature: str
    value: str | None
    effect: float | None


@dataclass(frozen=True, kw_only=True)
class Membership:
    """The segment of one scheme in which a customer is tonight.

    Attributes:
        scheme: The scheme.
        segment_code: The segment.
        segment_name: Its name.
        score: Its score, where the scheme gives one.
        confidence: How sure the scheme is, where it says so.
        since: The first evaluated date of the stay.
        is_since_before: Whether the scheme was evaluated on no earlier date, so that the stay may be longer.
        reasons: The values that chose the segment.
    """

    scheme: str
    segment_code: str
    segment_name: str
    score: float | None
    confidence: float | None
    since: dt.date
    is_since_before: bool
    reasons: tuple[Reason, ...]


def find_published(marts: duckdb.DuckDBPyConnection, asked: str) -> str | None:
    """Return the id under which an id, perhaps a merged one, is published today; None if it is not."""
    known = marts.execute("select customer_id from customers where customer_id = ?", [asked]).fetchall()
    if not known and _has_changes(marts):
        known = marts.execute(
            """
            select customers.customer_id
            from customer_id_changes as changes
            inner join customers on changes.customer_id = customers.customer_id
            where changes.former_customer_id = ? and changes.change_kind = 'merge'
            order by changes.changed_date desc, customers.customer_id asc
            limit 1
            """,
            [asked],
        ).fetchall()
    return str(known[0][0]) if known else None


def published_schemes(marts: duckdb.DuckDBPyConnection) -> list[str]:
    """The schemes of the version, by name."""
    found = marts.execute("select distinct scheme from segment_memberships order by scheme").fetchall()
    return [scheme for (scheme,) in found]


def read_memberships(
    marts: duckdb.DuckDBPyConnection, customer_id: str, schemes: Sequence[str]
) -> dict[str, Membership]:
    """The customer's segment in each scheme.

    Raises:
        TesseraError: The version does not say, for one of the schemes.
    """
    found = marts.execute(
        """
        with first_dates as (
            select scheme, min(valid_from) as first_date
            from segment_memberships
            group by scheme
        )
        select
            memberships.scheme,
            memberships.segment_code,
            memberships.segment_name,
            memberships.score,
            memberships.confidence,
            memberships.valid_from,
            memberships.valid_from = first_dates.first_date as is_since_before,
            memberships.reasons
        from segment_memberships as memberships
        inner join first_dates on memberships.scheme = first_dates.scheme
        where memberships.customer_id = ? and memberships.is_current
        """,
        [customer_id],
    ).fetchall()
    memberships = {row[0]: _membership(*row) for row in found}
    missing = [scheme for scheme in schemes if scheme not in memberships]
    if missing:
        raise TesseraError(
            f"the published version does not say in which segment {customer_id} is",
            expected=f"one current row of segment_memberships in each of {', '.join(schemes)}",
            found=f"none in {', '.join(missing)}",
            fix="publish a night again: tessera run",
        )
    return {scheme: memberships[scheme] for scheme in schemes}


def _membership(
    scheme: str,
    segment_code: str,
    segment_name: str,
    score: float | None,
    confidence: float | None,
    since: dt.date,
    is_since_before: bool,
    reasons: list[dict[str, Any]] | None,
) -> Membership:
    return Membership(
        scheme=scheme,
        segment_code=segment_code,
        segment_name=segment_name,
        score=score,
        confidence=confidence,
        since=since,
        is_since_before=is_since_before,
        reasons=tuple(Reason(each["feature"], each["value"], each["effect"]) for each in reasons or ()),
    )


def _has_changes(marts: duckdb.DuckDBPyConnection) -> bool:
    # Versions that were published before ids could change have no such mart.
    found = marts.execute("select 1 from duckdb_tables() where table_name = 'customer_id_changes'").fetchall()
    return bool(found)
