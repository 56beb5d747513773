"""The panel that models learn from: features as known on each evaluated date, outcomes as seen later.

Belongs here: reading rows of the warehouse as frames, which customers stand for all where there are many. Does not
belong here: which features (``prediction_features``), learning.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import duckdb
import pandas as pd

from orchestration.configuration.feature_catalog import FAMILY_PREFIX, feature_catalog
from orchestration.prediction.prediction_features import PREDICTION_FEATURES, prediction_features

HORIZON_DAYS = 90
LAST_MARGIN, NEXT_MARGIN, RETURNED = "last_margin_90d_amount", "next_margin_90d_amount", "returned_90d"
DAYS_TO_NEXT, OBSERVED_DAYS = "days_to_next_order", "observed_days"
# Features made of several of the list.
DERIVED_FEATURES = ("silence_in_gaps", LAST_MARGIN)
# So many customers of a date stand for all of it where models learn and are judged: 25 dates of them are a quarter of a
# million rows, and more say nothing new.
MOST_CUSTOMERS_A_DATE = 8_000
SCORED_AT_A_TIME = 100_000
BUYERS_AT_A_TIME = 500_000


@dataclass(frozen=True)
class EvaluatedDate:
    """A date that features are known of.

    Attributes:
        date: The date.
        inputs_hash: Everything that was known by it, as one number.
        buyers: Customers who had ordered by then.
    """

    date: dt.date
    inputs_hash: int
    buyers: int


def model_features() -> tuple[str, ...]:
    """Every column that models learn from."""
    return (*prediction_features(), *DERIVED_FEATURES)


def evaluated_dates(connection: duckdb.DuckDBPyConnection) -> tuple[EvaluatedDate, ...]:
    """Return the dates with a customer who had ordered, oldest first."""
    rows = connection.execute(
        """
        select inputs.input_date, inputs.inputs_hash, count(*)
        from features.int_as_of__inputs as inputs
        inner join features.feat_customers__purchases as purchases on inputs.input_date = purchases.as_of_date
        where purchases.order_days_count > 0
        group by all
        order by all
        """
    ).fetchall()
    return tuple(EvaluatedDate(*row) for row in rows)


def first_order_date(connection: duckdb.DuckDBPyConnection) -> dt.date | None:
    """Return the day of the first order of all."""
    # Fetched whole: a result that is not would keep the connection from writing.
    ((date,),) = connection.execute("select min(first_order_date) from features.feat_customers__purchases").fetchall()
    return date


def learning_panel(connection: duckdb.DuckDBPyConnection, *, tonight: dt.date) -> pd.DataFrame:
    """Return features and outcomes of every date, of at most ``MOST_CUSTOMERS_A_DATE`` customers each.

    Customers are drawn by a hash of their id, so that a date's are mostly those of the date before and the order of the
    rows does not matter. Outcomes are missing where their days are not over. Read some dates at a time: joins of all of
    them do not fit into memory where there are a million customers.
    """
    batches = _in_batches(evaluated_dates(connection))
    panels = [_panel_of(connection, dates, tonight=tonight) for dates in batches]
    return with_derived(pd.concat(panels, ignore_index=True))


def _in_batches(dates: Sequence[EvaluatedDate]) -> list[list[dt.date]]:
    """Put dates together that have ``BUYERS_AT_A_TIME`` customers at most, one date at least."""
    batches: list[list[dt.date]] = []
    buyers = 0
    for date in dates:
        if not batches or buyers + date.buyers > BUYERS_AT_A_TIME:
            batches.append([])
            buyers = 0
        batches[-1].append(date.date)
        buyers += date.buyers
    return batches


def _panel_of(connection: duckdb.DuckDBPyConnection, dates: Sequence[dt.date], *, tonight: dt.date) -> pd.DataFrame:
    return connection.execute(
        f"""
        with drawn as (
            select customer_id, as_of_date
            from features.feat_customers__purchases
            where order_days_count > 0 and list_contains($dates, as_of_date)
            qualify row_number() over (partition by as_of_date order by hash(customer_id) asc, customer_id asc)
                <= {MOST_CUSTOMERS_A_DATE}
        ),

        next_days as (
            select drawn.customer_id, drawn.as_of_date, min(days.activity_date) as next_order_date
            from drawn
            left join features.int_purchases__customer_days as days
                on
                    drawn.customer_id = days.customer_id
                    and drawn.as_of_date < days.activity_date
                    and days.is_order_day
            group by drawn.customer_id, drawn.as_of_date
        )

        select
            {_feature_columns()},
            cast(outcomes.has_ordered_90d as double) as {RETURNED},
            cast(outcomes.margin_90d_amount as double) as {NEXT_MARGIN},
            cast(next_days.next_order_date - purchases.as_of_date as double) as {DAYS_TO_NEXT},
            cast($tonight - purchases.as_of_date as double) as {OBSERVED_DAYS}
        from {_feature_tables(of="drawn")}
        inner join next_days
            on purchases.customer_id = next_days.customer_id and purchases.as_of_date = next_days.as_of_date
        left join outcomes.outcome_customers__purchases as outcomes
            on purchases.customer_id = outcomes.customer_id and purchases.as_of_date = outcomes.as_of_date
        order by purchases.as_of_date, purchases.customer_id
        """,
        {"tonight": tonight, "dates": list(dates)},
    ).fetchdf()


def scored_rows(connection: duckdb.DuckDBPyConnection, date: dt.date) -> Iterator[pd.DataFrame]:
    """Yield the features of every customer who had ordered by a date, so many customers at a time."""
    # A cursor of its own: what is read must outlive the writing of what was made of the batch before.
    reader = (
        connection.cursor()
        .sql(
            f"""
        select {_feature_columns()}
        from {_feature_tables()}
        where purchases.as_of_date = $date and purchases.order_days_count > 0
        order by purchases.customer_id
        """,
            params={"date": date},
        )
        .to_arrow_reader(SCORED_AT_A_TIME)
    )
    for batch in reader:
        yield with_derived(batch.to_pandas())


def rows_of(panel: pd.DataFrame, dates: Iterable[dt.date]) -> pd.DataFrame:
    """Return the panel's rows of some dates."""
    return panel[panel["as_of_date"].isin([pd.Timestamp(date) for date in dates])]


