"""Sums over customers that no mart has: of all of them, and of each segment.

Belongs here: the queries on the marts of one row a customer, and hiding groups that are too small. Does not belong
here: marts that already have one row a segment (``slices``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from orchestration.explorer.reading import Marts, Table
from orchestration.explorer.treatment_mix import treatment_mix


@dataclass(frozen=True)
class Total:
    """A number about all customers: its value (None when not known), its kind, what it means."""

    value: float | None
    kind: str
    meaning: str


# Each with the columns of ``customers`` that it reads; without one of them the number is not known.
_TOTALS: dict[str, tuple[str, str, str, tuple[str, ...]]] = {
    "customers": ("count(*)", "count", "Everybody known by the night's date.", ()),
    "active_customers": (
        "count(*) filter (where order_365d_count > 0)",
        "count",
        "Customers with an order in the 365 days to the night's date.",
        ("order_365d_count",),
    ),
    "net_revenue_365d": (
        "sum(net_revenue_365d_amount)",
        "money",
        "Paid minus refunded in 365 days, without tax and shipping.",
        ("net_revenue_365d_amount",),
    ),
    "margin_365d": (
        "sum(margin_365d_amount)",
        "money",
        "Net revenue of 365 days minus the cost of what was sold.",
        ("margin_365d_amount",),
    ),
    "expected_margin_365d": (
        "sum(expected_margin_365d_amount)",
        "money",
        "What today's customers are expected to earn us in the next 365 days.",
        ("expected_margin_365d_amount",),
    ),
    "email_reachable": (
        "count(*) filter (where is_contactable_by_email)",
        "count",
        "Customers who agreed to e-mails and can be reached by them.",
        ("is_contactable_by_email",),
    ),
}
_ANSWERED = "latest_nps_answer is not null and days_since_last_nps_answer <= 365"
# With fewer answers than these an NPS says nothing (its interval is wider than 35 points).
MINIMUM_NPS_ANSWERS = 30
# Two-sided 95 % of the normal distribution.
_Z = 1.959963984540054


def totals(marts: Marts) -> dict[str, Total]:
    """Numbers about all customers, by name."""
    present = marts.columns("customers")
    wanted = {name: spec for name, spec in _TOTALS.items() if present and all(column in present for column in spec[3])}
    values: dict[str, Any] = {}
    if wanted:
        listed = ", ".join(f"{spec[0]} as {name}" for name, spec in wanted.items())
        values = next(marts.query(f"select {listed} from customers").records())
    found = {name: Total(values.get(name), spec[1], spec[2]) for name, spec in _TOTALS.items()}
    return found | _nps(marts, present)


def _nps(marts: Marts, present: dict[str, str]) -> dict[str, Total]:
    """The net promoter score of the past year's latest answers, with its interval of 95 %.

    Source: Reichheld (2003); variance of a difference of two multinomial shares, (p + d - (p - d)^2) / n.
    """
    counts = {"n": 0, "promoters": 0, "detractors": 0}
    if {"latest_nps_answer", "days_since_last_nps_answer"} <= set(present):
        counts = next(
            marts.query(
                f"select count(*) as n, count(*) filter (where latest_nps_answer >= 9) as promoters, "
                f"count(*) filter (where latest_nps_answer <= 6) as detractors from customers where {_ANSWERED}"
            ).records()
        )
    score = low = high = None
    if (n := counts["n"]) >= MINIMUM_NPS_ANSWERS:
        p, d = counts["promoters"] / n, counts["detractors"] / n
        half = _Z * ((p + d - (p - d) ** 2) / n) ** 0.5
        score, low, high = (100 * value for value in (p - d, p - d - half, p - d + half))
    meaning = "Share of promoters (9-10) minus share of detractors (0-6), of each customer's latest answer in 365 days."
    return {
        "nps": Total(score, "points", meaning),
        "nps_low": Total(low, "points", "Lower end of the interval of 95 %."),
        "nps_high": Total(high, "points", "Upper end of the interval of 95 %."),
        "nps_answers": Total(n, "count", "Customers who answered within 365 days."),
    }


_CERTAINTY = """
select scheme, segment_code, avg(confidence order by confidence) as confidence_mean
from segment_memberships
where is_current
group by scheme, segment_code
having count(confidence) >= $smallest
order by scheme, segment_code
"""
_REACH = """
with counted as (
    select
        memberships.scheme, memberships.segment_code, count(*) as customers_count,
        count(*) filter (where not customers.is_contactable_by_email) as not_email_count,
        count(*) filter (where not customers.is_contactable_by_sms) as not_sms_count,
        count(*) filter (where not customers.is_contactable_by_phone) as not_phone_count,
    from segment_memberships as memberships
    inner join customers on memberships.customer_id = customers.customer_id
    where memberships.is_current
    group by memberships.scheme, memberships.segment_code
)
select
    scheme, segment_code,
    case when not_email_count >= $smallest then not_email_count / customers_count end as not_email_share,
    case when not_sms_count >= $smallest then not_sms_count / customers_count end as not_sms_share,
    case when not_phone_count >= $smallest then not_phone_count / customers_count end as not_phone_share,
from counted
where customers_count >= $smallest
order by scheme, segment_code
"""
_MOVEMENT = """
select
    scheme, as_of_date, previous_as_of_date,
    coalesce(sum(customers_count) filter (where from_segment_code <> 'entered'), 0)::bigint as known_before_count,
    coalesce(sum(customers_count) filter (where from_segment_code = 'entered'), 0)::bigint as entered_count,
    coalesce(sum(customers_count) filter (where from_segment_code not in ('entered', to_segment_code)), 0)::bigint
        as moved_count,
    sum(customer_changed_count)::bigint as customer_changed_count,
    sum(boundary_moved_count)::bigint as boundary_moved_count,
from segment_transitions
group by scheme, as_of_date, previous_as_of_date
order by scheme, as_of_date
"""
_MOVES = {
    "scheme",
    "from_segment_code",
    "to_segment_code",
    "customers_count",
    "customer_changed_count",
    "boundary_moved_count",
    "previous_as_of_date",
    "as_of_date",
}
_CONSENTS = {"is_contactable_by_email", "is_contactable_by_sms", "is_contactable_by_phone"}


def summaries(marts: Marts, *, smallest: int) -> dict[str, Table]:
    """Sums for each segment, by name; without the marts that one needs it is left out.

    Args:
        marts: The version's marts.
        smallest: Groups of fewer customers are hidden.
    """
    found: dict[str, Table] = {}
    memberships, customers = marts.columns("segment_memberships"), marts.columns("customers")
    if {"scheme", "segment_code", "is_current", "confidence"} <= set(memberships):
        found["membership_certainty"] = marts.query(_CERTAINTY, {"smallest": smallest})
        if set(customers) >= _CONSENTS:
            found["segment_reach"] = marts.query(_REACH, {"smallest": smallest})
    if set(marts.columns("segment_transitions")) >= _MOVES:
        found["movement"] = marts.query(_MOVEMENT)
    if (mix := treatment_mix(marts, smallest=smallest)) is not None:
        found["treatment_mix"] = mix
    return found
