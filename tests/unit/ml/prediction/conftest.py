"""A buying process whose true probabilities are known.

Belongs here: simulated panels. Does not belong here: assertions.

Every 30 days a customer buys with a probability that is a function of the very features a model sees, so the best
possible prediction is known and a model's can be held against it.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from ml.evaluation.time_splits import PanelParts, newest_complete_dates, split_for_use

STEP = 30
FEATURES = (
    "days_since_last_order",
    "order_days_365d_count",
    "net_revenue_365d_amount",
    "engagement_score",
    "country",
    "is_member",
    "noise",
)
START = pd.Timestamp("2024-01-01")


def true_probability(recency: np.ndarray, frequency: np.ndarray, country: np.ndarray, member: np.ndarray) -> np.ndarray:
    """Return the chance to buy within the next 30 days; members keep buying after a silence."""
    fading = np.where(member > 0, 0.001, 0.008) * recency
    return expit(
        -1.4 + 0.2 * np.minimum(frequency, 8) - fading + np.select([country == "DE", country == "AT"], [0.6, 0.0], -0.5)
    )


def simulated_panel(n: int = 2500, *, periods: int = 26, warm_up: int = 13, seed: int = 0) -> pd.DataFrame:
    """Return rows of ``periods - warm_up`` dates, 30 days apart, of n customers with features, outcomes and truth."""
    rng = np.random.default_rng(seed)
    country = rng.choice(["DE", "AT", "CH"], n, p=[0.5, 0.3, 0.2])
    member = rng.integers(0, 2, n).astype(float)
    level = rng.lognormal(3.5, 0.5, n)
    bought = np.zeros((n, periods + 8), dtype=bool)
    spent = np.zeros((n, periods + 8))
    truth = np.zeros((n, periods + 8))
    bought[:, 0], spent[:, 0] = True, level
    features = {}
    for step in range(1, periods + 8):
        past = bought[:, :step]
        recency = (STEP * (np.argmax(past[:, ::-1], axis=1) + 1)).astype(float)
        year = slice(max(0, step - 12), step)
        frequency, revenue = bought[:, year].sum(axis=1).astype(float), spent[:, year].sum(axis=1)
        truth[:, step] = true_probability(recency, frequency, country, member)
        features[step] = (recency, frequency, revenue)
        bought[:, step] = rng.random(n) < truth[:, step]
        spent[:, step] = bought[:, step] * level * rng.gamma(4, 0.25, n)
    frames = []
    for step in range(warm_up, periods):
        ahead = np.argmax(bought[:, step:], axis=1)
        none = ~bought[:, step:].any(axis=1)
        recency, frequency, revenue = features[step]
        observed = STEP * (periods - step)
        days = np.where(none, np.nan, STEP * ahead + 15.0)
        frames.append(
            pd.DataFrame(
                {
                    "customer_id": [f"cust_{i:06d}" for i in range(n)],
                    "as_of_date": START + pd.Timedelta(days=STEP * step),
                    "days_since_last_order": recency,
                    "order_days_365d_count": frequency,
                    "net_revenue_365d_amount": revenue,
                    "engagement_score": np.where(rng.random(n) < 0.3, np.nan, rng.normal(frequency, 2)),
                    "country": pd.Series(country).where(pd.Series(rng.random(n) > 0.02), None),
                    "is_member": member,
                    "noise": rng.normal(size=n),
                    "returned_30d": bought[:, step].astype(float),
                    "spend_30d_amount": spent[:, step],
                    "days_to_next_order": np.where(days <= observed, days, np.nan),
                    "observed_days": float(observed),
                    "true_probability": truth[:, step],
                    "true_amount": truth[:, step] * level,
                    "true_days": days,
                }
            )
        )
    return pd.concat(frames, ignore_index=True)


@pytest.fixture(scope="session")
def panel() -> pd.DataFrame:
    """2,500 customers on 13 dates."""
    return simulated_panel()


@pytest.fixture(scope="session")
def tonight(panel: pd.DataFrame) -> pd.Timestamp:
    """The first date of which nothing is known afterwards."""
    return panel["as_of_date"].max() + pd.Timedelta(days=STEP)


@pytest.fixture(scope="session")
def test_rows(panel: pd.DataFrame, tonight: pd.Timestamp) -> pd.DataFrame:
    """The newest date whose 30 days are over."""
    return panel[
        panel["as_of_date"].isin(newest_complete_dates(panel["as_of_date"], horizon_days=30, known_until=tonight))
    ]


@pytest.fixture(scope="session")
def parts(panel: pd.DataFrame, test_rows: pd.DataFrame) -> PanelParts:
    """What a model used on that date may learn from."""
    return split_for_use(panel["as_of_date"], used_on=test_rows["as_of_date"].iloc[0], horizon_days=30).parts(panel)
