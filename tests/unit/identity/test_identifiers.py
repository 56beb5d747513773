"""What an e-mail address, a number, a card or an account links, and what stops it."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.configuration.identity_settings import Identity
from orchestration.identity.clusters import put_together
from orchestration.identity.identifiers import attach_nameless, find_identifiers, link_identifiers
from tests.support.profiles import GIVEN, Profile, profile, taken

MAIL = {"email": "home@x.example"}


class Linked:
    """Profiles with their identifiers found, linked and put together."""

    def __init__(self, *profiles: Profile, max_people: int = 4, **blocked: list[str]) -> None:
        self.connection: duckdb.DuckDBPyConnection = taken(profiles)
        rules = Identity(blocked_values=blocked)  # type: ignore[arg-type]
        find_identifiers(self.connection, blocked=rules.blocked(), max_people=max_people)
        link_identifiers(self.connection)
        put_together(self.connection, "identifier_links")
        attach_nameless(self.connection)

    def status(self) -> dict[tuple[str, str], str]:
        return {
            (kind, value): status for kind, value, status in self._rows("select kind, value, status from identifiers")
        }

    def links(self) -> set[tuple[str, str, str]]:
        return set(self._named("identifier_links", "kind"))

    def attached(self) -> set[tuple[str, str]]:
        return {(owner, nameless) for owner, nameless, _ in self._named("attachments", "kind")}

    def groups(self) -> set[frozenset[str]]:
        rows = self._rows("select list(profile_id) from components inner join profiles using (n) group by component")
        return {frozenset(members) for (members,) in rows}

    def _named(self, table: str, column: str) -> list[tuple[Any, ...]]:
        return self._rows(
            f"select l.profile_id, r.profile_id, {column} from {table} as t "
            "inner join profiles as l on t.l = l.n inner join profiles as r on t.r = r.n"
        )

    def _rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(query).fetchall()


@pytest.mark.parametrize(
    ("kind", "column"),
    [
        ("reference", "customer_ref"),
        ("email", "email"),
        ("phone", "phone"),
        ("loyalty_number", "loyalty_number"),
        ("account", "handle"),
    ],
)
def test_every_kind_links_those_who_have_it(kind: str, column: str) -> None:
    linked = Linked(profile("a", first_name="eva", **{column: "1"}), profile("b", first_name="eva", **{column: "1"}))
    assert linked.links() == {("a", "b", kind)}
    assert linked.status() == {(kind, "1"): "free"}


def test_a_value_of_one_profile_is_not_listed() -> None:
    assert Linked(profile("a", **MAIL), profile("b", email="other@x.example")).status() == {}


class TestBlocked:
    @pytest.mark.parametrize(
        ("column", "value"),
        [
            ("email", "noreply@shop.example"),
            ("email", "test@shop.example"),
            ("email", "n/a@shop.example"),
            ("email", "eva@test.example"),
            ("phone", "+49999999999"),
            ("phone", "+4912345678"),
            ("phone", "+490000000001"),
        ],
    )
    def test_built_in_patterns(self, column: str, value: str) -> None:
        linked = Linked(*(profile(name, first_name="eva", **{column: value}) for name in "ab"))
        assert linked.links() == set()
        assert set(linked.status().values()) == {"blocked"}

    @pytest.mark.parametrize("value", ["latest@shop.example", "testa@shop.example", "reply@shop.example"])
    def test_what_only_resembles_a_pattern_is_free(self, value: str) -> None:
        assert set(Linked(profile("a", email=value), profile("b", email=value)).status().values()) == {"free"}

    def test_patterns_of_the_settings_come_on_top(self) -> None:
        linked = Linked(profile("a", handle="x:shop"), profile("b", handle="x:shop"), account=["x:sh?p"])
        assert linked.status() == {("account", "x:shop"): "blocked"}

    @pytest.mark.parametrize(("people", "status"), [(4, "contested"), (5, "blocked")])
    def test_more_names_than_share_a_home(self, people: int, status: str) -> None:
        linked = Linked(*(profile(name, first_name=name, **MAIL) for name in GIVEN[:people]))
        assert linked.status() == {("email", MAIL["email"]): status}
        assert linked.links() == set()

    @pytest.mark.parametrize(("records", "status"), [(4, "free"), (5, "blocked")])
    def test_more_records_without_a_name(self, records: int, status: str) -> None:
        linked = Linked(*(profile(f"a{n}", customer_ref=f"crm:{n}", **MAIL) for n in range(records)))
        assert linked.status() == {("email", MAIL["email"]): status}

    def test_one_name_may_have_a_value_as_often_as_it_likes(self) -> None:
        linked = Linked(*(profile(f"a{n}", customer_ref=f"crm:{n}", first_name="eva", **MAIL) for n in range(9)))
        assert len(linked.groups()) == 1

    def test_a_reference_is_never_blocked(self) -> None:
        linked = Linked(*(profile(name, customer_ref="crm:1", first_name=name) for name in GIVEN[:9]))
        assert linked.status() == {("reference", "crm:1"): "free"}


class TestContested:
    def test_each_name_is_linked_with_itself(self) -> None:
        linked = Linked(
            profile("her", first_name="maria", **MAIL),
            profile("her again", first_name="maria", last_name="koch", **MAIL),
            profile("him", first_name="josef", **MAIL),
            profile("him again", first_name="josef", **MAIL),
        )
        assert linked.groups() == {frozenset({"her", "her again"}), frozenset({"him", "him again"})}

    def test_a_number_does_not_say_who_where_an_address_does(self) -> None:
        linked = Linked(
            profile("order", phone="+491", email="a@x.example"),
            profile("other", phone="+491", email="b@x.example"),
            profile("call", phone="+491"),
            profile("record", phone="+491", first_name="eva"),
        )
        assert linked.groups() == {frozenset({"order"}), frozenset({"other"}), frozenset({"call", "record"})}


class TestNameless:
    def home(self, *, his: dict[str, Any], hers: dict[str, Any], theirs: dict[str, Any]) -> set[tuple[str, str]]:
        return Linked(
            profile("him", first_name="josef", **MAIL, **his),
            profile("her", first_name="maria", **MAIL, **hers),
            profile("newsletter", **MAIL, **theirs),
        ).attached()

    def test_it_goes_to_whom_a_record_gives_the_value(self) -> None:
        assert self.home(his={}, hers={"customer_ref": "crm:1"}, theirs={}) == {("her", "newsletter")}
        assert self.home(his={"customer_ref": "crm:1"}, hers={}, theirs={}) == {("him", "newsletter")}

    def test_to_whom_it_was_seen_with_rather_than_to_a_record_of_long_ago(self) -> None:
        attached = self.home(
            his={"customer_ref": "crm:1", "first_seen_at": "2010-01-01", "last_seen_at": "2012-01-01"},
            hers={"first_seen_at": "2020-01-01", "last_seen_at": "2020-02-01"},
            theirs={"first_seen_at": "2020-03-01", "last_seen_at": "2020-03-01"},
        )
        assert attached == {("her", "newsletter")}

    def test_to_whom_says_it_more_often(self) -> None:
        assert self.home(his={"records_count": 3}, hers={"records_count": 9}, theirs={}) == {("her", "newsletter")}

    def test_an_initial_goes_only_where_it_fits(self) -> None:
        assert self.home(his={"customer_ref": "crm:1"}, hers={}, theirs={"first_name": "m"}) == {("her", "newsletter")}
        assert self.home(his={}, hers={}, theirs={"first_name": "k"}) == set()

    def test_several_of_one_component_go_together_and_join_nobody(self) -> None:
        linked = Linked(
            profile("him", first_name="josef", phone="+491", **MAIL),
            profile("her", first_name="maria", phone="+491", **MAIL),
            profile("account", handle="x:1", **MAIL),
            profile("post", handle="x:1", phone="+492"),
            profile("call", phone="+492"),
        )
        assert len(linked.attached()) == 1
        assert frozenset({"account", "post", "call"}) in linked.groups()


identifiers = st.fixed_dictionaries(
    {
        "first_name": st.sampled_from([None, "maria", "josef", "lena", "m"]),
        "email": st.sampled_from([None, "a@x.example", "b@x.example", "noreply@x.example"]),
        "phone": st.sampled_from([None, "+491", "+492"]),
        "customer_ref": st.sampled_from([None, "crm:1", "crm:2"]),
        "birth_date": st.sampled_from([None, "1950-01-01", "1990-12-31"]),
    }
)


@settings(max_examples=40, deadline=None)
@given(rows=st.lists(identifiers, min_size=1, max_size=12), order=st.randoms(use_true_random=False))
def test_links_are_of_those_who_share_a_value_and_the_order_of_rows_says_nothing(rows, order) -> None:
    profiles = [profile(f"{n:02d}", **row) for n, row in enumerate(rows)]
    linked = Linked(*profiles)
    by_id = {row["profile_id"]: row for row in profiles}
    columns = {"email": "email", "phone": "phone", "reference": "customer_ref"}
    for left, right, kind in linked.links():
        assert left < right
        assert by_id[left][columns[kind]] == by_id[right][columns[kind]] is not None
        assert (kind, by_id[left][columns[kind]]) not in {
            pair for pair, status in linked.status().items() if status == "blocked"
        }
    nameless = [each for _, each in linked.attached()]
    assert len(nameless) == len(set(nameless))
    order.shuffle(profiles)
    again = Linked(*profiles)
    assert (again.links(), again.status(), again.attached()) == (linked.links(), linked.status(), linked.attached())
