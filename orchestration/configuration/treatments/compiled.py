"""A policy as the dbt models take it: only text, lists and numbers.

Belongs here: SQL of rules, limits and reasons, and rules in words. Does not belong here: reading and checking policies
(policy.py), the order in which limits are applied (``int_treatments__choices``).

Nothing that a person has written reaches SQL but through ``data_contracts.sql_quoting``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_FLOOR
from typing import Any

from data_contracts import sql_quoting as sql
from orchestration.configuration.conditions.column import Column
from orchestration.configuration.conditions.condition import Compare
from orchestration.configuration.conditions.sql import OWN_DATE, when_sql
from orchestration.configuration.conditions.words import when_in_words
from orchestration.configuration.treatments.policy import DimensionPolicy, TreatmentRule
from orchestration.configuration.treatments.policy_settings import Capacity
from orchestration.configuration.treatments.protected import COMPARED, why_protected
from orchestration.errors import TesseraError

# All of it is part of one argument of a command, which Linux limits to 131,072 bytes.
MOST_BYTES = 90_000


def compiled_policy(
    policy: Mapping[str, DimensionPolicy],
    *,
    custom_schemes: Sequence[Mapping[str, Any]],
    lifts: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """Compile a policy.

    Args:
        policy: Every dimension by its code.
        custom_schemes: The deployment's own schemes, compiled.
        lifts: What was measured of segments (``measured_gains``).

    Returns:
        What the variable ``treatment_policy`` of the dbt project describes.

    Raises:
        TesseraError: It is too long to be handed on.
    """
    rules = [rule for dimension in policy.values() for rule in dimension.rules]
    compiled = {
        "dimensions": [_dimension(dimension, custom_schemes) for dimension in policy.values()],
        "asked": _asked(policy.values()),
        "fatigue_days": sorted({rule.fatigue.days for rule in rules if rule.fatigue}),
        "compared_attributes": list(COMPARED),
        "lifts": [
            {**lift, "column_sql": _segment_column(str(lift["scheme"]), custom_schemes)}
            for lift in lifts
            if any(rule.capacity and rule.capacity.by == "measured_gain" for rule in rules)
        ],
    }
    length = len(json.dumps(compiled).encode())
    if length > MOST_BYTES:
        raise TesseraError(
            "the treatment policy is too long",
            expected=f"at most {MOST_BYTES:,} bytes of rules in SQL and words; those of the project take a third",
            found=f"{length:,} bytes in {len(rules)} rules",
            fix="make schemes of long conditions and ask their segments, and shorten names",
        )
    return compiled


def _dimension(policy: DimensionPolicy, custom_schemes: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    rest = policy.otherwise
    inputs = sorted(policy.columns)
    return {
        "code": policy.dimension.code,
        "title": policy.dimension.title,
        "inputs": inputs,
        "protected_inputs": [name for name in inputs if why_protected(name, custom_schemes=custom_schemes)],
        "rules": [
            *(_rule(policy, rule, number) for number, rule in enumerate(policy.rules, 1)),
            {
                "number": len(policy.rules) + 1,
                "code": rest.code,
                "option_code": rest.option,
                "option_name": policy.options[rest.option].name,
                "conditions": rest.name or "everybody else",
            },
        ],
    }


def _rule(policy: DimensionPolicy, rule: TreatmentRule, number: int) -> dict[str, Any]:
    """A rule; what it does not have is left out, since all of it is an argument of a command."""
    compiled = {
        "number": number,
        "code": rule.code,
        "option_code": rule.option,
        "option_name": policy.options[rule.option].name,
        "name": rule.name,
        "conditions": when_in_words(policy, rule),
        "fits_sql": when_sql(policy, rule),
        "asks": [] if _says_all(rule) else [_value_key(policy, name) for name in rule.columns],
        "cost": None if rule.cost is None else format(rule.cost, "f"),
        **_limits(rule),
    }
    return {key: value for key, value in compiled.items() if value is not None}


def _says_all(rule: TreatmentRule) -> bool:
    """Whether the rule's own words leave nothing open about a customer whom it fits."""
    return (
        rule.name is None
        and all(isinstance(part, Compare) and part.sign == "=" for box in rule.boxes for part in box.values())
        and len(rule.boxes) == 1
    )


def _limits(rule: TreatmentRule) -> dict[str, Any]:
    """What stands between fitting a rule and being given its option."""
    limits: dict[str, Any] = {}
    if rule.capacity:
        limits["places_sql"] = places_sql(rule.capacity, rule)
        limits["gain_name"] = rule.capacity.by
        limits["gain_sql"] = gain_sql(rule.capacity)
        limits["budget"] = None if rule.capacity.budget is None else format(rule.capacity.budget, "f")
    if rule.fatigue:
        limits["fatigue_contacts"] = rule.fatigue.contacts
        limits["fatigue_days"] = rule.fatigue.days
    return limits


def places_sql(capacity: Capacity, rule: TreatmentRule) -> str:
    """SQL of how many customers a rule may give its option to, from ``customers_count``, the number of all."""
    least = []
    if capacity.customers is not None:
        least.append(sql.number(capacity.customers))
    if capacity.share is not None:
        least.append(f"cast(floor({sql.number(capacity.share)} * customers_count) as bigint)")
    if capacity.budget is not None and rule.cost:
        least.append(sql.number(int((capacity.budget / rule.cost).to_integral_value(rounding=ROUND_FLOOR))))
    return f"least({', '.join(least)})" if len(least) > 1 else least[0]


def gain_sql(capacity: Capacity) -> str:
    """SQL of what a rule ranks customers by."""
    return f"coalesce(measured_gain, {capacity.fallback})" if capacity.by == "measured_gain" else capacity.by


def _asked(policies: Iterable[DimensionPolicy]) -> dict[str, dict[str, str]]:
    """What readers call each column that rules ask, and SQL of a customer's value of it as text."""
    return {
        _value_key(policy, name): {
            "title": ("days since " if name in policy.in_days else "") + policy.columns[name].words,
            "sql": _value_sql(policy.columns[name], in_days=name in policy.in_days),
        }
        for policy in policies
        for name in policy.columns
    }


def _value_key(policy: DimensionPolicy, name: str) -> str:
    """What a column is called beside its value; in days it is another text than as a date."""
    return f"days since {name}" if name in policy.in_days else name


def _value_sql(column: Column, *, in_days: bool) -> str:
    value = column.sql
    if in_days:
        shown = f"cast({OWN_DATE} - {value} as varchar)"
    elif column.is_share:
        shown = f"round(100 * {value}, 1) || '%'"
    elif column.type.family == "float":
        shown = f"cast(round({value}, 2) as varchar)"
    elif column.type.family == "boolean":
        shown = f"case when {value} then 'yes' when not {value} then 'no' end"
    elif column.value_names:
        names = " ".join(f"when {sql.text(code)} then {sql.text(name)}" for code, name in column.value_names.items())
        shown = f"case {value} {names} end"
    else:
        shown = f"cast({value} as varchar)"
    return f"coalesce({shown}, 'unknown')"


def _segment_column(scheme: str, custom_schemes: Iterable[Mapping[str, Any]]) -> str:
    if any(custom["scheme"] == scheme for custom in custom_schemes):
        return f'"custom_segment_codes"[{sql.text(scheme)}]'
    return sql.identifier(f"{scheme}_segment_code")
