"""A PostgreSQL table as the queries that read it.

Belongs here: which of its columns the contract wants, what its cursor column is, and the SQL. Does not belong here:
connecting, the order of the steps (postgres.py).

Every name goes through ``psycopg.sql``; values of the cursor are literals of psycopg, because COPY takes no
parameters.
"""

from __future__ import annotations

import difflib
import math
from dataclasses import dataclass
from typing import Literal

import psycopg
from psycopg import sql

from data_contracts.contract import Contract
from orchestration.configuration.source_settings import PostgresSource
from orchestration.extraction.errors import ExtractionError

CursorKind = Literal["timestamptz", "timestamp", "date", "bigint"]
_KINDS: dict[str, CursorKind] = {
    "timestamptz": "timestamptz",
    "timestamp": "timestamp",
    "date": "date",
    "int2": "bigint",
    "int4": "bigint",
    "int8": "bigint",
}
_SMALLEST = -(2**63)
# Clocks are put back by an hour at most: times without a zone then repeat.
_REPEATED_HOUR = 3600


@dataclass(frozen=True)
class Cursor:
    """The column by which only new rows are read.

    Attributes:
        name: The column.
        kind: How its values are compared.
        overlap: How far to go back: seconds, days or values, by its kind.
        now: The latest value that is believed; None for numbers. A row dated 2999 must not hide all others.
    """

    name: str
    kind: CursorKind
    overlap: int | float
    now: sql.Composable | None

    def value(self, text: str) -> sql.Composed:
        """A value of the cursor as SQL."""
        return sql.SQL("{}::{}").format(sql.Literal(text), sql.SQL(self.kind))

    def start(self, committed: str) -> sql.Composed:
        """Where to begin after a committed value, as SQL."""
        if self.kind == "bigint":
            return self.value(str(max(_SMALLEST, int(committed) - int(self.overlap))))
        if self.kind == "date":
            return sql.SQL("({} - {})").format(self.value(committed), sql.Literal(int(self.overlap)))
        back = sql.SQL("make_interval(secs => {})").format(sql.Literal(float(self.overlap)))
        return sql.SQL("({} - {})").format(self.value(committed), back)


@dataclass(frozen=True)
class Table:
    """A table and the columns to read from it.

    Attributes:
        name: Quoted.
        columns: Their names as the table has them, in the contract's order.
        key: Those that make up the key; empty when it has none or not all of them.
        cursor: None when the whole table is read.
    """

    name: sql.Identifier
    columns: tuple[str, ...]
    key: tuple[str, ...]
    cursor: Cursor | None

    @property
    def selected(self) -> sql.Composed:
        return sql.SQL(", ").join(sql.Identifier(name) for name in self.columns)

    def rows(self, where: sql.Composable) -> sql.Composed:
        """Select the wanted columns of some rows, in an order that does not change."""
        ordered = ([self.cursor.name] if self.cursor else []) + list(self.key)
        order = sql.SQL(", ").join(sql.Identifier(name) for name in ordered)
        by = sql.SQL(" order by {}").format(order) if ordered else sql.SQL("")
        return sql.SQL("select {} from {} where {}{}").format(self.selected, self.name, where, by)

    def copy(self, where: sql.Composable) -> sql.Composed:
        """The rows as CSV with a header: null is an empty field, empty text is two quotes."""
        return sql.SQL("copy ({}) to stdout (format csv, header true, encoding 'UTF8')").format(self.rows(where))

    def digest(self, where: sql.Composable) -> sql.Composed:
        """Count and two sums of hashes of some rows: the same for the same rows in any order."""
        return sql.SQL(
            "select concat_ws(':', count(*), sum(hashtextextended(line, 0)::numeric), "
            "sum(hashtextextended(line, 1)::numeric)) "
            "from (select row(picked.*)::text as line from (select {} from {} where {}) as picked) as lines"
        ).format(self.selected, self.name, where)


