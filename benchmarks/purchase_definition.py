"""What the purchase family is made of, for its two rewrites in polars and pandas.

Belongs here: names and numbers of models/features/feat_customers__purchases.sql and of the thresholds it reads by
default. Does not belong here: computing them.
"""

from __future__ import annotations

WINDOWS = (30, 90, 365)
MARGIN_SHARE = 0.3
# A silence counts as a return when it was longer than the smallest possible limit of "lost", and for so many days.
LOST_DAYS, RETURNED_DAYS = 120, 90
YEAR_SUMS = (
    "gross_amount",
    "discount_amount",
    "refund_amount",
    "margin_amount",
    "units_count",
    "discounted_units_count",
    "returned_units_count",
    "order_lines_count",
)
SUMS = ("order_count", "net_revenue_amount", *YEAR_SUMS)
RATIOS = {
    "average_order_value_365d_amount": ("net_revenue_365d_amount", "order_365d_count"),
    "discount_365d_share": ("discount_365d_amount", "gross_365d_amount"),
    "discounted_units_365d_share": ("discounted_units_365d_count", "units_365d_count"),
    "refund_365d_share": ("refund_365d_amount", "gross_365d_amount"),
    "returned_units_365d_share": ("returned_units_365d_count", "units_365d_count"),
    "units_per_order_365d_mean": ("units_365d_count", "order_365d_count"),
    "units_per_line_365d_mean": ("units_365d_count", "order_lines_365d_count"),
    "margin_365d_share": ("margin_365d_amount", "net_revenue_365d_amount"),
    "season_order_days_365d_share": ("season_order_days_365d_count", "order_days_365d_count"),
    "weekend_order_days_365d_share": ("weekend_order_days_365d_count", "order_days_365d_count"),
}
