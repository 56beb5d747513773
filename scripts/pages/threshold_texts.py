"""The thresholds of ``dbt_project.yml`` for readers: default and meaning, and their values inside a rule.

Belongs here: the comments above the variables, placeholders in rules. Does not belong here: which scheme uses which.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from orchestration.configuration.thresholds import default_thresholds
from orchestration.errors import TesseraError
from orchestration.repository import DBT_PROJECT

# {name}, {name:%} as a percentage, {name[0]} one of a list.
PLACEHOLDER = re.compile(r"\{(\w+)(?:\[(\d+)\])?(:%)?\}")
# "RFM. Days of the window": the section's title in front of its first comment.
_TITLE = re.compile(r"^[A-Z][\w-]*(?: [a-z]\w*){0,3}\. (?=[A-Z])")


@dataclass(frozen=True)
class Threshold:
    """A threshold with its default, and what the comment above it says."""

    name: str
    default: Any
    meaning: str


def read_thresholds() -> dict[str, Threshold]:
    """Every threshold, in the order of the file. A comment holds for all lines below it up to the next comment."""
    defaults = default_thresholds()
    found: dict[str, Threshold] = {}
    comment: list[str] = []
    is_open = False
    for line in (DBT_PROJECT / "dbt_project.yml").read_text(encoding="utf-8").splitlines():
        text = line.strip()
        if text.startswith("#"):
            comment = [*comment, text] if is_open else [text]
        name = text.split(":")[0]
        if line.startswith("  ") and name in defaults:
            meaning = " ".join(part.lstrip("# ") for part in comment)
            found[name] = Threshold(name, defaults[name], _TITLE.sub("", meaning))
        is_open = text.startswith("#")
        if not text:
            comment = []
    return found


def filled(rule: str, thresholds: Mapping[str, Threshold]) -> str:
    """Return a rule with the defaults in place of its placeholders.

    Raises:
        TesseraError: A placeholder is no threshold.
    """

    def value(match: re.Match[str]) -> str:
        name, index, is_percentage = match.groups()
        if name not in thresholds:
            raise TesseraError(
                f"a rule of the segment catalogue has the placeholder {match[0]}",
                expected="the name of a threshold in dbt_project.yml",
                found=rule,
                fix="correct the rule, or add the threshold",
            )
        default = thresholds[name].default
        return shown(default if index is None else default[int(index)], is_percentage=bool(is_percentage))

    return PLACEHOLDER.sub(value, rule)


def shown(value: Any, *, is_percentage: bool = False) -> str:
    """A threshold's value as a reader writes it."""
    if isinstance(value, list):
        return ", ".join(shown(each, is_percentage=is_percentage) for each in value)
    # By way of decimals, because .07 * 100 is not 7 in binary.
    number = Decimal(str(value)) * (100 if is_percentage else 1)
    text = f"{number.normalize():f}"
    if number >= 10_000:
        text = f"{number:,.0f}"
    return f"{text} %" if is_percentage else text
