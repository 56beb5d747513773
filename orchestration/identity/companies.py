"""Companies: which company records are one company.

Belongs here: the links between company records and what forbids them. Does not belong here: which person belongs to
which company (dbt_project/models/identity/int_identity__customers.sql).

Companies are far fewer than persons and say more of themselves, so that rules suffice and nothing has to be learnt: one
registry number, one domain, or one name (or nearly one) at one place is one company. Records with different registry
numbers are never one company, and neither are a parent and its subsidiary, though they share name and domain.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import duckdb

from data_contracts.sql_quoting import text_list
from orchestration.identity.clusters import put_together
from orchestration.identity.customer_ids import give_ids

# A domain or name that more records have is a group's or a franchise's, and joins nobody.
MAX_RECORDS = 6
SIMILAR_NAMES = 0.93
# Kinds of links, the strongest first.
_KINDS = ("registry number", "domain", "name and place", "like name and place")


def match_companies(
    connection: duckdb.DuckDBPyConnection, relation: str, *, mail_providers: str, night: dt.date
) -> int:
    """Match the company records of a relation.

    Args:
        connection: A connection of its own, with ``previous_members`` and ``previous_customers`` of companies.
        relation: Rows of the model int_identity__company_records.
        mail_providers: A relation of domains that are no company's.
        night: The date that new ids begin on.

    Returns:
        The number of companies. Leaves ``members`` and ``customers``, whose customer_id is the company's.
    """
    connection.execute(
        f"""
        create or replace table profiles as
        select
            cast(row_number() over (order by company_ref) - 1 as integer) as n,
            company_ref as profile_id,
            company_ref as customer_ref,
            cast(1 as bigint) as records_count,
            created_at as first_seen_at,
            name_key,
            domain_key,
            registry_key,
            postal_key,
            city_key,
            country_code,
            parent_company_ref
        from {relation}
        order by n
        """
    )
    connection.execute(
        f"""
        create or replace table links as
        with pairs as (
            select l.n as l, r.n as r, 'registry number' as kind
            from profiles as l
            inner join profiles as r on l.registry_key = r.registry_key and l.n < r.n
            where coalesce(l.country_code = r.country_code, true)
            union all
            select l.n, r.n, 'domain'
            from profiles as l
            inner join profiles as r on l.domain_key = r.domain_key and l.n < r.n
            where
                l.domain_key not in (select domain from {mail_providers})
                and l.domain_key in (select domain_key from profiles group by all having count(*) <= {MAX_RECORDS})
                and jaro_winkler_similarity(coalesce(l.name_key, ''), coalesce(r.name_key, '')) >= 0.8
            union all
            select l.n, r.n, 'name and place'
            from profiles as l
            inner join profiles as r on l.name_key = r.name_key and l.n < r.n
            where
                (l.postal_key = r.postal_key or l.city_key = r.city_key)
                and coalesce(l.country_code = r.country_code, true)
                and l.name_key in (select name_key from profiles group by all having count(*) <= {MAX_RECORDS})
            union all
            select l.n, r.n, 'like name and place'
            from profiles as l
            inner join profiles as r on l.postal_key = r.postal_key and l.n < r.n and l.name_key <> r.name_key
            where
                coalesce(l.country_code = r.country_code, true)
                and jaro_winkler_similarity(l.name_key, r.name_key) >= {SIMILAR_NAMES}
        )
        select pairs.l, pairs.r, min(pairs.kind) as kind
        from pairs
        inner join profiles as l on pairs.l = l.n
        inner join profiles as r on pairs.r = r.n
        where
            coalesce(l.registry_key = r.registry_key or l.country_code <> r.country_code, true)
            and coalesce(l.parent_company_ref <> r.customer_ref, true)
            and coalesce(r.parent_company_ref <> l.customer_ref, true)
        group by pairs.l, pairs.r
        """
    )
    _drop_contradictions(connection)
    put_together(connection, "links")
    # There are so few that every night looks at all of them.
    connection.execute(
        """
        create or replace table reconsidered as
        select profile_id from profiles union select profile_id from previous_members
        """
    )
    give_ids(connection, prefix="o_", night=night.isoformat())
    ((companies,),) = connection.execute(
        "select count(distinct customer_id) from members where valid_to is null"
    ).fetchall()
    return int(companies)


@dataclass
class _Company:
    """What the records of a company say so far: registry numbers with their countries, references, their parents'."""

    registered: set[tuple[str, str | None]]
    references: set[str]
    parents: set[str]

    def contradicts(self, other: _Company) -> bool:
        return (
            not self.references.isdisjoint(other.parents)
            or not other.references.isdisjoint(self.parents)
            or any(
                number != its and (country is None or where is None or country == where)
                for number, country in self.registered
                for its, where in other.registered
            )
        )

    def take(self, other: _Company) -> None:
        self.registered |= other.registered
        self.references |= other.references
        self.parents |= other.parents


def _drop_contradictions(connection: duckdb.DuckDBPyConnection) -> None:
    """Drop the links that would join, over a third record, what is not one company; the strongest links stay."""
    companies = {
        n: _Company({(registry, country)} if registry else set(), {reference}, {parent} if parent else set())
        for n, registry, country, reference, parent in connection.execute(
            "select n, registry_key, country_code, customer_ref, parent_company_ref from profiles"
        ).fetchall()
    }
    root = {n: n for n in companies}
    dropped = []
    links = connection.execute(
        f"select l, r from links order by list_position({text_list(_KINDS)}, kind), l, r"
    ).fetchall()
    for left, right in links:
        one, other = _root(root, left), _root(root, right)
        if one == other:
            continue
        if companies[one].contradicts(companies[other]):
            dropped.append((left, right))
        else:
            root[other] = one
            companies[one].take(companies.pop(other))
    if dropped:
        connection.executemany("delete from links where l = ? and r = ?", dropped)


def _root(root: dict[int, int], n: int) -> int:
    while root[n] != n:
        root[n] = root[root[n]]
        n = root[n]
    return n
