"""What the published version says of treatments: the policy's rules, and what one customer gets.

Belongs here: reading both. Does not belong here: showing them (console), deciding them (the dbt project).
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from decimal import Decimal

import duckdb


@dataclass(frozen=True, kw_only=True)
class RuleCounts:
    """A rule of the policy and whom it got; the columns of the mart ``treatment_rules``."""

    dimension: str
    rule_code: str
    option_code: str
    dimension_name: str
    option_name: str
    rule_name: str | None
    conditions: str
    matched_count: int
    given_count: int
    displaced_by_capacity_count: int
    displaced_by_fatigue_count: int
    capacity_count: int | None
    planned_cost_amount: Decimal | None
    expected_gain_amount: Decimal | None
    first_displaced_gain_amount: Decimal | None


@dataclass(frozen=True, kw_only=True)
class Treatment:
    """What a customer gets in one dimension, or what to offer next, and why."""

    name: str
    option_code: str
    option_name: str
    rule_code: str | None
    reason: str


def read_rules(marts: duckdb.DuckDBPyConnection) -> tuple[RuleCounts, ...]:
    """Every rule of the policy in the order in which it is asked."""
    names = [field.name for field in fields(RuleCounts)]
    found = marts.execute(f"select {', '.join(names)} from treatment_rules order by dimension, rule_number").fetchall()
    return tuple(RuleCounts(**dict(zip(names, row, strict=True))) for row in found)


def read_treatments(marts: duckdb.DuckDBPyConnection, customer_id: str) -> tuple[Treatment, ...]:
    """What a customer gets; nothing in a version from before there were treatments."""
    if not marts.execute("select 1 from duckdb_tables() where table_name = 'treatment_rules'").fetchall():
        return ()
    row = marts.execute("select * from treatments where customer_id = ?", [customer_id])
    names = [column[0] for column in row.description or ()]
    values = row.fetchone()
    if values is None:
        return ()
    customer = dict(zip(names, values, strict=True))
    options = {(rule.dimension, rule.rule_code): rule for rule in read_rules(marts)}
    given = []
    for dimension in dict.fromkeys(dimension for dimension, _ in options):
        rule = options[dimension, customer[f"{dimension}_rule_code"]]
        given.append(
            Treatment(
                name=rule.dimension_name,
                option_code=customer[f"{dimension}_code"],
                option_name=rule.option_name,
                rule_code=rule.rule_code,
                reason=customer[f"{dimension}_reason"],
            )
        )
    return (*given, *_next(customer))


def _next(customer: dict[str, str | None]) -> list[Treatment]:
    """The category and the article to offer next, as treatments without a rule."""
    sources = {
        "model": "a model foretells that it is likeliest to be ordered from",
        "baseline": "ordered from most by the customer's own share",
        "affinity": "goes with what the customer bought",
        "best_seller": "what most customers buy",
    }
    offered = (
        ("Next category", "next_best_category_code", "next_best_category", "next_best_category_source"),
        ("Next article", "next_best_sku", "next_best_product_name", "next_best_sku_source"),
    )
    return [
        Treatment(
            name=name,
            option_code=str(customer[code]),
            option_name=str(customer[title] or customer[code]),
            rule_code=None,
            reason=sources[str(customer[source])],
        )
        for name, code, title, source in offered
        if customer[code] is not None
    ]
