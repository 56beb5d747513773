"""One load of extracts into one table of the lake.

Belongs here: what every extract of one source entry is loaded with, where the last committed one ended, and the
temporary folder. Does not belong here: reading a source.

The cursor is committed in the batch's record, so with the rows and by the same rename: a kill between reading and
committing makes the next run read the same rows again, and a kill after it makes it go on behind them.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from data_contracts.contract import Contract
from orchestration.configuration.source_settings import Source
from orchestration.ingestion.delivery import Delivery
from orchestration.ingestion.file_options import FileOptions
from orchestration.ingestion.lake import Batch, Lake
from orchestration.ingestion.loader import LoadReport, load_file, report_of
from orchestration.ingestion.quarantine import Quarantine


@dataclass(frozen=True, kw_only=True)
class Loading:
    """What the extracts of one source entry are loaded with.

    Attributes:
        con: An in-memory connection.
        contract: What the rows are held against.
        source: The entry of ``tessera.yml``.
        options: How the extracts are written.
        lake: Where good rows go.
        quarantine: Where bad rows go.
        landing: Folder of extracts that are not in the lake yet.
        loaded_at: The time of the load, with a zone.
    """

    con: duckdb.DuckDBPyConnection
    contract: Contract
    source: Source
    options: FileOptions
    lake: Lake
    quarantine: Quarantine
    landing: Path
    loaded_at: datetime

    @property
    def place(self) -> str:
        """The source as messages call it."""
        return f"source {self.contract.name} ({self.source.origin})"

    def delivery(
        self, *, records: int, cursor: str | None = None, tail: str | None = None, is_snapshot: bool = False
    ) -> Delivery:
        """Describe an extract of this source."""
        return Delivery(
            origin=self.source.origin,
            is_extract=True,
            cursor=cursor,
            tail=tail,
            records=records,
            is_snapshot=is_snapshot,
            max_drop_share=self.source.max_snapshot_drop_share,
        )

    def load(self, path: Path, delivery: Delivery) -> LoadReport:
        """Load an extract and remove it."""
        report = load_file(
            self.con,
            self.contract,
            path,
            lake=self.lake,
            quarantine=self.quarantine,
            options=self.options,
            delivery=delivery,
            loaded_at=self.loaded_at,
        )
        path.unlink()
        return report

    def own_batches(self) -> list[Batch]:
        """The live batches of this source entry, in the order of loading."""
        return [batch for batch in self.lake.live_batches(self.contract.name) if batch.origin == self.source.origin]

    def last(self) -> Batch | None:
        """The batch behind which to go on.

        A batch that was read under another contract or in another time zone does not count: like a file, the source
        is then read again from its beginning, so that rows the old contract rejected get their chance.
        """
        if self.options.format is None:
            raise ValueError("extracts have a declared format")
        reading = {**self.options.reading(self.options.format), "origin": self.source.origin}
        fitting = [
            batch
            for batch in self.own_batches()
            if batch.cursor is not None
            and batch.contract_fingerprint == self.contract.fingerprint
            and batch.options == reading
        ]
        return fitting[-1] if fitting else None

    def reports(self, new: list[LoadReport]) -> list[LoadReport]:
        """Reports of everything live of this source, as for files: what was there before, then what is new."""
        fresh = {report.batch_id for report in new}
        begun = time.perf_counter()
        old = [batch for batch in self.own_batches() if batch.batch_id not in fresh]
        return [report_of(batch, already_loaded=True, begun=begun) for batch in old] + new

    @contextmanager
    def folder(self) -> Iterator[Path]:
        """An empty folder for this table's extracts; what a killed run left is removed, and so is the folder after."""
        folder = self.landing / self.contract.name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
