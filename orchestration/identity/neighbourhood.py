"""The neighbourhood of new profiles: what an increment has to look at, so that it need not look at everything.

Belongs here: which profiles a night without a full run matches again. Does not belong here: matching them
(matching.py).

A new profile can change its own customer, customers that share an identifier with it, and customers that resemble it.
Those are matched again as a whole, and with them the customers that share an identifier with any of them, because
whether a shared value joins people depends on everybody who has it. All others stay as they were.
"""

from __future__ import annotations

import duckdb

from orchestration.identity.candidates import MAX_BLOCK
from orchestration.identity.identifiers import IDENTIFIERS
from orchestration.identity.tables import single

# Columns that a new profile and one it resembles are likely to have in common; what they miss waits for the full run.
_ALIKE = (("first_name", "last_name"), ("first_name", "postal_code"), ("last_name", "birth_date"))


def find_new(connection: duckdb.DuckDBPyConnection, relation: str) -> tuple[int, int]:
    """Make the tables ``arrived`` and ``gone`` (profile_id): nobody's the night before, and not there any more.

    Returns:
        How many profiles arrived, and how many there are.
    """
    connection.execute(
        f"""
        create or replace table arrived as
        select profile_id from {relation}
        anti join (select profile_id from previous_members where valid_to is null) as held_before using (profile_id);
        create or replace table gone as
        select profile_id from previous_members
        anti join (select profile_id from {relation}) as tonight using (profile_id)
        where valid_to is null
        """
    )
    rows = int(single(connection, f"select count(*) from {relation}"))
    return int(single(connection, "select count(*) from arrived")), rows


def find_neighbourhood(connection: duckdb.DuckDBPyConnection, relation: str) -> None:
    """Make the table ``scope`` (profile_id): everything that may change because of ``arrived`` and ``gone``.

    Args:
        connection: The connection, with the tables of the state before.
        relation: All profiles of tonight.
    """
    connection.execute(
        f"""
        create or replace table held_by as
        select profile_id, customer_id from previous_members where valid_to is null;
        create or replace table newcomers as
        select * from {relation} semi join arrived using (profile_id)
        """
    )
    alike = " union ".join(
        f"""
        select profile_id from {relation} semi join newcomers using ({", ".join(columns)})
        qualify count(*) over (partition by {", ".join(columns)}) <= {MAX_BLOCK}
        """
        for columns in _ALIKE
    )
    connection.execute(
        f"""
        create or replace table touched as
        select profile_id from arrived
        union
        {alike}
        union
        {_sharing("newcomers", relation)}
        union
        select profile_id from decided_profiles
        """
    )
    connection.execute(
        f"""
        create or replace table concerned as
        {_with_customers("(select profile_id from touched union all select profile_id from gone)", relation)};
        create or replace table sharing as
        {_sharing(f"(select * from {relation} semi join concerned using (profile_id))", relation)};
        create or replace table scope as
        {_with_customers("(from concerned union all from sharing)", relation)}
        """
    )


def _sharing(some: str, relation: str) -> str:
    """Profiles that have an identifier of some others."""
    return " union ".join(
        f"select profile_id from {relation} where {column} in (select {column} from {some} where {column} is not null)"
        for column in IDENTIFIERS.values()
    )


def _with_customers(some: str, relation: str) -> str:
    """Some profiles and all others of their customers, as far as they are there tonight."""
    return f"""
        select these.profile_id
        from {some} as these
        semi join (select profile_id from {relation}) as tonight using (profile_id)
        union
        select held_by.profile_id
        from held_by
        semi join (select customer_id from held_by semi join {some} as these using (profile_id)) as customers
            using (customer_id)
        semi join (select profile_id from {relation}) as tonight using (profile_id)
        """
