"""A small company in the generic shapes: one CSV, one JSON lines and two Parquet files, the same for the same seed.

Big enough for every scheme (the clusters need a hundred buyers), small enough for a night in seconds.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from tests.support import small_families

FIRST_DAY = dt.date(2024, 1, 1)
LAST_NIGHT = dt.date(2024, 12, 31)
CUSTOMERS = 240
# Days between orders of the true kinds: frequent, regular, rare, lapsed after the first months, one-time.
_RHYTHM = {"frequent": 9.0, "regular": 28.0, "rare": 75.0, "lapsed": 20.0, "once": None}


def order_lines(*, seed: int = 7, last_day: dt.date = LAST_NIGHT) -> pd.DataFrame:
    """Return order lines up to and including a day, in file order by time."""
    draw = np.random.default_rng(seed)
    kinds = list(_RHYTHM)
    rows = []
    for number in range(CUSTOMERS):
        kind = kinds[number % len(kinds)]
        rhythm = _RHYTHM[kind]
        day = float(draw.uniform(0, 60))
        ends = 150.0 if kind == "lapsed" else 366.0
        order = 0
        while day < ends:
            order += 1
            for line in range(1, int(draw.integers(1, 4)) + 1):
                rows.append(
                    {
                        "order_id": f"o-{number:03d}-{order:03d}",
                        "line_number": line,
                        "customer_ref": f"k{number:03d}",
                        "ordered_at": dt.datetime.combine(
                            FIRST_DAY + dt.timedelta(days=int(day)), dt.time(int(draw.integers(8, 21)), 30)
                        ),
                        "sku": f"s{int(draw.integers(1, 21)):02d}",
                        "quantity": int(draw.integers(1, 5)),
                        "unit_price": round(float(draw.gamma(3, 8)) + 1, 2),
                        "discount_amount": round(float(draw.choice([0, 0, 0.5])), 2),
                        "currency": "EUR",
                        "kind": "refund" if draw.random() < 0.03 else "sale",
                    }
                )
            if rhythm is None:
                break
            day += max(1.0, draw.exponential(rhythm))
    lines = pd.DataFrame(rows).sort_values(["ordered_at", "order_id", "line_number"], ignore_index=True)
    return lines[lines["ordered_at"].dt.date <= last_day].reset_index(drop=True)


def write_company(
    folder: Path,
    *,
    lines: pd.DataFrame | None = None,
    schemes: str = "",
    nights: str = "first: 2024-11-30",
    change: Callable[[str, pd.DataFrame], pd.DataFrame] | None = None,
) -> Path:
    """Write the company's files and ``tessera.yml`` into a folder and return the configuration's path.

    Every record has its reference, so nothing is matched, which would cost each night a dozen CPU seconds. ``change``
    asks for the tables of all four families of sources as well, and makes each what is written of it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = order_lines() if lines is None else lines
    further = ""
    if change is not None:
        written = small_families.with_details(written)
        further = small_families.write_tables(folder, CUSTOMERS, change)
    written.to_csv(folder / "order_lines.csv", index=False)
    pd.DataFrame(
        {
            "sku": [f"s{number:02d}" for number in range(1, 21)],
            "name": [f"Product {number}" for number in range(1, 21)],
            "category": [["tea", "coffee", "cups", "cakes"][number % 4] for number in range(1, 21)],
            "unit_cost": [3.0 + number / 4 for number in range(1, 21)],
        }
    ).to_parquet(folder / "products.parquet", index=False)
    with (folder / "customers.jsonl").open("w", encoding="utf-8") as file:
        for number in range(CUSTOMERS + 12):
            record = {
                "customer_ref": f"k{number:03d}",
                "account_type": "business" if number % 9 == 0 else "consumer",
                "email": f"person{number}@example.org",
                "last_name": f"Surname{number}",
                "birth_date": str(dt.date(1950 + number % 50, 1 + number % 12, 1 + number % 28)),
                "country": ["DE", "FR", "NL"][number % 3],
                "company_ref": f"f{number % 8}" if number % 9 == 0 and change is not None else None,
                "consent_email": number % 4 != 0,
                "created_at": "2023-12-30T08:00:00Z",
            }
            file.write(json.dumps(record) + "\n")
    pd.DataFrame(
        {
            "exposure_id": [f"e{number}" for number in range(60)],
            "campaign_id": ["spring"] * 60,
            "customer_ref": [f"k{number:03d}" for number in range(60)],
            "assigned_at": ["2024-04-02 09:00:00"] * 60,
            "arm": ["treatment", "holdout"] * 30,
        }
    ).to_csv(folder / "exposures.csv", index=False)
    config = folder / "tessera.yml"
    config.write_text(
        f"""\
company: {{name: Small Company, time_zone: Europe/Berlin, currency: EUR}}
nights: {{{nights}, last: {LAST_NIGHT}}}
identity: {{matching: false}}
sources:
  - {{contract: transactions__order_lines, files: [order_lines.csv]}}
  - {{contract: transactions__products, files: [products.parquet]}}
  - {{contract: crm__customers, files: [customers.jsonl]}}
  - {{contract: crm__campaign_exposures, files: [exposures.csv]}}
{further}{schemes}
""",
        encoding="utf-8",
    )
    return config
