"""The purchase family for one date in pandas, to stand beside this project's SQL; run in a process of its own.

Usage: purchases_in_pandas.py FILES OUT. Money in doubles, which is cheaper than the decimals of the SQL.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from generated_company import LAST_DAY
from purchase_definition import (
    LOST_DAYS,
    MARGIN_SHARE,
    RATIOS,
    RETURNED_DAYS,
    SUMS,
    WINDOWS,
    YEAR_SUMS,
)

_AS_OF = pd.Timestamp(LAST_DAY)
_ORDER = ["customer_id", "source_name", "order_id", "order_date"]


def read(file: Path, columns: list[str]) -> pd.DataFrame:
    """Some columns of a file, decimals as doubles and dates as timestamps: objects would cost many times more."""
    table = pq.read_table(file, columns=columns)
    for at, field in enumerate(table.schema):
        if pa.types.is_decimal(field.type):
            table = table.set_column(at, field.name, table.column(at).cast(pa.float64()))
        if pa.types.is_date(field.type):
            table = table.set_column(at, field.name, table.column(at).cast(pa.timestamp("s")))
    return table.to_pandas()


def orders(files: Path) -> pd.DataFrame:
    """One row per order and day, those worth nothing left out."""
    lines = read(
        files / "order_lines.parquet",
        [*_ORDER, "sku", "line_kind", "quantity", "gross_amount", "discount_amount", "net_amount"],
    )
    lines = lines[lines["customer_id"].notna() & (lines["order_date"] <= _AS_OF)]
    costs = read(files / "products.parquet", ["sku", "unit_cost_amount"]).set_index("sku")["unit_cost_amount"]
    cost = lines["sku"].map(costs)
    sale = lines["line_kind"] == "sale"
    net, quantity = lines["net_amount"], lines["quantity"]
    measures = lines[_ORDER].assign(
        sale_amount=net.where(sale, 0),
        refund_amount=(-net).where(~sale, 0),
        gross_amount=lines["gross_amount"].where(sale, 0),
        discount_amount=lines["discount_amount"].where(sale, 0),
        units_count=quantity.where(sale, 0),
        discounted_units_count=quantity.where(sale & (lines["discount_amount"] > 0), 0),
        returned_units_count=(-quantity).where(~sale, 0),
        order_lines_count=sale.astype("int64"),
        margin_amount=(net - cost * quantity).where(cost.notna(), net * MARGIN_SHARE),
    )
    summed = measures.groupby(_ORDER, sort=False, as_index=False).sum()
    return summed[(summed["sale_amount"] != 0) | (summed["refund_amount"] != 0)]


def days(files: Path) -> pd.DataFrame:
    """One row per customer and day, in order."""
    counted = orders(files).assign(
        order_count=lambda order: (order["sale_amount"] > 0).astype("int64"),
        net_revenue_amount=lambda order: order["sale_amount"] - order["refund_amount"],
    )
    summed = counted.groupby(["customer_id", "order_date"], as_index=False)[list(SUMS)].sum()
    return summed.rename(columns={"order_date": "date"}).assign(is_order_day=summed["order_count"] > 0)


def to_date(customer_days: pd.DataFrame) -> pd.DataFrame:
    """Sums of each customer, in all and in windows."""
    day, is_order_day = customer_days["date"], customer_days["is_order_day"]
    columns = {name: customer_days[name] for name in ("order_count", "net_revenue_amount", "margin_amount")}
    columns["order_days_count"] = is_order_day.astype("int64")
    within = {number: day > _AS_OF - pd.Timedelta(days=number) for number in (*WINDOWS, 180)}
    for number in WINDOWS:
        columns[f"order_{number}d_count"] = customer_days["order_count"].where(within[number], 0)
        columns[f"order_days_{number}d_count"] = (is_order_day & within[number]).astype("int64")
        columns[f"net_revenue_{number}d_amount"] = customer_days["net_revenue_amount"].where(within[number], 0)
    columns["net_revenue_180d_amount"] = customer_days["net_revenue_amount"].where(within[180], 0)
    for name in YEAR_SUMS:
        subject, _, unit = name.rpartition("_")
        columns[f"{subject}_365d_{unit}"] = customer_days[name].where(within[365], 0)
    year = within[365] & is_order_day
    columns["season_order_days_365d_count"] = (year & day.dt.month.isin([11, 12])).astype("int64")
    columns["weekend_order_days_365d_count"] = (year & (day.dt.day_of_week >= 5)).astype("int64")
    sums = pd.DataFrame(columns).groupby(customer_days["customer_id"], sort=False).sum()
    dates = customer_days[is_order_day].groupby("customer_id", sort=False)["date"]
    return sums.join(pd.DataFrame({"first_order_date": dates.min(), "last_order_date": dates.max()}))


def rhythms(customer_days: pd.DataFrame) -> pd.DataFrame:
    """Median gap, and what the last return from a long silence was like."""
    bought = customer_days.loc[customer_days["is_order_day"], ["customer_id", "date"]]
    gaps = bought.assign(gap=bought.groupby("customer_id", sort=False)["date"].diff().dt.days).dropna(subset="gap")
    recent = gaps[(gaps["gap"] > LOST_DAYS) & (gaps["date"] > _AS_OF - pd.Timedelta(days=RETURNED_DAYS))]
    returned = recent.groupby("customer_id")["date"].max().rename("returned_date")
    of_returned = gaps.merge(returned, left_on="customer_id", right_index=True)
    on_return = of_returned[of_returned["date"] == of_returned["returned_date"]]
    before = of_returned[of_returned["date"] < of_returned["returned_date"]]
    return pd.DataFrame(
        {
            "order_gap_median_days": gaps.groupby("customer_id")["gap"].median(),
            "returned_after_days": on_return.groupby("customer_id")["gap"].max(),
            "returned_usual_gap_days": before.groupby("customer_id")["gap"].median(),
        }
    )


def main() -> None:
    """Compute the family and write it."""
    files, out = Path(sys.argv[1]), Path(sys.argv[2])
    customer_days = days(files)
    customers = read(files / "customers.parquet", ["customer_id", "known_since_date"])
    spine = customers.loc[customers["known_since_date"] <= _AS_OF, ["customer_id"]].set_index("customer_id")
    family = spine.join(to_date(customer_days)).join(rhythms(customer_days))
    amounts = [name for name in family.columns if name.endswith(("_count", "_amount"))]
    family[amounts] = family[amounts].fillna(0)
    for name, (above, below) in RATIOS.items():
        family[name] = family[above] / family[below].replace(0, np.nan)
    half_year = family["net_revenue_180d_amount"]
    family["net_revenue_trend_180d_share"] = (2 * family["net_revenue_90d_amount"] - half_year) / half_year.replace(
        0, np.nan
    )
    family["days_since_last_order"] = (_AS_OF - family["last_order_date"]).dt.days
    family["days_since_first_order"] = (_AS_OF - family["first_order_date"]).dt.days
    family["first_to_last_order_days"] = (family["last_order_date"] - family["first_order_date"]).dt.days
    family.reset_index().to_parquet(out, index=False)


if __name__ == "__main__":
    main()
