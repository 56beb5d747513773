"""The unit of a column, from its name and type.

Belongs here: what the end of a name says its number counts. Does not belong here: meanings.
"""

from __future__ import annotations

_UNITS = (
    ("_share", "share, 1 is all"),
    ("_amount", "base currency"),
    ("_days", "days"),
    ("_hours", "hours"),
    ("_years", "years"),
    ("_date", "day"),
    ("_count", "number"),
)


def unit_of(name: str, data_type: str) -> str:
    """The unit in words, empty where neither name nor type tells one."""
    if data_type == "boolean":
        return "yes or no"
    if name.startswith("days_since_"):
        return "days"
    return next((unit for ending, unit in _UNITS if name.endswith(ending)), "")
