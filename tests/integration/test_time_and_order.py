"""No night sees the future, and the order of the rows does not matter: the published bytes are the same."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.support import nights, small_company

NIGHT = dt.date(2024, 9, 17)
# When something happened, by table; the others are master data.
HAPPENED = {"interactions": "occurred_at", "answers": "answered_at", "social": "occurred_at"}


def as_it_is(name: str, rows: pd.DataFrame) -> pd.DataFrame:
    return rows


def published(
    lines: pd.DataFrame, folder: Path, *, change: Callable[[str, pd.DataFrame], pd.DataFrame] = as_it_is
) -> dict[str, str]:
    config = small_company.write_company(
        folder / "company", lines=lines, nights="first: 2024-06-30", matching=True, change=change
    )
    night = nights.run(config, folder / "home", NIGHT)
    assert night.outcome.exit_code == 0, night.outcome.errors
    files = [path for path in night.served.path.glob("*.parquet") if path.stem != "data_quality"]
    assert len(files) == len(night.deployment.outbound) - 1
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return published(small_company.order_lines(), tmp_path_factory.mktemp("reference"))


def test_changing_every_later_event_changes_nothing(reference: dict[str, str], tmp_path: Path) -> None:
    lines = small_company.order_lines()
    later = lines["ordered_at"].dt.date > NIGHT
    assert later.sum() > 100
    lines.loc[later, "unit_price"] *= 100
    lines.loc[later, "quantity"] = 99
    lines.loc[later, "customer_ref"] = "k001"
    lines.loc[later, "ordered_at"] += pd.Timedelta(days=40)
    strangers = lines[later].head(30).assign(customer_ref="stranger", order_id="stranger")
    strangers["line_number"] = range(1000, 1030)

    def without_what_happens_later(name: str, rows: pd.DataFrame) -> pd.DataFrame:
        if name not in HAPPENED:
            return rows
        happens_later = rows[HAPPENED[name]] > f"{NIGHT} 23:59:59"
        assert happens_later.sum() > 20, name
        return rows[~happens_later]

    assert published(pd.concat([lines, strangers]), tmp_path, change=without_what_happens_later) == reference


def test_shuffling_the_rows_changes_nothing(reference: dict[str, str], tmp_path: Path) -> None:
    draw = np.random.default_rng(5)

    def shuffled(name: str, rows: pd.DataFrame) -> pd.DataFrame:
        return rows.iloc[draw.permutation(len(rows))]

    lines = small_company.order_lines()
    assert published(lines.iloc[draw.permutation(len(lines))], tmp_path, change=shuffled) == reference


def test_changing_one_event_of_the_past_is_noticed(reference: dict[str, str], tmp_path: Path) -> None:
    lines = small_company.order_lines()
    lines.loc[3, "unit_price"] += 500
    changed = published(lines, tmp_path)
    assert changed["customers.parquet"] != reference["customers.parquet"]
