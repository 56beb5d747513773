"""Read a PostgreSQL table into the lake.

Belongs here: the order of the steps, and why no row is lost or doubled. Does not belong here: connections
(postgres_session.py), SQL (postgres_table.py).

With a cursor: one transaction sees one state of the table. From the last committed cursor minus the overlap, rows are
read in the cursor's order, in chunks that never divide equal cursors; each chunk is one batch, committed with the
cursor it reaches. So at any instant every row of that state up to the committed cursor is in the lake. Rows of other
transactions that were under way carry a cursor no older than the overlap and are read the next time. Rows that are
read again have the same key, and staging keeps the newest.

A night without news adds nothing: with the last chunk a digest of all rows from the next beginning on is committed,
taken in the same transaction as the rows. When it is the same the next night, so are the rows.
"""

from __future__ import annotations

import time
from pathlib import Path

import psycopg
from psycopg import sql

from orchestration.configuration.secrets import Secret
from orchestration.configuration.source_settings import PostgresSource
from orchestration.extraction.errors import ExtractionError, TemporaryExtractionError
from orchestration.extraction.loading import Loading
from orchestration.extraction.oversize import cut_if_too_long
from orchestration.extraction.postgres_session import read_only_session
from orchestration.extraction.postgres_table import Cursor, Table, describe
from orchestration.ingestion.loader import LoadReport

# Seconds before another try when a connection breaks; the next try goes on behind what is committed.
WAITS: tuple[float, ...] = (2, 15)


def load_table(loading: Loading, source: PostgresSource, secret: Secret) -> list[LoadReport]:
    """Read what is new in a table, or all of it when it has no cursor, and load it.

    Returns:
        Reports of the new batches; none when nothing is new.

    Raises:
        ExtractionError: The table could not be read; chunks that were committed stay.
    """
    reports: list[LoadReport] = []
    for wait in (*WAITS, None):
        try:
            with (
                loading.folder() as folder,
                read_only_session(secret, place=loading.place, timeout_minutes=source.timeout_minutes) as connection,
            ):
                table = describe(
                    connection, loading.contract, source, time_zone=loading.options.time_zone, place=loading.place
                )
                if table.cursor is None:
                    return _load_snapshot(loading, connection, table, folder / f"{source.table}.csv")
                _load_new_rows(loading, connection, table, table.cursor, source, folder, reports)
                return reports
        except TemporaryExtractionError:
            if wait is None:
                raise
            time.sleep(wait)
    raise AssertionError("the last try either returns or raises")


def _load_snapshot(loading: Loading, connection: psycopg.Connection, table: Table, path: Path) -> list[LoadReport]:
    records = _copy(connection, table.copy(sql.SQL("true")), path)
    return [loading.load(path, loading.delivery(records=records, is_snapshot=True))]


def _load_new_rows(
    loading: Loading,
    connection: psycopg.Connection,
    table: Table,
    cursor: Cursor,
    source: PostgresSource,
    folder: Path,
    reports: list[LoadReport],
) -> None:
    last = loading.last()
    committed = last.cursor if last else None
    column = sql.Identifier(cursor.name)
    where: sql.Composable = sql.SQL("true")
    if last and committed is not None:
        where = sql.SQL("{} >= {}").format(column, cursor.start(committed))
        if last.tail is not None and _one(connection, table.digest(where)) == last.tail:
            return
    number = 0
    while (end := _end_of_chunk(connection, table, column, where, source.chunk_rows)) is not None:
        number += 1
        up_to = sql.SQL("{} and {} <= {}").format(where, column, cursor.value(end))
        path = folder / f"{source.table}.{number:05d}.csv"
        records = _copy(connection, table.copy(up_to), path)
        committed = _reached(connection, cursor, end, committed)
        where = sql.SQL("{} > {}").format(column, cursor.value(end))
        tail = None
        if _end_of_chunk(connection, table, column, where, 1) is None:
            again = sql.SQL("{} >= {}").format(column, cursor.start(committed))
            tail = _one(connection, table.digest(again))
        reports.append(loading.load(path, loading.delivery(records=records, cursor=committed, tail=tail)))
    if not number and last is None and loading.contract.minimum_rows:
        raise ExtractionError(
            f"{loading.place}: the table is empty",
            expected=f"at least {loading.contract.minimum_rows} rows, by the rowCount rule of {loading.contract.name}",
            found="no rows",
            fix="check that the connection leads to the right database and the role sees the rows",
        )


def _end_of_chunk(
    connection: psycopg.Connection, table: Table, column: sql.Identifier, where: sql.Composable, rows: int
) -> str | None:
    """The cursor of the last of so many rows; None when there are none. Rows with the same cursor belong to it too."""
    ordered = sql.SQL("select {} as reached from {} where {} order by {} limit {}").format(
        column, table.name, where, column, sql.Literal(rows)
    )
    return _one(connection, sql.SQL("select max(reached)::text from ({}) as chunk").format(ordered))


def _reached(connection: psycopg.Connection, cursor: Cursor, end: str, committed: str | None) -> str:
    """The cursor to commit: never beyond the present, never behind what is committed."""
    reached: sql.Composable = cursor.value(end)
    if cursor.now is not None:
        reached = sql.SQL("least({}, {})").format(reached, cursor.now)
    if committed is not None:
        reached = sql.SQL("greatest({}, {})").format(reached, cursor.value(committed))
    return str(_one(connection, sql.SQL("select ({})::text").format(reached)))


def _copy(connection: psycopg.Connection, query: sql.Composed, path: Path) -> int:
    """Stream rows to a file; returns the rows as the server counted them."""
    with connection.cursor() as rows:
        with rows.copy(query) as copy, path.open("wb") as file:
            # The server sends a row at a time.
            for row in copy:
                file.write(cut_if_too_long(bytes(row)))
        return rows.rowcount


def _one(connection: psycopg.Connection, query: sql.Composed) -> str | None:
    row = connection.execute(query).fetchone()
    return None if row is None or row[0] is None else str(row[0])
