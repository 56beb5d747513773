"""What reaches the database is what the rules say, and nothing that a name or a value could add to it."""

from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import Decimal
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_contracts import sql_quoting as sql
from orchestration.configuration.custom_scheme_settings import CustomScheme
from orchestration.configuration.custom_schemes.compiled import case_sql, compiled
from orchestration.configuration.custom_schemes.rules import Point, Scheme, read_scheme
from tests.unit.custom_schemes.conftest import CATALOG, TYPES
from tests.unit.custom_schemes.written_schemes import AS_OF, EVERY, NOWHERE, schemes

# One for all examples: opening one costs more than a query.
DATABASE = duckdb.connect()
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            **{name: st.sampled_from(values) for name, values in EVERY.items()},
            "last_order_date": st.sampled_from([AS_OF - dt.timedelta(days=n) for n in (-1, 0, 1, 2, 3, 4, 20, 28, 29)])
            | st.none(),
        }
    ),
    min_size=1,
    max_size=6,
)


def in_the_database(expression: str, rows: list[dict[str, Any]]) -> list[str]:
    """A segment's expression, evaluated where the model does: beside ``as_of_dates``."""
    columns = ", ".join(f"cast(? as {kind}) as {sql.identifier(name)}" for name, kind in TYPES.items())
    customers = " union all ".join(f"select {number} as customer, {columns}" for number in range(len(rows)))
    query = (
        f"select customer, {expression} as segment from ({customers}) as customers "
        "cross join (select cast(? as date) as as_of_date) as as_of_dates order by customer"
    )
    values = [row[name] for row in rows for name in TYPES]
    return [segment for _, segment in DATABASE.execute(query, [*values, AS_OF]).fetchall()]


def as_the_rules_see(scheme: Scheme, row: dict[str, Any]) -> Point:
    """A row with dates in days where the scheme counts days."""
    ago = {name: None if row[name] is None else (AS_OF - row[name]).days for name in scheme.in_days}
    return {**row, **ago}


@settings(max_examples=100, deadline=None)
@given(scheme=schemes(most_features=5), rows=ROWS)
def test_the_database_answers_as_the_rules_do(scheme: Scheme, rows: list[dict[str, Any]]) -> None:
    expected = [scheme.segment_of(as_the_rules_see(scheme, row)) for row in rows]
    assert in_the_database(case_sql(scheme), rows) == expected


@settings(max_examples=60, deadline=None)
@given(
    text=st.text(alphabet=st.sampled_from("'\";-/*\\{}%$()[]?:,. aéß\u202e\U0001f600"), min_size=1, max_size=30)
    | st.sampled_from(["'; drop table customers; --", "{{ var('x') }}", "the date that is computed", "' or ''='"])
)
def test_no_text_can_leave_its_quotes(text: str) -> None:
    condition = {"not": [f"= {text}"]} if text.strip() else "DE"
    rules = [{"segment": "others_than_that", "when": {"country": condition, "gender": ["m", "unknown"]}}]
    if not text.isprintable():
        return
    written = CustomScheme.model_validate({"description": "Test?", "rules": rules, "otherwise": "that"})
    scheme = read_scheme("test", written, catalog=CATALOG, file=NOWHERE)
    blank = dict.fromkeys(TYPES)
    rows = [{**blank, "country": " ".join(text.split())}, {**blank, "country": "AT"}, {**blank, "country": None}]
    expected = [scheme.segment_of(row) for row in rows]
    assert in_the_database(case_sql(scheme), rows) == expected
    assert set(expected) <= {"others_than_that", "that"}
    assert len(duckdb.extract_statements(f"select {case_sql(scheme)}")) == 1


@pytest.mark.parametrize("name", ['weird"name', "na'me", "select", "a; drop table x"])
def test_the_name_of_a_feature_is_quoted(name: str) -> None:
    catalog = {name: dataclasses.replace(CATALOG["order_count"], name=name)}
    rules = [{"segment": "some", "when": {name: "> 0"}}]
    written = CustomScheme.model_validate({"description": "Test?", "rules": rules, "otherwise": "none"})
    scheme = read_scheme("test", written, catalog=catalog, file=NOWHERE)
    with duckdb.connect() as connection:
        query = f"select {case_sql(scheme)} from (select 1 as {sql.identifier(name)}) as customers"
        assert connection.execute(query).fetchone() == ("some",)


def test_a_number_is_compared_as_it_is_written(read) -> None:
    scheme, _ = read(
        "    rules:\n"
        "      - {segment: exactly, when: {spent_amount: '0.1'}}\n"
        "      - {segment: share, when: {discount_share: 10%}}\n"
        "    otherwise: others\n"
    )
    blank = dict.fromkeys(TYPES)
    rows = [{**blank, "spent_amount": Decimal("0.1")}, {**blank, "discount_share": 0.1}, blank]
    assert in_the_database(case_sql(scheme), rows) == ["exactly", "share", "others"]


def test_segments_come_in_the_order_of_the_rules_with_their_rule_in_words(read) -> None:
    scheme, _ = read(
        "    rules:\n"
        "      - {segment: full_price, description: Pays what it costs, colour: '#123456',\n"
        "         when: {discount_share: < 12.5%, order_count: [2, 5 to 9]}}\n"
        "      - {segment: near, when: {is_member: yes, any: [{country: DE}, {last_order_date: last 30 days}]}}\n"
        "      - {segment: odd, when: {gender: '= unknown', spent_amount: not 10 to 1000.50}}\n"
        "    otherwise: {segment: rest, name: The rest}\n"
    )
    full_price, near, odd, rest = compiled(scheme)["segments"]
    assert full_price == {
        "segment_code": "full_price",
        "segment_name": "Full price",
        "description": "Pays what it costs",
        "rule": "discount share is less than 12.5% and order count is 2 or 5 to 9",
        "display_order": 1,
        "colour": "#123456",
        "owner": "marketing",
    }
    assert near["rule"] == (
        "is member; and either country is DE or last order date is 0 to 29 days ago; and in no segment before"
    )
    assert odd["rule"] == 'gender is "unknown" and spent is not 10 to 1000.5; and in no segment before'
    assert (rest["segment_name"], rest["rule"]) == ("The rest", "Everybody who is in none of: Full price, Near, Odd")
    assert len({segment["colour"] for segment in (full_price, near, odd, rest)}) == 4


def test_reasons_are_the_features_of_the_rule_and_of_all_rules_for_the_rest(read) -> None:
    scheme, _ = read(
        "    rules:\n"
        "      - {segment: many, when: {order_count: '> 5', country: DE}}\n"
        "      - {segment: members, when: {any: [{is_member: true}, {order_count: 5}]}}\n"
        "    otherwise: others\n"
    )
    assert compiled(scheme)["reasons"] == [
        {"segment_code": "many", "features": ["order_count", "country"]},
        {"segment_code": "members", "features": ["is_member", "order_count"]},
        {"segment_code": "others", "features": ["order_count", "country", "is_member"]},
    ]


def test_rules_without_a_gap_leave_unknown_to_values_that_cannot_be(read) -> None:
    scheme, _ = read("    rules:\n      - {segment: all, when: {order_count: ['>= 0', unknown]}}\n")
    assert compiled(scheme)["segments"][-1]["segment_code"] == "unknown"
    assert in_the_database(case_sql(scheme), [dict.fromkeys(TYPES) | {"order_count": -1}]) == ["unknown"]
