"""Which company records are one company."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from orchestration.identity.companies import MAX_RECORDS, match_companies
from orchestration.identity.state import STATE_TABLES

NIGHT = dt.date(2026, 1, 1)
COLUMNS = (
    "company_ref", "name_key", "domain_key", "registry_key", "postal_key", "city_key", "country_code",
    "parent_company_ref",
)  # fmt: skip
Company = dict[str, Any]


def company(reference: str, **columns: str) -> Company:
    return {**dict.fromkeys(COLUMNS), "company_ref": reference, **columns}


def match(*companies: Company, before: duckdb.DuckDBPyConnection | None = None) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("set threads = 1")
    for name in ("members", "customers"):
        connection.execute(f"create table previous_{name} ({STATE_TABLES[name]})")
        if before:
            connection.register("rows_before", before.sql(f"from {name}").to_arrow_table())
            connection.execute(f"insert into previous_{name} from rows_before")
    connection.execute("create table mail_providers as select 'gmail.com' as domain")
    schema = pa.schema([*((name, pa.string()) for name in COLUMNS), ("created_at", pa.timestamp("us", tz="UTC"))])
    connection.register("records", pa.Table.from_pylist([{"created_at": None, **row} for row in companies], schema))
    night = NIGHT + dt.timedelta(days=1) if before else NIGHT
    count = match_companies(connection, "records", mail_providers="mail_providers", night=night)
    assert count == len(set(ids(connection).values()))
    return connection


def ids(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    return dict(connection.execute("select profile_id, customer_id from members where valid_to is null").fetchall())


def groups(connection: duckdb.DuckDBPyConnection) -> set[frozenset[str]]:
    found = ids(connection)
    return {frozenset(name for name in found if found[name] == customer) for customer in found.values()}


def are_one(one: dict[str, str], other: dict[str, str]) -> bool:
    return len(groups(match(company("a", **one), company("b", **other)))) == 1


ACME = {"name_key": "acme", "postal_key": "10115", "city_key": "berlin", "country_code": "DE"}


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ({"registry_key": "HRB1"}, {"registry_key": "HRB1"}, True),
        ({"registry_key": "HRB1", "country_code": "DE"}, {"registry_key": "HRB1", "country_code": "FR"}, False),
        ({"name_key": "acme", "domain_key": "acme.example"}, {"name_key": "acme", "domain_key": "acme.example"}, True),
        ({"name_key": "acme", "domain_key": "x.example"}, {"name_key": "zebra", "domain_key": "x.example"}, False),
        ({"name_key": "acme", "domain_key": "gmail.com"}, {"name_key": "acme", "domain_key": "gmail.com"}, False),
        (ACME, ACME, True),
        (ACME, {**ACME, "postal_key": "20095"}, True),
        (ACME, {**ACME, "postal_key": "20095", "city_key": "hamburg"}, False),
        (ACME, {**ACME, "country_code": "FR"}, False),
        ({**ACME, "name_key": "schneider maschinenbau"}, {**ACME, "name_key": "schneider maschinenbu"}, True),
        ({**ACME, "name_key": "schneider"}, {**ACME, "name_key": "baecker"}, False),
        ({**ACME, "registry_key": "HRB1"}, {**ACME, "registry_key": "HRB2"}, False),
        ({**ACME, "registry_key": "HRB1"}, ACME, True),
        (
            {**ACME, "domain_key": "acme.example"},
            {**ACME, "domain_key": "acme.example", "parent_company_ref": "a"},
            False,
        ),
        ({}, {}, False),
    ],
)
def test_two_records(one: dict[str, str], other: dict[str, str], expected: bool) -> None:
    assert are_one(one, other) is expected
    if "parent_company_ref" not in other:
        assert are_one(other, one) is expected


@pytest.mark.parametrize(("records", "is_one"), [(MAX_RECORDS, True), (MAX_RECORDS + 1, False)])
def test_a_domain_or_name_of_a_group_joins_nobody(records: int, is_one: bool) -> None:
    for same in ({**ACME}, {"name_key": "acme", "domain_key": "acme.example"}):
        found = groups(match(*(company(f"a{n}", **same) for n in range(records))))
        assert len(found) == (1 if is_one else records)


def test_a_third_record_does_not_join_two_registered_companies() -> None:
    found = groups(
        match(
            company("a", **ACME, registry_key="HRB1"),
            company("b", **ACME, registry_key="HRB2", domain_key="acme.example"),
            company("c", **ACME, domain_key="acme.example"),
        )
    )
    assert found == {frozenset("a"), frozenset("bc")}


def test_a_third_record_does_not_join_a_parent_and_its_subsidiary() -> None:
    found = groups(match(company("a", **ACME), company("b", **ACME, parent_company_ref="a"), company("c", **ACME)))
    assert found == {frozenset("ac"), frozenset("b")}


def test_ids_stay_from_night_to_night_and_are_told_from_customers() -> None:
    first = match(company("a", **ACME), company("b"))
    then = match(company("a", **ACME), company("b", **ACME), company("c", **ACME), before=first)
    assert set(ids(then).values()) <= set(ids(first).values())
    assert len(set(ids(then).values())) == 1
    assert all(company_id.startswith("o_") for company_id in ids(then).values())


@pytest.mark.parametrize("seed", range(5))
def test_nothing_contradictory_is_one_company_and_rows_may_come_in_any_order(seed: int) -> None:
    draw = random.Random(seed)
    companies = [
        company(
            f"{n:02d}",
            **{
                **ACME,
                "name_key": draw.choice(["acme", "acmee", "zebra"]),
                "postal_key": f"101{n % 7}",
                "city_key": f"place {n % 5}",
            },
            registry_key=draw.choice(["HRB1", "HRB2", None, None]),
            parent_company_ref=draw.choice([f"{draw.randrange(20):02d}", None, None]),
        )
        for n in range(20)
    ]
    connection = match(*companies)
    by_reference = {row["company_ref"]: row for row in companies}
    for group in groups(connection):
        rows = [by_reference[reference] for reference in group]
        assert (
            not {row["parent_company_ref"] for row in rows if row["parent_company_ref"] != row["company_ref"]} & group
        )
        assert len({row["registry_key"] for row in rows} - {None}) <= 1
    draw.shuffle(companies)
    assert ids(match(*companies)) == ids(connection)
