"""Customers who each order at a steady pace of their own until they leave: who knows the pace knows who comes back.

Big enough for models, and made so that recency, frequency and money in cells do not tell what the pace does.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from tests.support.small_company import LAST_NIGHT

FIRST_DAY = dt.date(2023, 1, 1)
CUSTOMERS = 900


def order_lines(*, seed: int = 3, customers: int = CUSTOMERS) -> pd.DataFrame:
    """Return order lines of two years, in file order by time."""
    draw = np.random.default_rng(seed)
    last = (LAST_NIGHT - FIRST_DAY).days
    rows = []
    for number in range(customers):
        pace, day = float(draw.uniform(20, 170)), float(draw.uniform(0, 400))
        leaves = day + float(draw.exponential(900))
        order = 0
        while day <= min(leaves, last):
            order += 1
            moment = dt.datetime.combine(FIRST_DAY + dt.timedelta(days=int(day)), dt.time(12, 30))
            rows.append(
                {
                    "order_id": f"o-{number:04d}-{order:03d}",
                    "line_number": 1,
                    "customer_ref": f"k{number:03d}",
                    "ordered_at": moment,
                    "sku": f"s{int(draw.integers(1, 21)):02d}",
                    "quantity": int(draw.integers(1, 4)),
                    "unit_price": round(float(draw.gamma(3, 8)) + 1, 2),
                    "discount_amount": 0.0,
                    "currency": "EUR",
                    "kind": "sale",
                }
            )
            day += max(1.0, pace * float(draw.normal(1, 0.08)))
    return pd.DataFrame(rows).sort_values(["ordered_at", "order_id"], ignore_index=True)
