"""The rule of a segment in words, with the values of the thresholds that it names.

Belongs here: placeholders and how a value is written for readers. Does not belong here: where rules and thresholds
stand.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

# {name}, {name:%} as a percentage, {name[0]} one of a list.
PLACEHOLDER = re.compile(r"\{(\w+)(?:\[(\d+)\])?(:%)?\}")


def filled(rule: str, thresholds: Mapping[str, Any]) -> str:
    """Return a rule with the thresholds' values in place of its placeholders; other braces stay."""

    def value(match: re.Match[str]) -> str:
        name, index, is_percentage = match.groups()
        if name not in thresholds:
            return match[0]
        found = thresholds[name]
        return shown(found if index is None else found[int(index)], is_percentage=bool(is_percentage))

    return PLACEHOLDER.sub(value, rule)


def shown(value: Any, *, is_percentage: bool = False) -> str:
    """A threshold's value as a reader writes it."""
    if isinstance(value, list | tuple):
        return ", ".join(shown(each, is_percentage=is_percentage) for each in value)
    # By way of decimals, because .07 * 100 is not 7 in binary.
    number = Decimal(str(value)) * (100 if is_percentage else 1)
    text = f"{number:,.0f}" if number >= 10_000 else f"{number.normalize():f}"
    return f"{text} %" if is_percentage else text
