"""What needs a person, each with the command to type or the page to open.

Belongs here: which facts ask for somebody, and in which order. Does not belong here: telling what happened (the other
chapters).
"""

from __future__ import annotations

import datetime as dt
import re
import shlex

from orchestration.digest.checks import PAGE as CHECKS_PAGE
from orchestration.digest.checks import table_words, waiting, warned
from orchestration.digest.content import Chapter, Line, chapter, line, name_of
from orchestration.digest.numbers import Numbers
from orchestration.digest.reading import Edition, Row
from orchestration.digest.results import PAGE as RESULTS_PAGE
from orchestration.digest.results import is_bad

TITLE = "What needs a person"
_MOST = 8
_SOON = dt.timedelta(days=7)
_PAIRS = re.compile(r"([\d,]+) doubtful pairs to review")


def actions(tonight: Edition, numbers: Numbers, *, smallest: int) -> Chapter:
    """The chapter, what cannot wait first.

    Args:
        tonight: The version.
        numbers: How numbers are written.
        smallest: Groups of fewer customers are not counted.
    """
    lines = [
        *_campaigns(tonight, numbers, smallest=smallest),
        *_results(tonight, numbers),
        *_deliveries(tonight),
        *_quarantine(tonight, numbers),
        *_pairs(tonight, numbers),
        *_places(tonight, numbers, smallest=smallest),
    ]
    return chapter(TITLE, lines or [line("Nothing tonight.")], most=_MOST)


def _results(tonight: Edition, numbers: Numbers) -> list[Line]:
    bad = [row for row in tonight.rows["kpi_alerts"] if is_bad(row)]
    missed = sum(row["is_target_met"] is False for row in bad)
    told = [
        f"{numbers.count(count)} {one if count == 1 else many}"
        for count, one, many in (
            (missed, "missed target", "missed targets"),
            (len(bad) - missed, "result that got worse", "results that got worse"),
        )
        if count
    ]
    return [line(f"Look into {' and '.join(told)}.", page=RESULTS_PAGE)] if told else []


def _deliveries(tonight: Edition) -> list[Line]:
    late = [table_words(row["subject"]) for row in warned(tonight) if row["check_kind"] == "delivery"]
    if not late:
        return []
    what = "the delivery that" if len(late) == 1 else f"the {len(late)} deliveries that"
    return [line(f"Ask after {what} did not come as usual: {', '.join(late)}.", page=CHECKS_PAGE)]


def _quarantine(tonight: Edition, numbers: Numbers) -> list[Line]:
    tables = waiting(tonight)
    if not tables:
        return []
    total, (most, count) = sum(count for _, count in tables), tables[0]
    records = f"{numbers.count(total)} quarantined {'record' if total == 1 else 'records'}"
    what = f"Repair or dismiss {records} of {table_words(most)}"
    begin = ""
    if len(tables) > 1:
        what = f"Repair or dismiss {records} of {numbers.count(len(tables))} sources"
        begin = f", beginning with the {numbers.count(count)} of {table_words(most)}"
    return [
        line(f"{what}{begin}.", command=_with(most, "tessera quarantine show", otherwise="tessera quarantine list"))
    ]


def _pairs(tonight: Edition, numbers: Numbers) -> list[Line]:
    for row in tonight.rows["checks"]:
        told = _PAIRS.search(str(row["detail"] or "")) if row["check_kind"] == "model" else None
        if told and (pairs := int(told[1].replace(",", ""))):
            text = f"Decide whether {numbers.count(pairs)} pairs of records are one person each."
            return [line(text, command="tessera identity review")]
    return []


def _campaigns(tonight: Edition, numbers: Numbers, *, smallest: int) -> list[Line]:
    night = dt.date.fromisoformat(tonight.as_of_date)
    lines = [_campaign(row, night, numbers, smallest=smallest) for row in tonight.rows["audience_sizes"]]
    return [told for told in lines if told is not None]


def _campaign(row: Row, night: dt.date, numbers: Numbers, *, smallest: int) -> Line | None:
    name = name_of(row["campaign_name"] or row["campaign_id"])
    starts = dt.date.fromisoformat(row["launches_on_date"]) if row["launches_on_date"] else None
    export = _with(row["campaign_id"], "tessera audiences export", otherwise="tessera audiences")
    if row["status"] == "missed" or (row["status"] == "too_small" and starts is not None and starts <= night + _SOON):
        why = row["not_exported_because"] or "the reason is not known"
        return line(f"Campaign {name} cannot be sent: {why}.", lead=f"Campaign {name}", command="tessera audiences")
    if row["status"] == "running" and row["launched_date"] == night.isoformat():
        members = row["contacted_count"]
        size = f"fewer than {numbers.count(smallest)}" if 0 < members < smallest else numbers.count(members)
        text = f"Campaign {name} was launched tonight: hand on its {size} customers to contact."
        return line(text, lead=f"Campaign {name}", command=export)
    if row["status"] == "planned" and starts is not None and starts <= night + _SOON:
        text = f"Campaign {name} begins on {numbers.date(starts.isoformat())}: look at whom it fits."
        return line(text, lead=f"Campaign {name}", command="tessera audiences")
    return None


def _with(argument: str, command: str, *, otherwise: str) -> str:
    """A command with an argument from a mart; another one where it has signs that a reader would not see."""
    return f"{command} {shlex.quote(argument)}" if argument.isprintable() else otherwise


def _places(tonight: Edition, numbers: Numbers, *, smallest: int) -> list[Line]:
    rows = [row for row in tonight.rows["treatment_rules"] if row["displaced_by_capacity_count"] >= max(smallest, 1)]
    if not rows:
        return []
    row, gain = rows[0], rows[0]["first_displaced_gain_amount"]
    worth = "" if gain is None else f"; one more is worth {numbers.money(gain)}"
    others = "" if len(rows) == 1 else f" So it is with {numbers.count(len(rows) - 1)} more of the policy's rules."
    text = (
        f"Decide on more places for {name_of(row['option_name'])} ({name_of(row['dimension_name'])}): "
        f"{numbers.count(row['displaced_by_capacity_count'])} customers found none{worth}.{others}"
    )
    return [line(text, page="What to do")]
