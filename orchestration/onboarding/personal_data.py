"""Which columns are about persons.

Belongs here: recognising personal data by name and by content, and its kind. Does not belong here: making up values in
its place (made_up_values.py).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from orchestration.onboarding.words import words

PersonalKind = Literal[
    "email", "phone", "first_name", "last_name", "full_name", "address", "birth_date", "handle", "ip", "bank", "other"
]

_NAMES: tuple[tuple[PersonalKind, str], ...] = (
    (
        "email",
        r"(.*_)?(email|mail|courriel)(_address|_adresse)?(_\d+)?|.*_email_.*|mail_?adresse|emailadresse|recipient",
    ),
    (
        "phone",
        (
            r"(.*_)?(phone|telephone|tel|telefon|telefonnummer|mobile|mobil|handy|handynummer|fax|faxnummer|mobilephone"
            r"|msisdn|whatsapp|portable)(_number|_nummer|_nr|_no)?(_\d+)?|.*_phone(_.*)?|tel_.*"
        ),
    ),
    (
        "first_name",
        r"(.*_)?(first_?name|given_?name|forename|vorname|prenom|middle_?name|rufname)|fname",
    ),
    (
        "last_name",
        r"(.*_)?(last_?name|family_?name|surname|nachname|familienname|zuname|nom|nom_de_famille|maiden_name)|lname",
    ),
    (
        "full_name",
        (
            r"(full|display|customer|client|contact|person|kunden|billing|shipping|recipient|cardholder|holder|user|buyer"
            r"|payer|account|author|patient|employee|mitarbeiter|owner|from|sender)(_full)?_name|ansprechpartner|kundenname"
            r"|(.*_)?(person|author|contact|customer|owner|billing_details)_name|employee|mitarbeiter|verkaeufer|cashier"
        ),
    ),
    ("ip", r"(.*_)?(ip|ip_address|ip_adresse|client_ip|remote_addr)|ipaddress"),
    (
        "address",
        (
            r"(.*_)?(street|strasse|str|address|adresse|rue|street_address|hausnummer|house_number|hausnr)"
            r"(_\d+|_?line_?\d*)?"
            r"|(.*_)?(address|line|addr)_?[123]|anschrift|.*street\d?|adresszeile.*"
        ),
    ),
    (
        "birth_date",
        (
            r"(.*_)?(birth_?date|date_of_birth|dob|birthday|geburtsdatum|geburtstag|geb_?datum|date_de_naissance|naissance"
            r"|birth_year|year_of_birth|geburtsjahr)"
        ),
    ),
    ("handle", r"(.*_)?(author_handle|user_?name|screen_name|twitter|instagram|handle|nickname|login|author)"),
    (
        "bank",
        (
            r"(.*_)?(iban|bic|card_number|credit_card|kreditkarte|kreditkartennummer|kontonummer|account_number"
            r"|payment_reference|last4|pan)"
        ),
    ),
    (
        "other",
        (
            r"(.*_)?(ssn|social_security.*|passport.*|tax_id|steuer_?id|national_id|driver_license|ausweis.*|latitude"
            r"|longitude|lat|lng|lon|gps.*|user_agent|avatar|photo|profile_url|sozialversicherung.*)"
        ),
    ),
)
_CONTENT: tuple[tuple[PersonalKind, re.Pattern[str], float], ...] = (
    ("email", re.compile(r"[^@\s]+@[^@\s]+\.[A-Za-z]{2,}"), 0.3),
    ("bank", re.compile(r"[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?"), 0.5),
    ("ip", re.compile(r"(?:\d{1,3}\.){3}\d{1,3}"), 0.7),
    ("phone", re.compile(r"(?:\+|00)\d[\d ()/.-]{6,}\d|0\d{2,5}[ /-]\d[\d -]{3,}\d"), 0.5),
    ("handle", re.compile(r"@[A-Za-z0-9_.]{2,}"), 0.7),
    (
        "address",
        re.compile(
            r"(?i).*(?:str\.|straße|strasse|weg|platz|gasse|allee)\s*\d+\s?[a-z]?"
            r"|\d+[a-z]?,?\s+.*\b(?:street|st|road|rd|avenue|ave|lane|drive|dr|blvd|rue|boulevard)\b.*|(?:rue|avenue|boulevard|via|calle)\s.*"
        ),
        0.3,
    ),
)
_EMAIL_INSIDE = re.compile(r"[^@\s<>\"']+@[^@\s<>\"']+\.[A-Za-z]{2,}")
# Frequent given names of several countries: enough to recognise a column of persons, not to find every person.
_GIVEN = words(
    "anna ann anne maria marie mary peter paul michael thomas andreas stefan stephan christian martin daniel "
    "david john james robert william richard joseph charles jennifer linda elizabeth susan sarah laura julia lisa "
    "katharina sabine claudia petra monika ursula renate karin helga hans klaus wolfgang juergen jürgen heinz "
    "werner manfred uwe frank markus alexander sebastian tobias florian jan lukas leon felix max maximilian jonas "
    "emma mia hannah sophie lena pierre jean jacques philippe nicolas francois françois isabelle nathalie camille "
    "chloe chloé jose josé juan carlos luis antonio manuel francisco carmen ana lucia lucía giulia marco giuseppe "
    "francesco luca matteo paolo mohammed mohamed muhammad ahmed ali fatima mehmet mustafa ayse ayşe emily olivia "
    "noah liam oliver george harry jack alice bob eve emil ida karl carl otto frieda clara klara nina nora eva "
    "ben tom tim kevin brian mark steven andrew"
)


# In a table of companies or articles these name no person.
NOT_OF_PERSONS: tuple[PersonalKind, ...] = ("address", "full_name", "last_name")


def personal_kind(name: str, values: Sequence[str]) -> PersonalKind | None:
    """What personal data a column holds, or None.

    Args:
        name: Its snake_case name.
        values: Some of its different values, as texts.
    """
    for kind, pattern in _NAMES:
        if re.fullmatch(pattern, name) and _content_allows(kind, values):
            return kind
    if not values:
        return None
    for kind, content, least in _CONTENT:
        if sum(content.fullmatch(value.strip()) is not None for value in values) >= least * len(values):
            return kind
    if _holds_names(values):
        return "full_name"
    return "other" if sum(_EMAIL_INSIDE.search(value) is not None for value in values) * 20 >= len(values) else None


def is_given_name(value: str) -> bool:
    """Whether a word is a frequent given name."""
    return value.lower() in _GIVEN


def _content_allows(kind: PersonalKind, values: Sequence[str]) -> bool:
    """Whether values can be what the name says: `tel_count` full of single digits is no telephone number."""
    if not values or kind not in ("phone", "email"):
        return True
    if kind == "email":
        return sum("@" in value for value in values) * 10 >= len(values) * 3
    return sum(len(re.sub(r"\D", "", value)) >= 5 for value in values) * 2 >= len(values)


def _holds_names(values: Sequence[str]) -> bool:
    """Whether most texts are two or three words and many of them begin, or end, with a frequent given name."""
    words = [re.findall(r"[^\W\d_]+", value) for value in values]
    short = [found for found in words if 1 <= len(found) <= 4]
    if len(short) * 10 < len(values) * 8:
        return False
    given = sum(found[0].lower() in _GIVEN or found[-1].lower() in _GIVEN for found in short)
    return given >= 2 and given * 4 >= len(values)
