"""What the marts of the explored company have in common: its night, its segments, how rows are written down.

Belongs here: the constants. Does not belong here: marts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from orchestration.explorer.about import About

Rows = list[dict[str, Any]]
ABOUT = About(company="Linden & Loom", currency="EUR", locale="en-GB", version="v000007", minimum_cell_customers=10)
NIGHT = dt.date(2026, 6, 30)
DATES = [dt.date(2026, 2, 28), dt.date(2026, 3, 31), dt.date(2026, 4, 30), dt.date(2026, 5, 31), NIGHT]
CUSTOMERS = 400
# Each with the share of customers that has it: the last one has fewer than may be told apart.
SCHEMES = {
    "rfm": [("champions", "Champions", "#0b6e4f"), ("loyal", "Loyal", "#2a9d8f"), ("lost", "Lost", "#6c757d")],
    "needs": [
        ("n01", "Price first", "#4895ef"),
        ("n02", "Service first", "#e76f51"),
        ("unknown", "Unknown", "#ced4da"),
    ],
}


def money(number: float) -> Decimal:
    return Decimal(str(round(number, 2)))


def segments() -> Iterator[tuple[int, str, str, str, str]]:
    for scheme, segments in SCHEMES.items():
        for place, (code, name, colour) in enumerate(segments):
            yield place, scheme, code, name, colour
