"""The default words for purchase features.

Belongs here: what a high and a low value of each purchase feature says about a customer. Does not belong
here: how names are put together (``naming``); a deployment may pass its own vocabulary instead.
"""

from __future__ import annotations

from ml.clusters.naming import FeatureMeaning

PURCHASE_VOCABULARY: tuple[FeatureMeaning, ...] = (
    FeatureMeaning(
        feature="days_since_last_order",
        aspect="recency",
        role="adjective",
        rank=10,
        high="lapsing",
        very_high="lapsed",
        low=None,
        clause="last order {value} ago",
        unit="days",
    ),
    FeatureMeaning(
        feature="days_since_first_order",
        aspect="tenure",
        role="adjective",
        rank=15,
        high=None,
        low="newer",
        very_low="new",
        clause="first order {value} ago",
        unit="days",
    ),
    FeatureMeaning(
        feature="order_days_365d_count",
        aspect="frequency",
        role="adjective",
        rank=20,
        high="frequent",
        very_high="very frequent",
        low="occasional",
        very_low="infrequent",
        clause="buys on {value} days a year",
    ),
    FeatureMeaning(
        feature="order_gap_median_days",
        aspect="frequency",
        role="adjective",
        rank=20,
        high="occasional",
        very_high="infrequent",
        low="frequent",
        salience=0.8,
        clause="orders every {value}",
        unit="days",
    ),
    FeatureMeaning(
        feature="discount_365d_share",
        aspect="discount",
        role="adjective",
        rank=30,
        high="deal-seeking",
        low="full-price",
        clause="buys {value} on discount",
        unit="percent",
    ),
    FeatureMeaning(
        feature="refund_365d_share",
        aspect="refund",
        role="adjective",
        rank=40,
        high="often-returning",
        low=None,
        clause="returns {value} of what is bought",
        unit="percent",
    ),
    FeatureMeaning(
        feature="net_revenue_365d_amount",
        aspect="spend",
        role="noun",
        high="big spenders",
        very_high="top spenders",
        low="light spenders",
        clause="spends {value} a year",
        unit="amount",
    ),
    FeatureMeaning(
        feature="average_order_value_365d_amount",
        aspect="basket",
        role="noun",
        high="big-basket shoppers",
        low="small-basket shoppers",
        clause="spends {value} per order",
        unit="amount",
    ),
)
