"""Who gets what by any policy: one option each, within limits and consent, as worked out a second time in Python."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings

from orchestration.errors import TesseraError
from tests.unit.treatments.policies import CUSTOMERS, chosen, decided, read, win_back_rules


def read_or_skip(written: dict[str, Any]) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        try:
            return read(Path(folder), {"win_back": written})
        except TesseraError as error:
            # Rules that come too late are refused, which other tests are about.
            assume("nobody is left" not in error.what)
            raise


@settings(max_examples=30, deadline=None)
@given(written=win_back_rules(), customers=CUSTOMERS)
def test_every_customer_gets_what_the_rules_say_one_after_the_other(
    written: dict[str, Any], customers: list[dict[str, Any]]
) -> None:
    policy = read_or_skip(written)
    found = chosen(policy, customers)
    assert {row["customer_id"]: row["win_back_rule_number"] for row in found} == decided(policy["win_back"], customers)
    # Without rules everybody gets the rest.
    assert all(row["sales_channel_rule_number"] == 1 for row in found)


@settings(max_examples=15, deadline=None)
@given(written=win_back_rules(), customers=CUSTOMERS)
def test_nobody_is_given_an_option_without_the_consent_that_it_needs(
    written: dict[str, Any], customers: list[dict[str, Any]]
) -> None:
    policy = read_or_skip(written)
    people = {customer["customer_id"]: customer for customer in customers}
    for row in chosen(policy, customers):
        number = row["win_back_rule_number"]
        if number <= len(policy["win_back"].rules):
            option, person = policy["win_back"].rules[number - 1].option, people[row["customer_id"]]
            reachable = [person[f"is_contactable_by_{channel}"] for channel in ("email", "sms", "phone")]
            assert option != "mail" or reachable[0]
            assert option != "any" or any(reachable)


@settings(max_examples=15, deadline=None)
@given(customers=CUSTOMERS)
def test_a_larger_capacity_takes_nobodys_place_away(customers: list[dict[str, Any]]) -> None:
    given_before: set[str] = set()
    for places in range(5):
        rule = {"code": "few", "option": "gift", "when": {"order_count": ">= 1"}}
        rule["capacity"] = {"customers": places, "by": "expected_margin"}
        options = {"gift": "Gift", "none": "Nothing"}
        with tempfile.TemporaryDirectory() as folder:
            policy = read(Path(folder), {"offer": {"options": options, "rules": [rule], "otherwise": "none"}})
        found = chosen(policy, customers)
        given = {row["customer_id"] for row in found if row["offer_rule_number"] == 1}
        crowded = {row["customer_id"] for row in found if row["offer_crowded_rules"] == [1]}
        assert given_before <= given
        assert len(given) <= places
        assert given.isdisjoint(crowded)
        margins = {customer["customer_id"]: customer["expected_margin"] for customer in customers}
        assert all(margins[one] >= margins[other] for one in given for other in crowded)
        given_before = given


def test_the_order_of_the_rows_has_no_say(tmp_path: Path) -> None:
    customers = [
        {"customer_id": f"c{number}", "order_count": 1, "expected_margin": 5, "contact_count": 0} for number in range(9)
    ]
    rule = {"code": "few", "option": "gift", "when": {"order_count": 1}}
    rule["capacity"] = {"customers": 4, "by": "expected_margin"}
    written = {"offer": {"options": {"gift": "Gift", "none": "No"}, "rules": [rule], "otherwise": "none"}}
    policy = read(tmp_path, written)
    found = chosen(policy, customers)
    assert found == chosen(policy, customers[::-1])
    assert [row["customer_id"] for row in found if row["offer_rule_number"] == 1] == ["c0", "c1", "c2", "c3"]


@pytest.mark.parametrize(
    ("capacity", "places"),
    [
        ("{customers: 3, by: margin_365d}", 3),
        ("{share: 0.5, by: margin_365d}", 5),
        ("{budget: 10, by: margin_365d}", 4),
        ("{budget: 9.99, by: margin_365d}", 3),
        ("{customers: 8, share: 0.7, budget: 20, by: margin_365d}", 7),
        ("{customers: 0, by: margin_365d}", 0),
    ],
)
def test_places_are_the_least_of_number_share_and_budget(tmp_path: Path, capacity: str, places: int) -> None:
    customers = [
        {"customer_id": f"c{number}", "order_count": 1, "margin_365d": number, "contact_count": 0}
        for number in range(10)
    ]
    text = f"""
offer:
  options: {{gift: Gift, none: Nothing}}
  rules:
    - {{code: few, option: gift, when: {{order_count: 1}}, cost: 2.5, capacity: {capacity}}}
  otherwise: none
"""
    found = chosen(read(tmp_path, text), customers)
    assert sum(row["offer_rule_number"] == 1 for row in found) == places
