"""A served model stays until there is a reason, and the reason is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from ml.clusters.kmeans import KMeansSegmenter
from ml.clusters.refitting import RefitRule, decide_refit

Plant = Callable[..., tuple[pd.DataFrame, np.ndarray]]


def segmenter(**settings: Any) -> KMeansSegmenter:
    return KMeansSegmenter(**{"max_k": 5, "stability_repeats": 3, "min_outliers": 1, **settings})


@pytest.fixture(scope="module")
def frame(plant: Plant) -> pd.DataFrame:
    return plant(600, spread=0.3)[0]


@pytest.fixture(scope="module")
def served(frame: pd.DataFrame) -> dict[str, Any]:
    return segmenter().fit(frame).to_parameters()


def test_without_a_served_model_there_is_nothing_to_keep(frame: pd.DataFrame) -> None:
    decision = decide_refit(segmenter(), frame, previous=None)
    assert (decision.refit, decision.reason) == (True, "no model is served yet")


def test_a_quiet_night_keeps_the_served_model(frame: pd.DataFrame, served: dict[str, Any]) -> None:
    tomorrow = frame.assign(days_since_last_order=frame["days_since_last_order"] + 1)
    bought = tomorrow.sample(frac=0.03, random_state=2).index
    tomorrow.loc[bought, "days_since_last_order"] = 0
    decision = decide_refit(segmenter(), tomorrow.sample(frac=1, random_state=1), previous=served)
    assert not decision.refit
    assert decision.reason.startswith("the served clusters hold: agreement")
    assert decision.agreement == pytest.approx(served["agreement"], abs=0.1)
    assert decision.drift["population_stability_index"].max() < 0.25


def test_the_order_of_the_rows_does_not_decide(frame: pd.DataFrame, served: dict[str, Any]) -> None:
    first = decide_refit(segmenter(), frame, previous=served)
    again = decide_refit(segmenter(), frame.sample(frac=1, random_state=5), previous=served)
    assert (again.reason, again.agreement) == (first.reason, first.agreement)


def test_a_changed_population_asks_for_new_clusters_and_says_which_feature_moved(
    frame: pd.DataFrame, served: dict[str, Any]
) -> None:
    dearer = frame.assign(net_revenue_365d_amount=frame["net_revenue_365d_amount"] * 2.5)
    decision = decide_refit(segmenter(), dearer, previous=served)
    assert decision.refit
    assert "net_revenue_365d_amount" in decision.reason
    assert "days_since_last_order" not in decision.reason
    patient = decide_refit(segmenter(), dearer, previous=served, rule=RefitRule(max_drift=9.0))
    assert "customers are others" not in patient.reason


def test_other_settings_features_or_words_ask_for_new_clusters(frame: pd.DataFrame, served: dict[str, Any]) -> None:
    decision = decide_refit(segmenter(max_k=4, vocabulary=()), frame, previous=served)
    assert decision.refit
    assert decision.reason.endswith("max_k, vocabulary")
    fewer = segmenter(feature_names=list(frame.columns[:4]))
    assert "feature_names" in decide_refit(fewer, frame, previous=served).reason


def test_clusters_that_no_resample_finds_again_ask_for_new_ones(frame: pd.DataFrame, served: dict[str, Any]) -> None:
    # Every feature keeps its distribution, so nothing drifts, but the kinds are gone.
    rng = np.random.default_rng(3)
    shuffled = frame.apply(lambda column: rng.permutation(column))
    settings = served["settings"] | {"max_outlier_share": 0.4}
    decision = decide_refit(
        segmenter(max_outlier_share=0.4),
        shuffled,
        previous=served | {"settings": settings},
        rule=RefitRule(max_drift=9.0),
    )
    assert decision.refit
    assert decision.reason.startswith("stability fell")
    assert decision.agreement < served["agreement"] - 0.15


def test_a_cluster_below_its_least_share_asks_for_new_ones(frame: pd.DataFrame, served: dict[str, Any]) -> None:
    model = KMeansSegmenter.from_parameters(served)
    codes = model.predict(frame)
    without = frame[codes != "c02"]
    decision = decide_refit(segmenter(), without, previous=served, rule=RefitRule(max_drift=9.0))
    assert (decision.refit, decision.reason) == (True, "a cluster is down to 0.0% of customers")


def test_many_customers_unlike_every_cluster_ask_for_new_ones(frame: pd.DataFrame, served: dict[str, Any]) -> None:
    # One in thirty is of a new kind that the bins of the drift reference hardly feel.
    odd = frame.copy()
    odd.iloc[::30] *= [1.0, 1.0, 300.0, 300.0, 1.0]
    decision = decide_refit(segmenter(), odd, previous=served)
    assert decision.refit
    assert decision.reason.endswith("of customers are unlike every cluster")


def test_too_few_customers_cannot_judge(frame: pd.DataFrame, served: dict[str, Any]) -> None:
    decision = decide_refit(segmenter(), frame.head(20), previous=served)
    assert (decision.refit, "20 customers" in decision.reason) == (True, True)


def test_new_clusters_keep_the_codes_of_those_they_correspond_to(frame: pd.DataFrame, served: dict[str, Any]) -> None:
    moved = frame.assign(average_order_value_365d_amount=frame["average_order_value_365d_amount"] * 1.4)
    assert decide_refit(segmenter(), moved, previous=served).refit
    model = clone(segmenter()).fit(moved, previous=served)
    before = KMeansSegmenter.from_parameters(served)
    assert model.segments_["segment_code"].tolist() == before.segments_["segment_code"].tolist()
    assert (model.predict(moved) == before.predict(frame)).mean() > 0.9
