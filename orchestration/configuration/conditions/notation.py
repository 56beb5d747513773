"""The notation of conditions: what a person writes beside a column, read into a tree.

Belongs here: reading and refusing, by the type of the column. Does not belong here: what conditions mean
(condition.py), where in the file they stand (when.py).

What can mean one thing only is taken however it is written; what could mean two is refused with both spellings.
"""

from __future__ import annotations

import datetime as dt
import difflib
import math
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from orchestration.configuration.conditions.column import Column
from orchestration.configuration.conditions.condition import (
    AllOf,
    AnyOf,
    Between,
    Compare,
    Condition,
    DaysAgo,
    Known,
    Not,
    Unknown,
    Value,
)

_SIGNS = {
    ">=": ">=", "=>": ">=", "≥": ">=", "at least": ">=",
    "<=": "<=", "=<": "<=", "≤": "<=", "at most": "<=",
    "!=": "!=", "<>": "!=", "≠": "!=",
    ">": ">", "more than": ">",
    "<": "<", "less than": "<", "fewer than": "<",
    "==": "=", "=": "=", "exactly": "=",
}  # fmt: skip
_SIGN = re.compile(
    "|".join(re.escape(sign) + (r"(?=\s)" if sign[0].isalpha() else "") for sign in _SIGNS), re.IGNORECASE
)
_NUMBER = re.compile(r"([+-]?(?:\d+(?:\.\d+)?|\.\d+))\s*(%?)")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_DAYS = re.compile(r"(\d+)(?:\s+days?)?(?:\s+ago)?", re.IGNORECASE)
_TO = re.compile(r"\s+to\s+", re.IGNORECASE)
_AND = re.compile(r"\s+and\s+", re.IGNORECASE)
_LAST_DAYS = re.compile(r"(?:in the )?last\s+(\d+)\s+days?", re.IGNORECASE)
# Beyond them no column lies and decimals of the database would overflow.
_LARGEST = 10**15
_MOST_DECIMALS = 9
_YEARS = range(1900, 2201)
_TRUTHS = {"true": True, "yes": True, "false": False, "no": False}
_FORMS = {
    "number": '">= 10", "< 5", "10 to 20", 10, "not 10", a list of them, known or unknown',
    "share": '">= 20%", "< 0.5", "10% to 20%", a list of them, known or unknown',
    "date": '">= 2026-01-31", "2026-01-01 to 2026-03-31", "> 60 days ago", "last 30 days", known or unknown',
    "text": "a text, a list of texts, \"not DE\", 'not: [DE, AT]', known or unknown",
    "boolean": "true, false, known or unknown",
}


class NotationError(ValueError):
    """What is written is no condition on this column."""

    def __init__(self, *, expected: str, found: str, fix: str) -> None:
        self.expected = expected
        self.found = found
        self.fix = fix
        super().__init__(f"{found}: {fix}")


def read_condition(written: Any, column: Column) -> Condition:
    """Read what stands beside a column.

    Raises:
        NotationError: It is no condition, or none on a column of this type.
    """
    if isinstance(written, list):
        if not written:
            raise _refused(written, column, fix="write at least one value into the list, or remove the line")
        return AnyOf(tuple(read_condition(part, column) for part in written))
    if isinstance(written, dict):
        if set(written) != {"not"}:
            raise _refused(written, column, fix="write 'not' and what must not be, or alternatives under 'any'")
        return _negated(read_condition(written["not"], column))
    if written is None:
        raise _refused(written, column, fix="write unknown for a customer of whom it is not known")
    if isinstance(written, str):
        return _of_text(" ".join(written.split()), column)
    return Compare("=", _value(written, column))


def form_of(column: Column) -> str:
    """What can be written beside a column."""
    return _FORMS[_kind(column)]


def _kind(column: Column) -> str:
    if column.is_number:
        return "share" if column.is_share else "number"
    return column.type.family


def _negated(condition: Condition) -> Condition:
    # Not holds of known values only, so that "not known" would hold of nobody.
    return Unknown() if isinstance(condition, Known) else Not(condition)


