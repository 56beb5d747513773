"""The whole night on the Complete Journey: real data, with facts to check it against."""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path

import pandas as pd
import pytest

from orchestration.configuration.combined_pair import NO_PAIR
from orchestration.gate.expectations import IDENTITY_BUILD, IDENTITY_PRECISE, IDENTITY_STABLE
from orchestration.publishing.manifest import verify
from orchestration.samples.sample import put_sample
from tests.architecture.definitions_snapshot import names_of
from tests.support import nights

# UCI Online Retail is the real data of every run of the suite.
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return put_sample("completejourney", tmp_path_factory.mktemp("sample"))


@pytest.fixture(scope="module")
def journey(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> nights.Night:
    night = nights.run(sample, tmp_path_factory.mktemp("journey_home"))
    assert night.outcome.exit_code == 0, night.outcome.errors
    return night


@pytest.fixture(scope="module")
def transactions(sample: Path) -> pd.DataFrame:
    """The file's transactions, timed as the shops' clocks showed it."""
    read = pd.read_parquet(sample.parent / "transactions.parquet")
    local = read["transaction_timestamp"].dt.tz_localize("UTC").dt.tz_convert("America/New_York").dt.tz_localize(None)
    return read.assign(transaction_timestamp=local)


def parquet_hashes(night: nights.Night) -> dict[str, str]:
    # The history of checks grows with every run, so it is meant to differ.
    files = [path for path in night.served.path.glob("*.parquet") if path.stem != "data_quality"]
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_every_line_is_loaded_and_none_rejected(journey: nights.Night) -> None:
    loads = journey.mart(
        "select subject, records_count, rejected_count from data_quality where records_count is not null"
    ).set_index("subject")
    assert loads["records_count"].to_dict() == {
        "raw.completejourney__transactions": 1_469_307,
        "raw.completejourney__products": 92_331,
        "raw.completejourney__demographics": 801,
        "raw.completejourney__campaigns": 6_589,
        "raw.completejourney__campaign_descriptions": 27,
        "raw.completejourney__coupon_redemptions": 2_102,
    }
    assert loads["rejected_count"].sum() == 0


def test_the_households_and_their_revenue_are_those_of_the_file(
    journey: nights.Night, transactions: pd.DataFrame
) -> None:
    known = transactions[transactions["transaction_timestamp"] < "2018-01-01"]
    found = journey.mart("select count(*) as customers, cast(sum(net_revenue_amount) as double) as r from customers")
    assert found["customers"][0] == known["household_id"].nunique() == 2469
    assert found["r"][0] == pytest.approx(known["sales_value"].sum(), abs=0.01 * 2469)


def test_the_household_number_is_trusted_and_nothing_is_matched(
    journey: nights.Night, transactions: pd.DataFrame
) -> None:
    known = transactions[transactions["transaction_timestamp"] < "2018-01-01"]
    digests = {hashlib.sha256(str(number).encode()).hexdigest() for number in known["household_id"].unique()}
    found = journey.mart("select customer_id from customers")["customer_id"]
    assert set(found) == {f"c_{digest[:20]}" for digest in digests}
    names = names_of(journey.deployment)
    assert {"dbt_features", "dbt_marts"} <= set(names["steps"])
    assert {"dbt_records", "matching"}.isdisjoint(names["steps"])
    assert [asset for asset in names["assets"] if asset.endswith("[matching]")] == []
    asked = set(journey.mart("select check_name from data_quality")["check_name"])
    assert asked.isdisjoint({IDENTITY_BUILD, IDENTITY_STABLE, IDENTITY_PRECISE})


def test_recency_and_frequency_agree_with_pandas(journey: nights.Night, transactions: pd.DataFrame) -> None:
    known = transactions[transactions["transaction_timestamp"] < "2018-01-01"]
    baskets = known.groupby(["household_id", "basket_id"], as_index=False).agg(
        value=("sales_value", "sum"), date=("transaction_timestamp", "min")
    )
    baskets = baskets[baskets["value"].round(2) > 0]
    by_household = baskets.assign(day=baskets["date"].dt.date).groupby("household_id")["day"]
    expected = pd.DataFrame(
        {
            "order_days": by_household.nunique(),
            "silence": [(dt.date(2017, 12, 31) - day).days for day in by_household.max()],
        }
    )
    found = journey.mart("select order_days_365d_count as order_days, days_since_last_order as silence from customers")
    columns = ["order_days", "silence"]
    assert (
        found[columns].sort_values(columns).to_numpy().tolist()
        == expected[columns].sort_values(columns).to_numpy().tolist()
    )


def test_the_rfm_segment_follows_from_the_published_definition(journey: nights.Night) -> None:
    found = journey.mart(
        "select order_days_365d_count as f, days_since_last_order as r, rfm_segment_code as segment from customers"
    )
    cut = journey.warehouse(
        "select recency_days from segmentations.int_rfm__cut_points where as_of_date = date '2017-12-31'"
    )["recency_days"][0]
    score = 5 - sum((found["r"] > point).astype(int) for point in cut)
    band = sum((found["f"] >= bound).astype(int) for bound in (1, 2, 3, 4, 7))
    assert (found["segment"] == "champions").equals((score == 5) & (band >= 4))
    assert (found["segment"] == "cant_lose").equals((score <= 2) & (band == 5))
    assert (found["segment"] == "lost").equals((score == 1) & (band == 1))


def test_the_schemes_are_those_that_the_sources_allow_and_the_others_say_what_they_lack(journey: nights.Night) -> None:
    found = journey.mart("select scheme, status, status_reason from segmentation_schemes").set_index("scheme")
    assert set(found.index[found["status"] == "available"]) == {
        "behavioural",
        "channel_preference",
        "clusters",
        "demographic",
        "digital_adoption",
        "lifecycle",
        "predictive",
        "product_preference",
        "rfm",
        "value_tier",
    }
    lacking = found[found["status"] != "available"]
    assert set(lacking["status"]) == {"not_available"}
    unknown = "the sources say too little to place anybody: it looks at "
    assert lacking["status_reason"].to_dict() == {
        "benefits": "no source of survey questions and of survey answers is connected",
        "combined": NO_PAIR,
        "delivery_need": unknown + "delivery method, units and promised and real delivery days of order lines",
        "engagement": "no source of interactions is connected",
        "firmographic": "no source of companies is connected",
        "geographic": unknown + "delivery addresses of order lines and addresses of customer records",
        "needs": "no source of survey questions and of survey answers is connected",
        "psychographic": "no source of survey questions and of survey answers is connected",
        "satisfaction": "no source of survey answers or social interactions is connected",
    }


def test_life_stages_are_those_of_the_households_that_were_asked(journey: nights.Night, sample: Path) -> None:
    asked = pd.read_parquet(sample.parent / "demographics.parquet")
    is_young = asked["age"].isin(["19-24", "25-34", "35-44"])
    has_children = asked["kids_count"] != "0"
    is_alone = asked["household_size"] == "1"
    stage = pd.Series("empty_nest", index=asked.index)
    stage[is_young & ~has_children] = "young_couple"
    stage[is_young & ~has_children & is_alone] = "young_single"
    stage[has_children] = "mature_family"
    stage[is_young & has_children] = "young_family"
    stage[asked["age"] == "65+"] = "senior"
    found = journey.mart("select demographic_segment_code as stage from customers")["stage"]
    assert found[found != "unknown"].value_counts().to_dict() == stage.value_counts().to_dict()


def test_everybody_buys_in_the_stores_and_hardly_anybody_in_bulk(journey: nights.Night) -> None:
    found = journey.mart(
        "select behavioural_segment_code as pattern, channel_preference_segment_code as channel, "
        "digital_adoption_segment_code as adoption from customers"
    )
    assert set(found["channel"]) == {"prefers_store"}
    assert set(found["adoption"]) == {"store_first"}
    # Fuel is counted in fractions of a gallon; whoever fills up does not buy in bulk.
    assert found["pattern"].str.endswith("bulk_buyer").mean() < 0.01
    assert 0.3 < found["pattern"].str.endswith("deal_seeker").mean() < 0.8
    # A fifth of the repeat buyers is heavy, apart from those who share the order days at the limit.
    assert 0.15 < found["pattern"].str.startswith("heavy").mean() <= 0.2
    assert found["pattern"].str.startswith("occasional").mean() >= 0.45


def test_many_categories_are_preferred_and_none_by_most(journey: nights.Night, sample: Path) -> None:
    profiles = journey.mart(
        "select segment_code, customers_share from segment_profiles "
        "where scheme = 'product_preference' and is_current and segment_code not in ('broad_taste', 'other', 'unknown')"
    )
    departments = set(pd.read_parquet(sample.parent / "products.parquet")["department"].str.lower())
    assert len(profiles) > 10
    assert {code.replace("_", " ") for code in profiles["segment_code"]} & departments
    assert profiles["customers_share"].max() < 0.2


def test_clusters_have_distinct_names_and_cover_every_buyer(journey: nights.Night) -> None:
    segments = journey.mart("select * from segment_profiles where scheme = 'clusters' and is_current")
    clusters = segments[segments["segment_code"] != "outliers"]
    assert segments["customers_share"].sum() == pytest.approx(1)
    assert 3 <= len(clusters) <= 8
    assert clusters["segment_name"].is_unique
    assert clusters["customers_share"].min() >= 0.02
    assert "unknown" not in set(clusters["segment_code"])


def test_a_year_of_movement_is_there_on_the_first_night(journey: nights.Night) -> None:
    dates = journey.mart("select distinct as_of_date from segment_profiles order by 1")["as_of_date"]
    month_ends = [str(date.date()) for date in dates]
    assert month_ends[0] == "2017-01-31"
    assert month_ends[-1] == "2017-12-31"
    assert len(month_ends) == 12


def test_analysts_can_open_the_marts_with_duckdb_and_pandas(journey: nights.Night) -> None:
    frame = pd.read_parquet(journey.served.path.parent / "current" / "segment_profiles.parquet")
    assert len(frame) == journey.mart("select count(*) as n from segment_profiles")["n"][0]
    comments = journey.mart("select count(*) as n from duckdb_columns() where comment is not null")
    assert comments["n"][0] > 60


def test_without_its_warehouse_the_same_night_comes_out_the_same(journey: nights.Night, sample: Path) -> None:
    before = parquet_hashes(journey)
    codes = journey.mart(
        "select segment_code, segment_name from segment_profiles where scheme = 'clusters' and is_current"
    )
    home = journey.deployment.home
    batches = sorted(path.name for path in home.lake.glob("*/*"))
    home.warehouse.unlink()
    again = nights.run(sample, home.root)
    assert again.outcome.exit_code == 0, again.outcome.errors
    assert sorted(path.name for path in home.lake.glob("*/*")) == batches
    assert parquet_hashes(again) == before
    assert again.mart(
        "select segment_code, segment_name from segment_profiles where scheme = 'clusters' and is_current"
    ).equals(codes)
    assert verify(again.served.path) == ()


def test_the_day_before_keeps_the_codes_and_names_of_the_clusters(journey: nights.Night, sample: Path) -> None:
    names = dict(
        journey.mart(
            "select distinct segment_code, segment_name from segment_profiles where scheme = 'clusters'"
        ).itertuples(index=False)
    )
    earlier = nights.run(sample, journey.deployment.home.root, dt.date(2017, 12, 30))
    assert earlier.outcome.exit_code == 0, earlier.outcome.errors
    found = dict(
        earlier.mart(
            "select distinct segment_code, segment_name from segment_profiles where scheme = 'clusters'"
        ).itertuples(index=False)
    )
    assert found == names


def test_campaigns_without_a_holdout_are_never_called_lift(journey: nights.Night, sample: Path) -> None:
    found = journey.mart("select * from experiment_lift")
    figures = [
        name for name in found if name.startswith(("difference", "adjusted_", "relative_", "p_value", "minimum_"))
    ]
    assert len(figures) == 13
    assert found[figures].isna().all(axis=None)
    assert not found[["is_randomised", "is_significant"]].any(axis=None)
    assert found["finding"].isna().all()
    campaigns = journey.mart("select * from campaigns").set_index("campaign_id")
    assert len(campaigns) == 27
    assert campaigns["why_not"].str.startswith("Nobody was held out").all()
    assert campaigns[["incremental_margin_amount", "roi_share", "holdout_response_share"]].isna().all(axis=None)
    # Three began before the first day of which anything is known: their households did not buy nothing.
    unknown = campaigns.index[campaigns["treatment_response_share"].isna() & campaigns["is_over"]]
    assert set(unknown) == {"24", "25", "26"}
    of_over = campaigns[campaigns["is_over"]].drop(index=unknown)
    assert of_over["treatment_response_share"].between(0.5, 1).all()
    assert of_over["finding"].str.contains("That is no lift. Nobody was held out").all()
    assert journey.mart("select count(*) as n from customer_uplift")["n"][0] == 0


def test_redeemed_coupons_count_as_responses_to_their_campaign(journey: nights.Night, sample: Path) -> None:
    redeemed = pd.read_parquet(sample.parent / "coupon_redemptions.parquet")
    campaigns = pd.read_parquet(sample.parent / "campaign_descriptions.parquet")
    rows = redeemed.merge(campaigns, on="campaign_id")
    days = (pd.to_datetime(rows["redemption_date"]) - pd.to_datetime(rows["start_date"])).dt.days
    households = rows[days.between(0, 30)].groupby("campaign_id")["household_id"].nunique()
    targeted = pd.read_parquet(sample.parent / "campaigns.parquet").groupby("campaign_id")["household_id"].nunique()
    found = journey.mart("select campaign_id, redemption_share from campaigns where redemption_share is not null")
    expected = (households / targeted).fillna(0)
    assert len(found) >= 20
    for campaign_id, share in found.itertuples(index=False):
        assert share == pytest.approx(expected[int(campaign_id)]), campaign_id
