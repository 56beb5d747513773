"""Rules and customers in words, for readers of the catalogue and of messages.

Belongs here: sentences. Does not belong here: the words of a single condition (conditions.py).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

from orchestration.configuration.custom_schemes.cells import OtherText
from orchestration.configuration.custom_schemes.conditions import Show, Value
from orchestration.configuration.custom_schemes.rules import Conditions, Rule, Scheme
from orchestration.configuration.feature_catalog import Feature


def rule_in_words(scheme: Scheme, rule: Rule) -> str:
    """What makes a customer belong to the rule's segment."""
    parts = [_conditions_in_words(scheme, rule.always)] if rule.always else []
    if rule.alternatives:
        either = " or ".join(_conditions_in_words(scheme, alternative) for alternative in rule.alternatives)
        parts.append(f"either {either}" if len(rule.alternatives) > 1 else either)
    said = "; and ".join(parts)
    return said if rule is scheme.rules[0] else f"{said}; and in no segment before"


def rest_in_words(scheme: Scheme) -> str:
    """What makes a customer belong to the last segment."""
    names = ", ".join(rule.segment.name for rule in scheme.rules)
    return f"Everybody who is in none of: {names}"


def customer_in_words(scheme: Scheme, point: Mapping[str, Value | None]) -> str:
    """A customer by the values of features."""
    return ", ".join(_value_in_words(scheme, name, value) for name, value in point.items())


def _conditions_in_words(scheme: Scheme, conditions: Conditions) -> str:
    return " and ".join(
        f"{name} is {condition.in_words(_show(scheme.features[name]))}" for name, condition in conditions.items()
    )


def _value_in_words(scheme: Scheme, name: str, value: Value | None) -> str:
    if value is None:
        return f"{name} unknown"
    if isinstance(value, OtherText):
        return f"{name} none of those named"
    ago = " days ago" if name in scheme.in_days else ""
    return f"{name} {_show(scheme.features[name])(value)}{ago}"


def _show(feature: Feature) -> Show:
    def show(value: Value) -> str:
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, dt.date):
            return value.isoformat()
        if isinstance(value, str):
            # Otherwise the text would read as if nothing were known.
            return f'"{value}"' if value.lower() in ("known", "unknown") else value
        number = Decimal(str(value))
        if feature.is_share:
            return f"{_plain(number * 100)}%"
        return _plain(number)

    return show


def _plain(number: Decimal) -> str:
    return format(number.normalize(), "f")
