"""Which checks warned, what they found, and since when; and what waits in quarantine.

Belongs here: checks as sentences. Does not belong here: judging them (``gate``), what to do about them (``actions``).
"""

from __future__ import annotations

import re

from orchestration.digest.content import Chapter, Line, chapter, line, one_line
from orchestration.digest.numbers import Numbers
from orchestration.digest.reading import Edition, Row

PAGE = "Data quality"
RESULTS = "marts.kpi_alerts"
_MOST = 4
# What a test of dbt found stands behind its question; the rows that follow are in the explorer.
_QUESTION = re.compile(r"^(?P<question>[^?]{5,200}\?)\s*(?P<answer>.*)$", re.DOTALL)
_OPEN = re.compile(r"([\d,]+) of them open")
_LONGEST_FINDING = 110
# Where the questions of checks without words of their own begin.
_ASKED = {"delivery__": "Did {} arrive as it should?", "contract__": "Does {} keep its contract?"}


def warned(edition: Edition) -> list[Row]:
    """The checks that warned, without those that only count what is in quarantine."""
    return [row for row in edition.rows["checks"] if row["status"] == "warn" and not is_of_quarantine(row)]


def is_of_quarantine(row: Row) -> bool:
    """Whether a check tells of rejected records."""
    return row["check_kind"] == "build" and bool(row["rejected_count"])


def waiting(edition: Edition) -> list[tuple[str, int]]:
    """Inbound tables with open records in quarantine and how many, the most first."""
    found = [
        (str(row["check_name"]).removeprefix("raw."), open_records(row))
        for row in edition.rows["checks"]
        if row["status"] == "warn" and is_of_quarantine(row)
    ]
    return sorted(((table, count) for table, count in found if count), key=lambda each: (-each[1], each[0]))


def open_records(row: Row) -> int:
    """How many of a table's rejected records still wait: those that were repaired or dismissed do not."""
    told = _OPEN.search(str(row["detail"] or ""))
    return int(told[1].replace(",", "")) if told else int(row["failures_count"] or 0)


def table_words(subject: str) -> str:
    """A relation in words, such as ``Hubspot: email events``."""
    words = subject.split(".")[-1].replace("__", ": ", 1).replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def checks(tonight: Edition, before: Edition | None, numbers: Numbers) -> Chapter:
    """The chapter: new warnings first. What is in quarantine is something to do, and told there."""
    known = None if before is None else {row["check_name"] for row in warned(before)}
    rows = warned(tonight)
    is_new = {row["check_name"] for row in rows if known is not None and row["check_name"] not in known}
    # That results changed has a chapter of its own, so its check comes last.
    rows.sort(key=lambda row: (row["subject"] == RESULTS, row["check_name"] not in is_new, row["check_name"]))
    every = tonight.rows["checks"]
    passed = sum(row["status"] == "pass" for row in every)
    title = f"Checks: {numbers.count(passed)} of {numbers.count(len(every))} passed"
    lines = [_told(row, tonight, numbers, is_new=row["check_name"] in is_new) for row in rows]
    if not lines:
        return Chapter(title, (line("No check warned."),))
    return chapter(title, lines, most=_MOST)


def _told(row: Row, tonight: Edition, numbers: Numbers, *, is_new: bool) -> Line:
    question, found = finding(row)
    # Of deliveries and models the number stands in what was found.
    counted = row["check_kind"] in ("dbt", "contract") and row["failures_count"]
    count = f"{numbers.count(row['failures_count'])} found" if counted else ""
    is_older = row["since_date"] is not None and row["since_date"] < tonight.as_of_date
    since = "new tonight" if is_new else f"warns since {numbers.date(row['since_date'])}" if is_older else ""
    told = ", ".join(part for part in (count, since) if part)
    return line(" ".join(part for part in (question, found, f"({told})" if told else "") if part), page=PAGE)


def finding(row: Row) -> tuple[str, str]:
    """The question of a check in words, and what it found, without the rows that it names."""
    name, detail = str(row["check_name"]), str(row["detail"] or "")
    asked = _QUESTION.match(detail) if row["check_kind"] == "dbt" else None
    if asked is not None:
        return one_line(asked["question"], 160), "No." if asked["answer"].lower().startswith("no") else ""
    return _question(name), _sentence(one_line(detail, _LONGEST_FINDING))


def _question(name: str) -> str:
    for beginning, question in _ASKED.items():
        if name.startswith(beginning):
            return one_line(question.format(table_words(name.removeprefix(beginning))), 160)
    words = table_words(name.removeprefix("model__").removeprefix("assert_").removeprefix("raw."))
    return one_line(words.replace("__", ": "), 160).rstrip("?") + "?"


def _sentence(text: str) -> str:
    text = text[:1].upper() + text[1:]
    return text if not text or text.endswith((".", "…", ")")) else f"{text}."
