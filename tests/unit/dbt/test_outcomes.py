"""Outcomes of a date are what happened after it: neither what came before nor what is still to come touches them."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence

import duckdb
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.repository import DBT_PROJECT
from scripts.dbt_model_sql import model_sql, project_macros

VARIABLES = yaml.safe_load((DBT_PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]
DATE = dt.date(2016, 12, 31)
CUSTOMERS = ("anna", "ben", "cleo")
# Customer, days after the date (before it where negative), orders of the day, net revenue in whole units.
Event = tuple[str, int, int, int]
EVENTS = st.lists(
    st.tuples(
        st.sampled_from(CUSTOMERS),
        st.one_of(st.integers(-400, 800), st.sampled_from([-1, 0, 1, 89, 90, 91, 364, 365, 366])),
        st.integers(0, 3),
        st.integers(-50, 200),
    ),
    max_size=15,
    unique_by=lambda event: event[:2],
)
OUTCOMES = model_sql(
    (DBT_PROJECT / "models/outcomes/outcome_customers__purchases.sql").read_text(encoding="utf-8"),
    name="outcome_customers__purchases",
    variables=VARIABLES,
    macros=project_macros(),
).text


def outcomes(events: Sequence[Event], *, observed: int) -> dict[str, tuple[object, ...]]:
    """What the model says of each customer on the date."""
    with duckdb.connect() as con:
        con.execute(
            "create table int_customers__as_of as select unnest($1::varchar[]) as customer_id, $2::date as as_of_date",
            [list(CUSTOMERS), DATE],
        )
        con.execute(
            "create table int_outcomes__inputs as select $1::date as input_date, $2::integer as observed_days_count",
            [DATE, observed],
        )
        con.execute(
            "create table int_purchases__customer_days (customer_id varchar, activity_date date, order_count bigint, "
            "net_revenue_amount decimal(18, 4), margin_amount decimal(18, 4), is_order_day boolean)"
        )
        for customer, after, orders, amount in events:
            con.execute(
                "insert into int_purchases__customer_days values ($1, $2, $3, $4, $4, $3 > 0)",
                [customer, DATE + dt.timedelta(days=after), orders, amount],
            )
        rows = con.execute(
            "select customer_id, "
            "order_90d_count, order_days_90d_count, net_revenue_90d_amount::integer, has_ordered_90d, "
            "order_365d_count, order_days_365d_count, net_revenue_365d_amount::integer, has_ordered_365d, "
            f"days_to_next_order from ({OUTCOMES})"
        ).fetchall()
    return {row[0]: row[1:] for row in rows}


def counted(events: Sequence[Event], *, observed: int) -> dict[str, tuple[object, ...]]:
    """The same, event by event."""
    of_customer = defaultdict(list)
    for customer, *event in events:
        of_customer[customer].append(event)
    found = {}
    for customer in CUSTOMERS:
        row: list[object] = []
        for days in (90, 365):
            within = [event for event in of_customer[customer] if 0 < event[0] <= days]
            orders = sum(orders for _, orders, _ in within)
            ordered_on = sum(orders > 0 for _, orders, _ in within)
            told = (orders, ordered_on, sum(amount for *_, amount in within), orders > 0)
            row += told if observed >= days else (None,) * 4
        coming = [after for after, orders, _ in of_customer[customer] if 0 < after <= observed and orders]
        found[customer] = (*row, min(coming, default=None))
    return found


@settings(max_examples=40, deadline=None)
@given(EVENTS, st.sampled_from([0, 90, 365]))
def test_outcomes_count_the_days_after_the_date(events: list[Event], observed: int) -> None:
    assert outcomes(events, observed=observed) == counted(events, observed=observed)


@settings(max_examples=40, deadline=None)
@given(EVENTS, EVENTS, st.sampled_from([90, 365]))
def test_what_came_before_and_what_comes_later_touches_no_outcome(
    events: list[Event], others: list[Event], observed: int
) -> None:
    within = [event for event in events if 0 < event[1] <= observed]
    changed = within + [event for event in others if not 0 < event[1] <= observed]
    assert outcomes(events, observed=observed) == outcomes(changed, observed=observed)
