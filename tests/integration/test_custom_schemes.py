"""A night with two schemes that tessera.yml writes as rules: one on two families and dates, one on one family."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from orchestration.configuration.feature_catalog import feature_columns
from tests.support import nights, small_company

# Two nights of their own; what rules compile to is tested without a night: `make test-slow`.
pytestmark = pytest.mark.slow

# The first name would leave its quotes, its braces or its mart if anything let it.
SCHEMES = """\
custom_schemes:
  tea_rounds:
    description: Who comes for tea, and how often?
    rules:
      - segment: weekly_regulars
        name: "Regulars' \\"{{ var('x') }}\\"; drop table customers; --"
        when: {order_days_90d_count: ">= 8", country: [DE, NL]}
      - {segment: gone_quiet, when: {last_order_date: "> 60 days ago"}}
    otherwise: others
  spenders:
    name: Who spends
    description: Who spends how much?
    owner: finance
    rules:
      - {segment: big, when: {net_revenue_365d_amount: ">= 1000"}}
      - {segment: small, when: {net_revenue_365d_amount: "< 1000"}}
      - {segment: nothing_known, when: {net_revenue_365d_amount: unknown}}
"""


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> nights.Night:
    folder: Path = tmp_path_factory.mktemp("custom_schemes")
    found = nights.run(small_company.write_company(folder, schemes=SCHEMES), folder / "home")
    assert found.outcome.exit_code == 0, found.outcome.errors
    return found


@pytest.fixture(scope="module")
def customers(night: nights.Night) -> pd.DataFrame:
    return night.mart(
        "select custom_segment_codes['tea_rounds'] as tea_rounds, custom_segment_codes['spenders'] as spenders, * "
        "from customers"
    )


def test_every_customer_is_in_one_segment_of_each(customers: pd.DataFrame) -> None:
    assert len(customers) == small_company.CUSTOMERS + 12
    assert set(customers["tea_rounds"]) == {"weekly_regulars", "gone_quiet", "others"}
    assert set(customers["spenders"]) == {"big", "small"}


def test_segments_are_those_that_the_rules_say(night: nights.Night, customers: pd.DataFrame) -> None:
    orders = night.warehouse(
        "select customer_id, order_days_90d_count from features.feat_customers__purchases "
        "where as_of_date = (select max(as_of_date) from features.feat_customers__purchases)"
    )
    known = customers.merge(orders, on="customer_id", validate="one_to_one")
    regular = (known["order_days_90d_count"] >= 8) & known["country"].isin(["DE", "NL"])
    quiet = (known["as_of_date"] - known["last_order_date"]).dt.days > 60
    expected = pd.Series("others", index=known.index).mask(quiet, "gone_quiet").mask(regular, "weekly_regulars")
    assert known["tea_rounds"].tolist() == expected.tolist()
    big = (known["net_revenue_365d_amount"].astype(float) >= 1000).map({True: "big", False: "small"})
    assert known["spenders"].tolist() == big.tolist()


def test_names_and_owners_are_as_they_are_written(night: nights.Night) -> None:
    found = night.mart(
        "select distinct segment_code, segment_name, scheme from segment_profiles "
        "where scheme in ('tea_rounds', 'spenders') and is_current"
    ).set_index("segment_code")
    assert found.loc["weekly_regulars", "segment_name"] == "Regulars' \"{{ var('x') }}\"; drop table customers; --"
    owners = night.warehouse(
        "select scheme, any_value(owner) as owner from segmentations.int_segmentations__catalog group by scheme"
    ).set_index("scheme")["owner"]
    assert (owners["tea_rounds"], owners["spenders"]) == ("marketing", "finance")


def test_they_are_listed_beside_the_schemes_of_the_catalogue(night: nights.Night) -> None:
    listed = night.mart("select * from segmentation_schemes where method = 'custom' order by scheme")
    assert list(listed["scheme"]) == ["spenders", "tea_rounds"]
    assert list(listed["scheme_name"]) == ["Who spends", "Tea rounds"]
    assert list(listed["question"]) == ["Who spends how much?", "Who comes for tea, and how often?"]
    assert list(listed["owner"]) == ["finance", "marketing"]
    assert set(listed["status"]) == {"available"}
    assert set(listed["customers_known_share"]) == {1.0}


def test_what_a_custom_scheme_reads_is_no_news_of_its_segments(night: nights.Night) -> None:
    own = night.mart("select distinct scheme, trait from segment_traits where is_own_input")
    assert ("spenders", "yearly_spend") in set(own.itertuples(index=False, name=None))


def test_tonights_customers_are_told_the_values_that_decided(night: nights.Night) -> None:
    found = night.mart(
        "select segment_code, list_transform(reasons, lambda x: x.feature) as features "
        "from segment_memberships where scheme = 'tea_rounds' and is_current"
    )
    features = {code: set(map(tuple, of["features"])) for code, of in found.groupby("segment_code")}
    assert features == {
        "weekly_regulars": {("order_days_90d_count", "country")},
        "gone_quiet": {("last_order_date",)},
        "others": {("order_days_90d_count", "country", "last_order_date")},
    }


def test_moves_of_the_past_are_the_customers_own(night: nights.Night) -> None:
    moves = night.mart("select * from segment_transitions where scheme = 'tea_rounds'")
    assert len(moves) > 0


def test_a_night_without_custom_schemes_has_no_codes(small_night: nights.Night) -> None:
    found = small_night.mart("select count(*) as n from customers where custom_segment_codes is not null")
    assert found["n"][0] == 0


def test_the_types_that_rules_are_checked_by_are_those_of_the_tables(night: nights.Night) -> None:
    built = night.warehouse(
        "select table_name, column_name, lower(data_type) as data_type from information_schema.columns "
        "where table_schema = 'features' and table_name like 'feat_customers__%'"
    )
    described = {(family, column["name"]): column["data_type"] for family, column in feature_columns()}
    assert {(table, column): kind for table, column, kind in built.itertuples(index=False)} == described
