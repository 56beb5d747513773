"""Split staged rows into a file of good ones and a relation of bad ones.

Belongs here: the queries that apply a contract's SQL to staged rows. Does not belong here: the SQL itself
(data_contracts), committing anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from data_contracts import sql_quoting as sql
from data_contracts.contract import Contract
from data_contracts.notation import Notation
from data_contracts.quarantine_sql import (
    QuarantineSql,
    duplicate_reason,
    group_reason,
    key_hashes,
    quarantine_sql,
    repeated_key_rows,
    structure_reason,
)
from orchestration.ingestion.lake import ROWS
from orchestration.ingestion.same_delivery import SameDelivery
from orchestration.ingestion.staging import StagedRows

_GOOD_OPTIONS = "(format parquet, compression zstd)"
_NO_ROWS: NDArray[np.int64] = np.empty(0, np.int64)


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
    deliveries: Sequence[SameDelivery] = (),
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
        deliveries: Where the rows are repaired records: the deliveries they came in; a key occurs once in each.
    """
    latest = loaded_at + timedelta(days=1)
    checks = quarantine_sql(contract, staged.sources, notation, latest_event=latest)
    good = f"({staged.row_fault}) is null and {checks.good}" if staged.row_fault else checks.good
    judged = _Judged(con, staged, checks, good, workspace)
    # Repeats are found before anything is written, because taking them out again would write every row twice.
    repeated = _repeated(judged, _doubtful_keys(judged, notation, all_rows=bool(deliveries)), deliveries)
    rows = workspace / ROWS
    wanted = good if repeated is None else f"{good} and _row_number not in (select _row_number from {_in(repeated)})"
    with staged.rows(con) as raw:
        con.execute(
            f"copy (select {checks.projection}, cast({sequence:d} as bigint) as _batch_sequence, "
            f"cast(_row_number as bigint) as _row_number from ({checks.typed_relation(raw)}) as typed_rows "
            f"where {wanted}) to {sql.path(rows)} {_GOOD_OPTIONS}"
        )
    rejected: list[Path] = []
    if staged.malformed is not None:
        rejected.append(_malformed(judged))
    if repeated is not None:
        rejected.append(_with_reasons(judged, repeated, workspace / "rejected_repeats.parquet"))
    bad = _neither(judged, rows, rejected)
    if len(bad):
        rejected.append(_bad_rows(judged, bad))
    if rejected and contract.rules.reject_together:
        companions = _companions(judged, rejected)
        if companions is not None:
            rejected.append(_with_reasons(judged, companions, workspace / "rejected_together.parquet"))
            rows = _without(con, rows, companions)
    written = _rows_in(con, rows)
    if not rejected:
        return BuiltBatch(rows, written, None)
    relation = (
        f"select {sql.text(file)} as file, record_number, line, reasons, raw from {_in(*rejected)} as rejected "
        f"join {_in(_lines(judged, rejected))} as lines using (record_number)"
    )
    return BuiltBatch(rows, written, relation)


@dataclass(frozen=True)
class _Judged:
    """Staged rows and what a contract says about them; ``good`` is true for a row without a fault, keys aside."""

    con: duckdb.DuckDBPyConnection
    staged: StagedRows
    checks: QuarantineSql
    good: str
    workspace: Path


def _doubtful_keys(judged: _Judged, notation: Notation, *, all_rows: bool) -> NDArray[np.int64] | None:
    """Numbers of the rows, good or bad, that share the hash of a key with another one; None when every row is doubtful.

    Only the columns of the keys are read for it, and only the few rows found are judged and compared later.
    """
    con, staged, contract = judged.con, judged.staged, judged.checks.contract
    sources = {name: staged.sources[name] for key in contract.keys for name in key if name in staged.sources}
    if not sources:
        return _NO_ROWS
    if all_rows:
        return None
    keys = quarantine_sql(contract, sources, notation)
    hashes = ", ".join(f"{key_hash} as hash{place}" for place, key_hash in enumerate(key_hashes(contract)))
    with staged.rows(con, fields=[source.expression for source in sources.values()]) as raw:
        found = con.execute(
            f"select _row_number, {hashes} from (select _row_number, {keys.projection} "
            f"from ({keys.typed_relation(raw)}) as typed_rows) as key_rows"
        ).fetchnumpy()
    numbers = np.asarray(found.pop("_row_number"), np.int64)
    doubtful = [numbers[_shared(np.ma.asarray(values))] for values in found.values()]
    return np.unique(np.concatenate(doubtful))