def _of_text(written: str, column: Column) -> Condition:
    if written.lower() in ("known", "unknown"):
        return Known() if written.lower() == "known" else Unknown()
    if written.lower().startswith("not "):
        return _negated(_of_text(written[4:].strip(), column))
    if column.type.family == "text":
        return _of_name(written, column)
    if column.type.family == "boolean":
        return Compare("=", _truth(written, column))
    if column.type.family == "date":
        return _of_date(written, column)
    return _joined(written, column, lambda text: _number(text, column))


def _of_name(written: str, column: Column) -> Condition:
    sign = _SIGN.match(written) if written[:1] in ("=", "!", "<", ">", "≠", "≥", "≤") else None
    if sign is None:
        if not written:
            raise _refused(written, column, fix="write the text, or unknown where there is none")
        return Compare("=", _code(written, column))
    name = written[sign.end() :].strip()
    kind = _SIGNS[sign[0]]
    if kind not in ("=", "!=") or not name:
        raise _refused(written, column, fix=f"{column.name} is text, which has no order: name the texts that fit")
    same = Compare("=", _code(name, column))
    return same if kind == "=" else Not(same)


def _code(name: str, column: Column) -> str:
    if not name.isprintable():
        raise _refused(name, column, fix="remove the control characters")
    if column.codes and name not in column.codes:
        close = difflib.get_close_matches(name, column.codes, n=1)
        raise NotationError(
            expected=f"one of {', '.join(column.codes)}",
            found=repr(name),
            fix=f"did you mean {close[0]}?" if close else "write one of these, or a list of them",
        )
    return name


def _of_date(written: str, column: Column) -> Condition:
    last = _LAST_DAYS.fullmatch(written)
    if last:
        # A window of N days ends on the evaluated date and is N days long, as in the names of features.
        return DaysAgo(Between(0, _whole(int(last[1]), written, column, least=1) - 1))
    if "day" not in written.lower():
        return _joined(written, column, lambda text: _date(text, column))
    days = re.sub(r"\s+days?(\s+ago)?$", "", written, flags=re.IGNORECASE)
    return DaysAgo(_joined(days, column, lambda text: _day_count(text, written, column)))


def _joined(written: str, column: Column, value: Callable[[str], Value]) -> Condition:
    """Comparisons joined by "and", each of which must hold."""
    parts = tuple(_one(part, column, value) for part in _AND.split(written))
    return parts[0] if len(parts) == 1 else AllOf(parts)


def _one(written: str, column: Column, value: Callable[[str], Value]) -> Condition:
    sign = _SIGN.match(written)
    if sign:
        kind, limit = _SIGNS[sign[0].lower()], value(written[sign.end() :].strip())
        return Not(Compare("=", limit)) if kind == "!=" else Compare(kind, limit)
    ends = _TO.split(written)
    if len(ends) == 1:
        return Compare("=", value(written))
    if len(ends) != 2:
        raise _refused(written, column, fix="write two ends, such as 10 to 20")
    low, high = (value(end) for end in ends)
    if low > high:  # type: ignore[operator]  # both are of the column's own type
        raise _refused(written, column, fix=f"write the smaller end first: {ends[1]} to {ends[0]}")
    return Between(low, high)


def _value(written: Any, column: Column) -> Value:
    """A value that YAML has read as something else than text."""
    family = column.type.family
    if isinstance(written, bool):
        if family == "boolean":
            return written
        fix = "put the text in quotes: without them YAML reads no, off and false (and NO, the code of Norway) as one"
        raise _refused(written, column, fix=fix if family == "text" else f"{column.name} is not yes or no")
    if isinstance(written, dt.date) and not isinstance(written, dt.datetime) and family == "date":
        return _in_reach(written, column)
    if isinstance(written, int | float) and column.is_number:
        if isinstance(written, float) and not math.isfinite(written):
            raise _refused(written, column, fix="write a number")
        if isinstance(written, float) and family == "integer":
            raise _refused(written, column, fix=f"{column.name} is a whole number: write one, without a point")
        return _number(format(Decimal(str(written)), "f"), column)
    if isinstance(written, int | float) and family == "date":
        raise _refused(written, column, fix=f'write a date, or the days with their unit: "> {written} days ago"')
    if family == "text":
        raise _refused(written, column, fix=f'put the text in quotes: "{written}"')
    raise _refused(written, column, fix=f"{column.name} is a {_kind(column)}: write {form_of(column)}")


