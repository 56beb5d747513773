"""Rows of the marts that judge: scorecard, models, checks, KPIs."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tests.support.explored.common import DATES, NIGHT, SCHEMES, Rows, money, segments


def scorecard() -> Rows:
    return [
        {
            "scheme": scheme,
            "scheme_name": scheme.upper(),
            "method": "rule",
            "usefulness_rank": rank,
            "explained_spend_share": 0.4 / rank,
            "explained_spend_share_lower": 0.38 / rank,
            "explained_spend_share_upper": 0.42 / rank,
            "explained_retention_share": 0.3,
            "explained_retention_share_lower": 0.28,
            "explained_retention_share_upper": 0.32,
            "stability_share": 0.9,
            "coverage_share": 0.8,
            "balance_share": 0.7,
            "reachability_share": 0.6,
            "is_newest": True,
            "learned_as_of_date": DATES[0],
            "outcomes_until_date": NIGHT,
            "as_of_date": DATES[1],
        }
        for rank, scheme in enumerate(SCHEMES, 1)
    ]


def pair() -> dict[str, Any]:
    return {
        "first_scheme": "rfm",
        "second_scheme": "needs",
        "first_scheme_name": "RFM",
        "second_scheme_name": "NEEDS",
        "best_scheme": "rfm",
        "best_scheme_name": "RFM",
        "gain_rank": 1,
        "gain_share": 0.021,
        "gain_share_lower": 0.007,
        "gain_share_upper": 0.035,
        "has_earned_its_place": False,
        "is_chosen": False,
        "as_of_date": NIGHT,
    }


def metric(model: str, value: float, baseline: float, is_published: bool) -> dict[str, Any]:
    return {
        "model": model,
        "version": "1",
        "slice": "all",
        "metric": "log_loss",
        "baseline": "rfm_cells",
        "decision": "promoted" if is_published else "baseline",
        "reason": "As told.",
        "model_value": value,
        "model_lower": value - 0.01,
        "model_upper": value + 0.01,
        "baseline_value": baseline,
        "difference": value - baseline,
        "difference_lower": value - baseline - 0.01,
        "difference_upper": value - baseline + 0.01,
        "customers_count": 400,
        "is_published": is_published,
        "tested_on_date": DATES[1],
        "as_of_date": NIGHT,
    }


def quality() -> Rows:
    return [
        {
            "check_name": f"delivery__{place}",
            "check_kind": "delivery",
            "subject": f"raw.shop__table_{place}",
            "severity": "warn",
            "status": "warn" if place == 0 else "pass",
            "failures_count": 0,
            "records_count": 100,
            "rejected_count": 3 if place == 0 else None,
            "detail": "the newest event is of 2026-06-29",
            "run_id": "run",
            "is_current": current,
            "as_of_date": NIGHT if current else DATES[0],
        }
        for place in range(5)
        for current in (True, False)
    ]


def kpis() -> Rows:
    cells = [("all", "all", "Everybody"), *((scheme, code, name) for _, scheme, code, name, _ in segments())]
    quarters = [(dt.date(2026, 1, 1), "Q1 2026"), (dt.date(2026, 4, 1), "Q2 2026")]
    return [
        {
            "scheme": scheme,
            "segment_code": code,
            "segment_name": name,
            "period_kind": "quarter",
            "period_name": period,
            "customers_count": 100,
            "period_retention_rate": 0.61,
            "period_retention_rate_low": 0.55,
            "period_retention_rate_high": 0.67,
            "net_revenue_retention_rate": 0.97,
            "net_revenue_retention_rate_low": 0.84,
            "net_revenue_retention_rate_high": 1.11,
            "net_revenue_per_customer_amount": money(88.12),
            "average_order_value_amount": money(44.5),
            "nps": 22.4,
            "nps_low": 18.6,
            "nps_high": 26.2,
            "is_newest": place == 1,
            "membership_date": DATES[0],
            "period_start_date": start,
            "period_end_date": NIGHT,
        }
        for scheme, code, name in cells
        for place, (start, period) in enumerate(quarters)
    ]


def growth(code: str, name: str, scheme: str) -> dict[str, Any]:
    return {
        "scheme": scheme,
        "segment_code": code,
        "segment_name": name,
        "period_kind": "quarter",
        "period_name": "Q2 2026",
        "net_revenue_before_amount": money(1000.5),
        "net_revenue_now_amount": money(1100.75),
        "change_amount": money(100.25),
        "mover_effect_amount": money(60),
        "rate_effect_amount": money(50.25),
        "mix_effect_amount": money(-10),
        "is_newest": True,
        "period_start_date": dt.date(2026, 4, 1),
    }


def cohorts() -> Rows:
    return [
        {
            "group_kind": "all",
            "group_name": "all",
            "months_since": since,
            "customers_count": 40,
            "bounded_retention_rate": 0.3 - since / 20,
            "bounded_retention_rate_low": 0.2 - since / 20,
            "bounded_retention_rate_high": 0.4 - since / 20,
            "rolling_retention_rate": 0.5,
            "cohort_month_date": dt.date(2026, month, 1),
            "month_start_date": NIGHT,
        }
        for month in (1, 2, 3)
        for since in range(4)
    ]


def alert() -> dict[str, Any]:
    return {
        "scheme": "all",
        "segment_code": "all",
        "segment_name": "Everybody",
        "period_kind": "quarter",
        "period_name": "Q2 2026",
        "kpi": "nps",
        "kpi_name": "NPS",
        "direction": "bad",
        "sentence": "NPS of everybody fell by 8 points in Q2 2026.",
        "is_alert": True,
        "is_target_met": None,
        "period_end_date": NIGHT,
    }
