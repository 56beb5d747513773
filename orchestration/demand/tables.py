"""The tables of demand: their columns, and writing them.

Belongs here: schemas of what dbt reads from schema ml. Does not belong here: what stands in the rows.
"""

from __future__ import annotations

from collections.abc import Mapping

import duckdb
import pyarrow as pa

FORECASTS = pa.schema(
    [
        ("category_code", pa.string()),
        ("method", pa.string()),
        ("reason", pa.string()),
        ("months_ahead", pa.int32()),
        ("expected_units_count", pa.float64()),
        # Root mean square of the errors of forecasts as far ahead; missing where none could be tried.
        ("spread_units_count", pa.float64()),
        # How many of it an interval of 95 %, and the service level, reach.
        ("interval_factor", pa.float64()),
        ("service_factor", pa.float64()),
        ("is_next_month", pa.bool_()),
        ("last_whole_month_date", pa.date32()),
        ("month_date", pa.date32()),
        ("as_of_date", pa.date32()),
    ]
)
BACKTEST = pa.schema(
    [
        *((name, pa.string()) for name in ("level", "category_code", "method", "metric", "reason")),
        ("metric_value", pa.float64()),
        ("forecasts_count", pa.int64()),
        ("origins_count", pa.int64()),
        ("is_published", pa.bool_()),
        ("as_of_date", pa.date32()),
    ]
)
ERRORS = pa.schema(
    [
        ("category_code", pa.string()),
        ("method", pa.string()),
        ("months_ahead", pa.int32()),
        ("expected_units_count", pa.float64()),
        ("actual_units_count", pa.float64()),
        ("origin_date", pa.date32()),
        ("month_date", pa.date32()),
        ("as_of_date", pa.date32()),
    ]
)
SEASONS = pa.schema(
    [
        ("category_code", pa.string()),
        ("calendar_month", pa.int32()),
        ("seasonal_index", pa.float64()),
        ("as_of_date", pa.date32()),
    ]
)
TABLES: Mapping[str, pa.Schema] = {
    "ml_demand__forecasts": FORECASTS,
    "ml_demand__backtest": BACKTEST,
    "ml_demand__errors": ERRORS,
    "ml_demand__seasons": SEASONS,
}


def write_tables(connection: duckdb.DuckDBPyConnection, tables: Mapping[str, pa.Table]) -> None:
    """Put the night's rows in place of those of the night before, every table of :data:`TABLES`."""
    connection.execute("create schema if not exists ml")
    for name in TABLES:
        connection.register("rows_to_write", tables[name])
        connection.execute(f"create or replace table ml.{name} as select * from rows_to_write")
        connection.unregister("rows_to_write")
