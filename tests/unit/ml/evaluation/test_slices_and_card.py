"""Whom a model serves worse is told, and so is all else a reader must know."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from ml.evaluation.classification_metrics import area_under_roc, log_loss
from ml.evaluation.model_card import ModelCard
from ml.evaluation.slices import metrics_by_slice


def population() -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    n = 4000
    score = rng.normal(0, 1.5, n)
    country = np.array(["DE", "AT", None], dtype=object)[rng.choice(3, n, p=[0.6, 0.385, 0.015])]
    y = (rng.random(n) < expit(score)).astype(float)
    seen = np.where(country == "AT", rng.permutation(score), score)
    panel = pd.DataFrame({"customer_id": [f"c{i}" for i in range(n)], "country": country})
    return panel, y, expit(seen)


def test_a_country_that_the_model_fails_shows_by_an_interval_below_0() -> None:
    panel, y, p = population()
    table = metrics_by_slice(panel, y, p, slice_names=["country"], metrics={"area": area_under_roc, "loss": log_loss})
    area = table[table["metric"] == "area"].set_index("level")
    assert area.loc["AT", "upper"] < -0.2
    assert area.loc["DE", "lower"] > 0.2
    assert area.loc["AT", "value"] == pytest.approx(0.5, abs=0.05)
    assert area.loc["AT", "difference"] == pytest.approx(area.loc["AT", "value"] - area.loc["AT", "others"])


def test_a_slice_too_small_to_say_anything_is_left_out() -> None:
    panel, y, p = population()
    metrics = {"loss": log_loss}
    assert panel["country"].isna().sum() < 100
    small = metrics_by_slice(panel, y, p, slice_names=["country"], metrics=metrics)
    assert set(small["level"]) == {"DE", "AT"}
    all_levels = metrics_by_slice(panel, y, p, slice_names=["country"], metrics=metrics, min_customers=10)
    assert set(all_levels["level"]) == {"DE", "AT", "unknown"}
    assert all_levels["customers"].sum() == len(panel)


def card(**changes: object) -> ModelCard:
    values: dict[str, object] = {
        "name": "p_return_90d", "version": "m000007", "purpose": "Chance of an order within 90 days.",
        "not_for": ["credit or prices"], "horizon_days": 90, "trained_from": "2024-06-30",
        "trained_until": "2026-05-31", "rows": 120_000, "data_fingerprint": "abc", "features": ["order_count"],
        "metrics": {"log_loss": 0.41, "calibration_slope": float("nan")}, "baseline_metrics": {"log_loss": 0.45},
        "is_promoted": True, "reasons": ["Met: it wins."], "slices": [{"level": "DE", "value": 0.8}],
    }  # fmt: skip
    return ModelCard(**(values | changes))  # type: ignore[arg-type]


def test_a_card_tells_model_beside_baseline_and_why_it_serves() -> None:
    page = card().to_markdown()
    assert "# p_return_90d, version m000007" in page
    assert "| log loss | 0.41 | 0.45 |" in page
    assert "| calibration slope | not defined | not defined |" in page
    assert "120,000 rows" in page
    assert "## Why it serves\n\n- Met: it wins." in page
    assert "| DE | 0.8 |" in page
    assert "It does not serve." in card(is_promoted=False).to_markdown()


def test_a_card_is_plain_json() -> None:
    document = json.loads(json.dumps(card(rows=np.int64(5)).to_parameters(), allow_nan=False))
    assert document["rows"] == 5
    assert document["metrics"] == {"log_loss": 0.41, "calibration_slope": None}
