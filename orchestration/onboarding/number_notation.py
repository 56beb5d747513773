"""How a file writes its numbers: the decimal sign and the sign between thousands.

Belongs here: the guess, from the texts of all columns together, since one file is written by one program. Does not
belong here: reading numbers (data_contracts).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

# Simplest first: among notations that explain as much the first is chosen.
_NOTATIONS = (
    (".", ""),
    (",", ""),
    (",", "."),
    (".", ","),
    *((decimal, thousands) for thousands in (" ", "'", "\u00a0", "\u202f") for decimal in (",", ".")),
)
_SIGNS = re.compile(r"^(€|\$|£|¥|EUR|USD|GBP|CHF)\s?|\s?(€|\$|£|¥|EUR|USD|GBP|CHF|%)$")
_NUMERIC = re.compile(r"[+-]?[0-9][0-9.,' \u00a0\u202f]*|[+-]?[.,][0-9]+")
# Three digits behind a single sign may be decimals or the next thousand.
_DOUBTFUL = re.compile(r"[+-]?[0-9]{1,3}[.,][0-9]{3}")


@dataclass(frozen=True)
class NumberNotation:
    """How numbers are written.

    Attributes:
        decimal: A dot or a comma.
        thousands: The sign between groups of three digits; empty for none.
        told: How that is known, for people.
    """

    decimal: str
    thousands: str
    told: str


def guess_notation(columns: Mapping[str, Sequence[str]]) -> NumberNotation:
    """The notation that makes numbers out of most columns.

    Args:
        columns: Some different values of every text column that may hold numbers, by its name.
    """
    numeric = {
        name: texts
        for name, values in columns.items()
        if (texts := [_bare(value) for value in values]) and _share(texts, _NUMERIC) >= 0.9
    }
    written = {name: texts for name, texts in numeric.items() if any(not text.lstrip("+-").isdigit() for text in texts)}
    if not written:
        return NumberNotation(".", "", "no number has a decimal sign")
    explained = {
        notation: [name for name, texts in written.items() if _share(texts, _pattern(*notation)) >= 0.9]
        for notation in _NOTATIONS
    }
    if not any(explained.values()):
        return NumberNotation(".", "", "numbers are written in several ways; none of them suits a column")
    best = max(_NOTATIONS, key=lambda notation: (len(explained[notation]), -_NOTATIONS.index(notation)))
    chosen = explained[best]
    doubtful = [name for name in chosen if all(_DOUBTFUL.fullmatch(text) or text.isdigit() for text in written[name])]
    if best == (",", "") and len(doubtful) == len(chosen):
        # 1,234 and 12,345 and nothing else: nobody writes three decimals everywhere, but many group thousands.
        best = (".", ",")
    shown = ", ".join(chosen[:4]) + (" ..." if len(chosen) > 4 else "")
    told = f"decimal {_called(best[0])}" + (f", thousands {_called(best[1])}" if best[1] else "") + f", as in {shown}"
    if doubtful:
        told += f"; {', '.join(doubtful[:3])} could be read otherwise: three digits follow every sign. Look at it"
    return NumberNotation(best[0], best[1], told)


def has_currency_sign(text: str) -> bool:
    """Whether a number has a currency or percent sign beside it."""
    bare = _bare(text)
    return bare != text.strip() and _NUMERIC.fullmatch(bare) is not None


def _bare(text: str) -> str:
    return _SIGNS.sub("", text.strip()).strip()


def _share(texts: Sequence[str], pattern: re.Pattern[str]) -> float:
    return sum(pattern.fullmatch(text) is not None for text in texts) / len(texts)


def _pattern(decimal: str, thousands: str) -> re.Pattern[str]:
    group = re.escape(thousands)
    whole = rf"(?:[0-9]+|[0-9]{{1,3}}(?:{group}[0-9]{{3}})+)" if thousands else "[0-9]+"
    return re.compile(rf"[+-]?(?:{whole}(?:{re.escape(decimal)}[0-9]*)?|{re.escape(decimal)}[0-9]+)")


def _called(sign: str) -> str:
    return {".": "dot", ",": "comma", " ": "blank", "'": "apostrophe"}.get(sign, "no-break blank")
