"""The behavioural clusterer finds what is there, and finds the same again."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.metrics import adjusted_rand_score

from ml.clusters.kmeans import KMeansSegmenter
from ml.errors import (
    ModelInputError,
    NoEligibleClustersError,
    NotEnoughCustomersError,
    ParameterFormatError,
)

Blobs = tuple[pd.DataFrame, np.ndarray]
Plant = Callable[..., Blobs]
COLUMNS = [
    "days_since_last_order",
    "order_days_365d_count",
    "net_revenue_365d_amount",
    "average_order_value_365d_amount",
    "discount_365d_share",
]


@pytest.fixture(scope="module")
def fitted(blobs: Blobs) -> KMeansSegmenter:
    return KMeansSegmenter().fit(blobs[0])


def clusters(model: KMeansSegmenter) -> pd.DataFrame:
    """The segments without the outliers."""
    return model.segments_.iloc[:-1]


def document(model: KMeansSegmenter) -> str:
    return json.dumps(model.to_parameters(), allow_nan=False)


def test_planted_kinds_are_found(fitted: KMeansSegmenter, blobs: Blobs) -> None:
    assert len(clusters(fitted)) == 4
    assert adjusted_rand_score(blobs[1], fitted.predict(blobs[0])) >= 0.95


def test_codes_run_by_value_and_shares_sum_to_one(fitted: KMeansSegmenter) -> None:
    segments = fitted.segments_
    assert segments["segment_code"].tolist() == ["c01", "c02", "c03", "c04", "outliers"]
    assert clusters(fitted)["value_mean"].is_monotonic_decreasing
    assert segments["share"].sum() == pytest.approx(1)
    assert segments["customers"].sum() == 600
    assert segments["value_share"].sum() == pytest.approx(1)
    assert segments["name"].is_unique


def test_learning_the_same_rows_again_gives_the_previous_version_back(fitted: KMeansSegmenter, blobs: Blobs) -> None:
    again = clone(fitted).fit(blobs[0].sample(frac=1, random_state=3), previous=fitted.to_parameters())
    assert document(again) == document(fitted)
    other = blobs[0].copy()
    other.iloc[0, 2] += 1.0
    moved = clone(fitted).fit(other, previous=fitted.to_parameters())
    assert moved.learnt_from_ != fitted.learnt_from_


def test_the_same_rows_give_the_same_bytes(fitted: KMeansSegmenter, blobs: Blobs) -> None:
    assert document(clone(fitted).fit(blobs[0])) == document(fitted)


def test_the_order_of_rows_and_columns_does_not_matter(fitted: KMeansSegmenter, blobs: Blobs) -> None:
    mixed = blobs[0].sample(frac=1, random_state=4)[COLUMNS[::-1]]
    model = KMeansSegmenter(feature_names=COLUMNS).fit(mixed)
    assert model.to_parameters()["centers"] == fitted.to_parameters()["centers"]
    labels = pd.Series(model.predict(mixed), index=mixed.index)
    pd.testing.assert_series_equal(
        labels.loc[blobs[0].index], pd.Series(fitted.predict(blobs[0]), index=blobs[0].index)
    )


def test_another_seed_finds_the_same_planted_kinds(blobs: Blobs) -> None:
    again = KMeansSegmenter(stability_repeats=3, random_state=9).fit(blobs[0])
    assert adjusted_rand_score(blobs[1], again.predict(blobs[0])) >= 0.95


def test_parameters_survive_json_and_predict_the_same(fitted: KMeansSegmenter, blobs: Blobs) -> None:
    again = KMeansSegmenter.from_parameters(json.loads(document(fitted)))
    np.testing.assert_array_equal(again.predict(blobs[0]), fitted.predict(blobs[0]))
    np.testing.assert_array_equal(again.confidence(blobs[0]), fitted.confidence(blobs[0]))
    assert again.explain(blobs[0]) == fitted.explain(blobs[0])
    pd.testing.assert_frame_equal(again.segments_, fitted.segments_)
    pd.testing.assert_frame_equal(again.k_selection_, fitted.k_selection_)
    assert document(again) == document(fitted)


def test_the_table_of_candidates_is_kept_and_the_chosen_one_is_eligible(fitted: KMeansSegmenter) -> None:
    table = fitted.k_selection_
    assert table.columns.tolist() == [
        "k",
        "stability",
        "separation",
        "within_share",
        "smallest_share",
        "eligible",
        "chosen",
    ]
    assert table["k"].tolist() == [3, 4, 5, 6, 7, 8]
    assert table.loc[table["chosen"], "eligible"].tolist() == [True]
    assert table.loc[table["chosen"], "k"].item() == 4
    assert table["within_share"].is_monotonic_decreasing
    assert table["within_share"].between(0, 1).all()
    assert not table.loc[table["smallest_share"] < 0.02, "eligible"].any()


def test_a_day_of_small_changes_keeps_codes_names_and_nearly_every_customer(
    fitted: KMeansSegmenter, blobs: Blobs, plant: Plant
) -> None:
    tomorrow = blobs[0].copy()
    tomorrow["days_since_last_order"] += 1
    bought = tomorrow.sample(frac=0.03, random_state=2).index
    tomorrow.loc[bought, "days_since_last_order"] = 0
    tomorrow.loc[bought, "order_days_365d_count"] += 1
    newcomers = plant(6, seed=77)[0].set_axis([f"new_{i}" for i in range(6)])
    tomorrow = pd.concat([tomorrow.iloc[3:], newcomers])
    model = KMeansSegmenter(stability_repeats=3).fit(tomorrow, previous=fitted.to_parameters())
    assert model.segments_["segment_code"].tolist() == fitted.segments_["segment_code"].tolist()
    assert model.segments_["name"].tolist() == fitted.segments_["name"].tolist()
    common = blobs[0].index[3:]
    assert (model.predict(tomorrow.loc[common]) == fitted.predict(blobs[0].loc[common])).mean() > 0.97


def test_codes_stay_with_their_cluster_even_when_value_order_and_currency_change(
    fitted: KMeansSegmenter, blobs: Blobs
) -> None:
    changed = blobs[0].copy()
    changed["net_revenue_365d_amount"] *= np.where(fitted.predict(changed) == "c03", 1.3, 1.0)
    model = KMeansSegmenter(stability_repeats=3, random_state=5).fit(changed, previous=fitted.to_parameters())
    assert (model.predict(changed) == fitted.predict(blobs[0])).mean() > 0.97


def test_a_cluster_that_vanished_retires_its_code_for_good(fitted: KMeansSegmenter, blobs: Blobs) -> None:
    codes = fitted.predict(blobs[0])
    without = KMeansSegmenter(stability_repeats=3).fit(blobs[0][codes != "c02"], previous=fitted.to_parameters())
    assert clusters(without)["segment_code"].tolist() == ["c01", "c03", "c04"]
    assert [segment["segment_code"] for segment in without.retired_] == ["c02"]
    back = KMeansSegmenter(stability_repeats=3).fit(blobs[0], previous=without.to_parameters())
    assert clusters(back)["segment_code"].tolist() == ["c01", "c03", "c04", "c05"]
    assert [segment["segment_code"] for segment in back.retired_] == ["c02"]


def test_slow_drift_keeps_the_code_but_not_an_untrue_name(blobs: Blobs) -> None:
    frame, kind = blobs
    settings = {"max_match_distance": 0.25, "max_k": 5, "stability_repeats": 2}
    model = first = KMeansSegmenter(**settings).fit(frame)
    code = pd.Series(first.predict(frame))[kind == 1].mode()[0]
    for night in range(1, 7):
        drifted = frame.copy()
        drifted.loc[kind == 1, "days_since_last_order"] *= 0.7**night
        model = KMeansSegmenter(**settings).fit(drifted, previous=model.to_parameters())
    assert pd.Series(model.predict(drifted))[kind == 1].mode()[0] == code
    before = first.segments_.set_index("segment_code")["name"]
    after = model.segments_.set_index("segment_code")["name"]
    assert before[code] != after[code]
    assert after.is_unique
    assert (before.drop(code) == after.drop(code)).all()


def test_a_feature_added_since_the_last_version_does_not_break_the_match(fitted: KMeansSegmenter, blobs: Blobs) -> None:
    more = blobs[0].assign(category_count_365d=np.random.default_rng(0).integers(1, 9, size=600))
    model = KMeansSegmenter(stability_repeats=3).fit(
        more.drop(columns="discount_365d_share"), previous=fitted.to_parameters()
    )
    shared = set(model.segments_["segment_code"]) & {"c01", "c02", "c03", "c04"}
    assert len(shared) >= 3


def test_without_a_common_feature_every_code_is_new(fitted: KMeansSegmenter, plant: Plant) -> None:
    other = plant(300)[0].add_prefix("other_")
    model = KMeansSegmenter(value_feature="other_net_revenue_365d_amount").fit(other, previous=fitted.to_parameters())
    assert model.segments_["segment_code"].iloc[0] == "c05"
    assert [segment["segment_code"] for segment in model.retired_] == ["c01", "c02", "c03", "c04"]


def test_a_damaged_previous_version_is_refused(fitted: KMeansSegmenter, blobs: Blobs) -> None:
    with pytest.raises(ParameterFormatError):
        KMeansSegmenter().fit(blobs[0], previous={**fitted.to_parameters(), "centers": []})


def test_older_dates_get_labels_of_the_same_model(fitted: KMeansSegmenter, blobs: Blobs) -> None:
    older = blobs[0].iloc[::-1].head(40) * 0.97
    labels = fitted.predict(older)
    assert labels.shape == (40,)
    assert set(labels) <= set(fitted.segments_["segment_code"])
    assert labels.tolist() == [fitted.predict(older.loc[[customer]])[0] for customer in older.index]


def test_confidence_is_the_share_of_resampled_clusterings_that_agree(plant: Plant) -> None:
    frame = plant(600, spread=0.9)[0]
    model = KMeansSegmenter(max_k=4, min_k=4, max_outlier_share=0, stability_repeats=2).fit(frame)
    sure = model.confidence(frame)
    agree = np.zeros(len(frame))
    labels = model.predict(frame)
    repeats = 15
    for seed in range(repeats):
        drawn = frame.sample(frac=1, replace=True, random_state=seed).set_axis([f"r{i:05d}" for i in range(len(frame))])
        again = clone(model).set_params(membership_repeats=2, random_state=seed).fit(drawn)
        agree += matched(labels, again.predict(frame)) == labels
    agree /= repeats
    order = np.argsort(sure, kind="stable")
    lowest, highest = order[:90], order[-300:]
    # Said and seen, over the least clear tenth and the clearer half.
    assert sure[lowest].mean() == pytest.approx(agree[lowest].mean(), abs=0.1)
    assert sure[highest].mean() == pytest.approx(agree[highest].mean(), abs=0.03)
    assert agree[lowest].mean() < agree[highest].mean() - 0.1


def matched(labels: np.ndarray, other: np.ndarray) -> np.ndarray:
    """The other labels, each renamed to the label that most of its rows have."""
    shared = pd.crosstab(other, labels)
    return shared.idxmax(axis=1).loc[other].to_numpy()


def test_a_customer_at_a_centre_is_surer_than_one_between_two(fitted: KMeansSegmenter) -> None:
    raw = fitted.preparation_.inverse_transform(fitted.centers_)
    middle = fitted.preparation_.inverse_transform(fitted.centers_[:2].mean(axis=0, keepdims=True))
    rows = pd.DataFrame(np.vstack([raw, middle]), columns=fitted.features_)
    sure = fitted.confidence(rows)
    assert sure[:4] == pytest.approx(1)
    assert 0.4 < sure[4] < 0.8


def test_reasons_name_three_features_with_raw_values(fitted: KMeansSegmenter, blobs: Blobs) -> None:
    rows = blobs[0].head(50).copy()
    rows.iloc[0, 0] = np.nan
    for (customer, row), reasons in zip(rows.iterrows(), fitted.explain(rows), strict=True):
        assert len({reason["feature"] for reason in reasons}) == 3
        sizes = [abs(reason["effect"]) for reason in reasons]
        assert sizes == sorted(sizes, reverse=True)
        assert sum(sizes) <= 1 + 1e-9
        assert sum(reason["effect"] for reason in reasons) > 0, customer
        for reason in reasons:
            raw = row[reason["feature"]]
            assert reason["value"] == raw or (reason["value"] is None and np.isnan(raw))
    json.dumps(fitted.explain(rows), allow_nan=False)


def test_skewed_zero_heavy_and_missing_values_are_taken(plant: Plant) -> None:
    rng = np.random.default_rng(1)
    frame = plant(500, spread=0.4)[0].assign(
        refund_365d_share=np.where(rng.random(500) < 0.9, 0.0, rng.random(500)),
        units=rng.pareto(1.2, 500) * 20,
        constant=3.0,
        empty=np.nan,
    )
    frame = frame.mask(rng.random(frame.shape) < 0.05)
    model = KMeansSegmenter().fit(frame)
    assert clusters(model)["share"].min() >= 0.02
    assert len(model.notes_) == 2
    assert not {"constant", "empty"} & set(model.features_)
    assert not pd.isna(model.predict(frame)).any()


def test_large_data_starts_from_a_bounded_sample_and_is_polished_on_all(plant: Plant) -> None:
    frame, kind = plant(4000, seed=3)
    small = KMeansSegmenter(stability_repeats=3, sample_size=500, max_k=5).fit(frame)
    full = KMeansSegmenter(stability_repeats=3, max_k=5).fit(frame)
    assert adjusted_rand_score(small.predict(frame), full.predict(frame)) > 0.98
    assert adjusted_rand_score(kind, small.predict(frame)) >= 0.95
    assert small.segments_["customers"].sum() == 4000


def test_too_few_customers_are_refused(plant: Plant) -> None:
    with pytest.raises(NotEnoughCustomersError, match=r"at least 100 rows.*\n.*99 rows"):
        KMeansSegmenter().fit(plant(99)[0])


def test_a_cluster_below_the_minimum_share_is_never_given(plant: Plant) -> None:
    frame = plant(600)[0]
    frame.iloc[:2] *= 1.05
    model = KMeansSegmenter(min_share=0.15).fit(frame)
    assert clusters(model)["share"].min() >= 0.15
    same = pd.DataFrame({"a": np.repeat([1.0, 2.0], 100)}, index=[f"c{i}" for i in range(200)])
    with pytest.raises(NoEligibleClustersError, match="too small"):
        KMeansSegmenter().fit(same)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda frame: frame.set_axis(["same"] * len(frame)), "more than once"),
        (lambda frame: frame.set_axis([None, *frame.index[1:]]), "customer_id is missing"),
        (lambda frame: frame.assign(units="many"), "'units' is not numeric"),
        (lambda frame: frame.assign(discount_365d_share=np.inf), "infinite"),
        (lambda frame: frame.to_numpy(), "not a table"),
        (lambda frame: frame * 0, "no feature tells customers apart"),
    ],
)
def test_unusable_tables_are_named(change, message: str, blobs: Blobs) -> None:
    with pytest.raises(ModelInputError, match=message):
        KMeansSegmenter().fit(change(blobs[0]))


def test_a_feature_absent_at_prediction_is_named(fitted: KMeansSegmenter, blobs: Blobs) -> None:
    with pytest.raises(ModelInputError, match="'discount_365d_share' is not in the table"):
        fitted.predict(blobs[0].drop(columns="discount_365d_share"))


def test_settings_that_contradict_each_other_are_refused(blobs: Blobs) -> None:
    with pytest.raises(ModelInputError, match="min_k=5, max_k=4"):
        KMeansSegmenter(min_k=5, max_k=4).fit(blobs[0])


@pytest.mark.parametrize(
    "spoil",
    [
        lambda p: {**p, "format": "other"},
        lambda p: {**p, "format_version": 1},
        lambda p: {name: value for name, value in p.items() if name != "centers"},
        lambda p: {**p, "centers": [row[1:] for row in p["centers"]]},
        lambda p: {**p, "centers": [[float("nan")] * len(row) for row in p["centers"]]},
    ],
)
def test_foreign_or_damaged_parameters_are_refused(spoil, fitted: KMeansSegmenter) -> None:
    with pytest.raises(ParameterFormatError):
        KMeansSegmenter.from_parameters(spoil(fitted.to_parameters()))


def test_scikit_learn_conventions_hold(blobs: Blobs) -> None:
    model = KMeansSegmenter(max_k=5, min_share=0.03)
    assert model.get_params()["max_k"] == 5
    assert clone(model).get_params() == model.get_params()
    assert model.set_params(max_k=4).max_k == 4
    assert not [name for name in vars(model) if name.endswith("_")]
    with pytest.raises(NotFittedError):
        model.predict(blobs[0])
    before = blobs[0].copy()
    assert model.fit(blobs[0]) is model
    pd.testing.assert_frame_equal(blobs[0], before)
    assert model.n_features_in_ == 5
    assert model.feature_names_in_.tolist() == COLUMNS


def test_a_night_of_twenty_five_dates_takes_seconds(plant: Plant) -> None:
    frame = plant(2500, spread=0.5)[0]
    started = time.process_time()
    model = KMeansSegmenter().fit(frame)
    for _ in range(25):
        model.predict(frame)
    # 1.5 s measured on two slow cores; the bound leaves room for a busy machine.
    assert time.process_time() - started < 6
