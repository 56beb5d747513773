"""Choosing the open rejected records that go to a person for repair.

Belongs here: the choice, and what must hold so that the mended file can be loaded. Does not belong here: the file's
form (repair_files.py), loading it (repair.py).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import fields
from pathlib import Path
from typing import Any

import duckdb

from data_contracts import sql_quoting as sql
from data_contracts.contract import Contract
from orchestration.errors import TesseraError
from orchestration.ingestion.file_options import FileOptions
from orchestration.ingestion.lake import Batch
from orchestration.ingestion.rejections import OPEN, Rejections
from orchestration.ingestion.repair_files import RecordToMend, Shape, write_for_repair
from orchestration.ingestion.repair_groups import with_groups
from orchestration.ingestion.repair_notation import field_texts

_READING = ("decimal", "thousands", "date_format", "timestamp_format", "time_zone")


def shape_of(batch: Batch) -> Shape:
    """The form in which a batch's records are repaired."""
    return "jsonl" if batch.options["format"] in ("json", "jsonl") else "csv"


def reading_of(batch: Batch) -> FileOptions:
    """How a repair file of a batch's records is read: in the source's notation, as UTF-8 with commas."""
    written = {name: batch.options[name] for name in _READING if name in batch.options}
    return FileOptions(format=shape_of(batch), max_rejected_share=1.0, **written)


def check_same_reading(batches: Iterable[Batch]) -> None:
    """Refuse records that cannot be in one repair file.

    Raises:
        TesseraError: They come from files that are read differently.
    """
    by_reading: dict[FileOptions, list[Batch]] = {}
    for batch in batches:
        by_reading.setdefault(reading_of(batch), []).append(batch)
    if len(by_reading) <= 1:
        return
    told = [
        f"\n    - {_told(reading)}: {', '.join(f'{batch.file} (batch {batch.batch_id[:8]})' for batch in same)}"
        for reading, same in by_reading.items()
    ]
    raise TesseraError(
        "the records come from files that are read differently",
        expected="one way of writing numbers and times in one repair file",
        found="".join(told),
        fix="make one repair file for each: tessera quarantine export --batch ... (can be given several times)",
    )


def _told(reading: FileOptions) -> str:
    plain = FileOptions()
    differing = [
        f"{item.name} {getattr(reading, item.name)!r}"
        for item in fields(reading)
        if item.name in _READING and getattr(reading, item.name) != getattr(plain, item.name)
    ]
    return f"{reading.format}, " + (", ".join(differing) or "plain numbers and times, UTC")


def export(
    con: duckdb.DuckDBPyConnection,
    contract: Contract,
    rejections: Rejections,
    path: Path,
    *,
    batches: Collection[str] = (),
    reason: str | None = None,
    column: str | None = None,
) -> int:
    """Write open rejected records for repair.

    Where a contract rejects records together, the whole group comes along with a chosen record, because it can only be
    loaded whole.

    Args:
        con: The connection that has the rejections.
        contract: The table.
        rejections: Its rejected records.
        path: A new file.
        batches: Ids of the batches to take; by default all.
        reason: Only records with this reason.
        column: Only records with a fault in this column.

    Returns:
        The number of records.

    Raises:
        TesseraError: Nothing is open, the records cannot be in one file, or the file cannot be written.
    """
    chosen = set(batches) or set(rejections.deliveries)
    wanted = f"batch_id in {_listed(chosen)} and {matching(reason, column)}"
    records_sql = (
        with_groups(contract, rejections, wanted)
        if contract.rules.reject_together
        else f"select * from {rejections.relation} as rejected where state = {sql.text(OPEN)} and {wanted}"
    )
    rows = con.execute(
        f"select batch_id, record_number, line, reasons, raw from ({records_sql}) as chosen_records "
        "order by sequence, record_number"
    ).fetchall()
    if not rows:
        raise TesseraError(
            f"{contract.name}: there is nothing to repair",
            expected="open rejected records" + (" of this choice" if batches or reason or column else ""),
            found="none",
            fix=f"see what there is with: tessera quarantine list --contract {contract.name}",
        )
    sources = [rejections.deliveries[batch_id] for batch_id in dict.fromkeys(row[0] for row in rows)]
    check_same_reading(sources)
    columns = list(dict.fromkeys(name for batch in reversed(sources) for name in batch.source_columns))
    shape = shape_of(sources[0])
    records = [_record(row, contract, rejections.deliveries[row[0]], shape) for row in rows]
    write_for_repair(path, records, shape=shape, columns=columns)
    return len(records)


def matching(reason: str | None, column: str | None) -> str:
    """SQL that is true for a rejected record with a fault of this reason, in this column."""
    tests = [f"fault.reason = {sql.text(reason)}"] if reason else []
    tests += [f'fault."column" = {sql.text(column)}'] if column else []
    test = " and ".join(tests)
    return f"len(list_filter(rejected.reasons, lambda fault: {test})) > 0" if test else "true"


def _record(row: tuple[Any, ...], contract: Contract, batch: Batch, shape: Shape) -> RecordToMend:
    batch_id, number, line, reasons, raw = row
    malformed = json.loads(raw) if raw.lstrip().startswith('"') else None
    texts = field_texts(raw, contract, batch.source_columns) if shape == "csv" and malformed is None else {}
    return RecordToMend(
        batch_id=batch_id,
        number=number,
        line=line,
        reasons="; ".join(readable(fault) for fault in reasons),
        fields=texts,
        text=raw,
        malformed=malformed,
    )


def readable(fault: dict[str, str | None]) -> str:
    """A fault as a person reads it, without its value."""
    return f"{fault['column']}: {fault['reason']}" if fault["column"] else str(fault["reason"])


def _listed(names: Collection[str]) -> str:
    return "(" + ", ".join(sql.text(name) for name in sorted(names)) + ")" if names else "(null)"
