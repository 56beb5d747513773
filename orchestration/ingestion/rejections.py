"""What has become of every rejected record: open, repaired, dismissed, or refused with its whole file.

Belongs here: putting the quarantine, the lake and the dismissals together, as one relation. Does not belong here:
repairing (repair.py), wording (``console``).

Every record that was kept out of a live delivery is in exactly one state, so that rejected = open + repaired +
dismissed. A record that was submitted again and is still bad stays the same record: it keeps its batch and number,
and is shown with the reasons and values it has now. Records of superseded deliveries are nobody's business any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from data_contracts import sql_quoting as sql
from orchestration.ingestion.dismissals import Dismissals
from orchestration.ingestion.lake import REPAIR, Batch, Lake
from orchestration.ingestion.quarantine import Quarantine

OPEN, REPAIRED, DISMISSED, REFUSED = "open", "repaired", "dismissed", "refused"
_BATCHES = pa.schema(
    [
        ("batch_id", pa.string()),
        ("sequence", pa.int64()),
        ("file", pa.string()),
        ("loaded_at", pa.timestamp("us", tz="UTC")),
        ("is_refused", pa.bool_()),
    ]
)
_OUTCOMES = pa.schema(
    [
        ("batch_id", pa.string()),
        ("record_number", pa.int64()),
        ("is_repaired", pa.bool_()),
        ("tried_in", pa.string()),
        ("tried_as", pa.int64()),
    ]
)
_DISMISSED = pa.schema([("batch_id", pa.string()), ("record_number", pa.int64())])


@dataclass(frozen=True)
class Refusal:
    """A file that was refused as a whole after its bad records were written to quarantine."""

    batch_id: str
    file: str
    refused_at: datetime


@dataclass(frozen=True)
class Rejections:
    """The rejected records of one table.

    Attributes:
        table: The contract's name.
        deliveries: Live batches of the table that are no repairs, by their ids.
        refusals: Files that were refused as a whole and have not been loaded since.
        lost: How many rejected records of live deliveries are no longer in quarantine, by file.
        relation: Name of a relation on the connection: batch_id, sequence, file, loaded_at, record_number, line,
            reasons, raw, state; until the next call for the same connection.
    """

    table: str
    deliveries: dict[str, Batch]
    refusals: list[Refusal]
    lost: dict[str, int]
    relation: str = "rejected_records"


def tables_with_rejections(quarantine: Quarantine) -> list[str]:
    """The names of all tables that have files in quarantine."""
    if not quarantine.root.is_dir():
        return []
    return sorted(folder.name for folder in quarantine.root.iterdir() if quarantine.files(folder.name))


def find_rejections(con: duckdb.DuckDBPyConnection, lake: Lake, quarantine: Quarantine, table: str) -> Rejections:
    """Make the relation of a table's rejected records.

    Args:
        con: Any connection; the relation is a temporary view on it.
        lake: Tells which batches are live and what was repaired.
        quarantine: Holds the records.
        table: The contract's name.
    """
    live = lake.live_batches(table)
    deliveries = {batch.batch_id: batch for batch in live if not batch.repairs}
    refusals = _refusals(con, lake, quarantine, table)
    files = {path.stem: path for path in quarantine.files(table)}
    known = [
        (batch.batch_id, batch.sequence, batch.file, datetime.fromisoformat(batch.loaded_at), False)
        for batch in deliveries.values()
    ]
    known += [(item.batch_id, 0, item.file, item.refused_at, True) for item in refusals]
    dismissals = Dismissals(quarantine.root / table)
    dismissed = [
        (batch_id, record)
        for batch_id in deliveries
        for item in dismissals.of_batch(batch_id)
        for record in item.records
    ]
    # Also ends a result that the caller has not read to its end: nothing can be registered before.
    con.execute("drop view if exists rejected_records")
    con.register("rejections_batches", _table(known, _BATCHES))
    con.register("rejections_outcomes", _table(_outcomes(live), _OUTCOMES))
    con.register("rejections_dismissed", _table(list(dict.fromkeys(dismissed)), _DISMISSED))
    wanted = {batch_id for batch_id, *_ in known} | {batch.batch_id for batch in live}
    states = _states([files[batch_id] for batch_id in sorted(wanted & set(files))])
    con.execute(f"create temp view rejected_records as {states}")
    lost: dict[str, int] = {}
    for batch in deliveries.values():
        if batch.rejected and batch.batch_id not in files:
            lost[batch.file] = lost.get(batch.file, 0) + batch.rejected
    return Rejections(table, deliveries, refusals, lost)


def _table(rows: Sequence[tuple[object, ...]], schema: pa.Schema) -> pa.Table:
    return pa.Table.from_pylist([dict(zip(schema.names, row, strict=True)) for row in rows], schema=schema)


def _outcomes(live: list[Batch]) -> list[tuple[object, ...]]:
    """For every record that was submitted again, what came of it; for those still bad, of the last time."""
    found: dict[tuple[str, int], tuple[bool, str, int]] = {}
    for batch in live:
        good = {own for own, _, _ in batch.repaired}
        records = [(batch_id, record) for batch_id, numbers in batch.repairs.items() for record in numbers]
        for number, record in enumerate(records, start=1):
            if number in good or not found.get(record, (False,))[0]:
                found[record] = (number in good, batch.batch_id, number)
    return [(*record, *outcome) for record, outcome in found.items()]


def _states(files: list[Path]) -> str:
    written = (
        f"select parse_filename(filename, true) as written_for, record_number, line, reasons, raw "
        f"from read_parquet({sql.text_list(str(path) for path in files)}, filename = true)"
        if files
        else "select null::varchar as written_for, null::bigint as record_number, null::bigint as line, "
        'null::struct("column" varchar, reason varchar, "value" varchar)[] as reasons, null::varchar as raw where false'
    )
    return f"""
        with written as ({written})
        select
            batches.batch_id,
            batches.sequence,
            batches.file,
            batches.loaded_at,
            written.record_number,
            written.line,
            coalesce(again.reasons, written.reasons) as reasons,
            coalesce(again.raw, written.raw) as raw,
            case
                when batches.is_refused then {sql.text(REFUSED)}
                when outcomes.is_repaired then {sql.text(REPAIRED)}
                when dismissed.batch_id is not null then {sql.text(DISMISSED)}
                else {sql.text(OPEN)}
            end as state
        from written
        inner join rejections_batches as batches on written.written_for = batches.batch_id
        left join rejections_outcomes as outcomes
            on written.written_for = outcomes.batch_id and written.record_number = outcomes.record_number
        left join written as again
            on outcomes.tried_in = again.written_for and outcomes.tried_as = again.record_number
        left join rejections_dismissed as dismissed
            on written.written_for = dismissed.batch_id and written.record_number = dismissed.record_number
    """


def _refusals(con: duckdb.DuckDBPyConnection, lake: Lake, quarantine: Quarantine, table: str) -> list[Refusal]:
    """Files in quarantine without a batch in the lake, unless a file of the same name was loaded since."""
    batches = lake.batches(table)
    known = {batch.batch_id for batch in batches}
    found = []
    for path in quarantine.files(table):
        # A killed resubmission leaves its file, which says nothing about any delivery.
        if path.stem in known or path.stem.startswith(REPAIR):
            continue
        at = datetime.fromtimestamp(path.stat().st_mtime, tz=UTC)
        names = con.execute(f"select any_value(file) from read_parquet({sql.path(path)})").fetchall()
        file = str(names[0][0])
        if not any(batch.file == file and datetime.fromisoformat(batch.loaded_at) > at for batch in batches):
            found.append(Refusal(path.stem, file, at))
    return found
