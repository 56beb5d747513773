"""How long customers stay and how often they buy meanwhile.

Belongs here: acquisition, true rate and true drop-out. Does not belong here: the orders themselves (orders.py).

A customer buys first when acquired and then by a Poisson process with an own rate, gamma distributed within a
kind, until dropping out after an exponential time, whose rate is gamma distributed as well (Pareto/NBD); the
process is stretched by the season.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from orchestration.samples.company.kinds import KINDS
from orchestration.samples.company.people import People
from orchestration.samples.company.randomness import Flags, Floats, stream
from orchestration.samples.company.seasons import day_at, rhythm_until
from orchestration.samples.company.world import DAYS, YEAR

# Customers from before the period were acquired at an exponential distance from its beginning.
_NEVER_BUY, _KNOWN_BEFORE, _YEARS_BEFORE = 0.035, 0.40, 1.1
_DROP_OUT_SHAPE, _VALUE_SHAPE = 3.0, 2.5


@dataclass(frozen=True)
class Lifetimes:
    """One entry per customer; times are days since the period began (negative: before it).

    Attributes:
        acquired: First order; for those who never buy, when they left their address.
        dropped_out: When the customer stops for good.
        never_buys: True for subscribers without any order.
        yearly_rate: Repeat orders a year while alive.
        yearly_drop_out: Rate of dropping out per year.
        order_value: Mean worth of a repeat order in the base currency.
        value_shape: Shape of the gamma distribution of the worth of single orders around it.
    """

    acquired: Floats
    dropped_out: Floats
    never_buys: Flags
    yearly_rate: Floats
    yearly_drop_out: Floats
    order_value: Floats
    value_shape: float = _VALUE_SHAPE

    def alive_at(self, day: float) -> Flags:
        """Who has bought a first time by then and has not dropped out."""
        return ~self.never_buys & (self.acquired < day) & (self.dropped_out >= day)


def draw_lifetimes(people: People, seed: int) -> Lifetimes:
    """Draw acquisition, rates and drop-out of every customer."""
    draw = stream(seed, "lifetimes")
    rows, kind = people.count, people.kind
    fate = draw.random(rows)
    never_buys = (fate < _NEVER_BUY) & ~people.business
    known_before = ~never_buys & (fate < _NEVER_BUY + _KNOWN_BEFORE)
    reached = rhythm_until(kind, np.full(rows, float(DAYS))) * draw.random(rows)
    acquired = day_at(kind, reached) + draw.random(rows)
    acquired = np.where(known_before, -draw.exponential(_YEARS_BEFORE * YEAR, rows), acquired)
    shape = np.array([kind.rate_shape for kind in KINDS])[kind]
    rate = np.array([kind.orders_per_year for kind in KINDS])[kind] * draw.gamma(shape) / shape
    mean_life = np.array([kind.lifetime_years for kind in KINDS])[kind]
    drop_out = draw.gamma(_DROP_OUT_SHAPE, size=rows) / _DROP_OUT_SHAPE / mean_life
    life = draw.exponential(size=rows) / drop_out
    value_shape = np.array([kind.value_shape for kind in KINDS])[kind]
    value = np.array([kind.order_value for kind in KINDS])[kind] * draw.gamma(value_shape) / value_shape
    return Lifetimes(
        acquired=acquired,
        dropped_out=acquired + life * YEAR,
        never_buys=never_buys,
        yearly_rate=rate,
        yearly_drop_out=drop_out,
        order_value=value,
    )
