"""The fixed facts of the simulated company: its period, its clock and its countries.

Belongs here: constants that every part shares. Does not belong here: what customers are like (kinds.py).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

# Raised whenever other bytes come out of the same number of customers and seed.
GENERATOR_VERSION = 2

FIRST_DAY = dt.date(2024, 7, 1)
LAST_DAY = dt.date(2026, 6, 30)
DAYS = (LAST_DAY - FIRST_DAY).days + 1
YEAR = 365.25
TIME_ZONE = "Europe/Berlin"
SHOP_DOMAIN = "lindenandloom.example"


@dataclass(frozen=True)
class Country:
    """Where customers live; ``price_factor`` turns a price in the base currency into the local list price."""

    code: str
    name: str
    share: float
    currency: str
    price_factor: float
    calling_code: str
    vat: float
    vat_name: str


COUNTRIES = (
    Country("DE", "Germany", 0.62, "EUR", 1.0, "49", 0.19, "DE MwSt 19%"),
    Country("AT", "Austria", 0.11, "EUR", 1.0, "43", 0.20, "AT USt 20%"),
    Country("NL", "Netherlands", 0.09, "EUR", 1.0, "31", 0.21, "NL BTW 21%"),
    Country("FR", "France", 0.08, "EUR", 1.0, "33", 0.20, "FR TVA 20%"),
    Country("GB", "United Kingdom", 0.06, "GBP", 0.86, "44", 0.20, "GB VAT 20%"),
    Country("CH", "Switzerland", 0.04, "CHF", 0.98, "41", 0.081, "CH MwSt 8.1%"),
)


def day_number(date: dt.date) -> int:
    """Days since the first day of the period; negative before it."""
    return (date - FIRST_DAY).days
