"""The ledger: every merge, split and move of customers, with its reason and the evidence.

Belongs here: why tonight's events happened. Does not belong here: finding them (customer_ids.py).
"""

from __future__ import annotations

import duckdb


def write_ledger(connection: duckdb.DuckDBPyConnection, *, night: str) -> None:
    """Make the table ``ledger``: that of the night before and tonight's events.

    The reason of a merge is its strongest link between a record of the one and a record that was not; the evidence
    names both profiles. A split has what keeps the two apart now, and where nothing does, a link is gone.
    """
    connection.execute(
        f"""
        create or replace table ledger as
        with ended_at as (
            select profiles.n, held.customer_id as held_id, ids.customer_id as id
            from profiles
            inner join components using (n)
            inner join ids using (component)
            left join held using (profile_id)
        ),
        bridges as (
            select
                events.customer_id,
                events.other_id,
                links.kind,
                links.strength,
                left_profile.profile_id || ' - ' || right_profile.profile_id as evidence
            from events
            inner join ended_at as one on events.other_id = one.held_id and events.customer_id = one.id
            inner join (
                select l as n, r as other, kind, strength from links
                union all
                select r as n, l as other, kind, strength from links
            ) as links on one.n = links.n
            inner join ended_at as other on links.other = other.n and other.held_id is distinct from events.other_id
            inner join profiles as left_profile on one.n = left_profile.n
            inner join profiles as right_profile on other.n = right_profile.n
            where events.event = 'merge'
            qualify row_number() over (
                partition by events.customer_id, events.other_id order by links.strength desc, evidence asc
            ) = 1
        ),
        barriers as (
            select
                events.customer_id,
                events.other_id,
                walls.reason,
                left_profile.profile_id || ' - ' || right_profile.profile_id as evidence
            from events
            inner join (
                select l, r, reason from refused_links
                union all
                select l, r, 'separated by a person' as reason from separated
                union all
                select l, r, 'different names' as reason from scores where is_vetoed
            ) as walls on true
            inner join ended_at as one on walls.l = one.n
            inner join ended_at as other on walls.r = other.n
            inner join profiles as left_profile on walls.l = left_profile.n
            inner join profiles as right_profile on walls.r = right_profile.n
            where
                events.event in ('split', 'move')
                and (one.id, other.id) in ((events.customer_id, events.other_id), (events.other_id, events.customer_id))
            qualify row_number() over (
                partition by events.customer_id, events.other_id order by walls.reason desc, evidence asc
            ) = 1
        )
        select * from previous_ledger
        union all
        select
            date '{night}' as night,
            events.event,
            events.customer_id,
            events.other_id,
            events.profiles,
            events.records,
            coalesce(bridges.kind, barriers.reason, 'no link holds them together any more') as reason,
            coalesce(
                bridges.evidence
                || case when bridges.kind = 'match' then ' (weight ' || round(bridges.strength, 1) || ')' else '' end,
                barriers.evidence
            ) as evidence
        from events
        left join bridges using (customer_id, other_id)
        left join barriers using (customer_id, other_id)
        order by night, event, customer_id, other_id
        """
    )
