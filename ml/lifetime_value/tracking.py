"""Expected against counted: the repeat orders of all customers together, week after week.

Belongs here: the expected cumulative curve. Does not belong here: counting what happened, drawing it.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ml.errors import ModelInputError
from ml.lifetime_value.buying_model import BuyingModel


def expected_cumulative_orders(
    model: BuyingModel, age_days: pd.Series, *, beyond_days: float = 0.0, step_days: float = 7.0
) -> pd.Series:
    """Return how many repeat orders a base of customers is expected to have made by the end of every step.

    Each customer counts from the own first order on: the sum over customers of E[X(d - first order)], as Fader,
    Hardie & Lee (2005) track cumulative repeat transactions. Nothing but
    the dates of the first orders enters, so it can be held against what was counted.

    Args:
        model: A fitted buying model.
        age_days: Days since each customer's first order, shape (n,).
        beyond_days: How far after now the curve goes on.
        step_days: Days between two points, 7 for weeks.

    Returns:
        Expected cumulative repeat orders, indexed by days since the oldest customer's first order.

    Raises:
        ModelInputError: An age is missing or negative, there are no customers, or a step is not above 0.
    """
    ages = age_days.to_numpy(dtype=np.float64, na_value=np.nan)
    if not len(ages) or not (np.isfinite(ages) & (ages >= 0)).all() or not step_days > 0 or not beyond_days >= 0:
        raise ModelInputError(
            "expected_cumulative_orders: ages or steps cannot be",
            expected="customers with an age of 0 or more days, a step above 0, beyond_days of 0 or more",
            found=f"{len(ages)} customers, {int(np.isnan(ages).sum())} without an age, step {step_days}, "
            f"beyond {beyond_days}",
            fix="pass age_days of the frame that the model was fitted on",
        )
    begins, customers = np.unique(ages.max() - ages, return_counts=True)
    ends = np.arange(1, int((ages.max() + beyond_days) / step_days) + 1) * step_days
    elapsed = np.maximum(ends[:, None] - begins, 0.0)
    distinct, at = np.unique(elapsed, return_inverse=True)
    expected = model.expected_orders(distinct)[at.reshape(elapsed.shape)]
    totals = np.einsum("ij,j->i", expected, customers.astype(np.float64))
    return pd.Series(totals, index=pd.Index(ends, name="days_since_first_order"), name="expected_repeat_orders")
