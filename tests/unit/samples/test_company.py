"""The simulated company: what its files say agrees with what is true, and looks like vendors' exports."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from orchestration.samples.company.kinds import CATEGORIES, KINDS
from orchestration.samples.company.world import COUNTRIES


def latest(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of each order in the last export that has it."""
    return rows[rows["export"] == rows.groupby("Name")["export"].transform("max")]


def heads(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["Currency"] != ""]


class TestKinds:
    def test_shares_and_weights_add_up(self) -> None:
        assert sum(kind.share for kind in KINDS) == pytest.approx(1)
        assert sum(country.share for country in COUNTRIES) == pytest.approx(1)
        for kind in KINDS:
            assert len(kind.tastes) == len(CATEGORIES)
            for weights in (kind.tastes, kind.sources, kind.deliveries):
                assert sum(weights) == pytest.approx(1, abs=1e-9), kind.name

    def test_kinds_buy_at_the_rates_they_are_given(self, company) -> None:
        people = company.true("people")
        for kind in KINDS:
            rates = people.loc[people["kind"] == kind.name, "orders_per_year"]
            # Five standard errors of a gamma mean.
            error = kind.orders_per_year / np.sqrt(kind.rate_shape * len(rates))
            assert abs(rates.mean() - kind.orders_per_year) < 5 * error, kind.name

    def test_kinds_differ_in_what_they_do(self, company) -> None:
        people, orders = company.true("people"), company.true("orders")
        orders = orders.merge(people[["person_id", "kind"]], on="person_id")
        count = orders.groupby("kind").size() / people.groupby("kind").size()
        assert count["home_stylist"] > 1.5 * count["bargain_hunter"]
        assert count["mover_in"] < 0.5 * count["practical_family"]
        worth = orders[orders["currency"] == "EUR"].groupby("kind")["total_amount"].mean()
        assert worth["business_buyer"] > 2 * worth["home_stylist"] > 2 * worth["bargain_hunter"]
        alive = people.groupby("kind")["is_alive_at_end"].mean()
        assert alive["home_stylist"] > 0.5 > 0.25 > alive["mover_in"]
        advent = orders["ordered_at"].dt.month.isin([11, 12])
        share = advent.groupby(orders["kind"]).mean()
        assert share["gift_buyer"] > 0.35 > 0.25 > share["practical_family"]

    def test_a_customer_with_a_higher_rate_buys_more(self, company) -> None:
        people, orders = company.true("people"), company.true("orders")
        repeat = orders[~orders["is_first"]].groupby("person_id").size()
        people = people[~people["never_buys"]].assign(repeats=people["person_id"].map(repeat).fillna(0))
        begin = pd.Timestamp("2024-07-01")
        acquired = pd.to_datetime(people["acquired_on"]).clip(lower=begin)
        gone = pd.to_datetime(people["dropped_out_on"]).clip(lower=begin, upper=pd.Timestamp("2026-07-01"))
        years = (gone - acquired).dt.days.clip(lower=0) / 365.25
        expected = people["orders_per_year"] * years
        assert abs(people["repeats"].sum() / expected.sum() - 1) < 0.08
        assert people.loc[years > 0.5, "repeats"].corr(expected[years > 0.5]) > 0.75

    def test_nobody_buys_before_the_first_order_or_after_dropping_out(self, company) -> None:
        people, orders = company.true("people"), company.true("orders")
        orders = orders.merge(people[["person_id", "acquired_on", "dropped_out_on", "never_buys"]], on="person_id")
        day = orders["ordered_at"].dt.tz_convert("Europe/Berlin").dt.date
        assert not orders["never_buys"].any()
        assert (day >= orders["acquired_on"]).all()
        # Who drops out on a day may still have bought on it, and a second order may follow the first past midnight.
        assert (day <= orders["dropped_out_on"] + pd.Timedelta(days=1)).all()
        assert orders.groupby("person_id")["is_first"].sum().max() == 1
        firsts = orders.sort_values("ordered_at", kind="stable").groupby("person_id")["is_first"].idxmax()
        began = orders.loc[firsts][orders.loc[firsts, "is_first"]]
        earliest = orders.groupby("person_id")["ordered_at"].min()
        assert (began.set_index("person_id")["ordered_at"] == earliest[began["person_id"]]).all()

    def test_alive_at_a_month_end_is_between_acquisition_and_drop_out(self, company) -> None:
        people, alive = company.true("people"), company.true("alive")
        assert len(alive) == 24 * len(people)
        june = alive[alive["month_end"] == alive["month_end"].max()].set_index("person_id")["is_alive"]
        assert (june[people["person_id"]].to_numpy() == people["is_alive_at_end"]).all()
        merged = alive.merge(people[["person_id", "acquired_on", "dropped_out_on", "never_buys"]], on="person_id")
        expected = (
            ~merged["never_buys"]
            & (merged["acquired_on"] <= merged["month_end"])
            & (merged["dropped_out_on"] > merged["month_end"])
        )
        assert (merged["is_alive"] == expected).all()


