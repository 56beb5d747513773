"""How orders were taken, sent, paid, cancelled and paid back.

Belongs here: what happens to an order besides its basket. Does not belong here: how Shopify exports it (shopify.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from orchestration.samples.company.baskets import Baskets
from orchestration.samples.company.catalogue import Catalogue
from orchestration.samples.company.kinds import CATEGORIES, DELIVERIES, KINDS, SOURCES
from orchestration.samples.company.money import cents
from orchestration.samples.company.orders import Orders
from orchestration.samples.company.people import People
from orchestration.samples.company.randomness import Flags, Floats, Ints, choose_by_row, stream
from orchestration.samples.company.world import COUNTRIES

# A time that never comes.
NEVER = np.int64(2**40)
POS, DRAFT = SOURCES.index("pos"), SOURCES.index("shopify_draft_order")
EXPRESS, COLLECT, FREIGHT = (DELIVERIES.index(name) for name in ("DHL Express", "Click & Collect", "Freight delivery"))
_LOCKER = DELIVERIES.index("Parcel locker")
PAYMENTS = ("Shopify Payments", "PayPal Express Checkout", "Klarna", "Bank Deposit", "cash")
_CANCELLED, _UNPAID = 0.018, 0.03
_DAY = 86_400


@dataclass(frozen=True)
class Sales:
    """One entry per order; times are local seconds since the period began, ``NEVER`` for what does not happen.

    Attributes:
        source: Position in ``SOURCES``.
        delivery: Position in ``DELIVERIES``, -1 where the goods were carried home.
        payment: Position in ``PAYMENTS``.
        shipping: What was charged for delivery, with tax, in the order's currency.
        total: What the customer owes.
        tax: The tax in the total.
        paid, sent, cancelled, refunded: When.
        refund: What is paid back in the end, for a cancelled order all of it.
    """

    source: Ints
    delivery: Ints
    payment: Ints
    shipping: Floats
    total: Floats
    tax: Floats
    paid: Ints
    sent: Ints
    cancelled: Ints
    refunded: Ints
    refund: Floats

    @property
    def in_store(self) -> Flags:
        return self.source == POS


def draw_sales(people: People, orders: Orders, baskets: Baskets, catalogue: Catalogue, seed: int) -> Sales:
    """Draw the fate of every order."""
    draw = stream(seed, "sales")
    rows, kind, country = orders.count, people.kind[orders.person], people.country[orders.person]
    # The company has shops in Germany only.
    abroad = country != 0
    source = choose_by_row(draw, np.array([kind.sources for kind in KINDS]), kind)
    source = np.where(abroad & (source == POS), 0, source)
    in_store = source == POS
    delivery = choose_by_row(draw, np.array([kind.deliveries for kind in KINDS]), kind)
    furniture = catalogue.category[baskets.product] == CATEGORIES.index("Furniture")
    bulky = np.bincount(baskets.order, furniture, minlength=rows) > 0
    delivery = np.where(bulky & (draw.random(rows) < 0.75), FREIGHT, delivery)
    delivery = np.where(~bulky & (delivery == FREIGHT), 0, delivery)
    delivery = np.where(abroad & ((delivery == COLLECT) | (delivery == _LOCKER)), 0, delivery)
    delivery = np.where(in_store, -1, delivery)
    shipping = _shipping(delivery, baskets.subtotal, country)
    total = cents(baskets.subtotal + shipping)
    vat = np.array([land.vat for land in COUNTRIES])[country]
    paid = np.where(
        source == DRAFT, orders.second + (draw.gamma(4, 4, rows) * _DAY).astype(np.int64), orders.second + 4
    )
    paid = np.where((source == DRAFT) & (draw.random(rows) < _UNPAID), NEVER, paid)
    days = 0.5 + draw.gamma(2.0, 0.7, rows) + np.where(delivery == FREIGHT, draw.uniform(4, 15, rows), 0.0)
    days = np.where(delivery == EXPRESS, 0.3 + days / 4, days)
    sent = np.where(in_store, orders.second, orders.second + (days * _DAY).astype(np.int64))
    cancels = ~in_store & (draw.random(rows) < _CANCELLED)
    cancelled = np.where(cancels, orders.second + draw.integers(900, 40_000, rows), NEVER)
    returns = ~cancels & (paid < NEVER) & (draw.random(rows) < np.array([kind.refund_share for kind in KINDS])[kind])
    after = np.maximum(sent, np.where(paid < NEVER, paid, sent)) + ((3 + draw.gamma(2.2, 4.5, rows)) * _DAY).astype(
        np.int64
    )
    refund = np.where(cancels & (source != DRAFT), total, np.where(returns, _returned(draw, orders, baskets), 0.0))
    return Sales(
        source=source,
        delivery=delivery,
        payment=_payment(draw, source),
        shipping=shipping,
        total=total,
        tax=cents(total * vat / (1 + vat)),
        paid=np.where(cancels & (source == DRAFT), NEVER, paid),
        sent=np.where(cancels, NEVER, sent),
        cancelled=cancelled,
        refunded=np.where(cancels, cancelled, np.where(returns, after, NEVER)),
        refund=cents(np.minimum(refund, total)),
    )


def _shipping(delivery: Ints, subtotal: Floats, country: Ints) -> Floats:
    factor = np.array([land.price_factor for land in COUNTRIES])[country]
    base = subtotal / factor
    charge = np.where(base < 69, 4.95, 0.0)
    charge = np.where(delivery == _LOCKER, np.where(base < 69, 3.95, 0.0), charge)
    charge = np.where(delivery == EXPRESS, 12.90, charge)
    charge = np.where(delivery == FREIGHT, np.where(base < 400, 39.0, 0.0), charge)
    charge = np.where((delivery == COLLECT) | (delivery < 0), 0.0, charge)
    return cents(charge * factor)


def _returned(draw: np.random.Generator, orders: Orders, baskets: Baskets) -> Floats:
    """What goes back: everything, or one of the lines."""
    charged = cents(baskets.units * baskets.price) - baskets.line_discount
    charged *= 1 - np.divide(baskets.code_discount, baskets.goods)[baskets.order]
    counts = np.bincount(baskets.order, minlength=orders.count)
    starts = np.r_[0, np.cumsum(counts)[:-1]]
    one = charged[starts + (draw.random(orders.count) * counts).astype(np.int64)]
    return cents(np.where(draw.random(orders.count) < 0.3, baskets.subtotal, one))


def _payment(draw: np.random.Generator, source: Ints) -> Ints:
    weights = np.array([(0.40, 0.36, 0.22, 0.02, 0.0), (0.62, 0.0, 0.0, 0.0, 0.38), (0.06, 0.0, 0.0, 0.94, 0.0)])
    return choose_by_row(draw, weights, np.where(source == POS, 1, np.where(source == DRAFT, 2, 0)))
