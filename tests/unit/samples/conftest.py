"""One simulated company for the tests that only look at it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

from orchestration.samples.company.placing import place_company


@dataclass(frozen=True)
class Placed:
    """Where a company's files and its truth lie."""

    data: Path
    truth: Path

    def true(self, table: str) -> pd.DataFrame:
        return pd.read_parquet(self.truth / f"{table}.parquet")

    def orders(self) -> pd.DataFrame:
        """Every row of the exports, in order, all of it text; the export's number beside it."""
        parts = [
            pd.read_csv(path, dtype=str, keep_default_na=False).assign(export=number)
            for number, path in enumerate(sorted(self.data.glob("shopify_orders_*.csv")))
        ]
        return pd.concat(parts, ignore_index=True)

    def lines(self, file: str) -> pd.DataFrame:
        return pd.read_json(self.data / file, lines=True, dtype=False, convert_dates=False)


def put(folder: Path, *, customers: int, seed: int = 42) -> Placed:
    placed = Placed(folder / "company", folder / "truth")
    place_company(placed.data, placed.truth, customers=customers, seed=seed)
    return placed


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Placed:
    return put(tmp_path_factory.mktemp("small"), customers=500)


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Placed:
    return put(tmp_path_factory.mktemp("company"), customers=1000)
