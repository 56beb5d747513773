"""Clusters of numbers and levels, with outliers apart."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.metrics import adjusted_rand_score

from ml.clusters.kmeans import KMeansSegmenter
from ml.errors import ModelInputError, ParameterFormatError

Plant = Callable[..., tuple[pd.DataFrame, np.ndarray]]
SETTINGS = {"categorical_features": ["preferred_order_channel"], "min_outliers": 1, "max_k": 6, "stability_repeats": 3}


def with_channels(frame: pd.DataFrame, kind: np.ndarray, *, seed: int = 5) -> pd.DataFrame:
    """Two of the kinds order by app, the others on the web or, a few, by telephone; one in ten is not known."""
    rng = np.random.default_rng(seed)
    usual = np.where(np.isin(kind, [0, 2]), "app", "web")
    channel = np.where(rng.random(len(kind)) < 0.04, "phone", usual)
    known = pd.Series(channel, index=frame.index, dtype=object).where(rng.random(len(kind)) > 0.1, None)
    return frame.assign(preferred_order_channel=known)


@pytest.fixture(scope="module")
def planted(plant: Plant) -> tuple[pd.DataFrame, np.ndarray]:
    frame, kind = plant(800, seed=2)
    frame = with_channels(frame, kind)
    # Two giants, who buy a hundred times as much and a thousand times as dear as anybody.
    frame.iloc[0, 2:4] *= [100.0, 1_000.0]
    frame.iloc[1, 2:4] *= [1_000.0, 1_000.0]
    return frame, kind


@pytest.fixture(scope="module")
def fitted(planted: tuple[pd.DataFrame, np.ndarray]) -> KMeansSegmenter:
    return KMeansSegmenter(**SETTINGS).fit(planted[0])


def test_planted_kinds_are_found_through_numbers_and_levels(
    fitted: KMeansSegmenter, planted: tuple[pd.DataFrame, np.ndarray]
) -> None:
    frame, kind = planted
    labels = fitted.predict(frame)
    assert adjusted_rand_score(kind[labels != "outliers"], labels[labels != "outliers"]) >= 0.95


def test_levels_alone_part_customers_whose_numbers_are_alike() -> None:
    rng = np.random.default_rng(0)
    taste = rng.integers(3, size=600)
    frame = pd.DataFrame(
        {
            "preferred_order_channel": np.array(["web", "app", "phone"])[taste],
            "preferred_category": np.array(["Garden", "Kitchen", "Decor"])[taste],
            "net_revenue_365d_amount": rng.normal(100, 5, 600),
        },
        index=[f"k{i:03d}" for i in range(600)],
    )
    categorical = ["preferred_order_channel", "preferred_category"]
    model = KMeansSegmenter(categorical_features=categorical, max_k=3, stability_repeats=3).fit(frame)
    assert adjusted_rand_score(taste, model.predict(frame)) >= 0.95
    names = model.segments_["name"].str.casefold()
    assert all(any(word in name for word in ("garden", "kitchen", "decor", "-first")) for name in names.iloc[:-1])
    described = " ".join(model.segments_["description"])
    assert "100 % prefer garden" in described.casefold() or "100 % order first of all by" in described.casefold()


def test_giants_are_outliers_with_reasons_and_pull_no_centre(
    fitted: KMeansSegmenter, planted: tuple[pd.DataFrame, np.ndarray]
) -> None:
    frame, _ = planted
    giants = frame.iloc[:2]
    assert fitted.predict(giants).tolist() == ["outliers", "outliers"]
    assert fitted.confidence(giants).min() > 0.3
    assert fitted.confidence(giants)[1] > fitted.confidence(giants)[0]
    for reasons in fitted.explain(giants):
        assert {reason["feature"] for reason in reasons[:2]} == {
            "net_revenue_365d_amount",
            "average_order_value_365d_amount",
        }
        assert all(reason["effect"] > 0 for reason in reasons)
    far_more = frame.copy()
    far_more.iloc[:2, 2:4] *= 1_000
    # Their preparation is by medians and quantiles and their rows are left out: no centre moves by a hundredth.
    moved = clone(fitted).fit(far_more)
    np.testing.assert_allclose(moved.centers_, fitted.centers_, atol=0.01)


def test_outliers_are_told_as_a_segment_of_their_own_within_the_declared_share(
    fitted: KMeansSegmenter, planted: tuple[pd.DataFrame, np.ndarray]
) -> None:
    told = fitted.segments_.iloc[-1]
    assert told["segment_code"] == "outliers"
    assert told["name"] == "Outliers"
    assert told["customers"] == (fitted.predict(planted[0]) == "outliers").sum()
    assert 2 <= told["customers"] <= 8
    assert fitted.segments_["share"].sum() == pytest.approx(1)
    assert fitted.segments_["share"].iloc[:-1].min() >= 0.02
    without = clone(fitted).set_params(max_outlier_share=0.0).fit(planted[0])
    assert without.outlier_limit_ == np.inf
    assert without.segments_["customers"].iloc[-1] == 0
    again = KMeansSegmenter.from_parameters(json.loads(json.dumps(without.to_parameters(), allow_nan=False)))
    assert "outliers" not in again.predict(planted[0])


def test_too_few_outliers_for_a_segment_are_in_a_cluster_and_pull_none(
    fitted: KMeansSegmenter, planted: tuple[pd.DataFrame, np.ndarray]
) -> None:
    model = clone(fitted).set_params(min_outliers=10).fit(planted[0])
    assert model.outlier_limit_ == np.inf
    assert "outliers" not in model.predict(planted[0])
    np.testing.assert_array_equal(model.centers_, fitted.centers_)


def test_code_and_confidence_together_are_the_two_alone(
    fitted: KMeansSegmenter, planted: tuple[pd.DataFrame, np.ndarray]
) -> None:
    codes, sure = fitted.assign(planted[0])
    np.testing.assert_array_equal(codes, fitted.predict(planted[0]))
    np.testing.assert_array_equal(sure, fitted.confidence(planted[0]))


def test_a_level_can_be_a_reason_and_a_missing_one_is_none(
    fitted: KMeansSegmenter, planted: tuple[pd.DataFrame, np.ndarray]
) -> None:
    frame = planted[0]
    found = {
        reason["value"]: row
        for row, reasons in zip(frame["preferred_order_channel"], fitted.explain(frame), strict=True)
        for reason in reasons
        if reason["feature"] == "preferred_order_channel"
    }
    assert {"app", "web"} <= set(found)
    for value, own in found.items():
        assert value == own or (value is None and pd.isna(own))


def test_the_same_customers_give_the_same_bytes_in_whatever_order_they_come(
    fitted: KMeansSegmenter, planted: tuple[pd.DataFrame, np.ndarray]
) -> None:
    mixed = planted[0].sample(frac=1, random_state=8)
    again = clone(fitted).fit(mixed)
    assert json.dumps(again.to_parameters()) == json.dumps(fitted.to_parameters())
    assert (pd.Series(again.predict(mixed), index=mixed.index)[planted[0].index] == fitted.predict(planted[0])).all()


def test_parameters_survive_json(fitted: KMeansSegmenter, planted: tuple[pd.DataFrame, np.ndarray]) -> None:
    again = KMeansSegmenter.from_parameters(json.loads(json.dumps(fitted.to_parameters(), allow_nan=False)))
    np.testing.assert_array_equal(again.predict(planted[0]), fitted.predict(planted[0]))
    np.testing.assert_array_equal(again.confidence(planted[0]), fitted.confidence(planted[0]))
    assert again.explain(planted[0]) == fitted.explain(planted[0])
    assert again.to_parameters() == fitted.to_parameters()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda p: {**p, "preparation": {**p["preparation"], "indicator_scale": [1.0]}},
        lambda p: {**p, "preparation": {**p["preparation"], "numbers": None}},
        lambda p: {**p, "confidence_curve": [[0.0, 1.0], [0.5]]},
        lambda p: {name: value for name, value in p.items() if name != "drift_reference"},
    ],
)
def test_damaged_parameters_are_refused(spoil, fitted: KMeansSegmenter) -> None:
    with pytest.raises(ParameterFormatError):
        KMeansSegmenter.from_parameters(spoil(fitted.to_parameters()))


def test_codes_and_names_carry_over_when_a_level_and_a_feature_appear(
    fitted: KMeansSegmenter, planted: tuple[pd.DataFrame, np.ndarray]
) -> None:
    frame, _ = planted
    channel = frame["preferred_order_channel"].mask(np.arange(len(frame)) % 9 == 0, "kiosk")
    category = np.where(frame.index > "cust_000400", "Garden", "Decor")
    more = frame.assign(preferred_order_channel=channel, preferred_category=category)
    model = KMeansSegmenter(**SETTINGS | {"categorical_features": ["preferred_order_channel", "preferred_category"]})
    model.fit(more, previous=fitted.to_parameters())
    same = fitted.segments_["segment_code"].tolist()
    assert model.segments_["segment_code"].tolist() == same
    assert model.segments_["name"].tolist() == fitted.segments_["name"].tolist()
    assert (model.predict(more) == fitted.predict(frame)).mean() > 0.95


def test_an_unseen_level_is_taken_for_another_and_never_an_error(
    fitted: KMeansSegmenter, planted: tuple[pd.DataFrame, np.ndarray]
) -> None:
    rows = planted[0].iloc[2:30].assign(preferred_order_channel="teleport")
    assert set(fitted.predict(rows)) <= set(fitted.segments_["segment_code"])


def test_text_that_was_not_declared_categorical_is_refused(planted: tuple[pd.DataFrame, np.ndarray]) -> None:
    with pytest.raises(ModelInputError, match="'preferred_order_channel' is not numeric"):
        KMeansSegmenter().fit(planted[0])


@pytest.mark.parametrize("setting", [{"max_outlier_share": 0.5}, {"categorical_weight": 0.0}])
def test_settings_out_of_range_are_refused(setting: dict[str, float], planted: tuple[pd.DataFrame, np.ndarray]) -> None:
    with pytest.raises(ModelInputError, match="out of range"):
        KMeansSegmenter(**SETTINGS, **setting).fit(planted[0])
