"""Planted customers for the estimator tests.

Belongs here: frames made from a seed. Does not belong here: assertions.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

COLUMNS = [
    "days_since_last_order",
    "order_days_365d_count",
    "net_revenue_365d_amount",
    "average_order_value_365d_amount",
    "discount_365d_share",
]
# Centres of four planted kinds of customer: loyal, bulk, deal seeking, lapsed.
CENTERS = np.array(
    [
        [6.0, 60.0, 3000.0, 50.0, 0.10],
        [40.0, 6.0, 1800.0, 300.0, 0.15],
        [12.0, 30.0, 600.0, 20.0, 0.70],
        [250.0, 3.0, 90.0, 30.0, 0.30],
    ]
)


def planted(n: int, *, seed: int = 0, spread: float = 0.12) -> tuple[pd.DataFrame, np.ndarray]:
    """Return n customers around the centres (log-normal amounts) and the kind of each."""
    rng = np.random.default_rng(seed)
    kind = rng.choice(len(CENTERS), size=n, p=[0.3, 0.2, 0.3, 0.2])
    values = CENTERS[kind] * np.exp(rng.normal(0, spread, size=(n, len(COLUMNS))))
    values[:, 4] = np.clip(values[:, 4], 0, 1)
    index = pd.Index([f"cust_{i:06d}" for i in range(n)], name="customer_id")
    return pd.DataFrame(values, index=index, columns=COLUMNS), kind


@pytest.fixture(scope="session")
def blobs() -> tuple[pd.DataFrame, np.ndarray]:
    """600 planted customers and their kinds."""
    return planted(600)


@pytest.fixture(scope="session")
def plant() -> Callable[..., tuple[pd.DataFrame, np.ndarray]]:
    """The function that plants customers."""
    return planted
