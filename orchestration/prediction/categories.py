"""From which categories customers will buy: one row per customer, date and category.

Belongs here: the rows and their features, the proof, tonight's three likeliest categories. Does not belong here: the
model (``ml.prediction``), single products.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from ml.errors import NotEnoughOutcomesError
from ml.evaluation.promotion import PromotionRule, decide_promotion
from ml.evaluation.time_splits import newest_complete_dates, split_for_use
from ml.panels import outcome_values
from ml.prediction.category_predictor import CATEGORY, CategoryPredictor
from orchestration.prediction.panel import HORIZON_DAYS
from orchestration.prediction.remembered import CATEGORIES as REMEMBERED_AS
from orchestration.prediction.remembered import Remembered
from orchestration.prediction.scorecard import CHANCE_METRICS, Tested
from orchestration.prediction.scoring import BASELINE, MODEL
from orchestration.prediction.tables import CATEGORIES

NAME = "category_90d"
OUTCOME = "has_ordered_category_90d"
FEATURES = (
    "category_order_365d_count",
    "category_order_count",
    "category_sale_365d_amount",
    "days_since_last_category_order",
    "order_365d_count",
    "days_since_last_order",
    "days_since_first_order",
    "order_days_90d_count",
    "order_gap_median_days",
)
MOST_CATEGORIES, MOST_DATES, MOST_CUSTOMERS_A_DATE = 12, 12, 1_500
LEAST_OUTCOMES = 100
SCORED_CUSTOMERS = 20_000
# By a hash of the id, so that the order of the rows does not matter.
_DRAWN_TO_LEARN = f"order by hash(customer_id) asc, customer_id asc limit {MOST_CUSTOMERS_A_DATE}"
RANKS = 3
TREE_SETTINGS = {"max_rows": 60_000, "max_trees": 120}


@dataclass(frozen=True, kw_only=True)
class CategoryModel:
    """What tonight's category propensities are made with, and how it was judged."""

    model: CategoryPredictor
    is_published: bool
    tested: Tested

    @property
    def source(self) -> str:
        return MODEL if self.is_published else BASELINE


def learn_categories(
    connection: duckdb.DuckDBPyConnection, dates: Sequence[dt.date], *, tonight: dt.date, remembered: Remembered
) -> CategoryModel:
    """Learn and prove tonight's model of categories.

    Raises:
        NotEnoughOutcomesError: There is too little to learn from; categories need products that name theirs.
    """
    learnt = [date for date in dates if date + dt.timedelta(days=HORIZON_DAYS) <= tonight][-MOST_DATES:]
    rows = [_rows(connection, date, _DRAWN_TO_LEARN, tonight=tonight) for date in learnt]
    panel = pd.concat(rows, ignore_index=True) if rows else pd.DataFrame()
    happened = 0 if panel.empty else int((panel[OUTCOME] > 0).sum())
    if happened < LEAST_OUTCOMES:
        raise NotEnoughOutcomesError(
            f"{happened} customers were seen to order from a category within {HORIZON_DAYS} days",
            expected=f"{LEAST_OUTCOMES}",
            found=f"{happened}",
            fix="connect products that name their categories, or wait for more history",
        )
    (date,) = newest_complete_dates(panel["as_of_date"].unique(), horizon_days=HORIZON_DAYS, known_until=tonight)
    judged = panel[panel["as_of_date"] == date].reset_index(drop=True)
    model = remembered.model(
        REMEMBERED_AS,
        date.date(),
        learn=lambda: _fit(panel, used_on=date.date()),
        rebuild=CategoryPredictor.from_parameters,
    )
    predicted, baseline = model.predict(judged), model.predict_baseline(judged)
    is_learnt = ~np.isnan(predicted)
    judged, predicted, baseline = judged[is_learnt].reset_index(drop=True), predicted[is_learnt], baseline[is_learnt]
    outcome = outcome_values(judged, OUTCOME, owner=NAME)
    decision = decide_promotion(
        outcome, predicted, {"own_share": baseline}, judged["customer_id"], rule=PromotionRule(kind="probability")
    )
    earlier = panel.loc[panel["as_of_date"] <= date - pd.Timedelta(days=HORIZON_DAYS), "as_of_date"]
    return CategoryModel(
        model=_fit(panel, used_on=tonight),
        is_published=decision.is_promoted,
        tested=Tested(
            model=NAME,
            metrics={name: CHANCE_METRICS[name] for name in ("area_under_roc", "log_loss", "calibration_slope")},
            outcome=outcome,
            predicted=predicted,
            baselines={"own_share": baseline},
            rows=judged,
            decision="promoted" if decision.is_promoted else "baseline",
            is_published=decision.is_promoted,
            reason=" ".join(decision.reasons),
            horizon_days=HORIZON_DAYS,
            trained_dates=(earlier.min().date(), earlier.max().date()),
            tested_on=date.date(),
        ),
    )


