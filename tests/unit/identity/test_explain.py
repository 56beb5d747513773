"""Why records are one customer: what is gathered about made-up people after one night, and after decisions."""

from __future__ import annotations

import math
import shutil

import duckdb
import pytest

from orchestration.errors import TesseraError
from orchestration.identity.evidence import weigh
from orchestration.identity.explain import Customer, Explanation, explain_customer, find_customer
from orchestration.identity.left_by_night import check_complete
from orchestration.identity.overrides import read_overrides
from tests.support.matched_home import MatchedHome, matched_home


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> MatchedHome:
    return matched_home(tmp_path_factory.mktemp("one_night"))


@pytest.fixture(scope="module")
def later(tmp_path_factory: pytest.TempPathFactory) -> MatchedHome:
    """A night in which Erika's accounts were put together, and Maria's order was taken from her."""
    return matched_home(tmp_path_factory.mktemp("two_nights"), nights=2)


def explained(home: MatchedHome, asked: str) -> Explanation:
    overrides = read_overrides(home.overrides)
    with home.warehouse() as con:
        return explain_customer(con, find_customer(con, asked), state=home.state(), overrides=overrides)


def refused(home: MatchedHome, asked: str) -> TesseraError:
    with home.warehouse() as con, pytest.raises(TesseraError) as error:
        find_customer(con, asked)
    return error.value


@pytest.mark.parametrize("asked", ["hubspot:1", "p_maria_order", "mm@shop.example", " MM@shop.example"])
def test_a_customer_is_found_by_reference_profile_and_address(home: MatchedHome, asked: str) -> None:
    with home.warehouse() as con:
        assert find_customer(con, asked) == Customer(home.customer_of("p_maria"))


def test_a_customer_is_found_by_its_id(home: MatchedHome) -> None:
    customer_id = home.customer_of("p_maria")
    with home.warehouse() as con:
        assert find_customer(con, customer_id) == Customer(customer_id)


def test_an_address_of_several_people_is_told_with_all_of_them(home: MatchedHome) -> None:
    error = refused(home, "familie@muster.example")
    assert "2 customers" in error.what
    assert set(error.found.split(", ")) == {home.customer_of("p_maria"), home.customer_of("p_jonas")}


@pytest.mark.parametrize(
    ("asked", "near"), [("hubspt:1", "hubspot:1"), ("erica@sommer.example", "erika@sommer.example")]
)
def test_an_unknown_customer_is_told_with_names_like_it(home: MatchedHome, asked: str, near: str) -> None:
    error = refused(home, asked)
    assert f"there is no customer {asked}" in error.what
    assert near in error.found


def test_everything_about_a_customer_is_gathered(home: MatchedHome) -> None:
    told = explained(home, "hubspot:1")
    assert told.founder == "hubspot:1"
    assert told.created_on == "2026-06-01"
    assert told.is_customer
    assert [row["attribute_value"] for row in told.golden] == ["familie@muster.example"]
    assert [row["profile_id"] for row in told.profiles] == ["p_maria", "p_answer", "p_maria_order"]
    maria = told.profiles[0]
    assert (maria["first_name"], maria["birth_date"], maria["records_count"]) == ("MARIA", "1980-01-31", 3)
    assert [(row["kind"], row["value"]) for row in told.links] == [
        ("match", None),
        ("attached", "familie@muster.example"),
    ]
    assert [(row["value"], row["status"]) for row in told.shared] == [("familie@muster.example", "contested")]
    assert {row["customer_id"] for row in told.ids} == {told.customer.customer_id}
    (pair,) = told.doubtful
    assert {pair["left_record"], pair["right_record"]} == {"hubspot:1", "hubspot:2"}
    assert pair["reason"] == "different given names"
    assert pair["other_customer_id"] == home.customer_of("p_jonas")
    assert (told.events, told.refused, told.decisions) == ([], [], [])