class TestOrders:
    def test_orders_of_the_files_are_those_of_the_truth_to_the_cent(self, company) -> None:
        found = heads(latest(company.orders())).set_index("Name")
        true = company.true("orders").set_index("order_name")
        assert set(found.index) == set(true.index)
        assert found.index.is_unique
        true = true.loc[found.index]
        for column, truth in (
            ("Subtotal", "subtotal_amount"),
            ("Shipping", "shipping_amount"),
            ("Taxes", "tax_amount"),
            ("Total", "total_amount"),
        ):
            assert (found[column].astype(float) - true[truth]).abs().max() < 0.005, column
        assert (found["Currency"] == true["currency"]).all()
        assert set(true["currency"]) == {"EUR", "GBP", "CHF"}
        cancelled = true["cancelled_at"] < pd.Timestamp("2026-06-30 22:00", tz="UTC")
        assert ((found["Cancelled at"] != "") == cancelled).all()
        refunded = true["refunded_at"] < pd.Timestamp("2026-06-30 22:00", tz="UTC")
        expected = true["refund_amount"].where(refunded, 0.0)
        assert (found["Refunded Amount"].astype(float) - expected).abs().max() < 0.005

    def test_lines_add_up_to_their_order(self, company) -> None:
        bad = company.true("bad_rows")
        rows = latest(company.orders())
        numbers = rows[["Lineitem quantity", "Lineitem price", "Lineitem discount"]].apply(
            pd.to_numeric, errors="coerce"
        )
        worth = (numbers["Lineitem quantity"] * numbers["Lineitem price"]).round(2) - numbers["Lineitem discount"]
        orders = heads(rows).set_index("Name")
        sums = worth.groupby(rows["Name"]).sum(min_count=1)[orders.index]
        goods = orders["Subtotal"].astype(float) + orders["Discount Amount"].astype(float)
        wrong = (sums - goods).abs() > 0.006
        assert wrong.sum() <= bad["file"].str.startswith("shopify").sum()
        total = orders["Subtotal"].astype(float) + orders["Shipping"].astype(float)
        assert (total - orders["Total"].astype(float)).abs().max() < 0.005
        true = company.true("orders").set_index("order_name")
        assert (rows.groupby("Name").size()[true.index] == true["lines"]).all()

    def test_the_fields_of_an_order_stand_on_its_first_row_only(self, company) -> None:
        rows = company.orders()
        assert rows["Lineitem sku"].ne("").all()
        first = ~rows.duplicated(["export", "Name"])
        assert (rows["Currency"].ne("") == first).all()
        for column in ("Total", "Id", "Source", "Billing Zip", "Payment Method", "Discount Code"):
            assert rows.loc[~first, column].eq("").all(), column

    def test_postal_codes_keep_their_zeros_behind_an_apostrophe(self, company) -> None:
        zips = heads(company.orders())["Billing Zip"]
        assert zips[zips != ""].str.match(r"'[0-9A-Z]").all()
        assert zips.str.match(r"'0\d{4}$").any()

    def test_times_are_local_with_the_offset_of_their_day(self, company) -> None:
        created = company.orders()["Created at"]
        assert created.str.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+0[12]00").all()
        local = pd.to_datetime(created.str[:19])
        berlin = pd.to_datetime(created, utc=True).dt.tz_convert("Europe/Berlin").dt.tz_localize(None)
        assert (local == berlin).all()
        assert created.min() >= "2024-07-01"
        assert created.max() < "2026-07-01"

    def test_an_order_that_changed_after_its_export_comes_again_whole(self, company) -> None:
        rows = company.orders()
        exports = rows.groupby("Name")["export"].nunique()
        again = exports.index[exports > 1]
        assert 0 < len(again) < 0.1 * len(exports)
        sizes = rows[rows["Name"].isin(again)].groupby(["Name", "export"]).size().groupby("Name").nunique()
        assert sizes.eq(1).all()
        states = heads(rows[rows["Name"].isin(again)])
        state = ["Financial Status", "Fulfillment Status", "Refunded Amount", "Cancelled at", "Paid at"]
        assert states.assign(state=states[state].agg("|".join, axis=1)).groupby("Name")["state"].nunique().eq(2).all()

    def test_nothing_is_sold_before_its_launch_and_prices_rise(self, company) -> None:
        products = pd.read_csv(company.data / "products.csv").set_index("sku")
        rows = company.orders()
        launched = rows["Lineitem sku"].map(products["launched_at"])
        assert launched.notna().all()
        assert (rows["Created at"].str[:10] >= launched).all()
        euros = set(heads(rows).query("Currency == 'EUR'")["Name"])
        euro_rows = rows[rows["Name"].isin(euros) & rows["Lineitem compare at price"].eq("")]
        price = pd.to_numeric(euro_rows["Lineitem price"], errors="coerce")
        half = euro_rows["Created at"].str[:7]
        before = price[half < "2025-02"].groupby(euro_rows["Lineitem sku"]).median()
        after = price[half >= "2026-03"].groupby(euro_rows["Lineitem sku"]).median()
        assert (after / before).dropna().median() > 1.03

    def test_seasons_are_there(self, company) -> None:
        orders = company.true("orders")
        per_month = orders.groupby([orders["ordered_at"].dt.year, orders["ordered_at"].dt.month]).size()
        assert per_month[(2025, 11)] > 1.3 * per_month[(2025, 10)]
        business = set(company.true("people").query("account_type == 'business'")["person_id"])
        weekend = orders["ordered_at"].dt.tz_convert("Europe/Berlin").dt.dayofweek >= 5
        is_business = orders["person_id"].isin(business)
        assert weekend[is_business].mean() < 0.12 < 0.2 < weekend[~is_business].mean()


