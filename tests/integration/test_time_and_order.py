"""No night sees the future, and the order of the rows does not matter: the published bytes are the same."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pandas as pd

from ml.evaluation.leakage import changed_without_future
from ml.panels import KEYS
from orchestration.repository import ROOT
from tests.support import every_family, nights
from tests.support.every_family import SECOND_NIGHT as NIGHT

# When something happened, by table; the others are master data.
HAPPENED = {"interactions": "occurred_at", "answers": "answered_at", "social": "occurred_at"}


def published(night: nights.Night) -> dict[str, str]:
    assert night.served is not None
    files = [path for path in night.served.path.glob("*.parquet") if path.stem != "data_quality"]
    assert len(files) == len(night.deployment.outbound) - 1
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def changed_features(one: nights.Night, other: nights.Night) -> dict[str, dict[str, int]]:
    """By feature family: the features that the leakage check finds to differ, on any evaluated date."""
    columns = one.warehouse(
        "select table_name, column_name, data_type from duckdb_columns() "
        "where schema_name = 'features' and table_name like 'feat_customers__%' order by all"
    )
    found = {}
    for family, of_family in columns.groupby("table_name"):
        names = [name for name in of_family["column_name"] if name not in KEYS]
        # Lists as texts, since a frame cannot compare them.
        told = [
            f"cast({name} as varchar) as {name}" if data_type.endswith("]") else name
            for name, data_type in zip(of_family["column_name"], of_family["data_type"], strict=True)
        ]
        panels = (night.warehouse(f"select {', '.join(told)} from features.{family}") for night in (one, other))
        found[str(family)] = changed_without_future(*panels, feature_names=names)
    return found


def test_other_events_of_the_future_and_other_orders_of_the_rows_change_nothing(
    rebuilt: nights.Night, tmp_path: Path
) -> None:
    # That an event of the past is noticed is told by the kept dates (test_kept_dates), that matching does not see the
    # order of profiles by its scenarios.
    draw = np.random.default_rng(5)
    lines = every_family.order_lines(late=True)
    later = lines["ordered_at"].dt.date > NIGHT
    assert later.sum() > 100
    lines.loc[later, "unit_price"] *= 100
    lines.loc[later, "quantity"] = 99
    lines.loc[later, "customer_ref"] = "k001"
    lines.loc[later, "ordered_at"] += pd.Timedelta(days=40)
    strangers = lines[later].head(30).assign(customer_ref="stranger", order_id="stranger")
    strangers["line_number"] = range(1000, 1030)
    changed = pd.concat([lines, strangers])

    def shuffled_without_what_happens_later(name: str, rows: pd.DataFrame) -> pd.DataFrame:
        shuffled = rows.iloc[draw.permutation(len(rows))]
        if name not in HAPPENED:
            return shuffled
        happens_later = shuffled[HAPPENED[name]] > f"{NIGHT} 23:59:59"
        assert happens_later.sum() > 10, name
        return shuffled[~happens_later]

    night = every_family.run(
        tmp_path, NIGHT, changed.iloc[draw.permutation(len(changed))], change=shuffled_without_what_happens_later
    )
    assert published(night) == published(rebuilt)
    compared = changed_features(rebuilt, night)
    assert len(compared) == len(list((ROOT / "dbt_project" / "models" / "features").glob("feat_customers__*.sql")))
    assert set(map(len, compared.values())) == {0}, compared
