"""The words of notices.

Belongs here: the notice of a published version, of a refused night and of a run that failed. Does not belong here: what
a digest says (``digest``), sending.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from orchestration.configuration.notice_settings import Event
from orchestration.configuration.secrets import Secret
from orchestration.digest.content import Digest, name_of, one_line
from orchestration.digest.page import as_html
from orchestration.digest.plain import as_text
from orchestration.gate.verdict import Problem
from orchestration.notices.notice import Notice

_MOST_PROBLEMS, _MOST_LINES, _LONGEST_LINE = 5, 12, 300


@dataclass(frozen=True, kw_only=True)
class Ending:
    """How a run ended that did not go as it should.

    Attributes:
        event: Refused, or failed for another reason.
        company: Whose night it is.
        night: The night.
        run_id: The run.
        served: The version that readers see now, None before the first.
        is_published: Whether that version is this run's own: what failed came after it was published.
        step: The step that failed, None where it is not known.
        told: What the step said, in words that were written for people; empty where it said nothing of the kind.
        problems: What stops the night, by the gate.
        report: Where the report is, empty where there is none.
    """

    event: Event
    company: str
    night: dt.date
    run_id: str
    served: str | None
    is_published: bool = False
    step: str | None = None
    told: str = ""
    problems: Sequence[Problem] = ()
    report: str = ""


def of_published(digest: Digest, *, run_id: str) -> Notice:
    """The notice of a version: its digest."""
    return Notice(
        event="published",
        run_id=run_id,
        title=digest.title,
        text=as_text(digest),
        html=as_html(digest),
        facts=digest.facts,
    )


def of_ending(ending: Ending, *, secrets: Sequence[Secret] = ()) -> Notice:
    """The notice of a night that was refused or of a run that failed.

    Args:
        ending: How it ended.
        secrets: What must not be in it, wherever its texts come from.
    """
    problems = [problem for problem in ending.problems if not problem.is_missing]
    what = [f"{problem.question} {problem.found} ({problem.name})" for problem in problems[:_MOST_PROBLEMS]]
    what += [f"and {len(problems) - _MOST_PROBLEMS} more"] if len(problems) > _MOST_PROBLEMS else []
    # What the gate says is a list of these problems; what any other step says is told beside them.
    told = [] if problems and ending.told.startswith("The night of") else ending.told.splitlines()[:_MOST_LINES]
    did = "was published, but a step after it failed" if ending.is_published else _DID[ending.event]
    title = one_line(f"{name_of(ending.company)}: the night of {ending.night} {did}", _LONGEST_LINE)
    lines = [
        *(f"• {one_line(each, _LONGEST_LINE)}" for each in what),
        *(one_line(each, _LONGEST_LINE) for each in told if each.strip()),
        *_step(ending, is_told=bool(what or told)),
        _served(ending),
        _to_do(ending),
        *([f"Report: {ending.report}"] if ending.report else []),
    ]
    text = "\n".join([title, "", *lines, ""])
    for secret in secrets:
        text, title = secret.hide(text), secret.hide(title)
    facts: dict[str, Any] = {
        "company": ending.company,
        "as_of_date": ending.night.isoformat(),
        "version": ending.served,
        "step": ending.step,
        "problems": [problem.name for problem in problems],
    }
    return Notice(event=ending.event, run_id=ending.run_id, title=title, text=text, facts=facts)


_DID = {"refused": "was refused", "failed": "failed"}


def _step(ending: Ending, *, is_told: bool) -> list[str]:
    if ending.step is not None:
        return [f"Step: {ending.step}" + ("" if is_told else "; what it said is in the run's log.")]
    return [] if is_told else ["The run ended without saying why: its process was stopped or its machine went down."]


def _served(ending: Ending) -> str:
    if ending.served is None:
        return "Nothing has been published yet."
    return f"{ending.served} {'is' if ending.is_published else 'stays'} served."


def _to_do(ending: Ending) -> str:
    if ending.is_published:
        return "To do: mend the step and materialize it again; the version need not be built again."
    first = "mend what is named" if ending.event == "refused" else "look at the run in Dagster or at night.log"
    return f"To do: {first}, then run the night again: tessera run --date {ending.night}"
