"""The simulated company's campaign, held against what it truly did."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from tests.support import nights

CAMPAIGN = "spring-living-2026"


@pytest.fixture(scope="module")
def exposures(company: nights.Night) -> pd.DataFrame:
    return pd.read_csv(company.deployment.config_path.parent / "campaign_exposures.csv")


def test_the_campaign_is_told_with_its_arms_cost_and_checks(company: nights.Night, exposures: pd.DataFrame) -> None:
    (campaign,) = company.mart("select * from campaigns").to_dict("records")
    assert campaign["campaign_id"] == CAMPAIGN
    assert campaign["campaign_name"] == "Spring in the living room"
    assert campaign["planned_holdout_share"] == 0.25
    assert campaign["is_randomised"]
    assert campaign["is_sample_ratio_ok"]
    assert campaign["is_over"]
    assert pd.isna(campaign["why_not"])
    arms = exposures["arm"].value_counts()
    # Records that turn out to be one person make customers fewer, never more.
    for arm in ("treatment", "holdout"):
        assert 0.95 * arms[arm] <= campaign[f"{arm}_customers_count"] <= arms[arm]
    assert float(campaign["cost_amount"]) == pytest.approx(exposures["cost"].sum(), rel=0.02)
    assert "orders per customer" in campaign["finding"]
    assert "EUR of margin per customer" in campaign["finding"]


def test_the_segments_of_every_scheme_add_up_to_all(company: nights.Night) -> None:
    found = company.mart(
        """
        select
            scheme,
            sum(treatment_customers_count) as contacted,
            sum(holdout_customers_count) as held_out,
            min(least(treatment_customers_count, holdout_customers_count)) as smallest
        from experiment_lift
        where metric = 'orders'
        group by scheme
        """
    ).set_index("scheme")
    assert len(found) >= 16
    assert (found[["contacted", "held_out"]] == found.loc["all", ["contacted", "held_out"]]).all(axis=None)
    assert (found["smallest"] >= 10).all()


def test_the_true_lift_lies_within_the_interval(company: nights.Night, truth: Path) -> None:
    (found,) = company.mart("select * from experiment_lift where scheme = 'all' and metric = 'orders'").to_dict(
        "records"
    )
    true = pd.read_parquet(truth / "campaign.parquet")
    # The campaign works on 56 days, of which 30 count; orders come evenly enough for this.
    expected = true.loc[true["arm"].notna(), "expected_extra_orders"].mean() * 30 / 56
    assert found["adjusted_low"] < expected < found["adjusted_high"]
    assert found["difference_low"] <= found["difference"] <= found["difference_high"]


def test_a_campaign_that_is_too_small_to_rank_customers_says_so(company: nights.Night) -> None:
    told = company.mart("select * from model_metrics where model = 'uplift_30d'")
    assert set(told["slice"]) == {f"campaign={CAMPAIGN}"}
    assert not told["is_published"].any()
    assert "An arm has" in told["reason"][0]
    assert company.mart("select count(*) as n from customer_uplift")["n"][0] == 0
