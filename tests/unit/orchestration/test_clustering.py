"""One night's clusters: learnt from tonight, applied to every date."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest

from orchestration import clustering
from orchestration.clustering import CATEGORICAL_FEATURES, CLUSTER_FEATURES, Clustering, cluster_buyers
from orchestration.found_segments.clusters import CLUSTERS
from orchestration.found_segments.found import Found
from tests.support.found_customers import customers_of, held

TONIGHT = dt.date(2024, 12, 31)
BEFORE = dt.date(2024, 11, 30)
# Three kinds of buyers far apart: regular, bulk, and gone with a discount.
CENTERS = np.array(
    [
        [6.0, 60.0, 3000.0, 50.0, 0.1, 0.01, 1.2, 0.2, 0.1],
        [40.0, 6.0, 1800.0, 300.0, 0.15, 0.02, 9.0, 0.2, 0.05],
        [250.0, 3.0, 90.0, 30.0, 0.6, 0.2, 1.5, 0.7, 0.02],
    ]
)
CHANNELS = np.array(["app", "sales_rep", "web"], dtype=object)
CATEGORIES = np.array(["Garden", "Office", "Decor"], dtype=object)


def buyers(date: dt.date, *, customers: int, seed: int = 1) -> pd.DataFrame:
    draw = np.random.default_rng(seed)
    kind = np.arange(customers) % len(CENTERS)
    values = CENTERS[kind] * np.exp(draw.normal(0, 0.12, size=(customers, CENTERS.shape[1])))
    frame = pd.DataFrame(values, columns=list(CLUSTER_FEATURES[: CENTERS.shape[1]]))
    usual = draw.random(customers) < 0.9
    frame["preferred_order_channel"] = np.where(usual, CHANNELS[kind], "phone")
    frame["preferred_category"] = np.where(draw.random(customers) < 0.9, CATEGORIES[kind], None)
    frame.insert(0, "customer_id", [f"k{number:03d}" for number in range(customers)])
    frame.insert(1, "as_of_date", pd.Timestamp(date))
    return frame


def clustered(features: pd.DataFrame, **named: Any) -> Clustering:
    """Clusters of a frame of several dates, which a night reads date by date."""
    dates = features["as_of_date"].dt.date

    def buyers_on(date: dt.date) -> pd.DataFrame:
        return features[dates == date].set_index("customer_id")[list(CLUSTER_FEATURES)]

    return held(cluster_buyers(buyers_on, sorted(set(dates)), **named))


@pytest.fixture(scope="module")
def features() -> pd.DataFrame:
    return pd.concat([buyers(BEFORE, customers=130, seed=2), buyers(TONIGHT, customers=150)], ignore_index=True)


@pytest.fixture(scope="module")
def found(features: pd.DataFrame) -> Clustering:
    return clustered(features, tonight=TONIGHT)


@pytest.fixture(scope="module")
def customers(found: Clustering) -> pd.DataFrame:
    return customers_of(found).to_pandas()


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
            if reason["feature"] not in CATEGORICAL_FEATURES:
                assert float(reason["value"]) >= 0
            assert -1 <= reason["effect"] <= 1


def test_a_reason_tells_the_customers_own_value(features: pd.DataFrame, customers: pd.DataFrame) -> None:
    tonight = features[features["as_of_date"].dt.date == TONIGHT].set_index("customer_id")
    for row in customers[customers["as_of_date"] == TONIGHT].head(20).itertuples():
        for reason in row.reasons:
            own = tonight.loc[row.customer_id, reason["feature"]]
            if reason["feature"] in CATEGORICAL_FEATURES:
                assert reason["value"] == own or (reason["value"] is None and pd.isna(own))
            else:
                assert float(reason["value"]) == pytest.approx(own, rel=1e-4)


def test_the_segments_are_those_of_the_customers_with_words_order_and_colours(
    found: Clustering, customers: pd.DataFrame
) -> None:
    segments = found.segments.to_pandas()
    assert set(segments["segment_code"]) == set(customers["segment_code"]) - {"outliers"}
    assert segments["segment_name"].is_unique
    assert segments["description"].str.len().min() > 0
    assert segments["display_order"].tolist() == list(range(1, len(segments) + 1))
    assert segments["colour"].str.fullmatch(r"#[0-9a-f]{6}").all()
    assert segments["colour"].is_unique


def test_only_tonight_is_learnt_from(features: pd.DataFrame, found: Clustering) -> None:
    alone = features[features["as_of_date"].dt.date == TONIGHT].reset_index(drop=True)
    assert clustered(alone, tonight=TONIGHT).model.to_parameters() == found.model.to_parameters()


def test_how_many_are_labelled_at_a_time_changes_nothing(
    features: pd.DataFrame, found: Clustering, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clustering, "LABELLED_AT_A_TIME", 7)
    assert customers_of(clustered(features, tonight=TONIGHT)).equals(customers_of(found))


def test_too_few_buyers_tonight_give_no_model_and_the_reason(features: pd.DataFrame) -> None:
    few = pd.concat([features[features["as_of_date"].dt.date == BEFORE], buyers(TONIGHT, customers=20)])
    found = clustered(few, tonight=TONIGHT)
    assert found.model is None
    assert "100" in found.why_not
    assert "20" in found.why_not
    assert (customers_of(found).num_rows, found.segments.num_rows) == (0, 0)


def test_no_buyers_tonight_give_the_same_columns_as_any_night(features: pd.DataFrame, found: Clustering) -> None:
    nobody = clustered(features, tonight=TONIGHT + dt.timedelta(days=1))
    assert nobody.model is None
    assert customers_of(nobody).schema == customers_of(found).schema
    assert nobody.segments.schema == found.segments.schema


def renumbered(found: Clustering) -> tuple[dict, dict[str, str]]:
    """Parameters of the same model under other codes, and which code became which."""
    shift = {code: f"c{int(code[1:]) + 40}" for code in found.segments["segment_code"].to_pylist()}
    text = json.dumps(found.model.to_parameters())
    for old, new in shift.items():
        text = text.replace(f'"{old}"', f'"{new}"')
    return json.loads(text), shift


def codes(found: Clustering) -> dict[str, str]:
    rows = customers_of(found).to_pylist()
    return {row["customer_id"]: row["segment_code"] for row in rows if row["as_of_date"] == TONIGHT}


def test_a_quiet_night_applies_the_served_model_as_it_is(found: Clustering) -> None:
    served, shift = renumbered(found)
    tomorrow = buyers(TONIGHT, customers=150)
    bought = tomorrow.index % 25 == 0
    tomorrow.loc[bought, "order_days_365d_count"] += 1
    tomorrow.loc[bought, "days_since_last_order"] = 0
    quiet = clustered(tomorrow, tonight=TONIGHT, previous=served)
    assert not quiet.decision.refit
    assert quiet.model.to_parameters() == served
    before, after = codes(found), codes(quiet)
    same = [after[customer] == shift.get(code, code) for customer, code in before.items()]
    assert np.mean(same) > 0.95


def test_a_changed_population_is_learnt_anew_and_keeps_the_codes_of_clusters_that_go_on(found: Clustering) -> None:
    served, shift = renumbered(found)
    changed = buyers(TONIGHT, customers=150)
    # Everybody spends more, and those who had bought with a discount no longer buy at all.
    changed[["net_revenue_365d_amount", "average_order_value_365d_amount"]] *= 1.5
    gone = changed.index % len(CENTERS) == 2
    newcomers = buyers(TONIGHT, customers=150, seed=9).loc[gone]
    newcomers[["discount_365d_share", "refund_365d_share"]] *= 0.05
    newcomers[["units_per_line_365d_mean", "average_order_value_365d_amount"]] *= 30.0
    newcomers["days_since_last_order"] /= 50
    stayed = changed.loc[~gone, "customer_id"]
    changed = pd.concat([changed[~gone], newcomers])
    anew = clustered(changed, tonight=TONIGHT, previous=served)
    assert anew.decision.refit
    assert "net_revenue_365d_amount" in anew.decision.reason
    before, after = codes(found), codes(anew)
    assert {after[customer] for customer in stayed} - {"outliers"} == {
        shift[before[customer]] for customer in stayed if before[customer] != "outliers"
    }
    new = {after[customer] for customer in newcomers["customer_id"]} - {"outliers"}
    assert new
    assert new.isdisjoint(shift.values())


def test_a_refit_that_cannot_be_done_leaves_the_served_clusters_in_force(found: Clustering) -> None:
    served = found.model.to_parameters()
    few = clustered(buyers(TONIGHT, customers=20), tonight=TONIGHT, previous=served)
    assert few.model.to_parameters() == served
    assert customers_of(few).num_rows == 20
    assert "no new ones could be learnt" in few.note


def test_a_model_of_another_release_is_replaced_and_the_night_says_so(found: Clustering) -> None:
    other = found.model.to_parameters() | {"format_version": 0}
    anew = clustered(buyers(TONIGHT, customers=150), tonight=TONIGHT, previous=other)
    assert anew.decision.reason == "no model is served yet"
    assert anew.note.startswith("codes and names start anew")


@pytest.fixture
def warehouse(features: pd.DataFrame) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("create schema features")
        connection.register("given", features)
        ids = ("customer_id", "as_of_date")
        for family, names in CLUSTERS.features().items():
            connection.execute(f"create table features.{family} as select {', '.join((*ids, *names))} from given")
        # Somebody who has not bought for a year is in every family, too, and in no cluster.
        lead = "update features.feat_customers__purchases set order_days_365d_count = 0 where customer_id = 'k000'"
        connection.execute(lead)
        yield connection


def found_in(warehouse: duckdb.DuckDBPyConnection, **named: Any) -> Found:
    return held(CLUSTERS.find(warehouse, tonight=TONIGHT, thresholds={}, **named))


def test_the_night_reads_three_families_and_tells_its_decision_its_tables_and_its_picture(
    warehouse: duckdb.DuckDBPyConnection, features: pd.DataFrame
) -> None:
    first = found_in(warehouse, previous=None)
    assert customers_of(first).num_rows == len(features) - 2
    assert "k000" not in set(customers_of(first)["customer_id"].to_pylist())
    assert first.detail.endswith("learnt anew: no model is served yet")
    assert set(first.tables) == {"segments", "choice of k"}
    assert all(svg.startswith("<svg") for svg in first.pictures.values())
    assert len(first.pictures) == 1
    second = found_in(warehouse, previous=first.parameters)
    assert "applied as served: the served clusters hold" in second.detail
    assert second.parameters == first.parameters
    assert customers_of(second) == customers_of(first)
    assert second.status == first.status == "pass"
    assert "drift since the fit" in second.tables


def test_who_asks_for_it_has_the_clusters_learnt_anew_and_keeps_their_codes(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    first = found_in(warehouse, previous=None)
    asked = found_in(warehouse, previous=first.parameters, refit=True)
    assert "learnt anew: a person asked for it" in asked.detail
    assert asked.segments["segment_code"] == first.segments["segment_code"]
    assert customers_of(asked) == customers_of(first)


def test_the_order_in_which_the_warehouse_holds_its_rows_does_not_matter(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    first = found_in(warehouse, previous=None)
    for family in CLUSTERS.features():
        warehouse.execute(
            f"create or replace table features.{family} as select * from features.{family} order by hash(customer_id)"
        )
    again = found_in(warehouse, previous=None)
    assert again.parameters == first.parameters
    assert customers_of(again) == customers_of(first)