def test_the_parts_of_a_match_add_up_to_its_weight(home: MatchedHome) -> None:
    told = explained(home, "hubspot:1")
    rows = [(told.links[0]["weighing"], told.links[0]["strength"])]
    rows += [(row["weighing"], row["weight"]) for row in told.doubtful]
    for weighing, weight in rows:
        parts = sum(part["weight"] + part["rarity"] for part in weighing["parts"])
        assert weighing["prior"] + weighing["expectation"] + parts == pytest.approx(weight, abs=1e-5)
        assert weighing["total"] == pytest.approx(weight, abs=1e-5)


def test_steps_are_named_as_in_the_model(home: MatchedHome) -> None:
    match = explained(home, "hubspot:1").links[0]["weighing"]
    steps = {part["comparison"]: part["step"] for part in match["parts"]}
    assert steps["first name"] == steps["birth date"] == steps["street"] == "same"
    assert steps["email"] == "different"
    assert steps["phone"] == "unknown"
    expected = home.state().about["expected"]
    assert match["prior"] + match["expectation"] == pytest.approx(math.log2(expected / (1 - expected)))


def test_pairs_are_weighed_whichever_way_round_they_are_given(home: MatchedHome) -> None:
    with home.warehouse() as con:
        one = weigh(con, home.state(), [("p_maria", "p_maria_order")])
        other = weigh(con, home.state(), [("p_maria_order", "p_maria")])
        assert weigh(con, home.state(), []) == {}
    assert one["p_maria", "p_maria_order"].total == pytest.approx(other["p_maria_order", "p_maria"].total)


def test_an_account_of_nobody_is_no_customer(home: MatchedHome) -> None:
    told = explained(home, "p_onlooker")
    assert not told.is_customer
    assert told.golden == []


def test_a_retired_id_leads_to_whom_it_was_merged_into(later: MatchedHome) -> None:
    survivor = later.customer_of("p_erika")
    with later.warehouse() as con:
        ((retired,),) = con.execute(
            "select customer_id from matching.customer_ids where merged_into = ?", [survivor]
        ).fetchall()
    told = explained(later, retired)
    assert told.customer == Customer(survivor, retired, "2026-06-02")
    assert [(row["event"], row["other_id"], row["reason"]) for row in told.events] == [("merge", retired, "override")]
    assert [row["kind"] for row in told.links] == ["override"]
    assert [(row["decision"], row["reason"]) for row in told.decisions] == [("must_link", "she rang")]
    moved = [(row["customer_id"], row["valid_to"]) for row in told.ids if row["valid_to"] is not None]
    assert moved == [(retired, "2026-06-02")]


def test_a_refused_link_is_told_with_whom_it_would_have_joined(later: MatchedHome) -> None:
    told = explained(later, "hubspot:1")
    (link,) = told.refused
    assert (link["profile_id"], link["other_id"], link["kind"]) == ("p_maria", "p_maria_order", "match")
    assert link["reason"] == "separated by a person"
    assert link["other_customer_id"] == later.customer_of("p_maria_order")
    assert link["weighing"]["total"] == pytest.approx(link["strength"], abs=1e-5)
    assert [row["event"] for row in told.events] == ["split"]
    assert "match" not in {row["kind"] for row in told.links}


def test_an_id_whose_records_are_gone_is_told_as_such(home: MatchedHome, tmp_path) -> None:
    copy = tmp_path / "warehouse.duckdb"
    shutil.copy(home.deployment.home.warehouse, copy)
    customer_id = home.customer_of("p_erika")
    with duckdb.connect(str(copy)) as con:
        con.execute("delete from matching.customer_map where customer_id = ?", [customer_id])
        with pytest.raises(TesseraError, match="has no records any more"):
            find_customer(con, customer_id)


def test_a_warehouse_without_customers_says_what_is_missing(home: MatchedHome) -> None:
    with home.warehouse() as con:
        check_complete(con)
    with (
        duckdb.connect() as con,
        pytest.raises(TesseraError, match=r"no identity\.int_identity__customer_map") as error,
    ):
        check_complete(con)
    assert "tessera run" in error.value.fix
