"""Which features models of customers learn from: the one list.

Belongs here: names by feature family. Does not belong here: what a feature means and its type (the families' YAML in
the dbt project), features made of several (``panel``).

Left out on purpose: names, ids and areas small enough to point at somebody; gender, age, income, education, marital
status, children and household. What a customer does tells what a customer will do; what a customer is would carry old
differences between groups into who gets an offer, and in several countries may not decide it. A country stays, because
prices, delivery and seasons differ by it.
"""

from __future__ import annotations

from collections.abc import Mapping

PREDICTION_FEATURES: Mapping[str, tuple[str, ...]] = {
    "purchases": (
        "days_since_last_order",
        "days_since_first_order",
        "first_to_last_order_days",
        "order_gap_median_days",
        "returned_usual_gap_days",
        "order_days_count",
        "order_days_30d_count",
        "order_days_90d_count",
        "order_days_365d_count",
        "net_revenue_amount",
        "net_revenue_30d_amount",
        "net_revenue_90d_amount",
        "net_revenue_365d_amount",
        "margin_365d_share",
        "average_order_value_365d_amount",
        "discount_365d_share",
        "discounted_units_365d_share",
        "refund_365d_share",
        "units_per_order_365d_mean",
        "units_per_line_365d_mean",
        "season_order_days_365d_share",
        "weekend_order_days_365d_share",
        "net_revenue_trend_180d_share",
    ),
    "products": (
        "top_category",
        "category_365d_count",
        "top_category_365d_share",
        "repeat_sku_line_365d_share",
        "new_product_unit_365d_share",
    ),
    "channels": ("preferred_order_channel", "digital_order_365d_share", "store_order_365d_share"),
    "delivery": ("express_delivery_365d_share", "late_delivery_365d_share"),
    "engagement": (
        "engagement_score",
        "email_sent_90d_count",
        "email_open_90d_count",
        "click_90d_count",
        "visit_90d_count",
        "days_since_last_open",
        "days_since_last_click",
        "days_since_last_visit",
        "days_since_last_unsubscribe",
    ),
    "campaigns": ("campaign_365d_count", "days_since_last_campaign"),
    "satisfaction": ("latest_nps_answer", "days_since_last_nps_answer"),
    "support": ("open_ticket_count", "support_request_90d_count", "support_request_365d_count"),
    "consent": ("is_contactable_by_email",),
    "demographics": ("account_type", "acquisition_channel", "loyalty_tier"),
    "geography": ("country",),
}


def prediction_features() -> tuple[str, ...]:
    """Every feature, in the order of the list."""
    return tuple(name for names in PREDICTION_FEATURES.values() for name in names)
