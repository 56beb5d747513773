"""Identifiers: values that are meant to belong to one person, and what they link.

Belongs here: references, e-mail addresses, telephones, loyalty numbers and social accounts; which of their values link
nobody, which are shared by several people, and the links that the others make. Does not belong here: resemblance of
names and addresses (scores.py), putting links together (clusters.py).

A value links all profiles that have it. Three things stop it:

* It is blocked: a pattern of the settings (noreply@...), or more people have it than share a home (a switchboard, an
  agency). Then it links nobody.
* It is contested: the profiles that have it name people who cannot be one person. Then it links each name's profiles
  with each other only.
* A profile that gives a contested value and no full name could be any of them. It is attached to one of them, and
  joins nobody: to somebody it was seen with within a year, before others; to whom a customer record gives the value;
  to whom it was last seen with.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb

from data_contracts.sql_quoting import text
from orchestration.identity.name_rules import person_of

# Kind of identifier and column of the profiles, the strongest first.
IDENTIFIERS = {
    "reference": "customer_ref",
    "loyalty_number": "loyalty_number",
    "account": "handle",
    "email": "email",
    "phone": "phone",
}
# A number does not say who of a household it was: a record without a name that has an e-mail address is known by the
# address, and one with a reference by the reference.
_CARRIES = {"phone": "(given is not null or last_name is not null or (email is null and customer_ref is null))"}
# Telephone companies give a number to the next customer after some months.
DAYS_BEFORE_A_NUMBER_IS_ANOTHERS = 365


def find_identifiers(
    connection: duckdb.DuckDBPyConnection,
    *,
    blocked: Mapping[str, Sequence[str]],
    max_people: int,
    known_blocked: str = "(select null as kind, null as value, null as reason where false)",
) -> None:
    """Make the table ``identifiers``: kind, value, status (free, contested, blocked) and reason of every shared value.

    Values that one profile alone has link nothing and are left out.

    Args:
        connection: The connection with ``profiles`` and the name rules.
        blocked: Patterns (``*`` and ``?``) of values that link nobody, by kind of identifier.
        known_blocked: Relation of kind, value and reason that are blocked whoever else has them, where only some
            profiles are looked at.
        max_people: How many people, told by name or by reference, may share a value before it links nobody.
    """
    sources = " union all ".join(
        f"select '{kind}' as kind, {column} as value, n from profiles "
        f"where {column} is not null and {_CARRIES.get(kind, 'true')}"
        for kind, column in IDENTIFIERS.items()
    )
    patterns = " or ".join(
        f"(people.kind = {text(kind)} and people.value glob {text(pattern)})"
        for kind, given in blocked.items()
        for pattern in given
    )
    connection.execute(
        f"""
        create or replace table carriers as
        select * from ({sources})
        qualify count(*) over (partition by kind, value) > 1
        """
    )
    # One row per value and person as named; profiles without a given name are one nameless row each value.
    connection.execute(
        """
        create or replace table named_carriers as
        select
            carriers.kind,
            carriers.value,
            profiles.given,
            case when profiles.given is not null then profiles.last_name end as last_name,
            case when profiles.given is not null then profiles.birth_date end as birth_date,
            profiles.told_family,
            any_value(profiles.given_count) as given_count,
            min(profiles.n) as n
        from carriers
        inner join profiles using (n)
        where carriers.kind <> 'reference'
        group by all
        """
    )
    connection.execute(
        f"""
        create or replace table identifiers as
        with people as (
            select
                carriers.kind,
                carriers.value,
                count(*) as profiles,
                count(distinct profiles.given) filter (where is_full(profiles.given)) as names,
                count(distinct profiles.customer_ref) filter (where not is_full(profiles.given)) as nameless_refs
            from carriers
            inner join profiles using (n)
            group by all
        ),
        contested as (
            select distinct l.kind, l.value
            from named_carriers as l
            inner join named_carriers as r
                on
                    l.kind = r.kind
                    and l.value = r.value
                    and l.n < r.n
                    and coalesce(l.given, l.told_family) is not null
                    and coalesce(r.given, r.told_family) is not null
            inner join people on l.kind = people.kind and l.value = people.value and people.names <= {max_people}
            where persons_conflict({person_of("l")}, {person_of("r")})
        )
        select
            people.kind,
            people.value,
            people.profiles,
            case
                when people.kind = 'reference' then 'free'
                when {patterns or "false"} then 'blocked'
                when known.value is not null then 'blocked'
                when greatest(people.names, people.nameless_refs) > {max_people} then 'blocked'
                when contested.value is not null then 'contested'
                else 'free'
            end as status,
            case
                when people.kind = 'reference' then null
                when {patterns or "false"} then 'pattern'
                when known.value is not null then known.reason
                when people.names > {max_people} then people.names || ' names'
                when people.nameless_refs > {max_people} then people.nameless_refs || ' records without a name'
                when contested.value is not null then 'names of different people'
            end as reason
        from people
        left join contested using (kind, value)
        left join {known_blocked} as known using (kind, value)
        """
    )


def link_identifiers(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the table ``identifier_links``: l, r (numbers of profiles, l < r), kind and value.

    A free value links all its profiles to the first of them; a contested one links the profiles of one name, and
    names that do not contradict each other.
    """
    connection.execute(
        f"""
        create or replace table identifier_links as
        with live as (
            select carriers.*, identifiers.status
            from carriers
            inner join identifiers using (kind, value)
            where identifiers.status <> 'blocked'
        ),
        free as (
            select min(n) over (partition by kind, value) as l, n as r, kind, value
            from live
            where status = 'free'
        ),
        of_one_name as (
            select
                min(n) over (
                    partition by live.kind, live.value, profiles.given, profiles.last_name, profiles.birth_date
                ) as l,
                n as r,
                live.kind,
                live.value
            from live
            inner join profiles using (n)
            where live.status = 'contested' and is_full(profiles.given)
        ),
        of_like_names as (
            select l.n as l, r.n as r, l.kind, l.value
            from named_carriers as l
            inner join named_carriers as r
                on l.kind = r.kind and l.value = r.value and l.n < r.n and is_full(l.given) and is_full(r.given)
            inner join identifiers on l.kind = identifiers.kind and l.value = identifiers.value
            where identifiers.status = 'contested' and not persons_conflict({person_of("l")}, {person_of("r")})
        )
        select * from free where l <> r
        union all
        select * from of_one_name where l <> r
        union all
        select * from of_like_names
        """
    )


