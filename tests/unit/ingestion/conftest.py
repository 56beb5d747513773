"""A small shop's contract, a lake and a quarantine of its own for every test of ingestion."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from data_contracts.contract import Contract, load_contract
from orchestration.ingestion.file_options import FileOptions
from orchestration.ingestion.lake import Lake
from orchestration.ingestion.loader import LoadReport, load_file
from orchestration.ingestion.quarantine import Quarantine

LOADED_AT = datetime(2024, 6, 1, 3, 0, tzinfo=UTC)
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
         primaryKey: true, primaryKeyPosition: 1, logicalTypeOptions: {maxLength: 20},
         customProperties: [{property: identifier, value: true}]}
      - {name: line, description: Line., logicalType: integer, physicalType: integer, required: true,
         primaryKey: true, primaryKeyPosition: 2}
      - {name: amount, description: Amount., logicalType: number, physicalType: "decimal(18,2)",
         required: true, logicalTypeOptions: {minimum: 0}}
      - {name: sold_on, description: Day., logicalType: date, physicalType: date}
      - {name: sold_at, description: Time., logicalType: timestamp, physicalType: timestamptz}
      - {name: weight, description: Weight., logicalType: number, physicalType: double}
      - {name: is_gift, description: Gift., logicalType: boolean, physicalType: boolean}
      - name: kind
        description: Kind.
        logicalType: string
        physicalType: varchar
        quality:
          - {metric: invalidValues, mustBe: 0, arguments: {validValues: [sale, refund]}}
      - {name: currency, description: Currency., logicalType: string, physicalType: varchar,
         logicalTypeOptions: {pattern: "^[A-Z]{3}$"}}
      - {name: note, description: Note., logicalType: string, physicalType: varchar,
         logicalTypeOptions: {maxLength: 60}}
customProperties:
  - {property: maxRejectedShare, value: 0.5}
"""


@dataclass(frozen=True)
class Shop:
    """Everything a load needs, with short ways to load and to read back."""

    con: duckdb.DuckDBPyConnection
    folder: Path
    contract: Contract
    lake: Lake
    quarantine: Quarantine

    def load(self, path: Path, contract: Contract | None = None, **options: Any) -> LoadReport:
        return load_file(
            self.con,
            contract or self.contract,
            path,
            lake=self.lake,
            quarantine=self.quarantine,
            options=FileOptions(**options),
            loaded_at=LOADED_AT,
        )

    def write(self, name: str, content: bytes) -> Path:
        path = self.folder / name
        path.write_bytes(content)
        return path

    def rows(self, columns: str = "*") -> list[tuple[Any, ...]]:
        self.lake.create_raw_view(self.con, self.contract)
        return self.con.execute(
            f"select {columns} from raw.shop__orders order by _batch_sequence, _row_number"
        ).fetchall()

    def rejected(self) -> list[tuple[int, list[tuple[str | None, str]], str]]:
        """Record number, (column, reason) pairs and raw text of every quarantined row."""
        files = self.quarantine.files(self.contract.name)
        if not files:
            return []
        listed = ", ".join(f"'{path}'" for path in files)
        rows = self.con.execute(
            f"select record_number, reasons, raw from read_parquet([{listed}]) order by 1"
        ).fetchall()
        return [(number, [(item["column"], item["reason"]) for item in reasons], raw) for number, reasons, raw in rows]


def contract_from(folder: Path, text: str, name: str = "shop__orders") -> Contract:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.odcs.yaml"
    path.write_text(text, encoding="utf-8")
    return load_contract(path)


@pytest.fixture
def make_contract(tmp_path: Path) -> Callable[[str], Contract]:
    return lambda text: contract_from(tmp_path / "other_contracts", text)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    con = duckdb.connect()
    con.execute("set enable_progress_bar = false; set memory_limit = '512MB'; set threads = 2")
    landing = tmp_path / "landing"
    landing.mkdir()
    yield Shop(
        con,
        landing,
        contract_from(tmp_path / "contracts", ORDERS),
        Lake(tmp_path / "lake"),
        Quarantine(tmp_path / "quarantine"),
    )
    con.close()


@pytest.fixture
def orders_text() -> str:
    return ORDERS
