"""Predictions in real nights: proved, kept by date, the same from shuffled rows, refused where nothing is learnt."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

from orchestration.prediction import night as prediction_night
from orchestration.prediction.panel import DAYS_TO_NEXT, NEXT_MARGIN, RETURNED
from orchestration.prediction.tables import PREDICTIONS_TABLE, TABLES
from tests.support import clockwork_company, nights, small_company

NIGHT, NEXT_NIGHT = dt.date(2024, 12, 30), dt.date(2024, 12, 31)
# What is looked at here needs no more than these.
SCHEMES = "schemes: {clusters: false, satisfaction: false, needs: false, benefits: false, engagement: false}\n"
KEYS = {
    PREDICTIONS_TABLE: "as_of_date, customer_id",
    "ml_customers__category_propensities": "customer_id, propensity_rank",
    "ml_customers__response_propensities": "customer_id",
    "ml_models__metrics": "model, slice, metric, baseline",
    "ml_models__calibration": "model, decile",
}


def run(folder: Path, date: dt.date, *, shuffled: bool = False, home: str = "home") -> nights.Night:
    lines = clockwork_company.order_lines()
    config = small_company.write_company(
        folder / ("shuffled" if shuffled else "company"),
        lines=lines.sample(frac=1, random_state=5) if shuffled else lines,
        nights="first: 2024-06-30",
        schemes=SCHEMES,
    )
    night = nights.run(config, folder / home, date)
    assert night.outcome.exit_code == 0, night.outcome.errors
    return night


def tables(night: nights.Night) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table of predictions, as texts."""
    with duckdb.connect(str(night.deployment.home.warehouse), read_only=True) as warehouse:
        return {
            name: [
                tuple(map(repr, row)) for row in warehouse.execute(f"from ml.{name} order by {KEYS[name]}").fetchall()
            ]
            for name in TABLES
        }


def computed_by(night: nights.Night) -> dict[dt.date, str]:
    notes = night.warehouse("select input_date, computed_by from ml.ml_notes__predictions")
    return dict(zip(notes["input_date"].dt.date, notes["computed_by"], strict=True))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("predictions")


@pytest.fixture(scope="module")
def night(folder: Path) -> nights.Night:
    return run(folder, NIGHT)


@pytest.fixture(scope="module")
def written(night: nights.Night) -> dict[str, list[tuple[object, ...]]]:
    # Taken before another night in the same home writes others.
    return tables(night)


def test_a_model_that_proves_better_is_published_with_its_factors_and_reasons(night: nights.Night) -> None:
    published = night.mart("select * from customers where order_count > 0")
    assert set(published["return_source"]) == {"model"}
    for column in ("p_return_90d", "p_return_365d", "p_alive"):
        assert published[column].between(0, 1).all(), column
    assert (published["p_return_365d"] >= published["p_return_90d"]).all()
    assert (published["expected_orders_365d"] >= 0).all()
    began = published.dropna(subset=["next_order_from_date", "next_order_expected_date"])
    assert len(began) > 100
    assert (began["next_order_from_date"] > pd.Timestamp(NIGHT)).all()
    assert (began["next_order_expected_date"] >= began["next_order_from_date"]).all()
    metrics = night.mart("select * from model_metrics where model = 'return_90d' and slice = 'all'")
    assert set(metrics["decision"]) == {"promoted"}
    loss = metrics[metrics["metric"] == "log_loss"].iloc[0]
    assert loss["difference_upper"] < 0
    assert loss["tested_on_date"] == pd.Timestamp("2024-09-30")
    reasons = night.warehouse(f"select reasons from ml.{PREDICTIONS_TABLE} where as_of_date = '{NIGHT}'")
    assert reasons["reasons"].map(len).between(1, 3).all()


def test_the_window_before_a_date_is_the_last_that_its_model_knew(night: nights.Night) -> None:
    metrics = night.mart("select distinct trained_to_date, tested_on_date from model_metrics where slice = 'all'")
    known = metrics.dropna()
    assert len(known) >= 1
    gap = known["tested_on_date"] - known["trained_to_date"]
    # Responses are judged on other customers and not on later days.
    assert (gap[gap > pd.Timedelta(0)] >= pd.Timedelta(days=90)).all()


def test_the_version_names_its_model_and_carries_its_card(night: nights.Night) -> None:
    assert night.served is not None
    manifest = json.loads((night.served.path / "manifest.json").read_text(encoding="utf-8"))
    fingerprint = manifest["models"]["return"]
    assert (night.deployment.home.models / "return" / f"{fingerprint}.json").is_file()
    card = (night.served.path / "model_cards" / "return.md").read_text(encoding="utf-8")
    assert fingerprint in card
    assert "model_cards/return.md" in manifest["files"]


@pytest.mark.slow
@pytest.mark.usefixtures("written")
def test_past_dates_are_computed_once(folder: Path, night: nights.Night) -> None:
    before = computed_by(night)
    assert len(before) > 12
    assert computed_by(run(folder, NEXT_NIGHT)) == before


@pytest.mark.slow
def test_another_home_and_shuffled_rows_give_the_same_tables_byte_for_byte(
    folder: Path, written: dict[str, list[tuple[object, ...]]]
) -> None:
    assert len(written[PREDICTIONS_TABLE]) > 5_000
    other = tables(run(folder, NIGHT, shuffled=True, home="other"))
    for name, rows in written.items():
        assert other[name] == rows, name


@pytest.mark.slow  # That such labels leave the baseline is held by the unit tests as well; this is a night of it.
def test_with_shuffled_labels_the_baseline_is_published_and_the_marts_say_why(
    folder: Path, written: dict[str, list[tuple[object, ...]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    learning_panel = prediction_night.learning_panel

    def shuffled(*arguments: object, **named: object) -> pd.DataFrame:
        panel = learning_panel(*arguments, **named)  # type: ignore[arg-type]
        outcomes = [RETURNED, NEXT_MARGIN, DAYS_TO_NEXT]
        draw = np.random.default_rng(1)
        for _, places in panel.groupby("as_of_date").indices.items():
            panel.loc[panel.index[places], outcomes] = panel.loc[
                panel.index[draw.permutation(places)], outcomes
            ].to_numpy()
        return panel

    monkeypatch.setattr(prediction_night, "learning_panel", shuffled)
    shutil.rmtree(folder / "home" / "models" / "learnt_before")
    night = run(folder, NEXT_NIGHT)
    published = night.mart("select * from customers where order_count > 0")
    assert set(published["return_source"]) == {"baseline"}
    assert published["p_return_90d"].between(0, 1).all()
    assert published["next_order_expected_date"].isna().all()
    told = night.mart("select distinct decision, reason from model_metrics where model = 'return_90d'")
    assert told["decision"].tolist() == ["baseline"]
    assert told["reason"].iloc[0].startswith("Not met: ")
    check = night.mart(
        "select status, detail from data_quality "
        "where check_name = 'model__return__is_it_better_than_the_baseline' and is_current"
    )
    assert check["status"].tolist() == ["warn"]
    assert "the baseline is published" in check["detail"].iloc[0]
