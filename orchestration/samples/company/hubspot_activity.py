"""What HubSpot logs around contacts: engagements of the team, and events of marketing e-mails.

Belongs here: the two streams as the API returns them, one JSON object a line. Does not belong here: contacts.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow as pa

from orchestration.samples.company.campaign import ASSIGNED_ON, Campaign
from orchestration.samples.company.clock import DAY, instants, utc_text
from orchestration.samples.company.crm_records import CrmRecords
from orchestration.samples.company.files import Fault, Fields, Output, faulty_rows
from orchestration.samples.company.lifetimes import Lifetimes
from orchestration.samples.company.people import People
from orchestration.samples.company.randomness import Flags, Ints, choose_by_row, stream
from orchestration.samples.company.text import Text, only, pick, when
from orchestration.samples.company.world import DAYS, SHOP_DOMAIN, day_number

ENGAGEMENTS, EMAIL_EVENTS = "hubspot_engagements.jsonl", "hubspot_email_events.jsonl"
_TYPES = ("EMAIL", "INCOMING_EMAIL", "CALL", "MEETING", "NOTE", "TASK")
# Consumers, businesses.
_TYPE_WEIGHTS = np.array(((22, 44, 20, 0, 10, 4), (30, 20, 24, 10, 8, 8)), dtype=float)
_PER_CONTACT = np.array((0.32, 3.2))
_SUBJECTS = {
    "EMAIL": ("Your question about delivery", "Ihre Rücksendung", "Your quote", "Ihr Termin im Showroom"),
    "INCOMING_EMAIL": (
        "Wo bleibt meine Bestellung?",
        "Damaged on arrival",
        "Re: Your quote",
        "Rechnung fehlt",
        "Question about care",
    ),
    "CALL": ("Delivery date", "Complaint", "Quote follow-up", "Rückfrage zur Rechnung"),
    "MEETING": ("Showroom visit", "Planning session", "Jahresgespräch"),
    "TASK": ("Call back", "Send samples", "Angebot nachfassen"),
}
_NEWSLETTERS = tuple(
    (dt.date(2024, 8, 6) + dt.timedelta(days=77 * number), subject)
    for number, subject in enumerate(
        (
            "Late summer, slow evenings", "Warm light for darker days", "The gift guide", "New year, clear shelves",
            "Spring linen is here",
            "Out into the garden", "Rooms that breathe", "Autumn textures", "The gift guide 2025",
        )
    )
)  # fmt: skip
_CAMPAIGN_SUBJECT = "15 % on your living room"


def write_engagements(output: Output, people: People, crm: CrmRecords, emails: Text, seed: int) -> tuple[Text, Ints]:
    """Write what the team logged.

    Returns:
        The id of every engagement, and the customer it is about.
    """
    draw = stream(seed, "hubspot engagements")
    business = people.business[crm.person].astype(np.int64)
    begin = np.maximum(crm.created, 0.0)
    count = draw.poisson(_PER_CONTACT[business] * (DAYS - begin) / DAYS * np.where(crm.is_second, 0.3, 1.0))
    contact = np.repeat(np.arange(crm.count), count)
    rows = len(contact)
    day = begin[contact] + draw.random(rows) * (DAYS - 1 - begin[contact])
    order = np.argsort(day, kind="stable")
    contact, day = contact[order], day[order]
    second = np.floor(day).astype(np.int64) * DAY + draw.integers(8 * 3600, 18 * 3600, rows)
    kind = choose_by_row(draw, _TYPE_WEIGHTS, business[contact])
    at = instants(second)
    ids = pa.array(61_000_000_000 + np.cumsum(draw.integers(1, 5000, rows))).cast(pa.string())
    columns = {
        "id": ids,
        "type": pick(_TYPES, kind),
        "held_at": utc_text(at),
        "changed": utc_text(at + draw.integers(1, 3600, rows)),
        "contact": only(draw.random(rows) < 0.985, crm.contact_id.take(contact)),
        "email": emails.take(contact),
        "direction": when(draw.random(rows) < 0.6, "INBOUND", "OUTBOUND"),
        "call": when(draw.random(rows) < 0.8, "COMPLETED", "NO_ANSWER"),
        "outcome": when(draw.random(rows) < 0.85, "COMPLETED", "CANCELED"),
        "task": when(draw.random(rows) < 0.8, "COMPLETED", "NOT_STARTED"),
    }
    subjects = [text for name in _TYPES for text in _SUBJECTS.get(name, ("",))]
    lengths = np.array([len(_SUBJECTS.get(name, ("",))) for name in _TYPES])
    starts = np.r_[0, np.cumsum(lengths)[:-1]]
    columns["subject"] = pick(subjects, starts[kind] + (draw.random(rows) * lengths[kind]).astype(np.int64))
    faults = [Fault(row, "properties.hs_timestamp", "12.03.", "not_a_timestamp") for row in faulty_rows(draw, rows)]
    output.write_json_lines(ENGAGEMENTS, pa.table(columns), _ENGAGEMENT, faults)
    return ids, crm.person[contact]


def write_email_events(
    output: Output, people: People, lifetimes: Lifetimes, campaign: Campaign, crm: CrmRecords, emails: Text, seed: int
) -> Ints:
    """Write sent, opened and clicked newsletters, the campaign's mail, and who unsubscribed.

    Returns:
        The customer of every event.
    """
    draw = stream(seed, "hubspot email events")
    can_get = crm.has_email & ~crm.is_second
    # Some open everything, some nothing; the content do it more often.
    opens = np.clip(draw.beta(1.3, 2.2, crm.count) * (0.55 + people.satisfaction[crm.person] / 18), 0.01, 0.95)
    sent: list[tuple[Ints, Ints, int]] = []
    for number, (date, _) in enumerate(_NEWSLETTERS):
        sent_on = day_number(date)
        to = np.flatnonzero(can_get & (crm.created < sent_on) & crm.consent_on(sent_on)[crm.person])
        sent.append((to, np.full(len(to), sent_on), number))
    to = np.flatnonzero(can_get & campaign.treated[crm.person] & (crm.created < day_number(ASSIGNED_ON)))
    sent.append((to, np.full(len(to), day_number(ASSIGNED_ON)), len(_NEWSLETTERS)))
    contact = np.concatenate([to for to, _, _ in sent])
    day = np.concatenate([day for _, day, _ in sent])
    mailing = np.concatenate([np.full(len(to), number) for to, _, number in sent])
    at = instants(day * DAY + 10 * 3600 + draw.integers(0, 1800, len(day)))
    lost = lifetimes.dropped_out[crm.person[contact]] < day
    opened = draw.random(len(at)) < opens[contact] * np.where(lost, 0.35, 1.0)
    # Who opts out does it from the last mail that comes.
    last = np.full(crm.count, -1, np.int64)
    np.maximum.at(last, contact, day)
    leaves = (day == last[contact]) & (crm.left_on[crm.person[contact]] <= DAYS)
    opened |= leaves
    clicked = opened & ~leaves & (draw.random(len(at)) < 0.16)
    robot = draw.random(len(at)) < 0.05
    opened_at = at + np.minimum(draw.exponential(9 * 3600, len(at)), 60 * DAY).astype(np.int64) + 5
    parts = (
        ("SENT", np.ones(len(at), bool), at, np.zeros(len(at), bool)),
        ("OPEN", robot, at + 2, np.ones(len(at), bool)),
        ("OPEN", opened, opened_at, np.zeros(len(at), bool)),
        ("CLICK", clicked, opened_at + 40, np.zeros(len(at), bool)),
        ("STATUSCHANGE", leaves, opened_at + 90, np.zeros(len(at), bool)),
    )
    table = _events(parts, contact, mailing, emails, draw)
    output.write_json_lines(EMAIL_EVENTS, table, _EVENT, _event_faults(draw, table.num_rows))
    return crm.person[table["contact"].to_numpy()]


def _events(
    parts: tuple[tuple[str, Flags, Ints, Flags], ...],
    contact: Ints,
    mailing: Ints,
    emails: Text,
    draw: np.random.Generator,
) -> pa.Table:
    rows = [np.flatnonzero(chosen) for _, chosen, _, _ in parts]
    place = np.concatenate(rows)
    at = np.concatenate([when[row] for (_, _, when, _), row in zip(parts, rows, strict=True)])
    kind = np.repeat(np.arange(len(parts)), [len(row) for row in rows])
    robot = np.concatenate([by[row] for (_, _, _, by), row in zip(parts, rows, strict=True)])
    order = np.lexsort((place, kind, at))
    kind, place, at, robot = kind[order], place[order], at[order], robot[order]
    number = mailing[place]
    device = when(robot, "OTHER", when(draw.random(len(at)) < 0.62, "MOBILE", "COMPUTER"))
    names = pick([name for name, _, _, _ in parts], kind)
    reacts = (kind >= 1) & (kind <= 3)
    return pa.table(
        {
            "contact": pa.array(contact[place]),
            "created": pa.array(at * 1000 + draw.integers(0, 1000, len(at))),
            "type": names,
            "recipient": emails.take(contact[place]),
            "mailing": pa.array(88_100_000 + number),
            "subject": only(kind == 0, pick([*(subject for _, subject in _NEWSLETTERS), _CAMPAIGN_SUBJECT], number)),
            "device": only(reacts, device),
            "url": only(kind == 3, f"https://{SHOP_DOMAIN}/collections/new"),
            "filtered": pa.array(robot),
            "status": only(kind == 4, "UNSUBSCRIBED"),
        }
    )


def _event_faults(draw: np.random.Generator, rows: int) -> list[Fault]:
    made = (("type", None, "missing_value"), ("created", "soon", "not_an_integer"))
    return [Fault(row, *made[number % len(made)]) for number, row in enumerate(faulty_rows(draw, rows))]


def _of(kind: str, value: str) -> str:
    return f"case when type = '{kind}' then {value} end"


def _of_emails(value: str) -> str:
    return f"case when type in ('EMAIL', 'INCOMING_EMAIL') then {value} end"


# Random to HubSpot; here from the number of the row, so that it is the same again.
EVENT_ID = "regexp_replace(md5('event' || _row), '(.{8})(.{4})(.{4})(.{4})(.{12})', '\\1-\\2-\\3-\\4-\\5')"
_SERVICE = f"'service@{SHOP_DOMAIN}'"
_ENGAGEMENT: Fields = {
    "id": "id",
    "properties": {
        "hs_call_direction": _of("CALL", "direction"), "hs_call_status": _of("CALL", "call"),
        "hs_call_title": _of("CALL", "subject"),
        "hs_createdate": "held_at", "hs_email_direction": _of_emails("type"),
        "hs_email_from_email": _of_emails(f"case when type = 'EMAIL' then {_SERVICE} else email end"),
        "hs_email_status": _of_emails("'SENT'"), "hs_email_subject": _of_emails("subject"),
        "hs_email_to_email": _of_emails(f"case when type = 'EMAIL' then email else {_SERVICE} end"),
        "hs_engagement_type": "type", "hs_lastmodifieddate": "changed", "hs_meeting_outcome": _of("MEETING", "outcome"),
        "hs_meeting_title": _of("MEETING", "subject"), "hs_object_id": "id", "hs_task_status": _of("TASK", "task"),
        "hs_task_subject": _of("TASK", "subject"), "hs_timestamp": "held_at",
    },
    "createdAt": "held_at", "updatedAt": "changed", "archived": "false",
    "associations": """
        case when contact is not null then struct_pack(contacts := struct_pack(results := [struct_pack(
            id := contact, type := lower(replace(type, 'INCOMING_', '')) || '_to_contact')])) end
    """,
}  # fmt: skip
_EVENT: Fields = {
    "id": EVENT_ID,
    "created": "created", "type": "type", "recipient": "recipient", "emailCampaignId": "mailing",
    "portalId": "24517733",
    "appId": "113", "appName": "'Batch'", "subject": "subject", "deviceType": "device", "url": "url",
    "filteredEvent": "filtered", "portalSubscriptionStatus": "status",
}  # fmt: skip
