"""Predictions of past dates that stay: what they were made from, and which of them are still right.

Belongs here: the notes beside the table of predictions. Does not belong here: making predictions.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import asdict, dataclass, fields

import duckdb
import pyarrow as pa

from orchestration.prediction.tables import NOTES, NOTES_TABLE, PREDICTIONS_TABLE, append_rows


@dataclass(frozen=True, kw_only=True)
class MadeFrom:
    """Everything that decides a date's predictions.

    Attributes:
        input_date: The date.
        inputs_hash: What was known by it.
        origin_date: Where its models are from.
        origin_hash: What was known there.
        previous_origin_date: Where the models of the evaluated date before are from; None for the oldest date.
        previous_origin_hash: What was known there.
        code: Digest of the code and settings.
    """

    input_date: dt.date
    inputs_hash: str
    origin_date: dt.date
    origin_hash: str
    previous_origin_date: dt.date | None
    previous_origin_hash: str | None
    code: str


def kept_notes(connection: duckdb.DuckDBPyConnection) -> set[MadeFrom]:
    """Return what the predictions in the table were made from."""
    names = [field.name for field in fields(MadeFrom)]
    rows = connection.execute(f"select {', '.join(names)} from ml.{NOTES_TABLE}").fetchall()
    return {MadeFrom(**dict(zip(names, row, strict=True))) for row in rows}


def forget_all_but(connection: duckdb.DuckDBPyConnection, dates: Collection[dt.date]) -> None:
    """Delete the predictions, and notes, of all other dates."""
    kept = [date.isoformat() for date in sorted(dates)]
    for table, column in ((PREDICTIONS_TABLE, "as_of_date"), (NOTES_TABLE, "input_date")):
        connection.execute(
            f"delete from ml.{table} where not list_contains(cast($kept as date[]), {column})", {"kept": kept}
        )


def note(connection: duckdb.DuckDBPyConnection, made_from: MadeFrom, *, run_id: str) -> None:
    """Note what a date's predictions were made from."""
    row = asdict(made_from) | {"computed_by": run_id}
    append_rows(connection, NOTES_TABLE, pa.Table.from_pylist([row], schema=NOTES))
