"""What else the small company knows of its customers: interactions, surveys, social, companies, details of orders.

Tables are the same in every process; a test may shuffle their rows or change what happens later before they are
written.
"""

from __future__ import annotations

import datetime as dt
import json
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

FIRST_DAY = dt.date(2024, 1, 1)
DAYS = 366
_CONSTRUCTS = ("price", "style", "service")
# What customers compare in best-worst tasks, and how much each true kind likes it; their numbers tell their kind.
ITEMS = ("a low price", "my style", "quick service", "good quality", "a wide range", "fair trade")
LIKINGS = np.array([[3.0, 0, 1, -1, 1, -2], [-2, 3, -1, 1, 0, 1.5], [0, -1.5, 3, 1, -1, 0]])
CHOOSERS, TASKS = 210, 6
_REASONS = ("A good price", "It suits my style", "A present")
_CHANNELS = ("web", "web", "iphone", "store")
_DELIVERIES = ("DHL Standard", "DHL Express", "Click & Collect", "Freight delivery")
_EVENTS = {
    "email_sent": 5,
    "email_open": 3,
    "email_click": 2,
    "email_reply": 1,
    "visit": 2,
    "ticket_opened": 1,
    "ticket_closed": 1,
}
Tables = dict[str, pd.DataFrame]
SOURCES = {
    "interactions": "crm__interactions",
    "companies": "crm__companies",
    "questions": "surveys__questions",
    "answers": "surveys__answers",
    "social": "social__interactions",
}


