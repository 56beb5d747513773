"""Where a person looks at rejected records of the small shop and mends them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from data_contracts.contract import Contract
from orchestration.errors import TesseraError
from orchestration.ingestion.dismissing import dismiss
from orchestration.ingestion.rejections import Rejections, find_rejections
from orchestration.ingestion.repair import RepairReport, resubmit
from orchestration.ingestion.repair_export import export
from tests.unit.ingestion.conftest import LOADED_AT

HEADER = b"order_id,line,amount\n"
CONTENT = HEADER + b"A,1,1\nB,1,x\nC,1,3\nD,1\nE,1,y\n"


class Desk:
    """Short ways to load, export, mend, submit again and count."""

    def __init__(self, shop: Any) -> None:
        self.shop = shop
        self.name = shop.contract.name
        self._files = 0

    def load(self, content: bytes, name: str = "orders.csv", **options: Any) -> Any:
        return self.shop.load(self.shop.write(name, content), max_rejected_share=1, **options)

    def rejections(self) -> Rejections:
        return find_rejections(self.shop.con, self.shop.lake, self.shop.quarantine, self.name)

    def states(self) -> dict[str, int]:
        rejections = self.rejections()
        return dict(
            self.shop.con.execute(f"select state, count(*) from {rejections.relation} group by state").fetchall()
        )

    def open(self) -> list[tuple[int, list[str]]]:
        rejections = self.rejections()
        rows = self.shop.con.execute(
            f"select record_number, reasons from {rejections.relation} where state = 'open' order by sequence, 1"
        ).fetchall()
        return [(number, [reason["reason"] for reason in reasons]) for number, reasons in rows]

    def export(self, contract: Contract | None = None, **choice: Any) -> Path:
        self._files += 1
        path = self.shop.folder / f"repair_{self._files}"
        export(self.shop.con, contract or self.shop.contract, self.rejections(), path, **choice)
        return path

    def mend(self, path: Path, *replaced: tuple[str, str]) -> Path:
        text = path.read_text(encoding="utf-8")
        for old, new in replaced:
            assert old in text, f"{old!r} is not in {text}"
            text = text.replace(old, new)
        path.write_text(text, encoding="utf-8")
        return path

    def resubmit(self, path: Path, contract: Contract | None = None) -> RepairReport:
        return resubmit(
            self.shop.con,
            contract or self.shop.contract,
            path,
            lake=self.shop.lake,
            quarantine=self.shop.quarantine,
            loaded_at=LOADED_AT,
        )

    def dismiss(self, batch_id: str, records: list[int] | None, why: str = "never sent") -> list[int]:
        return dismiss(
            self.shop.con,
            self.rejections(),
            self.shop.quarantine,
            batch_id=batch_id,
            records=records,
            why=why,
            who="ada",
            when=LOADED_AT,
        )

    def orders(self) -> list[tuple[str, float]]:
        return sorted((order, float(amount)) for order, amount in self.shop.rows("order_id, amount"))

    def latest(self) -> dict[str, float]:
        """Orders as staging takes them: of every key the row that was loaded last."""
        self.shop.rows()
        rows = self.shop.con.execute(
            "select order_id, amount from raw.shop__orders qualify row_number() over "
            "(partition by order_id, line order by _batch_sequence desc, _row_number desc) = 1"
        ).fetchall()
        return {order: float(amount) for order, amount in rows}


def refused(call: Callable[[], object]) -> str:
    with pytest.raises(TesseraError) as error:
        call()
    return str(error.value)
