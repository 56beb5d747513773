"""Rows of the marts of what is done: treatments, campaigns, demand."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tests.support.explored.common import CUSTOMERS, DATES, NIGHT, Rows, money, segments


def treatments() -> Rows:
    return [
        {
            "customer_id": f"customer-{n:04d}",
            "offer_code": "none" if n % 5 < 2 else "bundle",
            "offer_rule_code": "otherwise",
            "offer_reason": "why",
            "support_tier_code": "vip" if n % 5 < 2 else "standard",
            "support_tier_rule_code": "best",
            "support_tier_reason": "why",
            "as_of_date": NIGHT,
        }
        for n in range(CUSTOMERS)
    ]


def treatment_rules() -> Rows:
    rules = [
        ("offer", "Offer", "bundle", "What goes with it", "goes"),
        ("offer", "Offer", "none", "No offer", "otherwise"),
        ("support_tier", "Support", "vip", "VIP line", "best"),
        ("support_tier", "Support", "standard", "Standard", "rest"),
    ]
    return [
        {
            "dimension": dimension,
            "rule_code": rule,
            "option_code": option,
            "dimension_name": title,
            "option_name": name,
            "rule_name": None,
            "conditions": "fits",
            "rule_number": place,
            "matched_count": 200,
            "given_count": 150,
            "displaced_by_capacity_count": 50 if option == "vip" else 0,
            "displaced_by_fatigue_count": 0,
            "capacity_count": 150,
            "planned_cost_amount": money(750),
            "as_of_date": NIGHT,
        }
        for place, (dimension, title, option, name, rule) in enumerate(rules)
    ]


def fairness() -> dict[str, Any]:
    return {
        "dimension": "support_tier",
        "option_code": "vip",
        "protected_attribute": "gender",
        "attribute_value": "female",
        "dimension_name": "Support",
        "customers_count": 100,
        "given_count": 20,
        "given_share": 0.2,
        "others_share": 0.35,
        "is_flagged": True,
        "as_of_date": NIGHT,
    }


def affinity() -> dict[str, Any]:
    return {
        "item_level": "category",
        "item_code": "decor",
        "item_name": "Decor",
        "partner_code": "garden",
        "partner_name": "Garden",
        "partner_rank": 1,
        "pair_basket_count": 40,
        "confidence_share": 0.2,
        "lift": 1.8,
        "lift_low": 1.4,
        "is_strong": True,
        "as_of_date": NIGHT,
    }


def audience() -> dict[str, Any]:
    return {
        "campaign_id": "spring",
        "campaign_name": "Spring living",
        "channel": "email",
        "audience": "all",
        "status": "running",
        "not_exported_because": None,
        "listed_count": 300,
        "no_consent_count": 40,
        "contacted_count": 190,
        "held_out_count": 70,
        "as_of_date": NIGHT,
    }


def campaign() -> dict[str, Any]:
    return {
        "campaign_id": "spring",
        "campaign_name": "Spring living",
        "channel": "email",
        "finding": "Contacting brought more.",
        "why_not": None,
        "customers_count": 260,
        "treatment_customers_count": 190,
        "holdout_customers_count": 70,
        "treatment_response_share": 0.21,
        "holdout_response_share": 0.15,
        "cost_amount": money(19),
        "incremental_margin_amount": money(140.5),
        "incremental_margin_low_amount": money(20),
        "incremental_margin_high_amount": money(261),
        "is_randomised": True,
        "launches_on_date": DATES[1],
        "first_assigned_date": DATES[1],
        "as_of_date": NIGHT,
    }


def lift() -> Rows:
    cells = [("all", "all", "All customers"), *((scheme, code, name) for _, scheme, code, name, _ in segments())]
    return [
        {
            "campaign_id": "spring",
            "scheme": scheme,
            "segment_code": code,
            "metric": metric,
            "campaign_name": "Spring living",
            "segment_name": name,
            "finding": "Contacting brought more.",
            "why_not": None,
            "treatment_mean": 5.1,
            "holdout_mean": 4.2,
            "adjusted_difference": 0.9,
            "adjusted_low": 0.1,
            "adjusted_high": 1.7,
            "is_significant": True,
            "as_of_date": NIGHT,
        }
        for scheme, code, name in cells
        for metric in ("margin", "orders")
    ]


def demand() -> Rows:
    cells = [("all", "all"), *((scheme, code) for _, scheme, code, _, _ in segments())]
    return [
        {
            "scheme": scheme,
            "segment_code": code,
            "category_code": category,
            "segment_name": code,
            "category_name": category.title(),
            "units_count": None if ahead else money(50 + month),
            "expected_units_count": 55.5 if ahead else None,
            "expected_units_low": 40.0 if ahead else None,
            "expected_units_high": 70.0 if ahead else None,
            "units_to_hold_count": 66.0 if ahead else None,
            "is_forecast": ahead,
            "month_date": dt.date(2026, month, 1),
            "as_of_date": NIGHT,
        }
        for scheme, code in cells
        for category in ("decor", "garden")
        for month in range(3, 9)
        for ahead in [month > 6]
    ]


def backtest() -> Rows:
    errors = {"seasonal_growth": 0.107, "seasonal_naive": 0.233, "top_down": 0.19, "same_month_last_year": 0.36}
    short = {"recent_mean": 0.15}
    scaled = ("mean_absolute_scaled_error", 3.9), ("coverage_share", 8.9)
    judged = ("weighted_absolute_percentage_error", 1.0), ("bias_share", -0.4)
    cells = [
        *(("category", category, errors) for category in ("all categories", "decor", "garden")),
        *(("short_category", category, short) for category in ("all categories", "gifts")),
        ("rfm", "all categories", errors),
    ]
    return [
        {
            "level": level,
            "category_code": category,
            "method": method,
            "metric": metric,
            "reason": "It is nearest." if place == 0 else "Not published: It is nearest.",
            # What never varies has no scaled error.
            "metric_value": None if (category, metric) == ("garden", scaled[0][0]) else error * times,
            "forecasts_count": 36,
            "origins_count": 6,
            "is_published": place == 0,
            "as_of_date": NIGHT,
        }
        for level, category, methods in cells
        for place, (method, error) in enumerate(
            (method, error)
            for method, error in methods.items()
            if (method in ("top_down", "same_month_last_year")) == (level == "rfm")
        )
        for metric, times in (judged if level == "rfm" else (*judged, *scaled))
    ]
