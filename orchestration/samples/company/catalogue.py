"""The range: articles, costs, launches, and the list price of every article on every day.

Belongs here: drawing articles and prices. Does not belong here: who buys them (baskets.py).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from orchestration.samples.company.kinds import CATEGORIES
from orchestration.samples.company.money import cents
from orchestration.samples.company.product_words import BRANDS, COLOURS, STYLES, SUBCATEGORIES
from orchestration.samples.company.randomness import Flags, Floats, Ints, choose, choose_by_row, stream
from orchestration.samples.company.text import Text, join, numbers, pick
from orchestration.samples.company.world import COUNTRIES, DAYS, day_number

# Two rounds of higher prices: date, smallest and largest rise.
_RISES = ((dt.date(2025, 2, 3), 0.02, 0.06), (dt.date(2026, 2, 2), 0.01, 0.05))
_SALES = ((dt.date(2025, 1, 2), 26), (dt.date(2025, 7, 1), 28), (dt.date(2026, 1, 2), 26))
_LAUNCHED_WITHIN, _NO_COST = 0.32, 0.015


@dataclass(frozen=True)
class Catalogue:
    """One entry per article, ordered by category.

    Attributes:
        category: Position in ``CATEGORIES``.
        subcategory: Position in ``SUBCATEGORIES``.
        sku, name, brand: As everyone writes them.
        cost: Cost of one unit in the base currency.
        cost_known: False where the company never entered it.
        launched: Days since the period began.
        popularity: How often it is chosen, everything else equal.
        price: List price in the base currency with tax (articles x days).
        crossed_out: The price before a sale's markdown where one is on, else the price itself.
    """

    category: Ints
    subcategory: Ints
    sku: Text
    name: Text
    brand: Text
    cost: Floats
    cost_known: Flags
    launched: Ints
    popularity: Floats
    price: Floats
    crossed_out: Floats

    @property
    def count(self) -> int:
        return len(self.category)


def draw_catalogue(seed: int) -> Catalogue:
    """Draw the range; it does not depend on the number of customers."""
    draw = stream(seed, "catalogue")
    subcategory = np.repeat(np.arange(len(SUBCATEGORIES)), [sub.products for sub in SUBCATEGORIES])
    count = len(subcategory)
    category = np.array([CATEGORIES.index(sub.category) for sub in SUBCATEGORIES])[subcategory]
    articles = [article for sub in SUBCATEGORIES for article in sub.articles]
    starts = np.cumsum([0, *(len(sub.articles) for sub in SUBCATEGORIES[:-1])])
    lengths = np.array([len(sub.articles) for sub in SUBCATEGORIES])
    article = starts[subcategory] + (draw.random(count) * lengths[subcategory]).astype(np.int64)
    makes = np.array([[not made or name in made for _, _, made in BRANDS] for name in CATEGORIES], dtype=float)
    brand = choose_by_row(draw, makes, category)
    median = np.array([sub.price for sub in SUBCATEGORIES])[subcategory]
    level = median * np.array([level for _, level, _ in BRANDS])[brand]
    spread = np.array([sub.spread for sub in SUBCATEGORIES])[subcategory]
    base = level * np.exp(draw.normal(0, spread * 0.7))
    launched = np.where(
        draw.random(count) < _LAUNCHED_WITHIN, draw.integers(10, DAYS - 30, count), -draw.integers(1, 1500, count)
    )
    crossed_out, price = _prices(draw, base)
    codes = [category[:3].upper() for category in CATEGORIES]
    style = pick(STYLES, draw.integers(0, len(STYLES), count))
    colour = pick(COLOURS, draw.integers(0, len(COLOURS), count))
    return Catalogue(
        category=category,
        subcategory=subcategory,
        sku=join("LL-", pick(codes, category), "-", numbers(1001 + np.arange(count) * 7)),
        name=join(join(style, " ", pick(articles, article)), " - ", colour),
        brand=pick([name for name, _, _ in BRANDS], brand),
        # Net of tax, and without the share that makes the margin.
        cost=cents(base / 1.19 * draw.uniform(0.34, 0.58, count)),
        cost_known=draw.random(count) >= _NO_COST,
        launched=launched,
        popularity=draw.gamma(1.4, 1.0, count) + 0.08,
        price=price,
        crossed_out=crossed_out,
    )


def local_prices(price: Floats, country: Ints) -> Floats:
    """List prices in the country's currency, ending as a shop's prices do."""
    factor = np.array([land.price_factor for land in COUNTRIES])[country]
    local = price * factor
    return np.where(factor == 1.0, price, np.maximum(np.round(local * 2) / 2 - 0.05, 0.45))


def _prices(draw: np.random.Generator, base: Floats) -> tuple[Floats, Floats]:
    """List prices before and after the markdowns of sales."""
    count = len(base)
    before = np.repeat(base[:, None], DAYS, axis=1)
    for date, least, most in _RISES:
        before[:, day_number(date) :] *= (1 + draw.uniform(least, most, count))[:, None]
    before = np.where(before < 20, np.round(before * 2) / 2 - 0.05, np.round(before) - 0.1)
    before = np.maximum(before, 2.45)
    after = before.copy()
    for date, days in _SALES:
        reduced = np.flatnonzero(draw.random(count) < 0.3)
        cut = np.array((0.9, 0.8, 0.7))[choose(draw, (3, 4, 2), len(reduced))]
        begin = day_number(date)
        after[reduced, begin : begin + days] = cents(before[reduced, begin : begin + days] * cut[:, None])
    return cents(before), cents(after)
