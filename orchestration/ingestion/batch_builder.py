"""Split staged rows into a file of good ones and a relation of bad ones.

Belongs here: the queries that apply a contract's SQL to staged rows. Does not belong here: the SQL itself
(data_contracts), committing anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from data_contracts import sql_quoting as sql
from data_contracts.contract import Contract
from data_contracts.notation import Notation
from data_contracts.quarantine_sql import (
    QuarantineSql,
    duplicate_reason,
    group_reason,
    quarantine_sql,
    repeated_key_rows,
    structure_reason,
)
from orchestration.ingestion.lake import ROWS
from orchestration.ingestion.staging import StagedRows

_GOOD_OPTIONS = "(format parquet, compression zstd)"


@dataclass(frozen=True)
class BuiltBatch:
    """Good rows on disk, bad rows as a select.

    Attributes:
        rows: The file of good rows, typed, with their numbers.
        good: Its rows, counted again in the file.
        rejected_relation: A select of file, record_number, line, reasons, raw; None when no row is bad.
    """

    rows: Path
    good: int
    rejected_relation: str | None


def build_batch(
    con: duckdb.DuckDBPyConnection,
    contract: Contract,
    staged: StagedRows,
    notation: Notation,
    *,
    workspace: Path,
    file: str,
    sequence: int,
    loaded_at: datetime,
) -> BuiltBatch:
    """Judge every staged row: good ones are written in one pass, reasons found for the others only.

    Args:
        con: The connection that can read the rows.
        contract: What they are held against.
        staged: The raw rows.
        notation: How their source writes numbers and times.
        workspace: Where to write.
        file: Base name of the landing file.
        sequence: The batch's place in the order of loading.
        loaded_at: The time of the load; events more than a day later (zones differ) have not happened yet.
    """
    latest = loaded_at + timedelta(days=1)
    checks = quarantine_sql(contract, staged.sources, notation, latest_event=latest)
    typed = checks.typed_relation(staged.relation)
    good = f"({staged.row_fault}) is null and {checks.good}" if staged.row_fault else checks.good
    rows = workspace / ROWS
    con.execute(
        f"copy (select {checks.projection}, cast({sequence:d} as bigint) as _batch_sequence, "
        f"cast(_row_number as bigint) as _row_number from ({typed}) as typed_rows where {good}) "
        f"to {sql.path(rows)} {_GOOD_OPTIONS}"
    )
    parts: list[str] = []
    written = _rows_in(con, rows)
    if written < staged.records - staged.malformed_count:
        parts.append(_bad_rows(staged, checks, typed, good))
    repeated = _repeated(con, contract, rows, workspace)
    if repeated is not None:
        parts.append(_with_reasons(staged, repeated))
    if staged.malformed is not None:
        parts.append(
            f"select record_number, {structure_reason('reason')} as reasons, "
            f"cast(to_json(raw) as varchar) as raw from read_parquet({sql.path(staged.malformed)})"
        )
    if not parts:
        return BuiltBatch(rows, written, None)
    rejected = workspace / "rejected.parquet"
    con.execute(f"copy ({' union all '.join(parts)}) to {sql.path(rejected)} (format parquet)")
    if contract.rules.reject_together:
        companions = _companions(con, contract, staged, rejected, workspace)
        if companions is not None:
            together = rejected.with_name("rejected_together.parquet")
            con.execute(
                f"copy (select * from read_parquet({sql.path(rejected)}) union all "
                f"{_with_reasons(staged, companions)}) to {sql.path(together)} (format parquet)"
            )
            rejected = together
    if repeated is not None or contract.rules.reject_together:
        rows = _without(con, rows, rejected)
        written = _rows_in(con, rows)
    lines = _lines(con, staged, rejected, workspace)
    relation = (
        f"select {sql.text(file)} as file, record_number, line, reasons, raw "
        f"from read_parquet({sql.path(rejected)}) as rejected "
        f"join read_parquet({sql.path(lines)}) as lines using (record_number)"
    )
    return BuiltBatch(rows, written, relation)


def _bad_rows(staged: StagedRows, checks: QuarantineSql, typed: str, good: str) -> str:
    reasons = checks.reasons
    if staged.row_fault:
        fault = staged.row_fault
        reasons = f"case when {fault} is not null then {structure_reason(fault)} else {reasons} end"
    return (
        f"select _row_number as record_number, {reasons} as reasons, {staged.raw} as raw "
        f"from ({typed}) as typed_rows where not ({good})"
    )


def _with_reasons(staged: StagedRows, reasons: Path) -> str:
    """Staged rows that are rejected for reasons that are in a file of _row_number and reasons."""
    return (
        f"select staged._row_number as record_number, found.reasons, {staged.raw} as raw "
        f"from ({staged.relation}) as staged join read_parquet({sql.path(reasons)}) as found "
        "on staged._row_number = found._row_number"
    )


def _repeated(con: duckdb.DuckDBPyConnection, contract: Contract, rows: Path, workspace: Path) -> Path | None:
    """A file of _row_number and reasons of the rows whose key occurred earlier, or None."""
    found = workspace / "repeated.parquet"
    parts = [
        f"select _row_number, {duplicate_reason(key, 'key_value')} as reasons from ({query}) as repeated_rows"
        for key, query in repeated_key_rows(contract, f"read_parquet({sql.path(rows)})")
    ]
    if not parts:
        return None
    con.execute(
        f"copy (select _row_number, flatten(list(reasons)) as reasons from ({' union all '.join(parts)}) "
        f"as all_repeated group by _row_number) to {sql.path(found)} (format parquet)"
    )
    return found if _rows_in(con, found) else None


def _companions(
    con: duckdb.DuckDBPyConnection, contract: Contract, staged: StagedRows, rejected: Path, workspace: Path
) -> Path | None:
    """A file of _row_number and reasons of the rows that go with a rejected one, or None.

    What a malformed record belongs to cannot be read, so the rows just before and after it go with their own groups.
    """
    columns = [staged.sources[name].expression for name in contract.rules.reject_together if name in staged.sources]
    if not columns:
        return None
    names = ", ".join(contract.rules.reject_together)
    near = f"select record_number from read_parquet({sql.path(rejected)})"
    if staged.malformed is not None:
        malformed = f"from read_parquet({sql.path(staged.malformed)})"
        near += f" union select record_number - 1 {malformed} union select record_number + 1 {malformed}"
    group = f"concat_ws(', ', {', '.join(f'cast({column} as varchar)' for column in columns)})"
    found = workspace / "companions.parquet"
    con.execute(
        f"""
        copy (
            with grouped as (
                select _row_number, {group} as group_value from ({staged.relation}) as staged
                where {" and ".join(f"{column} is not null" for column in columns)}
            ), spoilt as (
                select distinct group_value from grouped where _row_number in ({near})
            )
            select _row_number, {group_reason(names, "group_value")} as reasons
            from grouped
            where group_value in (select group_value from spoilt)
                and _row_number not in (select record_number from read_parquet({sql.path(rejected)}))
        ) to {sql.path(found)} (format parquet)
        """
    )
    return found if _rows_in(con, found) else None


def _lines(con: duckdb.DuckDBPyConnection, staged: StagedRows, rejected: Path, workspace: Path) -> Path:
    """A file of record_number and line: where in the landing file each rejected record begins."""
    numbers = con.execute(f"select record_number from read_parquet({sql.path(rejected)})").fetchnumpy()["record_number"]
    target = workspace / "rejected_lines.parquet"
    pq.write_table(pa.table({"record_number": numbers, "line": staged.lines_of(np.asarray(numbers, np.int64))}), target)
    return target


def _without(con: duckdb.DuckDBPyConnection, rows: Path, rejected: Path) -> Path:
    kept = rows.with_name(f"kept_{rows.name}")
    con.execute(
        f"copy (select * from read_parquet({sql.path(rows)}) where _row_number not in "
        f"(select record_number from read_parquet({sql.path(rejected)}))) to {sql.path(kept)} {_GOOD_OPTIONS}"
    )
    return kept


def _rows_in(con: duckdb.DuckDBPyConnection, path: Path) -> int:
    counted = con.execute(f"select count(*) from read_parquet({sql.path(path)})").fetchone()
    return int(counted[0]) if counted else 0
