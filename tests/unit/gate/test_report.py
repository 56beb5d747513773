"""The report names everything, in tables that stay tables."""

from __future__ import annotations

import datetime as dt

from hypothesis import example, given, settings
from hypothesis import strategies as st

from orchestration.gate.report import summarise, what_failed, write_report
from orchestration.gate.verdict import Problem, Verdict

NIGHT = dt.date(2024, 5, 31)
FAILED = Problem("unique_customers", "Is every customer there once?", "3 rows", is_blocking=True)
MISSING = Problem("marts.profiles", "Was marts.profiles built?", "has no result", is_blocking=True, is_missing=True)
WARNING = Problem("few_unknown", "Are few customers unknown?", "12 rows", is_blocking=False)


def report(*problems: Problem, served: str | None = "v000041") -> str:
    return write_report(Verdict(NIGHT, results=(), problems=problems), served=served)


def section(text: str, heading: str) -> str:
    return text.split(f"\n## {heading}")[1].split("\n## ")[0]


def test_a_refusal_separates_what_failed_from_what_has_no_answer_and_what_to_look_at() -> None:
    text = report(FAILED, MISSING, WARNING)
    assert text.startswith("# The night of 2024-05-31 was refused")
    for heading, problem in (
        ("What stops it", FAILED),
        ("What has no answer", MISSING),
        ("What to look at", WARNING),
    ):
        part = section(text, heading)
        assert f"| {problem.question} | {problem.found} | `{problem.name}` |" in part
        assert part.count("`") == 2


def test_headings_without_anything_below_are_left_out() -> None:
    assert "no answer" not in report(FAILED)
    assert "What stops it" not in report(MISSING)
    assert "##" not in report()


def test_a_refusal_says_which_version_readers_see() -> None:
    assert "Version v000041 stays served." in report(FAILED)
    assert "Nothing has been published yet." in report(FAILED, served=None)


def test_a_night_that_may_be_published_says_so_with_its_warnings() -> None:
    text = report(WARNING)
    assert text.startswith("# The night of 2024-05-31 may be published")
    assert "few_unknown" in text
    assert "v000041" not in text


def test_the_summary_counts_results_by_kind_and_problems_by_weight(result) -> None:
    results = (result("a"), result("b"), result("c", kind="contract"), result("d", kind="build"))
    verdict = Verdict(NIGHT, results=results, problems=(FAILED, MISSING, WARNING))
    assert summarise(verdict) == "4 results read (1 contract, 2 dbt, 1 build), 2 stop the publication, 1 warn"


def test_what_failed_names_failures_and_nothing_else(result) -> None:
    results = [
        result("good"),
        result("mild", status="warn"),
        result("bad", status="fail", detail="3 rows"),
        result("worse", status="fail", subject="marts.segment_profiles", detail="sums differ"),
        result("tolerated", status="fail", severity="warn"),
        result("of another run", status="fail", run_id="earlier"),
    ]
    run_id = results[0].run_id
    told = what_failed(results, run_id=run_id)
    assert told == "bad (marts.customers): 3 rows\nworse (marts.segment_profiles): sums differ"
    assert what_failed(results[:2], run_id=run_id) == ""


@settings(max_examples=200, deadline=None)
@given(question=st.text(max_size=40), found=st.text(max_size=40))
@example(question="a|b", found="x\r\n\n## y | z")
def test_no_wording_breaks_the_table(question: str, found: str) -> None:
    text = report(Problem("some_check", question, found, is_blocking=True))
    rows = [line for line in section(text, "What stops it").splitlines() if line]
    assert rows[:2] == ["| question | found | check |", "|---|---|---|"]
    assert len(rows) == 3
    assert rows[2].count("|") == 4
    assert rows[2].endswith("| `some_check` |")
