"""The lake: immutable Parquet batches, one folder per load.

Belongs here: naming, committing and listing batches, and the raw views over the live ones. Does not belong
here: reading and judging files (loader.py), rejected rows (quarantine.py).

    lake/<source>__<table>/<batch_id>/rows.parquet, batch.json
    lake/.tmp/                        loads under way, or left by a killed one

A batch becomes visible by one rename of its folder and never changes afterwards. One loader works on a table
at a time. A batch of repaired records holds for as long as the batches they were kept out of are live: when a
delivery is loaded anew, its repairs go with it.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import duckdb

from data_contracts import sql_quoting as sql
from data_contracts.contract import Contract
from orchestration.ingestion.durable_files import flush_to_disk
from orchestration.ingestion.file_errors import LakeDamagedError

ROWS, RECORD, TEMPORARY = "rows.parquet", "batch.json", ".tmp"
# Raised when the same bytes would be read differently, so that files are loaded anew under the new rules.
READING_RULES = 2
# Names of batches of repaired records begin with this, so that their files in quarantine can be told apart.
REPAIR = "repair_"
META_COLUMNS = {"_batch_sequence": "bigint", "_row_number": "bigint"}


@dataclass(frozen=True, kw_only=True)
class Batch:
    """What is known of one batch; the content of its batch.json.

    Attributes:
        origin: The source entry that delivered it (delivery.py); None for a file that was loaded by hand.
        cursor: How far an extraction has come with this batch: committed with its rows, in the same rename.
        tail: Digest of the rows that the next extraction will see again, where this batch has them all.
        repairs: Of a batch of repaired records: the record numbers they had, by the batch they were kept out of, in
            the order of its own records; empty for every other batch.
        rejected_again: Of a batch of repaired records: its own numbers of those that are still bad.
        rows_sha256: Of the rows file as it was committed; empty before that.
    """

    table: str
    batch_id: str
    sequence: int
    file: str
    file_size: int
    file_sha256: str
    options: dict[str, str]
    contract_version: str
    contract_fingerprint: str
    columns: list[str]
    records: int
    good: int
    rejected: int
    reasons: dict[str, int]
    source_columns: dict[str, str]
    drift: dict[str, Any]
    loaded_at: str
    supersedes: list[str] = field(default_factory=list)
    origin: str | None = None
    cursor: str | None = None
    tail: str | None = None
    repairs: dict[str, list[int]] = field(default_factory=dict)
    rejected_again: list[int] = field(default_factory=list)
    rows_sha256: str = ""

    @property
    def repaired(self) -> Iterator[tuple[int, str, int]]:
        """Own row number, the batch it was kept out of and its number there, of every record that was repaired."""
        still_bad = set(self.rejected_again)
        records = [(batch_id, record) for batch_id, numbers in self.repairs.items() for record in numbers]
        for number, (batch_id, record) in enumerate(records, start=1):
            if number not in still_bad:
                yield number, batch_id, record


def batch_id_of(file_sha256: str, options: Mapping[str, str], contract: Contract) -> str:
    """The name of the batch a file becomes: same bytes, same reading, same contract, same name."""
    parts = [READING_RULES, file_sha256, dict(options), contract.name, contract.fingerprint]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:32]


def digest_of(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Lake:
    """A folder of batches.

    Args:
        root: The lake's folder; created at the first load.
    """

    def __init__(self, root: Path) -> None:
        self.root = Path(root).resolve()

    def folders(self, table: str) -> list[Path]:
        """The folders of a table's batches, in no order that means anything."""
        folder = self.root / table
        return sorted(path for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []

    def batches(self, table: str) -> list[Batch]:
        """Every committed batch of a table in the order of loading, superseded ones included.

        Raises:
            LakeDamagedError: The record of one cannot be read.
        """
        records = [folder / RECORD for folder in self.folders(table)]
        found = [_read_batch(record) for record in records if record.is_file()]
        return sorted(found, key=lambda batch: batch.sequence)

    def live_batches(self, table: str) -> list[Batch]:
        """The batches that count: those no later batch supersedes, and repairs of records of those."""
        batches = self.batches(table)
        superseded = {name for batch in batches for name in batch.supersedes}
        delivered = {batch.batch_id for batch in batches if not batch.repairs} - superseded
        return [batch for batch in batches if batch.batch_id in delivered or delivered & set(batch.repairs)]

    def rows_path(self, batch: Batch) -> Path:
        """The rows of a committed batch."""
        return self.root / batch.table / batch.batch_id / ROWS

    def free_batch_id(self, table: str, wanted: str) -> str:
        """``wanted``, or with a number behind it when that batch exists but is superseded."""
        name, number = wanted, 1
        while (self.root / table / name).exists():
            number += 1
            name = f"{wanted}-{number}"
        return name

    def clear_leftovers(self, table: str) -> None:
        """Remove what a killed load of the table left in the temporary folder."""
        for leftover in (self.root / TEMPORARY).glob(f"{table}.*"):
            shutil.rmtree(leftover)

    def open_workspace(self, table: str) -> Path:
        """An empty temporary folder for one load."""
        workspace = self.root / TEMPORARY / f"{table}.{uuid.uuid4().hex}"
        workspace.mkdir(parents=True)
        return workspace

    def commit(self, batch: Batch, rows: Path) -> Path:
        """Make a batch visible.

        Args:
            batch: Its record, to which the digest of the rows is added.
            rows: The finished rows file, on the lake's file system.

        Returns:
            The batch's folder.
        """
        staged = self.root / TEMPORARY / f"{batch.table}.{uuid.uuid4().hex}"
        staged.mkdir(parents=True)
        rows.replace(staged / ROWS)
        record = staged / RECORD
        committed = replace(batch, rows_sha256=digest_of(staged / ROWS))
        record.write_text(json.dumps(asdict(committed), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        for path in (staged / ROWS, record, staged):
            flush_to_disk(path)
        table_folder = self.root / batch.table
        table_folder.mkdir(exist_ok=True)
        flush_to_disk(self.root)
        final = table_folder / batch.batch_id
        staged.rename(final)
        flush_to_disk(table_folder)
        return final

    def create_raw_view(self, con: duckdb.DuckDBPyConnection, contract: Contract) -> list[Batch]:
        """Point ``raw."<source>__<table>"`` at the live batches; a typed empty view when there are none.

        The files are listed by name, so a batch that is committed later is not seen until the view is made
        anew.

        Returns:
            The batches the view reads.
        """
        batches = self.live_batches(contract.name)
        con.execute("create schema if not exists raw")
        con.execute(f"create or replace view raw.{sql.identifier(contract.name)} as {self.rows_sql(contract, batches)}")
        return batches

    def rows_sql(self, contract: Contract, live: Sequence[Batch], *, of: Collection[str] | None = None) -> str:
        """A select of the rows that count, with ``META_COLUMNS``; typed and empty when there are none.

        Args:
            contract: Gives the columns and their types.
            live: Every live batch of its table.
            of: Ids of those to read; by default all.
        """
        outdated = _outdated_rows(live)
        layouts: dict[tuple[str, ...], list[Path]] = {}
        parts = []
        for batch in live:
            if of is not None and batch.batch_id not in of:
                continue
            columns, path = tuple(batch.columns), self.rows_path(batch)
            if batch.batch_id in outdated:
                numbers = ", ".join(map(str, outdated[batch.batch_id]))
                parts.append(f"{_select(contract, columns, [path])} where _row_number not in ({numbers})")
            else:
                layouts.setdefault(columns, []).append(path)
        parts += [_select(contract, columns, paths) for columns, paths in layouts.items()]
        return " union all ".join(parts or [f"{_select(contract, (), [])} where false"])


def _outdated_rows(live: Sequence[Batch]) -> dict[str, list[int]]:
    """Row numbers, by batch, of repaired records that were repaired again later, or whose delivery is superseded."""
    delivered = {batch.batch_id for batch in live if not batch.repairs}
    newer: set[tuple[str, int]] = set()
    outdated: dict[str, list[int]] = {}
    for batch in reversed(live):
        for number, batch_id, record in batch.repaired:
            if batch_id not in delivered or (batch_id, record) in newer:
                outdated.setdefault(batch.batch_id, []).append(number)
            newer.add((batch_id, record))
    return outdated


def _select(contract: Contract, columns: tuple[str, ...], paths: list[Path]) -> str:
    """Select the contract's columns from batches of one layout; columns they do not have are null."""
    listed = [
        f"cast({sql.identifier(c.name) if c.name in columns else 'null'} as {c.physical_type}) "
        f"as {sql.identifier(c.name)}"
        for c in contract.columns
    ]
    listed += [f"{name if paths else f'cast(null as {kind})'} as {name}" for name, kind in META_COLUMNS.items()]
    source = f" from read_parquet({sql.text_list(str(path) for path in paths)})" if paths else ""
    return f"select {', '.join(listed)}{source}"


def _read_batch(path: Path) -> Batch:
    known = {item.name for item in fields(Batch)}
    try:
        written: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return Batch(**{key: value for key, value in written.items() if key in known})
    except (ValueError, TypeError, AttributeError) as error:
        table = path.parent.parent
        raise LakeDamagedError(
            f"{path}: the record of a batch of {table.name} is damaged in the lake",
            expected="the JSON document that was written with the batch",
            found=str(error).splitlines()[0],
            fix=f"put this one file back from a backup; without one delete all of {table} and run the night again: "
            "everything that feeds the table is then read anew in its order, as long as its source still has it",
        ) from None
