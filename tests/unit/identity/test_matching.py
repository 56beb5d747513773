"""A night of matching as a whole: what is scored when, which model scores, and what is told of it."""

from __future__ import annotations

import datetime as dt
import logging
from pathlib import Path
from typing import Any

import pytest

from orchestration.configuration.identity_settings import Identity
from orchestration.identity import matching
from orchestration.identity.matching import MOST_SHIFT
from tests.support.profiles import Nights, Profile, decision, groups, population, profile

NIGHT = dt.date(2026, 3, 1)
PEOPLE = population(120)


def newcomer(number: int, **columns: Any) -> Profile:
    return profile(
        f"p_new_{number}", first_name="otto", last_name=f"neuling{number}", email=f"otto{number}@new.example", **columns
    )


@pytest.fixture
def nights(tmp_path: Path) -> Nights:
    return Nights(tmp_path / "identity")


class TestSmallCompanies:
    @pytest.mark.parametrize(
        "profiles",
        [
            [],
            [profile("a")],
            [profile("a", first_name="eva")],
            [profile("a", customer_ref="crm:1"), profile("b", customer_ref="crm:2")],
            [profile(name, first_name="eva", last_name="berg", email="e@x.example") for name in "abc"],
            [profile(name, first_name="eva", last_name="berg", birth_date="1990-01-01") for name in "ab"],
        ],
        ids=["nobody", "one nameless", "one", "references only", "all of them one", "all of them alike"],
    )
    def test_there_is_always_a_result(self, nights: Nights, profiles: list[Profile]) -> None:
        for day in (0, 1, 8):
            morning = nights.run(profiles, night=NIGHT + dt.timedelta(days=day))
            assert set(morning.customers()) == {row["profile_id"] for row in profiles}

    def test_nothing_is_learnt_from_a_few_strangers(self, nights: Nights) -> None:
        # Only records know a birth date, and no two records are one person's.
        people = [{**row, "birth_date": None} if "order" in row["profile_id"] else row for row in PEOPLE]
        morning = nights.run(people, night=NIGHT)
        (birth_date,) = (
            each for each in morning.about["model"]["comparisons"] if each["output_column_name"] == "birth_date"
        )
        learnt = {level["label_for_charts"]: level.get("m_probability") for level in birth_date["comparison_levels"]}
        assert learnt["same"] > 0.9


