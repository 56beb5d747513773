"""The key of a table, its versions and the time by which it is judged.

Belongs here: counting how often values occur in the sampled rows, and choosing. Does not belong here: what columns mean
(mapping.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import duckdb

from orchestration.onboarding.name_hints import name_hints
from orchestration.onboarding.profile import ColumnProfile, FileProfile
from orchestration.onboarding.sample import TABLE

# Roles that are an entity's key, the best first.
_PREFERRED: dict[str, tuple[tuple[str, ...], ...]] = {
    "order_lines": (("order_id", "line_number"), ("order_id",), ("order_id", "sku")),
    "customers": (("customer_ref",),),
    "companies": (("company_ref",), ("company_name",)),
    "products": (("sku",),),
    "interactions": (("interaction_id",),),
    "campaign_exposures": (("exposure_id",), ("campaign_id", "customer_ref"), ("campaign_id", "email")),
    "survey_answers": (("response_id", "question_id"), ("response_id",)),
    "survey_questions": (("survey_id", "question_id"), ("question_id",)),
    "social_interactions": (("interaction_id",),),
    "social_handles": (("platform", "author_handle"), ("author_handle",)),
    "exchange_rates": (("currency_code", "quote_currency_code", "rate_date"), ("currency_code", "rate_date")),
}
_EVENT_TIMES = ("ordered_at", "occurred_at", "answered_at", "assigned_at", "rate_date", "updated_at", "created_at")
# A record a thousand without a key is a mistake in the file; more are a wrong guess. In files too small for that, some.
_DOUBTFUL, _DOUBTFUL_FEW = 0.02, 0.25
_MOST_FOR_PAIRS = 8


@dataclass(frozen=True)
class KeyChoice:
    """What identifies a record.

    Attributes:
        columns: The key; empty when nothing identifies a record.
        version: The column whose greatest value is the current version of a record, or None.
        event_time: The column by which freshness is judged, or None.
        told: What was found, for people.
    """

    columns: tuple[ColumnProfile, ...]
    version: ColumnProfile | None
    event_time: ColumnProfile | None
    told: str


def choose_key(
    con: duckdb.DuckDBPyConnection, profile: FileProfile, entity: str, roles: Mapping[str, ColumnProfile]
) -> KeyChoice:
    """Find what identifies a record of the sampled rows.

    Args:
        con: Has the table of sampled rows.
        profile: What they hold.
        entity: What the records are.
        roles: The columns' roles for it.
    """
    version = _version(profile, roles)
    times = [roles[role] for role in _EVENT_TIMES if role in roles and _is_judgeable(roles[role])]
    event_time = times[0] if times else version
    asked = [tuple(roles[role] for role in key) for key in _PREFERRED.get(entity, ()) if all(r in roles for r in key)]
    for columns in asked:
        missing, repeated = _faults(con, columns)
        if not missing and not repeated:
            return KeyChoice(columns, None, event_time, f"{_named(columns)}: always filled and never twice")
        if version is not None and version not in columns and not missing:
            _, repeated_versions = _faults(con, (*columns, version), may_be_missing=version)
            if not repeated_versions:
                told = f"{_named(columns)}; it comes with several {version.name}, of which the greatest wins"
                return KeyChoice(columns, version, event_time, told)
    best = _unique(con, profile, asked)
    if best is None and entity == "customers" and "email" in roles and not any(_faults(con, (roles["email"],))):
        best = (roles["email"],)
    if best is not None:
        return KeyChoice(best, None, event_time, f"{_named(best)}: always filled and never twice")
    limit = profile.rows * (_DOUBTFUL if profile.rows >= 200 else _DOUBTFUL_FEW)
    for columns in asked if entity != "order_lines" else ():
        missing, repeated = _faults(con, columns)
        if missing + repeated <= limit:
            told = (
                f"{_named(columns)}, though it is missing {missing:,} times and repeated {repeated:,} times: these "
                "records go to quarantine. Look at it"
            )
            return KeyChoice(columns, None, event_time, told)
    return KeyChoice((), None, event_time, "nothing identifies a record: no column and no pair of them is unique")


def constant_within(con: duckdb.DuckDBPyConnection, group: ColumnProfile, column: ColumnProfile) -> bool:
    """Whether a column says the same on every line of nearly all groups of several lines, and something at all."""
    row = con.execute(f"""
        select count(*), count(*) filter (different = 1 and filled = lines) from (
            select count(*) as lines, count({column.expression}) as filled,
                count(distinct {column.expression}) as different
            from {TABLE} where {group.expression} is not null group by {group.expression}
            having count(*) > 1 and count(distinct {column.expression}) > 0
        ) as grouped
    """).fetchone() or (0, 0)
    return bool(row[0]) and row[1] >= 0.95 * row[0]


def _version(profile: FileProfile, roles: Mapping[str, ColumnProfile]) -> ColumnProfile | None:
    """When a record was last changed."""
    if "updated_at" in roles and _is_judgeable(roles["updated_at"]):
        return roles["updated_at"]
    words = ("updated", "modified", "modstamp", "geaendert", "aenderung")
    named = [c for c in profile.columns if any(word in c.name for word in words) and _is_judgeable(c)]
    return named[0] if named else None


def _is_judgeable(column: ColumnProfile) -> bool:
    """Whether the contract's own type is a time, not a text that staging makes one of."""
    return column.type.is_time and column.type.reads_as is None


def _unique(
    con: duckdb.DuckDBPyConnection, profile: FileProfile, asked: Sequence[tuple[ColumnProfile, ...]]
) -> tuple[ColumnProfile, ...] | None:
    """A column, or a pair with one of the asked columns in it, that is always filled and never twice."""
    filled = [column for column in profile.columns if profile.is_always_filled(column) and column.distinct > 1]
    naming = [
        column
        for column in filled
        if column.is_identifier or "identifier" in name_hints(column.name) or column.name in ("id", "key", "uuid")
    ]
    for column in sorted(naming, key=lambda column: column.name not in ("id", "uuid")):
        if column.personal is None and column.distinct == profile.rows:
            return (column,)
    wanted = {column.name for columns in asked for column in columns}
    counting = [
        c for c in filled if c not in naming and c.type.physical in ("integer", "bigint") and c.type.unit is None
    ]
    pairs = combinations([*naming, *counting][:_MOST_FOR_PAIRS], 2)
    for pair in pairs:
        # Something that happened to be different beside something else that is no number of anything is chance.
        if (wanted and not wanted & {c.name for c in pair}) or not any(c in naming for c in pair):
            continue
        if pair[0].distinct * pair[1].distinct >= profile.rows and not any(_faults(con, pair)):
            return pair
    return None


def _faults(
    con: duckdb.DuckDBPyConnection,
    columns: Sequence[ColumnProfile],
    *,
    may_be_missing: ColumnProfile | None = None,
) -> tuple[int, int]:
    """Records without a whole key, and records whose key occurred before."""
    names = ", ".join(column.expression for column in columns)
    filled = " and ".join(
        f"nullif(trim(cast({c.expression} as varchar)), '') is not null" for c in columns if c is not may_be_missing
    )
    row = con.execute(f"""
        select (select count(*) from {TABLE}) - coalesce(sum(times), 0), coalesce(sum(times - 1), 0)
        from (select count(*) as times from {TABLE} where {filled} group by {names}) as grouped
    """).fetchone() or (0, 0)
    return int(row[0]), int(row[1])


def _named(columns: Sequence[ColumnProfile]) -> str:
    return " and ".join(column.name for column in columns)