def attach_nameless(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the table ``attachments``: l (whom), r (the nameless profile), kind and value of contested identifiers.

    Reads ``components`` (n, component), which hold what the links so far have put together. A component that names
    nobody is attached as a whole to one profile that has the same contested value, and names somebody whom the
    component's initials do not contradict.
    """
    connection.execute(
        f"""
        create or replace table attachments as
        with nameless as (
            select components.component
            from components
            inner join profiles using (n)
            group by components.component
            having not bool_or(coalesce(is_full(profiles.given), false))
        ),
        claims as (
            select
                components.component,
                profiles.n,
                profiles.given,
                profiles.last_name,
                profiles.given_count,
                profiles.birth_date,
                profiles.told_family,
                profiles.first_seen_at,
                profiles.last_seen_at,
                carriers.kind,
                carriers.value
            from nameless
            inner join components using (component)
            inner join profiles using (n)
            inner join carriers using (n)
            inner join identifiers using (kind, value)
            where identifiers.status = 'contested'
        ),
        answers as (
            select
                claims.component,
                claims.n as r,
                owner.n as l,
                claims.kind,
                claims.value,
                owner.customer_ref is not null as is_record,
                owner.records_count,
                greatest(
                    date_diff('day', owner.last_seen_at, claims.first_seen_at),
                    date_diff('day', claims.last_seen_at, owner.first_seen_at),
                    0
                ) as days_apart
            from claims
            inner join carriers using (kind, value)
            inner join profiles as owner on carriers.n = owner.n
            where is_full(owner.given) and not persons_conflict({person_of("owner")}, {person_of("claims")})
        )
        select l, r, kind, value
        from answers
        qualify row_number() over (
            partition by component
            order by
                coalesce(days_apart, 0) > {DAYS_BEFORE_A_NUMBER_IS_ANOTHERS} asc,
                is_record desc,
                coalesce(days_apart, 0) asc,
                array_position({list(IDENTIFIERS)}, kind) asc,
                records_count desc,
                l asc,
                r asc
        ) = 1
        """
    )
