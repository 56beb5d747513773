"""Which segments grew and shrank most, and why.

Belongs here: choosing the segments and saying what moved them. Does not belong here: reading moves (``reading``).
"""

from __future__ import annotations

from collections.abc import Sequence

from orchestration.digest.content import Chapter, Line, chapter, line, name_of
from orchestration.digest.numbers import Numbers
from orchestration.digest.reading import Edition, Row

TITLE = "What moved"
PAGE = "Who moved"
# Codes that every scheme may have; they are no groups of people to address.
_NO_GROUPS = ("unknown", "other")
_MOST = 4
_CAUSES = (
    ("changed_count", "because customers changed"),
    ("boundary_count", "because a limit was set anew"),
    ("entered_count", "new to us"),
)


def movement(tonight: Edition, numbers: Numbers, *, smallest: int) -> Chapter:
    """The chapter: the largest changes, growth and loss in turn.

    Args:
        tonight: The version.
        numbers: How numbers are written.
        smallest: Changes of fewer customers are not told.
    """
    rows = [
        row
        for row in tonight.rows["moves"]
        if row["segment_code"] not in _NO_GROUPS and abs(_change(row)) >= max(smallest, 1)
    ]
    since = next((f", since {numbers.date(row['previous_as_of_date'])}" for row in rows), "")
    lines = [_told(row, numbers, smallest=smallest) for row in _chosen(rows)]
    if not lines:
        return Chapter(TITLE, (line("No segment grew or shrank by enough customers to tell.", page=PAGE),))
    return chapter(TITLE + since, lines, most=_MOST, of=len(rows))


def _change(row: Row) -> int:
    return int(row["now_count"] - row["before_count"])


def _chosen(rows: Sequence[Row]) -> list[Row]:
    """Of growth and of loss the largest, of one way of segmenting only one: the others say the same in other words."""
    chosen: list[Row] = []
    for sign in (1, -1):
        best: dict[str, Row] = {}
        for row in sorted(rows, key=lambda row: (-sign * _change(row), row["scheme"], row["segment_code"])):
            if sign * _change(row) > 0:
                best.setdefault(row["scheme"], row)
        chosen += list(best.values())[: _MOST // 2]
    return chosen


def _told(row: Row, numbers: Numbers, *, smallest: int) -> Line:
    change = _change(row)
    lead = f"{name_of(row['segment_name'])} ({name_of(row['scheme_name'])})"
    text = (
        f"{lead} {'grew' if change > 0 else 'shrank'} by "
        f"{numbers.count(abs(change))} to {numbers.count(row['now_count'])} customers: "
        f"{_why(row, numbers, smallest=smallest)}."
    )
    if row["moved_amount"]:
        amount = row["moved_amount"]
        did = "brought" if amount > 0 else "took away"
        text += f" On balance movers {did} {numbers.money(abs(amount))} of a year's margin."
    return line(text, lead=lead, page=PAGE)


def _why(row: Row, numbers: Numbers, *, smallest: int) -> str:
    causes = [(int(row[column]), words) for column, words in _CAUSES if row[column]]
    # With the others and the sum, a single small number could be worked out: then none is given.
    if any(abs(count) < smallest for count, _ in causes):
        _, words = max(causes, key=lambda cause: (cause[0] * _change(row), cause[1]))
        return f"mostly {words}"
    if len(causes) == 1:
        return f"all {causes[0][1]}"
    return ", ".join(f"{numbers.signed_count(count)} {words}" for count, words in causes)
