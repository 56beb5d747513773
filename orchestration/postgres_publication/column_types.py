"""Types of marts in PostgreSQL, and how values travel there and back.

Belongs here: DuckDB's types, their PostgreSQL counterparts and both ways of writing a value as text. Does not belong
here: tables, files.
"""

from __future__ import annotations

import re

from data_contracts.sql_quoting import identifier
from orchestration.postgres_publication.errors import PostgresPublicationError
from orchestration.publishing.manifest import MartColumn

_SAME_VALUES = {
    "VARCHAR": "text",
    "BOOLEAN": "boolean",
    "TINYINT": "smallint",
    "SMALLINT": "smallint",
    "INTEGER": "integer",
    "BIGINT": "bigint",
    "UTINYINT": "smallint",
    "USMALLINT": "integer",
    "UINTEGER": "bigint",
    "UBIGINT": "numeric(20,0)",
    "FLOAT": "real",
    "DOUBLE": "double precision",
    "DATE": "date",
    "TIME": "time without time zone",
    "TIMESTAMP": "timestamp without time zone",
    "TIMESTAMP_S": "timestamp without time zone",
    "TIMESTAMP_MS": "timestamp without time zone",
    "TIMESTAMP WITH TIME ZONE": "timestamp with time zone",
    "UUID": "uuid",
    "JSON": "jsonb",
}
_DECIMAL = re.compile(r"DECIMAL\((\d+),(\d+)\)")


def postgres_type(column: MartColumn, *, mart: str) -> str:
    """Return the type that holds exactly the same values, as PostgreSQL itself spells it.

    Lists, structs and maps become ``jsonb``.

    Raises:
        PostgresPublicationError: There is none.
    """
    if found := _SAME_VALUES.get(column.type):
        return found
    if decimal := _DECIMAL.fullmatch(column.type):
        return f"numeric({decimal[1]},{decimal[2]})"
    # Of a map inside something else the order of keys would be lost without a way to compare it afterwards.
    if _is_nested(column.type) and "MAP(" not in column.type[1:]:
        return "jsonb"
    raise PostgresPublicationError(
        f"publish.postgres: mart {mart!r}: PostgreSQL has no type for column {column.name!r}",
        expected="text, numbers, true or false, dates, times, lists, structs, or a map that is in nothing else",
        found=column.type,
        fix="cast it in the mart's model",
    )


def as_text(column: MartColumn) -> str:
    """Return the expression of DuckDB whose text PostgreSQL reads as the same value."""
    name = identifier(column.name)
    return f"to_json({name})::varchar as {name}" if _is_nested(column.type) else name


def from_text(column: MartColumn) -> str:
    """Return the expression of DuckDB that makes the value of the text that PostgreSQL wrote."""
    name = identifier(column.name)
    if _is_nested(column.type):
        return _comparable(column, f"{name}::json::{column.type}")
    return f"{name}::{column.type} as {name}"


def comparable(column: MartColumn) -> str:
    """Return the expression of DuckDB by which a column of a Parquet file is compared with what came back."""
    return _comparable(column, identifier(column.name))


def _comparable(column: MartColumn, value: str) -> str:
    # jsonb keeps the keys of an object in an order of its own.
    value = f"list_sort(map_entries({value}))" if column.type.startswith("MAP(") else value
    return f"{value} as {identifier(column.name)}"


def _is_nested(duckdb_type: str) -> bool:
    return duckdb_type.endswith("]") or duckdb_type.startswith(("STRUCT(", "MAP("))
