"""Words for the companies that buy: what they are called and what they do.

Belongs here: word lists. Does not belong here: drawing companies.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Trade:
    """A trade: HubSpot's industry code, how its companies are called, and how big they are."""

    industry: str
    prefixes: tuple[str, ...]
    suffixes: tuple[str, ...]
    median_employees: float
    revenue_per_head: float
    weight: float


TRADES = (
    Trade("HOSPITALITY", ("Hotel", "Pension", "Gasthof"), ("", "am Park", "Boutique Rooms"), 28, 62_000, 0.26),
    Trade("RESTAURANTS", ("Café", "Restaurant", "Bistro"), ("", "& Söhne", "Kitchen"), 12, 48_000, 0.20),
    Trade("ARCHITECTURE_PLANNING", ("", "Studio", "Büro"), ("Architekten", "Architects", "Planung"), 9, 95_000, 0.12),
    Trade("REAL_ESTATE", ("", "Immobilien"), ("Home Staging", "Wohnbau", "Living"), 16, 180_000, 0.12),
    Trade("COMPUTER_SOFTWARE", ("", ""), ("Software", "Labs", "Digital"), 40, 120_000, 0.12),
    Trade("MEDICAL_PRACTICE", ("Praxis Dr.", "Zahnarztpraxis"), ("", "& Partner"), 8, 110_000, 0.10),
    Trade("EDUCATION_MANAGEMENT", ("Kita", "Akademie"), ("", "am Wald", "Campus"), 22, 45_000, 0.08),
)
LEGAL_FORMS = {
    "DE": ("GmbH", "GmbH & Co. KG", "AG", "e.K.", "UG (haftungsbeschränkt)"),
    "AT": ("GmbH", "OG", "KG", "e.U.", "AG"),
    "NL": ("B.V.", "V.O.F.", "B.V.", "N.V.", "B.V."),
    "FR": ("SARL", "SAS", "SA", "EURL", "SASU"),
    "GB": ("Ltd", "LLP", "Ltd", "PLC", "Ltd"),
    "CH": ("AG", "GmbH", "AG", "Sàrl", "SA"),
}
JOB_TITLES = (
    "Office Manager", "Einkauf", "Geschäftsführerin", "Inhaber", "Facility Manager", "Assistenz der Geschäftsleitung",
    "Purchasing", "Housekeeping Manager", "Architektin", "Operations Manager",
)  # fmt: skip
