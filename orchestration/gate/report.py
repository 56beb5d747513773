"""The gate's report, as a person reads it.

Belongs here: wording. Does not belong here: judging.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from orchestration.gate.ledger import Result
from orchestration.gate.verdict import Problem, Verdict


def summarise(verdict: Verdict) -> str:
    """One line: how many results, how many problems."""
    counts: Counter[str] = Counter(result.kind for result in verdict.results)
    ran = ", ".join(
        f"{counts[kind]} {kind}" for kind in ("contract", "dbt", "delivery", "model", "build") if counts[kind]
    )
    return (
        f"{len(verdict.results)} results read ({ran}), "
        f"{len(verdict.blocking)} stop the publication, {len(verdict.warnings)} warn"
    )


def write_report(verdict: Verdict, *, served: str | None) -> str:
    """Return the report in markdown: the judgement, every failure by name, every warning.

    Args:
        verdict: The judgement.
        served: The version that readers see now, if there is one.
    """
    title = "may be published" if verdict.may_publish else "was refused"
    kept = f"Version {served} stays served." if served else "Nothing has been published yet."
    lines = [f"# The night of {verdict.as_of_date} {title}", "", summarise(verdict) + ".", ""]
    if not verdict.may_publish:
        failed = tuple(problem for problem in verdict.blocking if not problem.is_missing)
        missing = tuple(problem for problem in verdict.blocking if problem.is_missing)
        lines += [kept, ""]
        if failed:
            lines += ["## What stops it", *_table(failed), ""]
        if missing:
            lines += ["## What has no answer, mostly because something before it failed", *_table(missing), ""]
    if verdict.warnings:
        lines += ["## What to look at", *_table(verdict.warnings), ""]
    return "\n".join(lines)


def what_failed(results: Iterable[Result], *, run_id: str) -> str:
    """Name everything of a run that failed and stops the night, one line each; empty where nothing did."""
    stopping = (r for r in results if r.run_id == run_id and r.status == "fail" and r.severity == "error")
    return "\n".join(f"{result.name} ({result.subject}): {result.detail}" for result in stopping)


def _table(problems: tuple[Problem, ...]) -> list[str]:
    rows = [f"| {_cell(problem.question)} | {_cell(problem.found)} | `{problem.name}` |" for problem in problems]
    return ["| question | found | check |", "|---|---|---|", *rows]


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "/").split())
