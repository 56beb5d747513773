"""Segments that customers stated themselves, and the same segments inferred for those who stated nothing.

Belongs here: reading what a rule made of the answers, learning from it, inferring beyond it. Does not belong here: the
rule (``dbt_project``), the typing model (``inference``).
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection, Mapping
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa

from orchestration.found_segments.found import SEGMENTS, DateByDate, Found
from orchestration.found_segments.inference import evaluated_dates, infer, kept_typing, learn_typing


def inferred_beyond_stated(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    *,
    nobody_in: Collection[str] = (),
    tonight: dt.date,
    minimum_probability: float,
    minimum_responses: int,
    previous: Mapping[str, Any] | None,
    before: str = "",
) -> Found:
    """Infer the stated segments of everybody who stated none, date by date.

    Args:
        connection: The warehouse.
        table: What customers stated: customer_id, segment_code (``unknown`` for nothing), as_of_date.
        nobody_in: Segments that say too little of a customer for others to be like them.
        tonight: The date to learn from.
        minimum_probability: Probability from which a segment is inferred, 0-1.
        minimum_responses: Fewest customers who stated a segment.
        previous: Parameters of the served version.
        before: What is told first.
    """
    stated = _stated(connection, table, tonight)
    taught = stated[~stated.isin(list(nobody_in))]
    learnt_from = _digest(taught, minimum_probability, minimum_responses)
    typing = learn_typing(
        connection,
        taught,
        tonight=tonight,
        minimum_probability=minimum_probability,
        minimum_responses=minimum_responses,
        kept=kept_typing(previous, learnt_from),
    )

    def inferred_on(date: dt.date) -> pa.Table:
        said = _stated(connection, table, date).index
        return infer(connection, typing, date=date, said=said, explain=date == tonight)

    return Found(
        customers=DateByDate(dates=evaluated_dates(connection), on=inferred_on),
        segments=SEGMENTS.empty_table(),
        parameters={"learnt_from": learnt_from, "typing": typing.to_parameters()},
        # Without a model the scheme is what customers said, as it was before there was one: nothing to look into.
        status="pass" if typing.serves else "not_available",
        detail="; ".join(filter(None, [before, f"{len(stated)} customers said it themselves", typing.detail])),
        tables={"inference, out of fold": typing.report()},
    )


def _stated(connection: duckdb.DuckDBPyConnection, table: str, date: dt.date) -> pd.Series:
    """Return the segment of each customer who stated one by a date, by customer_id, sorted."""
    rows = connection.execute(
        f"""
        select customer_id, segment_code
        from {table}
        where as_of_date = ? and segment_code <> 'unknown'
        order by customer_id
        """,
        [date],
    ).fetchdf()
    return rows.set_index("customer_id")["segment_code"]


def _digest(taught: pd.Series, *settings: float) -> str:
    """Return a digest of what was stated and of the settings, by which the same answers are known again."""
    lines = [repr(settings), *(f"{customer} {code}" for customer, code in taught.items())]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
