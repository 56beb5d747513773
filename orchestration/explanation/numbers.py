"""Numbers as a person would name them.

Belongs here: rounding to few digits, the round numbers between two others, values as they are shown. Does not belong
here: which features there are.
"""

from __future__ import annotations

import re
from decimal import ROUND_CEILING, Decimal

_DIGITS = 3
# Between two numbers so many are tried at once.
_AT_ONCE = 16
# Amounts have two digits behind the point, to the cent; more of them are what a model or a division left.
_CENTS = 2
_FRACTION = re.compile(r"-?\d+\.\d+(e[+-]?\d+)?", re.IGNORECASE)
_NUMBER = re.compile(r"-?\d+(\.\d+)?(e[+-]?\d+)?", re.IGNORECASE)
# Names that say that one is all: chances and shares.
_OF_ALL = re.compile(r"^p_|_share$|_probability$")


def rounded(value: Decimal, *, scale: int) -> Decimal:
    """Round to three significant digits, and to no more digits behind the point than a scale has."""
    step = _finest(value, scale=scale)
    return _plain((value / step).to_integral_value() * step)


def shown_value(feature: str, value: str) -> str:
    """A feature's value for a person: ``42.1 %`` of a share, three digits of what a model or a division gave.

    Texts, dates, whole numbers and amounts to the cent stay as they are.

    Args:
        feature: Its name, which says whether it is a chance or a share.
        value: The value as text.
    """
    if _OF_ALL.search(feature) and _NUMBER.fullmatch(value):
        return f"{_three_digits(Decimal(value) * 100):f} %"
    if _FRACTION.fullmatch(value) and -int(Decimal(value).as_tuple().exponent) > _CENTS:
        return f"{_three_digits(Decimal(value)):f}"
    return value


def whole_between(low: int, high: int) -> list[int]:
    """Some whole numbers between two others, evenly spread; all of them when they are few."""
    step = max(1, (high - low) // (_AT_ONCE + 1))
    return list(range(low + step, high, step))


def real_between(low: Decimal, high: Decimal, *, scale: int) -> list[Decimal]:
    """Some round numbers between two others; none when they are as near as three digits tell."""
    finest = _finest(min(abs(low), abs(high)), scale=scale)
    step = max(finest, Decimal(1).scaleb((high - low).adjusted()))
    while True:
        first = (low / step).to_integral_value(ROUND_CEILING) * step
        found = [each for at in range(_AT_ONCE) if low < (each := first + at * step) < high]
        if found or step <= finest:
            return [_plain(each) for each in found]
        step /= 10


def _three_digits(value: Decimal) -> Decimal:
    # Never coarser than a whole: 1,234.567 is 1,235 and not 1,230.
    step = min(Decimal(1), Decimal(1).scaleb(value.adjusted() - _DIGITS + 1)) if value else Decimal(1)
    return _plain((value / step).to_integral_value() * step)


def _finest(value: Decimal, *, scale: int) -> Decimal:
    smallest = Decimal(1).scaleb(-scale)
    return smallest if not value else max(smallest, Decimal(1).scaleb(value.adjusted() - _DIGITS + 1))


def _plain(value: Decimal) -> Decimal:
    # 100 instead of 1E+2, and 0.5 instead of 0.500: they are shown as they are.
    return Decimal(f"{value.normalize():f}")