def category_propensities(
    connection: duckdb.DuckDBPyConnection, found: CategoryModel, *, tonight: dt.date
) -> list[pa.Table]:
    """Return tonight's three likeliest categories of every customer, so many customers a table."""
    ((customers,),) = connection.execute(
        "select count(*) from features.feat_customers__purchases where as_of_date = $tonight and order_days_count > 0",
        {"tonight": tonight},
    ).fetchall()
    tables = []
    parts = -(-customers // SCORED_CUSTOMERS)
    for part in range(parts):
        rows = _rows(connection, tonight, f"where hash(customer_id) % {parts} = {part}", tonight=tonight)
        chance = found.model.predict(rows) if found.is_published else found.model.predict_baseline(rows)
        ranked = rows[["customer_id", CATEGORY]].assign(p_order_90d=chance, source=found.source).dropna()
        ranked = ranked.sort_values(["customer_id", "p_order_90d", CATEGORY], ascending=[True, False, True])
        ranked["propensity_rank"] = ranked.groupby("customer_id").cumcount() + 1
        ranked = ranked[ranked["propensity_rank"] <= RANKS].assign(as_of_date=tonight)
        tables.append(pa.Table.from_pandas(ranked[CATEGORIES.names], schema=CATEGORIES, preserve_index=False))
    return tables


def _fit(panel: pd.DataFrame, *, used_on: dt.date) -> CategoryPredictor:
    known = panel[panel["as_of_date"] <= pd.Timestamp(used_on - dt.timedelta(days=HORIZON_DAYS))]
    parts = split_for_use(known["as_of_date"].unique(), used_on=used_on, horizon_days=HORIZON_DAYS).parts(known)
    return CategoryPredictor(
        feature_names=FEATURES,
        horizon_days=HORIZON_DAYS,
        outcome_name=OUTCOME,
        max_categories=MOST_CATEGORIES,
        tree_settings=TREE_SETTINGS,
    ).fit(parts)


def _rows(connection: duckdb.DuckDBPyConnection, date: dt.date, drawn: str, *, tonight: dt.date) -> pd.DataFrame:
    """Return the rows of some customers of a date, with every category.

    Args:
        connection: The warehouse.
        date: The date.
        drawn: Which of its customers, as SQL.
        tonight: The night, whose largest categories count.
    """
    return connection.execute(
        f"""
        with categories as (
            select category_code
            from features.int_products__category_base
            where as_of_date = $tonight
            order by customer_count desc, category_code asc
            limit {MOST_CATEGORIES}
        ),

        buyers as (
            select *
            from features.feat_customers__purchases
            where order_days_count > 0 and as_of_date = $date
        ),

        drawn as (
            select * from buyers
            {drawn}
        ),

        history as (
            select
                drawn.customer_id,
                drawn.as_of_date,
                days.category_code,
                sum(days.order_count) as category_order_count,
                sum(days.order_count) filter (where days.order_date > drawn.as_of_date - 365)
                    as category_order_365d_count,
                sum(days.sale_amount) filter (where days.order_date > drawn.as_of_date - 365)
                    as category_sale_365d_amount,
                max(days.order_date) as last_category_order_date
            from drawn
            inner join features.int_purchases__customer_category_days as days
                on drawn.customer_id = days.customer_id and drawn.as_of_date >= days.order_date
            group by all
        )

        select
            drawn.customer_id,
            drawn.as_of_date,
            categories.category_code,
            cast(coalesce(history.category_order_365d_count, 0) as double) as category_order_365d_count,
            cast(coalesce(history.category_order_count, 0) as double) as category_order_count,
            cast(coalesce(history.category_sale_365d_amount, 0) as double) as category_sale_365d_amount,
            cast(drawn.as_of_date - history.last_category_order_date as double) as days_since_last_category_order,
            cast(drawn.order_365d_count as double) as order_365d_count,
            cast(drawn.days_since_last_order as double) as days_since_last_order,
            cast(drawn.days_since_first_order as double) as days_since_first_order,
            cast(drawn.order_days_90d_count as double) as order_days_90d_count,
            drawn.order_gap_median_days,
            case
                when drawn.as_of_date + {HORIZON_DAYS} <= $tonight
                    then cast(coalesce(outcomes.order_90d_count, 0) > 0 as double)
            end as {OUTCOME}
        from drawn
        cross join categories
        left join history
            on
                drawn.customer_id = history.customer_id
                and drawn.as_of_date = history.as_of_date
                and categories.category_code = history.category_code
        left join outcomes.outcome_customers__categories as outcomes
            on
                drawn.customer_id = outcomes.customer_id
                and drawn.as_of_date = outcomes.as_of_date
                and categories.category_code = outcomes.category_code
        order by drawn.as_of_date, drawn.customer_id, categories.category_code
        """,
        {"tonight": tonight, "date": date},
    ).fetchdf()
