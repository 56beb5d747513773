"""Whether a build may be published.

Belongs here: comparing what the ledger holds with what this deployment should have run. Does not belong here: running
checks, reading files, publishing. It trusts nothing that did not leave a result: a check that was skipped, that belongs
to another night, or that is older than what it checked counts as a failure.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from orchestration.gate.ledger import Result


@dataclass(frozen=True)
class Expected:
    """A result that the ledger must hold.

    Attributes:
        name: The result's name.
        question: The name in words, for the report.
        after: Names of the results that must have completed before this one started.
    """

    name: str
    question: str
    after: tuple[str, ...] = ()


@dataclass(frozen=True)
class Problem:
    """One thing that a person should know.

    Attributes:
        is_blocking: Whether it stops the publication.
        is_missing: Whether there is no answer, as when something before it failed.
    """

    name: str
    question: str
    found: str
    is_blocking: bool
    is_missing: bool = False


@dataclass(frozen=True)
class Verdict:
    """The judgement on one night's build.

    Attributes:
        as_of_date: The night.
        results: What was found, of everything that was asked for.
        problems: What a person should know, whether it stops the publication or not.
        questions: What each result answers, by its name.
    """

    as_of_date: dt.date
    results: tuple[Result, ...]
    problems: tuple[Problem, ...] = field(default=())
    questions: Mapping[str, str] = field(default_factory=dict)

    @property
    def blocking(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.is_blocking)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if not problem.is_blocking)

    @property
    def may_publish(self) -> bool:
        return not self.blocking


def judge(expected: Sequence[Expected], results: Mapping[str, Result], *, as_of_date: dt.date) -> Verdict:
    """Compare the results of a build with what was expected of it.

    Args:
        expected: Every result that this deployment must have; results beyond them are ignored (they belong to
            sources or schemes that are switched off).
        results: The ledger.
        as_of_date: The night that is to be published.
    """
    problems: list[Problem] = []
    seen: list[Result] = []
    for item in expected:
        result = results.get(item.name)
        if result is None:
            found = "has no result: it did not run or did not finish"
            problems.append(Problem(item.name, item.question, found, is_blocking=True, is_missing=True))
            continue
        seen.append(result)
        if result.as_of_date != as_of_date:
            problems.append(_blocking(item, f"was last run for {result.as_of_date}, not for {as_of_date}"))
        elif stale := _newer_input(item, result, results):
            problems.append(_blocking(item, f"is older than {stale}, which it depends on: run it again"))
        elif result.status not in ("pass", "not_available"):
            detail = result.detail or f"{result.failures} failures"
            tolerated = result.status == "warn" or (result.status == "fail" and result.severity == "warn")
            problems.append(Problem(item.name, item.question, detail, is_blocking=not tolerated))
    return Verdict(
        as_of_date=as_of_date,
        results=tuple(seen),
        problems=tuple(problems),
        questions={item.name: item.question for item in expected},
    )


def _blocking(item: Expected, found: str) -> Problem:
    return Problem(item.name, item.question, found, is_blocking=True)


def _newer_input(item: Expected, result: Result, results: Mapping[str, Result]) -> str | None:
    for name in item.after:
        before = results.get(name)
        if before is not None and before.completed_at > result.started_at:
            return name
    return None
