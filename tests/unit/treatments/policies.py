"""Policies as a person could write them, read with a small catalogue of columns, and decided once more in Python."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import yaml
from hypothesis import strategies as st

from data_contracts.physical_types import parse_physical_type
from orchestration.configuration.conditions.column import Column
from orchestration.configuration.treatments.compiled import compiled_policy
from orchestration.configuration.treatments.dimensions import DIMENSIONS
from orchestration.configuration.treatments.policy import DimensionPolicy, Policies
from orchestration.configuration.yaml_file import read_yaml_file
from orchestration.repository import DBT_PROJECT
from scripts.dbt_model_sql import model_sql, project_macros

TYPES = {
    "order_count": "bigint",
    "rfm_segment_code": "varchar",
    "age_band": "varchar",
    "p_return_90d": "double",
    "is_contactable_by_email": "boolean",
    "is_contactable_by_sms": "boolean",
    "is_contactable_by_phone": "boolean",
}
CATALOG = {
    name: Column(
        name,
        "customers",
        parse_physical_type(kind),
        codes=("champions", "lost") if name == "rfm_segment_code" else (),
    )
    for name, kind in TYPES.items()
}
# What holds of dimensions that a test does not write.
REST = {dimension.code: {"options": {"none": "Nothing"}, "otherwise": "none"} for dimension in DIMENSIONS}
MACROS = project_macros()
# One for all examples: opening one costs more than a query.
DATABASE = duckdb.connect()
# What a compiled rule leaves out where it has none of it, as dbt reads it.
_LEFT_OUT = dict.fromkeys(
    ("fits_sql", "places_sql", "gain_sql", "gain_name", "fatigue_contacts", "fatigue_days", "name", "asks", "cost"), ""
)


def read(folder: Path, written: str | Mapping[str, Any], *, custom: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """A policy of which the text is a part and all other dimensions give nothing."""
    text = written if isinstance(written, str) else yaml.safe_dump(dict(written), sort_keys=False)
    (folder / "rest.yml").write_text(json.dumps(REST), encoding="utf-8")
    (folder / "policy.yml").write_text(text, encoding="utf-8")
    reader = Policies(CATALOG, custom)
    standard = reader.read(read_yaml_file(folder / "rest.yml"), standard={})
    return reader.read(read_yaml_file(folder / "policy.yml"), standard=standard)


def chosen(policy: Mapping[str, DimensionPolicy], customers: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What the project's own SQL decides for customers, by customer_id."""
    compiled = compiled_policy(policy, custom_schemes=())
    # Of dimensions without rules one tells of all.
    compiled["dimensions"] = [
        each for each in compiled["dimensions"] if len(each["rules"]) > 1 or each["code"] == "sales_channel"
    ]
    for dimension in compiled["dimensions"]:
        dimension["rules"] = [{**_LEFT_OUT, **rule} for rule in dimension["rules"]]
    raw = (DBT_PROJECT / "models" / "treatments" / "int_treatments__choices.sql").read_text(encoding="utf-8")
    variables = {"treatment_policy": compiled}
    sql = model_sql(raw, name="int_treatments__choices", variables=variables, macros=MACROS)
    columns = {
        "customer_id": "varchar",
        **TYPES,
        **dict.fromkeys(("expected_margin", "margin_at_risk", "margin_365d", "measured_gain"), "decimal(18, 2)"),
        **{f"contact_{days}d_count": "bigint" for days in compiled["fatigue_days"]},
    }
    made = ", ".join(f"cast(? as {kind}) as {name}" for name, kind in columns.items())
    rows = " union all ".join([f"select {made}, date '2026-06-30' as as_of_date"] * len(customers))
    values = [
        customer["contact_count"] if name.startswith("contact_") else customer.get(name)
        for customer in customers
        for name in columns
    ]
    DATABASE.execute(f"create or replace table int_treatments__inputs as {rows}", values)
    found = DATABASE.execute(f"select * from ({sql.text}) order by customer_id")
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def decided(policy: DimensionPolicy, customers: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """The number of the rule that decides for each customer, worked out one rule after the other."""
    left = {str(customer["customer_id"]): customer for customer in customers}
    given: dict[str, int] = {}
    for number, rule in enumerate(policy.rules, 1):
        fitting = [customer for customer in left.values() if rule.holds(customer)]
        if rule.fatigue:
            fitting = [customer for customer in fitting if customer["contact_count"] < rule.fatigue.contacts]
        if rule.capacity:
            by = rule.capacity.by
            ranked = sorted(fitting, key=lambda one: (-_gain(one, by, rule.capacity.fallback), one["customer_id"]))
            fitting = ranked[: _places(rule, len(customers))]
        for customer in fitting:
            given[str(customer["customer_id"])] = number
            del left[str(customer["customer_id"])]
    return given | dict.fromkeys(left, len(policy.rules) + 1)


def _gain(customer: Mapping[str, Any], by: str, fallback: str | None) -> Decimal:
    measured = customer.get("measured_gain") if by == "measured_gain" else customer[by]
    return Decimal(customer[fallback] if measured is None and fallback else measured)


def _places(rule: Any, customers: int) -> int:
    capacity = rule.capacity
    places = [] if capacity.customers is None else [capacity.customers]
    places += [] if capacity.share is None else [int(capacity.share * customers)]
    places += [] if capacity.budget is None else [int(capacity.budget / rule.cost)]
    return min(places)


@st.composite
def capacities(draw: st.DrawFn) -> dict[str, Any]:
    by = draw(st.sampled_from(["expected_margin", "margin_at_risk", "margin_365d", "measured_gain"]))
    kind = draw(st.sampled_from(["customers", "share", "budget"]))
    amount = {"customers": st.integers(0, 6), "share": st.sampled_from([0.0, 0.25, 0.5]), "budget": st.integers(0, 20)}
    return {kind: draw(amount[kind]), "by": by, **({"fallback": "margin_365d"} if by == "measured_gain" else {})}


@st.composite
def win_back_rules(draw: st.DrawFn) -> dict[str, Any]:
    """A dimension with rules that may never be reached, which is why they are read one by one."""
    rules = []
    for number in range(draw(st.integers(1, 4))):
        when: dict[str, Any] = {"order_count": draw(st.sampled_from([">= 1", "2 to 3", "known", "< 3"]))}
        if draw(st.booleans()):
            when["rfm_segment_code"] = draw(st.sampled_from(["lost", "unknown", ["lost", "champions"]]))
        rule: dict[str, Any] = {"code": f"rule_{number}", "option": draw(st.sampled_from(["mail", "any", "paper"]))}
        rule |= {"when": when, "cost": 3}
        if draw(st.booleans()):
            rule["capacity"] = draw(capacities())
        if draw(st.booleans()):
            rule["fatigue"] = {"contacts": draw(st.integers(1, 3)), "days": 30}
        rules.append(rule)
    options = {
        "mail": {"name": "E-mail", "channel": "email"},
        "any": {"name": "By any channel", "channel": "any"},
        "paper": "Letter",
        "none": "Nothing",
    }
    return {"options": options, "rules": rules, "otherwise": "none"}


CUSTOMERS = st.lists(
    st.fixed_dictionaries(
        {
            "order_count": st.sampled_from([None, 0, 1, 2, 3, 4]),
            "rfm_segment_code": st.sampled_from([None, "champions", "lost"]),
            "age_band": st.just(None),
            "p_return_90d": st.just(0.5),
            "is_contactable_by_email": st.booleans(),
            "is_contactable_by_sms": st.booleans(),
            "is_contactable_by_phone": st.booleans(),
            "expected_margin": st.integers(-2, 5),
            "margin_at_risk": st.integers(0, 5),
            "margin_365d": st.integers(0, 5),
            "measured_gain": st.sampled_from([None, -1, 2]),
            "contact_count": st.integers(0, 3),
        }
    ),
    min_size=1,
    max_size=12,
).map(lambda rows: [{**row, "customer_id": f"c{number:02d}"} for number, row in enumerate(rows)])
