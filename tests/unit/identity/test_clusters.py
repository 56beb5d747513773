"""Clusters are connected components, and nothing impossible stands together in them."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping
from itertools import combinations
from typing import Any

import duckdb
import networkx as nx
import numpy as np
import pyarrow as pa
import pytest

from orchestration.configuration.identity_settings import Limits
from orchestration.identity.clusters import STRENGTHS, components_of, keep_apart, put_together
from tests.support.profiles import Profile, number_of, profile, taken

LIMITS = Limits().model_dump()
Link = tuple[str, str, str]


@pytest.mark.parametrize("seed", range(20))
def test_components_are_those_of_networkx(seed: int) -> None:
    draw = np.random.default_rng(seed)
    size = int(draw.integers(1, 5_000))
    links = int(size * draw.choice([0.0, 0.1, 0.4, 0.5, 0.6, 1.0, 3.0]))
    left, right = draw.integers(0, size, (2, links), dtype=np.int32)
    found = components_of(size, left, right)
    graph = nx.empty_graph(size)
    graph.add_edges_from(zip(left.tolist(), right.tolist(), strict=True))
    for component in nx.connected_components(graph):
        assert {int(found[node]) for node in component} == {min(component)}


def test_a_graph_without_links_and_one_without_nodes() -> None:
    nothing = np.array([], np.int32)
    assert components_of(3, nothing, nothing).tolist() == [0, 1, 2]
    assert components_of(0, nothing, nothing).tolist() == []


class Kept:
    """Profiles put together by links and kept apart again."""

    def __init__(
        self,
        profiles: list[Profile],
        links: list[Link],
        *,
        separated: tuple[tuple[str, str], ...] = (),
        names_must_fit: bool = True,
        one_record_sources: tuple[str, ...] = (),
        limits: Mapping[str, int] = LIMITS,
    ) -> None:
        self.connection = taken(profiles)
        self.numbers = number_of(self.connection)
        rows = []
        for one, other, kind in links:
            left, right = sorted((self.numbers[one], self.numbers[other]))
            rows.append({"l": left, "r": right, "kind": kind, "strength": STRENGTHS.get(kind, 10.0)})
        pairs = [sorted((self.numbers[one], self.numbers[other])) for one, other in separated]
        _write(
            self.connection,
            "links",
            rows,
            {"l": pa.int32(), "r": pa.int32(), "kind": pa.string(), "strength": pa.float64()},
        )
        _write(
            self.connection,
            "separated",
            [dict(zip("lr", pair, strict=True)) for pair in pairs],
            {"l": pa.int32(), "r": pa.int32()},
        )
        put_together(self.connection, "links")
        self.rebuilt = keep_apart(
            self.connection,
            limits={**LIMITS, **limits},
            one_record_sources=one_record_sources,
            names_must_fit=names_must_fit,
        )

    def groups(self) -> set[frozenset[str]]:
        rows = self.connection.execute(
            "select list(profile_id) from components inner join profiles using (n) group by component"
        ).fetchall()
        return {frozenset(members) for (members,) in rows}

    def refused(self) -> set[tuple[str, str, str]]:
        rows = self.connection.execute(
            """
            select l.profile_id, r.profile_id, refused_links.reason from refused_links
            inner join profiles as l on refused_links.l = l.n
            inner join profiles as r on refused_links.r = r.n
            """
        ).fetchall()
        return set(rows)


def _write(connection: duckdb.DuckDBPyConnection, name: str, rows: list[Any], types: dict[str, pa.DataType]) -> None:
    connection.register("rows_to_write", pa.Table.from_pylist(rows, pa.schema(list(types.items()))))
    connection.execute(f"create table {name} as from rows_to_write")
    connection.unregister("rows_to_write")


def sets(*groups: str) -> set[frozenset[str]]:
    return {frozenset(group.split()) for group in groups}


class TestKeepingApart:
    def test_the_stronger_link_wins(self) -> None:
        kept = Kept(
            [profile("her", first_name="maria"), profile("him", first_name="josef"), profile("call")],
            [("her", "call", "phone"), ("him", "call", "email")],
        )
        assert kept.groups() == sets("him call", "her")
        assert kept.refused() == {("call", "her", "different names")}
        assert kept.rebuilt == 1

    def test_names_may_differ_where_nothing_forbids_it(self) -> None:
        kept = Kept(
            [profile("her", first_name="maria"), profile("him", first_name="josef"), profile("call")],
            [("her", "call", "phone"), ("him", "call", "email")],
            names_must_fit=False,
        )
        assert kept.groups() == sets("him call her")
        assert kept.rebuilt == 0

    def test_everybody_who_says_the_same_is_kept_apart_not_the_first_alone(self) -> None:
        # Two profiles say the same of her; the second one is reached first.
        kept = Kept(
            [
                profile("a her", first_name="maria", last_name="berg"),
                profile("b her", first_name="maria", last_name="berg"),
                profile("c him", first_name="josef", last_name="berg"),
                profile("d"),
            ],
            [("b her", "d", "account"), ("c him", "d", "email"), ("a her", "c him", "phone")],
        )
        assert kept.groups() == {frozenset({"b her", "d"}), frozenset({"c him"}), frozenset({"a her"})}

    def test_birth_dates_far_apart(self) -> None:
        kept = Kept(
            [
                profile("father", first_name="hans", birth_date="1955-03-02"),
                profile("son", first_name="hans", birth_date="1987-11-20"),
                profile("order", first_name="hans"),
            ],
            [("father", "order", "email"), ("son", "order", "account")],
        )
        assert kept.groups() == sets("son order", "father")
        assert kept.refused() == {("father", "order", "birth dates far apart")}

    def test_a_birth_date_with_a_slip_is_no_conflict(self) -> None:
        kept = Kept(
            [profile("a", birth_date="1955-03-02"), profile("b", birth_date="1955-02-03")], [("a", "b", "email")]
        )
        assert kept.groups() == sets("a b")

    def test_a_reference_outweighs_names_and_limits(self) -> None:
        kept = Kept(
            [
                profile("a", customer_ref="crm:1", first_name="maria", email="1"),
                profile("b", customer_ref="crm:1", first_name="josef", email="2"),
            ],
            [("a", "b", "reference")],
            limits={"emails": 1},
        )
        assert kept.groups() == sets("a b")
        assert kept.refused() == set()

    @pytest.mark.parametrize("kind", ["reference", "override", "email"])
    def test_what_a_person_has_separated_nothing_joins(self, kind: str) -> None:
        kept = Kept([profile("a"), profile("b")], [("a", "b", kind)], separated=(("b", "a"),))
        assert kept.groups() == sets("a", "b")
        assert kept.refused() == {("a", "b", "separated by a person")}

    def test_a_refused_link_that_others_replace_is_not_reported(self) -> None:
        # a and b are a customer of four mailboxes by the source's own key, whatever the limit.
        kept = Kept(
            [profile("a", email="1"), profile("b", email="2"), profile("c", email="3")],
            [("a", "b", "override"), ("a", "c", "phone"), ("b", "c", "phone")],
            limits={"emails": 2},
        )
        assert kept.groups() == sets("a b", "c")
        assert {reason for _, _, reason in kept.refused()} == {"more than 2 emails"}
        assert len(kept.refused()) == 2

    @pytest.mark.parametrize(
        ("column", "limit"),
        [
            ("email", "emails"),
            ("phone", "phones"),
            ("birth_date", "birth_dates"),
            ("loyalty_number", "loyalty_numbers"),
            ("handle", "accounts"),
        ],
    )
    def test_every_limit(self, column: str, limit: str) -> None:
        values = [f"2000-01-0{n}" for n in range(1, 5)]
        profiles = [profile(str(n), **{column: value}) for n, value in enumerate(values)]
        links = [("0", str(n), "reference" if n == 1 else "match") for n in range(1, 4)]
        kept = Kept(profiles, links, limits={limit: 2})
        assert kept.groups() == sets("0 1", "2", "3")
        assert {reason for _, _, reason in kept.refused()} == {f"more than 2 {limit.replace('_', ' ')}"}

    def test_two_records_of_a_source_that_holds_everybody_once(self) -> None:
        profiles = [
            profile("a", customer_ref="crm_one:1", ref_source_name="crm_one"),
            profile("a again", customer_ref="crm_one:1", ref_source_name="crm_one"),
            profile("b", customer_ref="crm_one:2", ref_source_name="crm_one"),
            profile("other", customer_ref="shop:2", ref_source_name="shop"),
        ]
        links = [("a", "a again", "reference"), ("a", "b", "email"), ("b", "other", "email"), ("a", "other", "phone")]
        kept = Kept(profiles, links, one_record_sources=("crm_one",))
        assert kept.groups() == {frozenset({"a", "a again"}), frozenset({"b", "other"})}
        assert {reason for _, _, reason in kept.refused()} == {"more than 1 record of crm_one"}


@pytest.mark.parametrize("seed", range(25))
def test_nothing_impossible_stands_together_whatever_the_links(seed: int) -> None:
    draw = random.Random(seed)
    size = draw.randint(5, 60)
    names = ["maria", "josef", "lena", None]
    births = ["1950-01-01", "1985-12-31", None, None]
    profiles = [
        profile(
            f"{n:02d}",
            first_name=draw.choice(names),
            last_name="berg",
            birth_date=draw.choice(births),
            email=f"{draw.randint(1, 6)}@x.example",
            customer_ref=f"crm:{n}" if draw.random() < 0.5 else None,
            ref_source_name="crm" if draw.random() < 0.5 else None,
        )
        for n in range(size)
    ]
    ids = [row["profile_id"] for row in profiles]
    links = [
        (*draw.sample(ids, 2), draw.choice(["email", "phone", "account", "match"]))
        for _ in range(draw.randint(1, 3 * size))
    ]
    apart = tuple(tuple(draw.sample(ids, 2)) for _ in range(3))
    limits = {"emails": 3, "profiles": 12}
    kept = Kept(profiles, links, separated=apart, limits=limits, one_record_sources=("crm",))
    by_id = {row["profile_id"]: row for row in profiles}
    home = {member: group for group in kept.groups() for member in group}
    for group in kept.groups():
        rows = [by_id[member] for member in group]
        assert len({row["first_name"] for row in rows} - {None}) <= 1 or _same_birth(rows)
        assert len({row["birth_date"] for row in rows} - {None}) <= 1
        assert len({row["email"] for row in rows}) <= 3
        assert len(group) <= 12
        assert len({row["customer_ref"] for row in rows if row["ref_source_name"] == "crm"} - {None}) <= 1
    for one, other in apart:
        assert home[one] is not home[other]
    refused = {frozenset(pair[:2]) for pair in kept.refused()}
    for one, other, _ in links:
        assert (home[one] is home[other]) != (frozenset((one, other)) in refused)
    _assert_groups_are_linked(kept, links)


def _same_birth(rows: list[Profile]) -> bool:
    """Different given names with one birth date are no conflict."""
    born: dict[str, set[object]] = defaultdict(set)
    for row in rows:
        if row["first_name"]:
            born[row["first_name"]].add(row["birth_date"])
    return all(left == right and None not in left for left, right in combinations(born.values(), 2))


def _assert_groups_are_linked(kept: Kept, links: list[Link]) -> None:
    graph = nx.Graph()
    graph.add_nodes_from(kept.numbers)
    home = {member: group for group in kept.groups() for member in group}
    graph.add_edges_from((one, other) for one, other, _ in links if home[one] is home[other])
    assert {frozenset(component) for component in nx.connected_components(graph)} == kept.groups()
