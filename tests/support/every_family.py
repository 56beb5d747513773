"""The small company with all four families of sources, on nights whose past dates are kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from tests.support import nights, small_company

FIRST_NIGHT, SECOND_NIGHT = dt.date(2024, 11, 14), dt.date(2024, 11, 15)
# The day of an order that is told of after the night has computed the dates behind it.
LATE = dt.date(2024, 8, 20)


def order_lines(*, late: bool) -> pd.DataFrame:
    """The company's order lines, with or without the order that comes late."""
    lines = small_company.order_lines()
    forgotten = lines[lines["ordered_at"].dt.date == LATE].head(1).assign(order_id="o-late", customer_ref="k004")
    return pd.concat([lines, forgotten]) if late else lines


def run(
    folder: Path,
    date: dt.date,
    lines: pd.DataFrame,
    *,
    change: Callable[[str, pd.DataFrame], pd.DataFrame] = lambda name, rows: rows,
) -> nights.Night:
    """Write the company into ``folder`` and run a night, which succeeds, in its home."""
    config = small_company.write_company(folder / "company", lines=lines, nights="first: 2024-06-30", change=change)
    night = nights.run(config, folder / "home", date)
    assert night.outcome.exit_code == 0, night.outcome.errors
    return night
