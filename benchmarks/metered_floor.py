"""The floor that no features can go below, in a process of its own: forty features of the same lines in one group-by.

Usage: metered_floor.py WAREHOUSE MEMORY_LIMIT. One date and one pass: no orders or days, no joins, nothing kept.
"""

from __future__ import annotations

import sys
import tempfile

import duckdb
from generated_company import LAST_DAY

from data_contracts import sql_quoting as sql

_WINDOWS = (30, 60, 90, 180, 365)
_SHORT_AND_LONG = (7, 14, 21, 45, 120, 150, 240, 300)
_MEASURES = ("gross_amount", "discount_amount", "quantity")


def floor(day: str) -> str:
    """SQL of the forty features, and the first and last day."""
    date = f"cast({day} as date)"
    within = f"filter (where order_date > {date} - {{days}})"
    features = [f"count(*) {within.format(days=days)} as lines_{days}d" for days in (*_WINDOWS, *_SHORT_AND_LONG)]
    for measure in _MEASURES:
        features += [f"sum({measure}) {within.format(days=days)} as {measure}_{days}d" for days in _WINDOWS]
        features += [f"{function}({measure}) as {measure}_{function}" for function in ("avg", "min", "max", "stddev")]
    features += ["min(order_date) as first_date", "max(order_date) as last_date"]
    return f"""
        select customer_id, {", ".join(features)} from company.identity.int_identity__order_lines
        where order_date <= {date} group by customer_id
    """


def main() -> None:
    """Compute the features into a table."""
    warehouse, memory_limit = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder, duckdb.connect(f"{folder}/floor.duckdb") as con:
        con.execute(f"set threads = 2; set memory_limit = '{memory_limit}'; set preserve_insertion_order = false")
        con.execute(f"set enable_progress_bar = false; attach {sql.text(warehouse)} as company (read_only)")
        con.execute(f"create table features as {floor(sql.text(LAST_DAY.isoformat()))}")


if __name__ == "__main__":
    main()
