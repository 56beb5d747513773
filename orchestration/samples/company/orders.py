"""When customers order, how much an order is to be worth, and what the campaign adds or takes away.

Belongs here: orders as points in time. Does not belong here: what is in the basket (baskets.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from orchestration.samples.company.campaign import ASSIGNED_ON, WORKS_DAYS, Campaign
from orchestration.samples.company.kinds import KINDS
from orchestration.samples.company.lifetimes import Lifetimes
from orchestration.samples.company.people import People
from orchestration.samples.company.randomness import Flags, Floats, Ints, stream
from orchestration.samples.company.seasons import day_at, rhythm_until, second_of_day
from orchestration.samples.company.world import DAYS, YEAR, day_number

_DAY = 86_400


@dataclass(frozen=True)
class Orders:
    """One entry per order, by time.

    Attributes:
        person: Position of the customer.
        second: Local wall-clock seconds since the period's first midnight.
        is_first: The customer's first order.
        from_campaign: Would not have been placed without the campaign.
        target: What it is to be worth, in the base currency with tax.
    """

    person: Ints
    second: Ints
    is_first: Flags
    from_campaign: Flags
    target: Floats

    @property
    def count(self) -> int:
        return len(self.person)

    @property
    def day(self) -> Ints:
        return self.second // _DAY


def draw_orders(people: People, lifetimes: Lifetimes, campaign: Campaign, seed: int) -> Orders:
    """Draw first orders, repeat orders and those that the campaign brings; drop those that it costs."""
    draw = stream(seed, "orders")
    buyers = np.flatnonzero(~lifetimes.never_buys)
    first = buyers[lifetimes.acquired[buyers] >= 0]
    begin, end = np.maximum(lifetimes.acquired, 0.0), np.minimum(lifetimes.dropped_out, float(DAYS))
    repeat_person, repeat_day = _arrivals(draw, people, lifetimes, begin, end, factor=np.ones(people.count))
    works = float(day_number(ASSIGNED_ON))
    helped = np.where(campaign.treated, np.maximum(campaign.uplift, 0.0), 0.0)
    extra_person, extra_day = _arrivals(
        draw, people, lifetimes, np.maximum(begin, works), np.minimum(end, works + WORKS_DAYS), factor=helped
    )
    put_off = np.where(campaign.treated, np.maximum(-campaign.uplift, 0.0), 0.0)[repeat_person]
    kept = (draw.random(len(repeat_person)) >= put_off) | (repeat_day < works) | (repeat_day >= works + WORKS_DAYS)
    repeat_person, repeat_day = repeat_person[kept], repeat_day[kept]
    person = np.r_[first, repeat_person, extra_person]
    day = np.r_[lifetimes.acquired[first].astype(np.int64), repeat_day, extra_day]
    is_first = np.arange(len(person)) < len(first)
    from_campaign = np.arange(len(person)) >= len(first) + len(repeat_person)
    second = day * _DAY + second_of_day(draw, people.business[person])
    # A repeat order on the day of the first one comes after it.
    own_first = np.full(people.count, -1, np.int64)
    own_first[first] = second[: len(first)]
    early = ~is_first & (second <= own_first[person])
    second[early] = np.minimum(own_first[person[early]] + draw.integers(600, 7200, int(early.sum())), DAYS * _DAY - 1)
    target = lifetimes.order_value[person] * draw.gamma(lifetimes.value_shape, 1 / lifetimes.value_shape, len(person))
    first_factor = np.array([kind.first_order_value / kind.order_value for kind in KINDS])[people.kind[person]]
    target = np.where(is_first, target * first_factor, target)
    order = np.lexsort((person, second))
    return Orders(person[order], second[order], is_first[order], from_campaign[order], target[order])


def _arrivals(
    draw: np.random.Generator, people: People, lifetimes: Lifetimes, begin: Floats, end: Floats, *, factor: Floats
) -> tuple[Ints, Ints]:
    """Customer and day of the orders of a Poisson process between two points in time, stretched by the season."""
    low, high = rhythm_until(people.kind, begin), rhythm_until(people.kind, np.maximum(begin, end))
    mean = np.where(lifetimes.never_buys, 0.0, lifetimes.yearly_rate / YEAR * factor * (high - low))
    person = np.repeat(np.arange(people.count), draw.poisson(mean))
    reached = low[person] + draw.random(len(person)) * (high - low)[person]
    return person, day_at(people.kind[person], reached)
