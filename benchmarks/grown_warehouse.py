"""A night's warehouse, grown to a million customers for predictions.py.

Belongs here: copying the tables that models read, customer by customer with amounts and days of their own. Does not
belong here: the night that the first customers are of, the models.

Every customer is copied as often as it takes, each copy with all its amounts a little higher or lower and everything a
few days longer ago, so that histories do not repeat. A few thousand answer surveys, however many customers there are:
only the first of each customer's copies has answered.
"""

from __future__ import annotations

import math
from pathlib import Path

import duckdb
from customers_choices import clear_choices

from data_contracts import sql_quoting as sql
from orchestration.found_segments.clusters import CLUSTERS
from orchestration.found_segments.typing_features import TYPING_FEATURES
from orchestration.prediction.panel import FAMILY_PREFIX
from orchestration.prediction.prediction_features import PREDICTION_FEATURES

# Whole tables of one row per customer and something, with the day that a copy moves where there is one.
MOVED_TABLES = {
    "features.int_purchases__customer_days": "activity_date",
    "features.int_purchases__customer_category_days": "order_date",
    "outcomes.outcome_customers__purchases": None,
    "outcomes.outcome_customers__categories": None,
    "outcomes.outcome_campaigns__responses": None,
}
SMALL_TABLES = ("features.as_of_dates", "features.int_as_of__inputs", "features.int_products__category_base")
SURVEY_TABLES = (
    "features.int_surveys__statements",
    "features.int_surveys__needs",
    "features.int_surveys__benefits",
    "segmentations.int_needs__stated",
    "segmentations.int_benefits__stated",
)
# What the panel of predictions reads besides the features of its list.
FURTHER = {
    "purchases": ("margin_amount", "order_days_count", "order_365d_count", "first_order_date", "order_days_365d_count")
}
MOVES_DAYS = 14


def grow(source: Path, target: Path, *, customers: int) -> int:
    """Write a warehouse with at least so many customers who have ordered by the last night; return how many."""
    target.unlink(missing_ok=True)
    with duckdb.connect(str(target)) as connection:
        connection.execute("set threads = 2")
        connection.execute("set enable_progress_bar = false")
        connection.execute("set memory_limit = '3GB'")
        connection.execute(f"attach {sql.path(source)} as night (read_only)")
        for schema in ("features", "segmentations", "outcomes", "ml"):
            connection.execute(f"create schema {schema}")
        ((buyers,),) = connection.execute(
            "select count(*) from night.features.feat_customers__purchases as purchases "
            "inner join night.features.as_of_dates as dates on purchases.as_of_date = dates.as_of_date "
            "where dates.is_tonight and purchases.order_days_count > 0"
        ).fetchall()
        times = math.ceil(customers / buyers)
        for table in SMALL_TABLES:
            connection.execute(f"create table {table} as from night.{table}")
        for table in SURVEY_TABLES:
            _copy(connection, table, 1)
        clear_choices(connection)
        for table, day in MOVED_TABLES.items():
            _copy(connection, table, times, day=day)
        for family, names in _families().items():
            _copy(connection, f"features.{FAMILY_PREFIX}{family}", times, names=names)
    return int(buyers * times)


def _families() -> dict[str, list[str]]:
    wanted: dict[str, set[str]] = {family: set(names) for family, names in PREDICTION_FEATURES.items()}
    for read in (CLUSTERS.features(), TYPING_FEATURES):
        for table, columns in read.items():
            wanted.setdefault(table.removeprefix(FAMILY_PREFIX), set()).update(columns)
    for family, columns in FURTHER.items():
        wanted[family].update(columns)
    return {family: sorted(names) for family, names in wanted.items()}


def _copy(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    times: int,
    *,
    day: str | None = None,
    names: list[str] | None = None,
) -> None:
    kinds = {name: kind for name, kind, *_ in connection.execute(f"describe night.{table}").fetchall()}
    columns = []
    for name in names or [name for name in kinds if name not in ("customer_id", "as_of_date")]:
        value = name
        if name.endswith("_amount"):
            value = f"cast({name} * factor as {kinds[name]})"
        elif name in (day, "first_order_date"):
            value = f"{name} - cast(moved_days as integer)"
        elif name in ("days_since_last_order", "days_since_first_order"):
            value = f"cast({name} + moved_days as {kinds[name]})"
        columns.append(f"{value} as {name}")
    has_date = "as_of_date" in kinds
    connection.execute(
        f"""
        create table {table} as
        with copied as (
            select
                *,
                0.9 + (hash(customer_id, copy, 'factor') % 2001) / 10000.0 as factor,
                case when copy = 0 then 0 else hash(customer_id, copy, 'days') % {MOVES_DAYS + 1} end as moved_days
            from night.{table}, range({times}) as copies (copy)
        )

        select customer_id || '_' || copy as customer_id, {", ".join(columns)}{", as_of_date" if has_date else ""}
        from copied
        {"order by as_of_date" if has_date else ""}
        """
    )
