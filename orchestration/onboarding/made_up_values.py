"""Values made up in the place of a file's own, so that nothing about anybody gets into the repository.

Belongs here: which values may be kept and what stands for the others. Does not belong here: which rows
(unit_test_text.py).

Kept are numbers, times of events, what stands for nobody, frequent words of short lists, and codes of countries and
currencies. Everything else is made up, the same for the same value, so that equal keys stay equal.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Any

from orchestration.onboarding.conversions import NOBODY
from orchestration.onboarding.profile import ColumnProfile

_FIRST = ("Ann", "Bob", "Eve", "Max", "Ida", "Tom")
_LAST = ("Lee", "Stone", "Meyer", "Roux", "Berg", "Hill")
# Codes of countries, currencies and languages, where the column says that it holds them.
_CODE_COLUMN, _CODE = re.compile(r".*(currency|waehrung|devise|country|land|pays|lang).*"), re.compile(r"[A-Za-z]{2,3}")


class MadeUpValues:
    """Values for one test; remembers what it has said for which value."""

    def __init__(self) -> None:
        self._given: dict[str, dict[str, int]] = {}

    def value(self, column: ColumnProfile, value: Any) -> Any:
        """What to write in the place of a value; None stays None."""
        if value is None:
            return None
        if column.personal == "birth_date" and isinstance(value, dt.date):
            return dt.date(1980, 1, self._number("birth_date", value))
        if isinstance(value, bool | dt.date | dt.datetime):
            return value
        if isinstance(value, int | float | Decimal):
            # What counts persons' numbers is a number too: only amounts and counts are kept.
            return value if column.personal is None else self._number(column.name, value)
        if str(value) in column.common_values or str(value).lower() in NOBODY:
            return value
        if column.personal is None and _CODE_COLUMN.fullmatch(column.name) and _CODE.fullmatch(str(value)):
            return value
        if column.type.reads_as is not None and column.personal is None:
            # Texts that are read as numbers or times: their notation is what the test is about.
            return value
        return self._text(column, str(value))

    def _text(self, column: ColumnProfile, value: str) -> str:
        number = self._number(column.personal or column.name, value)
        kinds = {
            "email": f"person{number}@example.com",
            "phone": f"+49 30 {number:07d}",
            "first_name": _FIRST[(number - 1) % len(_FIRST)],
            "last_name": _LAST[(number - 1) % len(_LAST)],
            "full_name": f"{_FIRST[(number - 1) % len(_FIRST)]} {_LAST[(number - 1) % len(_LAST)]}",
            "address": f"Main Street {number}",
            "birth_date": f"1980-01-{number:02d}",
            "handle": f"@person{number}",
            "ip": f"192.0.2.{number}",
            "bank": f"DE{number:020d}",
            "other": f"made up {number}",
        }
        if column.personal is not None:
            return kinds[column.personal]
        if column.is_identifier and column.has_leading_zeros:
            return f"{number:05d}"
        word = re.sub(r"_(id|no|nr|number|nummer|ref|code|key)$", "", column.name).split("_")[-1]
        return f"{word.upper()[:12]}-{number}" if column.is_identifier else f"{column.name.replace('_', ' ')} {number}"

    def _number(self, kind: str, value: object) -> int:
        known = self._given.setdefault(kind, {})
        return known.setdefault(str(value), len(known) + 1)
