"""What people are told of a night that was not published, or of a run that failed."""

from __future__ import annotations

import datetime as dt
from typing import Any

from orchestration.configuration.secrets import Secret
from orchestration.errors import TesseraError
from orchestration.gate.verdict import Problem
from orchestration.notices.notice import Notice
from orchestration.notices.wording import Ending, of_ending

PROBLEM = Problem("contract__orders", "Does orders keep its contract?", "3 of 5 fail", is_blocking=True)
MISSING = Problem("marts.customers", "Was customers built?", "has no result", is_blocking=True, is_missing=True)
INPUT = TesseraError("orders.csv: column 'sku' is missing", expected="sku", found="id, name", fix="send it again")


def notice(**over: Any) -> Notice:
    secrets = over.pop("secrets", ())
    usual = {
        "event": "refused",
        "company": "Linden & Loom",
        "night": dt.date(2026, 6, 30),
        "run_id": "run-1",
        "served": "v000006 (2026-06-29)",
        "step": "raw__orders",
    }
    return of_ending(Ending(**(usual | over)), secrets=secrets)


def test_a_refusal_says_what_was_found_where_what_to_do_and_what_is_served() -> None:
    told = notice(problems=(PROBLEM, MISSING), report="2026-06-30-run.md")
    assert told.title == "Linden & Loom: the night of 2026-06-30 was refused"
    assert told.text.startswith(told.title)
    assert "• Does orders keep its contract? 3 of 5 fail (contract__orders)" in told.text
    assert "Was customers built?" not in told.text
    assert "v000006 (2026-06-29) stays served." in told.text
    assert "tessera run --date 2026-06-30" in told.text
    assert "Report: 2026-06-30-run.md" in told.text
    assert told.facts["problems"] == ["contract__orders"]


def test_an_input_that_cannot_be_read_is_told_in_its_own_words() -> None:
    told = notice(told=str(INPUT), problems=(MISSING,)).text
    for part in ("column 'sku' is missing", "expected: sku", "found: id, name", "to do: send it again"):
        assert part in told


def test_many_problems_are_counted_and_long_ones_cut() -> None:
    told = notice(problems=(Problem("p", "q?", "x" * 5000, is_blocking=True),) * 30).text
    assert "and 25 more" in told
    assert len(told) < 3000


def test_an_error_that_nobody_foresaw_is_not_quoted() -> None:
    told = notice(event="failed", step="ml__clusters")
    assert told.title.endswith("the night of 2026-06-30 failed")
    assert "Step: ml__clusters; what it said is in the run's log." in told.text


def test_a_run_that_died_without_a_word_is_told_as_such() -> None:
    assert "ended without saying why" in notice(event="failed", step=None).text


def test_before_the_first_version_nothing_is_served() -> None:
    assert "Nothing has been published yet." in notice(served=None).text


def test_a_failure_after_the_publication_says_that_the_version_is_there() -> None:
    told = notice(event="failed", is_published=True, served="v000007 (2026-06-30)", step="publish__postgres")
    assert "was published, but a step after it failed" in told.title
    assert "v000007 (2026-06-30) is served." in told.text
    assert "tessera run" not in told.text


def test_no_secret_of_the_deployment_is_in_it_whoever_wrote_it_there() -> None:
    told = notice(told="cannot reach https://db/s3cr3t-token", secrets=[Secret("DSN", "s3cr3t-token")])
    assert "s3cr3t" not in told.text
    assert "https://db/***" in told.text
