"""What the treatment policy gives the simulated company's customers, held against the policy itself."""

from __future__ import annotations

import pytest

from orchestration.configuration.treatments.dimensions import CONSENT, DIMENSIONS
from tests.support import nights

CODES = [dimension.code for dimension in DIMENSIONS]


@pytest.fixture(params=["company", "small_night"])
def night(request: pytest.FixtureRequest) -> nights.Night:
    """A company with every source, and one with few and so without most schemes and all predictions."""
    return request.getfixturevalue(request.param)


def test_every_customer_has_one_option_of_every_dimension_and_is_told_why(night: nights.Night) -> None:
    customers = int(night.mart("select count(*) as n from customers")["n"].iloc[0])
    found = night.mart("select * from treatments")
    assert found["customer_id"].nunique() == len(found) == customers
    for code in CODES:
        assert found[f"{code}_code"].notna().all(), code
        assert (found[f"{code}_reason"].str.len() > 5).all(), code


def test_the_rules_count_what_the_customers_have(night: nights.Night) -> None:
    customers = int(night.mart("select count(*) as n from customers")["n"].iloc[0])
    rules = night.mart("select * from treatment_rules")
    assert (rules.groupby("dimension")["given_count"].sum() == customers).all()
    assert set(rules["dimension"]) == set(CODES)
    assert (
        rules["matched_count"]
        == rules["given_count"] + rules["displaced_by_capacity_count"] + rules["displaced_by_fatigue_count"]
    ).all()
    counted = " union all ".join(
        f"select '{code}' as dimension, {code}_rule_code as rule_code, count(*) as n from treatments group by all"
        for code in CODES
    )
    had = night.mart(counted).set_index(["dimension", "rule_code"])["n"]
    told = rules.set_index(["dimension", "rule_code"])["given_count"]
    assert told[told > 0].sort_index().to_dict() == had.sort_index().to_dict()


def test_no_capacity_is_exceeded_and_nobody_without_a_place_had_more_to_gain(night: nights.Night) -> None:
    limited = night.mart("select * from treatment_rules where capacity_count is not null")
    assert len(limited) > 5
    assert (limited["given_count"] <= limited["capacity_count"]).all()
    turned_away = limited[limited["displaced_by_capacity_count"] > 0]
    assert (turned_away["given_count"] == turned_away["capacity_count"]).all()
    crowded = turned_away[turned_away["given_count"] > 0]
    assert (crowded["first_displaced_gain_amount"] <= crowded["last_given_gain_amount"]).all()
    costs = limited[limited["cost_amount"].notna()]
    assert (costs["planned_cost_amount"] == costs["given_count"] * costs["cost_amount"]).all()


def test_what_is_planned_costs_the_same_by_customer_and_by_rule(night: nights.Night) -> None:
    sums = night.mart(
        "select (select sum(planned_cost_amount) from treatments) as by_customer, "
        "(select sum(planned_cost_amount) from treatment_rules) as by_rule"
    ).iloc[0]
    assert sums["by_customer"] == sums["by_rule"]


def test_nobody_is_contacted_without_consent(night: nights.Night) -> None:
    contactable = ", ".join(f"customers.{column}" for column in CONSENT.values())
    found = night.mart(f"select treatments.*, {contactable} from treatments join customers using (customer_id)")
    for channel, column in CONSENT.items():
        assert found.loc[found["contact_channel_code"] == channel, column].all(), channel
    reachable = found[list(CONSENT.values())].any(axis=1)
    assert reachable[found["win_back_code"] != "none"].all()
    assert found.loc[found["detractor_follow_up_code"] == "call", CONSENT["phone"]].all()
    assert found.loc[found["detractor_follow_up_code"] == "personal_mail", CONSENT["email"]].all()
    # Both are there, so that the test can fail.
    assert set(found["contact_channel_code"]) == {"email", "none"}


def test_nothing_protected_decides_a_price(night: nights.Night) -> None:
    found = night.mart(
        "select distinct inputs, has_protected_inputs from treatment_fairness where dimension = 'price_policy'"
    )
    assert len(found) == 1
    assert not found["has_protected_inputs"].iloc[0]
    assert "discount_365d_share" in found["inputs"].iloc[0]
    others = night.mart("select bool_or(has_protected_inputs) as any from treatment_fairness")
    assert others["any"].iloc[0]


def test_groups_and_options_of_few_customers_are_not_shown(night: nights.Night) -> None:
    found = night.mart("select * from treatment_fairness")
    assert len(found) > 20
    alone = found[(found["attribute_value"] != "other") & (found["option_code"] != "other")]
    assert (alone["given_count"] >= 10).all()
    assert (found.loc[found["option_code"] != "other", "customers_count"] >= 10).all()
    assert found.loc[found["option_code"] == "other", "others_share"].isna().all()
    # Of every group, what its customers have adds up to them.
    cells = found.groupby(["dimension", "protected_attribute", "attribute_value"])
    assert (cells["given_count"].sum() == cells["customers_count"].first()).all()


def test_what_is_offered_next_was_not_bought_in_a_year(night: nights.Night) -> None:
    bought = """
        select count(*) as n
        from marts.treatments
        inner join features.int_purchases__customer_sku_days as days on treatments.customer_id = days.customer_id
        where days.order_date > treatments.as_of_date - 365 and days.sku in (next_best_sku, bundle_partner_sku)
    """
    assert night.warehouse(bought)["n"].iloc[0] == 0
    found = night.mart("select * from treatments")
    assert found["next_best_category_code"].notna().all()
    assert found["next_best_sku"].notna().sum() > len(found) / 2
    assert set(found.loc[found["offer_code"] == "bundle", "bundle_sku"].isna()) <= {False}


def test_a_company_with_few_sources_is_treated_by_what_is_known(small_night: nights.Night) -> None:
    found = small_night.mart("select * from treatments")
    # Neither deliveries nor answers nor visits are known.
    assert set(found["delivery_option_code"]) == {"standard"}
    assert set(found["detractor_follow_up_code"]) == {"none"}
    # What buyers do is.
    assert {"vip", "standard"} <= set(found["support_tier_code"])
    assert {"thank_you", "welcome"} <= set(found["message_theme_code"])
    assert found["measured_gain_amount"].isna().all()


def test_affinities_are_found_where_baskets_say_so(company: nights.Night) -> None:
    found = company.mart("select * from product_affinities")
    assert set(found["item_level"]) == {"product", "category"}
    assert (found["lift_low"] <= found["lift"]).all()
    assert (found["pair_basket_count"] <= found[["item_basket_count", "partner_basket_count"]].min(axis=1)).all()
    assert (found["is_strong"] == (found["lift_low"] > 1)).all()
    pairs = """
        with baskets as (
            select distinct customer_id, order_date, sku from features.int_purchases__customer_sku_days
            where order_date > (select max(as_of_date) from features.as_of_dates) - 365
        )
        select count(*) as n from baskets as one inner join baskets as other using (customer_id, order_date)
        where one.sku = '{}' and other.sku = '{}'
    """
    products = found[found["item_level"] == "product"].head(5)
    for _, row in products.iterrows():
        counted = company.warehouse(pairs.format(row["item_code"], row["partner_code"]))["n"].iloc[0]
        assert counted == row["pair_basket_count"]
