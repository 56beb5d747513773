"""One night's uplift: which campaigns are learnt from, and the tables that are written.

Belongs here: reading the warehouse, the order of the steps. Does not belong here: Dagster, each ranking.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

import duckdb
import pandas as pd
import pyarrow as pa

from orchestration.uplift.ranking import (
    curve_rows,
    customer_rows,
    learn_ranking,
    metric_rows,
    not_ranked,
    too_little,
)
from orchestration.uplift.tables import write_tables

# What old campaigns changed says little of tonight's customers.
MOST_CAMPAIGNS = 3
_FEATURES = """
    purchases.days_since_last_order,
    purchases.days_since_first_order,
    purchases.order_count,
    purchases.order_30d_count,
    purchases.order_90d_count,
    purchases.order_365d_count,
    cast(purchases.average_order_value_365d_amount as double) as average_order_value_365d_amount,
    purchases.discount_365d_share,
    cast(demographics.account_type = 'business' as integer) as is_business
"""
_FAMILIES = """
    inner join features.feat_customers__purchases as purchases
        on customers.customer_id = purchases.customer_id and customers.features_as_of_date = purchases.as_of_date
    inner join features.feat_customers__demographics as demographics
        on customers.customer_id = demographics.customer_id and customers.features_as_of_date = demographics.as_of_date
"""


@dataclass(frozen=True, kw_only=True)
class Ranked:
    """What one night's uplift came to.

    Attributes:
        rows: Rows of each table.
        reasons: Of each campaign that was looked at why it is ranked, or why not.
    """

    rows: dict[str, int]
    reasons: dict[str, str]


def rank_customers(connection: duckdb.DuckDBPyConnection, *, tonight: dt.date, is_on: bool = True) -> Ranked:
    """Learn from the newest random campaigns and write every table, empty where nothing can be said."""
    rows: dict[str, list[pa.Table]] = defaultdict(list)
    reasons: dict[str, str] = {}
    everybody: pd.DataFrame | None = None
    for campaign_id in _random_campaigns(connection) if is_on else ():
        customers = _customers_of(connection, campaign_id)
        missing = too_little(customers)
        if missing:
            reasons[campaign_id] = missing
            rows["ml_models__uplift"].append(
                not_ranked(campaign_id, missing, customers=len(customers), tonight=tonight)
            )
            continue
        ranking = learn_ranking(campaign_id, customers)
        reasons[campaign_id] = ranking.reason
        rows["ml_models__uplift"].append(metric_rows(ranking, tonight=tonight))
        rows["ml_models__qini"].append(curve_rows(ranking, tonight=tonight))
        if ranking.is_published:
            everybody = _tonights_customers(connection, tonight) if everybody is None else everybody
            rows["ml_customers__uplift"].append(customer_rows(ranking, everybody, tonight=tonight))
    return Ranked(rows=write_tables(connection, rows), reasons=reasons)


def _random_campaigns(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """The newest campaigns that chance decided and whose days to respond are over, the newest first."""
    found = connection.execute(
        """
        select campaign_id
        from campaigns.int_campaigns__checks
        where is_randomised and is_over
        order by last_assigned_date desc, campaign_id
        limit ?
        """,
        [MOST_CAMPAIGNS],
    ).fetchall()
    return [str(campaign_id) for (campaign_id,) in found]


def _customers_of(connection: duckdb.DuckDBPyConnection, campaign_id: str) -> pd.DataFrame:
    return connection.execute(
        f"""
        select
            customers.customer_id,
            customers.arm = 'treatment' as is_treated,
            customers.has_ordered,
            cast(customers.margin_amount as double) as margin_amount,
            cast(customers.assigned_date as timestamp) as assigned_date,
            {_FEATURES}
        from campaigns.int_campaigns__customers as customers
        {_FAMILIES}
        where
            customers.campaign_id = ?
            and customers.arm in ('treatment', 'holdout')
            and customers.has_ordered is not null
        order by customers.customer_id
        """,
        [campaign_id],
    ).fetchdf()


def _tonights_customers(connection: duckdb.DuckDBPyConnection, tonight: dt.date) -> pd.DataFrame:
    return connection.execute(
        f"""
        select customers.customer_id, {_FEATURES}
        from (
            select customer_id, as_of_date as features_as_of_date
            from features.int_customers__as_of
            where as_of_date = ?
        ) as customers
        {_FAMILIES}
        order by customers.customer_id
        """,
        [tonight],
    ).fetchdf()
