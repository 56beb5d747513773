"""Candidates: pairs of profiles that are worth comparing.

Belongs here: the keys that two profiles of one person are likely to share, and the pairs they give. Does not belong
here: judging a pair (scores.py).

Comparing everybody with everybody is out of reach, so a pair is compared when it shares one of many narrow keys. There
are many because every key fails on some slip: names in each other's place, digits exchanged, a missing birth date. A
key that more than ``MAX_BLOCK`` profiles share says little and would cost its square in pairs; it is left out, which is
what keeps the cost in proportion to the number of profiles.
"""

from __future__ import annotations

import duckdb

from orchestration.identity.tables import single

MAX_BLOCK = 10
# Names alone tell somebody only if hardly anybody else is called so.
MAX_NAMESAKES = 5
# A given name of fewer profiles may be another one with a slip.
RARE_NAME = 20

_INITIALS = "least(given[1], last_name[1]) || greatest(given[1], last_name[1])"
_SORTED = "list_aggregate(list_sort(string_split({}, '')), 'string_agg', '')"
_BIRTH = "strftime(birth_date, '%Y%m%d')"
# A key is null, and gives no pair, as soon as one of its parts is.
KEYS = {
    "family name, birth date": ("last_name", _BIRTH),
    "given name, birth date": ("given", _BIRTH),
    "initials, birth date": (_INITIALS, _BIRTH),
    "initial, digits of the birth date": ("least(given[1], last_name[1])", _SORTED.format(_BIRTH)),
    "birth date, postal code": (_BIRTH, "postal_code"),
    "birth date, city": (_BIRTH, "city"),
    "birth date, street": (_BIRTH, "street"),
    "family name, postal code": ("last_name", "postal_code"),
    "given name, postal code": ("given", "postal_code"),
    "initials, city, digits of the postal code": (_INITIALS, "city[1:3]", _SORTED.format("postal_code")),
    "family name, city": ("last_name", "city"),
    "given name, city": ("given", "city"),
    "both names in any order": ("least(given, last_name)", "greatest(given, last_name)"),
    "street, house, postal code": ("street", "coalesce(house_number, '')", "postal_code"),
    "street, house, city": ("street", "coalesce(house_number, '')", "city"),
    "initials, street": (_INITIALS, "street"),
    "beginnings of street and city, initial": ("street[1:6]", "city[1:3]", "given[1]"),
    "house, digits of the postal code": ("house_number", _SORTED.format("postal_code")),
    "house, city, initials": ("house_number", "city[1:3]", _INITIALS),
    "mailbox, given name": ("split_part(email, '@', 1)", "given"),
}

_OF_NAMES_ALONE = ("both names in any order", "mailbox, given name")


def most_of(name: str) -> int:
    """How many profiles may share a key of this name."""
    return MAX_NAMESAKES if name in _OF_NAMES_ALONE else MAX_BLOCK


def find_keys(connection: duckdb.DuckDBPyConnection, named: str, *, without: tuple[str, ...] = ()) -> None:
    """Make the table ``keys`` of some profiles: n, key, digests of both names, and if the given name may be a slip.

    Args:
        connection: The connection.
        named: Query of the profiles.
        without: Names of keys to leave out.
    """
    parts = " union all ".join(
        f"select n, hash({number}, {', '.join(parts)}) as key, {most_of(name)} as most, given_code, family_code, "
        "is_loose from named "
        f"where {' and '.join(f'({part}) is not null' for part in parts)}"
        for number, (name, parts) in enumerate(KEYS.items())
        if name not in without
    )
    connection.execute(
        f"""
        create or replace table keys as
        with named as (
            select
                *,
                hash(given) as given_code,
                hash(last_name) as family_code,
                given is null or length(given) = 1 or given_count < {RARE_NAME} as is_loose
            from ({named})
        )
        {parts}
        """
    )


def find_candidates(connection: duckdb.DuckDBPyConnection, *, names_must_fit: bool, only_new: bool = False) -> int:
    """Make the table ``candidates``: l, r, of profiles with a name that nothing has put together yet.

    Args:
        connection: The connection with ``profiles`` and ``components``.
        names_must_fit: Leave out pairs of which the given names are in the way, unless they share an address or number:
            those are for a person to see.
        only_new: Give only pairs of which at least one is in the table ``new_profiles`` (n).

    Returns:
        The number of pairs.
    """
    find_keys(connection, "select * from profiles where first_name is not null or last_name is not null")
    connection.execute(
        """
        create or replace table narrow_keys as
        select keys.* from keys
        semi join (select key from keys group by key having count(*) between 2 and min(most)) as narrow using (key)
        """
    )
    left, order = "narrow_keys", "l.n < r.n"
    if only_new:
        left = "(select narrow_keys.* from narrow_keys semi join new_profiles using (n))"
        order = "(l.n < r.n or r.n not in (select n from new_profiles))"
    fit = """
        and (
            l.given_code = r.given_code
            or l.is_loose
            or r.is_loose
            or l.given_code = r.family_code
            or l.family_code = r.given_code
        )
        """
    shared = """
        union
        select least(l.n, r.n), greatest(l.n, r.n)
        from named_carriers as l
        inner join named_carriers as r using (kind, value)
        inner join identifiers using (kind, value)
        where l.n < r.n and identifiers.status = 'contested'
        """
    connection.execute(
        f"""
        create or replace table candidates as
        with pairs as (
            select distinct least(l.n, r.n) as l, greatest(l.n, r.n) as r
            from {left} as l
            inner join narrow_keys as r on l.key = r.key and l.n <> r.n and {order}
            where true {fit if names_must_fit else ""}
            {shared if names_must_fit and not only_new else ""}
        )
        select pairs.l, pairs.r
        from pairs
        inner join components as left_one on pairs.l = left_one.n
        inner join components as right_one on pairs.r = right_one.n
        where left_one.component <> right_one.component
        """
    )
    return int(single(connection, "select count(*) from candidates"))