def _shared(hashes: np.ma.MaskedArray) -> NDArray[np.bool_]:
    """Which places hold a hash that another place holds too; a masked place has none."""
    rising = np.sort(hashes.compressed())
    repeated = np.unique(rising[1:][rising[1:] == rising[:-1]])
    # A table of the lower bits leaves few hashes that must be looked for among the repeated ones.
    table = np.zeros(1 << 24, np.bool_)
    lower = np.uint64(len(table) - 1)
    table[repeated & lower] = True
    shared: NDArray[np.bool_] = table[hashes.data & lower] & ~np.ma.getmaskarray(hashes)
    places = np.flatnonzero(shared)
    shared[places] = np.isin(hashes.data[places], repeated)
    return shared


def _repeated(judged: _Judged, doubtful: NDArray[np.int64] | None, deliveries: Sequence[SameDelivery]) -> Path | None:
    """A file of _row_number and reasons of the good rows whose key occurred in an earlier good one, or None."""
    if doubtful is not None and not len(doubtful):
        return None
    con, checks = judged.con, judged.checks
    candidates, found = judged.workspace / "doubtful.parquet", judged.workspace / "repeated.parquet"
    with judged.staged.rows(con, numbers=doubtful) as raw:
        con.execute(
            f"copy (select {checks.projection}, _row_number from ({checks.typed_relation(raw)}) as typed_rows "
            f"where {judged.good}) to {sql.path(candidates)} (format parquet)"
        )
    relations = [delivery.rows(checks.contract, _in(candidates)) for delivery in deliveries] or [_in(candidates)]
    parts = [
        f"select _row_number, {duplicate_reason(key, 'key_value')} as reasons from ({query}) as repeated_rows "
        "where _row_number > 0"
        for relation in relations
        for key, query in repeated_key_rows(checks.contract, relation)
    ]
    con.execute(
        f"copy (select _row_number, flatten(list(reasons)) as reasons from ({' union all '.join(parts)}) "
        f"as all_repeated group by _row_number) to {sql.path(found)} (format parquet)"
    )
    return found if _rows_in(con, found) else None


def _malformed(judged: _Judged) -> Path:
    """Reject the records that were kept from the parser."""
    staged, target = judged.staged, judged.workspace / "rejected_malformed.parquet"
    if staged.malformed is None:
        raise ValueError("no record is malformed")
    judged.con.execute(
        f"copy (select record_number, {structure_reason('reason')} as reasons, cast(to_json(raw) as varchar) as raw "
        f"from {_in(staged.malformed)}) to {sql.path(target)} (format parquet)"
    )
    return target


def _with_reasons(judged: _Judged, reasons: Path, target: Path) -> Path:
    """Reject the staged rows whose reasons are in a file of _row_number and reasons."""
    with judged.staged.rows(judged.con, numbers=_numbers(judged.con, "_row_number", reasons)) as raw:
        judged.con.execute(
            f"copy (select staged._row_number as record_number, found.reasons, {judged.staged.raw} as raw "
            f"from ({raw}) as staged join {_in(reasons)} as found on staged._row_number = found._row_number) "
            f"to {sql.path(target)} (format parquet)"
        )
    return target


