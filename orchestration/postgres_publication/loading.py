"""The rows of a version into a slot.

Belongs here: copying a version's Parquet files into its slot and proving that they are all there. Does not belong
here: which slot, tables and indexes, showing them to anybody.

Every value travels as text and comes back as text: what came back is turned into the mart's own types again and must
have the row count and the sum of row hashes of the Parquet file.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import duckdb
import psycopg
from psycopg import sql

from data_contracts.sql_quoting import identifier, path
from orchestration.postgres_publication.column_types import as_text, comparable, from_text
from orchestration.postgres_publication.errors import PostgresPublicationError
from orchestration.postgres_publication.layout import Layout, add_index
from orchestration.publishing.manifest import MartEntry
from orchestration.publishing.mart_writer import content_sum

_CHUNK_BYTES = 1 << 20
_MEMORY_LIMIT = "1GB"


def load_marts(
    connection: psycopg.Connection,
    layout: Layout,
    version: Path,
    marts: Mapping[str, MartEntry],
    columns: Mapping[str, Mapping[str, str]],
    *,
    slot: int,
) -> None:
    """Fill an empty slot with a version's marts and read them back. Call it in a transaction.

    Args:
        connection: The publisher's.
        layout: Names.
        version: Folder of the published version, whose hashes were verified.
        marts: What its manifest says of them.
        columns: Mart to its columns, each with the name of the column that holds it in the table.
        slot: The slot, empty.

    Raises:
        PostgresPublicationError: What PostgreSQL gives back is not what the Parquet file holds.
    """
    with duckdb.connect() as duck, tempfile.TemporaryDirectory(prefix="tessera_postgres_") as folder:
        duck.execute("set threads = 2")
        duck.execute(f"set memory_limit = '{_MEMORY_LIMIT}'")
        # Times with a zone are text in it, here as in the publisher's session.
        duck.execute("set TimeZone = 'UTC'")
        for mart, entry in marts.items():
            places = columns[mart]
            file = f"read_parquet({path(version / f'{mart}.parquet')}, hive_partitioning = false)"
            travelling = Path(folder) / "rows.csv"
            _send(connection, duck, layout, mart, entry, places, file, travelling, slot)
            _require_same(connection, duck, layout, mart, entry, places, file, travelling, slot)
            add_index(connection, layout, mart, slot, [places[key] for key in entry.sort_keys])


def settle(connection: psycopg.Connection, layout: Layout, marts: Iterable[str], *, slot: int) -> None:
    """Do what the first readers would otherwise wait for: mark the rows as committed, and count for the planner."""
    for mart in marts:
        connection.execute(sql.SQL("vacuum (truncate false) {}").format(layout.slot(mart, slot)))
        connection.execute(sql.SQL("analyze {}").format(layout.table(mart)))


def _listed(places: Mapping[str, str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, places.values()))


def _send(
    connection: psycopg.Connection,
    duck: duckdb.DuckDBPyConnection,
    layout: Layout,
    mart: str,
    entry: MartEntry,
    places: Mapping[str, str],
    file: str,
    travelling: Path,
    slot: int,
) -> None:
    selected = ", ".join(map(as_text, entry.columns))
    # Quoted, so that text that looks like a sign of the format is text.
    texts = [identifier(column.name) for column in entry.columns if column.type == "VARCHAR"]
    quoting = f", force_quote ({', '.join(texts)})" if texts else ""
    duck.execute(f"copy (select {selected} from {file}) to {path(travelling)} (format csv, header false{quoting})")
    statement = sql.SQL("copy {} ({}) from stdin (format csv, encoding 'UTF8')").format(
        layout.slot(mart, slot), _listed(places)
    )
    with travelling.open("rb") as rows, connection.cursor().copy(statement) as copy:
        while chunk := rows.read(_CHUNK_BYTES):
            copy.write(chunk)


def _require_same(
    connection: psycopg.Connection,
    duck: duckdb.DuckDBPyConnection,
    layout: Layout,
    mart: str,
    entry: MartEntry,
    places: Mapping[str, str],
    file: str,
    travelling: Path,
    slot: int,
) -> None:
    statement = sql.SQL("copy (select {} from {}) to stdout (format csv, encoding 'UTF8')").format(
        _listed(places), layout.slot(mart, slot)
    )
    with travelling.open("wb") as rows, connection.cursor().copy(statement) as copy:
        for chunk in copy:
            rows.write(chunk)
    names = [column.name for column in entry.columns]
    texts = ", ".join(f"{identifier(name)}: 'VARCHAR'" for name in names)
    # Nothing is told apart from an empty text by its quotes alone.
    back = (
        f"read_csv({path(travelling)}, columns = {{{texts}}}, header = false, delim = ',', quote = '\"', "
        "escape = '\"', nullstr = '', allow_quoted_nulls = false, auto_detect = false, parallel = false)"
    )
    sent = content_sum(duck, f"(select {', '.join(map(comparable, entry.columns))} from {file})", names)
    try:
        found = content_sum(duck, f"(select {', '.join(map(from_text, entry.columns))} from {back})", names)
    except duckdb.Error as error:
        raise _different(mart, sent, str(error).splitlines()[0]) from error
    if found != sent:
        raise _different(mart, sent, f"{found[0]} rows, content hash {found[1]}")


def _different(mart: str, sent: tuple[int, int], found: str) -> PostgresPublicationError:
    return PostgresPublicationError(
        f"publish.postgres: mart {mart!r} does not come back from PostgreSQL as it is in the Parquet file",
        expected=f"{sent[0]} rows, content hash {sent[1]}",
        found=found,
        fix="look for triggers or other writers in the schema of the rows; the version in the files is not affected",
    )
