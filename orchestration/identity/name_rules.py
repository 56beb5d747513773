"""When two names cannot be one person's.

Belongs here: the rule that keeps households apart, as SQL macros. Does not belong here: what uses it (identifiers.py,
scores.py, clusters.py).

People who live together share surname, address, often an e-mail address or a telephone, so that their records agree on
nearly everything. What tells them apart is the given name, and a birth date where one is known. So different given
names are a veto, whatever the rest says, unless the birth dates are the same. Two spellings count as one name when a
slip of the fingers explains them: two letters exchanged, or a letter or two off in a spelling far rarer than the other.
Marie and Maria are both common and stay two; Mraie and, where hardly anybody is called that, Marei are slips. Given and
family name in each other's place are no difference.
"""

from __future__ import annotations

import duckdb

# How many times rarer a spelling must be than the one it is taken for.
RARER_BY = 5

_MACROS = (
    # An initial says too little to contradict anything.
    "is_full(name) as name is not null and length(name) > 1",
    f"""is_slip(a, b, a_count, b_count) as
        abs(length(a) - length(b)) <= 2
        and (
            (damerau_levenshtein(a, b) = 1 and levenshtein(a, b) = 2)
            or (
                greatest(a_count, b_count) >= {RARER_BY} * least(a_count, b_count)
                and damerau_levenshtein(a, b) <= case when least(length(a), length(b)) >= 6 then 2 else 1 end
            )
        )""",
    """birth_dates_conflict(a, b) as
        a is not null and b is not null and damerau_levenshtein(strftime(a, '%Y%m%d'), strftime(b, '%Y%m%d')) > 2""",
    """given_names_conflict(a, b) as
        is_full(a.given) and is_full(b.given)
        and a.given <> b.given
        and not is_slip(a.given, b.given, a.given_count, b.given_count)
        and coalesce(a.given <> b.last_name, true)
        and coalesce(b.given <> a.last_name, true)""",
    # An initial contradicts a name that begins otherwise; given names that are not there contradict nothing.
    """initials_conflict(a, b) as
        a.given is not null and b.given is not null
        and (length(a.given) = 1 or length(b.given) = 1)
        and a.given[1] <> b.given[1]""",
    """names_conflict(a, b) as
        (given_names_conflict(a, b) or initials_conflict(a, b)) and coalesce(a.birth_date <> b.birth_date, true)""",
    # An address made of one name, and a record with quite another one.
    """told_names_conflict(a, b) as
        a.told_family is not null and b.last_name is not null
        and not contains(b.last_name, a.told_family)
        and coalesce(a.given <> b.given, true)""",
    """persons_conflict(a, b) as
        names_conflict(a, b)
        or birth_dates_conflict(a.birth_date, b.birth_date)
        or told_names_conflict(a, b)
        or told_names_conflict(b, a)""",
)


def create_name_rules(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the macros; ``persons_conflict(a, b)`` takes what ``person_of`` gives."""
    for macro in _MACROS:
        connection.execute(f"create or replace temp macro {macro}")


def person_of(alias: str) -> str:
    """The struct that ``persons_conflict`` takes, for a row of ``profiles`` or of a table with these columns."""
    names = ("given", "last_name", "given_count", "birth_date", "told_family")
    return "{" + ", ".join(f"'{name}': {alias}.{name}" for name in names) + "}"
