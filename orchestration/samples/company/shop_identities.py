"""Under which name, address, e-mail and telephone each order was placed.

Belongs here: what the shop was told, with its variants and slips. Does not belong here: the columns of the export.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow.compute as pc

from orchestration.samples.company.businesses import Businesses
from orchestration.samples.company.clock import DAY
from orchestration.samples.company.contact_points import Addresses, ContactPoints
from orchestration.samples.company.kinds import KIND_NAMES
from orchestration.samples.company.orders import Orders
from orchestration.samples.company.people import People
from orchestration.samples.company.randomness import Flags, Ints, stream
from orchestration.samples.company.sales import Sales
from orchestration.samples.company.slips import misspelt, mistyped, phone_written, plus_addressed, shouted
from orchestration.samples.company.text import Text, join, only, pick, when

_ANONYMOUS_IN_STORE, _USES_SECOND, _PLUS, _SHOUTS, _TYPO = 0.45, 0.75, 0.03, 0.05, 0.006
_PHONE_KNOWN, _NAME_SLIP, _GIFT_ELSEWHERE = 0.58, 0.012, 0.35


@dataclass(frozen=True)
class ShopIdentities:
    """One entry per order.

    Attributes:
        anonymous: Nobody asked who it was (some orders in stores).
        name, email, phone: As typed; the telephone is none for those who never give it.
        company: Of business customers.
        billing: Positions of the address are those of ``CITIES``.
        recipient: Position of the customer whose address is delivered to; gifts go elsewhere.
        recipient_name: Who receives.
        shipping: Where to.
    """

    anonymous: Flags
    name: Text
    email: Text
    phone: Text
    company: Text
    billing: Addresses
    recipient: Ints
    recipient_name: Text
    shipping: Addresses


def draw_shop_identities(
    people: People, points: ContactPoints, businesses: Businesses, orders: Orders, sales: Sales, seed: int
) -> ShopIdentities:
    """Draw what was typed at each order."""
    draw = stream(seed, "shop identities")
    rows, person = orders.count, orders.person
    anonymous = sales.in_store & (draw.random(rows) < _ANONYMOUS_IN_STORE)
    # Habits belong to customers, slips to single orders.
    habitual = when(draw.random(people.count) < _PLUS, plus_addressed(points.email), points.email)
    prefers_second = draw.random(people.count) < _USES_SECOND
    known = pc.is_valid(points.second_email).to_numpy(zero_copy_only=False)
    second = (known & prefers_second)[person] & (draw.random(rows) < 0.85)
    email = when(second, points.second_email.take(person), habitual.take(person))
    email = when(draw.random(rows) < _SHOUTS, shouted(draw, email), email)
    email = when(draw.random(rows) < _TYPO, mistyped(email), email)
    gives_phone = (draw.random(people.count) < _PHONE_KNOWN) | people.shares_phone
    phone = phone_written(points.phone, people.country, draw.integers(0, 4, people.count))
    first, last = people.first.take(person), people.last.take(person)
    last = when(draw.random(rows) < _NAME_SLIP, misspelt(draw, last), last)
    name = join(first, " ", last)
    company = pick(businesses.name, businesses.of_person[person])
    billing = _address_on(points, person, orders.second)
    gift = people.kind[person] == KIND_NAMES.index("gift_buyer")
    elsewhere = gift & (draw.random(rows) < _GIFT_ELSEWHERE) & ~sales.in_store & (people.count > 1)
    other = _compatriots(draw, people, person)
    recipient = np.where(elsewhere, other, person)
    receives = join(people.first.take(recipient), " ", people.last.take(recipient))
    return ShopIdentities(
        anonymous=anonymous,
        name=only(~anonymous, name),
        email=only(~anonymous, email),
        phone=only(gives_phone[person] & ~anonymous, phone.take(person)),
        company=only(~anonymous, company),
        billing=billing,
        recipient=recipient,
        recipient_name=when(elsewhere, receives, name),
        shipping=_address_on(points, recipient, orders.second),
    )


def _address_on(points: ContactPoints, person: Ints, second: Ints) -> Addresses:
    moved = points.moved_on[person] * DAY <= second
    before, after = points.before.take(person), points.after.take(person)
    return Addresses(
        np.where(moved, after.city, before.city),
        when(moved, after.street, before.street),
        when(moved, after.postal_code, before.postal_code),
    )


def _compatriots(draw: np.random.Generator, people: People, person: Ints) -> Ints:
    """Somebody of the same country for each, so that a gift is not charged by another country's rules."""
    by_country = np.argsort(people.country, kind="stable")
    ends = np.cumsum(np.bincount(people.country))
    starts = np.r_[0, ends[:-1]]
    country = people.country[person]
    return by_country[starts[country] + (draw.random(len(person)) * (ends - starts)[country]).astype(np.int64)]
