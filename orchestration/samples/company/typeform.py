"""The needs survey as Typeform's Responses API returns it, one JSON document.

Belongs here: who answers, when, and the document. Does not belong here: what they answer (needs.py).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import numpy as np

from orchestration.samples.company.clock import DAY, instants, utc_text
from orchestration.samples.company.contact_points import ContactPoints
from orchestration.samples.company.crm_records import CrmRecords
from orchestration.samples.company.files import Fault, Output, faulty_rows
from orchestration.samples.company.kinds import DELIVERIES, KINDS
from orchestration.samples.company.lifetimes import Lifetimes
from orchestration.samples.company.needs import (
    DELIVERY_QUESTION,
    IDEAS,
    IDEAS_QUESTION,
    ITEMS,
    REASON_QUESTION,
    REASONS,
    SATISFACTION_ITEM,
    Needs,
)
from orchestration.samples.company.people import People
from orchestration.samples.company.randomness import Ints, at_least_one, choose, choose_by_row, stream
from orchestration.samples.company.slips import shouted
from orchestration.samples.company.world import DAYS, day_number

FILE = "typeform_responses.json"
FORM_ID = "Nq7LdLoom"
EMAIL_FIELD = "email"
_WAVES = (dt.date(2025, 10, 6), dt.date(2026, 4, 13))
_SKIPPED = 0.03
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"


def field_id(code: str) -> str:
    """Typeform's id of the field of an item."""
    items = (*ITEMS, SATISFACTION_ITEM, REASON_QUESTION, IDEAS_QUESTION, DELIVERY_QUESTION)
    codes = [*(item.code for item in items), EMAIL_FIELD]
    return f"Fld{codes.index(code) + 1:02d}{code[:4].replace('_', 'x')}"


def write_typeform(
    output: Output,
    people: People,
    points: ContactPoints,
    lifetimes: Lifetimes,
    crm: CrmRecords,
    needs: Needs,
    seed: int,
) -> tuple[list[str], Ints]:
    """Write the responses of both waves, the newest first, as the API does.

    Returns:
        The response ids, and who gave each.
    """
    draw = stream(seed, "typeform")
    wave = choose(draw, (1, 1), people.count)
    asked_on = np.array([day_number(date) for date in _WAVES])[wave]
    share = np.array([kind.survey_share for kind in KINDS])[people.kind]
    # The content like to answer, and who has left hardly does.
    willing = share * np.where(lifetimes.alive_at(0) | (lifetimes.dropped_out > asked_on), 1.4, 0.3)
    willing *= 0.7 + people.satisfaction / 25
    reached = (lifetimes.acquired < asked_on) & ~lifetimes.never_buys
    person = np.flatnonzero(at_least_one(reached & (draw.random(people.count) < willing), reached))
    rows = len(person)
    second = asked_on[person] * DAY + 9 * 3600 + (draw.exponential(4.0, rows) * DAY).astype(np.int64)
    second = np.minimum(second, DAYS * DAY - 3600)
    order = np.lexsort((person, -second))
    person, second = person[order], second[order]
    landed = instants(second)
    took = draw.integers(90, 900, rows)
    ids = response_ids(draw, rows)
    items = [
        response(
            identifier,
            form_id=FORM_ID,
            landed_at=landed_at,
            submitted_at=submitted_at,
            platform=platform,
            hidden=hidden,
            answers=answers,
        )
        for identifier, landed_at, submitted_at, platform, (hidden, answers) in zip(
            ids,
            utc_text(landed, milliseconds=False).to_pylist(),
            utc_text(landed + took, milliseconds=False).to_pylist(),
            np.array(("mobile", "other"))[choose(draw, (6, 4), rows)].tolist(),
            _contents(draw, people, points, crm, needs, person),
            strict=True,
        )
    ]
    faults = [Fault(row, "landed_at", "yesterday", "not_a_timestamp") for row in faulty_rows(draw, rows)]
    for fault in faults:
        items[fault.row][fault.column] = fault.text
    document = {"total_items": rows, "page_count": 1, "items": items}
    output.write_json(FILE, document, records=rows, faults=faults)
    return ids, person


