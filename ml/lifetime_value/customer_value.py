"""What each customer is expected to be worth within a horizon, every factor a column.

Belongs here: putting a buying model and a spend model together. Does not belong here: either model, margins (multiply
the amount by the margin where it is known), segments.
"""

from __future__ import annotations

import pandas as pd

from ml.errors import ModelInputError
from ml.lifetime_value.buying_model import BuyingModel
from ml.lifetime_value.gamma_gamma_model import GammaGammaModel


def expected_customer_value(
    buying: BuyingModel,
    spending: GammaGammaModel,
    histories: pd.DataFrame,
    amounts: pd.DataFrame,
    *,
    horizon_days: float = 365.0,
    yearly_rate: float = 0.1,
) -> pd.DataFrame:
    """Return the factors of each customer's expected value and the value itself.

    Orders and order values are taken as independent (Fader, Hardie & Lee 2005, RFM and CLV, section on monetary
    value), so the expected discounted amount is the product of the expected discounted orders and the expected value
    of an order.

    Args:
        buying: A fitted buying model.
        spending: A fitted spend model.
        histories: One row per customer, as ``buying`` reads it.
        amounts: The same customers, as ``spending`` reads it, in any order.
        horizon_days: Length of the horizon in days.
        yearly_rate: Discount per year of 365 days, 0.1 for ten per cent.

    Returns:
        Indexed as ``histories``: ``p_alive`` and ``p_return`` (0-1), ``expected_orders`` and ``discounted_orders``
        (orders), ``expected_order_amount`` and ``discounted_amount`` (currency of the amounts).

    Raises:
        ModelInputError: The two frames are not of the same customers, or one of the models refuses its frame.
    """
    absent = histories.index.difference(amounts.index)
    if len(absent) or len(histories) != len(amounts):
        raise ModelInputError(
            "expected_customer_value: histories and amounts are of other customers",
            expected="the same customer_ids in both",
            found=f"{len(histories)} and {len(amounts)} rows, {len(absent)} of the first absent from the second",
            fix="give customers without amounts a row with 0 orders",
        )
    order_amount = spending.expected_order_value(amounts.loc[histories.index])
    discounted = buying.discounted_expected_orders(histories, horizon_days=horizon_days, yearly_rate=yearly_rate)
    return pd.DataFrame(
        {
            "p_alive": buying.p_alive(histories),
            "p_return": buying.p_return(histories, horizon_days=horizon_days),
            "expected_orders": buying.conditional_expected_orders(histories, horizon_days=horizon_days),
            "discounted_orders": discounted,
            "expected_order_amount": order_amount,
            "discounted_amount": discounted * order_amount,
        },
        index=histories.index,
    )
