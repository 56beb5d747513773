"""The survey of attitudes as Typeform's Responses API returns it, one JSON document.

Belongs here: who answers, when, and the document. Does not belong here: what they answer (attitudes.py); the survey of
needs (typeform.py).
"""

from __future__ import annotations

import datetime as dt

import numpy as np

from orchestration.samples.company.attitudes import ATTITUDE_ITEMS, Attitudes
from orchestration.samples.company.clock import DAY, instants, utc_text
from orchestration.samples.company.contact_points import ContactPoints
from orchestration.samples.company.crm_records import CrmRecords
from orchestration.samples.company.files import Output
from orchestration.samples.company.lifetimes import Lifetimes
from orchestration.samples.company.people import People
from orchestration.samples.company.randomness import Ints, at_least_one, choose, stream
from orchestration.samples.company.typeform import answered, response, response_ids
from orchestration.samples.company.world import DAYS, day_number

FILE = "typeform_attitudes.json"
FORM_ID = "Wt4LdHome"
_SENT_ON = dt.date(2026, 5, 11)
# Shares of those who are asked; about 3,000 of 20,000 customers answer.
_STILL_THERE, _GONE = 0.225, 0.065
_SKIPPED = 0.03


def attitude_field_id(code: str) -> str:
    """Typeform's id of the field of an item."""
    number = [item.code for item in ATTITUDE_ITEMS].index(code) + 1
    return f"Att{number:02d}{code.split('_')[1][:4]}"


def write_attitudes(
    output: Output,
    people: People,
    points: ContactPoints,
    lifetimes: Lifetimes,
    crm: CrmRecords,
    attitudes: Attitudes,
    seed: int,
) -> tuple[list[str], Ints]:
    """Write the responses, the newest first, as the API does.

    Returns:
        The response ids, and who gave each.
    """
    draw = stream(seed, "typeform_attitudes")
    sent_on = day_number(_SENT_ON)
    reached = (lifetimes.acquired < sent_on) & ~lifetimes.never_buys
    willing = np.where(lifetimes.dropped_out > sent_on, _STILL_THERE, _GONE) * (0.7 + people.satisfaction / 25)
    person = np.flatnonzero(at_least_one(reached & (draw.random(people.count) < willing), reached))
    rows = len(person)
    second = sent_on * DAY + 10 * 3600 + (draw.exponential(3.0, rows) * DAY).astype(np.int64)
    second = np.minimum(second, DAYS * DAY - 3600)
    order = np.lexsort((person, -second))
    person, second = person[order], second[order]
    # Who ticks one place all the way down does not read.
    hasty = attitudes.straight_liner[person]
    took = np.where(
        hasty, draw.integers(18, 60, rows), np.round(230 * np.exp(draw.normal(0, 0.35, rows))).astype(np.int64)
    )
    landed = instants(second)
    ids = response_ids(draw, rows)
    emails = points.email.take(person).to_pylist()
    contact = crm.first_contact[person]
    refs = crm.contact_id.take(np.maximum(contact, 0)).to_pylist() if crm.count else [""] * rows
    # How the respondent is known: link from the CRM, or the e-mail address alone.
    by_link = ((contact >= 0) & (draw.random(rows) < 0.85)).tolist()
    skipped = ((draw.random((rows, len(ATTITUDE_ITEMS))) < _SKIPPED) & ~hasty[:, None]).tolist()
    marks = attitudes.answers[person].tolist()
    platforms = np.array(("mobile", "other"))[choose(draw, (7, 3), rows)].tolist()
    landed_at = utc_text(landed, milliseconds=False).to_pylist()
    submitted_at = utc_text(landed + took, milliseconds=False).to_pylist()
    items = [
        response(
            ids[row],
            form_id=FORM_ID,
            landed_at=landed_at[row],
            submitted_at=submitted_at[row],
            platform=platforms[row],
            hidden={"email": emails[row]} | ({"customer_ref": f"hubspot:{refs[row]}"} if by_link[row] else {}),
            answers=[
                answered(attitude_field_id(item.code), item.code, "opinion_scale", "number", mark)
                for item, mark, skip in zip(ATTITUDE_ITEMS, marks[row], skipped[row], strict=True)
                if not skip
            ],
        )
        for row in range(rows)
    ]
    output.write_json(FILE, {"total_items": rows, "page_count": 1, "items": items}, records=rows)
    return ids, person
