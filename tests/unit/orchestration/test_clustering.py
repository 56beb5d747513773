"""One night's clusters: learnt from tonight, applied to every date."""

from __future__ import annotations

import datetime as dt
import json

import numpy as np
import pandas as pd
import pytest

from orchestration.clustering import CLUSTER_FEATURES, Clustering, cluster_buyers

TONIGHT = dt.date(2024, 12, 31)
BEFORE = dt.date(2024, 11, 30)
# Three kinds of buyers far apart: regular, bulk, and gone with a discount.
CENTERS = np.array(
    [[6.0, 60.0, 3000.0, 50.0, 0.1, 0.01], [40.0, 6.0, 1800.0, 300.0, 0.15, 0.02], [250.0, 3.0, 90.0, 30.0, 0.6, 0.2]]
)


def buyers(date: dt.date, *, customers: int, seed: int = 1) -> pd.DataFrame:
    draw = np.random.default_rng(seed)
    kind = np.arange(customers) % len(CENTERS)
    values = CENTERS[kind] * np.exp(draw.normal(0, 0.12, size=(customers, len(CLUSTER_FEATURES))))
    frame = pd.DataFrame(values, columns=list(CLUSTER_FEATURES))
    frame.insert(0, "customer_id", [f"k{number:03d}" for number in range(customers)])
    frame.insert(1, "as_of_date", pd.Timestamp(date))
    return frame


@pytest.fixture(scope="module")
def features() -> pd.DataFrame:
    return pd.concat([buyers(BEFORE, customers=130, seed=2), buyers(TONIGHT, customers=150)], ignore_index=True)


@pytest.fixture(scope="module")
def found(features: pd.DataFrame) -> Clustering:
    return cluster_buyers(features, tonight=TONIGHT)


@pytest.fixture(scope="module")
def customers(found: Clustering) -> pd.DataFrame:
    return found.customers.to_pandas()


def test_every_buyer_of_every_date_has_one_cluster(features: pd.DataFrame, customers: pd.DataFrame) -> None:
    asked = set(zip(features["customer_id"], features["as_of_date"].dt.date, strict=True))
    assert set(zip(customers["customer_id"], customers["as_of_date"], strict=True)) == asked
    assert len(customers) == len(features)
    assert customers["confidence"].between(0, 1).all()


def test_the_planted_kinds_are_found_on_the_date_that_was_not_learnt_from_too(customers: pd.DataFrame) -> None:
    kind = customers["customer_id"].str[1:].astype(int) % len(CENTERS)
    pairs = customers.assign(kind=kind).groupby("kind")["segment_code"].agg(set)
    assert sorted(len(codes) for codes in pairs) == [1, 1, 1]
    assert len(set.union(*pairs)) == len(CENTERS)


def test_tonights_customers_have_reasons_and_earlier_dates_none(customers: pd.DataFrame) -> None:
    tonight = customers["as_of_date"] == TONIGHT
    assert customers.loc[~tonight, "reasons"].isna().all()
    for reasons in customers.loc[tonight, "reasons"]:
        assert 1 <= len(reasons) <= len(CLUSTER_FEATURES)
        for reason in reasons:
            assert reason["feature"] in CLUSTER_FEATURES
            assert isinstance(reason["value"], str)
            assert float(reason["value"]) >= 0
            assert -1 <= reason["effect"] <= 1


def test_a_reason_tells_the_customers_own_value(features: pd.DataFrame, customers: pd.DataFrame) -> None:
    tonight = features[features["as_of_date"].dt.date == TONIGHT].set_index("customer_id")
    for row in customers[customers["as_of_date"] == TONIGHT].head(20).itertuples():
        for reason in row.reasons:
            own = tonight.loc[row.customer_id, reason["feature"]]
            assert float(reason["value"]) == pytest.approx(own, rel=1e-4)


def test_the_segments_are_those_of_the_customers_with_words_order_and_colours(
    found: Clustering, customers: pd.DataFrame
) -> None:
    segments = found.segments.to_pandas()
    assert set(segments["segment_code"]) == set(customers["segment_code"])
    assert segments["segment_name"].is_unique
    assert segments["description"].str.len().min() > 0
    assert segments["display_order"].tolist() == list(range(1, len(segments) + 1))
    assert segments["colour"].str.fullmatch(r"#[0-9a-f]{6}").all()
    assert segments["colour"].is_unique


def test_only_tonight_is_learnt_from(features: pd.DataFrame, found: Clustering) -> None:
    alone = features[features["as_of_date"].dt.date == TONIGHT].reset_index(drop=True)
    assert cluster_buyers(alone, tonight=TONIGHT).model.to_parameters() == found.model.to_parameters()


def test_too_few_buyers_tonight_give_no_model_and_the_reason(features: pd.DataFrame) -> None:
    few = pd.concat([features[features["as_of_date"].dt.date == BEFORE], buyers(TONIGHT, customers=20)])
    found = cluster_buyers(few, tonight=TONIGHT)
    assert found.model is None
    assert "100" in found.why_not
    assert "20" in found.why_not
    assert (found.customers.num_rows, found.segments.num_rows) == (0, 0)


def test_no_buyers_tonight_give_the_same_columns_as_any_night(features: pd.DataFrame, found: Clustering) -> None:
    nobody = cluster_buyers(features, tonight=TONIGHT + dt.timedelta(days=1))
    assert nobody.model is None
    assert nobody.customers.schema == found.customers.schema
    assert nobody.segments.schema == found.segments.schema


def test_codes_of_the_served_model_are_kept_for_the_same_customers(found: Clustering) -> None:
    renamed = found.model.to_parameters()
    shift = {code: f"c{int(code[1:]) + 40}" for code in found.segments["segment_code"].to_pylist()}
    text = json.dumps(renamed)
    for old, new in shift.items():
        text = text.replace(f'"{old}"', f'"{new}"')
    nextnight = cluster_buyers(buyers(TONIGHT, customers=150, seed=3), tonight=TONIGHT, previous=json.loads(text))
    before = {row["customer_id"]: row["segment_code"] for row in found.customers.to_pylist() if row["reasons"]}
    after = {row["customer_id"]: row["segment_code"] for row in nextnight.customers.to_pylist()}
    assert after == {customer: shift[code] for customer, code in before.items()}
