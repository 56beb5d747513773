"""Names of columns: from what people write above a column to what SQL takes without quotes.

Belongs here: spelling, uniqueness and reserved words. Does not belong here: what a name means (synonyms.py).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from orchestration.onboarding.words import words

LONGEST_NAME = 60
# Signs that carry meaning and would otherwise vanish.
_SPELLED = {"%": " percent ", "#": " number ", "&": " and ", "№": " number "}
# German is the one language whose letters have two-letter spellings that people expect.
_LETTERS = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss", "æ": "ae", "ø": "o", "ł": "l"}
)
# Words that DuckDB takes as a column's name only in quotes, or not everywhere.
RESERVED = words(
    "all analyse analyze and anti any array as asc asof asymmetric at authorization between binary both by case "
    "cast check collate collation column columns concurrently constraint create cross default deferrable desc "
    "describe distinct do else end except exclude false fetch filter for foreign freeze from full generated glob "
    "grant group having ilike in initially inner intersect into is isnull join lambda lateral leading left like "
    "limit map natural not notnull null offset on only or order outer over overlaps partition pivot pivot_longer "
    "pivot_wider placing positional primary qualify recursive references replace returning right rows select semi "
    "show similar some struct summarize symmetric table tablesample then to trailing true try_cast union unique "
    "unpack unpivot using values variadic verbose when where window with"
)


def snake_case(written: str) -> str:
    """A name as SQL takes it: ``Lineitem quantity`` is lineitem_quantity, ``Größe (cm)`` groesse_cm.

    Args:
        written: A header, or a dotted path into a JSON record; may be anything.

    Returns:
        Lower-case letters, digits and underscores, beginning with a letter; ``column`` when nothing is left.
    """
    text = unicodedata.normalize("NFC", written)
    for sign, word in _SPELLED.items():
        text = text.replace(sign, word)
    text = re.sub(r"(?i)\bn[°º]", "no ", text)
    text = unicodedata.normalize("NFKD", text.translate(_LETTERS)).encode("ascii", "ignore").decode()
    # E-mail is one word in every spelling; CustomerID is two, and HTTPStatus too.
    text = re.sub(r"(?i)\be-?mail", "email", text)
    text = re.sub(r"MwSt|USt", lambda match: match[0].capitalize(), text)
    text = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", text)
    text = re.sub(r"([A-Z]+)([A-Z][a-z]{2,})", r"\1_\2", text)
    name = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")[:LONGEST_NAME].strip("_")
    if not name:
        return "column"
    if name[0].isdigit():
        name = f"c_{name}"
    return f"{name}_value" if name in RESERVED else name


def unique_names(written: Iterable[str]) -> dict[str, str]:
    """Names for all columns of a file, each once; of those that would be the same the later ones get a number."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for source_name in written:
        wanted = name = snake_case(source_name)
        number = 1
        while name in taken:
            number += 1
            name = f"{wanted}_{number}"
        taken.add(name)
        names[source_name] = name
    return names
