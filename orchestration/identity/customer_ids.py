"""Customer ids: the same from night to night, whatever is matched.

Belongs here: carrying ids over to tonight's clusters, new ids, and telling what was merged and split. Does not belong
here: finding the clusters (clusters.py), keeping the result (state.py).

Every id goes to the cluster that holds most of its records. A cluster that gets several keeps the oldest: the others
are merged into it. A cluster that gets none is new, and so is the smaller part of one that was split. A new id is a
digest of its founder, the reference or profile that was seen first, so that a first night gives the same ids wherever
and in whatever order it runs; and somebody who is separated again from whom they were merged into gets the old id back.
"""

from __future__ import annotations

import hashlib

import duckdb

from data_contracts.sql_quoting import text

ID_DIGITS = 20


def give_ids(connection: duckdb.DuckDBPyConnection, *, prefix: str, night: str) -> None:
    """Give every component of tonight its id.

    Reads ``profiles`` (n, profile_id, customer_ref, records_count, first_seen_at), ``components`` (n, component) and
    what the night before left: ``previous_members`` (profile_id, customer_id, valid_from, valid_to) and
    ``previous_customers`` (customer_id, created_on, founder, merged_into, merged_on), and ``reconsidered``
    (profile_id): the profiles of tonight and those that are gone; all others stay whose they were. Makes ``members``
    and ``customers`` of the same columns, and ``events`` (event, customer_id, other_id, profiles, records).

    Args:
        connection: The connection.
        prefix: What an id begins with, such as ``c_``.
        night: The date of tonight; where the state knows a later one, that.
    """
    _carry_over(connection)
    _name_new_ones(connection, prefix=prefix)
    _write_members(connection, night=night)
    _write_customers(connection, night=night)
    _write_events(connection)


def _carry_over(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        """
        create or replace table held as
        select profile_id, customer_id from previous_members
        semi join reconsidered using (profile_id)
        where valid_to is null
        """
    )
    connection.execute(
        """
        create or replace table carried as
        with holdings as (
            select
                components.component, held.customer_id, sum(profiles.records_count) as records,
                bool_or(coalesce(profiles.customer_ref, profiles.profile_id) = previous_customers.founder) as
                has_founder, min(profiles.profile_id) as first_profile
            from held
            inner join profiles using (profile_id)
            inner join components using (n)
            inner join previous_customers using (customer_id)
            group by all
        ),
        claims as (
            select component, customer_id
            from holdings
            qualify row_number() over (
                partition by customer_id order by records desc, has_founder desc, first_profile asc
            ) = 1
        )
        select
            claims.component,
            claims.customer_id,
            first_value(claims.customer_id) over (
                partition by claims.component
                order by previous_customers.created_on asc, previous_customers.customer_id asc
            ) as kept_id
        from claims
        inner join previous_customers using (customer_id)
        """
    )


def _name_new_ones(connection: duckdb.DuckDBPyConnection, *, prefix: str) -> None:
    connection.execute(
        f"""
        create or replace table new_ids as
        with founders as (
            select components.component, coalesce(profiles.customer_ref, profiles.profile_id) as founder
            from components
            inner join profiles using (n)
            anti join carried on components.component = carried.component
            qualify row_number() over (
                partition by components.component
                order by
                    (profiles.customer_ref is null) asc,
                    profiles.first_seen_at asc nulls last,
                    coalesce(profiles.customer_ref, profiles.profile_id) asc
            ) = 1
        )
        select
            component,
            {text(prefix)} || left(sha256(founder), {ID_DIGITS}) as customer_id,
            founder
        from founders
        """
    )
    taken = """
        select component, founder from new_ids
        where customer_id in (
            select kept_id from carried
            union all
            select customer_id from previous_members
            anti join reconsidered using (profile_id)
            where valid_to is null
        )
        union
        select component, founder from new_ids
        qualify row_number() over (partition by customer_id order by component) > 1
        order by founder, component
    """
    # A founder whose id is another cluster's by now; a handful at most.
    for component, founder in connection.execute(taken).fetchall():
        _name_another(connection, component, founder, prefix=prefix)
    connection.execute(
        """
        create or replace table ids as
        select distinct component, kept_id as customer_id from carried
        union all
        select component, customer_id from new_ids
        """
    )


