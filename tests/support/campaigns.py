"""Customers of a campaign as rows of int_campaigns__customers, and what the project's models make of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from scripts.campaign_models import build_campaigns

PLANNED = ({"campaign_id": "spring", "campaign_name": "Spring", "holdout_share": 0.25, "launches_on": None},)


def customers_of(
    treated: np.ndarray, after: np.ndarray, before: np.ndarray, *, campaign_id: str = "spring"
) -> pd.DataFrame:
    """One row a customer: orders before and after, net revenue of 10 and margin of 4 an order."""
    count = len(treated)
    return pd.DataFrame(
        {
            "customer_id": [f"c{number}" for number in range(count)],
            "campaign_id": campaign_id,
            "arm": np.where(treated, "treatment", "holdout"),
            "channel": "email",
            "cost_amount": np.where(treated, 0.5, 0.0),
            "order_count": after,
            "net_revenue_amount": 10.0 * after,
            "margin_amount": 4.0 * after,
            "order_before_count": before,
            "net_revenue_before_amount": 10.0 * before,
            "margin_before_amount": 4.0 * before,
            "has_ordered": after > 0,
            "has_ordered_before": before > 0,
            "has_redeemed": pd.array([None] * count, dtype="boolean"),
            "is_over": True,
            "assigned_date": dt.date(2026, 3, 9),
            "features_as_of_date": dt.date(2026, 2, 28),
        }
    )


def drawn(count: int, *, seed: int, holdout_share: float = 0.25, change: float = 0.1) -> pd.DataFrame:
    """Customers who order the more after the more they did before, and ``change`` more often where contacted."""
    draw = np.random.default_rng(seed)
    treated = draw.random(count) >= holdout_share
    before = draw.poisson(2.0, count)
    return customers_of(treated, draw.poisson(0.2 * before + 0.1 + change * treated), before)


def measured(
    customers: pd.DataFrame,
    segments: pd.Series | None = None,
    *,
    planned: Sequence[Mapping[str, Any]] = PLANNED,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The marts experiment_lift, by scheme, segment and metric, and campaigns."""
    if segments is None:
        segments = pd.Series("everybody", index=customers["customer_id"])
    with duckdb.connect() as con:
        build_campaigns(con, customers, segments, planned=planned)
        lift = con.execute("from experiment_lift").fetchdf()
        return (
            lift.set_index(["scheme", "segment_code", "metric"]).sort_index(),
            con.execute("from campaigns order by campaign_id").fetchdf(),
        )
