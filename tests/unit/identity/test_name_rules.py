"""Which names and birth dates can be one person's."""

from __future__ import annotations

import datetime as dt
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.identity.name_rules import create_name_rules, person_of

COLUMNS = {
    "given": "varchar", "last_name": "varchar", "given_count": "bigint", "birth_date": "date", "told_family": "varchar",
}  # fmt: skip


@pytest.fixture(scope="module")
def con() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    create_name_rules(connection)
    return connection


def conflict(con: duckdb.DuckDBPyConnection, one: dict[str, Any], other: dict[str, Any]) -> bool | None:
    rows = ", ".join(
        "(select " + ", ".join(f"cast(? as {kind}) as {name}" for name, kind in COLUMNS.items()) + f") as {alias}"
        for alias in ("a", "b")
    )
    values = [person.get(name, 100 if name == "given_count" else None) for person in (one, other) for name in COLUMNS]
    ((answer,),) = con.execute(
        f"select persons_conflict({person_of('a')}, {person_of('b')}) from {rows}", values
    ).fetchall()
    return answer


def person(words: str, **more: Any) -> dict[str, Any]:
    first, _, last = words.partition(" ")
    return {"given": first or None, "last_name": last or None, **more}


@pytest.mark.parametrize(
    ("one", "other", "is_conflict"),
    [
        (person("maria berg"), person("josef berg"), True),
        (person("maria berg"), person("maria koch"), False),
        (person("maria berg"), person("marie berg"), True),
        (person("marie berg"), person("mraie berg"), False),
        (person("marie berg"), person("marei berg"), False),
        (person("marie berg", given_count=500), person("marye berg", given_count=1), False),
        (person("marie berg", given_count=5), person("marye berg", given_count=1), False),
        (person("marie berg", given_count=4), person("marye berg", given_count=1), True),
        (person("alexander berg", given_count=500), person("alexadner berg", given_count=1), False),
        (person("alexander berg", given_count=500), person("alex berg", given_count=1), True),
        (person("maria berg"), person("berg maria"), False),
        (person("maria berg"), person("maria"), False),
        (person("maria berg"), person(" berg"), False),
        (person("maria berg"), person("m berg"), False),
        (person("maria berg"), person("j berg"), True),
        (person("m berg"), person("j berg"), True),
        (person("alex berg", birth_date="1981-01-21"), person("alexander berg", birth_date="1981-01-21"), False),
        (person("alex berg", birth_date="1981-01-21"), person("alexander berg"), True),
        (person("hans berg", birth_date="1955-03-02"), person("hans berg", birth_date="1987-11-20"), True),
        (person("hans berg", birth_date="1955-03-02"), person("hans berg", birth_date="1955-02-03"), False),
        (person("hans berg", birth_date="1955-03-02"), person("hans berg", birth_date="1956-03-02"), False),
        (person(" ", told_family="hahn"), person("maria berg"), True),
        (person(" ", told_family="hahn"), person("maria hahn koch"), False),
        (person("maria", told_family="hahn"), person("maria berg"), False),
        (person(" ", told_family="hahn"), person("maria"), False),
        (person(""), person("maria berg"), False),
        (person(""), person(""), False),
    ],
)
def test_two_persons(con, one, other, is_conflict) -> None:
    assert conflict(con, one, other) is is_conflict
    assert conflict(con, other, one) is is_conflict


people = st.fixed_dictionaries(
    {
        "given": st.none() | st.text("abm", min_size=1, max_size=6),
        "last_name": st.none() | st.text("ab", min_size=1, max_size=3),
        "given_count": st.integers(0, 1_000),
        "birth_date": st.none() | st.dates(dt.date(1920, 1, 1), dt.date(2010, 12, 31)),
        "told_family": st.none() | st.text("ab", min_size=3, max_size=3),
    }
)


@settings(max_examples=150, deadline=None)
@given(one=people, other=people)
def test_the_rule_is_the_same_both_ways_always_answers_and_nobody_conflicts_with_themselves(con, one, other) -> None:
    assert conflict(con, one, other) is conflict(con, other, one)
    assert conflict(con, one, other) in (True, False)
    alone = {**one, "told_family": None}
    assert conflict(con, alone, alone) is False
