"""A shop whose orders are in a database or behind an API, and a lake to load them into."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb

from data_contracts.contract import Contract, load_contract
from orchestration.configuration.source_settings import Source
from orchestration.extraction.extract import load_extracts
from orchestration.ingestion.lake import Batch, Lake
from orchestration.ingestion.loader import LoadReport
from orchestration.ingestion.quarantine import Quarantine

TABLE = "shop__orders"
ORDERS = """
apiVersion: v3.1.0
kind: DataContract
id: shop__orders
version: 1.0.0
status: active
schema:
  - name: orders
    description: Order lines of a small shop.
    quality:
      - metric: rowCount
        mustBeGreaterThan: 0
    properties:
      - {name: order_id, description: Order., logicalType: string, physicalType: varchar, required: true,
         primaryKey: true, primaryKeyPosition: 1}
      - {name: line, description: Line., logicalType: integer, physicalType: integer, required: true,
         primaryKey: true, primaryKeyPosition: 2}
      - {name: amount, description: Amount., logicalType: number, physicalType: "decimal(38,10)"}
      - {name: ratio, description: Ratio., logicalType: number, physicalType: double}
      - {name: is_gift, description: Gift., logicalType: boolean, physicalType: boolean}
      - {name: sold_on, description: Day., logicalType: date, physicalType: date}
      - {name: sold_at, description: Time., logicalType: timestamp, physicalType: timestamptz}
      - {name: note, description: Note., logicalType: string, physicalType: varchar, physicalName: Gift note}
      - {name: extra, description: Any JSON., logicalType: string, physicalType: varchar}
      - {name: tags, description: Tags., logicalType: string, physicalType: varchar}
customProperties:
  - {property: maxRejectedShare, value: 1}
"""
COLUMNS = ("order_id", "line", "amount", "ratio", "is_gift", "sold_on", "sold_at", "note", "extra", "tags")
CREATE = """
    create table shop.orders (
        order_id text not null,
        line int not null,
        amount numeric,
        ratio float8,
        is_gift boolean,
        sold_on date,
        sold_at timestamptz,
        "Gift note" text,
        extra jsonb,
        tags text[],
        updated_at timestamptz not null,
        inner_margin numeric default 1,
        primary key (order_id, line)
    )
"""


@dataclass(frozen=True)
class Shop:
    """A lake of its own and a connection, for one process."""

    con: duckdb.DuckDBPyConnection
    folder: Path
    contract: Contract
    lake: Lake
    quarantine: Quarantine

    def extract(self, entry: Mapping[str, Any], *, time_zone: str = "UTC", contract: Contract | None = None) -> Any:
        """Extract what ``entry`` (postgres or rest, and the rest of the source) describes."""
        return load_extracts(
            self.con,
            contract or self.contract,
            Source.model_validate({"contract": TABLE, **entry}),
            lake=self.lake,
            quarantine=self.quarantine,
            landing=self.folder / "landing",
            time_zone=time_zone,
            loaded_at=datetime(2024, 6, 1, 3, 0, tzinfo=UTC),
        )

    def added(self, entry: Mapping[str, Any], **more: Any) -> list[LoadReport]:
        """The reports of what an extraction added to the lake."""
        return [report for report in self.extract(entry, **more) if not report.already_loaded]

    def batches(self) -> list[Batch]:
        return self.lake.batches(TABLE)

    def newest(self, columns: str = "*") -> list[tuple[Any, ...]]:
        """What staging makes of the lake: the newest row of each key."""
        self.lake.create_raw_view(self.con, self.contract)
        self.con.execute("set TimeZone = 'UTC'")
        return self.con.execute(f"""
            with newest as (
                select * from raw.{TABLE}
                qualify row_number() over (
                    partition by order_id, line order by _batch_sequence desc, _row_number desc
                ) = 1
            )
            select {columns} from newest order by order_id, line
        """).fetchall()

    def rejected(self) -> list[tuple[str, list[tuple[str | None, str]]]]:
        """The raw record and (column, reason) pairs of every quarantined row."""
        files = self.quarantine.files(TABLE)
        if not files:
            return []
        listed = ", ".join(f"'{path}'" for path in files)
        found = self.con.execute(f"select raw, reasons from read_parquet([{listed}]) order by file, record_number")
        return [(raw, [(item["column"], item["reason"]) for item in reasons]) for raw, reasons in found.fetchall()]


@lru_cache
def contract_of(text: str = ORDERS) -> Contract:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"{TABLE}.odcs.yaml")
        path.write_text(text, encoding="utf-8")
        return load_contract(path)


def open_shop(folder: Path) -> Shop:
    con = duckdb.connect()
    con.execute("set enable_progress_bar = false; set memory_limit = '512MB'; set threads = 2")
    return Shop(con, folder, contract_of(), Lake(folder / "lake"), Quarantine(folder / "quarantine"))


def run(folder: str, entry: str, variable: str, secret: str) -> None:
    """One extraction in a process that may be killed."""
    os.environ[variable] = secret
    open_shop(Path(folder)).extract(json.loads(entry))
