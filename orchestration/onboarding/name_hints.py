"""What the name of a column says about its values, whatever they look like.

Belongs here: words for identifiers, times, flags and money, in English with some German and French. Does not belong
here: what a column is to an entity (synonyms.py), personal data (personal_data.py).
"""

from __future__ import annotations

import re
from typing import Literal

from orchestration.onboarding.words import words

Hint = Literal["identifier", "time", "flag", "money", "number", "decimal"]

_IDENTIFIER_ENDS = words(
    "id ids ref no nr num number nummer numero code key sku ean gtin upc isbn asin uuid guid hash token handle iban "
    "bic vat ssn zip plz postcode phone telephone tel telefon telefonnummer mobile mobil handy fax barcode siret "
    "siren duns cp invoiceno kennung schluessel artikelnr kundennr ident matricule bon beleg imei mac serial"
)
_IDENTIFIER_NAMES = re.compile(
    r"(.*_)?(postal_code|zip_code|post_code|code_postal|postleitzahl|customer|kunde|client|order_name|household|basket"
    r"|msisdn|phone_number|mobile_phone|mobilephone|home_phone|work_phone)"
    r"|.*(customer|company|order|product|user|client|item|contact|account|household|session|invoice|article|artikel|kunden"
    r"|auftrags|bestell|filial|kassen|store|shop|campaign|object|person|member|transaction|survey|response)(id|no|nr)"
    r"|.*(nummer|nr|_id|kennzeichen)|zip.*|plz.*|phone.*|tel_.*"
)
# Ends like an identifier, and counts or measures.
_COUNTS = re.compile(
    r"(line|row|item|position|zeilen|pos|page|week|month|year|day|hour|quarter|rank|version|chapter|lfd)_?"
    r"(no|nr|num|number|nummer)|number_of_.*|anzahl.*|nombre_.*|count.*|num_.*|.*_count|no_of_.*|number"
)
_TIME_WORDS = words(
    "at date time timestamp datetime ts day datum zeit uhrzeit zeitpunkt am heure jour created updated modified "
    "changed dob birthday birthdate geburtstag geburtsdatum sent received occurred ordered paid delivered "
    "timestamp_ms epoch expires expiry start end since until bis von last first published recorded landed submitted"
)
_FLAG_STARTS = ("is_", "has_", "can_", "opt_", "accepts_", "wants_", "ist_", "hat_", "do_not_", "may_", "est_")
_FLAG_WORDS = words(
    "flag active deleted archived consent consents einwilligung optin optout opted newsletter subscribed unsubscribed "
    "verified enabled disabled blocked gesperrt aktiv livemode paid refunded captured disputed finished reversed vip "
    "generated anonymous tested gift boolean bool"
)
_MONEY_WORDS = words(
    "amount price cost costs total subtotal revenue sales value net gross tax taxes vat mwst discount rabatt betrag "
    "preis einzelpreis stueckpreis gesamtpreis summe umsatz netto brutto kosten erloes wert shipping versand porto "
    "fee fees charge charged refund refunded paid balance spend spent turnover montant prix remise ttc ht taxe "
    "turnover nettobetrag bruttobetrag gesamtbetrag steuerbetrag versandkosten rabattbetrag warenwert salary income "
    "budget unitprice disc"
)
_NOT_MONEY = words(
    "rate share percent percentage prozent satz id ref code currency date at type kind status count quantity method "
    "count band tier no nr number name level"
)
_NUMBER_WORDS = words(
    "quantity qty menge anzahl stueck stueckzahl units pieces quantite count score rating rank age alter points "
    "punkte percent prozent weight gewicht rate"
)
# Units that are whole in one file are often weights in the next.
_QUANTITIES = words("quantity qty menge units quantite gewicht weight")


def name_hints(name: str) -> frozenset[Hint]:
    """What a column's snake_case name says of its values."""
    words = name.split("_")
    hints: set[Hint] = set()
    if not _COUNTS.fullmatch(name) and (words[-1] in _IDENTIFIER_ENDS or _IDENTIFIER_NAMES.fullmatch(name)):
        hints.add("identifier")
    if _TIME_WORDS & set(words) or re.search(r"(datum|date|zeit)$", name):
        hints.add("time")
    if name.startswith(_FLAG_STARTS) or _FLAG_WORDS & set(words):
        hints.add("flag")
    if (_MONEY_WORDS & set(words) or re.search(r"(betrag|preis|summe|kosten)$", name)) and not _NOT_MONEY & set(words):
        hints.add("money")
    if _NUMBER_WORDS & set(words) or "money" in hints:
        hints.add("number")
    if words[-1] in _QUANTITIES:
        hints.add("decimal")
    # A customer's number is no amount, whatever else stands in the name.
    return frozenset(hints - {"money", "flag", "number", "decimal"} if "identifier" in hints else hints)
