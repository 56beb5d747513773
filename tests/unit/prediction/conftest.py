"""A panel as the warehouse gives it: customers at a steady pace of their own until they leave."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from orchestration.configuration.feature_catalog import feature_catalog
from orchestration.prediction.panel import DAYS_TO_NEXT, NEXT_MARGIN, OBSERVED_DAYS, RETURNED, with_derived
from orchestration.prediction.prediction_features import prediction_features

TONIGHT = dt.date(2024, 12, 31)
FIRST_ORDER = dt.date(2023, 1, 1)
DATES = [date.date() for date in pd.date_range("2023-04-30", TONIGHT, freq="ME")]
CUSTOMERS = 700
MARGIN_SHARE = 0.4


def order_days() -> pd.DataFrame:
    draw = np.random.default_rng(8)
    rows = []
    for number in range(CUSTOMERS):
        pace, day = draw.uniform(15, 150), draw.uniform(0, 300)
        leaves, worth = day + draw.exponential(700), draw.gamma(4, 10)
        while day <= min(leaves, 730):
            rows.append((f"k{number:04d}", FIRST_ORDER + dt.timedelta(days=int(day)), worth * draw.gamma(6) / 6))
            day += max(1.0, pace * draw.normal(1, 0.1))
    return pd.DataFrame(rows, columns=["customer_id", "day", "amount"]).drop_duplicates(["customer_id", "day"])


def features_on(days: pd.DataFrame, date: dt.date) -> pd.DataFrame:
    seen = days[days["day"] <= date]
    by = seen.groupby("customer_id")
    gaps = by["day"].diff().map(lambda gap: gap.days, na_action="ignore").astype(float).groupby(seen["customer_id"])
    since = (date - by["day"].max()).map(lambda gap: float(gap.days))
    frame = pd.DataFrame(
        {
            "days_since_last_order": since,
            "days_since_first_order": (date - by["day"].min()).map(lambda gap: float(gap.days)),
            "order_gap_median_days": gaps.median(),
            "order_days_count": by.size().astype(float),
            "net_revenue_amount": by["amount"].sum(),
            "margin_amount": by["amount"].sum() * MARGIN_SHARE,
            "margin_365d_share": MARGIN_SHARE,
            "margin_share_of_all": MARGIN_SHARE,
            "country": "DE",
        }
    )
    frame["first_to_last_order_days"] = frame["days_since_first_order"] - frame["days_since_last_order"]
    for window in (30, 90, 365):
        late = seen[seen["day"] > date - dt.timedelta(days=window)].groupby("customer_id")
        frame[f"order_days_{window}d_count"] = late.size().reindex(frame.index).fillna(0.0)
        frame[f"net_revenue_{window}d_amount"] = late["amount"].sum().reindex(frame.index).fillna(0.0)
    ahead = days[days["day"] > date].groupby("customer_id")
    soon = days[(days["day"] > date) & (days["day"] <= date + dt.timedelta(days=90))].groupby("customer_id")
    is_over = date + dt.timedelta(days=90) <= TONIGHT
    orders = soon.size().reindex(frame.index).fillna(0.0)
    frame[RETURNED] = (orders > 0).astype(float) if is_over else np.nan
    margin = soon["amount"].sum().reindex(frame.index).fillna(0.0) * MARGIN_SHARE
    frame[NEXT_MARGIN] = margin if is_over else np.nan
    next_days = (ahead["day"].min() - date).map(lambda gap: float(gap.days))
    frame[DAYS_TO_NEXT] = next_days.reindex(frame.index).astype(float)
    frame[OBSERVED_DAYS] = float((TONIGHT - date).days)
    return frame.assign(as_of_date=pd.Timestamp(date)).reset_index()


@pytest.fixture(scope="session")
def panel() -> pd.DataFrame:
    days = order_days()
    rows = pd.concat([features_on(days, date) for date in DATES], ignore_index=True)
    catalog = feature_catalog()
    for name in prediction_features():
        if name not in rows:
            rows[name] = None if catalog[name].type.family == "text" else np.nan
    return with_derived(rows)
