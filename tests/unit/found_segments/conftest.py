"""A warehouse with survey answers and features of made-up customers of three true kinds.

Belongs here: tables as the feature layer leaves them. Does not belong here: assertions.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import duckdb
import numpy as np
import pandas as pd
import pytest

from orchestration.found_segments.typing_features import TYPING_FEATURES

TONIGHT = dt.date(2026, 6, 30)
BEFORE = dt.date(2026, 4, 30)
ANSWERED = dt.date(2026, 5, 10)
CONSTRUCTS = ("pride", "thrift", "nature", "ease")
# Agreement (1-5) of each kind with each construct.
KINDS = np.array([[4.5, 2.0, 2.5, 3.0], [2.0, 4.5, 3.0, 2.5], [2.5, 2.5, 4.5, 3.0]])
TEXTS = {"top_category", "preferred_order_channel", "account_type", "age_band", "gender", "acquisition_channel"}


def kind_of(customer_id: str) -> int:
    return int(customer_id[1:]) % len(KINDS)


def customers(count: int) -> list[str]:
    return [f"c{number:04d}" for number in range(count)]


def statements(respondents: int, *, battery: str, prefix: str, seed: int = 0) -> pd.DataFrame:
    """Ticks of the first customers to two statements a construct, the second of them turned round."""
    draw = np.random.default_rng(seed)
    rows = []
    for customer_id in customers(respondents):
        lenient = draw.normal(0, 0.3)
        for number, construct in enumerate(CONSTRUCTS):
            for item in (1, 2):
                meant = KINDS[kind_of(customer_id), number] + draw.normal(0, 0.5)
                tick = (6 - meant if item == 2 else meant) + lenient
                rows.append(
                    {
                        "customer_id": customer_id,
                        "survey_key": f"tool:{battery}",
                        "response_key": f"tool:{battery}:r{customer_id}:{customer_id}",
                        "question_id": f"{construct}_{item}",
                        "battery": battery,
                        "construct": f"{prefix}{construct}",
                        "question_text": f"I am one for {construct}.",
                        "answer_number": float(np.clip(round(tick), 1, 5)),
                        "scale_min": 1.0,
                        "scale_max": 5.0,
                        "is_reversed": item == 2,
                        "answered_date": pd.Timestamp(ANSWERED),
                        "answered_at": pd.Timestamp(ANSWERED, tz="UTC"),
                    }
                )
    return pd.DataFrame(rows)


def tasks(
    respondents: int, *, survey: str = "tool:items", seed: int = 0, count: int = 8, answered: dt.date = ANSWERED
) -> pd.DataFrame:
    """Choices of the first customers in tasks of three items, drawn anew for each of them."""
    draw = np.random.default_rng(seed)
    rows = []
    for customer_id in customers(respondents):
        likes = 1.5 * KINDS[kind_of(customer_id)]
        for number in range(count):
            shown = draw.permutation(len(CONSTRUCTS))[:3].tolist()
            best = shown[int(np.argmax(likes[shown] + draw.gumbel(size=3)))]
            left = [item for item in shown if item != best]
            worst = left[int(np.argmin(likes[left] - draw.gumbel(size=2)))]
            rows.append(
                {
                    "customer_id": customer_id,
                    "survey_key": survey,
                    "response_key": f"{survey}:r{customer_id}:{customer_id}",
                    "question_id": f"t{number}",
                    "shown": [CONSTRUCTS[item] for item in shown],
                    "best_item": CONSTRUCTS[best],
                    "worst_item": CONSTRUCTS[worst],
                    "unusable_reason": None,
                    "is_straight_liner": False,
                    "answered_date": pd.Timestamp(answered),
                    "answered_at": pd.Timestamp(answered, tz="UTC"),
                }
            )
    return pd.DataFrame(rows)


def fill(connection: duckdb.DuckDBPyConnection, *, respondents: int, count: int = 900, tells: float = 0.9) -> None:
    """Write the tables that found schemes of surveys read.

    Args:
        connection: An empty database.
        respondents: Customers who answered.
        count: All customers.
        tells: Share of customers whose main category gives their kind away.
    """
    draw = np.random.default_rng(1)
    # Nobody was asked to choose, unless a test asks.
    connection.execute("create schema features; create schema segmentations")
    write_tasks(connection, tasks(1).head(0))
    write(connection, "features.as_of_dates", pd.DataFrame({"as_of_date": [BEFORE, TONIGHT]}))
    asked = [statements(respondents, battery=name, prefix=prefix) for name, prefix in BATTERIES.items()]
    write(connection, "features.int_surveys__statements", pd.concat(asked).astype({"answered_date": "datetime64[us]"}))
    ids = customers(count)
    kinds = np.array([kind_of(customer_id) for customer_id in ids])
    shown = np.where(draw.random(count) < tells, kinds, draw.integers(0, len(KINDS), count))
    for family, names in TYPING_FEATURES.items():
        values: dict[str, object] = {name: draw.normal(10, 2, count) for name in names if name not in TEXTS}
        values |= {name: [f"{name} {draw.integers(0, 3)}" for _ in ids] for name in names if name in TEXTS}
        if family == "feat_customers__products":
            values["top_category"] = [("vases", "lamps", "plants")[kind] for kind in shown]
        rows = pd.DataFrame({"customer_id": ids, **values})
        write(connection, f"features.{family}", pd.concat([rows.assign(as_of_date=date) for date in (BEFORE, TONIGHT)]))
    for scheme, words in STATED.items():
        stated = pd.DataFrame(
            {
                "customer_id": ids,
                "segment_code": [words[kind] if i < respondents else "unknown" for i, kind in enumerate(kinds)],
            }
        )
        before = stated.assign(segment_code="unknown", as_of_date=BEFORE)
        write(connection, f"segmentations.int_{scheme}__stated", pd.concat([before, stated.assign(as_of_date=TONIGHT)]))


BATTERIES = {"attitudes": "attitude_", "needs": ""}
STATED = {"needs": ("pride", "thrift", "no_clear_need"), "benefits": ("a_present", "a_good_price", "a_good_price")}


def write_tasks(connection: duckdb.DuckDBPyConnection, rows: pd.DataFrame) -> None:
    """Write choices as the feature layer leaves them; no rows have types too."""
    write(connection, "features.int_surveys__best_worst", rows.astype({"answered_date": "datetime64[us]"}))
    connection.execute(
        """
        create or replace table features.int_surveys__best_worst as
        select * replace (
            cast(shown as varchar[]) as shown,
            cast(unusable_reason as varchar) as unusable_reason,
            cast(worst_item as varchar) as worst_item
        )
        from features.int_surveys__best_worst
        """
    )


def write(connection: duckdb.DuckDBPyConnection, table: str, rows: pd.DataFrame) -> None:
    connection.register("rows_to_write", rows)
    dates = [name for name in ("as_of_date", "answered_date") if name in rows]
    replaced = ", ".join(f"cast({name} as date) as {name}" for name in dates)
    told = f"* replace ({replaced})" if dates else "*"
    connection.execute(f"create or replace table {table} as select {told} from rows_to_write")
    connection.unregister("rows_to_write")


@pytest.fixture(scope="package")
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    """300 of 900 customers answered."""
    with duckdb.connect() as connection:
        fill(connection, respondents=300)
        yield connection


@pytest.fixture
def small_survey() -> Iterator[duckdb.DuckDBPyConnection]:
    """150 of 900 customers answered."""
    with duckdb.connect() as connection:
        fill(connection, respondents=150)
        yield connection
