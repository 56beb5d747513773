"""What the CRM knows: which customers have a contact, which have two, and since when.

Belongs here: the records and their owners. Does not belong here: their fields as HubSpot writes them (hubspot.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from orchestration.samples.company.businesses import Businesses
from orchestration.samples.company.kinds import KINDS
from orchestration.samples.company.lifetimes import Lifetimes
from orchestration.samples.company.people import People
from orchestration.samples.company.randomness import Flags, Floats, Ints, stream
from orchestration.samples.company.text import Text, numbers
from orchestration.samples.company.world import DAYS

_TWICE = 0.055
_OPTED_OUT = 0.14
_NO_EMAIL, _NO_EMAIL_SECOND = 0.03, 0.4
_ARCHIVED = 0.004


@dataclass(frozen=True)
class CrmRecords:
    """Contacts in the order of their making, one entry each, and companies.

    Attributes:
        person: Position of the customer.
        contact_id: HubSpot's record id.
        is_second: True for a second contact of a customer who has one already.
        created: Days since the period began.
        has_email: Whether the contact has an e-mail address; HubSpot keeps each address once, so that of two people who
            share one only the first has it.
        archived: Deleted in HubSpot.
        agreed: Per customer: agreed to e-mails at first.
        left_on: Per customer, the day of the opt-out; after the period for those who stay.
        first_contact: Per customer the position of the first contact, -1 without one.
        company_id: Per company, HubSpot's record id.
    """

    person: Ints
    contact_id: Text
    is_second: Flags
    created: Floats
    has_email: Flags
    archived: Flags
    agreed: Flags
    left_on: Floats
    first_contact: Ints
    company_id: Text

    @property
    def count(self) -> int:
        return len(self.person)

    @property
    def consent(self) -> Flags:
        """Per customer: may be written to at the end of the period."""
        return self.consent_on(DAYS)

    def consent_on(self, day: float) -> Flags:
        """Per customer: may be written to on a day."""
        return self.agreed & (self.left_on > day)


def draw_crm_records(people: People, businesses: Businesses, lifetimes: Lifetimes, seed: int) -> CrmRecords:
    """Draw who is in the CRM; guests are not, subscribers who never buy always are."""
    draw = stream(seed, "crm records")
    rows = people.count
    guest_share = np.array([kind.guest_share for kind in KINDS])[people.kind]
    known = (draw.random(rows) >= guest_share) | lifetimes.never_buys
    firsts = np.flatnonzero(known)
    since = lifetimes.acquired + np.where(draw.random(rows) < 0.7, 0.0, draw.exponential(40, rows))
    twice = firsts[(draw.random(len(firsts)) < _TWICE) & ~people.business[firsts]]
    person = np.r_[firsts, twice]
    is_second = np.r_[np.zeros(len(firsts), bool), np.ones(len(twice), bool)]
    created = np.r_[since[firsts], since[twice] + draw.uniform(10, 300, len(twice))]
    here = created < DAYS - 1
    order = np.flatnonzero(here)[np.argsort(created[here], kind="stable")]
    person, is_second, created = person[order], is_second[order], created[order]
    first_contact = np.full(rows, -1, np.int64)
    first_contact[person[~is_second]] = np.flatnonzero(~is_second)
    agreed = draw.random(rows) < np.array([kind.consent_share for kind in KINDS])[people.kind]
    return CrmRecords(
        person=person,
        contact_id=numbers(21_400_000_000 + np.cumsum(draw.integers(1, 900, len(person)))),
        is_second=is_second,
        created=created,
        has_email=(draw.random(len(person)) >= np.where(is_second, _NO_EMAIL_SECOND, _NO_EMAIL))
        & ~people.shares_email[person],
        archived=(draw.random(len(person)) < _ARCHIVED) & is_second,
        agreed=agreed,
        left_on=np.where(draw.random(rows) < _OPTED_OUT, since.clip(0, None) + draw.exponential(240, rows), DAYS + 1.0),
        first_contact=first_contact,
        company_id=numbers(9_100_000_000 + np.cumsum(draw.integers(1, 900, businesses.count))),
    )
