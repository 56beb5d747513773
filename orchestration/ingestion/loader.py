"""Load one file: read, check, quarantine, reconcile, commit.

Belongs here: the order of the steps and what makes a load fail. Does not belong here: how any step works.

The order is what makes a kill harmless: rejected rows are written first, the lake's rename is last and is the
only commit. Whatever a killed load leaves is overwritten or removed by the next one.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from data_contracts import sql_quoting as sql
from data_contracts.contract import Contract
from orchestration.ingestion.batch_builder import BuiltBatch, build_batch
from orchestration.ingestion.delivery import Delivery
from orchestration.ingestion.file_errors import FileRejectedError, ReconciliationError, RejectedShareError
from orchestration.ingestion.file_options import FileOptions, format_of
from orchestration.ingestion.file_reader import LandingFile, look_at, stage_file
from orchestration.ingestion.lake import REPAIR, Batch, Lake, batch_id_of
from orchestration.ingestion.parquet_reader import check_readable
from orchestration.ingestion.quarantine import Quarantine
from orchestration.ingestion.same_delivery import SameDelivery, same_deliveries
from orchestration.ingestion.schema_drift import SchemaDrift, check_drift, find_drift
from orchestration.ingestion.staging import StagedRows


@dataclass(frozen=True)
class LoadReport:
    """What became of a file; counts are records, ``reasons`` counts rejected rows by their reason codes."""

    table: str
    file: str
    batch_id: str
    records: int
    good: int
    rejected: int
    reasons: dict[str, int]
    already_loaded: bool
    drift: SchemaDrift
    supersedes: tuple[str, ...]
    seconds: float


def load_file(
    con: duckdb.DuckDBPyConnection,
    contract: Contract,
    path: Path,
    *,
    lake: Lake,
    quarantine: Quarantine,
    options: FileOptions | None = None,
    delivery: Delivery = Delivery(),  # noqa: B008  it is frozen
    repairs: Mapping[str, Sequence[int]] | None = None,
    loaded_at: datetime,
) -> LoadReport:
    """Load a landing file into the lake.

    Args:
        con: An in-memory connection; its time zone is changed during the load and put back.
        contract: What the file is held against.
        path: The file.
        lake: Where good rows go.
        quarantine: Where bad rows go.
        options: How the source declares its files; by default told by the suffix, UTF-8, commas, UTC.
        delivery: From which source entry the file came and what it stands for; by default an increment of none.
        repairs: Where the file holds repaired records: the numbers they had, by the batch they were kept out of, in
            the file's order. Such a file replaces nothing, and is not held against what a whole delivery must be.
        loaded_at: The time of the load, with a zone; kept in the batch's record.

    Raises:
        FileRejectedError: When the file as a whole cannot be read; nothing is written.
        RejectedShareError: When too many rows are bad; the quarantine is written, the lake is not touched.
        ReconciliationError: When records and written rows differ; the lake is not touched.
        SnapshotShrunkError: When a snapshot has lost too many rows; the lake is not touched.
    """
    begun = time.perf_counter()
    options, path = options or FileOptions(), Path(path)
    lake.clear_leftovers(contract.name)
    landing = look_at(path)
    reading = delivery.reading(options.reading(format_of(path, options, contract)))
    reading = {**reading, "repairs": _digest(repairs)} if repairs else reading
    wanted = f"{REPAIR if repairs else ''}{batch_id_of(landing.sha256, reading, contract)}"
    live = [batch for batch in lake.live_batches(contract.name) if bool(batch.repairs) == bool(repairs)]
    for batch in live:
        if batch.batch_id.split("-")[0] == wanted and delivery.is_in_lake(batch, live):
            return report_of(batch, already_loaded=True, begun=begun)
    batch_id = lake.free_batch_id(contract.name, wanted)
    sequence = max((batch.sequence for batch in lake.batches(contract.name)), default=0) + 1
    workspace = lake.open_workspace(contract.name)
    try:
        with _time_zone(con, options.time_zone):
            staged = stage_file(con, contract, path, options=options, workspace=workspace)
            columns = dict(zip(staged.columns, staged.types, strict=True))
            drift = find_drift(contract, columns, live[-1].source_columns if live and not repairs else None)
            if repairs:
                _check_whole(path.name, sent=sum(map(len, repairs.values())), read=staged.records)
            else:
                _check_record_count(contract, staged, path)
                check_drift(contract, drift, file=path.name)
            if delivery.records is not None:
                _check_whole(path.name, sent=delivery.records, read=staged.records)
            built = _build(
                con,
                contract,
                staged,
                path,
                options,
                workspace=workspace,
                sequence=sequence,
                loaded_at=loaded_at,
                deliveries=same_deliveries(contract, lake, repairs or {}),
            )
            rejected = 0
            if built.rejected_relation is not None:
                rejected = quarantine.write(con, built.rejected_relation, table=contract.name, batch_id=batch_id)
        landing.check_unchanged()
        _reconcile(path.name, staged.records, built.good, rejected)
        reasons = _reasons(con, quarantine, contract.name, batch_id) if rejected else {}
        _check_share(con, contract, options, quarantine, landing, batch_id, staged.records, rejected)
        delivery.check_size(built.good, live, file=path.name)
        batch = Batch(
            table=contract.name,
            batch_id=batch_id,
            sequence=sequence,
            file=path.name,
            file_size=landing.size,
            file_sha256=landing.sha256,
            options=reading,
            contract_version=contract.version,
            contract_fingerprint=contract.fingerprint,
            columns=list(contract.column_names),
            records=staged.records,
            good=built.good,
            rejected=rejected,
            reasons=reasons,
            source_columns=columns,
            drift=asdict(drift),
            loaded_at=loaded_at.isoformat(),
            supersedes=[] if repairs else delivery.superseded(live, sha256=landing.sha256),
            origin=delivery.origin,
            cursor=delivery.cursor,
            tail=delivery.tail,
            repairs={name: list(numbers) for name, numbers in (repairs or {}).items()},
            rejected_again=quarantine.record_numbers(con, contract.name, batch_id) if repairs and rejected else [],
        )
        lake.commit(batch, built.rows)
    finally:
        shutil.rmtree(workspace, ignore_errors=True)
    return report_of(batch, already_loaded=False, begun=begun)


def _digest(repairs: Mapping[str, Sequence[int]]) -> str:
    return hashlib.sha256(json.dumps([[name, list(numbers)] for name, numbers in repairs.items()]).encode()).hexdigest()


@contextmanager
def _time_zone(con: duckdb.DuckDBPyConnection, zone: str) -> Iterator[None]:
    row = con.execute("select current_setting('TimeZone')").fetchone()
    before = str(row[0]) if row else "UTC"
    con.execute(f"set TimeZone = {sql.text(zone)}")
    try:
        yield
    finally:
        con.execute(f"set TimeZone = {sql.text(before)}")


def _build(
    con: duckdb.DuckDBPyConnection,
    contract: Contract,
    staged: StagedRows,
    path: Path,
    options: FileOptions,
    *,
    workspace: Path,
    sequence: int,
    loaded_at: datetime,
    deliveries: Sequence[SameDelivery],
) -> BuiltBatch:
    try:
        return build_batch(
            con,
            contract,
            staged,
            options.notation,
            workspace=workspace,
            file=path.name,
            sequence=sequence,
            loaded_at=loaded_at,
            deliveries=deliveries,
        )
    except duckdb.Error:
        # Damaged pages show only now, under any error type; a full disk is not the file's fault.
        if staged.in_place:
            check_readable(con, path)
        raise


def _check_record_count(contract: Contract, staged: StagedRows, path: Path) -> None:
    if staged.records < contract.minimum_rows:
        raise FileRejectedError(
            f"{path.name}: {staged.records} records",
            expected=f"at least {contract.minimum_rows}, by the rowCount rule of {contract.name}",
            found="a header and nothing below it" if not staged.records else f"{staged.records} records",
            fix="have the source deliver the table again",
        )


def _reconcile(file: str, records: int, good: int, rejected: int) -> None:
    if records != good + rejected:
        raise ReconciliationError(
            f"{file}: the load does not add up",
            expected=f"{records} records, as counted in the file",
            found=f"{good} good and {rejected} rejected rows, as counted in what was written",
            fix="this is a fault of the reader: keep the file and report it; nothing was committed",
        )


def _check_whole(file: str, *, sent: int, read: int) -> None:
    if sent != read:
        raise ReconciliationError(
            f"{file}: records were lost between the source and the file",
            expected=f"{sent} records, as the source counted them",
            found=f"{read} records in the file",
            fix="this is a fault of the extraction: report it; nothing was committed",
        )


def _reasons(con: duckdb.DuckDBPyConnection, quarantine: Quarantine, table: str, batch_id: str) -> dict[str, int]:
    counts: dict[str, int] = {}
    for item in quarantine.summarise(con, table, batch_id=batch_id):
        counts[item.reason] = counts.get(item.reason, 0) + item.rows
    return counts


def _check_share(
    con: duckdb.DuckDBPyConnection,
    contract: Contract,
    options: FileOptions,
    quarantine: Quarantine,
    landing: LandingFile,
    batch_id: str,
    records: int,
    rejected: int,
) -> None:
    own = options.max_rejected_share
    limit = contract.rules.max_rejected_share if own is None else own
    if not rejected or rejected / records <= limit:
        return
    top = quarantine.summarise(con, contract.name, batch_id=batch_id)[:5]
    listed = "; ".join(f"{item.reason} in {item.column or 'the record'}: {item.rows}" for item in top)
    raise RejectedShareError(
        f"{landing.path.name}: {rejected / records:.1%} of its rows are bad ({rejected} of {records})",
        expected=f"at most {limit:.1%}, the limit for {contract.name}",
        found=listed,
        fix=f"tessera quarantine list --contract {contract.name} --values 3 shows them; mend the source and load it "
        "again; the lake was not touched",
    )


def report_of(batch: Batch, *, already_loaded: bool, begun: float) -> LoadReport:
    """What is told of a batch; ``begun`` is the performance counter when its load began."""
    return LoadReport(
        table=batch.table,
        file=batch.file,
        batch_id=batch.batch_id,
        records=batch.records,
        good=batch.good,
        rejected=batch.rejected,
        reasons=dict(batch.reasons),
        already_loaded=already_loaded,
        drift=SchemaDrift.from_json(batch.drift),
        supersedes=tuple(batch.supersedes),
        seconds=time.perf_counter() - begun,
    )
