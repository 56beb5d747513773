"""The whole night on the simulated company: vendor exports of all four families, held against what is true."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from tests.support import nights


@pytest.fixture(scope="module")
def orders(truth: Path) -> pd.DataFrame:
    return pd.read_parquet(truth / "orders.parquet").set_index("order_name")


@pytest.fixture(scope="module")
def lines(company: nights.Night) -> pd.DataFrame:
    return company.warehouse(
        "select order_id, line_kind, currency_code, exchange_rate, order_date, "
        "cast(net_source_amount as double) as net_source, cast(net_amount as double) as net, "
        "cast(tax_amount as double) as tax, cast(shipping_amount as double) as shipping "
        "from canonical.int_canonical__order_lines"
    )


def rejected_orders(company: nights.Night) -> set[str]:
    files = company.deployment.home.quarantine / "shopify__orders" / "*.parquet"
    found = duckdb.execute(f"select distinct json_extract_string(raw, '$.Name') from '{files}'").fetchall()
    return {name for (name,) in found}


def test_only_the_rows_that_were_made_bad_are_rejected_and_each_for_its_reason(
    company: nights.Night, truth: Path
) -> None:
    expected = pd.read_parquet(truth / "bad_rows.parquet")
    found = duckdb.execute(
        f"""
        select file, record_number, list_distinct(list_transform(reasons, lambda entry: entry.reason)) as reasons
        from read_parquet('{company.deployment.home.quarantine}/*/*.parquet', union_by_name = true)
        """
    ).fetchdf()
    alone = found[[list(reasons) != ["rejected_with_group"] for reasons in found["reasons"]]]
    assert len(expected) > 10
    assert set(zip(alone["file"], alone["record_number"], strict=True)) == set(
        zip(expected["file"], expected["record_number"], strict=True)
    )
    told = dict(zip(zip(found["file"], found["record_number"], strict=True), found["reasons"], strict=True))
    for row in expected.itertuples():
        assert row.reason in told[(row.file, row.record_number)]


def test_there_is_data_on_every_entity(company: nights.Night) -> None:
    found = company.mart("select subject, status, detail from data_quality where check_name like 'source__%'")
    # The company's shop tells no coupons of a campaign.
    redemptions = found["subject"].str.endswith("campaign_redemptions")
    assert found[redemptions]["status"].tolist() == ["not_available"]
    found = found[~redemptions]
    assert (found["status"] == "pass").all()
    assert "from the seed ecb_exchange_rates" in found["detail"].tolist()
    for entity in found["subject"]:
        assert company.warehouse(f"select count(*) as n from {entity}")["n"][0] > 0, entity


def test_every_order_is_there_once_although_some_were_sent_again(
    company: nights.Night, orders: pd.DataFrame, lines: pd.DataFrame
) -> None:
    exported = duckdb.execute(
        f"select count(*) from read_csv('{company.deployment.config_path.parent}/shopify_orders_*.csv', "
        'all_varchar = true) where "Created at" is not null'
    ).fetchone()
    assert exported[0] > len(orders)
    assert set(lines["order_id"]) == set(orders.index) - rejected_orders(company)


def test_an_order_counts_on_its_day_in_berlin_in_summer_and_in_winter(
    orders: pd.DataFrame, lines: pd.DataFrame
) -> None:
    sales = lines[lines["line_kind"] == "sale"].drop_duplicates("order_id").set_index("order_id")
    ordered = orders.loc[sales.index, "ordered_at"]
    local = ordered.dt.tz_convert("Europe/Berlin")
    assert (pd.to_datetime(sales["order_date"]).dt.date == local.dt.date).all()
    # Late evenings in which Berlin and Greenwich disagree about the day, with either offset.
    late = local[local.dt.date != ordered.dt.tz_convert("UTC").dt.date]
    assert {offset.total_seconds() for offset in late.map(lambda moment: moment.utcoffset())} == {3600.0, 7200.0}


def test_lines_of_an_order_add_up_to_what_was_paid(orders: pd.DataFrame, lines: pd.DataFrame) -> None:
    euros = lines[(lines["currency_code"] == "EUR") & (lines["line_kind"] == "sale")]
    paid = euros.groupby("order_id")[["net", "tax", "shipping"]].sum().sum(axis=1)
    expected = orders.loc[paid.index, "total_amount"]
    assert len(paid) > 0.5 * len(orders)
    assert (paid - expected).abs().max() < 0.005


def test_refunds_are_what_was_given_back_and_cancelled_orders_are_none(
    company: nights.Night, orders: pd.DataFrame, lines: pd.DataFrame
) -> None:
    there = orders[~orders.index.isin(rejected_orders(company))]
    refunds = lines[lines["line_kind"] == "refund"]
    # Some are given back only after the last export.
    refunded = there[there["refunded_at"] < pd.Timestamp("2026-07-01", tz="Europe/Berlin")]
    assert len(refunded) > 50
    assert set(refunds["order_id"]) == set(refunded[refunded["cancelled_at"].isna()].index)
    euros = refunds[refunds["currency_code"] == "EUR"].groupby("order_id")[["net", "tax", "shipping"]].sum().sum(axis=1)
    assert (euros + orders.loc[euros.index, "refund_amount"]).abs().max() < 0.005
    cancelled = lines[lines["line_kind"] == "cancellation"]
    called_off = there[there["cancelled_at"] < pd.Timestamp("2026-07-01", tz="Europe/Berlin")]
    assert set(cancelled["order_id"]) == set(called_off.index)


def test_foreign_orders_are_converted_at_the_banks_rate_of_their_day(lines: pd.DataFrame) -> None:
    rates = pd.read_csv(
        Path(__file__).parents[2] / "dbt_project/seeds/ecb_exchange_rates.csv", parse_dates=["rate_date"]
    ).sort_values("rate_date")
    for currency in ("GBP", "CHF"):
        foreign = lines[lines["currency_code"] == currency].assign(
            day=lambda frame: pd.to_datetime(frame["order_date"])
        )
        assert len(foreign) > 20
        dated = pd.merge_asof(
            foreign.sort_values("day"), rates[["rate_date", currency.lower()]], left_on="day", right_on="rate_date"
        )
        expected = dated["net_source"] / dated[currency.lower()]
        assert (dated["net"] - expected).abs().max() < 0.01


def test_a_customers_orders_are_found_by_address_though_the_shop_knows_no_reference(company: nights.Night) -> None:
    found = company.warehouse(
        """
        select
            count(*) filter (where customer_id in (
                select customer_map.customer_id
                from identity.int_identity__customer_map as customer_map
                inner join identity.int_identity__sightings as sightings using (profile_id)
                where sightings.customer_ref is not null
            )) / count(*) as known_share
        from identity.int_identity__order_lines
        where customer_id is not null
        """
    )
    assert found["known_share"][0] > 0.5


def test_answers_and_mentions_reach_their_customers(company: nights.Night) -> None:
    for model in ("survey_answers", "interactions", "social_interactions"):
        found = company.warehouse(
            f"select count(*) as n, count(customer_id) as known from identity.int_identity__{model}"
        )
        assert 0 < found["known"][0] <= found["n"][0], model


def test_every_value_of_the_golden_record_was_said_by_somebody(company: nights.Night) -> None:
    for column in ("email", "last_name", "city", "country", "birth_date", "has_email_consent"):
        found = company.warehouse(
            f"""
            select
                count(*) as n,
                count(*) filter (where current."{column}"::varchar is distinct from said.attribute_value) as wrong
            from (from identity.int_identity__customer_history where valid_to is null) as current
            full join (from identity.int_identity__golden_values where attribute = '{column}') as said
                using (customer_id)
            where current."{column}" is not null or said.attribute_value is not null
            """
        )
        assert found["n"][0] > 0, column
        assert found["wrong"][0] == 0, column


@pytest.mark.slow
class TestNobodyIsNamedBeyondIdentity:
    @pytest.fixture(scope="class")
    def names(self, truth: Path) -> list[str]:
        """Whatever text would tell who somebody is, in small letters."""
        people = pd.read_parquet(truth / "people.parquet")
        first, last = people["first_name"].str.lower(), people["last_name"].str.lower()
        told = [people["email"], people["second_email"], people["phone"], first + " " + last, last + ", " + first]
        # An @ is of an address that nobody thought of; references are how the sources know people.
        return ["@", "hubspot:", "shopify:", *pd.concat(told).dropna().str.lower().unique()]

    @pytest.fixture(scope="class")
    def exact(self, truth: Path) -> set[str]:
        """Values that tell who somebody is only if nothing stands around them."""
        people = pd.read_parquet(truth / "people.parquet")
        return set(people["last_name"]) | set(people["phone"].dropna()) | set(people["birth_date"].dropna().astype(str))

    def named(self, ask: Callable[[str], pd.DataFrame], names: list[str], exact: set[str], schemas: str) -> list[str]:
        """The columns in which somebody is named; texts in lists and structs are read as well."""
        columns = ask(
            "select table_schema, table_name, column_name, data_type from information_schema.columns "
            f"where table_schema in ({schemas})"
        )
        assert len(columns) > 50
        found = []
        for schema, table, column, kind in columns.itertuples(index=False):
            values = set(ask(f'select distinct "{column}"::varchar as v from "{schema}"."{table}"')["v"].dropna())
            found += [f"{schema}.{table}.{column}: {value}" for value in values & exact]
            if "VARCHAR" in kind or "JSON" in kind:
                text = "\n".join(values).lower()
                dialled = re.sub(r"[ ()/.+-]", "", text)
                found += [f"{schema}.{table}.{column}: {name}" for name in names if name in text or name in dialled]
        return found

    def test_a_name_would_be_found(self, company: nights.Night, names: list[str], exact: set[str]) -> None:
        found = self.named(company.warehouse, names, exact, "'identity'")
        columns = {entry.split(":")[0].removeprefix("identity.int_identity__") for entry in found}
        assert columns >= {
            "sightings.email",
            "sightings.phone",
            "sightings.last_name",
            "sightings.customer_ref",
            "customer_history.birth_date",
            "golden_values.attribute_value",
        }

    def test_the_warehouse(self, company: nights.Night, names: list[str], exact: set[str]) -> None:
        schemas = "'features', 'ml', 'segmentations', 'marts'"
        assert self.named(company.warehouse, names, exact, schemas) == []

    def test_the_published_version(self, company: nights.Night, names: list[str], exact: set[str]) -> None:
        assert self.named(company.mart, names, exact, "'main'") == []
        manifest = (company.served.path / "manifest.json").read_text(encoding="utf-8").lower()
        assert [name for name in names if name in manifest] == []


@pytest.mark.slow
def test_the_same_files_again_add_nothing(company: nights.Night) -> None:
    before = {path.parent.name for path in company.deployment.home.lake.rglob("batch.json")}
    again = nights.run(company.deployment.config_path, company.deployment.home.root)
    assert again.outcome.exit_code == 0, again.outcome.errors
    assert {path.parent.name for path in company.deployment.home.lake.rglob("batch.json")} == before
    marts = again.mart("select count(*) as n from segment_memberships where is_current")["n"][0]
    assert marts == company.mart("select count(*) as n from segment_memberships where is_current")["n"][0]
