"""Which pairs are compared: those that share a narrow key, and no others."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest

from orchestration.identity.candidates import KEYS, MAX_BLOCK, find_candidates
from orchestration.identity.clusters import put_together
from orchestration.identity.identifiers import find_identifiers, link_identifiers
from tests.support.profiles import Profile, number_of, population, profile, taken

PERSON = {"first_name": "silke", "last_name": "berg", "birth_date": "1969-12-03"}


def candidates(
    *profiles: Profile, names_must_fit: bool = True, new: tuple[str, ...] | None = None
) -> set[tuple[str, str]]:
    connection = taken(profiles)
    find_identifiers(connection, blocked={}, max_people=4)
    link_identifiers(connection)
    put_together(connection, "identifier_links")
    numbers = number_of(connection)
    connection.execute("create table new_profiles (n integer)")
    for name in new or ():
        connection.execute("insert into new_profiles values (?)", [numbers[name]])
    count = find_candidates(connection, names_must_fit=names_must_fit, only_new=new is not None)
    rows = connection.execute(
        "select l.profile_id, r.profile_id from candidates "
        "inner join profiles as l on candidates.l = l.n inner join profiles as r on candidates.r = r.n"
    ).fetchall()
    assert len(rows) == len(set(rows)) == count
    return set(rows)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({}, {}),
        ({}, {"last_name": "koch"}),
        ({}, {"first_name": "berg", "last_name": "silke"}),
        ({}, {"birth_date": "1969-03-12", "last_name": "bergmann"}),
        (
            {"birth_date": None, "street": "talweg", "house_number": "3", "city": "bremen"},
            {"birth_date": None, "street": "talweg", "house_number": "3", "city": "bremen", "last_name": "koch"},
        ),
        ({"email": "s.berg@a.example"}, {"birth_date": None, "last_name": "koch", "email": "s.berg@b.example"}),
    ],
)
def test_one_person_with_a_slip_is_found(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert candidates(profile("a", **{**PERSON, **one}), profile("b", **{**PERSON, **other})) == {("a", "b")}


def test_who_shares_nothing_is_not_compared() -> None:
    other = {"first_name": "udo", "last_name": "vogel", "birth_date": "1950-01-01"}
    assert candidates(profile("a", **PERSON), profile("b", **other)) == set()


def test_who_has_no_name_is_not_compared() -> None:
    place = {"street": "talweg", "house_number": "3", "postal_code": "28195"}
    assert candidates(profile("a", **place), profile("b", **place)) == set()


def test_who_is_one_already_is_not_compared() -> None:
    assert candidates(profile("a", **PERSON, email="s@x.example"), profile("b", **PERSON, email="s@x.example")) == set()


@pytest.mark.parametrize(("people", "are_compared"), [(MAX_BLOCK, True), (MAX_BLOCK + 1, False)])
def test_a_key_that_many_share_says_little(people: int, are_compared: bool) -> None:
    found = candidates(*(profile(f"{n:02d}", **PERSON) for n in range(people)))
    assert found == (set(combinations([f"{n:02d}" for n in range(people)], 2)) if are_compared else set())


def test_an_increment_compares_what_is_new_with_everything_and_nothing_else() -> None:
    profiles = [profile(name, **PERSON) for name in "abcd"]
    assert candidates(*profiles, new=("b", "d")) == {("a", "b"), ("b", "c"), ("b", "d"), ("a", "d"), ("c", "d")}
    assert candidates(*profiles, new=()) == set()


def test_an_increment_and_a_full_run_find_the_same_pairs_of_new_profiles() -> None:
    people = population(60)
    new = tuple(row["profile_id"] for row in people[::7])
    full = candidates(*people, names_must_fit=False)
    assert candidates(*people, names_must_fit=False, new=new) == {pair for pair in full if set(pair) & set(new)}


def test_keys_have_names_of_their_own_and_none_is_empty() -> None:
    assert len(set(KEYS.values())) == len(KEYS)
    assert all(KEYS.values())


def test_the_order_of_rows_says_nothing() -> None:
    people = population(60)
    assert candidates(*people) == candidates(*reversed(people))
