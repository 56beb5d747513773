"""What audiences need to know from outside the warehouse, as its tables: locked members, and who is suppressed.

Belongs here: filling ``campaigns.locked_members`` and ``campaigns.suppressed_customers``. Does not belong here: reading
the files (locks.py, suppressions.py), the asset.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import pyarrow as pa

from orchestration.audiences.locks import LockStore
from orchestration.audiences.suppressions import SuppressionList, find_suppressed

LOCKED = "campaigns.locked_members"
SUPPRESSED = "campaigns.suppressed_customers"
TABLES = {
    LOCKED: "Who was a member of a campaign of our own when it was launched, by the id that the customer has today, "
    "with the arm. Who had been in both arms under two ids that are one customer today is in neither.",
    SUPPRESSED: "Who must not be contacted, because the list of suppressions names an address, a number or a reference "
    "of the customer. It names none of them.",
}
# Where nothing is matched, nobody is merged.
_NO_MERGES = "select null as customer_id, null as merged_into where false"


@dataclass(frozen=True)
class Written:
    """How many rows a table has, and what to tell about it."""

    rows: int
    told: str


def write_locked_members(connection: duckdb.DuckDBPyConnection, locks: LockStore, *, is_matched: bool) -> Written:
    """Write who was in launched campaigns, by today's ids.

    Args:
        connection: The warehouse; where records are matched with its table of customer ids.
        locks: The members as they were at the launch.
        is_matched: Whether records are matched, so that customers may have been merged.

    Raises:
        TesseraError: A file of members is damaged.
    """
    connection.execute("create schema if not exists campaigns")
    connection.register("members_at_launch", locks.members())
    connection.execute(
        f"""
        create or replace table {LOCKED} as
        with recursive ids as (
            {"select customer_id, merged_into from matching.customer_ids" if is_matched else _NO_MERGES}
        ),
        -- Who is known today under whom, through any number of merges.
        survivors as (
            select customer_id as former_id, customer_id, merged_into from ids
            union all
            select survivors.former_id, ids.customer_id, ids.merged_into
            from survivors
            inner join ids on survivors.merged_into = ids.customer_id
        ),
        today as (
            select members.*, coalesce(survivors.customer_id, members.customer_id) as current_id
            from members_at_launch as members
            left join survivors on members.customer_id = survivors.former_id and survivors.merged_into is null
        )
        select
            campaign_id,
            current_id as customer_id,
            case when count(distinct arm) = 1 then min(arm) end as arm,
            count(*) as members_at_launch_count,
            any_value(planned_holdout_share) as planned_holdout_share,
            any_value(launched_date) as launched_date
        from today
        group by campaign_id, current_id
        order by campaign_id, current_id
        """
    )
    connection.unregister("members_at_launch")
    rows, campaigns, both = _numbers(
        connection, f"select count(*), count(distinct campaign_id), count(*) filter (where arm is null) from {LOCKED}"
    )
    merged = f"; {both} of two arms were merged into one customer and are in neither" if both else ""
    return Written(rows, f"{rows} members of {campaigns} launched campaigns{merged}")


def write_suppressed(connection: duckdb.DuckDBPyConnection, listed: SuppressionList) -> Written:
    """Write whom the list of suppressions names."""
    connection.execute("create schema if not exists campaigns")
    found: pa.Table = find_suppressed(connection, listed)
    connection.register("suppressed", found)
    connection.execute(f"create or replace table {SUPPRESSED} as from suppressed")
    connection.unregister("suppressed")
    told = f"{listed.entries} entries of the list name {found.num_rows} customers"
    return Written(found.num_rows, told if listed.entries else "no list of suppressions")


def _numbers(connection: duckdb.DuckDBPyConnection, query: str) -> list[int]:
    (row,) = connection.execute(query).fetchall()
    return [int(number) for number in row]