def _neither(judged: _Judged, rows: Path, rejected: Sequence[Path]) -> NDArray[np.int64]:
    """Numbers of the records that are neither written nor rejected yet."""
    left = np.ones(judged.staged.records, np.bool_)
    if rejected:
        left[_numbers(judged.con, "record_number", *rejected) - 1] = False
    if _rows_in(judged.con, rows) < int(left.sum()):
        for batch in pq.ParquetFile(rows).iter_batches(columns=["_row_number"]):
            left[batch.column(0).to_numpy() - 1] = False
        return np.flatnonzero(left) + 1
    return _NO_ROWS


def _bad_rows(judged: _Judged, numbers: NDArray[np.int64]) -> Path:
    """Reject the staged rows with these numbers, for all that is wrong with them."""
    staged, target = judged.staged, judged.workspace / "rejected_rows.parquet"
    reasons = judged.checks.reasons
    if staged.row_fault:
        fault = staged.row_fault
        reasons = f"case when {fault} is not null then {structure_reason(fault)} else {reasons} end"
    with staged.rows(judged.con, numbers=numbers) as raw:
        judged.con.execute(
            f"copy (select _row_number as record_number, {reasons} as reasons, {staged.raw} as raw "
            f"from ({judged.checks.typed_relation(raw)}) as typed_rows) to {sql.path(target)} (format parquet)"
        )
    return target


def _companions(judged: _Judged, rejected: Sequence[Path]) -> Path | None:
    """A file of _row_number and reasons of the rows that go with a rejected one, or None.

    What a malformed record belongs to cannot be read, so the rows just before and after it go with their own groups.
    """
    staged, together = judged.staged, judged.checks.contract.rules.reject_together
    columns = [staged.sources[name].expression for name in together if name in staged.sources]
    if not columns:
        return None
    near = f"select record_number from {_in(*rejected)}"
    if staged.malformed is not None:
        malformed = f"from {_in(staged.malformed)}"
        near += f" union select record_number - 1 {malformed} union select record_number + 1 {malformed}"
    group = f"concat_ws(', ', {', '.join(f'cast({column} as varchar)' for column in columns)})"
    found = judged.workspace / "companions.parquet"
    with staged.rows(judged.con, fields=columns) as raw:
        judged.con.execute(
            f"""
            copy (
                with grouped as materialized (
                    select _row_number, {group} as group_value from ({raw}) as staged
                    where {" and ".join(f"{column} is not null" for column in columns)}
                ), spoilt as (
                    select distinct group_value from grouped where _row_number in ({near})
                )
                select _row_number, {group_reason(", ".join(together), "group_value")} as reasons
                from grouped
                where group_value in (select group_value from spoilt)
                    and _row_number not in (select record_number from {_in(*rejected)})
            ) to {sql.path(found)} (format parquet)
            """
        )
    return found if _rows_in(judged.con, found) else None


def _lines(judged: _Judged, rejected: Sequence[Path]) -> Path:
    """A file of record_number and line: where in the landing file each rejected record begins."""
    numbers = _numbers(judged.con, "record_number", *rejected)
    target = judged.workspace / "rejected_lines.parquet"
    pq.write_table(pa.table({"record_number": numbers, "line": judged.staged.lines_of(numbers)}), target)
    return target


def _without(con: duckdb.DuckDBPyConnection, rows: Path, rejected: Path) -> Path:
    kept = rows.with_name(f"kept_{rows.name}")
    con.execute(
        f"copy (select * from {_in(rows)} where _row_number not in (select _row_number from {_in(rejected)})) "
        f"to {sql.path(kept)} {_GOOD_OPTIONS}"
    )
    return kept


def _in(*paths: Path) -> str:
    return f"read_parquet({sql.text_list(str(path) for path in paths)})"


def _numbers(con: duckdb.DuckDBPyConnection, column: str, *paths: Path) -> NDArray[np.int64]:
    """The record numbers in some files, rising."""
    found = con.execute(f"select {column} as number from {_in(*paths)}").fetchnumpy()["number"]
    return np.sort(np.asarray(found, np.int64))


def _rows_in(con: duckdb.DuckDBPyConnection, path: Path) -> int:
    return int(con.execute(f"select count(*) from {_in(path)}").fetchall()[0][0])
