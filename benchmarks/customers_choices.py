"""Best-worst choices of made-up respondents for predictions.py: as many as a survey of a large company has.

Belongs here: the table that needs are learnt from, written block by block. Does not belong here: learning.
"""

from __future__ import annotations

import datetime as dt

import duckdb
import numpy as np
import pyarrow as pa

RESPONDENTS, TASKS, SHOWN = 100_000, 12, 4
ITEMS = tuple(f"what matters, number {number}" for number in range(12))
CLASSES = 4
# Share of respondents whose class their main category gives away, so that it can be inferred of others.
TOLD = 0.7
BLOCK = 10_000
TABLE = "features.int_surveys__best_worst"


def write_choices(connection: duckdb.DuckDBPyConnection, tonight: dt.date) -> None:
    """Let the first customers answer twelve tasks of four items each on the night."""
    draw = np.random.default_rng(0)
    liking = draw.normal(0, 1.3, (CLASSES, len(ITEMS)))
    people = connection.execute(
        f"select customer_id, hash(coalesce(top_category, '')) % {CLASSES} from features.feat_customers__products "
        f"where as_of_date = ? order by customer_id limit {RESPONDENTS}",
        [tonight],
    ).fetchall()
    clear_choices(connection)
    for start in range(0, len(people), BLOCK):
        block = people[start : start + BLOCK]
        told = np.array([number for _, number in block], dtype=np.int64)
        kinds = np.where(draw.random(len(block)) < TOLD, told, draw.integers(0, CLASSES, len(block)))
        rows = _rows([customer for customer, _ in block], liking[kinds], draw)
        connection.register("rows_to_write", rows)
        connection.execute(
            f"""
            insert into {TABLE} by name
            select
                *,
                'bench:items' as survey_key,
                'bench:items:' || customer_id as response_key,
                cast(null as varchar) as unusable_reason,
                false as is_straight_liner,
                cast($tonight as date) as answered_date,
                cast($tonight as timestamptz) as answered_at
            from rows_to_write
            """,
            {"tonight": tonight},
        )
        connection.unregister("rows_to_write")


def clear_choices(connection: duckdb.DuckDBPyConnection) -> None:
    """Leave the table without rows, as where nobody was asked to choose."""
    connection.execute(
        f"""
        create or replace table {TABLE} (
            customer_id varchar,
            survey_key varchar,
            response_key varchar,
            question_id varchar,
            shown varchar[],
            best_item varchar,
            worst_item varchar,
            unusable_reason varchar,
            is_straight_liner boolean,
            answered_date date,
            answered_at timestamptz
        )
        """
    )


def _rows(customers: list[str], liking: np.ndarray, draw: np.random.Generator) -> pa.Table:
    """Return the tasks of some respondents, whose likings of the items have shape (n, items)."""
    count = len(customers) * TASKS
    shown = np.argsort(draw.random((count, len(ITEMS))), axis=1)[:, :SHOWN]
    liked = np.take_along_axis(np.repeat(liking, TASKS, axis=0), shown, axis=1)
    rows = np.arange(count)
    best = (liked + draw.gumbel(size=liked.shape)).argmax(axis=1)
    refused = draw.gumbel(size=liked.shape) - liked
    refused[rows, best] = -np.inf
    names = pa.array(ITEMS)
    offsets = pa.array(np.arange(0, count * SHOWN + 1, SHOWN), pa.int32())
    return pa.table(
        {
            "customer_id": pa.array(customers).take(pa.array(rows // TASKS)),
            "question_id": pa.array([f"t{task}" for task in range(TASKS)]).take(pa.array(rows % TASKS)),
            "shown": pa.ListArray.from_arrays(offsets, names.take(pa.array(shown.ravel()))),
            "best_item": names.take(pa.array(shown[rows, best])),
            "worst_item": names.take(pa.array(shown[rows, refused.argmax(axis=1)])),
        }
    )
