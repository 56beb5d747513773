"""Every file of the company, and whose record is whose.

Belongs here: calling the writers and gathering the owners of their records. Does not belong here: the files' shapes.
"""

from __future__ import annotations

import pyarrow as pa

from orchestration.samples.company.company import Company
from orchestration.samples.company.delighted import write_delighted
from orchestration.samples.company.files import Output
from orchestration.samples.company.generic import write_exposures, write_products, write_questions
from orchestration.samples.company.hubspot import write_companies, write_contacts
from orchestration.samples.company.hubspot_activity import EVENT_ID, write_email_events, write_engagements
from orchestration.samples.company.shopify import write_shopify
from orchestration.samples.company.social import PLATFORMS, write_handles, write_mentions
from orchestration.samples.company.text import Text, join, pick, repeated
from orchestration.samples.company.typeform import write_typeform
from orchestration.samples.company.typeform_attitudes import write_attitudes


def write_files(output: Output, company: Company) -> pa.Table:
    """Write all files.

    Returns:
        One row per record: ``source`` (the contract's name), ``record_id`` and ``person_id``. A record that was sent
        twice stands there once. Orders are named as the shop does; accounts as ``platform:handle``.
    """
    people, crm, seed = company.people, company.shop.crm, company.seed
    ids = people.person_ids()
    write_companies(output, people, company.points, company.businesses, crm, seed)
    write_contacts(
        output, people, company.points, company.businesses, company.lifetimes, crm, company.contact_emails, seed
    )
    engagement_ids, engaged = write_engagements(output, people, crm, company.contact_emails, seed)
    mailed = write_email_events(output, people, company.lifetimes, company.campaign, crm, company.contact_emails, seed)
    write_shopify(output, company.shop, seed)
    response_ids, answered = write_typeform(output, people, company.points, company.lifetimes, crm, company.needs, seed)
    attitude_ids, surveyed = write_attitudes(
        output, people, company.points, company.lifetimes, crm, company.attitudes, seed
    )
    score_ids, scored = write_delighted(output, company.shop, crm, seed)
    write_products(output, company.shop.catalogue, seed)
    write_questions(output)
    exposure_ids, exposed = write_exposures(output, company.campaign, crm, seed)
    accounts = company.accounts
    mention_ids, speaking = write_mentions(output, people, company.points, accounts, seed)
    write_handles(output, company.points, crm, accounts, seed)
    handles = join(pick(PLATFORMS, accounts.platform), ":", accounts.handle)
    parts: list[tuple[str, Text, Text]] = [
        ("hubspot__contacts", crm.contact_id, ids.take(crm.person)),
        ("hubspot__engagements", engagement_ids, ids.take(engaged)),
        ("hubspot__email_events", _event_ids(output, len(mailed)), ids.take(mailed)),
        ("shopify__orders", company.shop.names(), ids.take(company.shop.orders.person)),
        ("typeform__responses", pa.array(response_ids, pa.string()), ids.take(answered)),
        ("typeform__responses", pa.array(attitude_ids, pa.string()), ids.take(surveyed)),
        ("delighted__responses", pa.array(score_ids, pa.string()), ids.take(scored)),
        ("crm__campaign_exposures", exposure_ids, ids.take(exposed)),
        ("brandwatch__mentions", mention_ids, accounts.owner_id.take(speaking)),
        ("social__handles", handles, accounts.owner_id),
    ]
    tables = [
        pa.table({"source": repeated(source, len(record)), "record_id": record, "person_id": person})
        for source, record, person in parts
    ]
    return pa.concat_tables(tables)


def _event_ids(output: Output, rows: int) -> Text:
    found = output.con.sql(f"select {EVENT_ID} as id from range({rows}) as events(_row)").to_arrow_table()
    return found["id"].combine_chunks()
