"""The door for databases and APIs: choose the reader for a source.

Belongs here: the choice, and what holds for every kind. Does not belong here: how a kind is read; each has modules of
its own.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import duckdb

from data_contracts.contract import Contract
from orchestration.configuration.secrets import read_secret
from orchestration.configuration.source_settings import Source
from orchestration.extraction.loading import Loading
from orchestration.ingestion.file_options import FileOptions
from orchestration.ingestion.lake import Lake
from orchestration.ingestion.loader import LoadReport
from orchestration.ingestion.quarantine import Quarantine


def load_extracts(
    con: duckdb.DuckDBPyConnection,
    contract: Contract,
    source: Source,
    *,
    lake: Lake,
    quarantine: Quarantine,
    landing: Path,
    time_zone: str,
    loaded_at: datetime,
) -> list[LoadReport]:
    """Read what is new in a database or an API, and load it.

    Args:
        con: An in-memory connection.
        contract: What the rows are held against.
        source: The entry of ``tessera.yml``; of postgres or rest.
        lake: Where good rows go; its batches tell where the last extraction ended.
        quarantine: Where bad rows go.
        landing: Folder for extracts; empty of this table's when done.
        time_zone: Zone of times without an offset.
        loaded_at: The time of the load, with a zone.

    Returns:
        Reports of every live batch of this source; empty when a source is empty and may be.

    Raises:
        ExtractionError: The source could not be read.
        TesseraError: Its secret is not set, or an extract was turned away by the loader.
    """
    loading = Loading(
        con=con,
        contract=contract,
        source=source,
        options=FileOptions(
            format="csv" if source.postgres else "jsonl",
            decimal=source.decimal,
            thousands=source.thousands,
            date_format=source.date_format,
            timestamp_format=source.timestamp_format,
            time_zone=time_zone,
            max_rejected_share=source.max_rejected_share,
        ),
        lake=lake,
        quarantine=quarantine,
        landing=landing,
        loaded_at=loaded_at,
    )
    secret = read_secret(source.secret, wanted_by=loading.place) if source.secret else None
    # Imported here because the drivers cost a second that deployments of files alone should not pay for.
    if source.postgres is not None and secret is not None:
        from orchestration.extraction.postgres import load_table

        return loading.reports(load_table(loading, source.postgres, secret))
    if source.rest is not None:
        from orchestration.extraction.rest import load_endpoint

        return loading.reports(load_endpoint(loading, source.rest, secret))
    raise ValueError("the source is neither a database nor an API")
