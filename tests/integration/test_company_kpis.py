"""Results of the simulated company's segments, worked out a second time from what customers did."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import numpy as np
import pandas as pd
import pytest
from scipy.optimize import brentq

from tests.support import nights

SCHEMES = ("rfm", "clusters")


class Books:
    """What customers did and in which segment they were, and the marts that tell of it."""

    def __init__(self, warehouse: duckdb.DuckDBPyConnection) -> None:
        self.ask = lambda query: warehouse.execute(query).df()
        self.days = self.ask(
            "select customer_id, activity_date, order_count, net_revenue_amount::double as revenue, "
            "margin_amount::double as margin from features.int_purchases__customer_days"
        )
        self.stays = self.ask(
            "select customer_id, scheme, segment_code, valid_from, valid_to from marts.segment_memberships"
        )

    def members(self, scheme: str, date: pd.Timestamp) -> pd.Series:
        """Segments of a scheme on a date, by customer."""
        stays = self.stays[self.stays["scheme"] == scheme]
        lasting = stays["valid_to"].isna() | (stays["valid_to"] > date)
        return stays[(stays["valid_from"] <= date) & lasting].set_index("customer_id")["segment_code"]

    def bought(self, first: pd.Timestamp, last: pd.Timestamp) -> pd.DataFrame:
        """Orders and revenue of each customer between two days."""
        within = self.days[(self.days["activity_date"] >= first) & (self.days["activity_date"] <= last)]
        return within.groupby("customer_id")[["order_count", "revenue", "margin"]].sum()

    def both(self, scheme: str, row: pd.Series) -> pd.DataFrame:
        """The members of a period with what they bought in it and in the one before."""
        months = {"month": 1, "quarter": 3, "year": 12}[row["period_kind"]]
        before = self.bought(row["period_start_date"] - pd.DateOffset(months=months), row["membership_date"])
        now = self.bought(row["period_start_date"], row["period_end_date"])
        table = self.members(scheme, row["membership_date"]).to_frame("segment")
        return table.join(before.add_prefix("before_")).join(now.add_prefix("now_")).fillna(0.0)


@pytest.fixture(scope="module")
def books(company: nights.Night) -> Iterator[Books]:
    with duckdb.connect(str(company.deployment.home.warehouse), read_only=True) as warehouse:
        yield Books(warehouse)


def newest(company: nights.Night, mart: str, kind: str) -> pd.DataFrame:
    return company.mart(f"from {mart} where period_kind = '{kind}' and is_newest and segment_code <> 'other'")


def ends_of_ratio(before: pd.Series, now: pd.Series) -> tuple[float, float]:
    """Where the sum of ``now - r x before`` is as far from 0 as chance brings it, by a search instead of a formula."""
    number, z = len(before), 1.959963984540054

    def excess(ratio: float) -> float:
        off = now - ratio * before
        return float(off.sum() ** 2 - z**2 * number * off.var(ddof=1))

    ratio = now.sum() / before.sum()
    if before.sum() ** 2 <= z**2 * number * before.var(ddof=1):
        return np.nan, np.nan
    reach = 1.0
    while min(excess(ratio - reach), excess(ratio + reach)) <= 0:
        reach *= 2
    return brentq(excess, ratio - reach, ratio), brentq(excess, ratio, ratio + reach)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("kind", ["month", "quarter"])
def test_retention_and_revenue_are_those_of_the_members_of_the_day_before(
    company: nights.Night, books: Books, scheme: str, kind: str
) -> None:
    told = newest(company, "segment_kpis", kind)
    told = told[told["scheme"] == scheme].set_index("segment_code")
    members = books.both(scheme, told.iloc[0])
    assert len(told) > 2
    for code, row in told.iterrows():
        own = members[members["segment"] == code]
        assert row["customers_count"] == len(own)
        if row["customers_count"] < 10:
            assert pd.isna(row["net_revenue_amount"])
            continue
        again = own[own["before_order_count"] > 0]["now_order_count"] > 0
        assert row["previous_buyers_count"] == len(again)
        assert row["period_retention_rate"] == pytest.approx(again.mean(), nan_ok=True)
        assert float(row["net_revenue_amount"]) == pytest.approx(own["now_revenue"].sum(), abs=1e-3)
        assert float(row["margin_amount"]) == pytest.approx(own["now_margin"].sum(), abs=1e-3)
        if own["before_revenue"].sum() > 0:
            kept = np.minimum(own["now_revenue"], own["before_revenue"]).sum()
            before = own["before_revenue"].sum()
            assert row["net_revenue_retention_rate"] == pytest.approx(own["now_revenue"].sum() / before)
            assert row["gross_revenue_retention_rate"] == pytest.approx(kept / before)
            assert row["gross_revenue_retention_rate"] <= min(1, row["net_revenue_retention_rate"]) + 1e-12
            low, high = ends_of_ratio(own["before_revenue"], own["now_revenue"])
            assert row["net_revenue_retention_rate_low"] == pytest.approx(max(low, 0), nan_ok=True, abs=1e-6)
            assert row["net_revenue_retention_rate_high"] == pytest.approx(high, nan_ok=True, abs=1e-6)
            low, high = ends_of_ratio(own["before_revenue"], own[["now_revenue", "before_revenue"]].min(axis=1))
            assert row["gross_revenue_retention_rate_low"] == pytest.approx(max(low, 0), nan_ok=True, abs=1e-6)
            assert row["gross_revenue_retention_rate_high"] == pytest.approx(min(high, 1), nan_ok=True, abs=1e-6)


def test_growth_is_that_of_members_as_they_were_each_time(company: nights.Night, books: Books) -> None:
    told = newest(company, "segment_growth", "quarter")
    told = told[told["scheme"] == "rfm"].set_index("segment_code")
    now = books.both("rfm", told.iloc[0])
    earlier = told.iloc[0].copy()
    earlier["period_start_date"] = earlier["previous_membership_date"] + pd.Timedelta(days=1)
    earlier["period_end_date"] = earlier["membership_date"]
    earlier["membership_date"] = earlier["previous_membership_date"]
    before = books.both("rfm", earlier)
    checked = 0
    for code, row in told.drop("entered").iterrows():
        if pd.isna(row["net_revenue_now_amount"]):
            continue
        is_now, was = now[now["segment"] == code].index, before[before["segment"] == code].index
        stayed, joined = is_now.intersection(was), is_now.difference(was)
        assert row["customers_now_count"] == len(is_now)
        assert row["new_count"] == len(joined.difference(before.index))
        assert row["left_count"] == len(was.difference(is_now))
        movers = now.loc[joined, "now_revenue"].sum() - before.loc[was.difference(is_now), "now_revenue"].sum()
        orders = before.loc[stayed, "now_order_count"].sum()
        spent, spends = before.loc[stayed, "now_revenue"].sum(), now.loc[stayed, "now_revenue"].sum()
        rate = spent * (now.loc[stayed, "now_order_count"].sum() - orders) / orders if orders else spends - spent
        if pd.notna(row["mover_effect_amount"]):
            assert float(row["mover_effect_amount"]) == pytest.approx(movers, abs=1e-3)
            assert float(row["rate_effect_amount"]) == pytest.approx(rate, abs=1e-3)
            assert float(row["mix_effect_amount"]) == pytest.approx(spends - spent - rate, abs=1e-3)
            checked += 1
    assert checked > 3


def test_the_score_of_promoters_is_that_of_the_answers(company: nights.Night, books: Books) -> None:
    told = company.mart("from segment_kpis where scheme = 'all' and segment_code = 'all' and period_kind <> 'month'")
    answers = books.ask(
        "select customer_id, answer_number, answered_date from features.int_satisfaction__answers "
        "where question_kind = 'nps'"
    )
    shown = 0
    for _, row in told.iterrows():
        known = books.members("rfm", row["membership_date"]).index
        within = answers["answered_date"].between(row["period_start_date"], row["period_end_date"])
        own = answers[within & answers["customer_id"].isin(known)]["answer_number"]
        assert row["nps_answers_count"] == len(own)
        if len(own) < 30:
            assert pd.isna(row["nps"])
            continue
        votes = np.where(own >= 9, 1, np.where(own <= 6, -1, 0))
        assert row["nps"] == pytest.approx(100 * votes.mean())
        assert row["nps_high"] - row["nps"] == pytest.approx(1.959964 * 100 * votes.std() / np.sqrt(len(votes)))
        shown += 1
    assert shown > 0


def test_cohorts_are_customers_by_their_first_order(company: nights.Night, books: Books) -> None:
    told = company.mart("from cohort_retention where group_kind = 'all' and customers_count >= 10")
    orders = books.days[books.days["order_count"] > 0]
    month = orders["activity_date"].dt.to_period("M")
    first = month.groupby(orders["customer_id"]).transform("min")
    for _, row in told.iterrows():
        cohort = orders[first == row["cohort_month_date"].to_period("M")]
        at = row["month_start_date"].to_period("M")
        assert row["customers_count"] == cohort["customer_id"].nunique()
        assert row["retained_count"] == cohort[month[cohort.index] == at]["customer_id"].nunique()
        later = cohort[month[cohort.index] >= at]["customer_id"].nunique()
        assert row["rolling_retention_rate"] == pytest.approx(later / row["customers_count"])
    assert not told.sort_values("cohort_month_date")["is_new_for_sure"].iloc[0]
    assert told["months_since"].max() > 12


def test_what_moves_between_segments_is_worth_is_what_its_customers_are_worth(
    company: nights.Night, books: Books
) -> None:
    told = company.mart(
        "from segment_transitions where scheme = 'rfm' "
        "and as_of_date = (select max(as_of_date) from segment_transitions)"
    )
    assert len(told) > 10
    date, before = told["as_of_date"].iloc[0], told["previous_as_of_date"].iloc[0]
    now, was = books.members("rfm", date), books.members("rfm", before)
    worth = {
        when: books.bought(day - pd.Timedelta(days=364), day)["margin"]
        for when, day in {"before": before, "now": date}.items()
    }
    shown = told[told["margin_now_amount"].notna()]
    assert (told["margin_now_amount"].isna() == (told["customers_count"] < 10)).all()
    for _, row in shown.iterrows():
        own = now.index[
            (now == row["to_segment_code"]) & (was.reindex(now.index).fillna("entered") == row["from_segment_code"])
        ]
        assert row["customers_count"] == len(own)
        for when in ("before", "now"):
            assert float(row[f"margin_{when}_amount"]) == pytest.approx(worth[when].reindex(own).sum(), abs=1e-3)


def test_alerts_are_told_in_words_and_stop_nothing(company: nights.Night) -> None:
    alerts = company.mart("from kpi_alerts")
    assert alerts["sentence"].str.contains(" of ").all()
    told = alerts[alerts["is_alert"]]
    assert (told[["counted_count", "previous_count"]].min(axis=1) >= 100).all()
    assert (told["effect_size"].abs() >= 0.2).all()
    assert ((told["change_low"] > 0) | (told["change_high"] < 0)).all()
    bad = told[told["direction"] == "bad"]
    check = company.mart(
        "from data_quality where is_current and check_name = 'assert_no_result_calls_for_attention'"
    ).iloc[0]
    assert check["severity"] == "warn"
    assert check["status"] == ("warn" if len(bad) else "pass")


def test_periods_are_full_and_within_the_history(company: nights.Night) -> None:
    periods = company.mart(
        "select distinct period_kind, period_start_date, period_end_date, membership_date, is_newest from segment_kpis"
    )
    assert set(periods["period_kind"]) == {"month", "quarter", "year"}
    assert (periods["period_start_date"] == periods["membership_date"] + pd.Timedelta(days=1)).all()
    tonight = company.mart("select any_value(as_of_date) as tonight from customers")["tonight"][0]
    assert (periods["period_end_date"] <= tonight).all()
    assert periods[periods["is_newest"]].groupby("period_kind").size().eq(1).all()