class TestIdentities:
    def test_every_record_of_every_file_belongs_to_exactly_one_person(self, company) -> None:
        records = company.true("records")
        assert not records.duplicated(["source", "record_id"]).any()
        people = set(company.true("people")["person_id"])
        strangers = ~records["person_id"].isin(people)
        assert records.loc[strangers, "source"].isin(["brandwatch__mentions", "social__handles"]).all()
        assert records.loc[strangers, "person_id"].str.fullmatch(r"X\d{7}").all()
        ids = {source: set(group["record_id"]) for source, group in records.groupby("source")}
        contacts, events = company.lines("hubspot_contacts.jsonl"), company.lines("hubspot_email_events.jsonl")
        bad = company.true("bad_rows").query("column == 'id'")
        whole = contacts.drop(bad.loc[bad["file"] == "hubspot_contacts.jsonl", "record_number"] - 1)
        assert set(whole["id"]) <= ids["hubspot__contacts"]
        assert set(events["id"]) == ids["hubspot__email_events"]
        assert set(company.lines("hubspot_engagements.jsonl")["id"]) == ids["hubspot__engagements"]
        assert set(company.orders()["Name"]) == ids["shopify__orders"]
        responses = set()
        for file in ("typeform_responses.json", "typeform_attitudes.json"):
            typeform = json.loads((company.data / file).read_text(encoding="utf-8"))
            assert typeform["total_items"] == len(typeform["items"])
            responses |= {item["response_id"] for item in typeform["items"]}
        assert responses == ids["typeform__responses"]
        delighted = json.loads((company.data / "delighted_responses.json").read_text(encoding="utf-8"))
        assert {item["id"] for item in delighted} == ids["delighted__responses"]
        mentions = pd.read_csv(company.data / "brandwatch_mentions.csv", dtype=str)
        assert set(mentions["Resource Id"]) == ids["brandwatch__mentions"]
        exposures = pd.read_csv(company.data / "campaign_exposures.csv", dtype=str)
        assert set(exposures["exposure_id"]) == ids["crm__campaign_exposures"]
        handles = pd.read_csv(company.data / "social_handles.csv", dtype=str)
        assert set(handles["platform"] + ":" + handles["author_handle"]) <= ids["social__handles"]

    def test_households_share_addresses_and_some_of_them_an_email(self, company) -> None:
        people = company.true("people")
        consumers = people[people["account_type"] == "consumer"]
        sizes = consumers.groupby("household_id").size()
        assert sizes.max() == 2
        shared = consumers[consumers.duplicated("email", keep=False)]
        assert len(shared) >= 10
        assert shared.groupby("email")["household_id"].nunique().max() == 1
        orders = company.true("orders")
        rows = heads(company.orders())
        emails = rows.set_index("Name")["Email"].str.lower()
        emails = emails[~emails.index.duplicated()]
        owners = orders.assign(email=orders["order_name"].map(emails)).groupby("email")["person_id"].nunique()
        assert (owners[owners.index.isin(shared["email"])] == 2).any()

    def test_hubspot_keeps_every_address_once_and_some_people_twice(self, company) -> None:
        contacts = company.lines("hubspot_contacts.jsonl")
        emails = contacts["properties"].str["email"]
        known = emails.notna() & emails.ne("not known")
        assert contacts[known].groupby(emails[known])["id"].nunique().max() == 1
        owners = company.true("records").query("source == 'hubspot__contacts'")["person_id"].value_counts()
        assert 0.02 < (owners == 2).mean() < 0.1
        assert owners.max() == 2

    def test_an_edited_contact_comes_again_with_a_later_time(self, company) -> None:
        contacts = company.lines("hubspot_contacts.jsonl")
        contacts = contacts[contacts["id"].notna()]
        twice = contacts[contacts.duplicated("id", keep=False)]
        assert len(twice) >= 10
        assert (twice.groupby("id")["updatedAt"].nunique().eq(2)).all()

    def test_addresses_are_written_in_many_ways(self, company) -> None:
        emails = heads(company.orders())["Email"]
        assert emails.str.contains("+shop@", regex=False).any()
        assert (emails != emails.str.lower()).any()
        assert emails.str.contains("@gmial.", regex=False).any()
        assert (emails == "").any()
        second = company.true("people")["second_email"].dropna()
        assert emails.str.lower().isin(second).any()
        # RFC 2606 keeps this top level domain for nobody.
        assert emails[emails != ""].str.lower().str.endswith(".example").all()
        phones = heads(company.orders())["Phone"]
        for form in (r"\+49 \d{3} \d{8}", r"0\d{3}/\d{8}", r"0049\d{11}", r"\+49\d{11}"):
            assert phones.str.fullmatch(form).any(), form

    def test_names_carry_accents(self, company) -> None:
        names = company.true("people")
        assert (names["first_name"] + names["last_name"]).str.contains(r"[^\x00-\x7f]").mean() > 0.1

    def test_businesses_are_linked_to_companies(self, company) -> None:
        contacts = company.lines("hubspot_contacts.jsonl")
        linked = contacts["properties"].str["associatedcompanyid"].dropna()
        companies = company.lines("hubspot_companies.jsonl")
        assert set(linked) <= set(companies["id"])
        assert 0.04 < len(linked) / len(contacts) < 0.14
        parents = companies["properties"].str["hs_parent_company_id"].dropna()
        assert set(parents) <= set(companies["id"])


