"""Print how good a night's forecasts of demand are, and whether segments are better forecast on their own.

Belongs here: the tables, the command line. Does not belong here: forecasts (``ml.demand``), shares (dbt).

    python -m scripts.demand_truths .tessera/warehouse.duckdb
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Sequence
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from ml.demand.demand_forecast import MAKERS, METHODS
from ml.demand.forecast_metrics import bias_share, weighted_absolute_percentage_error
from ml.demand.rolling_origin import rolling_errors
from orchestration.errors import TesseraError


def backtest_table(connection: duckdb.DuckDBPyConnection) -> str:
    """The figures of all categories and of every scheme as a Markdown table, a row a level and method."""
    rows = connection.execute(
        """
        pivot (
            select level, method, is_published, forecasts_count, metric, metric_value
            from marts.demand_backtest
            where category_code = 'all categories'
        )
        on metric in (
            'mean_absolute_scaled_error', 'weighted_absolute_percentage_error', 'bias_share', 'coverage_share'
        )
        using any_value(metric_value)
        order by level, method
        """
    ).fetchall()
    head = ("level", "method", "published", "forecasts", "MASE", "WAPE", "bias", "coverage")
    lines = [head, ("---", "---", "---", *["--:"] * 5)]
    for level, method, is_published, n, *values in rows:
        told = ["" if value is None else f"{value:.3f}" for value in values]
        lines.append((level, method.replace("_", " "), "yes" if is_published else "", f"{n:,}", *told))
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def bottom_up_table(connection: duckdb.DuckDBPyConnection) -> str:
    """Segments' forecasts as shares of the category's, beside those of each segment's own series, on the same cells."""
    lines = ["| scheme | method | forecasts | WAPE | bias |", "|---|---|--:|--:|--:|"]
    cells = connection.execute("from demand.int_demand__segment_errors where scheme <> 'all'").fetchdf()
    months = connection.execute("from demand.int_demand__segment_months where is_whole").fetchdf()
    for scheme, of_scheme in cells.groupby("scheme", sort=True):
        own = _own_forecasts(of_scheme, months[months["scheme"] == scheme])
        compared = of_scheme.merge(own, on=["segment_code", "category_code", "origin_date", "month_date"])
        for method in ("top-down", *METHODS):
            column = "expected_units_count" if method == "top-down" else method
            errors = pd.DataFrame({"expected": compared[column], "actual": compared["actual_units_count"]})
            if errors["expected"].notna().all() and len(errors):
                name = (
                    "shares of the category's forecast" if method == "top-down" else f"own {method.replace('_', ' ')}"
                )
                wape, bias = weighted_absolute_percentage_error(errors), bias_share(errors)
                lines.append(f"| {scheme} | {name} | {len(errors):,} | {wape:.3f} | {bias:.3f} |")
    return "\n".join(lines)


def _own_forecasts(cells: pd.DataFrame, months: pd.DataFrame) -> pd.DataFrame:
    """Forecast every segment's own series of a category from the same months; a column a method."""
    calendar = pd.date_range(months["month_date"].min(), months["month_date"].max(), freq="MS")
    found = []
    for (segment, category), rows in cells.groupby(["segment_code", "category_code"], sort=True):
        own = months[(months["segment_code"] == segment) & (months["category_code"] == category)]
        sold = own.set_index(pd.to_datetime(own["month_date"]))["units_count"].astype(float)
        y = np.maximum(sold.reindex(calendar).fillna(0.0).to_numpy(), 0.0)
        known = [calendar.get_loc(pd.Timestamp(origin)) + 1 for origin in sorted(rows["origin_date"].unique())]
        # A year and a month, so that every method has what it needs.
        for origin in (each for each in known if each > 12):
            errors = rolling_errors(segment, y, MAKERS, origins=range(origin, origin + 1), steps=6, scale=math.nan)
            wide = errors.pivot(index="step", columns="method", values="expected").reset_index()
            wide["segment_code"], wide["category_code"] = segment, category
            wide["origin_date"] = calendar[origin - 1]
            wide["month_date"] = [calendar[origin - 1 + step] for step in wide["step"]]
            found.append(wide)
    return pd.concat(found, ignore_index=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m scripts.demand_truths", description=__doc__)
    parser.add_argument("warehouse", type=Path, help="the warehouse of a night")
    chosen = parser.parse_args(arguments)
    try:
        if not chosen.warehouse.is_file():
            raise TesseraError(
                f"there is no warehouse {chosen.warehouse}",
                expected="the warehouse.duckdb in the home of a night",
                found="no such file",
                fix="name another, or run a night first",
            )
        with duckdb.connect(str(chosen.warehouse), read_only=True) as connection:
            print(backtest_table(connection))
            print()
            print(bottom_up_table(connection))
    except TesseraError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
