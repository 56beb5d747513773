"""The next order: a curve that never falls, a date, and a window that holds what it says."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from ml.errors import ModelInputError
from ml.evaluation.classification_metrics import area_under_roc
from ml.evaluation.time_splits import PanelParts, newest_complete_dates, split_for_use
from ml.prediction.next_order_predictor import NextOrderPredictor, as_known_on

FEATURES = ("days_since_last_order", "order_days_365d_count", "country", "is_member")
LIMITS = (30, 60, 90)


@pytest.fixture(scope="module")
def judged(panel: pd.DataFrame, tonight: pd.Timestamp) -> pd.DataFrame:
    (newest,) = newest_complete_dates(panel["as_of_date"], horizon_days=90, known_until=tonight)
    return panel[panel["as_of_date"] == newest]


@pytest.fixture(scope="module")
def known(panel: pd.DataFrame, judged: pd.DataFrame) -> PanelParts:
    """Parts with what was known on the day the model is used: later orders have not happened yet."""
    used_on = judged["as_of_date"].iloc[0]
    split = split_for_use(panel["as_of_date"], used_on=used_on, horizon_days=90, by_customers_if_short=False)
    return split.parts(as_known_on(panel, used_on))


@pytest.fixture(scope="module")
def model(known: PanelParts) -> NextOrderPredictor:
    return NextOrderPredictor(feature_names=FEATURES, limits=LIMITS).fit(known)


def test_waiting_longer_never_makes_an_order_less_likely(model: NextOrderPredictor, judged: pd.DataFrame) -> None:
    curve = model.cumulative(judged)
    assert (np.diff(curve, axis=1) >= 0).all()
    assert ((curve > 0) & (curve < 1)).all()


def test_the_window_holds_four_orders_in_five(model: NextOrderPredictor, judged: pd.DataFrame) -> None:
    held = model.window_holds(judged)
    assert not np.isnan(held).any()
    assert 0.76 < held.mean() < 0.85


def test_the_window_is_the_one_that_was_checked(model: NextOrderPredictor, judged: pd.DataFrame) -> None:
    told, held = model.predict(judged), model.window_holds(judged)
    days = judged["days_to_next_order"].to_numpy()
    in_time = days <= LIMITS[-1]
    inside = (days >= told["window_from_days"].to_numpy()) & ~(days > told["window_to_days"].to_numpy())
    # Whole days are rounded outwards, so a window may hold a little more than was checked, never less.
    assert inside[in_time & (held == 1)].all()
    assert told["window_to_days"].to_numpy()[~in_time & (held == 1)].size
    assert np.isnan(told["window_to_days"].to_numpy()[~in_time & (held == 1)]).all()


def test_probabilities_by_each_limit_are_near_what_happened(model: NextOrderPredictor, judged: pd.DataFrame) -> None:
    told = model.predict(judged)
    for limit in LIMITS:
        happened = (judged["days_to_next_order"] <= limit).to_numpy(dtype=float)
        predicted = told[f"p_order_within_{limit}d"].to_numpy()
        assert predicted.mean() == pytest.approx(happened.mean(), abs=0.04)
        assert area_under_roc(happened, predicted) > 0.8


def test_half_of_those_with_the_median_have_ordered_by_it(model: NextOrderPredictor, judged: pd.DataFrame) -> None:
    told = model.predict(judged)
    dated = told["median_days"].notna().to_numpy()
    p_90 = told["p_order_within_90d"].to_numpy()
    assert (p_90[dated] >= 0.5).all()
    assert (p_90[~dated] < 0.5).all()
    expected = judged["as_of_date"] + pd.to_timedelta(told["median_days"], unit="D")
    assert (told["median_date"][dated] == expected[dated]).all()


def test_who_has_not_ordered_yet_teaches_too(known: PanelParts, judged: pd.DataFrame) -> None:
    # If only those who came back taught, everybody would be told to come back.
    def only_returned(rows: pd.DataFrame) -> pd.DataFrame:
        return rows[rows["days_to_next_order"] <= 90]

    biased = replace(known, train=only_returned(known.train), stopping=only_returned(known.stopping),
                     calibration=only_returned(known.calibration))  # fmt: skip
    with pytest.raises(ModelInputError):
        NextOrderPredictor(feature_names=FEATURES, limits=LIMITS).fit(
            replace(biased, calibration=biased.calibration.head(0))
        )
    wrong = NextOrderPredictor(feature_names=FEATURES, limits=(30, 60)).fit(
        replace(biased, train=known.train[known.train["days_to_next_order"] <= 90])
    )
    right = NextOrderPredictor(feature_names=FEATURES, limits=(30, 60)).fit(known)
    happened = (judged["days_to_next_order"] <= 60).mean()
    assert abs(right.cumulative(judged)[:, -1].mean() - happened) < 0.04
    assert wrong.cumulative(judged)[:, -1].mean() > happened + 0.2


def test_a_document_gives_the_same_windows(model: NextOrderPredictor, judged: pd.DataFrame) -> None:
    again = NextOrderPredictor.from_parameters(json.loads(json.dumps(model.to_parameters(), allow_nan=False)))
    pd.testing.assert_frame_equal(again.predict(judged), model.predict(judged))
    np.testing.assert_array_equal(again.predict_baseline(judged), model.predict_baseline(judged))


def test_dates_not_observed_to_the_last_limit_cannot_check_a_window(known: PanelParts) -> None:
    with pytest.raises(ModelInputError, match="observed to the last limit"):
        NextOrderPredictor(feature_names=FEATURES, limits=LIMITS, tree_settings={"max_trees": 1}).fit(
            replace(known, calibration=known.calibration.assign(observed_days=60.0))
        )


def test_a_past_date_knows_no_later_order() -> None:
    panel = pd.DataFrame(
        {
            "customer_id": ["a", "b", "c"],
            "as_of_date": pd.to_datetime(["2026-01-01", "2026-01-11", "2026-02-01"]),
            "days_to_next_order": [10.0, 21.0, 1.0],
        }
    )
    known = as_known_on(panel, "2026-01-31")
    assert known["customer_id"].tolist() == ["a", "b"]
    assert known["observed_days"].tolist() == [30.0, 20.0]
    assert known["days_to_next_order"].tolist()[0] == 10
    assert known["days_to_next_order"].isna().tolist() == [False, True]
