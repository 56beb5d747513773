"""The truth about the company, as Parquet files that no asset of the pipeline may read.

Belongs here: what is true and who is who. Does not belong here: the data a company would have (write.py).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from orchestration.samples.company.attitudes import ATTITUDE_CLASS_NAMES, ATTITUDE_ITEMS
from orchestration.samples.company.campaign import ASSIGNED_ON, CAMPAIGN_ID, WORKS_DAYS
from orchestration.samples.company.clock import instants
from orchestration.samples.company.company import Company
from orchestration.samples.company.files import BadRow
from orchestration.samples.company.kinds import KIND_NAMES, KINDS
from orchestration.samples.company.money import cents, sums
from orchestration.samples.company.needs import CLASS_NAMES, IDEAS, ITEMS, REASONS, SATISFACTION_ITEM
from orchestration.samples.company.randomness import Floats, Ints
from orchestration.samples.company.sales import NEVER
from orchestration.samples.company.text import Text, join, numbers, only, pick
from orchestration.samples.company.typeform import FORM_ID, field_id
from orchestration.samples.company.typeform_attitudes import FORM_ID as ATTITUDES_FORM_ID
from orchestration.samples.company.typeform_attitudes import attitude_field_id
from orchestration.samples.company.world import COUNTRIES, DAYS, FIRST_DAY, day_number


def write_truth(folder: Path, company: Company, records: pa.Table, bad_rows: Sequence[BadRow]) -> list[str]:
    """Write every truth table.

    Returns:
        The names of the files.
    """
    tables = {
        "people": people_table(company),
        "companies": companies_table(company),
        "records": records,
        "references": references_table(records),
        "alive": alive_table(company),
        "campaign": campaign_table(company),
        "needs": needs_table(company),
        "survey_items": survey_items_table(),
        "attitudes": attitudes_table(company),
        "attitude_items": attitude_items_table(),
        "orders": orders_table(company),
        "kinds": pa.Table.from_pylist([_plain(asdict(kind)) for kind in KINDS]),
        "bad_rows": bad_rows_table(bad_rows),
    }
    for name, table in tables.items():
        pq.write_table(table, folder / f"{name}.parquet")
    return [f"{name}.parquet" for name in tables]


def people_table(company: Company) -> pa.Table:
    """One row per customer: kind, names, household, rates, drop-out, and what the next year is expected to bring."""
    people, lifetimes, points = company.people, company.lifetimes, company.points
    alive = lifetimes.alive_at(DAYS)
    next_year = lifetimes.yearly_rate * -np.expm1(-lifetimes.yearly_drop_out) / lifetimes.yearly_drop_out
    return pa.table(
        {
            "person_id": people.person_ids(),
            "kind": pick(KIND_NAMES, people.kind),
            "account_type": pick(("consumer", "business"), people.business.astype(np.int64)),
            "company_id": _company_ids(company.businesses.of_person),
            "household_id": join("H", numbers(people.household + 1, width=7)),
            "needs_class": pick(CLASS_NAMES, company.needs.needs_class),
            "first_name": people.first,
            "last_name": people.last,
            "gender": pick(("male", "female"), people.female.astype(np.int64)),
            "birth_date": pa.array(people.birth_day.astype(np.int32), pa.int32()).cast(pa.date32()),
            "country": pick([land.code for land in COUNTRIES], people.country),
            "email": points.email,
            "second_email": points.second_email,
            "phone": points.phone,
            "moved_on": _date(points.moved_on),
            "satisfaction": pa.array(people.satisfaction),
            "leniency": pa.array(people.leniency),
            "never_buys": pa.array(lifetimes.never_buys),
            "acquired_on": _date(lifetimes.acquired, missing=lifetimes.never_buys),
            "dropped_out_on": _date(np.minimum(lifetimes.dropped_out, 40_000), missing=lifetimes.never_buys),
            "is_alive_at_end": pa.array(alive),
            "orders_per_year": pa.array(lifetimes.yearly_rate),
            "drop_out_per_year": pa.array(lifetimes.yearly_drop_out),
            "mean_order_value": pa.array(lifetimes.order_value),
            "expected_orders_next_year": pa.array(np.where(alive, next_year, 0.0)),
            "consents_at_end": pa.array(company.shop.crm.consent),
        }
    )


def references_table(records: pa.Table) -> pa.Table:
    """One row per record that says who somebody is, as the pipeline refers to it: ``record_id`` and ``person_id``."""
    prefixes = {"hubspot__contacts": "hubspot:", "shopify__orders": "shopify:", "delighted__responses": "delighted:"}
    tables = []
    for source, prefix in prefixes.items():
        rows = records.filter(pc.equal(records["source"], source))
        tables.append(
            pa.table(
                {
                    "record_id": pc.binary_join_element_wise(prefix, rows["record_id"], ""),
                    "person_id": rows["person_id"],
                }
            )
        )
    return pa.concat_tables(tables)


def companies_table(company: Company) -> pa.Table:
    """One row per company: its HubSpot record, and the customer who stands first for it."""
    businesses = company.businesses
    return pa.table(
        {
            "company_id": _company_ids(np.arange(businesses.count)),
            "record_id": company.shop.crm.company_id,
            "first_person_id": company.people.person_ids().take(businesses.first_person),
            "parent_company_id": _company_ids(businesses.parent),
            "name": businesses.name,
            "employees": pa.array(businesses.employees),
            "revenue": pa.array(businesses.revenue),
        }
    )


def alive_table(company: Company) -> pa.Table:
    """One row per customer and month end: whether the customer has bought by then and has not dropped out."""
    ids = company.people.person_ids()
    tables = []
    for end in pd.date_range(FIRST_DAY, periods=24, freq="ME").date:
        alive = company.lifetimes.alive_at(day_number(end) + 1)
        month = pa.repeat(pa.scalar(end, pa.date32()), company.people.count)
        tables.append(pa.table({"person_id": ids, "month_end": month, "is_alive": pa.array(alive)}))
    return pa.concat_tables(tables)


def campaign_table(company: Company) -> pa.Table:
    """One row per customer: arm, and the true effect of being contacted, whether it happened or not."""
    campaign, orders = company.campaign, company.shop.orders
    begin = day_number(ASSIGNED_ON)
    within = (orders.day >= begin) & (orders.day < begin + WORKS_DAYS)
    rows = company.people.count
    return pa.table(
        {
            "person_id": company.people.person_ids(),
            "campaign_id": pa.repeat(pa.scalar(CAMPAIGN_ID), rows),
            "arm": pick(("holdout", "treatment"), np.where(campaign.assigned, campaign.treated.astype(np.int64), -1)),
            "uplift": pa.array(campaign.uplift),
            "expected_orders_without": pa.array(campaign.expected_orders),
            "expected_extra_orders": pa.array(campaign.expected_extra_orders),
            "orders_while_it_works": pa.array(np.bincount(orders.person[within], minlength=rows)),
            "extra_orders": pa.array(np.bincount(orders.person[orders.from_campaign], minlength=rows)),
        }
    )


def needs_table(company: Company) -> pa.Table:
    """One row per customer: the true class, and what would be answered to every item."""
    needs = company.needs
    columns: dict[str, Text] = {
        "person_id": company.people.person_ids(),
        "needs_class": pick(CLASS_NAMES, needs.needs_class),
    }
    columns |= {item.code: pa.array(needs.answers[:, number]) for number, item in enumerate(ITEMS)}
    columns[SATISFACTION_ITEM.code] = pa.array(needs.satisfied)
    columns["reason"] = pick(REASONS, needs.reason)
    named = [[idea for idea, chosen in zip(IDEAS, row, strict=True) if chosen] for row in needs.ideas.tolist()]
    columns["ideas"] = pa.array(named, pa.list_(pa.string()))
    return pa.table(columns)


def survey_items_table() -> pa.Table:
    """One row per item of the survey: its field at Typeform, wording and what it measures."""
    rows = [
        {
            "survey_id": FORM_ID,
            "question_id": field_id(item.code),
            "item": item.code,
            "construct": item.construct,
            "text": item.text,
            "is_reversed": item.reversed,
        }
        for item in (*ITEMS, SATISFACTION_ITEM)
    ]
    return pa.Table.from_pylist(rows)


def attitudes_table(company: Company) -> pa.Table:
    """One row per customer: the true class, whether they would read the questions, and what they would answer."""
    attitudes = company.attitudes
    columns: dict[str, Text] = {
        "person_id": company.people.person_ids(),
        "attitude_class": pick(ATTITUDE_CLASS_NAMES, attitudes.attitude_class),
        "is_straight_liner": pa.array(attitudes.straight_liner),
    }
    columns |= {item.code: pa.array(attitudes.answers[:, number]) for number, item in enumerate(ATTITUDE_ITEMS)}
    return pa.table(columns)


def attitude_items_table() -> pa.Table:
    """One row per item of the survey of attitudes, like ``survey_items_table``."""
    rows = [
        {
            "survey_id": ATTITUDES_FORM_ID,
            "question_id": attitude_field_id(item.code),
            "item": item.code,
            "construct": item.construct,
            "text": item.text,
            "is_reversed": item.reversed,
        }
        for item in ATTITUDE_ITEMS
    ]
    return pa.Table.from_pylist(rows)


def orders_table(company: Company) -> pa.Table:
    """One row per order: its customer, its money in the order's currency, and what became of it."""
    shop = company.shop
    orders, sales, baskets = shop.orders, shop.sales, shop.baskets
    country = company.people.country[orders.person]
    listed = sums(cents(baskets.units * baskets.price), baskets.order, orders.count)
    return pa.table(
        {
            "order_name": shop.names(),
            "person_id": company.people.person_ids().take(orders.person),
            "ordered_at": _instant(orders.second),
            "is_first": pa.array(orders.is_first),
            "from_campaign": pa.array(orders.from_campaign),
            "is_anonymous": pa.array(shop.identities.anonymous),
            "currency": pick([land.currency for land in COUNTRIES], country),
            "lines": pa.array(np.bincount(baskets.order, minlength=orders.count)),
            "units": pa.array(np.bincount(baskets.order, baskets.units, minlength=orders.count).astype(np.int64)),
            "listed_amount": pa.array(listed),
            "subtotal_amount": pa.array(baskets.subtotal),
            "shipping_amount": pa.array(sales.shipping),
            "tax_amount": pa.array(sales.tax),
            "total_amount": pa.array(sales.total),
            "refund_amount": pa.array(sales.refund),
            "refunded_at": _instant(sales.refunded),
            "cancelled_at": _instant(sales.cancelled),
        }
    )


def bad_rows_table(bad_rows: Sequence[BadRow]) -> pa.Table:
    """One row per row that has to be rejected for what stands in it; record numbers count from 1 without the header."""
    schema = pa.schema(
        [("file", pa.string()), ("record_number", pa.int64()), ("column", pa.string()), ("reason", pa.string())]
    )
    return pa.Table.from_pylist([asdict(row) for row in bad_rows], schema)


def _plain(kind: dict[str, object]) -> dict[str, object]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in kind.items()}


def _company_ids(company: Ints) -> Text:
    return only(company >= 0, join("C", numbers(np.maximum(company, 0) + 1, width=6)))


def _date(day: Floats, missing: np.ndarray | None = None) -> Text:
    """Days since the period began as a date; none beyond the period for what is capped there."""
    number = (dt.date(1970, 1, 1) - FIRST_DAY).days
    none = day == DAYS + 1.0 if missing is None else missing
    return pa.array((np.floor(day) - number).astype(np.int32), pa.int32(), mask=none).cast(pa.date32())


def _instant(second: Ints) -> Text:
    never = second >= NEVER
    return pa.array(instants(np.where(never, 0, second)), mask=never).cast(pa.timestamp("s", "UTC"))
