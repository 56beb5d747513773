"""Formats of dates and times as people write them down, as DuckDB reads them.

Belongs here: translating the patterns of Java's DateTimeFormatter, which the contract standard prescribes, into
strptime's. Does not belong here: reading values (column_sql.py).
"""

from __future__ import annotations

import re

# Longest first, so that yyyy is not read as two yy.
_LETTERS = {
    "yyyy": "%Y",
    "MMMM": "%B",
    "MMM": "%b",
    "EEE": "%a",
    "XXX": "%z",
    "SSSSSS": "%f",
    "SSS": "%g",
    "dd": "%d",
    "MM": "%m",
    "yy": "%y",
    "HH": "%H",
    "hh": "%I",
    "mm": "%M",
    "ss": "%S",
    "XX": "%z",
    "d": "%-d",
    "M": "%-m",
    "H": "%-H",
    "h": "%-I",
    "a": "%p",
    "Z": "%z",
    "X": "%z",
}
_TOKEN = re.compile("'([^']*)'|" + "|".join(_LETTERS) + r"|([A-Za-z])|([^A-Za-z'])")


def strptime_format(pattern: str) -> str:
    """Translate a pattern such as ``dd.MM.yyyy HH:mm``.

    Args:
        pattern: Letters yyyy yy MMMM MMM MM M dd d EEE HH H hh h a mm ss SSS SSSSSS X XX XXX Z, texts in single
            quotes, and anything that is no letter.

    Raises:
        ValueError: A letter means nothing here, or the pattern has no year, month and day.
    """
    written = ""
    place = 0
    for match in _TOKEN.finditer(pattern):
        if match.start() != place or match[2]:
            break
        place = match.end()
        if match[1] is not None:
            written += match[1].replace("%", "%%") or "'"
        elif match[3]:
            written += match[3].replace("%", "%%")
        else:
            written += _LETTERS[match[0]]
    if place != len(pattern):
        raise ValueError(f"{pattern!r}: {pattern[place]!r} means nothing here; use letters such as yyyy MM dd HH mm ss")
    if not all(any(sign in written for sign in signs) for signs in (("%Y", "%y"), ("m", "%b", "%B"), ("d",))):
        raise ValueError(f"{pattern!r}: a date needs a year, a month and a day, such as dd.MM.yyyy")
    return written


def has_offset(strptime: str) -> bool:
    """Whether texts of this format say how far from UTC they are."""
    return "%z" in strptime
