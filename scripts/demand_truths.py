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

from ml.demand.demand_forecast import MAKERS
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
    """Segments' forecasts as shares of the category's, beside the published method on each segment's own series."""
    lines = ["| scheme | forecast | forecasts | WAPE | bias |", "|---|---|--:|--:|--:|"]
    cells = connection.execute("from demand.int_demand__segment_errors where scheme <> 'all'").fetchdf()
    months = connection.execute("from demand.int_demand__segment_months where is_whole").fetchdf()
    method = connection.execute(
        "select any_value(method) from marts.demand_backtest where level = 'category' and is_published"
    ).fetchall()[0][0]
    if method is None:
        return "No category is long enough to be judged."
    for scheme, of_scheme in cells.groupby("scheme", sort=True):
        own = _own_forecasts(of_scheme, months[months["scheme"] == scheme], method)
        keys = ["segment_code", "category_code", "origin_date", "month_date"]
        compared = of_scheme.merge(own, on=keys).sort_values(keys)
        for name, column in (("shares of the category", "expected_units_count"), ("of its own series", "own_expected")):
            errors = pd.DataFrame({"expected": compared[column], "actual": compared["actual_units_count"]})
            wape, bias = weighted_absolute_percentage_error(errors), bias_share(errors)
            told = f"{name} ({method.replace('_', ' ')})"
            lines.append(f"| {scheme} | {told} | {len(errors):,} | {wape:.3f} | {bias:.3f} |")
    return "\n".join(lines)


def _own_forecasts(cells: pd.DataFrame, months: pd.DataFrame, method: str) -> pd.DataFrame:
    """Forecast every segment's own series of a category from the same months."""
    calendar = pd.date_range(months["month_date"].min(), months["month_date"].max(), freq="MS")
    found = []
    for (segment, category), rows in cells.groupby(["segment_code", "category_code"], sort=True):
        own = months[(months["segment_code"] == segment) & (months["category_code"] == category)]
        sold = own.set_index(pd.to_datetime(own["month_date"]))["units_count"].astype(float)
        y = np.maximum(sold.reindex(calendar).fillna(0.0).to_numpy(), 0.0)
        known = [calendar.get_loc(pd.Timestamp(origin)) + 1 for origin in rows["origin_date"].unique()]
        # A year and a month, so that the growth over a year is known.
        for origin in sorted(each for each in known if each > 12):
            errors = rolling_errors(
                segment, y, {method: MAKERS[method]}, origins=range(origin, origin + 1), steps=6, scale=math.nan
            )
            found.append(
                pd.DataFrame(
                    {
                        "segment_code": segment,
                        "category_code": category,
                        "origin_date": calendar[origin - 1],
                        "month_date": [calendar[origin - 1 + step] for step in errors["step"]],
                        "own_expected": errors["expected"],
                    }
                )
            )
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
