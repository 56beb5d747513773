"""Numbers and dates as the explorer writes them: in the company's language and currency.

Belongs here: writing a number. Does not belong here: which numbers are told. The explorer leaves this to the browser
(``explorer/script/format.js``); a mail has none, so the same forms are taken from Unicode's CLDR here.
"""

from __future__ import annotations

import datetime as dt
from copy import copy
from decimal import ROUND_HALF_UP, Decimal

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import NumberPattern, format_compact_currency, format_currency, format_decimal, format_percent

NOT_KNOWN = "\u2013"
_FALLBACK = "en-GB"


class Numbers:
    """Writes numbers.

    Args:
        locale: BCP 47 tag; one that CLDR does not know is written as ``en-GB``, as in the explorer.
        currency: ISO 4217 code.
    """

    def __init__(self, locale: str, currency: str) -> None:
        try:
            self._locale = Locale.parse(locale, sep="-")
        except (UnknownLocaleError, ValueError):
            self._locale = Locale.parse(_FALLBACK, sep="-")
        self._currency = currency

    def count(self, value: float | None) -> str:
        """A whole number."""
        if value is None:
            return NOT_KNOWN
        return format_decimal(
            _rounded(value, 0), format=_digits(self._locale.decimal_formats[None], 0, 0), locale=self._locale
        )

    def share(self, value: float | None) -> str:
        """A share of 1 as per cent, small ones with one digit behind the point."""
        if value is None:
            return NOT_KNOWN
        digits = 1 if abs(value) < 0.1 else 0
        pattern = _digits(self._locale.percent_formats[None], 0, digits)
        return format_percent(_rounded(value, digits + 2), format=pattern, locale=self._locale)

    def money(self, value: float | None) -> str:
        """An amount: from a million on in short, from a hundred on without the small coins."""
        if value is None:
            return NOT_KNOWN
        if abs(value) >= 1e6:
            return format_compact_currency(value, self._currency, fraction_digits=2, locale=self._locale)
        digits = 0 if abs(value) >= 100 else 2
        pattern = _digits(self._locale.currency_formats["standard"], digits, digits)
        return format_currency(
            _rounded(value, digits), self._currency, format=pattern, currency_digits=False, locale=self._locale
        )

    def number(self, value: float | None) -> str:
        """Any other number."""
        if value is None:
            return NOT_KNOWN
        digits = 3 if abs(value) < 1 else 1
        pattern = _digits(self._locale.decimal_formats[None], 0, digits)
        return format_decimal(_rounded(value, digits), format=pattern, locale=self._locale)

    def signed_count(self, value: float) -> str:
        """A whole number with its sign; nothing is 0."""
        return ("+" if round(value) > 0 else "") + self.count(value)

    def signed_money(self, value: float) -> str:
        """An amount with its sign."""
        return ("+" if value > 0 else "") + self.money(value)

    def date(self, iso: str | None) -> str:
        """A date such as 30 Jun 2026."""
        if not iso:
            return NOT_KNOWN
        return format_date(dt.date.fromisoformat(iso[:10]), format="medium", locale=self._locale)


def _digits(pattern: NumberPattern, least: int, most: int) -> NumberPattern:
    changed = copy(pattern)
    changed.frac_prec = (least, most)
    return changed


def _rounded(value: float, digits: int) -> Decimal:
    # Browsers round a half away from nothing, Python's formatting to the even digit.
    rounded = Decimal(str(value)).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
    return abs(rounded) if rounded == 0 else rounded
