"""Gaps and rules without customers are found, all of them and no others."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.configuration.conditions import coverage
from orchestration.configuration.conditions.coverage import TooComplexError, uncovered
from orchestration.configuration.custom_scheme_settings import CustomScheme
from orchestration.configuration.custom_schemes.coverage import check_coverage
from orchestration.configuration.custom_schemes.rules import Scheme, read_scheme
from orchestration.errors import TesseraError
from tests.unit.custom_schemes.conftest import CATALOG
from tests.unit.custom_schemes.written_schemes import NOWHERE, every_customer, schemes


@settings(max_examples=250, deadline=None)
@given(scheme=schemes())
def test_a_gap_is_found_exactly_where_some_customer_fits_no_rule(scheme: Scheme) -> None:
    left = uncovered(scheme, {}, [box for rule in scheme.rules for box in rule.boxes])
    has_gap = any(not any(rule.holds(customer) for rule in scheme.rules) for customer in every_customer(scheme))
    assert (left is not None) == has_gap
    if left is not None:
        # What is told is a customer of the gap.
        assert not any(rule.holds(left) for rule in scheme.rules)


@settings(max_examples=250, deadline=None)
@given(scheme=schemes())
def test_a_rule_is_reached_exactly_where_it_is_some_customers_first(scheme: Scheme) -> None:
    customers = list(every_customer(scheme))
    for number, rule in enumerate(scheme.rules):
        before = [box for earlier in scheme.rules[:number] for box in earlier.boxes]
        found = [uncovered(scheme, box, before) for box in rule.boxes]
        expected = any(
            rule.holds(customer) and not any(earlier.holds(customer) for earlier in scheme.rules[:number])
            for customer in customers
        )
        assert any(customer is not None for customer in found) == expected
        for box, customer in zip(rule.boxes, found, strict=True):
            if customer is not None:
                assert all(part.holds(customer[name]) for name, part in box.items())
                assert not any(
                    earlier.holds(customer | dict.fromkeys(scheme.columns.keys() - customer.keys()))
                    for earlier in scheme.rules[:number]
                )


@settings(max_examples=250, deadline=None)
@given(scheme=schemes(), data=st.data())
def test_what_the_check_lets_pass_gives_every_customer_and_every_rule_its_segment(
    scheme: Scheme, data: st.DataObject
) -> None:
    try:
        check_coverage(scheme, file=NOWHERE)
    except TesseraError:
        return
    segments = {scheme.segment_of(customer) for customer in every_customer(scheme)}
    assert {rule.segment.code for rule in scheme.rules} <= segments
    assert "unknown" not in segments


def refusal(read: Any, rules: str) -> TesseraError:
    scheme, file = read(rules)
    with pytest.raises(TesseraError) as caught:
        check_coverage(scheme, file=file)
    return caught.value


def test_a_gap_is_told_by_a_customer_in_it(read) -> None:
    error = refusal(
        read,
        "    rules:\n"
        "      - {segment: many, when: {order_count: '>= 10'}}\n"
        "      - {segment: few, when: {order_count: '< 10', country: [DE, AT]}}\n"
        "      - {segment: elsewhere, when: {order_count: '< 10', country: [{not: [DE, AT]}]}}\n",
    )
    assert "line 2: the rules of test leave customers out" in error.what
    assert error.found == "no rule fits a customer with order_count 0, country unknown"
    assert "otherwise: others" in error.fix


@pytest.mark.parametrize(
    ("feature", "conditions", "customer"),
    [
        ("order_count", ["0", "> 0"], "order_count unknown"),
        ("order_count", ["0", ">= 2", "unknown"], "order_count 1"),
        ("order_count", ["> 0", "unknown"], "order_count 0"),
        ("discount_share", ["< 50%", "> 50%", "unknown"], "discount_share 50%"),
        ("discount_share", ["0% to 100%", "unknown"], "discount_share 200%"),
        ("spent_amount", ["< 1", ">= 1.0002", "unknown"], "spent_amount 1"),
        ("is_member", ["true", "unknown"], "is_member no"),
        ("country", ["DE", "unknown"], "country none of those named"),
        ("last_order_date", ["> 60 days ago", "< 60 days ago", "unknown"], "last_order_date 60 days ago"),
        ("last_order_date", ["< 2026-01-01", "> 2026-01-01", "unknown"], "last_order_date 2026-01-01"),
    ],
)
def test_the_smallest_gap_is_found(read, feature: str, conditions: list[str], customer: str) -> None:
    rules = "".join(f"      - {{segment: s{n}, when: {{{feature}: '{c}'}}}}\n" for n, c in enumerate(conditions))
    assert refusal(read, "    rules:\n" + rules).found == f"no rule fits a customer with {customer}"


@pytest.mark.parametrize(
    ("feature", "conditions"),
    [
        # Whole numbers have nothing between 5 and 6, money of four decimals nothing between 1 and 1.0001.
        ("order_count", ["0", "1 to 5", ">= 6", "unknown"]),
        ("spent_amount", ["<= 1", ">= 1.0001", "unknown"]),
        ("is_member", ["true", "false", "unknown"]),
        ("country", ["DE", "not DE", "unknown"]),
        ("last_order_date", ["< 2026-01-01", ">= 2026-01-01", "unknown"]),
        ("last_order_date", ["last 30 days", "< 0 days ago", ">= 30 days ago", "unknown"]),
    ],
)
def test_rules_without_a_gap_need_no_otherwise(read, feature: str, conditions: list[str]) -> None:
    rules = "".join(f"      - {{segment: s{n}, when: {{{feature}: '{c}'}}}}\n" for n, c in enumerate(conditions))
    scheme, file = read("    rules:\n" + rules)
    check_coverage(scheme, file=file)


def test_a_rule_that_one_earlier_rule_makes_useless_is_told_with_both_lines(read) -> None:
    error = refusal(
        read,
        "    rules:\n"
        "      - {segment: some, when: {order_count: '> 0'}}\n"
        "      - {segment: many, when: {order_count: '>= 10'}}\n"
        "    otherwise: others\n",
    )
    assert "line 6: nobody is left for the rule of many" in error.what
    assert error.found.endswith("by some (line 5)")


def test_a_rule_that_only_several_earlier_rules_make_useless_is_found_too(read) -> None:
    error = refusal(
        read,
        "    rules:\n"
        "      - {segment: german, when: {country: DE}}\n"
        "      - {segment: foreign, when: {country: not DE}}\n"
        "      - {segment: many, when: {country: known, order_count: '>= 10'}}\n"
        "    otherwise: others\n",
    )
    assert "line 7: nobody is left for the rule of many" in error.what
    assert error.found.endswith("by the rules before it together")


@pytest.mark.parametrize(
    "when",
    [
        "{order_count: '< 0'}",
        "{order_count: '> 5 and < 6'}",
        "{order_count: '> 5 and < 2'}",
        "{country: {not: [known, unknown]}}",
        "{country: DE, any: [{country: AT}]}",
        "{any: [{country: AT}, {spent_amount: '1.00005'}]}",
    ],
)
def test_a_rule_that_can_never_hold_is_told(read, when: str) -> None:
    error = refusal(read, f"    rules:\n      - {{segment: nobody, when: {when}}}\n    otherwise: others\n")
    assert "line 5: the rule of nobody can never hold" in error.what


def many_rules(features: int) -> Scheme:
    """Rules of which each asks two numbers, so that nothing can be told from one of them alone."""
    catalog = {f"f{n}_count": CATALOG["order_count"] for n in range(features)}
    rules = [
        {"segment": f"s{n}", "when": {f"f{n}_count": f"> {n}", f"f{(n * 7 + 3) % features}_count": f"< {40 - n}"}}
        for n in range(features)
    ]
    written = CustomScheme.model_validate({"description": "Test?", "rules": rules, "otherwise": "others"})
    return read_scheme("test", written, catalog=catalog, file=NOWHERE)


def test_thirty_rules_on_thirty_features_are_checked_in_a_moment() -> None:
    started = time.process_time()
    check_coverage(many_rules(30), file=NOWHERE)
    assert time.process_time() - started < 5


def test_a_scheme_that_cannot_be_gone_through_is_refused_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coverage, "MOST_STEPS", 3)
    scheme = many_rules(6)
    with pytest.raises(TooComplexError):
        uncovered(scheme, {}, [box for rule in scheme.rules for box in rule.boxes])
    with pytest.raises(TesseraError, match="are too many to check") as caught:
        check_coverage(scheme, file=NOWHERE)
    assert caught.value.found == "6 rules on 6 features, more than 3 steps"
