"""The purchase family for one date in polars, to stand beside this project's SQL; run in a process of its own.

Usage: purchases_in_polars.py FILES OUT. Lazy and streaming; money in doubles, cheaper than the SQL's decimals.
"""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl
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

_AS_OF = pl.lit(LAST_DAY)
_ORDER = ["customer_id", "source_name", "order_id", "order_date"]


def orders(files: Path) -> pl.LazyFrame:
    """One row per order and day, those worth nothing left out."""
    numbers = pl.col("quantity", "gross_amount", "discount_amount", "net_amount").cast(pl.Float64)
    lines = (
        pl.scan_parquet(files / "order_lines.parquet")
        .filter(pl.col("customer_id").is_not_null() & (pl.col("order_date") <= _AS_OF))
        .select(*_ORDER, "sku", numbers, is_sale=pl.col("line_kind") == "sale")
    )
    costs = pl.scan_parquet(files / "products.parquet").select("sku", cost=pl.col("unit_cost_amount").cast(pl.Float64))
    net, quantity, sale = pl.col("net_amount"), pl.col("quantity"), pl.col("is_sale")
    margin = pl.when(pl.col("cost").is_null()).then(net * MARGIN_SHARE).otherwise(net - pl.col("cost") * quantity)
    measures = {
        "sale_amount": pl.when(sale).then(net).otherwise(0),
        "refund_amount": pl.when(sale).then(0).otherwise(-net),
        "gross_amount": pl.when(sale).then("gross_amount").otherwise(0),
        "discount_amount": pl.when(sale).then("discount_amount").otherwise(0),
        "units_count": pl.when(sale).then(quantity).otherwise(0),
        "discounted_units_count": pl.when(sale & (pl.col("discount_amount") > 0)).then(quantity).otherwise(0),
        "returned_units_count": pl.when(sale).then(0).otherwise(-quantity),
        "order_lines_count": sale.cast(pl.Int64),
        "margin_amount": margin,
    }
    return (
        lines.join(costs, on="sku", how="left")
        .select(*_ORDER, **measures)
        .group_by(_ORDER)
        .agg(pl.col(*measures).sum())
        .filter((pl.col("sale_amount") != 0) | (pl.col("refund_amount") != 0))
    )


def days(files: Path) -> pl.LazyFrame:
    """One row per customer and day."""
    summed = [name for name in SUMS if name not in ("order_count", "net_revenue_amount")]
    return (
        orders(files)
        .group_by("customer_id", date="order_date")
        .agg(
            pl.col(*summed).sum(),
            order_count=(pl.col("sale_amount") > 0).sum().cast(pl.Int64),
            net_revenue_amount=(pl.col("sale_amount") - pl.col("refund_amount")).sum(),
        )
        .with_columns(is_order_day=pl.col("order_count") > 0)
    )


def to_date(customer_days: pl.LazyFrame) -> pl.LazyFrame:
    """Sums of each customer, in all and in windows."""
    day, is_order_day = pl.col("date"), pl.col("is_order_day")

    def within(number: int) -> pl.Expr:
        return day > _AS_OF - pl.duration(days=number)

    year = within(365) & is_order_day
    sums = {name: pl.col(name).sum() for name in ("order_count", "net_revenue_amount", "margin_amount")}
    for number in WINDOWS:
        sums[f"order_{number}d_count"] = pl.col("order_count").filter(within(number)).sum()
        sums[f"order_days_{number}d_count"] = (is_order_day & within(number)).sum()
        sums[f"net_revenue_{number}d_amount"] = pl.col("net_revenue_amount").filter(within(number)).sum()
    sums["net_revenue_180d_amount"] = pl.col("net_revenue_amount").filter(within(180)).sum()
    for name in YEAR_SUMS:
        subject, _, unit = name.rpartition("_")
        sums[f"{subject}_365d_{unit}"] = pl.col(name).filter(within(365)).sum()
    return customer_days.group_by("customer_id").agg(
        order_days_count=is_order_day.sum(),
        season_order_days_365d_count=(year & day.dt.month().is_in([11, 12])).sum(),
        weekend_order_days_365d_count=(year & (day.dt.weekday() >= 6)).sum(),
        first_order_date=day.filter(is_order_day).min(),
        last_order_date=day.filter(is_order_day).max(),
        **sums,
    )


def rhythms(customer_days: pl.LazyFrame) -> pl.LazyFrame:
    """Median gap, and what the last return from a long silence was like."""
    customer, day = pl.col("customer_id"), pl.col("date")
    gaps = (
        customer_days.filter(pl.col("is_order_day"))
        .select("customer_id", "date")
        .sort("customer_id", "date")
        .select(
            "customer_id",
            "date",
            gap=pl.when(customer == customer.shift()).then((day - day.shift()).dt.total_days()),
        )
        .filter(pl.col("gap").is_not_null())
    )
    usual = gaps.group_by("customer_id").agg(
        order_gap_median_days=pl.col("gap").median(),
        returned_date=day.filter((pl.col("gap") > LOST_DAYS) & (day > _AS_OF - pl.duration(days=RETURNED_DAYS))).max(),
    )
    returned = pl.col("returned_date")
    returns = (
        usual.filter(returned.is_not_null())
        .join(gaps, on="customer_id")
        .group_by("customer_id")
        .agg(
            returned_after_days=pl.col("gap").filter(day == returned).max(),
            returned_usual_gap_days=pl.col("gap").filter(day < returned).median(),
        )
    )
    return usual.drop("returned_date").join(returns, on="customer_id", how="left")


def main() -> None:
    """Compute the family and write it."""
    files, out = Path(sys.argv[1]), Path(sys.argv[2])
    # Collected once: the family and its rhythms both need the days, and the lazy plan would compute them twice.
    customer_days = days(files).collect(engine="streaming").lazy()
    spine = (
        pl.scan_parquet(files / "customers.parquet").filter(pl.col("known_since_date") <= _AS_OF).select("customer_id")
    )
    ratios = {
        name: pl.when(pl.col(below) != 0).then(pl.col(above).cast(pl.Float64) / pl.col(below))
        for name, (above, below) in RATIOS.items()
    }
    half_year = pl.col("net_revenue_180d_amount")
    (
        spine.join(to_date(customer_days), on="customer_id", how="left")
        .join(rhythms(customer_days), on="customer_id", how="left")
        .with_columns(
            pl.col("^.*_(count|amount)$").fill_null(0),
            net_revenue_trend_180d_share=pl.when(half_year != 0).then(
                (2 * pl.col("net_revenue_90d_amount") - half_year) / half_year
            ),
            days_since_last_order=(_AS_OF - pl.col("last_order_date")).dt.total_days(),
            days_since_first_order=(_AS_OF - pl.col("first_order_date")).dt.total_days(),
            first_to_last_order_days=(pl.col("last_order_date") - pl.col("first_order_date")).dt.total_days(),
            **ratios,
        )
        .sink_parquet(out)
    )


if __name__ == "__main__":
    main()
