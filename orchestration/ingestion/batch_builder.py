"""Split staged rows into a file of good ones and a relation of bad ones.

Belongs here: the queries that apply a contract's SQL to staged rows. Does not belong here: the SQL itself
(data_contracts), committing anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from data_contracts import sql_quoting as sql
from data_contracts.contract import Contract
from data_contracts.quarantine_sql import (
    QuarantineSql,
    duplicate_reason,
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
        rejected_relation: A select of file, record_number, reasons, raw; None when no row is bad.
    """

    rows: Path
    good: int
    rejected_relation: str | None


def build_batch(
    con: duckdb.DuckDBPyConnection,
    contract: Contract,
    staged: StagedRows,
    *,
    workspace: Path,
    file: str,
    sequence: int,
) -> BuiltBatch:
    """Judge every staged row: good ones are written in one pass, reasons found for the others only."""
    checks = quarantine_sql(contract, staged.sources)
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
        parts.append(_bad_rows(staged, checks, typed, good, file))
    repeated = _repeated(con, contract, rows, workspace)
    if repeated is not None:
        rows = _without(con, rows, repeated)
        parts.append(
            f"select {sql.text(file)} as file, staged._row_number as record_number, repeated.reasons, "
            f"{staged.raw} as raw from ({staged.relation}) as staged "
            f"join read_parquet({sql.path(repeated)}) as repeated "
            "on staged._row_number = repeated._row_number"
        )
        written = _rows_in(con, rows)
    if staged.malformed is not None:
        parts.append(
            f"select {sql.text(file)} as file, record_number, {structure_reason('reason')} as reasons, "
            f"cast(to_json(raw) as varchar) as raw from read_parquet({sql.path(staged.malformed)})"
        )
    return BuiltBatch(rows, written, " union all ".join(parts) or None)


def _bad_rows(staged: StagedRows, checks: QuarantineSql, typed: str, good: str, file: str) -> str:
    reasons = checks.reasons
    if staged.row_fault:
        fault = staged.row_fault
        reasons = f"case when {fault} is not null then {structure_reason(fault)} else {reasons} end"
    return (
        f"select {sql.text(file)} as file, _row_number as record_number, {reasons} as reasons, "
        f"{staged.raw} as raw from ({typed}) as typed_rows where not ({good})"
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


def _without(con: duckdb.DuckDBPyConnection, rows: Path, repeated: Path) -> Path:
    kept = rows.with_name(f"kept_{rows.name}")
    con.execute(
        f"copy (select * from read_parquet({sql.path(rows)}) where _row_number not in "
        f"(select _row_number from read_parquet({sql.path(repeated)}))) to {sql.path(kept)} {_GOOD_OPTIONS}"
    )
    return kept


def _rows_in(con: duckdb.DuckDBPyConnection, path: Path) -> int:
    counted = con.execute(f"select count(*) from read_parquet({sql.path(path)})").fetchone()
    return int(counted[0]) if counted else 0
