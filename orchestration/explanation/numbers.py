"""Numbers as a person would name them.

Belongs here: rounding to few digits, and the round numbers between two others. Does not belong here: features.
"""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal

_DIGITS = 3
# Between two numbers so many are tried at once.
_AT_ONCE = 16


def rounded(value: Decimal, *, scale: int) -> Decimal:
    """Round to three significant digits, and to no more digits behind the point than a scale has."""
    step = _finest(value, scale=scale)
    return _plain((value / step).to_integral_value() * step)


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


def _finest(value: Decimal, *, scale: int) -> Decimal:
    smallest = Decimal(1).scaleb(-scale)
    return smallest if not value else max(smallest, Decimal(1).scaleb(value.adjusted() - _DIGITS + 1))


def _plain(value: Decimal) -> Decimal:
    # 100 instead of 1E+2, and 0.5 instead of 0.500: they are shown as they are.
    return Decimal(f"{value.normalize():f}")
