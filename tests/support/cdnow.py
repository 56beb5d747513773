"""CDNOW: the purchases that the papers on lifetime value were written on, as yardstick for ours.

The 2,357 customers, one in ten of those who first bought at CDNOW in the first quarter of 1997, until June 1998 (Fader
& Hardie 2001). The file comes with the package ``lifetimes``, whose code is not used.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pandas as pd

CALIBRATION_END = pd.Timestamp("1997-09-30")
BEGIN = pd.Timestamp("1997-01-01")


@dataclass(frozen=True, kw_only=True)
class Cdnow:
    """What the models are fitted on and held against.

    Attributes:
        histories: The first 39 weeks of each customer.
        amounts: Number and mean amount of the repeat orders of these weeks.
        later_orders: Orders of weeks 40 to 78.
        repeat_days: Day of every repeat order of all 78 weeks, counted from the first of January 1997.
    """

    histories: pd.DataFrame
    amounts: pd.DataFrame
    later_orders: pd.Series
    repeat_days: pd.Series


def read_cdnow() -> Cdnow:
    """Read the sample and count order days."""
    (place,) = find_spec("lifetimes").submodule_search_locations  # type: ignore[union-attr]
    lines = pd.read_csv(
        Path(place) / "datasets" / "CDNOW_sample.txt",
        sep=r"\s+",
        header=None,
        names=["master_id", "customer_id", "date", "items", "amount"],
        parse_dates=["date"],
        date_format="%Y%m%d",
    )
    days = lines.groupby(["customer_id", "date"], as_index=False)["amount"].sum()
    days["is_repeat"] = days.groupby("customer_id").cumcount() > 0
    known = days[days["date"] <= CALIBRATION_END]
    dates = known.groupby("customer_id")["date"].agg(["min", "max", "count"])
    histories = pd.DataFrame(
        {
            "repeat_orders_count": dates["count"] - 1,
            "first_to_last_order_days": (dates["max"] - dates["min"]).dt.days,
            "age_days": (CALIBRATION_END - dates["min"]).dt.days,
        }
    )
    repeats = known[known["is_repeat"]].groupby("customer_id")["amount"].agg(["count", "mean"])
    amounts = repeats.reindex(histories.index).set_axis(["orders_count", "mean_order_amount"], axis="columns")
    later = days[days["date"] > CALIBRATION_END].groupby("customer_id").size()
    return Cdnow(
        histories=histories,
        amounts=amounts.fillna({"orders_count": 0}),
        later_orders=later.reindex(histories.index).fillna(0),
        repeat_days=(days.loc[days["is_repeat"], "date"] - BEGIN).dt.days,
    )
