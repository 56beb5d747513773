"""How matching stands: what the last night made of the records, and what it waits for.

Belongs here: the figures of one night. Does not belong here: one customer's story (explain.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from orchestration.identity.left_by_night import customers_of_records, rows
from orchestration.identity.overrides import Override
from orchestration.identity.state import State

BIGGEST = 5


@dataclass(frozen=True)
class SharedKind:
    """Values of one kind that several people share, or that link nobody.

    Attributes:
        status: contested or blocked.
        kind: Of identifier.
        values: How many there are.
        biggest: Those with the most profiles: value, profiles and reason.
    """

    status: str
    kind: str
    values: int
    biggest: list[tuple[str, int, str]]


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Figures of one night.

    Attributes:
        state: What the night left: its name, and what it says about itself.
        profiles, customers, merged_ids, companies, refused, doubtful: Counts.
        links: How many links of each kind there are, the strongest kind first.
        shared: Values that several people share, by status and kind.
        waiting: Decisions about a record that is not there.
        pending: Decisions that the customers do not show yet.
    """

    state: State
    profiles: int
    customers: int
    merged_ids: int
    companies: int
    links: dict[str, int]
    refused: int
    doubtful: int
    shared: list[SharedKind]
    waiting: list[Override]
    pending: list[Override]


def read_standing(warehouse: duckdb.DuckDBPyConnection, state: State, overrides: Sequence[Override]) -> Standing:
    """Gather the figures.

    Args:
        warehouse: The warehouse.
        state: What the night left that the warehouse holds.
        overrides: What people have decided.
    """
    (counts,) = rows(
        warehouse,
        """
        select
            (select count(*) from matching.customer_map) as profiles,
            (select count(distinct customer_id) from matching.customer_map) as customers,
            (select count(*) from matching.customer_ids where merged_into is not null) as merged_ids,
            (select count(distinct company_id) from matching.company_map) as companies,
            (select count(*) from matching.refused_links) as refused,
            (select count(*) from matching.review_pairs) as doubtful
        """,
    )
    links = rows(
        warehouse, "select kind, count(*) as links from matching.links group by kind order by max(strength) desc, kind"
    )
    records = {record for each in overrides for record in (each.left_record, each.right_record)}
    customers = customers_of_records(warehouse, records)
    waiting = [each for each in overrides if not {each.left_record, each.right_record} <= customers.keys()]
    pending = [
        each
        for each in overrides
        if each not in waiting
        and customers[each.left_record].isdisjoint(customers[each.right_record]) is (each.decision == "must_link")
    ]
    return Standing(
        state=state,
        **counts,
        links={row["kind"]: row["links"] for row in links},
        shared=_shared(warehouse),
        waiting=waiting,
        pending=pending,
    )


def _shared(warehouse: duckdb.DuckDBPyConnection) -> list[SharedKind]:
    found = rows(
        warehouse,
        f"""
        select status, kind, value, profiles, reason, count(*) over (partition by status, kind) as "values"
        from matching.shared_values
        qualify row_number() over (partition by status, kind order by profiles desc, value asc) <= {BIGGEST}
        order by status, kind, profiles desc, value
        """,
    )
    kinds: dict[tuple[str, str], SharedKind] = {}
    for row in found:
        kind = kinds.setdefault((row["status"], row["kind"]), SharedKind(row["status"], row["kind"], row["values"], []))
        kind.biggest.append((row["value"], row["profiles"], row["reason"]))
    return list(kinds.values())
