"""What is in the baskets: articles, units, prices and discounts.

Belongs here: order lines and the money of an order. Does not belong here: delivery, payment and returns (sales.py).

All amounts are in the currency of the order and contain the tax, as European shops write their prices.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from orchestration.samples.company.campaign import ASSIGNED_ON, OFFER_CODE, WORKS_DAYS, Campaign
from orchestration.samples.company.catalogue import Catalogue, local_prices
from orchestration.samples.company.kinds import CATEGORIES, KINDS
from orchestration.samples.company.money import cents, sums
from orchestration.samples.company.orders import Orders
from orchestration.samples.company.people import People
from orchestration.samples.company.randomness import Floats, Ints, choose_by_row, stream
from orchestration.samples.company.world import DAYS, day_number

_MONTHS = DAYS // 30 + 1
# Worth of a line in the base currency at which the choice of articles changes.
_BANDS = np.array([10.0, 16, 25, 40, 63, 100, 160, 250, 400])
_PRICE_TOLERANCE = 0.5
_FAVOURITE = 0.45
_NEW_DAYS = 120
_MOST_LINES = 9
# Months of the calendar in which the garden is asked for.
_GARDEN = np.array([0.3, 0.5, 1.4, 2.2, 2.4, 2.0, 1.3, 1.0, 0.7, 0.5, 0.3, 0.3])
CODES = ("", "WELCOME10", "LOOM5", "SUMMER15", "BLACK20", OFFER_CODE)
CODE_RATES = np.array([0.0, 0.10, 0.05, 0.15, 0.20, 0.15])


@dataclass(frozen=True)
class Baskets:
    """Lines in the order of the orders, and money per order.

    Attributes:
        order: Per line, position in the orders.
        product: Per line, position in the catalogue.
        units: Per line.
        price, crossed_out: Per line, of one unit, in the order's currency with tax.
        line_discount: Per line, in all.
        code: Per order, position in ``CODES``.
        goods: Per order, sum of the lines after line discounts.
        code_discount: Per order, what the code takes off.
    """

    order: Ints
    product: Ints
    units: Ints
    price: Floats
    crossed_out: Floats
    line_discount: Floats
    code: Ints
    goods: Floats
    code_discount: Floats

    @property
    def subtotal(self) -> Floats:
        """What the goods of each order cost after all discounts."""
        return cents(self.goods - self.code_discount)


def draw_baskets(people: People, orders: Orders, catalogue: Catalogue, campaign: Campaign, seed: int) -> Baskets:
    """Fill every order with lines whose worth comes near to what the order is to be worth."""
    draw = stream(seed, "baskets")
    kind = people.kind[orders.person]
    order, share = _lines(draw, orders, kind)
    product = _articles(draw, people, orders, catalogue, order, orders.target[order] * share)
    _, first = np.unique(order * catalogue.count + product, return_index=True)
    first.sort()
    order, product, share = order[first], product[first], share[first]
    person, day = orders.person[order], orders.day[order]
    country = people.country[person]
    price = local_prices(catalogue.price[product, day], country)
    crossed_out = local_prices(catalogue.crossed_out[product, day], country)
    wanted = np.round(orders.target[order] * share / np.maximum(catalogue.price[product, day], 1.0))
    most = np.array([kind.most_units for kind in KINDS])[people.kind[person]]
    # Who buys many buys round numbers.
    wanted = np.where(wanted >= 20, np.round(wanted / 10) * 10, np.where(wanted >= 9, np.round(wanted / 2) * 2, wanted))
    units = np.clip(wanted, 1, most).astype(np.int64)
    gross = cents(units * price)
    bulk = people.business[person] & (units >= 10)
    line_discount = cents(np.where(bulk, gross * 0.08, 0.0))
    goods = sums(gross - line_discount, order, orders.count)
    code = _codes(draw, orders, campaign, kind)
    return Baskets(
        order=order,
        product=product,
        units=units,
        price=price,
        crossed_out=crossed_out,
        line_discount=line_discount,
        code=code,
        goods=goods,
        code_discount=cents(goods * CODE_RATES[code]),
    )


def _lines(draw: np.random.Generator, orders: Orders, kind: Ints) -> tuple[Ints, Floats]:
    """The order of each line and the line's share of the order's worth."""
    repeat = np.array([kind.lines for kind in KINDS])[kind]
    first = np.array([kind.first_lines for kind in KINDS])[kind]
    mean = np.where(orders.is_first, first, repeat)
    count = 1 + np.minimum(draw.poisson(mean - 1), _MOST_LINES - 1)
    order = np.repeat(np.arange(orders.count), count)
    weight = draw.gamma(2.0, 1.0, len(order)) + 0.2
    return order, weight / np.bincount(order, weight, minlength=orders.count)[order]


def _articles(
    draw: np.random.Generator, people: People, orders: Orders, catalogue: Catalogue, order: Ints, worth: Floats
) -> Ints:
    """One article per line, by taste, season, novelty and the price that fits the line's worth."""
    tastes = np.array([kind.tastes for kind in KINDS])
    favourite = choose_by_row(draw, tastes, people.kind)
    kind = people.kind[orders.person[order]]
    month = orders.day[order] // 30
    band = np.searchsorted(_BANDS, worth)
    cumulated = _cumulated_weights(tastes, catalogue)
    bands = len(_BANDS) + 1
    row = (kind * _MONTHS + month) * bands + band
    # Categories lie side by side, so that a favourite one is a stretch of the cumulated weights.
    ends = np.searchsorted(catalogue.category, np.arange(len(CATEGORIES)), side="right")
    starts = np.r_[0, ends[:-1]]
    wished = favourite[orders.person[order]]
    padded = np.c_[np.zeros(len(cumulated)), cumulated]
    in_favourite = draw.random(len(order)) < _FAVOURITE
    low = np.where(in_favourite, padded[row, starts[wished]], 0.0)
    high = np.where(in_favourite, padded[row, ends[wished]], 1.0)
    at = low + draw.random(len(order)) * (high - low)
    flat = (cumulated + np.arange(len(cumulated))[:, None]).ravel()
    found = np.searchsorted(flat, row + at, side="right") - row * catalogue.count
    return np.clip(found, 0, catalogue.count - 1)


