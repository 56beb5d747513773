"""Rows of the marts of segments: schemes, customers, memberships, profiles, traits and moves."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

from tests.support.explored.common import CUSTOMERS, DATES, NIGHT, SCHEMES, Rows, money, segments


def schemes() -> Rows:
    there = [
        {
            "scheme": scheme,
            "scheme_name": scheme.upper(),
            "question": f"What of {scheme}?",
            "method": "rule" if scheme == "rfm" else "model",
            "status": "available",
            "status_reason": None,
            "source": "a book",
            "owner": "marketing",
            "segments_count": 3,
            "customers_known_share": 0.75,
            "as_of_date": NIGHT,
        }
        for scheme in SCHEMES
    ]
    return [
        *there,
        {
            **there[0],
            "scheme": "combined",
            "scheme_name": "Combined",
            "status": "not_available",
            "status_reason": "no cross is better yet",
            "segments_count": None,
            "customers_known_share": None,
        },
    ]


def customers() -> Rows:
    return [
        {
            "customer_id": f"customer-{n:04d}",
            "order_365d_count": n % 4,
            "net_revenue_365d_amount": money(n % 4 * 31.17),
            "margin_365d_amount": money(n % 4 * 12.03),
            "expected_margin_365d_amount": money(n % 7 * 5.01),
            "latest_nps_answer": float(n % 11) if n % 2 else None,
            "days_since_last_nps_answer": n if n % 2 else None,
            "is_contactable_by_email": n % 3 > 0,
            "is_contactable_by_sms": False,
            "is_contactable_by_phone": n % 5 == 0,
            "as_of_date": NIGHT,
        }
        for n in range(CUSTOMERS)
    ]


def code(scheme: str, n: int) -> str:
    return SCHEMES[scheme][0 if n % 5 < 2 else 1 if n % 5 < 4 else 2][0]


def memberships() -> Rows:
    return [
        {
            "customer_id": f"customer-{n:04d}",
            "scheme": scheme,
            "segment_code": code(scheme, n),
            "confidence": 0.6 + n % 4 / 10 if scheme == "needs" else None,
            "is_current": True,
            "valid_from": NIGHT,
        }
        for scheme in SCHEMES
        for n in range(CUSTOMERS)
    ]


def profile(date: dt.date, place: int, scheme: str, code: str, name: str, colour: str) -> dict[str, Any]:
    size = (160, 160, 80)[place] - 5 * DATES.index(NIGHT) + 5 * DATES.index(date)
    return {
        "scheme": scheme,
        "segment_code": code,
        "segment_name": name,
        "description": f"Those of {name}",
        "persona": "",
        "sets_apart": "",
        "colour": colour,
        "display_order": place + 1,
        "customers_count": size,
        "customers_share": size / CUSTOMERS,
        "net_revenue_365d_amount": money(size * 31.5),
        "net_revenue_365d_share": 0.5 - place / 6,
        "margin_365d_share": 0.5 - place / 6,
        "net_revenue_365d_mean_amount": money(1289.37 / (place + 1)),
        "order_days_365d_mean": 9.4 - 4.1 * place,
        "average_order_value_365d_amount": money(134.27),
        "discount_365d_share": 0.034 * (place + 1),
        "days_since_last_order_median": 8.0 + 90 * place,
        "net_revenue_index": 3.6 - place,
        "is_current": date == NIGHT,
        "as_of_date": date,
    }


def traits() -> Rows:
    traits = [
        ("age_band", "Age", "25-34", "customers aged 25-34"),
        ("need", "Strongest need", "price", "customers whose strongest need is price"),
        ("order_value", "Order value", "bottom", "customers from the bottom fifth of order values"),
        ("nps", "Recommendation (NPS)", "promoter", "NPS promoters"),
        ("express", "Express delivery", "never", "customers who never choose express delivery"),
    ]
    return [
        {
            "scheme": scheme,
            "segment_code": code,
            "trait": trait,
            "trait_value": value,
            "trait_name": name,
            "words": words,
            "sentence": "",
            "customers_count": 20,
            "segment_share": 0.4 + rank / 50,
            "base_share": 0.2,
            "trait_index": 2.0,
            "index_lower": 1.6,
            "index_upper": 2.4,
            "rank": rank + 1,
            "is_over": True,
            "is_distinct": True,
            "is_own_input": False,
            "as_of_date": NIGHT,
        }
        for _, scheme, code, _, _ in segments()
        for rank, (trait, name, value, words) in enumerate(traits)
    ]


def transitions() -> Rows:
    rows = []
    for before, date in itertools.pairwise(DATES):
        for _, scheme, code, _, _ in segments():
            for place, _, to, _, _ in (segment for segment in segments() if segment[1] == scheme):
                count = 11 + 3 * place
                rows.append(
                    {
                        "scheme": scheme,
                        "from_segment_code": code,
                        "to_segment_code": to,
                        "customers_count": count,
                        "customer_changed_count": 0 if code == to else count - 2,
                        "boundary_moved_count": 0 if code == to else 2,
                        "previous_as_of_date": before,
                        "as_of_date": date,
                    }
                )
        rows += [
            {
                **rows[-1],
                "scheme": scheme,
                "from_segment_code": "entered",
                "to_segment_code": SCHEMES[scheme][0][0],
                "customers_count": 12,
                "customer_changed_count": 0,
                "boundary_moved_count": 0,
            }
            for scheme in SCHEMES
        ]
    return rows
