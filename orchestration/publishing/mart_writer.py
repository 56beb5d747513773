"""Marts from the warehouse to the files of a version.

Belongs here: one Parquet file per mart, one DuckDB file with all of them, and reading both back. Does not
belong here: the name of the version, the manifest, the pointer.

The DuckDB file is made from the Parquet files, not from the warehouse: a connection opened read-only may not
attach anything for writing, and this way the two cannot differ.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from orchestration.errors import TesseraError
from orchestration.publishing.manifest import MartColumn, MartEntry

DATABASE_NAME = "marts.duckdb"
# The oldest storage that keeps nested columns, decimals and comments, so that older clients can read.
STORAGE_VERSION = "v1.0.0"
# Fixed, so that the bytes of a Parquet file do not depend on a default that moves with DuckDB.
ROW_GROUP_ROWS = 122_880


class MartWriteError(TesseraError):
    """A mart that cannot be written, or does not read back as it was."""


@dataclass(frozen=True, kw_only=True)
class MartRelation:
    """A relation of the warehouse that is published.

    Attributes:
        name: Name of the mart: table and file name.
        schema: Schema in the warehouse.
        sort_keys: Columns the rows are sorted by; the grain of the mart sorts it completely.
        relation: Name of the relation where it differs from ``name``.
        description: What the mart holds; becomes the table's comment.
        column_descriptions: Column to meaning; becomes the columns' comments.
    """

    name: str
    schema: str
    sort_keys: tuple[str, ...] = ()
    relation: str | None = None
    description: str = ""
    column_descriptions: Mapping[str, str] = field(default_factory=dict)

    @property
    def source(self) -> str:
        """The quoted relation in the warehouse."""
        return f"{_quoted(self.schema)}.{_quoted(self.relation or self.name)}"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(value: object) -> str:
    return "'" + str(value).replace("'", "''") + "'"


def _columns(con: duckdb.DuckDBPyConnection, relation: str) -> dict[str, str]:
    """Return column name to type of anything that can stand after FROM."""
    query = f"describe select * from {relation}"
    return {row[0]: row[1] for row in con.execute(query).fetchall()}


def content_sum(con: duckdb.DuckDBPyConnection, relation: str, columns: Sequence[str]) -> tuple[int, int]:
    """Return the number of rows and a sum of row hashes that does not depend on their order."""
    listed = ", ".join(map(_quoted, columns))
    query = f"select count(*), coalesce(sum(hash({listed})::hugeint), 0) from {relation}"
    rows, total = con.execute(query).fetchall()[0]
    return int(rows), int(total)


def _source_columns(con: duckdb.DuckDBPyConnection, mart: MartRelation) -> dict[str, str]:
    try:
        columns = _columns(con, mart.source)
    except duckdb.CatalogException as error:
        raise MartWriteError(
            f"mart {mart.name!r}: the warehouse has no such relation",
            expected=f"a table or view {mart.source}",
            found=str(error).splitlines()[0],
            fix="build the marts first, or take the mart off the list of what is published",
        ) from error
    unknown = [name for name in (*mart.sort_keys, *mart.column_descriptions) if name not in columns]
    if unknown:
        raise MartWriteError(
            f"mart {mart.name!r}: column {unknown[0]!r} is sorted by or described but does not exist",
            expected=f"one of {', '.join(columns)}",
            found=", ".join(unknown),
            fix="correct the sort keys or the outbound contract",
        )
    return columns


def _order_by(con: duckdb.DuckDBPyConnection, mart: MartRelation, columns: Mapping[str, str], rows: int) -> str:
    """Return the terms of a total order: the keys, and every other column only if the keys have ties."""
    terms = list(mart.sort_keys)
    if terms:
        listed = ", ".join(map(_quoted, terms))
        query = f"select count(*) from (select distinct {listed} from {mart.source})"
        if con.execute(query).fetchall()[0][0] == rows:
            return listed
    return ", ".join(map(_quoted, [*terms, *(name for name in columns if name not in terms)]))


def _write_parquet(con: duckdb.DuckDBPyConnection, mart: MartRelation, folder: Path) -> tuple[MartEntry, int]:
    """Write one mart, read it back, and return its entry and hash sum."""
    columns = _source_columns(con, mart)
    before = content_sum(con, mart.source, list(columns))
    path = folder / f"{mart.name}.parquet"
    order = _order_by(con, mart, columns, before[0])
    query = f"select * from {mart.source} order by {order}"
    con.execute(
        f"copy ({query}) to {_literal(path)} (format parquet, compression zstd, row_group_size {ROW_GROUP_ROWS})"
    )
    file = f"read_parquet({_literal(path)}, hive_partitioning = false)"
    kept = _columns(con, file)
    lost = [name for name in columns if kept.get(name) != columns[name]]
    if lost:
        raise MartWriteError(
            f"mart {mart.name!r}: Parquet has no type for column {lost[0]!r}",
            expected=f"{columns[lost[0]]}, as in the warehouse",
            found=f"{kept.get(lost[0])} in {path.name}",
            fix="cast it in the mart's model, say hugeint (a sum of integers) to bigint, enum to varchar",
        )
    _require_same(mart, before, content_sum(con, file, list(columns)), path.name)
    entry = MartEntry(
        rows=before[0],
        columns=tuple(
            MartColumn(name=name, type=type_, description=mart.column_descriptions.get(name, ""))
            for name, type_ in columns.items()
        ),
        sort_keys=tuple(mart.sort_keys),
        description=mart.description,
    )
    return entry, before[1]


def _require_same(mart: MartRelation, before: tuple[int, int], after: tuple[int, int], file: str) -> None:
    if before != after:
        raise MartWriteError(
            f"mart {mart.name!r}: {file} does not read back as the warehouse has it",
            expected=f"{before[0]} rows, content hash {before[1]}",
            found=f"{after[0]} rows, content hash {after[1]}",
            fix="see that nothing writes to the warehouse meanwhile, check the disk, and run again",
        )


def write_marts(
    con: duckdb.DuckDBPyConnection,
    marts: Sequence[MartRelation],
    folder: Path,
    *,
    storage_version: str = STORAGE_VERSION,
) -> dict[str, MartEntry]:
    """Write every mart to ``<mart>.parquet`` and all of them to ``marts.duckdb``, and read both back.

    Args:
        con: Open connection to the warehouse; read-only is enough.
        marts: What to publish; names are distinct.
        folder: Existing empty folder of the version being built.
        storage_version: DuckDB storage format of ``marts.duckdb``; older is readable by older clients.

    Returns:
        Mart name to rows and columns as written.

    Raises:
        MartWriteError: A relation or column is missing, a type would be lost, or a file does not read back.
    """
    names = [mart.name for mart in marts]
    if not marts or len({name.casefold() for name in names}) != len(names):
        raise MartWriteError(
            "the list of marts cannot be published",
            expected="at least one mart, each name once",
            found=", ".join(names) or "no mart",
            fix="correct the list of marts",
        )
    written = {mart.name: _write_parquet(con, mart, folder) for mart in marts}
    _write_database(marts, folder, storage_version=storage_version)
    _read_back_database(marts, folder, {name: (entry.rows, total) for name, (entry, total) in written.items()})
    return {name: entry for name, (entry, _) in written.items()}


def _write_database(marts: Sequence[MartRelation], folder: Path, *, storage_version: str) -> None:
    path = folder / DATABASE_NAME
    with duckdb.connect(":memory:") as con:
        con.execute(f"attach {_literal(path)} as published (storage_version {_literal(storage_version)})")
        for mart in marts:
            table = f"published.main.{_quoted(mart.name)}"
            file = _literal(folder / f"{mart.name}.parquet")
            con.execute(f"create table {table} as from read_parquet({file}, hive_partitioning = false)")
            if mart.description:
                con.execute(f"comment on table {table} is {_literal(mart.description)}")
            for column, meaning in mart.column_descriptions.items():
                con.execute(f"comment on column {table}.{_quoted(column)} is {_literal(meaning)}")
        con.execute("checkpoint published")
        con.execute("detach published")
    leftover = path.with_name(f"{path.name}.wal")
    if leftover.exists():
        # A log beside the file would be merged into it by the next reader that may write.
        raise MartWriteError(
            f"{path.name}: a write-ahead log was left beside it",
            expected="one closed file",
            found=f"{leftover.name}, {leftover.stat().st_size} bytes",
            fix="check the free space of the disk and run again",
        )


def _read_back_database(marts: Sequence[MartRelation], folder: Path, expected: Mapping[str, tuple[int, int]]) -> None:
    with duckdb.connect(str(folder / DATABASE_NAME), read_only=True) as con:
        for mart in marts:
            table = f"main.{_quoted(mart.name)}"
            found = content_sum(con, table, list(_columns(con, table)))
            _require_same(mart, expected[mart.name], found, DATABASE_NAME)