def _contents(
    draw: np.random.Generator, people: People, points: ContactPoints, crm: CrmRecords, needs: Needs, person: Ints
) -> Iterator[tuple[dict[str, str], list[dict[str, Any]]]]:
    """Hidden fields and answers of each response."""
    rows = len(person)
    emails = points.email.take(person)
    loud = shouted(draw, emails).to_pylist()
    emails = emails.to_pylist()
    contact = crm.first_contact[person]
    refs = crm.contact_id.take(np.maximum(contact, 0)).to_pylist() if crm.count else [""] * rows
    # How the respondent is known: link from the CRM, link with the e-mail alone, asked in the form, not at all.
    way = np.where(contact >= 0, choose(draw, (70, 14, 12, 4), rows), choose(draw, (0, 40, 50, 10), rows)).tolist()
    loudly = (draw.random(rows) < 0.06).tolist()
    skipped = (draw.random((rows, len(ITEMS))) < _SKIPPED).tolist()
    deliveries = np.array([kind.deliveries for kind in KINDS])
    delivery = choose_by_row(draw, deliveries, people.kind[person]).tolist()
    marks, satisfied = needs.answers[person].tolist(), needs.satisfied[person].tolist()
    reasons, ideas = needs.reason[person].tolist(), needs.ideas[person].tolist()
    for row in range(rows):
        email = loud[row] if loudly[row] else emails[row]
        hidden = {"email": email, "customer_ref": f"hubspot:{refs[row]}"} if way[row] == 0 else {"email": "xxxxx"}
        hidden = {"email": email} if way[row] == 1 else hidden
        answers = [
            _answer(item.code, "opinion_scale", "number", mark)
            for item, mark, skip in zip(ITEMS, marks[row], skipped[row], strict=True)
            if not skip
        ]
        answers.append(_answer(SATISFACTION_ITEM.code, "opinion_scale", "number", satisfied[row]))
        answers.append(_answer(REASON_QUESTION.code, "multiple_choice", "choice", {"label": REASONS[reasons[row]]}))
        named = [idea for idea, chosen in zip(IDEAS, ideas[row], strict=True) if chosen]
        if named:
            answers.append(_answer(IDEAS_QUESTION.code, "multiple_choice", "choices", {"labels": named}))
        answers.append(
            _answer(DELIVERY_QUESTION.code, "multiple_choice", "choice", {"label": DELIVERIES[delivery[row]]})
        )
        if way[row] == 2:
            answers.append(_answer(EMAIL_FIELD, "email", "email", email))
        yield hidden, answers


def _answer(code: str, field_type: str, answer_type: str, value: Any) -> dict[str, Any]:
    return answered(field_id(code), code, field_type, answer_type, value)


def answered(field: str, ref: str, field_type: str, answer_type: str, value: Any) -> dict[str, Any]:
    """One answer as the API gives it."""
    return {"field": {"id": field, "ref": ref, "type": field_type}, "type": answer_type, answer_type: value}


def response_ids(draw: np.random.Generator, rows: int) -> list[str]:
    """Draw the ids of responses."""
    return ["".join(_LETTERS[at] for at in word) for word in draw.integers(0, len(_LETTERS), (rows, 24)).tolist()]


def response(
    identifier: str,
    *,
    form_id: str,
    landed_at: str,
    submitted_at: str,
    platform: str,
    hidden: dict[str, str],
    answers: list[dict[str, Any]],
) -> dict[str, Any]:
    """One response as the API gives it."""
    return {
        "landing_id": identifier,
        "token": identifier,
        "response_id": identifier,
        "response_type": "completed",
        "landed_at": landed_at,
        "submitted_at": submitted_at,
        "metadata": {
            "user_agent": "Mozilla/5.0",
            "platform": platform,
            "referer": f"https://lindenandloom.typeform.example/to/{form_id}",
            "network_id": f"{identifier[:10]}",
            "browser": "default",
        },
        "hidden": hidden,
        "calculated": {"score": 0},
        "answers": answers,
    }