class TestCampaign:
    def test_the_holdout_is_random(self, company) -> None:
        campaign = company.true("campaign").merge(company.true("people"), on="person_id").dropna(subset="arm")
        holdout = campaign["arm"] == "holdout"
        assert abs(holdout.mean() - 0.25) < 5 * np.sqrt(0.25 * 0.75 / len(campaign))
        for column in ("orders_per_year", "expected_orders_without", "satisfaction"):
            one, other = campaign.loc[holdout, column], campaign.loc[~holdout, column]
            error = np.sqrt(one.var() / len(one) + other.var() / len(other))
            assert abs(one.mean() - other.mean()) < 4 * error, column

    def test_the_effect_is_there_for_the_contacted_only(self, company) -> None:
        campaign = company.true("campaign").merge(company.true("people")[["person_id", "kind"]], on="person_id")
        treated = campaign["arm"] == "treatment"
        assert (campaign.loc[~treated, "extra_orders"] == 0).all()
        helped = campaign[treated & (campaign["expected_extra_orders"] > 0)]
        expected = helped["expected_extra_orders"].sum()
        assert abs(helped["extra_orders"].sum() - expected) < 5 * np.sqrt(expected)
        effect = campaign.groupby("kind")["expected_extra_orders"].mean()
        assert effect["bargain_hunter"] > effect["home_stylist"] > 0 > effect["business_buyer"]
        computed = campaign["expected_orders_without"] * campaign["uplift"]
        assert (computed - campaign["expected_extra_orders"]).abs().max() < 1e-12

    def test_the_file_holds_the_arms_of_the_truth(self, company) -> None:
        exposures = pd.read_csv(company.data / "campaign_exposures.csv", dtype=str)
        owner = company.true("records").query("source == 'crm__campaign_exposures'").set_index("record_id")["person_id"]
        contact = company.true("records").query("source == 'hubspot__contacts'").set_index("record_id")["person_id"]
        person = exposures["exposure_id"].map(owner)
        assert exposures["customer_ref"].str.startswith("hubspot:").all()
        assert (exposures["customer_ref"].str.removeprefix("hubspot:").map(contact) == person).all()
        arm = company.true("campaign").set_index("person_id")["arm"]
        assert set(arm.dropna().index) == set(person)
        good = exposures["arm"] != "control"
        assert (exposures["arm"] == person.map(arm))[good].all()