class TestWhatIsScored:
    def test_the_first_night_is_full_and_the_next_is_not(self, nights: Nights) -> None:
        first = nights.run(PEOPLE, night=NIGHT)
        assert (first.matched.is_full, first.matched.why) == (True, "there is no night before")
        second = nights.run([*PEOPLE, newcomer(1)], night=NIGHT + dt.timedelta(days=1))
        assert (second.matched.is_full, second.matched.new_profiles) == (False, 1)
        assert second.matched.why == "1 new profiles; the last full run was 1 days ago"
        assert second.about["full_run_on"] == NIGHT.isoformat()

    @pytest.mark.parametrize(("days", "is_full"), [(6, False), (7, True)])
    def test_after_so_many_days_everything_is_scored_again(self, nights: Nights, days: int, is_full: bool) -> None:
        nights.run(PEOPLE, night=NIGHT)
        assert nights.run(PEOPLE, night=NIGHT + dt.timedelta(days=days)).matched.is_full is is_full

    def test_many_new_profiles_are_a_full_run(self, nights: Nights) -> None:
        nights.run(PEOPLE, night=NIGHT)
        many = [newcomer(number) for number in range(len(PEOPLE) // 8)]
        tomorrow = nights.run([*PEOPLE, *many], night=NIGHT + dt.timedelta(days=1))
        assert tomorrow.matched.why == f"{len(many)} of {len(PEOPLE) + len(many)} profiles are new"

    def test_another_definition_is_a_full_run_with_a_new_model(
        self, nights: Nights, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        nights.run(PEOPLE, night=NIGHT)
        monkeypatch.setattr(matching, "definition", lambda: "another")
        tomorrow = nights.run(PEOPLE, night=NIGHT + dt.timedelta(days=1))
        assert tomorrow.matched.why == "what is compared has changed"
        assert tomorrow.matched.is_new_model

    def test_an_increment_comes_to_the_customers_of_a_full_run(self, nights: Nights, tmp_path: Path) -> None:
        early, late = PEOPLE[: len(PEOPLE) - 12], PEOPLE[len(PEOPLE) - 12 :]
        nights.run(early, night=NIGHT)
        increment = nights.run([*early, *late], night=NIGHT + dt.timedelta(days=1))
        assert not increment.matched.is_full
        # In one go, with the model that the increment had.
        whole = Nights(tmp_path / "whole", rules=Identity(full_run_every_days=1))
        whole.run(early, night=NIGHT)
        full = whole.run([*early, *late], night=NIGHT + dt.timedelta(days=1))
        assert full.matched.is_full
        assert groups(increment.customers()) == groups(full.customers())


class TestWhichModel:
    def test_a_model_is_kept_as_long_as_it_fits(self, nights: Nights) -> None:
        first = nights.run(PEOPLE, night=NIGHT)
        assert first.matched.is_new_model
        week = nights.run(PEOPLE, night=NIGHT + dt.timedelta(days=7))
        assert not week.matched.is_new_model
        assert week.about["model"] == first.about["model"]
        assert week.about["model_night"] == NIGHT.isoformat()
        # What the fit is told by is there, for every comparison.
        assert set(week.matched.shifts) == set(first.about["silver"]) >= {"first_name", "last_name", "street"}
        assert max(week.matched.shifts.values()) == 0

    def test_who_asks_for_it_has_the_model_estimated_anew_and_everybody_keeps_their_id(self, nights: Nights) -> None:
        first = nights.run(PEOPLE, night=NIGHT)
        before = first.customers()
        asked = nights.run(PEOPLE, night=NIGHT + dt.timedelta(days=1), refit=True)
        assert asked.matched.is_full
        assert asked.matched.is_new_model
        assert asked.matched.why == "a person asked for it"
        assert asked.about["model_night"] == (NIGHT + dt.timedelta(days=1)).isoformat()
        assert asked.customers() == before

    def test_a_model_that_no_longer_fits_is_estimated_anew(self, nights: Nights) -> None:
        nights.run(PEOPLE, night=NIGHT)
        # Somebody has begun to write family names of orders differently.
        others = [
            {**row, "profile_id": row["profile_id"] + "_2", "last_name": row["last_name"][:-1] + "x"}
            if row["profile_id"].endswith("order")
            else row
            for row in PEOPLE
        ]
        week = nights.run(others, night=NIGHT + dt.timedelta(days=7))
        assert week.matched.shifts["last_name"] > MOST_SHIFT
        assert week.matched.is_new_model
        assert week.about["model_night"] == (NIGHT + dt.timedelta(days=7)).isoformat()


class TestDates:
    def test_a_night_before_the_states_never_dates_a_change_before_it(self, nights: Nights) -> None:
        nights.run(PEOPLE, night=NIGHT)
        earlier = nights.run([*PEOPLE, newcomer(1)], night=NIGHT - dt.timedelta(days=30))
        assert earlier.about["night"] == NIGHT.isoformat()
        assert earlier.rows("select valid_from from members where profile_id = 'p_new_1'") == [(NIGHT,)]

    def test_a_night_that_is_run_again_from_the_same_state_is_the_same(self, nights: Nights) -> None:
        nights.run(PEOPLE, night=NIGHT)
        state = nights.state
        names = set()
        for _ in range(2):
            nights.state = state
            names.add(nights.run([*PEOPLE, newcomer(1)], night=NIGHT + dt.timedelta(days=1)).state.name)
        assert len(names) == 1


class TestDecisions:
    def test_a_decision_counts_the_same_night_also_where_nothing_is_new(self, nights: Nights) -> None:
        one, other = (row["profile_id"] for row in PEOPLE[:3:2])
        before = nights.run(PEOPLE, night=NIGHT).customers()
        assert before[one] != before[other]
        decisions = [decision("must_link", one, other)]
        joined = nights.run(PEOPLE, night=NIGHT + dt.timedelta(days=1), overrides=decisions)
        assert (joined.matched.is_full, joined.matched.merges) == (False, 1)
        assert joined.customers()[one] == joined.customers()[other]
        # Taken back, it is undone the next night.
        after = nights.run(PEOPLE, night=NIGHT + dt.timedelta(days=2))
        assert after.matched.splits == 1
        assert after.customers() == before


def test_the_night_is_quiet(nights: Nights, capfd: pytest.CaptureFixture[str]) -> None:
    nights.run(PEOPLE, night=NIGHT)
    told = capfd.readouterr()
    assert (told.out, told.err) == ("", "")
    assert logging.getLogger("splink").handlers == []
