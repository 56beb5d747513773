"""The queue of doubtful pairs: what a person should look at.

Belongs here: which pairs are doubtful, and why. Does not belong here: the decisions (overrides.py).
"""

from __future__ import annotations

import duckdb

MAX_PAIRS = 10_000


def find_doubtful(connection: duckdb.DuckDBPyConnection, *, threshold: float) -> int:
    """Make the table ``review_pairs``: pairs that are not one customer and may be, the likeliest first.

    Reads ``scores``, ``refused_links``, ``components``, ``separated`` and ``profiles``. Of a pair of customers only the
    likeliest pair of their profiles is listed, and none that a person has separated.
    """
    connection.execute(
        f"""
        create or replace table review_pairs as
        with doubtful as (
            select
                l,
                r,
                probability,
                weight,
                case when is_vetoed then 'different given names' else 'not sure enough' end as reason
            from scores
            where probability < {threshold} or is_vetoed
            union all
            select l, r, null as probability, strength as weight, reason || ' (' || kind || ')' as reason
            from refused_links
        )
        select
            row_number() over (order by doubtful.probability desc nulls last, l.profile_id, r.profile_id) as position,
            coalesce(l.customer_ref, l.profile_id) as left_record,
            coalesce(r.customer_ref, r.profile_id) as right_record,
            l.profile_id as left_id,
            r.profile_id as right_id,
            doubtful.probability,
            doubtful.weight,
            doubtful.reason,
            cast(l.records_count + r.records_count as bigint) as records
        from doubtful
        inner join profiles as l on doubtful.l = l.n
        inner join profiles as r on doubtful.r = r.n
        inner join components as left_one on doubtful.l = left_one.n
        inner join components as right_one on doubtful.r = right_one.n
        anti join separated on doubtful.l = separated.l and doubtful.r = separated.r
        where left_one.component <> right_one.component
        qualify row_number() over (
            partition by
                least(left_one.component, right_one.component), greatest(left_one.component, right_one.component)
            order by doubtful.probability desc nulls last, l.profile_id, r.profile_id
        ) = 1
        order by position
        limit {MAX_PAIRS}
        """
    )
    ((pairs,),) = connection.execute("select count(*) from review_pairs").fetchall()
    return int(pairs)
