"""Nothing passes the gate that did not leave a fresh, passing result for this very night."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestration.gate.verdict import judge

PROPERTY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def problems(verdict) -> dict[str, str]:
    return {problem.name: problem.found for problem in verdict.problems}


def test_a_build_in_which_everything_passed_may_be_published(expected, passing, night) -> None:
    verdict = judge(expected, passing, as_of_date=night)
    assert verdict.may_publish
    assert verdict.problems == ()
    assert [result.name for result in verdict.results] == [item.name for item in expected]


def test_a_missing_result_refuses_and_is_told_apart_from_a_failure(expected, passing, night) -> None:
    left = {name: result for name, result in passing.items() if name != "customers_are_unique"}
    verdict = judge(expected, left, as_of_date=night)
    (problem,) = verdict.blocking
    assert (problem.name, problem.is_missing) == ("customers_are_unique", True)
    assert not verdict.may_publish
    assert "customers_are_unique" not in {result.name for result in verdict.results}


@pytest.mark.parametrize("days", [-1, 1])
def test_a_result_of_another_night_refuses(expected, passing, night, days: int) -> None:
    other = night + dt.timedelta(days=days)
    results = {**passing, "model__clusters": replace(passing["model__clusters"], as_of_date=other)}
    verdict = judge(expected, results, as_of_date=night)
    assert problems(verdict) == {"model__clusters": f"was last run for {other}, not for {night}"}
    assert not verdict.may_publish


def test_a_passing_check_older_than_what_it_checked_refuses(expected, passing, result, night) -> None:
    results = {**passing, "marts.customers": result("marts.customers", step=9)}
    verdict = judge(expected, results, as_of_date=night)
    assert "is older than marts.customers" in problems(verdict)["customers_are_unique"]
    assert not verdict.may_publish


def test_a_check_that_began_as_its_input_ended_is_fresh_and_an_instant_earlier_it_is_not(
    expected, passing, night
) -> None:
    model, check = passing["marts.customers"], passing["customers_are_unique"]
    at_once = {**passing, check.name: replace(check, started_at=model.completed_at)}
    assert judge(expected, at_once, as_of_date=night).may_publish
    earlier = replace(check, started_at=model.completed_at - dt.timedelta(microseconds=1))
    assert not judge(expected, {**passing, check.name: earlier}, as_of_date=night).may_publish


def test_a_failure_of_severity_error_refuses_and_one_of_severity_warn_warns(expected, passing, night) -> None:
    name = "customers_are_unique"
    fails = replace(passing[name], status="fail", failures=3)
    refused = judge(expected, {**passing, name: fails}, as_of_date=night)
    assert problems(refused) == {name: "3 failures"}
    assert not refused.may_publish
    warned = judge(expected, {**passing, name: replace(fails, severity="warn")}, as_of_date=night)
    assert problems(warned) == {name: "3 failures"}
    assert warned.may_publish
    assert len(warned.warnings) == 1


def test_a_warning_of_a_check_of_severity_error_is_told_and_lets_through(expected, passing, night) -> None:
    name = "raw.orders"
    results = {**passing, name: replace(passing[name], status="warn", detail="3 in quarantine")}
    verdict = judge(expected, results, as_of_date=night)
    assert verdict.may_publish
    assert problems(verdict) == {name: "3 in quarantine"}


def test_a_warning_excuses_neither_another_night_nor_stale_data(expected, passing, result, night) -> None:
    name = "customers_are_unique"
    warn = replace(passing[name], severity="warn", status="pass")
    other_night = replace(warn, as_of_date=night - dt.timedelta(days=1))
    assert not judge(expected, {**passing, name: other_night}, as_of_date=night).may_publish
    rebuilt = {**passing, name: warn, "marts.customers": result("marts.customers", step=9)}
    assert not judge(expected, rebuilt, as_of_date=night).may_publish


def test_results_that_are_not_expected_are_ignored(expected, passing, result, night) -> None:
    results = {**passing, "seg_customers__old": result("seg_customers__old", status="fail")}
    verdict = judge(expected, results, as_of_date=night)
    assert verdict.may_publish
    assert "seg_customers__old" not in {seen.name for seen in verdict.results}


def test_an_empty_ledger_refuses_with_every_expected_name(expected, night) -> None:
    verdict = judge(expected, {}, as_of_date=night)
    assert [problem.name for problem in verdict.blocking] == [item.name for item in expected]


@PROPERTY
@given(data=st.data())
def test_removing_any_results_refuses_and_names_each(expected, passing, night, data: st.DataObject) -> None:
    gone = data.draw(st.sets(st.sampled_from(sorted(passing)), min_size=1))
    left = {name: result for name, result in passing.items() if name not in gone}
    verdict = judge(expected, left, as_of_date=night)
    assert not verdict.may_publish
    assert {problem.name for problem in verdict.blocking if problem.is_missing} == gone


@PROPERTY
@given(data=st.data())
def test_failing_any_results_of_severity_error_refuses_and_names_each(
    expected, passing, night, data: st.DataObject
) -> None:
    failed = data.draw(st.sets(st.sampled_from(sorted(passing)), min_size=1))
    results = {n: replace(r, status="fail", detail="no") if n in failed else r for n, r in passing.items()}
    verdict = judge(expected, results, as_of_date=night)
    assert not verdict.may_publish
    assert {problem.name for problem in verdict.blocking if not problem.is_missing} == failed
