"""The whole night on a small company that feeds every generic contract, in three file formats."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from orchestration.digest.files import read_digest
from orchestration.digest.reading import read_edition
from orchestration.explanation.explain import explain_segments
from orchestration.publishing.manifest import read_manifest, verify
from orchestration.repository import DBT_PROJECT
from scripts.pages.dbt_yml import read_dbt_yml
from tests.support import nights, small_company

DAYS_90 = pd.Timedelta(days=90)
LAST_NIGHT = pd.Timestamp(small_company.LAST_NIGHT)
FAMILIES = read_dbt_yml(DBT_PROJECT).families


@pytest.fixture(scope="module")
def lines():
    return small_company.order_lines()


def test_every_mart_is_published_and_intact(small_night: nights.Night) -> None:
    assert set(small_night.served.rows) == set(small_night.deployment.outbound)
    assert verify(small_night.served.path) == ()


def test_the_digest_is_of_the_version_and_its_figures_are_of_the_marts(small_night: nights.Night) -> None:
    assert {"digest.md", "digest.html", "digest.json"} <= set(read_manifest(small_night.served.path).files)
    told = read_digest(small_night.served.path)
    customers, revenue = small_night.mart(
        "select count(*), cast(sum(net_revenue_365d_amount) as double) from customers"
    ).iloc[0]
    assert (told.facts["customers"], told.facts["version_before"]) == (customers, None)
    assert told.facts["net_revenue_365d"] == pytest.approx(revenue, rel=1e-6)
    assert f"{customers:,.0f} customers" in told.headline[0]
    warned = small_night.mart(
        "select count(*) as n from data_quality where is_current and status = 'warn' "
        "and not (check_kind = 'build' and coalesce(rejected_count, 0) > 0)"
    )
    assert told.facts["warnings"] == warned["n"][0]


def test_what_the_digest_says_of_every_segment_s_movement_is_what_its_profiles_say(small_night: nights.Night) -> None:
    served = small_night.served
    edition = read_edition(served.path, version=served.name, models={})
    sizes = small_night.mart(
        "select scheme, segment_code, as_of_date, customers_count from segment_profiles"
    ).set_index(["scheme", "segment_code", "as_of_date"])["customers_count"]
    moves = edition.rows["moves"]
    assert len(moves) > 20
    for row in moves:
        now, then = (
            sizes.get((row["scheme"], row["segment_code"], pd.Timestamp(date)), 0)
            for date in (edition.as_of_date, row["previous_as_of_date"])
        )
        assert (row["now_count"], row["before_count"]) == (now, then), row
        causes = row["changed_count"] + row["boundary_count"] + row["entered_count"]
        assert row["now_count"] - row["before_count"] == causes, row


def test_every_customer_has_one_open_membership_per_scheme(small_night: nights.Night) -> None:
    counts = small_night.mart(
        "select scheme, count(*) as n, count(distinct customer_id) as customers "
        "from segment_memberships where is_current group by scheme order by scheme"
    )
    everybody = small_company.CUSTOMERS + 12
    assert counts.to_dict("records") == [
        {"scheme": scheme, "n": everybody, "customers": everybody} for scheme in sorted(small_night.deployment.schemes)
    ]


def test_schemes_without_a_source_or_without_its_columns_are_told_apart(small_night: nights.Night) -> None:
    found = small_night.mart("select scheme, status, status_reason from segmentation_schemes").set_index("scheme")
    available = {
        "behavioural",
        "clusters",
        "demographic",
        "geographic",
        "lifecycle",
        "product_preference",
        "rfm",
        "value_tier",
    }
    assert set(found.index[found["status"] == "available"]) == available
    # The order lines are connected, but have neither channels nor deliveries.
    said_too_little = found["status_reason"].str.startswith("the sources say too little", na=False)
    assert set(found.index[said_too_little]) == set(small_night.deployment.schemes) - available


def test_every_scheme_is_judged_on_every_date_of_which_it_is_known_what_followed(small_night: nights.Night) -> None:
    found = small_night.mart(
        "select scheme, as_of_date, learned_as_of_date, explained_spend_share, explained_spend_share_lower, "
        "explained_spend_share_upper, explained_reason, customers_count, is_newest from scheme_scorecard"
    )
    dates = [date for date in pd.date_range("2024-01-31", "2024-12-31", freq="ME") if date + DAYS_90 <= LAST_NIGHT]
    assert len(dates) > 3
    assert set(map(tuple, found[["scheme", "as_of_date"]].to_numpy())) == {
        (scheme, date) for scheme in small_night.deployment.schemes for date in dates
    }
    assert len(found) == len(dates) * len(small_night.deployment.schemes)
    assert set(found.loc[found["is_newest"], "as_of_date"]) == {dates[-1]}
    learns = found["as_of_date"] >= dates[0] + DAYS_90
    assert 0 < learns.sum() < len(found)
    assert (found["explained_reason"].isna() == learns).all()
    assert (found["explained_spend_share"].notna() == learns).all()
    told = found[learns]
    assert (told["as_of_date"] - told["learned_as_of_date"] >= DAYS_90).all()
    assert (told["explained_spend_share"] < 1).all()
    assert (told["explained_spend_share_lower"] <= told["explained_spend_share_upper"]).all()


def test_who_bought_how_often_foresees_what_comes_better_than_where_they_live(small_night: nights.Night) -> None:
    found = small_night.mart("select * from scheme_scorecard where is_newest").set_index("scheme")
    assert found.loc["rfm", "explained_spend_share_lower"] > found.loc["geographic", "explained_spend_share_upper"]
    assert found.loc["rfm", "usefulness_rank"] < found.loc["geographic", "usefulness_rank"]


def test_outcomes_are_what_the_order_lines_say(small_night: nights.Night, lines: pd.DataFrame) -> None:
    told = small_night.warehouse(
        "select as_of_date, sum(order_90d_count) as orders, sum(net_revenue_90d_amount)::double as revenue, "
        "count(*) filter (where has_ordered_90d) as buyers, count(order_365d_count) as years "
        "from outcomes.outcome_customers__purchases where order_90d_count is not null group by all order by as_of_date"
    )
    assert len(told) > 3
    worth = lines.assign(
        day=lines["ordered_at"].dt.normalize(),
        net=(lines["quantity"] * lines["unit_price"] - lines["discount_amount"]).round(4)
        * np.where(lines["kind"] == "refund", -1, 1),
    )
    for date, orders, revenue, buyers, years in told.itertuples(index=False):
        after = worth[(worth["day"] > date) & (worth["day"] <= date + DAYS_90)]
        sales = after[after["kind"] == "sale"]
        assert (orders, buyers, years) == (sales["order_id"].nunique(), sales["customer_ref"].nunique(), 0), date
        assert revenue == pytest.approx(after["net"].sum(), abs=0.01), date


def test_every_feature_family_that_is_built_is_described(small_night: nights.Night) -> None:
    built = small_night.warehouse(
        "select distinct table_name from information_schema.tables "
        "where table_schema = 'features' and table_name like 'feat_customers__%'"
    )
    assert set(built["table_name"]) == set(FAMILIES)


@pytest.mark.parametrize("family", FAMILIES)
def test_every_column_of_a_family_is_described_with_its_type(small_night: nights.Night, family: str) -> None:
    built = small_night.warehouse(
        "select column_name, lower(data_type) as data_type from information_schema.columns "
        f"where table_schema = 'features' and table_name = '{family}'"
    )
    columns = FAMILIES[family].columns
    assert {column.name: column.data_type for column in columns} == dict(built.itertuples(index=False))
    assert [column.name for column in columns if not column.description] == []


def test_people_without_an_order_are_leads_and_prospects(small_night: nights.Night) -> None:
    found = small_night.mart(
        "select distinct rfm_segment_code, lifecycle_segment_code, clusters_segment_code "
        "from customers where order_count = 0"
    )
    assert found.to_numpy().tolist() == [["prospect", "lead", "unknown"]]


def test_revenue_of_the_customers_is_revenue_of_the_files(small_night: nights.Night, lines) -> None:
    sign = lines["kind"].map({"sale": 1, "refund": -1})
    expected = (sign * (lines["quantity"] * lines["unit_price"] - lines["discount_amount"])).sum()
    found = small_night.mart("select cast(sum(net_revenue_amount) as double) as revenue from customers")
    assert found["revenue"][0] == pytest.approx(expected, abs=0.01 * small_company.CUSTOMERS)


def test_known_costs_make_the_margin(small_night: nights.Night, lines) -> None:
    cost = lines["sku"].str[1:].astype(int) / 4 + 3.0
    sign = lines["kind"].map({"sale": 1, "refund": -1})
    expected = (sign * (lines["quantity"] * (lines["unit_price"] - cost) - lines["discount_amount"])).sum()
    found = small_night.mart("select cast(sum(margin_365d_amount) as double) as margin from customers")
    in_window = lines["ordered_at"].dt.date > small_company.FIRST_DAY
    outside = (sign * (lines["quantity"] * (lines["unit_price"] - cost) - lines["discount_amount"]))[~in_window].sum()
    assert found["margin"][0] == pytest.approx(expected - outside, abs=0.01 * small_company.CUSTOMERS)


def test_profiles_add_up_to_the_customers(small_night: nights.Night) -> None:
    sums = small_night.mart(
        "select scheme, as_of_date, sum(customers_count) as customers, sum(customers_share) as share "
        "from segment_profiles group by all"
    )
    known = small_night.warehouse("select as_of_date, count(*) as n from features.int_customers__as_of group by all")
    assert sums.merge(known, on="as_of_date").eval("customers == n").all()
    assert sums["share"].to_numpy() == pytest.approx(1)


def test_current_reasons_name_features_and_past_ones_are_dropped(small_night: nights.Night) -> None:
    found = small_night.mart(
        "select is_current, count(*) filter (where reasons is null) as without, "
        "count(*) filter (where len(reasons) > 0) as with_reasons from segment_memberships group by is_current"
    ).set_index("is_current")
    assert found.loc[True, "without"] == 0
    assert found.loc[False, "with_reasons"] == 0


def test_the_sql_of_every_rule_gives_the_published_segment_of_a_made_up_customer(small_night: nights.Night) -> None:
    customers = small_night.mart(
        "select min(customer_id) as customer_id from customers group by rfm_segment_code order by customer_id limit 4"
    )
    for customer_id in customers["customer_id"]:
        told = explain_segments(small_night.deployment, customer_id)
        left_out = {each.membership.scheme for each in told.schemes if each.left_out is not None}
        assert left_out == set(small_night.deployment.model_schemes)
        assert any(each.others for each in told.schemes)


def test_only_treated_customers_count_as_reached_by_a_campaign(small_night: nights.Night) -> None:
    found = small_night.mart("select sum(campaign_365d_count) as reached from customers")
    assert found["reached"][0] == 30


def test_each_check_of_the_night_is_in_the_data_quality_mart(small_night: nights.Night) -> None:
    found = small_night.mart("select * from data_quality where is_current")
    assert set(found["check_kind"]) == {"build", "contract", "dbt", "delivery", "model"}
    assert not (found["status"] == "fail").any()
    loads = found[found["records_count"].notna()].set_index("subject")["records_count"]
    assert loads["raw.transactions__order_lines"] == len(small_company.order_lines())


def test_what_no_source_gives_is_told_and_not_invented(small_night: nights.Night) -> None:
    found = small_night.mart(
        "select subject, detail from data_quality where status = 'not_available' and is_current order by subject"
    )
    assert [subject.removeprefix("canonical.int_canonical__") for subject in found["subject"]] == [
        "campaign_redemptions",
        "companies",
        "contact_details",
        "interactions",
        "social_handles",
        "social_interactions",
        "survey_answers",
        "survey_questions",
        # Too few customers to learn from.
        *["ml.ml_customers__predictions"] * 5,
    ]
    for subject in found["subject"]:
        assert small_night.warehouse(f"select count(*) as n from {subject}")["n"][0] == 0
    assert found["detail"][0] == "no source of campaign_redemptions is connected"


def test_nothing_beyond_identity_names_a_person(small_night: nights.Night) -> None:
    columns = small_night.warehouse(
        "select table_schema, table_name, column_name from information_schema.columns "
        "where table_schema in ('features', 'ml', 'segmentations', 'campaigns', 'marts') and data_type = 'VARCHAR'"
    )
    assert len(columns) > 20
    # In one query: opening the warehouse for each of hundreds of columns takes most of a minute.
    hits = small_night.warehouse(
        " union all ".join(
            f'select \'{schema}.{table}.{column}\' as place, count(*) as n from "{schema}"."{table}" '
            f"where regexp_matches(\"{column}\", 'person[0-9]+|@example|Surname|^k[0-9]{{3}}$')"
            for schema, table, column in columns.itertuples(index=False)
        )
    )
    assert len(hits) == len(columns)
    assert list(hits.loc[hits["n"] > 0, "place"]) == []


def test_the_console_shows_segments_and_where_the_marts_are(small_night: nights.Night) -> None:
    assert "load transactions__order_lines" in small_night.shown
    assert "publish" in small_night.shown


def test_the_companys_rhythm_is_kaplan_and_meiers(small_night: nights.Night) -> None:
    found = small_night.warehouse(
        "select as_of_date, order_gap_median_days, returning_share from features.int_company__order_rhythm"
    )
    gaps = small_night.warehouse(
        "select customer_id, gap_days, order_date from features.int_purchases__customer_order_gaps"
    )
    assert len(found) > 10
    for night in found.itertuples():
        then = gaps[gaps["order_date"] <= night.as_of_date]
        lasting = (night.as_of_date - then.groupby("customer_id")["order_date"].max()).dt.days
        ended = then["gap_days"].dropna()
        curve = stats.ecdf(stats.CensoredData(uncensored=ended, right=lasting)).sf
        plateau = curve.probabilities.min()
        returned = curve.quantiles[np.isin(curve.quantiles, ended) & (curve.probabilities <= (1 + plateau) / 2 + 1e-12)]
        assert night.returning_share == pytest.approx(1 - plateau, abs=1e-9)
        assert night.order_gap_median_days == returned.min()
