"""The files without a vendor: the range, who was assigned to the campaign, and what the surveys ask.

Belongs here: the CSV files in the generic shapes. Does not belong here: drawing articles or assignments.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from orchestration.samples.company.attitudes import ATTITUDE_ITEMS
from orchestration.samples.company.campaign import ASSIGNED_ON, CAMPAIGN_ID, OFFER_CODE, Campaign
from orchestration.samples.company.catalogue import Catalogue
from orchestration.samples.company.crm_records import CrmRecords
from orchestration.samples.company.files import Fault, Output, faulty_rows
from orchestration.samples.company.kinds import CATEGORIES
from orchestration.samples.company.needs import (
    DELIVERY_QUESTION,
    IDEAS_QUESTION,
    ITEMS,
    REASON_QUESTION,
    SATISFACTION_ITEM,
)
from orchestration.samples.company.product_words import SUBCATEGORIES
from orchestration.samples.company.randomness import Ints, stream
from orchestration.samples.company.text import Text, join, numbers, only, pick, repeated, when
from orchestration.samples.company.typeform import FORM_ID, field_id
from orchestration.samples.company.typeform_attitudes import FORM_ID as ATTITUDES_FORM_ID
from orchestration.samples.company.typeform_attitudes import attitude_field_id
from orchestration.samples.company.world import FIRST_DAY

PRODUCTS, EXPOSURES = "products.csv", "campaign_exposures.csv"
QUESTIONS, ATTITUDE_QUESTIONS = "survey_questions.csv", "survey_questions_attitudes.csv"


def write_products(output: Output, catalogue: Catalogue, seed: int) -> None:
    """Write the range as it is at the end of the period."""
    launched = np.datetime64(FIRST_DAY) + catalogue.launched.astype("timedelta64[D]")
    table = pa.table(
        {
            "sku": catalogue.sku,
            "name": catalogue.name,
            "category": pick(CATEGORIES, catalogue.category),
            "subcategory": pick([sub.name for sub in SUBCATEGORIES], catalogue.subcategory),
            "brand": catalogue.brand,
            "unit_cost": pa.array(catalogue.cost, mask=~catalogue.cost_known),
            "launched_at": pa.array(np.datetime_as_string(launched)),
        }
    )
    columns = {name: name for name in table.column_names} | {"unit_cost": "cast(unit_cost as decimal(18, 2))"}
    row = int(stream(seed, "products").integers(0, catalogue.count))
    output.write_csv(PRODUCTS, table, columns, [Fault(row, "unit_cost", "on request", "not_a_number")])


def write_questions(output: Output) -> None:
    """Write what both surveys ask, which the answers' export does not repeat: wording, scale, and what is reversed."""
    kinds = {
        **dict.fromkeys(ITEMS, "likert"),
        SATISFACTION_ITEM: "csat",
        REASON_QUESTION: "choice",
        IDEAS_QUESTION: "multi",
        DELIVERY_QUESTION: "choice",
    }
    # A choice has no scale.
    on_scale = [kind in {"likert", "csat"} for kind in kinds.values()]
    table = pa.table(
        {
            "survey_id": [FORM_ID for _ in kinds],
            "question_id": [field_id(item.code) for item in kinds],
            "kind": list(kinds.values()),
            "text": [item.text for item in kinds],
            "scale_min": [1 if has_scale else None for has_scale in on_scale],
            "scale_max": [5 if has_scale else None for has_scale in on_scale],
            "reversed": ["true" if item.reversed else "false" for item in kinds],
            "construct": [item.construct for item in kinds],
        }
    )
    output.write_csv(QUESTIONS, table, {name: name for name in table.column_names}, [])
    attitudes = pa.table(
        {
            "survey_id": [ATTITUDES_FORM_ID for _ in ATTITUDE_ITEMS],
            "question_id": [attitude_field_id(item.code) for item in ATTITUDE_ITEMS],
            "kind": ["likert" for _ in ATTITUDE_ITEMS],
            "text": [item.text for item in ATTITUDE_ITEMS],
            "scale_min": [1 for _ in ATTITUDE_ITEMS],
            "scale_max": [5 for _ in ATTITUDE_ITEMS],
            "reversed": ["true" if item.reversed else "false" for item in ATTITUDE_ITEMS],
            "construct": [item.construct for item in ATTITUDE_ITEMS],
        }
    )
    output.write_csv(ATTITUDE_QUESTIONS, attitudes, {name: name for name in attitudes.column_names}, [])


def write_exposures(output: Output, campaign: Campaign, crm: CrmRecords, seed: int) -> tuple[Text, Ints]:
    """Write the assignments.

    Returns:
        The exposure ids, and the customer of each.
    """
    draw = stream(seed, "exposures")
    person = np.flatnonzero(campaign.assigned)
    person = person[np.argsort(crm.first_contact[person], kind="stable")]
    rows = len(person)
    ids = join("e-", numbers(1 + np.arange(rows), width=7))
    treated = campaign.treated[person]
    table = pa.table(
        {
            "exposure_id": ids,
            "campaign_id": repeated(CAMPAIGN_ID, rows),
            "customer_ref": join("hubspot:", crm.contact_id.take(crm.first_contact[person])),
            "assigned_at": repeated(f"{ASSIGNED_ON} 08:00:00", rows),
            "arm": when(treated, "treatment", "holdout"),
            "channel": only(treated, "email"),
            "offer_code": only(treated, OFFER_CODE),
            "cost": only(treated, "0.0350"),
        }
    )
    faults = [Fault(row, "arm", "control", "not_in_list") for row in faulty_rows(draw, rows)]
    output.write_csv(EXPOSURES, table, {name: name for name in table.column_names}, faults)
    return ids, person
