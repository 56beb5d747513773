"""Net promoter scores after orders, as Delighted's survey responses API returns them.

Belongs here: who answers, with what score, and the array of responses. Does not belong here: how content customers are.
"""

from __future__ import annotations

import numpy as np

from orchestration.samples.company.clock import DAY, instants
from orchestration.samples.company.crm_records import CrmRecords
from orchestration.samples.company.files import Fault, Output, faulty_rows
from orchestration.samples.company.randomness import Ints, at_least_one, stream
from orchestration.samples.company.sales import DRAFT, NEVER
from orchestration.samples.company.shopify import Shop
from orchestration.samples.company.text import numbers
from orchestration.samples.company.world import DAYS

FILE = "delighted_responses.json"
_ANSWERED = 0.055
_COMMENTED, _COMMENTS_LATER = 0.38, 0.03
_COMMENTS = (
    (
        "Paket kam beschädigt an, Ersatz dauert ewig.", "Color is nothing like the picture.",
        "Zwei Wochen auf die Lieferung gewartet.",
        "Nobody answers the phone.", "Qualität hat stark nachgelassen.", "Too expensive for what it is.",
    ),
    (
        "Alles in Ordnung.", "Nice things, delivery could be faster.", "Schöne Auswahl, aber teuer geworden.",
        "Good, as expected.",
        "Versandkosten sind zu hoch.",
    ),
    (
        "Immer wieder gern!", "Beautiful quality, carefully packed.", "Die Lampe ist ein Traum.",
        "Fast delivery and lovely linen.",
        "Tolle Beratung im Laden.", "Très jolie vaisselle, merci !",
    ),
)  # fmt: skip


def write_delighted(output: Output, shop: Shop, crm: CrmRecords, seed: int) -> tuple[list[str], Ints]:
    """Write the responses by time; a comment that was added later comes again with a newer ``updated_at``.

    Returns:
        The response ids, and who gave each.
    """
    draw = stream(seed, "delighted")
    people, sales = shop.people, shop.sales
    asked = (sales.sent < (DAYS - 12) * DAY) & ~shop.identities.anonymous & (sales.source != DRAFT)
    order = np.flatnonzero(at_least_one(asked & (draw.random(shop.orders.count) < _ANSWERED), asked))
    second = sales.sent[order] + (draw.uniform(5, 11, len(order)) * DAY).astype(np.int64)
    order, second = order[np.argsort(second, kind="stable")], np.sort(second, kind="stable")
    person = shop.orders.person[order]
    rows = len(order)
    sour = np.where(sales.refunded[order] < NEVER, 1.8, 0.0)
    meant = people.satisfaction[person] + 0.3 * people.leniency[person] - sour + draw.normal(0.35, 1.1, rows)
    score = np.clip(np.round(meant), 0, 10).astype(np.int64)
    at = instants(second)
    ids = numbers(680_000_000 + np.cumsum(draw.integers(1, 4000, rows))).to_pylist()
    band = np.where(score <= 6, 0, np.where(score <= 8, 1, 2))
    comment = [_COMMENTS[group][int(draw.integers(0, len(_COMMENTS[group])))] for group in band.tolist()]
    has_comment = (draw.random(rows) < _COMMENTED).tolist()
    later = draw.random(rows) < _COMMENTS_LATER
    refs = _references(crm, person)
    tells_reference = (draw.random(rows) < 0.7).tolist()
    emails = shop.identities.email.take(order).to_pylist()
    names = shop.identities.name.take(order).to_pylist()
    delivery = np.where(sales.in_store[order], "Store", "Delivery").tolist()
    records = []
    first_at = at.tolist()
    for row in range(rows):
        properties = {"Order": f"#{order[row] + 1001}", "Channel": delivery[row]}
        if tells_reference[row] and refs[row]:
            properties["customer_ref"] = f"hubspot:{refs[row]}"
        records.append(
            {
                "id": ids[row],
                "person": {
                    "id": str(540_000_000 + int(person[row]) * 7),
                    "name": names[row],
                    "email": emails[row],
                    "phone_number": None,
                    "created_at": first_at[row] - 4 * DAY,
                },
                "survey_type": "nps",
                "score": int(score[row]),
                "comment": comment[row] if has_comment[row] and not later[row] else None,
                "permalink": f"https://app.delighted.example/r/{ids[row]}",
                "created_at": first_at[row],
                "updated_at": first_at[row],
                "person_properties": properties,
                "notes": [],
                "tags": ["delivery"] if score[row] <= 6 and has_comment[row] else [],
                "additional_answers": [],
            }
        )
    again = [
        records[row] | {"comment": comment[row], "updated_at": first_at[row] + 3 * 3600}
        for row in np.flatnonzero(later).tolist()
    ]
    everything = records + again
    faults = [
        Fault(row, *(("score", "11", "out_of_range"), ("score", None, "missing_value"))[number % 2])
        for number, row in enumerate(faulty_rows(draw, rows))
    ]
    for fault in faults:
        everything[fault.row] = everything[fault.row] | {"score": None if fault.text is None else int(fault.text)}
    output.write_json(FILE, everything, records=len(everything), faults=faults)
    return ids, person


def _references(crm: CrmRecords, person: Ints) -> list[str | None]:
    contact = crm.first_contact[person]
    known = crm.contact_id.to_pylist()
    return [known[at] if at >= 0 else None for at in contact.tolist()]
