"""Every scenario of the registry by itself, all of them together, and what must hold whatever happened."""

from __future__ import annotations

import datetime as dt
import random
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from orchestration.configuration.identity_settings import Identity
from tests.scenarios.scenario import (
    FIRST_NIGHT,
    Night,
    Scenario,
    customer_of,
    expected_customers,
    ledger_row,
    read_scenarios,
    told,
    wanted,
)
from tests.support.profiles import Morning, Nights, Profile, population

REGISTRY = Path(__file__).parent / "SCENARIOS.md"
SCENARIOS = read_scenarios()
# Those that need no settings of their own can stand in one world.
OF_ONE_WORLD = [scenario for scenario in SCENARIOS if scenario.rules == Identity()]


def by_name(scenario: Scenario) -> str:
    return scenario.name


class TestRegistry:
    def test_the_registry_and_the_data_list_the_same_scenarios(self) -> None:
        told_of = re.findall(r"^### (\w+)$", REGISTRY.read_text(encoding="utf-8"), flags=re.MULTILINE)
        assert sorted(told_of) == [scenario.name for scenario in SCENARIOS]

    def test_what_is_told_of_the_world_is_tested(self) -> None:
        told_of = re.findall(r"^\* `(test_\w+)`", REGISTRY.read_text(encoding="utf-8"), flags=re.MULTILINE)
        assert sorted(told_of) == sorted(name for name in vars(TestWorld) if name.startswith("test_"))

    @pytest.mark.parametrize("scenario", SCENARIOS, ids=by_name)
    def test_every_id_carries_the_name_of_its_scenario(self, scenario: Scenario) -> None:
        name = scenario.name.replace("_", "-")
        for row in scenario.nights[-1].profiles:
            assert row["profile_id"].startswith(f"{name}-")
            assert row["customer_ref"] is None or row["customer_ref"].startswith(f"{scenario.name}:")
            assert row["email"] is None or name.replace("-", "") in row["email"].replace("-", "")


# What happens in the world as well has to happen alone only when the subject changes.
@pytest.mark.parametrize(
    "scenario",
    [pytest.param(one, marks=[pytest.mark.slow] if one in OF_ONE_WORLD else []) for one in SCENARIOS],
    ids=by_name,
)
def test_a_scenario_by_itself(scenario: Scenario, nights: Nights) -> None:
    people = population() if scenario.is_among_people else []
    for night in scenario.nights:
        morning = nights.run(
            [*people, *night.profiles], night=night.date, overrides=night.decisions, rules=scenario.rules
        )
        names = {row["profile_id"] for row in night.profiles}
        found = {name: customer for name, customer in morning.customers().items() if name in names}
        assert found == expected_customers(night)
        assert told(morning, night) == wanted(night)


@dataclass
class World:
    """All scenarios at once among other people, after their last night."""

    nights: Nights
    mornings: list[Morning]
    profiles: list[Profile]
    last: list[Night]

    @property
    def night(self) -> dt.date:
        return FIRST_NIGHT + dt.timedelta(days=len(self.mornings) - 1)

    def once_more(self, *, days_later: int) -> Morning:
        """Another night with the same profiles in another order; the world stays as it is."""
        rows = list(self.profiles)
        random.Random(days_later).shuffle(rows)
        again = Nights(self.nights.folder, state=self.mornings[-1].state)
        night = self.night + dt.timedelta(days=days_later)
        return again.run(rows, night=night, overrides=[decision for one in self.last for decision in one.decisions])


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    nights = Nights(tmp_path_factory.mktemp("world") / "identity")
    mornings = []
    for number in range(max(len(scenario.nights) for scenario in OF_ONE_WORLD)):
        last = [scenario.nights[min(number, len(scenario.nights) - 1)] for scenario in OF_ONE_WORLD]
        profiles = [*population(), *(row for night in last for row in night.profiles)]
        decisions = [decision for night in last for decision in night.decisions]
        mornings.append(nights.run(profiles, night=FIRST_NIGHT + dt.timedelta(days=number), overrides=decisions))
    return World(nights, mornings, profiles, last)


