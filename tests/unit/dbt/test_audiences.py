"""Who is in an audience, by the project's own SQL, whatever customers, consents and campaigns there are."""

from __future__ import annotations

import hashlib
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy import stats

from orchestration.repository import DBT_PROJECT
from scripts.dbt_macros import macros
from scripts.dbt_model_sql import model_sql, project_macros

MACROS = project_macros()
VARIABLES = yaml.safe_load((DBT_PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]
# What the macro tonight says outside dbt.
TONIGHT = pd.Timestamp("2000-01-01")
CUSTOMERS = [f"c_{number:02d}" for number in range(24)]
CAMPAIGNS = ["autumn", "spring", "summer", "winter"]
CONSENTS = ("has_email_consent", "has_sms_consent", "has_phone_consent", "has_ads_consent")
NEEDS = {
    "email": ("has_email_consent", "has_email_address"),
    "sms": ("has_sms_consent", "has_phone_number"),
    "phone": ("has_phone_consent", "has_phone_number"),
    "ads": ("has_ads_consent", None),
}

asked = st.sampled_from([True, False, None])


@st.composite
def companies(draw: st.DrawFn) -> dict[str, Any]:
    """Customers with any consents, campaigns of any kind, some of them launched, and a list of suppressions."""
    customers = [
        {
            "customer_id": customer,
            "number": draw(st.integers(0, 15)),
            **{name: draw(asked) for name in CONSENTS},
            "has_email_address": draw(st.booleans()),
            "has_phone_number": draw(st.booleans()),
            "is_unsubscribed": draw(st.booleans()),
        }
        for customer in CUSTOMERS
    ]
    ids = draw(st.lists(st.sampled_from(CAMPAIGNS), min_size=1, max_size=4, unique=True))
    pairs = [(one, other) for one in ids for other in ids if one < other and draw(st.booleans())]
    campaigns = []
    for campaign in ids:
        begins = draw(st.integers(-20, 5))
        campaigns.append(
            {
                "campaign_id": campaign,
                "campaign_name": f"{campaign}'s",
                "channel": draw(st.sampled_from(sorted(NEEDS))),
                "audience": "whoever fits",
                "when_sql": f'"number" >= {draw(st.integers(0, 8))}',
                "holdout_share": draw(st.sampled_from([0.1, 0.5, 0.9])),
                "minimum_customers": draw(st.integers(1, 5)),
                "fatigue_contacts": draw(st.integers(1, 2)),
                "fatigue_days": draw(st.integers(1, 40)),
                "priority": draw(st.integers(1, 3)),
                "excludes": sorted({other for pair in pairs if campaign in pair for other in pair} - {campaign}),
                "launches_on": str((TONIGHT + pd.Timedelta(days=begins)).date()),
                "ends_on": draw(
                    st.sampled_from([None, str((TONIGHT + pd.Timedelta(days=begins + 12)).date())]),
                ),
            }
        )
    locked = [
        {"campaign_id": campaign, "customer_id": customer, "arm": draw(st.sampled_from(["treatment", "holdout", None]))}
        for campaign in ids
        if draw(st.booleans())
        for customer in draw(st.lists(st.sampled_from([*CUSTOMERS, "c_gone"]), unique=True, max_size=12))
    ]
    return {
        "customers": customers,
        "campaigns": campaigns,
        "locked": locked,
        "suppressed": draw(st.lists(st.sampled_from(CUSTOMERS), unique=True, max_size=4)),
        "contacts": [
            {"customer_id": customer, "campaign_id": "before", "days": draw(st.integers(0, 60))}
            for customer in draw(st.lists(st.sampled_from(CUSTOMERS), unique=True, max_size=6))
        ],
    }


def built(company: dict[str, Any], *, shuffled: bool = False) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The marts audiences and audience_sizes of a company."""

    def frame(rows: list[dict[str, Any]], columns: str) -> pd.DataFrame:
        return pd.DataFrame(rows[::-1] if shuffled else rows, columns=columns.split())

    flags = f"{' '.join(CONSENTS)} has_email_address has_phone_number is_unsubscribed"
    customers = frame(company["customers"], f"customer_id number {flags}")  # noqa: F841  DuckDB reads it by its name
    contacts = frame(company["contacts"], "customer_id campaign_id days")  # noqa: F841
    locked = frame(company["locked"], "campaign_id customer_id arm")  # noqa: F841
    suppressed = frame([{"customer_id": each} for each in company["suppressed"]], "customer_id")  # noqa: F841
    columns = ", ".join(f"cast({name} as boolean) as {name}" for name in flags.split())
    with duckdb.connect() as con:
        con.execute(
            f"""
            set threads = 1;
            create table int_customers__tonight as select customer_id, number from customers;
            create table feat_customers__consent as
            select customer_id, {columns}, date '{TONIGHT.date()}' as as_of_date from customers;
            create table int_campaigns__contacts as
            select customer_id::varchar as customer_id, campaign_id::varchar as campaign_id,
                date '{TONIGHT.date()}' - cast(days as integer) as contact_date from contacts;
            create table locked_members as
            select campaign_id::varchar as campaign_id, customer_id::varchar as customer_id, arm::varchar as arm,
                1 as members_at_launch_count, 0.5 as planned_holdout_share,
                date '{TONIGHT.date()}' - 9 as launched_date from locked;
            create table suppressed_customers as select customer_id::varchar as customer_id from suppressed;
            """
        )
        variables = {**VARIABLES, "audience_campaigns": company["campaigns"]}
        for name in ("audiences", "audience_sizes"):
            raw = (DBT_PROJECT / "models" / "marts" / f"{name}.sql").read_text(encoding="utf-8")
            text = model_sql(raw, name=name, variables=variables, macros=MACROS).text
            con.execute(f"create table {name} as {text}")
        return (
            con.execute("from audiences order by campaign_id, customer_id").fetchdf(),
            con.execute("from audience_sizes order by campaign_id").fetchdf(),
        )


# Each example is two models in a database of its own.
often = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@often
@given(companies())
def test_nobody_is_handed_on_who_did_not_agree_whatever_the_campaign_says(company: dict[str, Any]) -> None:
    audiences, _ = built(company)
    known = {each["customer_id"]: each for each in company["customers"]}
    for row in audiences[audiences["is_exportable"]].itertuples():
        customer = known[row.customer_id]
        consent, address = NEEDS[row.channel]
        assert customer[consent] is True
        assert customer[address] if address else customer["has_email_address"] or customer["has_phone_number"]
        assert not (row.channel == "email" and customer["is_unsubscribed"])
        assert row.customer_id not in company["suppressed"]
        assert row.arm == "treatment"
        assert row.is_locked


@often
@given(companies())
def test_everybody_is_counted_once_and_no_audience_is_smaller_than_allowed(company: dict[str, Any]) -> None:
    audiences, sizes = built(company)
    assert not audiences.duplicated(["campaign_id", "customer_id"]).any()
    reasons = [name for name in sizes if name.endswith("_count")][1:10]
    assert reasons[0] == "no_consent_count"
    assert reasons[-1] == "audience_too_small_count"
    parts = sizes[[*reasons, "contacted_count", "held_out_count"]].sum(axis=1)
    assert parts.tolist() == sizes["listed_count"].tolist()
    exported = audiences.groupby("campaign_id")["is_exportable"].sum()
    for row in sizes.itertuples():
        assert row.is_exported == (exported.get(row.campaign_id, 0) > 0)
        assert row.is_exported == (row.not_exported_because is None or pd.isna(row.not_exported_because))
        if row.is_exported:
            assert exported[row.campaign_id] == row.contacted_count >= row.minimum_customers_count


@often
@given(companies())
def test_arms_that_are_locked_stay_and_campaigns_that_exclude_each_other_share_nobody(company: dict[str, Any]) -> None:
    audiences, _ = built(company)
    arms = audiences.set_index(["campaign_id", "customer_id"])["arm"]
    launched = {row["campaign_id"] for row in company["locked"]}
    for row in company["locked"]:
        if row["customer_id"] in CUSTOMERS:
            found = arms[row["campaign_id"], row["customer_id"]]
            assert (None if pd.isna(found) else found) == row["arm"]
    members = {
        campaign: set(rows["customer_id"])
        for campaign, rows in audiences[audiences["arm"].notna()].groupby("campaign_id")
    }
    over = {
        each["campaign_id"]
        for each in company["campaigns"]
        if each["ends_on"] and each["ends_on"] < str(TONIGHT.date())
    }
    for campaign in company["campaigns"]:
        mine = members.get(campaign["campaign_id"], set())
        assert campaign["campaign_id"] in launched or not mine or campaign["campaign_id"] not in over
        for other in set(campaign["excludes"]) - over:
            # What was locked before the exclusion was written stays.
            if not {campaign["campaign_id"], other} <= launched and campaign["campaign_id"] not in over:
                assert not mine & members.get(other, set())


@often
@given(companies())
def test_the_order_of_rows_does_not_matter(company: dict[str, Any]) -> None:
    for one, other in zip(built(company), built(company, shuffled=True), strict=True):
        pd.testing.assert_frame_equal(one, other)


@pytest.fixture(scope="module")
def draws() -> pd.DataFrame:
    """Where 200 customers fall in each of 1,000 campaigns."""
    expression = macros("audiences").arm_draw("campaign_id", "customer_id")
    with duckdb.connect() as con:
        return con.execute(
            f"""
            select *, {expression} as draw
            from (select 'campaign-' || i as campaign_id from range(1000) as campaigns (i))
            cross join (select 'c_' || left(sha256('customer' || i), 20) as customer_id from range(200) as people (i))
            """
        ).fetchdf()


def test_a_draw_is_the_first_52_bits_of_a_hash_that_anybody_can_work_out(draws: pd.DataFrame) -> None:
    for row in draws.sample(200, random_state=3).itertuples():
        digest = hashlib.sha256(f"{row.campaign_id}|{row.customer_id}".encode()).hexdigest()
        assert row.draw == int(digest[:13], 16) / 2**52


def test_held_out_shares_of_a_thousand_campaigns_lie_within_binomial_limits(draws: pd.DataFrame) -> None:
    for share in (0.1, 0.25, 0.5):
        held_out = draws.assign(held=draws["draw"] < share).groupby("campaign_id")["held"].sum()
        low, high = stats.binom.interval(0.95, 200, share)
        outside = ((held_out < low) | (held_out > high)).sum()
        # Of 1,000 intervals of at least 95 %, fifty may miss; eighty would be a chance of one in 20,000.
        assert outside < 80
        assert held_out.sum() == pytest.approx(200_000 * share, abs=4 * np.sqrt(200_000 * share * (1 - share)))


def test_draws_are_uniform_within_a_campaign_and_for_a_customer_and_independent_of_each_other(
    draws: pd.DataFrame,
) -> None:
    assert draws["draw"].between(0, 1, inclusive="left").all()
    assert stats.kstest(draws["draw"], "uniform").pvalue > 0.001
    for key in ("campaign_id", "customer_id"):
        chances = draws.groupby(key)["draw"].agg(lambda values: stats.kstest(values, "uniform").pvalue)
        # If draws are uniform, so are the chances of the tests that say so.
        assert stats.kstest(chances, "uniform").pvalue > 0.001
    wide = draws.pivot_table(index="customer_id", columns="campaign_id", values="draw")
    pairs = np.corrcoef(wide.to_numpy()[:, :40].T)[np.triu_indices(40, 1)]
    assert np.abs(pairs).max() < 0.35
    assert pairs.std() == pytest.approx(1 / np.sqrt(200), rel=0.15)
