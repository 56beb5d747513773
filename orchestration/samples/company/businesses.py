"""The companies behind the business customers.

Belongs here: companies and who buys for which. Does not belong here: how the CRM writes them down.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow.compute as pc

from orchestration.samples.company.business_words import LEGAL_FORMS, TRADES
from orchestration.samples.company.people import People
from orchestration.samples.company.randomness import Ints, choose, stream
from orchestration.samples.company.text import Text, folded, join, numbers, occurrence, pick, when
from orchestration.samples.company.world import COUNTRIES

_BUYERS_PER_COMPANY = 1.35
_SUBSIDIARIES = 0.08


@dataclass(frozen=True)
class Businesses:
    """One entry per company, except ``of_person``.

    Attributes:
        of_person: For every customer the position of the company, -1 for consumers.
        first_person: Position of the customer who stands first for the company.
        trade: Position in ``TRADES``.
        name, domain: What it is called and where its mail goes.
        employees: Headcount.
        revenue: Yearly revenue in the country's currency.
        parent: Position of the parent company, or -1.
    """

    of_person: Ints
    first_person: Ints
    trade: Ints
    name: Text
    domain: Text
    employees: Ints
    revenue: Ints
    parent: Ints

    @property
    def count(self) -> int:
        return len(self.trade)


def draw_businesses(people: People, seed: int) -> Businesses:
    """Gather the business customers, country by country, into companies; the first of a company gives its name."""
    draw = stream(seed, "businesses")
    buyers = np.flatnonzero(people.business)
    buyers = buyers[np.argsort(people.country[buyers], kind="stable")]
    begins = draw.random(len(buyers)) < 1 / _BUYERS_PER_COMPANY
    begins[0] = True
    begins[1:] |= people.country[buyers][1:] != people.country[buyers][:-1]
    number = np.cumsum(begins) - 1
    of_person = np.full(people.count, -1, np.int64)
    of_person[buyers] = number
    first_person = buyers[begins]
    count = len(first_person)
    country = people.country[first_person]
    trade = choose(draw, [trade.weight for trade in TRADES], count)
    prefixes = [prefix for trade in TRADES for prefix in trade.prefixes]
    suffixes = [suffix for trade in TRADES for suffix in trade.suffixes]
    prefix = pick(prefixes, _one_of(draw, [len(trade.prefixes) for trade in TRADES], trade))
    suffix = pick(suffixes, _one_of(draw, [len(trade.suffixes) for trade in TRADES], trade))
    forms = [form for land in COUNTRIES for form in LEGAL_FORMS[land.code]]
    form = pick(forms, country * 5 + choose(draw, (60, 15, 10, 10, 5), count))
    family = people.last.take(first_person)
    name = pc.utf8_trim_whitespace(pc.replace_substring(join(prefix, family, suffix, form, between=" "), "  ", " "))
    domain = join(folded(family), "-", pick([trade.industry.split("_")[0].lower() for trade in TRADES], trade))
    lands = [land.code.lower() for land in COUNTRIES]
    taken = occurrence(join(domain, pick(lands, country)))
    domain = join(when(taken > 0, join(domain, numbers(taken + 1)), domain), ".", pick(lands, country), ".example")
    employees = np.maximum(
        1, np.round(np.array([t.median_employees for t in TRADES])[trade] * draw.lognormal(0, 0.9, count))
    )
    heads = np.array([t.revenue_per_head for t in TRADES])[trade] * draw.lognormal(0, 0.35, count)
    parent = np.full(count, -1, np.int64)
    subsidiary = np.flatnonzero((draw.random(count) < _SUBSIDIARIES) & (np.arange(count) > 0))
    # A parent stands earlier in the list, so that no company is its own ancestor.
    parent[subsidiary] = (draw.random(len(subsidiary)) * subsidiary).astype(np.int64)
    return Businesses(
        of_person=of_person,
        first_person=first_person,
        trade=trade,
        name=name,
        domain=domain,
        employees=employees.astype(np.int64),
        revenue=np.round(employees * heads, -3).astype(np.int64),
        parent=parent,
    )


def _one_of(draw: np.random.Generator, lengths: list[int], group: Ints) -> Ints:
    """A position in lists laid end to end, within each row's own list."""
    starts = np.r_[0, np.cumsum(lengths)[:-1]]
    return (starts[group] + (draw.random(len(group)) * np.array(lengths)[group]).astype(np.int64)).astype(np.int64)
