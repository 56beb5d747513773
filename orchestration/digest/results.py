"""Results of segments that changed by more than chance, and targets that are missed.

Belongs here: the order of alerts and the words on targets. Does not belong here: what an alert is (the mart
``kpi_alerts``).
"""

from __future__ import annotations

from orchestration.digest.content import Chapter, Line, chapter, line, name_of
from orchestration.digest.numbers import Numbers
from orchestration.digest.reading import Edition, Row

PAGE = "Results over time"
_MOST = 4
_UNITS = {"share": Numbers.share, "amount": Numbers.money}


def is_bad(row: Row) -> bool:
    """Whether somebody should look at it: a change for the worse, or a missed target."""
    return bool(row["is_target_met"] is False or (row["is_alert"] and row["direction"] == "bad"))


def results(tonight: Edition, numbers: Numbers) -> Chapter:
    """The chapter: missed targets, then what got worse, then what got better, each the strongest first."""
    alerts = tonight.rows["kpi_alerts"]
    missed = [row for row in alerts if row["is_target_met"] is False]
    worse = [row for row in alerts if is_bad(row) and row not in missed]
    # One place is kept for what got better: a page of bad news only is not read twice.
    better = [row for row in alerts if not is_bad(row)]
    first = [*missed, *worse][: _MOST - 1 if better else _MOST]
    rest = [row for row in [*missed, *worse] if row not in first]
    lines = [_told(row, numbers) for row in [*first, *better, *rest]]
    if not lines:
        return Chapter("Results of segments", (line("No result changed by more than chance, no target is missed."),))
    targets = "missed target" if len(missed) == 1 else "missed targets"
    counts = ((targets, missed), ("got worse", worse), ("got better", better))
    told = ", ".join(f"{numbers.count(len(rows))} {words}" for words, rows in counts if rows)
    return chapter(f"Results of segments: {told}", lines, most=_MOST)


def _told(row: Row, numbers: Numbers) -> Line:
    sentence = str(row["sentence"])
    if row["is_target_met"] is False:
        write = _UNITS.get(row["unit"], Numbers.number)
        wanted = [
            f"{words} {write(numbers, row[column])}"
            for column, words in (("target_at_least", "at least"), ("target_at_most", "at most"))
            if row[column] is not None
        ]
        return line(
            f"Target missed: {name_of(row['kpi_name'])} of {name_of(row['segment_name'])} is "
            f"{write(numbers, row['kpi_value'])}, wanted {' and '.join(wanted)}.",
            page=PAGE,
        )
    return line(sentence, page=PAGE)
