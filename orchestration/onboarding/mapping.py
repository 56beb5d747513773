"""Which columns of a file are which columns of an entity.

Belongs here: matching names with the synonyms and types with what a column can become. Does not belong here: the
synonyms, which entity a file is (entity_guess.py), the SQL (draft_staging.py).
"""

from __future__ import annotations

from collections.abc import Mapping

from orchestration.onboarding.profile import ColumnProfile, FileProfile
from orchestration.onboarding.synonyms import (
    CANCELLATION_WORDS,
    PREFIXES,
    REFUND_WORDS,
    ROLES,
    SALE_WORDS,
    role_names,
)

# Without it, records of these entities have no place in time.
EVENT_TIMES = {
    "order_lines": "ordered_at",
    "interactions": "occurred_at",
    "campaign_exposures": "assigned_at",
    "survey_answers": "answered_at",
    "social_interactions": "occurred_at",
}
NUMBER_ROLES = frozenset({"_unit_price", "_amount", "_amount_with_tax", "_tax_rate"})
FLAG_ROLES = frozenset({"_email_opt_out", "_phone_opt_out", "_is_deleted"})
SENTIMENT_WORDS = {"positive": 1, "positiv": 1, "neutral": 0, "negative": -1, "negativ": -1, "mixed": 0}
# What groups or names records stands on nearly all of them, or is something else.
_ALWAYS_THERE = frozenset({"order_id", "response_id", "interaction_id", "exposure_id", "question_id"})
# Amounts in the smallest unit of a currency say so at their end.
CENTS = ("_cents", "_cent", "_in_cents", "_minor", "_minor_units")


def map_columns(profile: FileProfile, entity: str, canonical: Mapping[str, str]) -> dict[str, ColumnProfile]:
    """The file's columns by the role they have for an entity; each column has one role at most.

    Args:
        profile: The file.
        entity: A canonical entity.
        canonical: Names and types of the entity's columns.
    """
    roles = list(dict.fromkeys([*ROLES[entity], *canonical]))
    candidates = []
    for order, role in enumerate(roles):
        names = {name: place for place, name in reversed(list(enumerate(role_names(entity, role))))}
        for column in profile.columns:
            # An empty column says nothing yet, and would push a filled one out.
            if not column.filled:
                continue
            if role in _ALWAYS_THERE and column.filled * 10 < profile.rows * 9:
                continue
            found = [(how, names[form]) for how, form in _forms(column) if form in names]
            if found and _accepts(role, canonical.get(role), column):
                candidates.append((*min(found), order, role, column))
    mapped: dict[str, ColumnProfile] = {}
    taken: set[str] = set()
    for *_, role, column in sorted(candidates, key=lambda item: item[:3]):
        if role not in mapped and column.name not in taken:
            mapped[role] = column
            taken.add(column.name)
    time = EVENT_TIMES.get(entity)
    if time is not None and time not in mapped:
        others = [column for column in profile.columns if column.name not in taken and _is_some_event(column, profile)]
        mapped |= {time: others[0]} if others else {}
    return mapped


def _is_some_event(column: ColumnProfile, profile: FileProfile) -> bool:
    """Whether a time may be when a record happened: it is on most records, and not a birthday or a last change."""
    is_change = any(word in column.name for word in ("updated", "modified", "geaendert"))
    return column.type.is_time and column.personal is None and not is_change and column.filled * 2 > profile.rows


def in_cents(column: ColumnProfile) -> bool:
    """Whether an amount's name says that it is in the smallest unit."""
    return column.name.endswith(CENTS)


def _forms(column: ColumnProfile) -> list[tuple[int, str]]:
    """Spellings of a column's name, each with how far it is from the name itself."""
    name = column.name
    for ending in CENTS:
        name = name.removesuffix(ending)
    forms = [(0, name)]
    if "." in column.source_name:
        tail = column.source_name.rpartition(".")[2]
        forms.append((1, tail.lower()))
    for distance, prefix in enumerate(PREFIXES, start=2):
        if name.startswith(prefix):
            forms.append((distance, name.removeprefix(prefix)))
    return forms


def _accepts(role: str, target: str | None, column: ColumnProfile) -> bool:
    """Whether the column's values can become what the role is."""
    kind = column.type
    if role == "_tax_rate":
        return kind.is_number and column.distinct <= 8 and _at_most(column, 100) and not column.is_negative
    if role == "tax_amount" and kind.is_number and column.name in ("mwst", "tax", "vat", "tva", "ust", "steuer"):
        # A rate has few values, each a whole percent or a share of one.
        return column.distinct > 8 or not _at_most(column, 100)
    if role == "_time_of_day":
        return kind.reads_as == "time"
    words = {value.strip().lower() for value, _ in column.listed}
    if role == "_kind":
        return bool(words & {*REFUND_WORDS, *CANCELLATION_WORDS})
    if role == "region" and words & {*REFUND_WORDS, *CANCELLATION_WORDS, *SALE_WORDS}:
        # The state of an order is no state of a country.
        return False
    if role in NUMBER_ROLES:
        return kind.is_number
    if role in FLAG_ROLES or target == "boolean":
        return "boolean" in (kind.physical, kind.reads_as) or (kind.physical == "integer" and column.distinct <= 2)
    if role == "sentiment":
        return kind.is_number or bool(words and words <= {*SENTIMENT_WORDS})
    if role == "email":
        return column.personal == "email"
    if target is None or target == "varchar":
        return kind.reads_as is None and kind.unit is None and kind.physical in ("varchar", "integer", "bigint")
    if target in ("timestamptz", "date"):
        return kind.is_time
    return kind.is_number


def _at_most(column: ColumnProfile, limit: float) -> bool:
    return column.largest is not None and float(column.largest) <= limit
