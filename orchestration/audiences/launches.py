"""Locking the members of the campaigns that a night launches.

Belongs here: which rows of the marts are locked. Does not belong here: the files (locks.py), when it happens (the
publication calls it, between writing a version and serving it).
"""

from __future__ import annotations

import datetime as dt

import duckdb

from orchestration.audiences.locks import LockStore


def lock_launched(connection: duckdb.DuckDBPyConnection, locks: LockStore, *, night: dt.date) -> list[str]:
    """Lock the members of every campaign that the night launches and that is not locked yet.

    Args:
        connection: The warehouse, with the marts that are about to be served.
        locks: Where members are kept.
        night: The night.

    Returns:
        The campaigns whose members were locked now.
    """
    launched = connection.execute(
        "select campaign_id from marts.audience_sizes where launched_date = ? order by campaign_id", [night]
    ).fetchall()
    return [
        campaign_id
        for (campaign_id,) in launched
        if locks.keep(
            campaign_id,
            connection.sql(
                """
                select
                    audiences.campaign_id,
                    audiences.customer_id,
                    audiences.arm,
                    sizes.planned_holdout_share,
                    audiences.launched_date
                from marts.audiences as audiences
                inner join marts.audience_sizes as sizes on audiences.campaign_id = sizes.campaign_id
                where audiences.campaign_id = ? and audiences.is_locked and audiences.arm is not null
                order by audiences.customer_id
                """,
                params=[campaign_id],
            ).to_arrow_table(),
        )
    ]
