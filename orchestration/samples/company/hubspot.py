"""Contacts and companies as HubSpot's CRM API returns them, one JSON object a line.

Belongs here: the objects, their versions and their gaps. Does not belong here: what the team logs with them
(hubspot_activity.py).
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from orchestration.samples.company.business_words import JOB_TITLES, TRADES
from orchestration.samples.company.businesses import Businesses
from orchestration.samples.company.clock import DAY, instants, utc_text
from orchestration.samples.company.contact_points import ContactPoints
from orchestration.samples.company.crm_records import CrmRecords
from orchestration.samples.company.files import Fault, Fields, Output, faulty_rows
from orchestration.samples.company.lifetimes import Lifetimes
from orchestration.samples.company.people import People
from orchestration.samples.company.places import CITIES
from orchestration.samples.company.randomness import Flags, Ints, choose, choose_by_row, stream
from orchestration.samples.company.slips import misspelt, mistyped, phone_written
from orchestration.samples.company.text import Text, join, numbers, only, pick, when
from orchestration.samples.company.world import COUNTRIES, DAYS

CONTACTS, COMPANIES = "hubspot_contacts.jsonl", "hubspot_companies.jsonl"
_CHANNELS = (
    "ORGANIC_SEARCH",
    "PAID_SEARCH",
    "SOCIAL_MEDIA",
    "EMAIL_MARKETING",
    "REFERRALS",
    "DIRECT_TRAFFIC",
    "OFFLINE",
)
# In the order of KINDS.
_CHANNEL_WEIGHTS = np.array(
    (
        (20, 34, 8, 12, 14, 8, 4), (26, 8, 22, 12, 14, 14, 4), (30, 22, 12, 6, 14, 14, 2), (30, 18, 8, 12, 18, 10, 4),
        (36, 34, 6, 2, 12, 8, 2), (14, 4, 54, 6, 12, 8, 2), (24, 12, 2, 4, 18, 10, 30),
    ),
    dtype=float,
)  # fmt: skip
_COUNTRY_SPELLINGS = {
    "DE": ("Germany", "DE", "Deutschland"), "AT": ("Austria", "AT", "Österreich"), "NL": ("Netherlands", "NL",
    "Nederland"),
    "FR": ("France", "FR", "France"), "GB": ("United Kingdom", "GB", "UK"), "CH": ("Switzerland", "CH", "Schweiz"),
}  # fmt: skip
_FILLED_ADDRESS, _FILLED_PHONE, _FILLED_BIRTHDAY, _FILLED_GENDER, _FILLED_NAME = 0.86, 0.6, 0.32, 0.5, 0.98
_NOTICES_MOVE, _EDITED_LATER = 0.6, 0.03


def contact_emails(points: ContactPoints, crm: CrmRecords) -> Text:
    """The address of every contact, none where it has none.

    A second contact of a customer has another address: the customer's second one, else a mistyped one.
    """
    slipped = mistyped(points.email)
    other = pc.if_else(pc.is_valid(points.second_email), points.second_email, slipped)
    return only(crm.has_email, when(crm.is_second, other.take(crm.person), points.email.take(crm.person)))


def write_contacts(
    output: Output,
    people: People,
    points: ContactPoints,
    businesses: Businesses,
    lifetimes: Lifetimes,
    crm: CrmRecords,
    emails: Text,
    seed: int,
) -> None:
    """Write every contact, and contacts that were edited a second time with their later state."""
    draw = stream(seed, "hubspot contacts")
    rows, person = crm.count, crm.person
    kind, country = people.kind[person], people.country[person]
    named = draw.random(rows) < _FILLED_NAME
    first = people.first.take(person)
    initial = join(pc.utf8_slice_codeunits(first, 0, 1), ".")
    first = when(crm.is_second & (draw.random(rows) < 0.2), initial, first)
    last = people.last.take(person)
    last = when(draw.random(rows) < np.where(crm.is_second, 0.25, 0.012), misspelt(draw, last), last)
    phone = phone_written(points.phone, people.country, np.zeros(people.count, np.int64))
    phone = when(draw.random(rows) < 0.6, phone.take(person), _rewritten(draw, people, points, person))
    # Whoever has no e-mail address in the CRM came in by telephone.
    has_phone = (draw.random(rows) < _FILLED_PHONE) | ~crm.has_email
    mobile = draw.random(rows) < 0.5
    spellings = [text for land in COUNTRIES for text in _COUNTRY_SPELLINGS[land.code]]
    birthday = np.datetime_as_string(people.birth_day[person].astype("datetime64[D]"))
    opted_out = when(crm.consent[person], "false", only(draw.random(rows) < 0.55, "true"))
    company = businesses.of_person[person]
    linked = (company >= 0) & (draw.random(rows) < 0.97)
    stage = when(lifetimes.never_buys[person], when(draw.random(rows) < 0.7, "subscriber", "lead"), "customer")
    columns = {
        "id": crm.contact_id,
        "email": emails,
        "first": only(named, first),
        "last": only(named, last),
        "phone": only(has_phone & ~mobile, phone),
        "mobile": only(has_phone & mobile, phone),
        "birthday": only(draw.random(rows) < _FILLED_BIRTHDAY, pa.array(birthday)),
        "gender": only(draw.random(rows) < _FILLED_GENDER, when(people.female[person], "female", "male")),
        "job": only(company >= 0, pick(JOB_TITLES, draw.integers(0, len(JOB_TITLES), rows))),
        "company": pick(businesses.name, company),
        "company_id": pick(crm.company_id, np.where(linked, company, -1)),
        "country": pick(spellings, country * 3 + choose(draw, (60, 25, 15), rows)),
        "stage": stage,
        "lead": only(
            lifetimes.never_buys[person], pick(("NEW", "OPEN", "ATTEMPTED_TO_CONTACT"), choose(draw, (5, 3, 2), rows))
        ),
        "channel": pick(_CHANNELS, choose_by_row(draw, _CHANNEL_WEIGHTS, kind)),
        "opted_out": opted_out,
        "archived": pa.array(crm.archived),
    }
    made = instants((crm.created * DAY).astype(np.int64))
    moves = points.moved_on[person]
    notices = (moves > crm.created) & (moves < DAYS - 20) & (draw.random(rows) < _NOTICES_MOVE)
    edited = notices | (draw.random(rows) < _EDITED_LATER)
    seen = np.maximum(np.where(notices, moves, crm.created), 0) + draw.uniform(1, 19, rows)
    again = np.flatnonzero(edited & (seen < DAYS))
    filled = draw.random(rows) < _FILLED_ADDRESS
    after_move = crm.created >= moves
    once = _versions(columns, points, person, np.arange(rows), after_move, filled, made)
    later = instants((seen * DAY).astype(np.int64))
    twice = _versions(columns, points, person, again, (after_move | notices)[again], filled | notices, made, later)
    table = pa.concat_tables([once, twice]).combine_chunks()
    output.write_json_lines(CONTACTS, table, _CONTACT, _contact_faults(draw, table.num_rows))


def write_companies(
    output: Output, people: People, points: ContactPoints, businesses: Businesses, crm: CrmRecords, seed: int
) -> None:
    """Write every company."""
    draw = stream(seed, "hubspot companies")
    rows, first = businesses.count, businesses.first_person
    address = points.before.take(first)
    since = np.full(rows, float(DAYS - 1))
    contact = np.flatnonzero(businesses.of_person[crm.person] >= 0)
    np.minimum.at(since, businesses.of_person[crm.person[contact]], crm.created[contact])
    made = instants((since * DAY).astype(np.int64))
    changed = made + draw.integers(0, 40 * DAY, rows)
    children = np.bincount(businesses.parent[businesses.parent >= 0], minlength=rows)
    table = pa.table(
        {
            "id": crm.company_id,
            "name": businesses.name,
            "domain": businesses.domain,
            "industry": only(draw.random(rows) < 0.93, pick([trade.industry for trade in TRADES], businesses.trade)),
            "employees": only(draw.random(rows) < 0.85, numbers(businesses.employees)),
            "revenue": only(draw.random(rows) < 0.7, numbers(businesses.revenue)),
            "parent": pick(crm.company_id, businesses.parent),
            "children": numbers(children),
            "city": pick([city.name for city in CITIES], address.city),
            "region": pick([city.province for city in CITIES], address.city),
            "zip": address.postal_code,
            "country": pick([land.name for land in COUNTRIES], people.country[first]),
            "made": utc_text(made),
            "changed": utc_text(changed),
        }
    )
    faults = [
        Fault(row, "properties.numberofemployees", "about 20", "not_an_integer") for row in faulty_rows(draw, rows)
    ]
    output.write_json_lines(COMPANIES, table, _COMPANY, faults)


def _rewritten(draw: np.random.Generator, people: People, points: ContactPoints, person: Ints) -> Text:
    form = draw.integers(1, 4, len(person))
    return phone_written(points.phone.take(person), people.country[person], form)


def _versions(
    columns: dict[str, Text],
    points: ContactPoints,
    person: Ints,
    rows: Ints,
    moved: Flags,
    filled: Flags,
    made: Ints,
    changed: Ints | None = None,
) -> pa.Table:
    """One version of some contacts, with the address of before or after their move."""
    taken = {name: column.take(pa.array(rows)) for name, column in columns.items()}
    before, after = points.before.take(person[rows]), points.after.take(person[rows])
    city = np.where(filled[rows], np.where(moved, after.city, before.city), -1)
    taken["city"] = pick([city.name for city in CITIES], city)
    taken["region"] = pick([city.province for city in CITIES], city)
    taken["zip"] = only(filled[rows], when(moved, after.postal_code, before.postal_code))
    taken["country"] = only(filled[rows], taken["country"])
    taken["made"] = utc_text(made[rows])
    taken["changed"] = utc_text((made if changed is None else changed)[rows])
    return pa.table(taken)


def _contact_faults(draw: np.random.Generator, rows: int) -> list[Fault]:
    made = (
        ("properties.email", "not known", "pattern_mismatch"),
        ("createdAt", "last spring", "not_a_timestamp"),
        ("id", None, "missing_value"),
        ("id", "2.14E+10", "scientific_notation"),
    )
    return [Fault(row, *made[number % len(made)]) for number, row in enumerate(faulty_rows(draw, rows))]


_CONTACT: Fields = {
    "id": "id",
    "properties": {
        "associatedcompanyid": "company_id", "city": "city", "company": "company", "country": "country",
        "createdate": "made",
        "date_of_birth": "birthday", "email": "email", "firstname": "first", "gender": "gender",
        "hs_analytics_source": "channel", "hs_email_optout": "opted_out", "hs_lead_status": "lead",
        "hs_object_id": "id",
        "jobtitle": "job", "lastmodifieddate": "changed", "lastname": "last", "lifecyclestage": "stage",
        "marital_status": "cast(null as varchar)", "mobilephone": "mobile", "phone": "phone", "state": "region",
        "zip": "zip",
    },
    "createdAt": "made", "updatedAt": "changed", "archived": "archived",
}  # fmt: skip
_COMPANY: Fields = {
    "id": "id",
    "properties": {
        "annualrevenue": "revenue", "city": "city", "country": "country", "createdate": "made", "domain": "domain",
        "hs_lastmodifieddate": "changed", "hs_num_child_companies": "children", "hs_object_id": "id",
        "hs_parent_company_id": "parent", "industry": "industry", "lifecyclestage": "'customer'", "name": "name",
        "numberofemployees": "employees", "phone": "cast(null as varchar)", "state": "region",
        "type": "cast(null as varchar)",
        "zip": "zip",
    },
    "createdAt": "made", "updatedAt": "changed", "archived": "false",
}  # fmt: skip
