"""Who the customers are: kinds, households, names, birthdays and satisfaction.

Belongs here: the true person. Does not belong here: how to reach one (contact_points.py), what one buys.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from orchestration.samples.company.kinds import BUSINESS, KINDS
from orchestration.samples.company.names import STOCK_WEIGHTS, STOCKS
from orchestration.samples.company.randomness import Flags, Floats, Ints, choose, choose_by_row, stream
from orchestration.samples.company.text import Text, join, numbers, pick, when
from orchestration.samples.company.world import COUNTRIES

# Of 100 consumers, how many live with another customer; a household has two of them.
_IN_HOUSEHOLDS = 0.18
_SHARE_EMAIL, _SHARE_PHONE, _SHARE_NAME = 0.30, 0.45, 0.75
# Kinds of people who share a home tend to agree.
_SAME_KIND = 0.5


@dataclass(frozen=True)
class People:
    """One entry per customer; households hold consumers only.

    Attributes:
        kind: Position in ``KINDS``.
        country: Position in ``COUNTRIES``.
        household: Number of the household; everyone has one, most alone.
        second_in: Position of the household's first member, for second members; else -1.
        shares_email, shares_phone: Whether a second member uses the first one's.
        female: True for women.
        first, last: The true name.
        birth_day: Days since 1970-01-01.
        satisfaction: 0-10, how content the customer truly is.
        leniency: How much better than meant a customer marks, in points of a five-point scale.
    """

    kind: Ints
    country: Ints
    household: Ints
    second_in: Ints
    shares_email: Flags
    shares_phone: Flags
    female: Flags
    first: Text
    last: Text
    birth_day: Ints
    satisfaction: Floats
    leniency: Floats

    @property
    def count(self) -> int:
        return len(self.kind)

    @property
    def business(self) -> Flags:
        return self.kind == BUSINESS

    def person_ids(self) -> Text:
        """The names of the customers in the truth tables."""
        return join("P", numbers(np.arange(1, self.count + 1), width=7))


def draw_people(customers: int, seed: int) -> People:
    """Draw the customers; everything else hangs on them."""
    draw = stream(seed, "people")
    kind = choose(draw, [kind.share for kind in KINDS], customers)
    if not (kind == BUSINESS).any():
        # A company of fifty customers may have drawn none.
        kind[0] = BUSINESS
    country = choose(draw, [country.share for country in COUNTRIES], customers)
    second_in = _second_members(draw, kind != BUSINESS)
    first_of = np.flatnonzero(second_in >= 0)
    partner = second_in[first_of]
    country[first_of] = country[partner]
    agrees = draw.random(len(first_of)) < _SAME_KIND
    kind[first_of] = np.where(agrees, kind[partner], kind[first_of])
    household = np.arange(customers)
    household[first_of] = partner
    female = draw.random(customers) < 0.61
    opposite = draw.random(len(first_of)) < 0.88
    female[first_of] = np.where(opposite, ~female[partner], female[partner])
    first, last = _names(draw, country, female)
    family = np.arange(customers)
    same_name = draw.random(len(first_of)) < _SHARE_NAME
    family[first_of] = np.where(same_name, partner, first_of)
    age = 19 + draw.gamma(4.2, 6.2, customers)
    age[first_of] = age[partner] + draw.normal(0, 3, len(first_of))
    age = np.clip(age, 18, 92)
    satisfaction = np.array([kind.satisfaction for kind in KINDS])[kind] + draw.normal(0, 1.5, customers)
    shares = np.zeros((2, customers), bool)
    shares[0, first_of] = draw.random(len(first_of)) < _SHARE_EMAIL
    shares[1, first_of] = draw.random(len(first_of)) < _SHARE_PHONE
    return People(
        kind=kind,
        country=country,
        household=household,
        second_in=second_in,
        shares_email=shares[0],
        shares_phone=shares[1],
        female=female,
        first=first,
        last=last.take(family),
        birth_day=(20_454 - age * 365.25).astype(np.int64),
        satisfaction=np.clip(satisfaction, 0, 10),
        leniency=draw.normal(0, 0.35, customers),
    )


def _second_members(draw: np.random.Generator, consumer: Flags) -> Ints:
    """For every second member the position of the first, else -1."""
    found = np.full(len(consumer), -1, np.int64)
    consumers = np.flatnonzero(consumer)
    pairs = round(len(consumers) * _IN_HOUSEHOLDS / 2)
    chosen = draw.permutation(consumers)[: 2 * pairs]
    found[chosen[pairs:]] = chosen[:pairs]
    return found


def _names(draw: np.random.Generator, country: Ints, female: Flags) -> tuple[Text, Text]:
    stocks = list(STOCKS.values())
    weights = np.array([STOCK_WEIGHTS[country.code] for country in COUNTRIES])
    stock = choose_by_row(draw, weights, country)
    firsts: list[str] = []
    lasts: list[str] = []
    first, last = np.empty(len(country), np.int64), np.empty(len(country), np.int64)
    for number, names in enumerate(stocks):
        for wanted, given in ((True, names.female), (False, names.male)):
            rows = np.flatnonzero((stock == number) & (female == wanted))
            first[rows] = len(firsts) + _common_first(draw, len(given), len(rows))
            firsts += given
        rows = np.flatnonzero(stock == number)
        beginnings, endings = names.family_parts
        composed = [begin + end for begin in beginnings for end in endings]
        listed = draw.random(len(rows)) < 0.4
        last[rows] = len(lasts) + np.where(
            listed,
            _common_first(draw, len(names.family), len(rows)),
            len(names.family) + draw.integers(0, len(composed), len(rows)),
        )
        lasts += [*names.family, *composed]
    other = draw.permutation(len(first))
    doubled = (draw.random(len(first)) < 0.04) & (female == female[other]) & (first != first[other])
    joined = (draw.random(len(first)) < 0.04) & (last != last[other])
    first_name, last_name = pick(firsts, first), pick(lasts, last)
    return (
        when(doubled, join(first_name, "-", first_name.take(other)), first_name),
        when(joined, join(last_name, "-", last_name.take(other)), last_name),
    )


def _common_first(draw: np.random.Generator, words: int, size: int) -> Ints:
    """Positions in a list whose first words are the commonest."""
    return choose(draw, list(1 / (np.arange(words) + 30.0)), size)