def _truth(written: str, column: Column) -> bool:
    if written.lower() not in _TRUTHS:
        raise _refused(written, column, fix="write true or false")
    return _TRUTHS[written.lower()]


def _number(written: str, column: Column) -> Value:
    found = _NUMBER.fullmatch(written)
    if found is None:
        raise _refused(written, column, fix=_how_to_write(written, column))
    digits, percent = found.groups()
    if re.fullmatch(r"[+-]?[1-9]\d{0,2}\.\d{3}", digits):
        plain = digits.replace(".", "")
        raise _refused(written, column, fix=f"write {plain}, or {digits}0 if the point is a decimal one")
    value = Decimal(digits) / 100 if percent else Decimal(digits)
    if percent and not column.is_share:
        raise _refused(written, column, fix=f"{column.name} is not a share: write the number without %")
    if column.is_share and not percent and value > 1:
        raise _refused(written, column, fix=f"{column.name} is a share from 0 to 1: did you mean {written}%?")
    if column.type.family == "integer":
        if "." in digits:
            raise _refused(written, column, fix=f"{column.name} is a whole number: write one, without a point")
        return _whole(int(value), written, column)
    if abs(value) > _LARGEST or -int(value.normalize().as_tuple().exponent) > _MOST_DECIMALS:
        raise _refused(written, column, fix=f"write at most 15 digits, and {_MOST_DECIMALS} behind the point")
    return float(value) if column.type.family == "float" else value


def _how_to_write(written: str, column: Column) -> str:
    if re.fullmatch(r"[<>=≤≥]*\s*[+-]?\d{1,3}([,. ']\d{3})+", written):
        return f"write digits without separators: {re.sub(r'[^0-9<>=≤≥+-]', '', written)}"
    if re.search(r"\d,\d", written):
        return f"write a decimal point: {written.replace(',', '.')}"
    if re.fullmatch(r"\S+\s*[-\u2013]\s*\S+", written):
        return "write the two ends with 'to': 10 to 20"
    if re.search(r"\bor\b", written):
        return 'write alternatives as a list: ["< 5", "> 20"]'
    if re.search(r"\bbetween\b", written, flags=re.IGNORECASE):
        return "write the two ends with 'to', both included: 10 to 20"
    return f"write {form_of(column)}"


def _whole(value: int, written: str, column: Column, *, least: int = -_LARGEST) -> int:
    if not least <= value <= _LARGEST:
        raise _refused(written, column, fix=f"write a whole number from {least} to {_LARGEST}")
    return value


def _date(written: str, column: Column) -> dt.date:
    if re.fullmatch(r"[<>=≤≥\s]*\d+", written):
        raise _refused(written, column, fix=f'write a date, or the days with their unit: "{written} days ago"')
    if not _DATE.fullmatch(written):
        fix = f"write {form_of(column)}; dates are year-month-day"
        raise _refused(written, column, fix=fix)
    try:
        date = dt.date.fromisoformat(written)
    except ValueError as error:
        raise _refused(written, column, fix=f"write a date that the calendar has ({error})") from error
    return _in_reach(date, column)


def _in_reach(date: dt.date, column: Column) -> dt.date:
    if date.year not in _YEARS:
        raise _refused(str(date), column, fix=f"write a year from {_YEARS[0]} to {_YEARS[-1]}")
    return date


def _day_count(written: str, whole: str, column: Column) -> int:
    found = _DAYS.fullmatch(written)
    if found is None:
        raise _refused(whole, column, fix='write whole days: "> 60 days ago", "30 to 60 days ago", "last 30 days"')
    return _whole(int(found[1]), whole, column)


def _refused(written: Any, column: Column, *, fix: str) -> NotationError:
    return NotationError(expected=form_of(column), found=repr(written), fix=fix)
