"""One campaign with a random holdout, and what it truly does to each customer.

Belongs here: who is assigned to which arm, and the true effect. Does not belong here: the orders it brings (orders.py).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from orchestration.samples.company.crm_records import CrmRecords
from orchestration.samples.company.kinds import KINDS
from orchestration.samples.company.lifetimes import Lifetimes
from orchestration.samples.company.people import People
from orchestration.samples.company.randomness import Flags, Floats, at_least_one, stream
from orchestration.samples.company.seasons import rhythm_until
from orchestration.samples.company.world import YEAR, day_number

CAMPAIGN_ID = "spring-living-2026"
OFFER_CODE = "LIVING15"
ASSIGNED_ON = dt.date(2026, 3, 9)
WORKS_DAYS = 56
_ASSIGNED_SHARE, _HOLDOUT_SHARE = 0.8, 0.25


@dataclass(frozen=True)
class Campaign:
    """One entry per customer.

    Attributes:
        assigned: In the campaign at all, contacted or held out.
        treated: Contacted.
        uplift: Relative change of the buying rate if contacted.
        expected_orders: Orders expected while the campaign works, without contact.
    """

    assigned: Flags
    treated: Flags
    uplift: Floats
    expected_orders: Floats

    @property
    def expected_extra_orders(self) -> Floats:
        """The true effect of contacting: orders more (or fewer) than without."""
        return self.expected_orders * self.uplift


def draw_campaign(people: People, lifetimes: Lifetimes, crm: CrmRecords, seed: int) -> Campaign:
    """Assign at random among the customers whose contact has an e-mail address and who consent."""
    draw = stream(seed, "campaign")
    rows = people.count
    begin = float(day_number(ASSIGNED_ON))
    contact = np.maximum(crm.first_contact, 0)
    reachable = (crm.first_contact >= 0) & crm.consent_on(begin)
    reachable &= (crm.created[contact] < begin - 1) & crm.has_email[contact]
    assigned = at_least_one(reachable & (draw.random(rows) < _ASSIGNED_SHARE), reachable)
    treated = assigned & (draw.random(rows) >= _HOLDOUT_SHARE)
    by_kind = np.array([kind.uplift for kind in KINDS])[people.kind]
    uplift = np.maximum(by_kind * draw.gamma(4.0, 0.25, rows), -0.9)
    lives = (np.maximum(begin, lifetimes.acquired), np.minimum(begin + WORKS_DAYS, lifetimes.dropped_out))
    season = rhythm_until(people.kind, lives[1]) - rhythm_until(people.kind, lives[0])
    expected = np.where(lifetimes.never_buys | (lives[1] <= lives[0]), 0.0, season * lifetimes.yearly_rate / YEAR)
    return Campaign(assigned, treated, uplift, expected)