class TestWorld:
    @pytest.mark.parametrize("scenario", OF_ONE_WORLD, ids=by_name)
    def test_scenarios_do_not_disturb_each_other(self, scenario: Scenario, world: World) -> None:
        for night, morning in zip(scenario.nights, world.mornings, strict=False):
            expected = expected_customers(night)
            customers = morning.customers()
            assert {name: customers[name] for name in expected} == expected
            # And nobody else is among them.
            ids = set(expected.values())
            assert {name for name, customer in customers.items() if customer in ids} == set(expected)

    def test_the_ledger_holds_what_happened_and_nothing_else(self, world: World) -> None:
        for number, morning in enumerate(world.mornings):
            tonight = [scenario.nights[number] for scenario in OF_ONE_WORLD if number < len(scenario.nights)]
            expected = sorted(ledger_row(row) for night in tonight for row in night.expected.get("ledger", []))
            date = FIRST_NIGHT + dt.timedelta(days=number)
            found = morning.rows(
                f"select event, customer_id, other_id, reason, evidence from ledger where night = date '{date}'"
            )
            assert sorted(found) == expected

    def test_every_profile_is_one_customers(self, world: World) -> None:
        for morning in world.mornings:
            assert morning.rows(
                "select count(*), count(distinct profile_id) from members where valid_to is null"
            ) == morning.rows("select count(*), count(distinct profile_id) from given_profiles")

    def test_every_id_that_was_merged_leads_to_one_that_was_not(self, world: World) -> None:
        for morning in world.mornings:
            merged = dict(morning.rows("select customer_id, merged_into from customers"))
            living = set(morning.customers().values())
            assert all(merged[customer] is None for customer in living)
            for customer in merged:
                passed = set()
                while merged[customer] is not None:
                    assert customer not in passed
                    passed.add(customer)
                    customer = merged[customer]

    def test_rows_in_any_order_leave_the_same_state_byte_for_byte(self, world: World) -> None:
        before = world.once_more(days_later=1)
        again = world.once_more(days_later=1)
        assert again.state.name == before.state.name
        fresh = [Nights(world.nights.folder / "fresh") for _ in range(2)]
        orders = (world.profiles, list(reversed(world.profiles)))
        names = [nights.run(rows, night=FIRST_NIGHT).state.name for nights, rows in zip(fresh, orders, strict=True)]
        assert names[0] == names[1]

    @pytest.mark.parametrize("days_later", [1, 9])
    def test_a_night_without_news_changes_nothing(self, world: World, days_later: int) -> None:
        before, after = world.mornings[-1], world.once_more(days_later=days_later)
        assert after.matched.is_full == (days_later == 9)
        for table in ("members", "customers", "ledger"):
            query = f"select * from state_{table} order by all"
            assert after.rows(query) == before.rows(query)
        scores = "select left_id, right_id, probability from state_scores order by all"
        if not after.matched.is_full:
            assert after.rows(scores) == before.rows(scores)
        changed = {name for name in before.about if before.about[name] != after.about[name]}
        assert changed <= {"night", *(("full_run_on", "expected", "estimates") if after.matched.is_full else ())}

    def test_a_warehouse_built_anew_takes_the_ids_from_the_state(self, world: World) -> None:
        # Nothing but the state and the files of the sources is left of the nights before.
        moved = world.once_more(days_later=2)
        assert moved.customers() == world.mornings[-1].customers()

    def test_a_lost_state_costs_only_what_happened_since_the_first_night(self, world: World) -> None:
        first = world.mornings[0]
        profiles = first.connection.sql("from given_profiles").to_arrow_table()
        decisions = [decision for scenario in OF_ONE_WORLD for decision in scenario.nights[0].decisions]
        lost = Nights(world.nights.folder / "lost").run(profiles, night=world.night, overrides=decisions)
        assert lost.customers() == first.customers()
        founders = dict(lost.rows("select customer_id, founder from customers"))
        assert founders == {customer_of(founder): founder for founder in founders.values()}
