"""Clusters get names a person would use."""

from __future__ import annotations

import numpy as np
import pytest

from ml.clusters.naming import FeatureMeaning, TypicalValues, name_clusters, typical_values, written
from ml.clusters.purchase_vocabulary import PURCHASE_VOCABULARY

FEATURES = ["days_since_last_order", "order_days_365d_count", "net_revenue_365d_amount"]


def typical(effects: list[list[float]]) -> TypicalValues:
    spread = np.array([10.0, 12.0, 400.0])
    everyone = np.array([20.0, 18.0, 900.0])
    return TypicalValues(clusters=everyone + np.array(effects) * spread, everyone=everyone, effects=np.array(effects))


def names(effects: list[list[float]], **options: object) -> list[str]:
    given = name_clusters(typical(effects), FEATURES, PURCHASE_VOCABULARY, order=range(len(effects)), **options)
    return [cluster.name for cluster in given]


def test_names_are_words_and_no_numbers() -> None:
    assert names([[-0.4, 1.0, 0.9], [1.5, -0.5, -0.6], [0, 0.1, 0]]) == [
        "Frequent big spenders",
        "Lapsed light spenders",
        "Typical buyers",
    ]


def test_a_description_compares_with_all_customers() -> None:
    (cluster,) = name_clusters(typical([[-1.4, 2.0, 0.0]]), FEATURES, PURCHASE_VOCABULARY, order=[0])
    assert cluster.description == (
        "Buys on 42 days a year against 18 for all customers; last order 6 days ago against 20."
    )


def test_equal_clusters_still_get_different_names() -> None:
    given = names([[1.5, -0.5, -0.6]] * 9 + [[0.0, 0.0, 0.0]] * 3)
    assert len(set(given)) == 12


def test_reserved_names_are_not_given_again() -> None:
    assert names([[-0.4, 1.0, 0.9]], reserved=["frequent BIG spenders"]) != ["Frequent big spenders"]


def test_a_name_uses_each_aspect_once() -> None:
    twice = (*PURCHASE_VOCABULARY,)
    features = ["order_days_365d_count", "order_gap_median_days"]
    values = TypicalValues(
        clusters=np.array([[40.0, 5.0]]), everyone=np.array([10.0, 30.0]), effects=np.array([[2.0, -1.0]])
    )
    (cluster,) = name_clusters(values, features, twice, order=[0])
    assert cluster.name == "Very frequent buyers"


def test_a_feature_nobody_described_gets_words_from_its_column() -> None:
    values = TypicalValues(clusters=np.array([[5.0]]), everyone=np.array([1.0]), effects=np.array([[2.0]]))
    (cluster,) = name_clusters(values, ["app_opens_90d_count"], (), order=[0])
    assert cluster.name == "High app opens 90d count buyers"
    assert cluster.description == "App opens 90d count 5 against 1 for all customers."


def test_a_vocabulary_may_stay_silent_about_low_values() -> None:
    meaning = FeatureMeaning(feature="x", aspect="x", role="adjective", high="keen", clause="x {value}")
    assert meaning.words(-3) is None
    assert meaning.words(3) == "keen"
    assert meaning.words(0.1) is None


def test_mostly_zero_features_are_compared_by_means() -> None:
    refunds = np.concatenate([np.zeros(90), np.full(10, 0.5)])[:, None]
    labels = (refunds[:, 0] > 0).astype(int)
    values = typical_values(refunds, labels, 2)
    assert values.everyone[0] == pytest.approx(0.05)
    assert values.effects[1, 0] > 2 > 0 > values.effects[0, 0]


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.123, "percent", "12 %"),
        (1240.4, "amount", "1,240"),
        (3.44, "number", "3.4"),
        (3.0, "days", "3 days"),
        (1.0, "days", "1 day"),
        (1.4, "days", "1.4 days"),
        (0.97, "pieces", "1 piece"),
        (12.0, "pieces", "12 pieces"),
        (-0.01, "number", "0"),
    ],
)
def test_numbers_are_written_as_a_person_writes_them(value: float, unit: str, text: str) -> None:
    assert written(value, unit) == text


def test_no_clause_of_the_vocabulary_puts_a_plural_behind_its_number() -> None:
    behind = [meaning.clause.partition("{value} ")[2].split(" ")[0] for meaning in PURCHASE_VOCABULARY]
    assert not {"days", "pieces", "orders", "units"} & set(behind)