def _name_another(connection: duckdb.DuckDBPyConnection, component: int, founder: str, *, prefix: str) -> None:
    known = (
        "select 1 from new_ids where customer_id = $1 union all select 1 from previous_customers where customer_id = $1"
    )
    name, attempt = "", 1
    while not name or connection.execute(known, [name]).fetchall():
        attempt += 1
        name = digest(prefix, f"{founder}#{attempt}")
    connection.execute("update new_ids set customer_id = ? where component = ?", [name, component])


def digest(prefix: str, founder: str) -> str:
    """The id of whom a founder stands for."""
    return prefix + hashlib.sha256(founder.encode()).hexdigest()[:ID_DIGITS]


def _write_members(connection: duckdb.DuckDBPyConnection, *, night: str) -> None:
    connection.execute(
        f"""
        create or replace table members as
        with tonight as (
            select profiles.profile_id, ids.customer_id
            from profiles
            inner join components using (n)
            inner join ids using (component)
        ),
        ended as (
            select
                previous_members.profile_id,
                previous_members.customer_id,
                previous_members.valid_from,
                case
                    when previous_members.valid_to is not null then previous_members.valid_to
                    when tonight.customer_id is distinct from previous_members.customer_id then date '{night}'
                end as valid_to
            from previous_members
            semi join reconsidered using (profile_id)
            left join tonight using (profile_id)
        )
        select * from previous_members anti join reconsidered using (profile_id)
        union all
        select * from ended where valid_to is null or valid_to > valid_from
        union all
        select tonight.profile_id, tonight.customer_id, date '{night}' as valid_from, cast(null as date) as valid_to
        from tonight
        anti join held on tonight.profile_id = held.profile_id and tonight.customer_id = held.customer_id
        """
    )


def _write_customers(connection: duckdb.DuckDBPyConnection, *, night: str) -> None:
    connection.execute(
        f"""
        create or replace table customers as
        with living as (
            select distinct customer_id from ids
        ),
        concerned as (
            select distinct customer_id from held
            union
            select customer_id from living
        )
        select * from previous_customers anti join concerned using (customer_id)
        union all
        select
            customer_id,
            created_on,
            founder,
            case when living.customer_id is null then coalesce(carried.kept_id, merged_into) end as merged_into,
            case
                when living.customer_id is not null then null
                when carried.kept_id is not null then date '{night}'
                else merged_on
            end as merged_on
        from previous_customers
        semi join concerned using (customer_id)
        left join carried using (customer_id)
        left join living using (customer_id)
        union all
        select customer_id, date '{night}' as created_on, founder, null as merged_into, null as merged_on
        from new_ids
        where customer_id not in (select customer_id from previous_customers)
        """
    )


def _write_events(connection: duckdb.DuckDBPyConnection) -> None:
    """What happened to records that had an id before: merged into another customer, split off, or moved."""
    connection.execute(
        """
        create or replace table events as
        with moves as (
            select
                held.customer_id as from_id,
                ids.customer_id as to_id,
                count(*) as profiles,
                cast(sum(profiles.records_count) as bigint) as records
            from held
            inner join profiles using (profile_id)
            inner join components using (n)
            inner join ids using (component)
            where held.customer_id <> ids.customer_id
            group by all
        )
        select
            case
                when carried.kept_id = moves.to_id then 'merge'
                when new_ids.customer_id is not null then 'split'
                else 'move'
            end as event,
            case when carried.kept_id = moves.to_id then moves.to_id else moves.from_id end as customer_id,
            case when carried.kept_id = moves.to_id then moves.from_id else moves.to_id end as other_id,
            moves.profiles,
            moves.records
        from moves
        left join carried on moves.from_id = carried.customer_id
        left join new_ids on moves.to_id = new_ids.customer_id
        order by event, customer_id, other_id
        """
    )
