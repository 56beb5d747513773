"""Profiles: the distinct ways in which records say who somebody is.

Belongs here: the columns that matching reads, and bringing them into the connection it works on. Does not belong here:
normalising them (dbt_project/models/identity/int_identity__profiles.sql).
"""

from __future__ import annotations

import duckdb

from orchestration.identity.tables import single

# Column and type, in the order of the model int_identity__profiles. All texts are normalised, nulls are unknown.
PROFILE_COLUMNS = {
    "profile_id": "varchar",
    "customer_ref": "varchar",
    "ref_source_name": "varchar",
    "email": "varchar",
    "phone": "varchar",
    "loyalty_number": "varchar",
    "handle": "varchar",
    "first_name": "varchar",
    "last_name": "varchar",
    "street": "varchar",
    "house_number": "varchar",
    "postal_code": "varchar",
    "city": "varchar",
    "country_code": "varchar",
    "birth_date": "date",
    "records_count": "bigint",
    "first_seen_at": "timestamptz",
    "last_seen_at": "timestamptz",
}


# A word in an address is a name only if so many profiles are called that.
MIN_BEARERS = 3


def count_names(connection: duckdb.DuckDBPyConnection, relation: str) -> None:
    """Make the table ``name_counts``: kind (given, family), word and in how many profiles of a relation it occurs."""
    connection.execute(
        f"""
        create or replace table name_counts as
        select kind, word, count(*) as bearers
        from (
            select 'given' as kind, nullif(split_part(first_name, ' ', 1), '') as word from {relation}
            union all
            select 'family', unnest(string_split(last_name, ' ')) from {relation}
        )
        where word is not null
        group by all
        """
    )


def take_profiles(connection: duckdb.DuckDBPyConnection, relation: str) -> int:
    """Make the table ``profiles`` out of a relation with ``PROFILE_COLUMNS`` and return its rows.

    Every profile gets a number ``n``, counted in the order of the ids, so that the order of the rows says nothing. A
    column ``given`` holds the first given name, which is what tells people of one household apart, and ``given_count``
    how many profiles have it, by ``name_counts``. Where no name is given, an address such as melanie.hahn@... tells it,
    if that is a given name of somebody else's; ``told_family`` is the family name that it tells.

    Args:
        connection: The connection that matching works on.
        relation: What to read, as it stands behind ``from``.
    """
    columns = ", ".join(f"cast({name} as {kind}) as {name}" for name, kind in PROFILE_COLUMNS.items())
    connection.execute(
        f"""
        create or replace table profiles as
        with numbered as (
            select
                cast(row_number() over (order by profile_id) - 1 as integer) as n,
                {columns},
                nullif(split_part(first_name, ' ', 1), '') as named
            from {relation}
        ),
        names as (
            -- A word that is both as often is taken for a given name.
            select word, max_by(kind, (bearers, kind)) as kind
            from name_counts
            where length(word) > 2
            group by word
            having max(bearers) >= {MIN_BEARERS}
        ),
        words as (
            select n, unnest(regexp_split_to_array(split_part(email, '@', 1), '[^a-z]+')) as word
            from numbered
            where first_name is null and last_name is null and email is not null
        ),
        told as (
            select
                n,
                case when count(*) filter (where kind = 'given') = 1 then min(word) filter (where kind = 'given') end
                    as given,
                case when count(*) filter (where kind = 'family') = 1 then min(word) filter (where kind = 'family') end
                    as family
            from words inner join names using (word)
            group by n
        )
        select
            numbered.* exclude (named),
            coalesce(numbered.named, told.given) as given,
            told.family as told_family,
            coalesce(name_counts.bearers, 0) as given_count
        from numbered
        left join told using (n)
        left join name_counts
            on name_counts.kind = 'given' and name_counts.word = coalesce(numbered.named, told.given)
        order by n
        """
    )
    return int(single(connection, "select count(*) from profiles"))
