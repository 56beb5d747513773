"""Buyers of known parameters: simulated ones, single histories, and models that were told the truth.

Belongs here: orders drawn from the three stories of buying, one truth for each. Does not belong here: assertions.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ml.lifetime_value.beta_geo_model import BetaGeoModel
from ml.lifetime_value.buying_model import BuyingModel
from ml.lifetime_value.modified_beta_geo_model import ModifiedBetaGeoModel
from ml.lifetime_value.pareto_nbd_model import ParetoNbdModel

MODELS = (BetaGeoModel, ModifiedBetaGeoModel, ParetoNbdModel)
STORIES = {BetaGeoModel: "beta_geo", ModifiedBetaGeoModel: "modified_beta_geo", ParetoNbdModel: "pareto_nbd"}
TRUTHS = {
    BetaGeoModel: (0.6, 40.0, 0.9, 2.2),
    ModifiedBetaGeoModel: (0.6, 40.0, 0.9, 2.2),
    ParetoNbdModel: (0.6, 60.0, 0.7, 90.0),
}


def simulated(
    story: str, parameters: tuple[float, float, float, float], ages: np.ndarray, *, beyond: float = 0.0, seed: int = 0
) -> pd.DataFrame:
    """Draw customers of the given ages in days.

    Args:
        story: ``beta_geo``, ``modified_beta_geo`` or ``pareto_nbd``.
        parameters: r, alpha, a, b or r, alpha, s, beta; scales in days.
        ages: Days since the first order, shape (n,).
        beyond: Days after now for which orders are counted as ``later_orders``.
        seed: Seed of all draws.

    Returns:
        The three columns of a history, ``later_orders`` and ``is_alive`` (at the age), indexed by customer_id.
    """
    rng = np.random.default_rng(seed)
    n = len(ages)
    r, alpha, third, fourth = parameters
    rate = rng.gamma(r, 1 / alpha, n)
    is_pareto = story == "pareto_nbd"
    leaves_at = rng.exponential(1.0, n) / rng.gamma(third, 1 / fourth, n) if is_pareto else np.full(n, np.inf)
    leaving = np.zeros(n) if is_pareto else rng.beta(third, fourth, n)
    is_there = rng.random(n) >= leaving if story == "modified_beta_geo" else np.ones(n, dtype=bool)
    now, orders, last, later = np.zeros(n), np.zeros(n), np.zeros(n), np.zeros(n)
    gone_at = np.where(is_there, leaves_at, 0.0)
    going = is_there.copy()
    while going.any():
        at = np.flatnonzero(going)
        now[at] += rng.exponential(1.0, len(at)) / rate[at]
        in_time = (now[at] <= np.minimum(leaves_at[at], ages[at] + beyond)) & np.isfinite(now[at])
        going[at[~in_time]] = False
        at = at[in_time]
        known = at[now[at] <= ages[at]]
        orders[known] += 1
        last[known] = now[known]
        later[at[now[at] > ages[at]]] += 1
        if not is_pareto:
            left = at[rng.random(len(at)) < leaving[at]]
            gone_at[left] = now[left]
            going[left] = False
    return pd.DataFrame(
        {
            "repeat_orders_count": orders,
            "first_to_last_order_days": last,
            "age_days": ages,
            "later_orders": later,
            "is_alive": gone_at > ages,
        },
        index=pd.Index([f"cust_{i:07d}" for i in range(n)], name="customer_id"),
    )


def histories_frame(orders: object, last: object, age: object) -> pd.DataFrame:
    """Return histories written out column by column as the table that models read."""
    values = {"repeat_orders_count": orders, "first_to_last_order_days": last, "age_days": age}
    table = pd.DataFrame(values, dtype=float)
    return table.set_index(pd.Index([f"cust_{i:04d}" for i in range(len(table))], name="customer_id"))


def known_model(kind: type[BuyingModel], parameters: object) -> BuyingModel:
    """Return a model with the given parameters, as if it had learnt them."""
    model = kind()
    model.parameters_ = dict(zip(kind.PARAMETERS, map(float, parameters), strict=True))  # type: ignore[arg-type]
    return model
