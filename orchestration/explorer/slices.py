"""Which rows and columns of which marts the page carries.

Belongs here: the list, by mart. Does not belong here: reading them (``reading``), sums over customers (``summaries``).
"""

from __future__ import annotations

from dataclasses import dataclass

# No one row of the page may be about one person.
FORBIDDEN_COLUMNS = frozenset({"customer_id", "former_customer_id", "household_id", "profile_id", "reasons"})


@dataclass(frozen=True, kw_only=True)
class Slice:
    """A part of a mart.

    Attributes:
        mart: Name of the mart.
        keys: Columns that find one row; without one of them the mart is of a shape that the page does not know.
        only: The further columns that the page shows, as far as they are there; none named means all.
        leave_out: Columns that it does not show.
        where: Condition on its rows, SQL over the key columns and ``needs``.
        needs: Further columns without which the mart cannot be shown.
        is_required: Whether the page makes no sense without it.
    """

    mart: str
    keys: tuple[str, ...]
    only: tuple[str, ...] = ()
    leave_out: tuple[str, ...] = ()
    where: str = "true"
    needs: tuple[str, ...] = ()
    is_required: bool = False


# A year of movements; the page would be as large again with two.
_NEWEST_MOVES = "as_of_date > (select max(as_of_date) from {mart}) - interval 366 day"

_NEWEST_PERIODS = (
    "period_kind in ('month', 'quarter') "
    "and period_start_date > (select max(period_start_date) from {mart}) - interval 732 day "
    "or period_kind = 'year' and is_newest"
)
# What segments bought in each category and month would be the largest part of the page; of them the forecast is told.
_DEMAND_TO_SHOW = "scheme = 'all' or is_forecast"


def _with_interval(column: str) -> tuple[str, str, str]:
    return column, f"{column}_low", f"{column}_high"


SLICES = (
    Slice(mart="segmentation_schemes", keys=("scheme",), is_required=True),
    Slice(
        mart="segment_profiles",
        keys=("scheme", "segment_code", "as_of_date"),
        leave_out=("persona", "sets_apart"),
        needs=("is_current", "segment_name", "customers_count", "customers_share"),
        is_required=True,
    ),
    Slice(
        mart="segment_traits",
        keys=("scheme", "segment_code", "trait", "trait_value"),
        leave_out=("sentence", "as_of_date"),
        needs=("words", "rank", "is_distinct", "is_own_input", "segment_share", "base_share"),
        where="is_distinct",
    ),
    Slice(
        mart="segment_transitions",
        keys=("scheme", "from_segment_code", "to_segment_code", "as_of_date"),
        only=("customers_count", "customer_changed_count", "boundary_moved_count", "previous_as_of_date"),
        where=_NEWEST_MOVES,
    ),
    Slice(mart="segment_boundaries", keys=("scheme", "boundary_name", "boundary_number", "boundaries_set_date")),
    Slice(mart="scheme_scorecard", keys=("scheme", "as_of_date"), needs=("is_newest",), where="is_newest"),
    Slice(mart="scheme_pairs", keys=("first_scheme", "second_scheme")),
    Slice(mart="model_metrics", keys=("model", "slice", "metric", "baseline", "tested_on_date")),
    Slice(mart="model_calibration", keys=("model", "decile")),
    Slice(
        mart="segment_kpis",
        keys=("scheme", "segment_code", "period_kind", "period_start_date"),
        only=(
            "period_name",
            "is_newest",
            *_with_interval("period_retention_rate"),
            *_with_interval("net_revenue_retention_rate"),
            "net_revenue_growth_share",
            "net_revenue_per_customer_amount",
            "average_order_value_amount",
            "expected_margin_365d_mean_amount",
            *_with_interval("nps"),
            *_with_interval("high_engagement_share"),
            *_with_interval("conversion_rate"),
            *_with_interval("campaign_response_rate"),
            "cost_to_serve_per_customer_amount",
            "period_end_date",
        ),
        needs=("period_name", "is_newest"),
        where=_NEWEST_PERIODS,
    ),
    Slice(
        mart="segment_growth",
        keys=("scheme", "segment_code", "period_kind", "period_start_date"),
        needs=("period_name", "is_newest"),
        where="is_newest",
    ),
    Slice(
        mart="cohort_retention",
        keys=("group_kind", "group_name", "cohort_month_date", "months_since"),
        only=("customers_count", *_with_interval("bounded_retention_rate"), "rolling_retention_rate"),
        where="group_kind = 'all'",
    ),
    Slice(
        mart="kpi_alerts",
        keys=("scheme", "segment_code", "period_kind", "kpi"),
        needs=("sentence", "is_alert", "is_target_met"),
        where="is_alert or is_target_met = false",
    ),
    Slice(
        mart="treatment_rules",
        keys=("dimension", "rule_code"),
        needs=("dimension_name", "option_name", "conditions", "rule_number", "matched_count", "given_count"),
    ),
    Slice(
        mart="treatment_fairness",
        keys=("dimension", "option_code", "protected_attribute", "attribute_value"),
        needs=("is_flagged",),
        where="is_flagged",
    ),
    Slice(
        mart="product_affinities",
        keys=("item_level", "item_code", "partner_code"),
        only=("item_name", "partner_name", "lift", "lift_low", "pair_basket_count", "confidence_share"),
        needs=("is_strong", "lift_low", "item_name", "partner_name"),
        where="is_strong and item_level = 'category'",
    ),
    Slice(mart="audience_sizes", keys=("campaign_id",)),
    Slice(mart="campaigns", keys=("campaign_id",), needs=("campaign_name",)),
    Slice(mart="experiment_lift", keys=("campaign_id", "scheme", "segment_code", "metric")),
    Slice(
        mart="category_demand",
        keys=("scheme", "segment_code", "category_code", "month_date"),
        only=(
            "category_name",
            "units_count",
            "expected_units_count",
            "expected_units_low",
            "expected_units_high",
            "units_to_hold_count",
            "is_forecast",
        ),
        needs=("category_name", "units_count", "expected_units_count", "is_forecast"),
        where=_DEMAND_TO_SHOW,
    ),
    Slice(mart="demand_backtest", keys=("level", "category_code", "method", "metric")),
    Slice(
        mart="data_quality",
        keys=("check_name", "as_of_date"),
        leave_out=("run_id", "checked_at"),
        needs=("is_current",),
        where="is_current",
    ),
)