def with_details(lines: pd.DataFrame) -> pd.DataFrame:
    """Order lines with channel, device, delivery and address, the same for every line of an order."""
    drawn = lines["order_id"].map(lambda order: zlib.crc32(order.encode()))
    channel = [_CHANNELS[number % 4] for number in drawn]
    delivery = [_DELIVERIES[number // 7 % 4] for number in drawn]
    shipped = np.array([name != "store" for name in channel])
    promised = lines["ordered_at"] + pd.Timedelta(days=3)
    late = pd.to_timedelta(drawn // 11 % 5 - 2, unit="D")
    return lines.assign(
        sales_channel=channel,
        device=[("desktop", "mobile", None)[number // 5 % 3] for number in drawn],
        delivery_method=np.where(shipped, delivery, None),
        promised_at=promised.where(shipped),
        delivered_at=(promised + late).where(shipped),
        country=[("DE", "FR", "NL")[int(ref[1:]) % 3] if ref[1:].isdigit() else None for ref in lines["customer_ref"]],
        region=[f"region {number // 13 % 5}" for number in drawn],
        postal_code=[f"{10000 + number % 900}" for number in drawn],
    )


def tables(customers: int, *, seed: int = 3) -> Tables:
    """Every further table, by name."""
    draw = np.random.default_rng(seed)
    return {
        "interactions": _interactions(draw, customers),
        "companies": _companies(),
        "questions": _questions(),
        "answers": _answers(draw, customers),
        "social": _social(draw, customers),
    }


def write_tables(folder: Path, customers: int, change: Callable[[str, pd.DataFrame], pd.DataFrame]) -> str:
    """Write the tables as CSV files, each as ``change`` makes it, and return their entries for ``tessera.yml``."""
    for name, rows in tables(customers).items():
        change(name, rows).to_csv(folder / f"{name}.csv", index=False)
    return "".join(f"  - {{contract: {contract}, files: [{name}.csv]}}\n" for name, contract in SOURCES.items())


def _moments(draw: np.random.Generator, rows: int) -> list[str]:
    days = draw.integers(0, DAYS, rows)
    return [f"{FIRST_DAY + dt.timedelta(days=int(day))} 12:00:00" for day in days]


def _interactions(draw: np.random.Generator, customers: int) -> pd.DataFrame:
    kinds = np.repeat(list(_EVENTS), [count * customers for count in _EVENTS.values()])
    who = draw.integers(0, customers, len(kinds))
    return pd.DataFrame(
        {
            "interaction_id": [f"i{number}" for number in range(len(kinds))],
            "customer_ref": [f"k{number:03d}" for number in who],
            "occurred_at": _moments(draw, len(kinds)),
            "channel": ["web" if kind == "visit" else "email" for kind in kinds],
            "kind": kinds,
            "machine_generated": (kinds == "email_open") & (draw.random(len(kinds)) < 0.2),
        }
    )


def _companies() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "company_ref": [f"f{number}" for number in range(8)],
            "name": [f"Company {number}" for number in range(8)],
            "industry_code": ["C", "G", "J", "M", "C", "G", "J", None],
            "employees_count": [3, 25, 120, 900, 9, 49, 250, None],
            "annual_revenue": [5e5, 4e6, 2e7, 9e8, 3e6, 9e6, 4e7, None],
            "currency": ["EUR"] * 8,
            "country": ["DE"] * 8,
            "created_at": ["2023-12-30 08:00:00"] * 8,
            "updated_at": ["2024-02-01 08:00:00"] * 8,
        }
    )


def _questions() -> pd.DataFrame:
    rows = [
        {"question_id": "nps", "kind": "nps", "scale_min": 0, "scale_max": 10},
        {"question_id": "csat", "kind": "csat", "scale_min": 1, "scale_max": 5},
        {"question_id": "reason", "kind": "choice", "construct": "benefit"},
        *({"question_id": f"task{number}", "kind": "max_diff"} for number in range(TASKS)),
        *(
            {
                "question_id": f"{construct}_{item}",
                "kind": "likert",
                "scale_min": 1,
                "scale_max": 5,
                "construct": construct,
                "reversed": item == 2,
            }
            for construct in _CONSTRUCTS
            for item in (1, 2)
        ),
    ]
    return pd.DataFrame(rows).assign(survey_id="s1")


def _answers(draw: np.random.Generator, customers: int) -> pd.DataFrame:
    rows = []
    responses = customers // 2
    moments = _moments(draw, responses)
    for response in range(responses):
        common = {"response_id": f"r{response}", "survey_id": "s1", "answered_at": moments[response]}
        common["customer_ref"] = f"k{int(draw.integers(0, customers)):03d}"
        favourite = int(draw.integers(0, len(_CONSTRUCTS)))
        for number, construct in enumerate(_CONSTRUCTS):
            agree = 5 if number == favourite else int(draw.integers(2, 4))
            rows.append({**common, "question_id": f"{construct}_1", "answer_number": agree})
            rows.append({**common, "question_id": f"{construct}_2", "answer_number": 6 - agree})
        if response % 3:
            rows.append({**common, "question_id": "nps", "answer_number": int(draw.integers(0, 11))})
        rows.append({**common, "question_id": "csat", "answer_number": int(draw.integers(1, 6))})
        rows.append({**common, "question_id": "reason", "answer_text": _REASONS[favourite]})
    return pd.concat([pd.DataFrame(rows), _choices(customers)], ignore_index=True)


def _choices(customers: int) -> pd.DataFrame:
    """Best-worst tasks of four items, drawn anew for each respondent; two answers tell no choice."""
    draw = np.random.default_rng(17)
    rows = []
    for number in draw.permutation(customers)[:CHOOSERS].tolist():
        liking = LIKINGS[number % len(LIKINGS)]
        common = {"response_id": f"w{number}", "survey_id": "s1", "customer_ref": f"k{number:03d}"}
        common["answered_at"] = f"{FIRST_DAY + dt.timedelta(days=int(draw.integers(20, 160)))} 12:00:00"
        for task in range(TASKS):
            shown = draw.permutation(len(ITEMS))[:4]
            best = shown[np.argmax(liking[shown] + draw.gumbel(size=4))]
            left = shown[shown != best]
            worst = left[np.argmin(liking[left] - draw.gumbel(size=3))]
            answer = {"shown": [ITEMS[item] for item in shown], "best": ITEMS[best], "worst": ITEMS[worst]}
            rows.append({**common, "question_id": f"task{task}", "answer_text": json.dumps(answer)})
    rows[0]["answer_text"] = "Nothing of it, says Ann Lee"
    rows[1]["answer_text"] = json.dumps({"shown": ITEMS[:2], "best": ITEMS[3]})
    return pd.DataFrame(rows)


def _social(draw: np.random.Generator, customers: int) -> pd.DataFrame:
    rows = customers // 2
    who = draw.integers(0, customers, rows)
    return pd.DataFrame(
        {
            "interaction_id": [f"m{number}" for number in range(rows)],
            "platform": [("instagram", "x")[number % 2] for number in range(rows)],
            "author_handle": [f"person{number}" for number in who],
            "occurred_at": _moments(draw, rows),
            "kind": [("mention", "comment")[number // 2 % 2] for number in range(rows)],
            "topic": [("delivery", "quality", "price")[number % 3] for number in range(rows)],
            "sentiment": np.round(draw.uniform(-1, 1, rows), 2),
            "customer_ref": [f"k{number:03d}" for number in who],
            "followers_count": draw.integers(10, 5000, rows),
        }
    )
