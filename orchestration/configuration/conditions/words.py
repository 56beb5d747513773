"""Conditions in words, for readers of catalogues and marts, and customers in words, for authors of rules.

Belongs here: sentences. Does not belong here: the words of a single condition (condition.py).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

from orchestration.configuration.conditions.cells import OtherText
from orchestration.configuration.conditions.column import Column
from orchestration.configuration.conditions.condition import Compare, Condition, Show, Value
from orchestration.configuration.conditions.when import Conditions, When, Whens


def when_in_words(whens: Whens, when: When) -> str:
    """Whom it fits: columns and values as readers call them; what all alternatives ask is said once."""
    first, *others = when.boxes
    shared = {name: part for name, part in first.items() if all(box.get(name) == part for box in others)}
    parts = [_conditions_in_words(whens, shared)] if shared else []
    rests = [{name: part for name, part in box.items() if name not in shared} for box in when.boxes]
    if all(rests):
        either = " or ".join(_conditions_in_words(whens, rest) for rest in rests)
        parts.append(f"either {either}" if len(rests) > 1 else either)
    return "; and ".join(parts)


def customer_in_words(whens: Whens, point: Mapping[str, Value | None]) -> str:
    """A customer by the values of columns, with the names that rules are written with."""
    return ", ".join(_value_in_words(whens, name, value) for name, value in point.items())


def _conditions_in_words(whens: Whens, conditions: Conditions) -> str:
    return " and ".join(_condition_in_words(whens.columns[name], condition) for name, condition in conditions.items())


def _condition_in_words(column: Column, condition: Condition) -> str:
    if isinstance(condition, Compare) and isinstance(condition.limit, bool):
        verb, _, what = column.words.partition(" ")
        if verb in ("is", "has") and what:
            negation = {"is": "not ", "has": "no "}[verb]
            return f"{verb} {what if condition.limit else negation + what}"
    plain = _show(column)

    def show(value: Value) -> str:
        return column.value_names.get(value) or plain(value) if isinstance(value, str) else plain(value)

    return f"{column.words} is {condition.in_words(show)}"


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
