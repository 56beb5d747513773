"""Taking repaired records into the lake.

Belongs here: the order of the steps, and which records may be submitted. Does not belong here: the form of repair files
(repair_files.py), groups (repair_groups.py), judging the records, which is the loader's as ever.

A repair file becomes a batch of its own, committed by the lake's one rename. The batch says which records it stands
for; from then on they are repaired, and those that are still bad stay open with their new reasons.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import duckdb

from data_contracts import sql_quoting as sql
from data_contracts.contract import Contract
from orchestration.errors import TesseraError
from orchestration.ingestion.file_errors import FileRejectedError
from orchestration.ingestion.lake import Batch, Lake
from orchestration.ingestion.loader import LoadReport, load_file
from orchestration.ingestion.quarantine import Quarantine
from orchestration.ingestion.rejections import OPEN, Rejections, find_rejections
from orchestration.ingestion.repair_export import check_same_reading, reading_of, shape_of
from orchestration.ingestion.repair_files import BATCH, MendedFile, MendedRecord, read_mended, write_for_loading
from orchestration.ingestion.repair_groups import check_groups_whole
from orchestration.ingestion.same_delivery import same_deliveries


@dataclass(frozen=True)
class RepairReport:
    """What became of a repair file.

    Attributes:
        load: The report of its load; ``good`` records are repaired, ``rejected`` ones are still open.
        left_out: Malformed records whose fields were not filled in; they are still open.
        also_elsewhere: Repaired records whose key or group other batches of the lake have too.
        open: Open records of the table after it.
    """

    load: LoadReport
    left_out: int
    also_elsewhere: int
    open: int


def resubmit(
    con: duckdb.DuckDBPyConnection,
    contract: Contract,
    path: Path,
    *,
    lake: Lake,
    quarantine: Quarantine,
    loaded_at: datetime,
) -> RepairReport:
    """Load the repaired records of a file.

    Args:
        con: An in-memory connection.
        contract: The table.
        path: The repair file.
        lake: Where the good records go.
        quarantine: Where they were, and where those that are still bad go.
        loaded_at: The time of the load, with a zone.

    Raises:
        TesseraError: The file cannot be read, or holds records that cannot be repaired, or not in this way; the lake
            was not touched.
    """
    mended = read_mended(path)
    if not mended.records:
        raise FileRejectedError(
            f"{path.name}: there is no repaired record in it",
            expected="records with their fields",
            found=f"{mended.left_out} malformed records whose fields are empty" if mended.left_out else "no records",
            fix="fill in the fields, or dismiss the records",
        )
    rejections = find_rejections(con, lake, quarantine, contract.name)
    records = _by_batch(contract, mended, rejections, lake, quarantine, file=path.name)
    _check_known(con, records, rejections, file=path.name)
    batches = [rejections.deliveries[batch_id] for batch_id in records]
    check_same_reading(batches)
    _check_form(contract, mended, batches, file=path.name)
    repairs = {batch_id: [record.number for record in items] for batch_id, items in records.items()}
    check_groups_whole(con, contract, rejections, records, same_deliveries(contract, lake, repairs))
    owner = f"repair.{contract.name}"
    lake.clear_leftovers(owner)
    workspace = lake.open_workspace(owner)
    try:
        plain = workspace / path.name
        write_for_loading(
            plain,
            [record for items in records.values() for record in items],
            shape=mended.shape,
            columns=mended.columns,
            header_rows=contract.rules.header_rows,
        )
        report = load_file(
            con,
            contract,
            plain,
            lake=lake,
            quarantine=quarantine,
            options=reading_of(batches[0]),
            repairs=repairs,
            loaded_at=loaded_at,
        )
    finally:
        shutil.rmtree(workspace, ignore_errors=True)
    find_rejections(con, lake, quarantine, contract.name)
    still_open = f"select count(*) from {rejections.relation} where state = {sql.text(OPEN)}"
    ((count,),) = con.execute(still_open).fetchall()
    return RepairReport(report, mended.left_out, _also_elsewhere(con, contract, lake, report), count)


def _by_batch(
    contract: Contract, mended: MendedFile, rejections: Rejections, lake: Lake, quarantine: Quarantine, *, file: str
) -> dict[str, list[MendedRecord]]:
    """The records by the live batch they belong to, in the order of deliveries and of the records in them."""
    refused = {item.batch_id: item for item in rejections.refusals}
    every = {batch.batch_id: batch for batch in lake.batches(contract.name)}
    names: dict[str, str] = {}
    for record in mended.records:
        if record.batch_id in names:
            continue
        place = f"{file}: {record.place}"
        if record.batch_id in refused:
            raise TesseraError(
                f"{place} belongs to {refused[record.batch_id].file}, which was refused as a whole",
                expected="records of files that were loaded",
                found=f"batch {record.batch_id[:8]}, of which nothing is in the lake",
                fix="mend the file itself and run again",
            )
        if record.batch_id not in every or every[record.batch_id].repairs:
            raise _unknown_batch(contract, record, lake, quarantine, place=place)
        names[record.batch_id] = _live_name(every[record.batch_id], rejections, place=place)
    found: dict[str, dict[int, MendedRecord]] = {}
    for record in mended.records:
        same = found.setdefault(names[record.batch_id], {})
        if record.number in same:
            raise TesseraError(
                f"{file}: record {record.number} of batch {record.batch_id[:8]} is in it twice",
                expected="every record once",
                found=f"{same[record.number].place} and {record.place}",
                fix="remove one of them",
            )
        same[record.number] = replace(record, batch_id=names[record.batch_id])
    ordered = sorted(found, key=lambda batch_id: rejections.deliveries[batch_id].sequence)
    return {batch_id: [found[batch_id][number] for number in sorted(found[batch_id])] for batch_id in ordered}


def _live_name(batch: Batch, rejections: Rejections, *, place: str) -> str:
    """The batch itself, or the one that its unchanged file became when it was loaded anew."""
    if batch.batch_id in rejections.deliveries:
        return batch.batch_id
    for later in rejections.deliveries.values():
        same_file = (later.file_sha256, later.origin) == (batch.file_sha256, batch.origin)
        if same_file and (later.options, later.records) == (batch.options, batch.records):
            return later.batch_id
    raise TesseraError(
        f"{place} belongs to a delivery that a later one has replaced",
        expected="records of deliveries that count",
        found=f"batch {batch.batch_id[:8]} of {batch.file}, loaded {batch.loaded_at[:16]}",
        fix="export the open records anew: what is still bad in the later delivery is among them",
    )


def _unknown_batch(
    contract: Contract, record: MendedRecord, lake: Lake, quarantine: Quarantine, *, place: str
) -> TesseraError:
    holders = [
        folder.name
        for folder in quarantine.root.glob("*")
        if quarantine.path(folder.name, record.batch_id).is_file() and folder.name != contract.name
    ]
    if holders:
        return TesseraError(
            f"{place} belongs to another contract",
            expected=f"records of {contract.name}",
            found=f"a record of {holders[0]}",
            fix=f"tessera quarantine resubmit {holders[0]} FILE",
        )
    return TesseraError(
        f"{place} names a batch that does not exist",
        expected=f"in {BATCH} a batch of {contract.name} in {lake.root.parent}",
        found=record.batch_id,
        fix=f"take {BATCH} from the exported file, and check --home",
    )


def _check_known(
    con: duckdb.DuckDBPyConnection, records: Mapping[str, Sequence[MendedRecord]], rejections: Rejections, *, file: str
) -> None:
    """Refuse records that were never rejected."""
    for batch_id, items in records.items():
        batch = rejections.deliveries[batch_id]
        rows = con.execute(f"select record_number from {rejections.relation} where batch_id = ?", [batch_id]).fetchall()
        rejected = {number for (number,) in rows}
        unknown = [record for record in items if record.number not in rejected]
        if not unknown:
            continue
        number = unknown[0].number
        exists = 1 <= number <= batch.records
        lost = batch.file in rejections.lost
        raise TesseraError(
            f"{file}: {unknown[0].place}: record {number} of {batch.file} (batch {batch_id[:8]}) is not in quarantine",
            expected="records that were rejected",
            found="its file in quarantine is gone"
            if lost
            else f"{'a record that was loaded' if exists else f'a file of {batch.records} records'}"
            + (f"; {len(unknown) - 1} more like it" if len(unknown) > 1 else ""),
            fix="remove it from the repair file"
            + ("; to change a loaded record, deliver it again" if exists and not lost else ""),
        )


def _check_form(contract: Contract, mended: MendedFile, batches: Sequence[Batch], *, file: str) -> None:
    """Refuse a file of the wrong shape, and one that has lost columns on the way."""
    wanted = shape_of(batches[0])
    if mended.shape != wanted:
        names = {"csv": "CSV", "jsonl": "JSON lines"}
        raise FileRejectedError(
            f"{file}: it is {names[mended.shape]}",
            expected=f"{names[wanted]}, as it was exported",
            found=names[mended.shape],
            fix="mend the exported file without changing its form",
        )
    delivered = {name for batch in batches for name in batch.source_columns}
    lost = [column.source_name for column in contract.columns_in(delivered) if column.source_name not in mended.columns]
    if mended.shape == "csv" and lost:
        raise FileRejectedError(
            f"{file}: column {', '.join(map(repr, lost))} is missing, and its values would be lost",
            expected="every column of the exported file",
            found=", ".join(mended.columns),
            fix="put the column back, or export the records again",
        )


def _also_elsewhere(con: duckdb.DuckDBPyConnection, contract: Contract, lake: Lake, report: LoadReport) -> int:
    """How many repaired rows have a key, or a group, that other live batches have too."""
    key = contract.primary_key or contract.rules.reject_together
    live = lake.live_batches(contract.name)
    others = {batch.batch_id for batch in live} - {report.batch_id}
    if not key or not others:
        return 0
    names = ", ".join(sql.identifier(name) for name in key)
    counted = con.execute(
        f"select count(*) from ({lake.rows_sql(contract, live, of={report.batch_id})}) as repaired "
        f"where ({names}) in (select ({names}) from ({lake.rows_sql(contract, live, of=others)}) as others)"
    ).fetchone()
    return int(counted[0]) if counted else 0
