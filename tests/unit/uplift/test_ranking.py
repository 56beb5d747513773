"""What of a campaign's ranking reaches the tables, and what is withheld with a reason."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from orchestration.uplift.ranking import (
    FEATURES,
    curve_rows,
    customer_rows,
    learn_ranking,
    metric_rows,
    not_ranked,
    too_little,
)

TONIGHT = dt.date(2026, 6, 30)


def campaign(count: int, *, seed: int, change: float) -> pd.DataFrame:
    """Customers of whom contacting moves those who buy with a discount, and nobody else."""
    draw = np.random.default_rng(seed)
    frame = pd.DataFrame(0.0, index=range(count), columns=list(FEATURES))
    frame["discount_365d_share"] = draw.random(count)
    frame["order_count"] = draw.poisson(3, count)
    treated = draw.random(count) < 0.75
    chance = 0.15 + change * treated * (frame["discount_365d_share"] > 0.5)
    return frame.assign(
        customer_id=[f"c{number:05}" for number in range(count)],
        is_treated=treated,
        has_ordered=draw.random(count) < chance,
        margin_amount=lambda rows: rows["has_ordered"] * 10.0,
        assigned_date=pd.Timestamp("2026-03-09"),
    )


@pytest.fixture(scope="module")
def customers() -> pd.DataFrame:
    return campaign(4000, seed=1, change=0.3)


def test_a_ranking_that_holds_is_published_with_its_proof(customers: pd.DataFrame) -> None:
    ranking = learn_ranking("spring", customers)
    assert ranking.is_published
    metrics = metric_rows(ranking, tonight=TONIGHT).to_pandas().set_index("metric")
    assert metrics.loc["qini_response", "is_published"]
    assert metrics.loc["qini_response", "model_lower"] > 0 == metrics.loc["qini_response", "baseline_value"]
    assert metrics.loc["qini_response", "reason"].startswith("Customers whom the model has not seen answer more")
    rows = customer_rows(ranking, customers, tonight=TONIGHT).to_pandas()
    assert rows["lift_tenth"].value_counts().tolist() == [400] * 10
    assert rows.groupby("lift_tenth")["expected_response_lift"].mean().is_monotonic_decreasing
    first = customers.set_index("customer_id").loc[rows.loc[rows["lift_tenth"] <= 3, "customer_id"]]
    assert (first["discount_365d_share"] > 0.5).mean() > 0.95
    curve = curve_rows(ranking, tonight=TONIGHT).to_pandas()
    assert curve["gain"][4] > curve["random_gain"][4]


def test_where_contacting_moves_everybody_alike_nothing_is_ranked_and_why_is_said() -> None:
    ranking = learn_ranking("spring", campaign(3000, seed=3, change=0.0))
    assert not ranking.is_published
    metrics = metric_rows(ranking, tonight=TONIGHT).to_pandas()
    assert not metrics["is_published"].any()
    assert set(metrics["decision"]) == {"baseline"}
    assert metrics["reason"].str.startswith("Whom contacting changes more cannot be told").all()


def test_margin_is_withheld_where_only_the_response_can_be_told_apart(customers: pd.DataFrame) -> None:
    noise = np.random.default_rng(4).normal(0, 500, len(customers))
    ranking = learn_ranking("spring", customers.assign(margin_amount=noise))
    rows = customer_rows(ranking, customers, tonight=TONIGHT).to_pandas()
    assert rows["expected_margin_lift"].isna().all()
    assert rows["expected_response_lift"].notna().all()


def test_one_huge_margin_does_not_decide(customers: pd.DataFrame) -> None:
    margin = customers["margin_amount"].to_numpy().copy()
    plain = learn_ranking("spring", customers)
    margin[np.flatnonzero(margin)[0]] = 1e9
    spoilt = learn_ranking("spring", customers.assign(margin_amount=margin))
    assert spoilt.qini_margin.estimate == pytest.approx(plain.qini_margin.estimate, rel=0.05)


def test_too_small_campaigns_say_what_it_takes(customers: pd.DataFrame) -> None:
    assert too_little(customers) == ""
    told = too_little(customers.head(300))
    assert "it takes 200 and 30" in told
    assert too_little(customers.assign(is_treated=True)).startswith("An arm has 0 customers and 0 who ordered")
    row = not_ranked("spring", told, customers=300, tonight=TONIGHT).to_pandas().iloc[0]
    assert (row["decision"], row["slice"], row["reason"]) == ("not_learned", "campaign=spring", told)


def test_the_same_customers_give_the_same_rows(customers: pd.DataFrame) -> None:
    one, other = (customer_rows(learn_ranking("spring", customers), customers, tonight=TONIGHT) for _ in range(2))
    assert one.equals(other)
