"""A contract as the SQL that tells good rows from bad ones.

Belongs here: the typed projection of a whole row, the test that a row is good, the reasons when it is not,
and the search for keys that occur twice. Does not belong here: how one value is read (column_sql.py),
running the SQL, files.

The raw rows come as a relation of ``_row_number`` and source columns. Three steps are stacked, so that every
expression is computed once: prepared (``x0``, ``x1`` ...), typed (``v0``, ``v1`` ...), judged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from data_contracts import sql_quoting as sql
from data_contracts.column_sql import READABLE, ColumnSql, column_sql
from data_contracts.contract import Column, Contract
from data_contracts.notation import PLAIN, Notation
from data_contracts.physical_types import Family

ROW_NUMBER = "_row_number"
REASONS_TYPE = 'struct("column" varchar, reason varchar, "value" varchar)[]'


@dataclass(frozen=True)
class SourceColumn:
    """Where a contract column comes from.

    Attributes:
        expression: Its SQL name in the raw relation.
        family: Family of its type there.
        empty_is_null: Whether the raw relation gives null for an empty text, so that it need not be looked for.
    """

    expression: str
    family: Family
    empty_is_null: bool = False


@dataclass(frozen=True)
class QuarantineSql:
    """The SQL of one contract over one layout of raw rows.

    Attributes:
        contract: The contract it was made from.
        good: True for a row without any fault (keys aside); never null.
        reasons: The list of faults of a row: struct(column, reason, value)[].
        projection: The contract's columns, typed, in the contract's order; absent ones are null.
    """

    contract: Contract
    good: str
    reasons: str
    projection: str
    _prepared: str
    _typed: str

    def typed_relation(self, raw_relation: str) -> str:
        """A select over the raw relation on which ``good``, ``reasons`` and ``projection`` can be used."""
        prepared = f"select *{self._prepared} from ({raw_relation}) as raw_rows"
        return f"select *{self._typed} from ({prepared}) as prepared_rows"


def quarantine_sql(
    contract: Contract,
    source: Mapping[str, SourceColumn],
    notation: Notation = PLAIN,
    *,
    latest_event: datetime | None = None,
) -> QuarantineSql:
    """Build the SQL for a contract.

    Args:
        contract: The contract to hold rows against.
        source: Contract column name to where it comes from; absent columns are not judged.
        notation: How the source writes numbers and times.
        latest_event: No event can be later, with a zone; by default any may be.

    Raises:
        ValueError: When a source family can never carry the contract's type; see ``unreadable_columns``.
    """
    prepared, typed, good, reasons, projection = [], [], [], [], []
    for number, column in enumerate(contract.columns):
        name = sql.identifier(column.name)
        if column.name not in source:
            projection.append(f"cast(null as {column.physical_type}) as {name}")
            continue
        x, v = f"x{number}", f"v{number}"
        is_event = latest_event is not None and column.name == contract.rules.event_time
        latest = f"timestamptz {sql.text(str(latest_event))}" if is_event else None
        part = _checked_column_sql(column, source[column.name], x=x, v=v, notation=notation, latest=latest)
        prepared.append(f"{part.prepared} as {x}")
        typed.append(f"{part.value} as {v}")
        good.append(f"({part.good})")
        reasons.append(
            f'struct_pack("column" := {sql.text(column.name)}, reason := {part.reason}, '
            f'"value" := cast({part.shown} as varchar))'
        )
        projection.append(f"{v} as {name}")
    faults = f"list_filter([{', '.join(reasons)}], lambda entry: entry.reason is not null)"
    return QuarantineSql(
        contract=contract,
        good=" and ".join(good) or "true",
        reasons=f"cast({faults} as {REASONS_TYPE})" if reasons else f"cast([] as {REASONS_TYPE})",
        projection=", ".join(projection),
        _prepared="".join(f", {item}" for item in prepared),
        _typed="".join(f", {item}" for item in typed),
    )


def unreadable_columns(contract: Contract, source: Mapping[str, SourceColumn]) -> dict[str, tuple[str, str]]:
    """Columns whose source type can never be the contract's: name to (expected type, found family)."""
    return {
        column.name: (column.physical_type, source[column.name].family)
        for column in contract.columns
        if column.name in source and not _readable(column, source[column.name].family)
    }


def key_hashes(contract: Contract) -> list[str]:
    """SQL of the hash of each key over the contract's columns; null where the key is not filled."""
    return [
        f"case when {_filled(contract, key)} then hash({', '.join(map(sql.identifier, key))}) end"
        for key in contract.keys
    ]


def repeated_key_rows(contract: Contract, good_rows: str) -> list[tuple[tuple[str, ...], str]]:
    """Queries for rows whose key occurred earlier; the first good row of a key stays.

    Args:
        contract: Its ``keys`` are looked for.
        good_rows: Relation of the contract's columns and ``_row_number``.

    Returns:
        For each key, its columns and a select of ``_row_number`` and ``key_value``. The hash of the key is
        grouped first because that needs a third of the memory; the few rows that share one are then compared.
    """
    queries = []
    for key in contract.keys:
        names = ", ".join(sql.identifier(name) for name in key)
        filled = _filled(contract, key)
        shown = f"concat_ws(', ', {names})"
        queries.append(
            (
                key,
                f"""
                with shared as (
                    select hash({names}) as key_hash from {good_rows} where {filled}
                    group by key_hash having count(*) > 1
                ), candidates as (
                    select {names}, {ROW_NUMBER} from {good_rows}
                    where {filled} and hash({names}) in (select key_hash from shared)
                )
                select {ROW_NUMBER}, {shown} as key_value from candidates
                qualify row_number() over (partition by {names} order by {ROW_NUMBER}) > 1
                """,
            )
        )
    return queries


def _filled(contract: Contract, key: tuple[str, ...]) -> str:
    # A record without a version may repeat no more than one with a version.
    return " and ".join(f"{sql.identifier(n)} is not null" for n in key if n != contract.rules.version_column)


def duplicate_reason(key: tuple[str, ...], value: str) -> str:
    """SQL of the reasons list of a row whose key occurred earlier."""
    return _one_reason(", ".join(key), "duplicate_key", value)


def group_reason(columns: str, value: str) -> str:
    """SQL of the reasons list of a row that goes to quarantine with another one of its group."""
    return _one_reason(columns, "rejected_with_group", value)


def _one_reason(column: str, reason: str, value: str) -> str:
    return (
        f'cast([struct_pack("column" := {sql.text(column)}, reason := {sql.text(reason)}, '
        f'"value" := {value})] as {REASONS_TYPE})'
    )


def structure_reason(reason: str) -> str:
    """SQL of the reasons list of a record that is not a row at all; ``reason`` is SQL of its code."""
    return (
        f'cast([struct_pack("column" := cast(null as varchar), reason := {reason}, '
        f'"value" := cast(null as varchar))] as {REASONS_TYPE})'
    )


def _readable(column: Column, family: Family) -> bool:
    return family in READABLE.get(column.type.family, ())


def _checked_column_sql(
    column: Column, source: SourceColumn, *, x: str, v: str, notation: Notation, latest: str | None
) -> ColumnSql:
    if not _readable(column, source.family):
        raise ValueError(f"column {column.name}: {source.family} can never be read as {column.physical_type}")
    return column_sql(
        column,
        source.family,
        source=source.expression,
        x=x,
        v=v,
        notation=notation,
        latest=latest,
        empty_is_null=source.empty_is_null,
    )