def with_derived(rows: pd.DataFrame) -> pd.DataFrame:
    """Add the features made of several: silence in usual gaps, and the margin of the last 90 days."""
    silence = rows["days_since_last_order"] / rows["order_gap_median_days"].where(rows["order_gap_median_days"] > 0)
    share = rows["margin_365d_share"].fillna(rows["margin_share_of_all"])
    return rows.assign(
        as_of_date=pd.to_datetime(rows["as_of_date"]),
        **{"silence_in_gaps": silence, LAST_MARGIN: rows["net_revenue_90d_amount"] * share},
    )


def panel_columns() -> tuple[str, str]:
    """Return the columns of the panel's features and the joined tables they are of, as SQL."""
    return _feature_columns(), _feature_tables()


@cache
def _feature_columns() -> str:
    # Kept, because the catalogue is read from many files and every date asks for it.
    catalog = feature_catalog()
    columns = ["purchases.customer_id", "purchases.as_of_date"]
    for family, names in PREDICTION_FEATURES.items():
        for name in names:
            kind = "varchar" if catalog[name].type.family == "text" else "double"
            columns.append(f"cast({family}.{name} as {kind}) as {name}")
    columns += [
        "cast(purchases.margin_amount as double) as margin_amount",
        "cast(totals.margin_share_of_all as double) as margin_share_of_all",
    ]
    return ",\n            ".join(columns)


def _feature_tables(*, of: str | None = None) -> str:
    """Return the joined families, as SQL.

    Args:
        of: A relation of the customers and dates that are wanted. Each family is cut down to them before it is joined:
            left to itself the database may join whole families first, and a million customers do not fit.
    """
    wanted = f" where (customer_id, as_of_date) in (select customer_id, as_of_date from {of})" if of else ""
    families = {
        name: f"(select * from features.{FAMILY_PREFIX}{name}{wanted}) as {name}" for name in PREDICTION_FEATURES
    }
    first, *others = families
    joins = [families[first]]
    joins += [
        f"inner join {families[family]} "
        f"on {first}.customer_id = {family}.customer_id and {first}.as_of_date = {family}.as_of_date"
        for family in others
    ]
    # As known on the date: the share of all customers together stands in for those who bought nothing in the year.
    joins.append(
        "inner join (select as_of_date, "
        "sum(margin_amount)::double / nullif(sum(net_revenue_amount)::double, 0) as margin_share_of_all "
        f"from features.{FAMILY_PREFIX}{first} group by as_of_date) as totals "
        f"on {first}.as_of_date = totals.as_of_date"
    )
    return "\n        ".join(joins)
