"""The queue of doubtful pairs as people look at it: both records side by side.

Belongs here: reading the queue with what its records say. Does not belong here: which pairs are in it (review.py), the
file that people fill in (review_file.py).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import duckdb

from orchestration.identity.left_by_night import rows
from orchestration.identity.overrides import Override

# What is shown of a record, as it writes it.
SHOWN = ("name", "email", "phone", "birth_date", "address")


@dataclass(frozen=True, kw_only=True)
class DoubtfulPair:
    """Two records that may be one person's.

    Attributes:
        position: Place in the queue, the likeliest first.
        left_record, right_record: What to call them in a decision.
        probability: That they are one person (0-1); None where their link was refused for another reason.
        doubt: Why they are not one customer.
        left, right: What they say, by the names of ``SHOWN``.
    """

    position: int
    left_record: str
    right_record: str
    probability: float | None
    doubt: str
    left: dict[str, str | None]
    right: dict[str, str | None]


def read_queue(
    warehouse: duckdb.DuckDBPyConnection, *, overrides: Collection[Override], limit: int | None = None
) -> tuple[list[DoubtfulPair], int]:
    """Read the queue without the pairs that have been decided since the night.

    Args:
        warehouse: The warehouse.
        overrides: What people have decided.
        limit: How many pairs to give; None for all.

    Returns:
        The pairs, and how many there are without a limit.
    """
    decided = {frozenset((each.left_record, each.right_record)) for each in overrides}
    found = rows(
        warehouse,
        f"""
        with shown as (
            select
                profile_id,
                nullif(concat_ws(' ', first_name, last_name), '') as name,
                email,
                phone,
                cast(birth_date as varchar) as birth_date,
                nullif(concat_ws(', ', street, postal_code, city, country), '') as address
            from identity.int_identity__sightings
        )
        select
            pairs.position,
            pairs.left_record,
            pairs.right_record,
            pairs.probability,
            pairs.reason as doubt,
            {", ".join(f"{side}.{name} as {side}_{name}" for side in ("l", "r") for name in SHOWN)}
        from matching.review_pairs as pairs
        inner join shown as l on pairs.left_id = l.profile_id
        inner join shown as r on pairs.right_id = r.profile_id
        order by pairs.position
        """,
    )
    open_ones = [row for row in found if frozenset((row["left_record"], row["right_record"])) not in decided]
    return [_pair(row) for row in open_ones[:limit]], len(open_ones)


def _pair(row: dict[str, Any]) -> DoubtfulPair:
    return DoubtfulPair(
        position=row["position"],
        left_record=row["left_record"],
        right_record=row["right_record"],
        probability=row["probability"],
        doubt=row["doubt"],
        left={name: row[f"l_{name}"] for name in SHOWN},
        right={name: row[f"r_{name}"] for name in SHOWN},
    )
