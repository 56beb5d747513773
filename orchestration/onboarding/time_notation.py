"""How a column writes its dates and times.

Belongs here: formats that a text may be written in, and choosing between day and month. Does not belong here: reading
times (data_contracts), whether a column is a time at all (value_types.py).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

ISO = ""
_DATE = (
    (re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})"), ("yyyy{s}{m}{s}{d}",)),
    (re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2\d{4}"), ("{d}{s}{m}{s}yyyy", "{m}{s}{d}{s}yyyy")),
    (re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2\d{2}"), ("{d}{s}{m}{s}yy", "{m}{s}{d}{s}yy")),
    (re.compile(r"\d{1,2}([- ])[A-Za-z]{3}\1\d{4}"), ("dd{s}MMM{s}yyyy",)),
    (re.compile(r"\d{1,2}([- ])[A-Za-z]{3}\1\d{2}"), ("dd{s}MMM{s}yy",)),
    (re.compile(r"[A-Za-z]{3} \d{1,2}, \d{4}"), ("MMM dd, yyyy",)),
    (re.compile(r"[A-Za-z]{4,} \d{1,2}, \d{4}"), ("MMMM dd, yyyy",)),
    (re.compile(r"\d{1,2} [A-Za-z]{4,} \d{4}"), ("dd MMMM yyyy",)),
    (re.compile(r"(19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])"), ("yyyyMMdd",)),
)
_TIME = re.compile(
    r"(?P<between>T|, | )(?P<hour>\d{1,2}):(?P<minute>\d{2})(?P<second>:\d{2})?(?P<fraction>\.\d{3}|\.\d{6})?"
    r"(?P<half> ?[AaPp][Mm])?(?P<offset> ?(?:Z|[+-]\d{2}:?\d{2}))?"
)
# As Twitter's first interface and many mail programs write times.
_WHOLE = (
    (re.compile(r"[A-Z][a-z]{2} [A-Z][a-z]{2} \d{2} \d{2}:\d{2}:\d{2} [+-]\d{4} \d{4}"), "EEE MMM dd HH:mm:ss Z yyyy"),
)
_TIME_OF_DAY = re.compile(r"([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d)?")


def time_formats(texts: Sequence[str]) -> list[str]:
    """Formats in which most of some texts may be written, in letters of Java's DateTimeFormatter; likely ones first.

    Args:
        texts: Different values of a column.

    Returns:
        Nothing when they are no dates; the empty text stands for ISO 8601.
    """
    shapes = Counter(shape for text in texts[:300] for shape in _shapes(text.strip()))
    usual = [shape for shape, count in shapes.items() if count * 2 >= min(len(texts), 300)]
    # Days and months of one digit next to such of two: both spellings are one format, that without padding.
    loose = [shape for shape in shapes if re.search(r"(?<!d)d(?!d)|(?<!M)M(?!M)|(?<!H)H(?!H)|(?<!h)h(?!h)", shape)]
    return sorted(dict.fromkeys([*usual, *loose]), key=lambda shape: (shape != ISO, -shapes[shape]))


def is_time_of_day(texts: Sequence[str]) -> bool:
    """Whether texts are times without a date, such as 14:05."""
    return bool(texts) and all(_TIME_OF_DAY.fullmatch(text.strip()) for text in texts)


def is_date_only(shape: str) -> bool:
    """Whether a format has no time of day."""
    return not re.search("[HhmsS]", shape)


def other_order(shape: str) -> str | None:
    """The format with day and month exchanged, where texts of digits could be either."""
    if "MMM" in shape or shape.startswith("yyyy"):
        return None
    return re.sub(r"d+|(?<!M)M{1,2}(?!M)", lambda match: {"d": "M", "M": "d"}[match[0][0]] * len(match[0]), shape)


def _shapes(text: str) -> list[str]:
    for whole, shape in _WHOLE:
        if whole.fullmatch(text):
            return [shape]
    for pattern, written in _DATE:
        match = pattern.match(text)
        if match is None:
            continue
        time = text[match.end() :]
        if written[0].startswith("yyyy{s}") and match[2] == "-" and len(match[3]) == len(match[4]) == 2:
            iso = re.fullmatch(r"([ T]\d{2}:\d{2}(:\d{2}(\.\d{1,6}0*)?)?(Z| ?[+-]\d{2}(:?\d{2})?)?)?", time)
            if iso:
                return [ISO]
        behind = _time_shape(time)
        if time and behind is None:
            continue
        return [_date_shape(shape, match) + (behind or "") for shape in written]
    return []


def _date_shape(shape: str, match: re.Match[str]) -> str:
    if "{m}" not in shape:
        return shape.format(s=match[1] if match.lastindex else "")
    is_year_first = shape.startswith("yyyy")
    parts = (match[3], match[4]) if is_year_first else (match[1], match[3])
    if is_year_first or shape.startswith("{m}"):
        month, day = parts
    else:
        day, month = parts
    return shape.format(s=match[2], d="dd" if len(day) == 2 else "d", m="MM" if len(month) == 2 else "M")


def _time_shape(text: str) -> str | None:
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    hour = ("h" if match["half"] else "H") * len(match["hour"])
    between = {"T": "'T'"}.get(match["between"], match["between"])
    shape = f"{between}{hour}:mm" + (":ss" if match["second"] else "")
    if match["fraction"]:
        shape += "." + "S" * (len(match["fraction"]) - 1)
    if match["half"]:
        shape += " a" if match["half"].startswith(" ") else "a"
    if match["offset"]:
        shape += " Z" if match["offset"].startswith(" ") else "Z"
    return shape