def _cumulated_weights(tastes: Floats, catalogue: Catalogue) -> Floats:
    """Cumulated weights of the articles (kind, month and band of worth x articles), the last one 1."""
    middle = np.r_[7.0, np.sqrt(_BANDS[1:] * _BANDS[:-1]), 550.0]
    # The first day of a month, so that nothing is sold before its launch.
    day = np.minimum(np.arange(_MONTHS) * 30, DAYS - 1)
    calendar_month = ((np.arange(_MONTHS) + 6) % 12)[:, None]
    price = catalogue.price[:, day].T
    distance = np.log(price[:, None, :] / middle[None, :, None])
    age = day[:, None] - catalogue.launched[None, :]
    season = np.where(catalogue.category[None, :] == CATEGORIES.index("Garden"), _GARDEN[calendar_month], 1.0)
    on_sale = 1 + 2.0 * (catalogue.price < catalogue.crossed_out)[:, day].T
    weights = np.empty((len(KINDS), _MONTHS, len(middle), catalogue.count))
    in_category = np.bincount(catalogue.category, catalogue.popularity)
    appeal = catalogue.popularity / in_category[catalogue.category]
    for number, kind in enumerate(KINDS):
        novelty = np.where(age < 0, 1e-9, np.where(age < _NEW_DAYS, kind.novelty, 1.0))
        by_month = tastes[number, catalogue.category] * appeal * novelty * season * on_sale ** (2 * kind.code_share)
        weights[number] = by_month[:, None, :] * _fit(distance + np.log(kind.usual_units))
    flat = np.cumsum(weights.reshape(-1, catalogue.count), axis=1)
    return flat / flat[:, -1:]


def _fit(distance: Floats) -> Floats:
    """How well a price fits; cheaper articles can fill a line by units, dearer ones cannot be cut."""
    tolerance = np.where(distance > 0, _PRICE_TOLERANCE, 1.6 * _PRICE_TOLERANCE)
    return np.exp(-0.5 * (distance / tolerance) ** 2) + 1e-6


def _codes(draw: np.random.Generator, orders: Orders, campaign: Campaign, kind: Ints) -> Ints:
    share = np.array([kind.code_share for kind in KINDS])[kind]
    uses = draw.random(orders.count) < share
    in_year = (orders.day + 181) % 365
    code = np.where(orders.is_first, CODES.index("WELCOME10"), CODES.index("LOOM5"))
    code = np.where((in_year >= 181) & (in_year < 212), CODES.index("SUMMER15"), code)
    code = np.where((in_year >= 325) & (in_year < 334), CODES.index("BLACK20"), code)
    code = np.where(uses, code, 0)
    since = orders.day - day_number(ASSIGNED_ON)
    offered = campaign.treated[orders.person] & (since >= 0) & (since < WORKS_DAYS)
    redeems = orders.from_campaign | (draw.random(orders.count) < 0.35 + 0.4 * share)
    return np.where(offered & redeems, CODES.index(OFFER_CODE), code)
