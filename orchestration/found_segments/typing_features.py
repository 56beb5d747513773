"""The features by which a customer who was not asked is held against those who were.

Belongs here: the list. Does not belong here: what a feature means (``dbt_project``), how it is used (``inference``).

Whatever an answer is made of is left out: it would give itself away. Counts and amounts of one year only, because a
customer's history is as long as the company's data.
"""

from __future__ import annotations

TYPING_FEATURES: dict[str, tuple[str, ...]] = {
    "feat_customers__purchases": (
        "days_since_last_order",
        "order_days_365d_count",
        "net_revenue_365d_amount",
        "average_order_value_365d_amount",
        "units_per_order_365d_mean",
        "discount_365d_share",
        "refund_365d_share",
    ),
    "feat_customers__products": (
        "top_category",
        "category_365d_count",
        "sku_365d_count",
        "new_product_unit_365d_share",
    ),
    "feat_customers__channels": ("preferred_order_channel", "digital_order_365d_share", "mobile_order_365d_share"),
    "feat_customers__delivery": (
        "express_delivery_365d_share",
        "pickup_delivery_365d_share",
        "freight_delivery_365d_share",
    ),
    "feat_customers__demographics": ("account_type", "age_band", "gender", "household_size", "acquisition_channel"),
    "feat_customers__engagement": ("engagement_score", "email_click_365d_rate"),
}
TYPING_TABLES = tuple(f"features.{family}" for family in TYPING_FEATURES)
