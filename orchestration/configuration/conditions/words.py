"""Conditions and customers in words, for readers of catalogues and of messages.

Belongs here: sentences. Does not belong here: the words of a single condition (condition.py).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

from orchestration.configuration.conditions.cells import OtherText
from orchestration.configuration.conditions.column import Column
from orchestration.configuration.conditions.condition import Show, Value
from orchestration.configuration.conditions.when import Conditions, When, Whens


def when_in_words(whens: Whens, when: When) -> str:
    """Whom it fits."""
    parts = [_conditions_in_words(whens, when.always)] if when.always else []
    if when.alternatives:
        either = " or ".join(_conditions_in_words(whens, alternative) for alternative in when.alternatives)
        parts.append(f"either {either}" if len(when.alternatives) > 1 else either)
    return "; and ".join(parts)


def customer_in_words(whens: Whens, point: Mapping[str, Value | None]) -> str:
    """A customer by the values of columns."""
    return ", ".join(_value_in_words(whens, name, value) for name, value in point.items())


def _conditions_in_words(whens: Whens, conditions: Conditions) -> str:
    return " and ".join(
        f"{name} is {condition.in_words(_show(whens.columns[name]))}" for name, condition in conditions.items()
    )


def _value_in_words(whens: Whens, name: str, value: Value | None) -> str:
    if value is None:
        return f"{name} unknown"
    if isinstance(value, OtherText):
        return f"{name} none of those named"
    ago = " days ago" if name in whens.in_days else ""
    return f"{name} {_show(whens.columns[name])(value)}{ago}"


def _show(column: Column) -> Show:
    def show(value: Value) -> str:
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, dt.date):
            return value.isoformat()
        if isinstance(value, str):
            # Otherwise the text would read as if nothing were known.
            return f'"{value}"' if value.lower() in ("known", "unknown") else value
        number = Decimal(str(value))
        if column.is_share:
            return f"{_plain(number * 100)}%"
        return _plain(number)

    return show


def _plain(number: Decimal) -> str:
    return format(number.normalize(), "f")