def describe(
    connection: psycopg.Connection, contract: Contract, source: PostgresSource, *, time_zone: str, place: str
) -> Table:
    """Look a table up and hold it against the contract and the settings.

    Args:
        connection: In the transaction in which the rows will be read.
        contract: Names the columns.
        source: The table and its cursor.
        time_zone: Zone of times without an offset.
        place: The source, for messages.

    Raises:
        ExtractionError: The table or a required column is missing, or the cursor column cannot serve as one.
    """
    name = sql.Identifier(*source.table.split("."))
    found = connection.execute(
        "select a.attname, coalesce(base.typname, t.typname) from pg_attribute a "
        "join pg_type t on t.oid = a.atttypid left join pg_type base on base.oid = t.typbasetype "
        "where a.attrelid = to_regclass(%s) and a.attnum > 0 and not a.attisdropped order by a.attnum",
        (name.as_string(connection),),
    ).fetchall()
    if not found:
        raise ExtractionError(
            f"{place}: there is no table {source.table}",
            expected="a table or view of that name, upper and lower case as in the database",
            found=f"none in database {connection.info.dbname}",
            fix="write it as schema.table, and check that the connection leads to the right database",
        )
    types = {str(column): str(kind) for column, kind in found}
    missing = [c.source_name for c in contract.columns if c.required and c.source_name not in types]
    if missing:
        raise ExtractionError(
            f"{place}: required column {', '.join(map(repr, missing))} is missing",
            expected=f"the columns that {contract.name} requires",
            found=", ".join(types),
            fix=f"name a view that has it{_hint(missing[0], types)}, or correct physicalName in the contract",
        )
    wanted = contract.columns_in(types)
    key = tuple(contract.column(part).source_name for part in contract.primary_key)
    return Table(
        name=name,
        columns=tuple(column.source_name for column in wanted),
        key=key if all(part in types for part in key) else (),
        cursor=_cursor(connection, name, types, source, time_zone, place) if source.cursor else None,
    )


def _cursor(
    connection: psycopg.Connection,
    table: sql.Identifier,
    types: dict[str, str],
    source: PostgresSource,
    time_zone: str,
    place: str,
) -> Cursor:
    name = str(source.cursor)
    if name not in types:
        raise ExtractionError(
            f"{place}: the cursor column {name!r} is missing",
            expected="a column of the table",
            found=", ".join(types),
            fix=f"correct cursor{_hint(name, types)}",
        )
    kind = _KINDS.get(types[name])
    if kind is None:
        raise ExtractionError(
            f"{place}: the column {name!r} cannot be a cursor",
            expected="a time, a date or a whole number that grows with every change of a row",
            found=f"the type {types[name]}",
            fix="name another column, or leave the cursor out to read the whole table every night",
        )
    column = sql.Identifier(name)
    unusable = [sql.SQL("{} is null").format(column)]
    if kind != "bigint":
        unusable += [sql.SQL("{} = {}").format(column, sql.Literal(f"{sign}infinity")) for sign in ("", "-")]
    for test in unusable:
        row = connection.execute(sql.SQL("select count(*) from {} where {}").format(table, test)).fetchone()
        if row and row[0]:
            raise ExtractionError(
                f"{place}: rows without a usable value in the cursor column {name!r}",
                expected="a time or number in every row: others would never be read",
                found=f"{row[0]} rows where {test.as_string(connection)}",
                fix="fill the column and declare it not null, or leave the cursor out to read the whole table",
            )
    seconds = source.overlap_minutes * 60
    local = sql.SQL("(now() at time zone {})").format(sql.Literal(time_zone))
    if kind == "timestamptz":
        return Cursor(name, kind, seconds, sql.SQL("now()"))
    if kind == "timestamp":
        return Cursor(name, kind, seconds + (0 if time_zone == "UTC" else _REPEATED_HOUR), local)
    if kind == "date":
        return Cursor(name, kind, max(1, math.ceil(seconds / 86_400)), sql.SQL("{}::date").format(local))
    return Cursor(name, kind, source.overlap_values, None)


def _hint(name: str, types: dict[str, str]) -> str:
    close = difflib.get_close_matches(name.lower(), [column.lower() for column in types], n=1)
    return f" (there is {close[0]})" if close else ""
