"""The tables of uplift: their columns.

Belongs here: schemas of what dbt reads from schema ml. Does not belong here: what stands in the rows.
"""

from __future__ import annotations

from collections.abc import Mapping

import duckdb
import pyarrow as pa

from orchestration.prediction.tables import METRICS

CUSTOMERS = pa.schema(
    [
        ("customer_id", pa.string()),
        ("campaign_id", pa.string()),
        ("expected_response_lift", pa.float64()),
        ("expected_margin_lift", pa.float64()),
        ("lift_tenth", pa.int32()),
        ("as_of_date", pa.date32()),
    ]
)
CURVES = pa.schema(
    [
        ("campaign_id", pa.string()),
        ("customers_share", pa.float64()),
        ("gain", pa.float64()),
        ("gain_low", pa.float64()),
        ("gain_high", pa.float64()),
        ("random_gain", pa.float64()),
        ("is_published", pa.bool_()),
        ("as_of_date", pa.date32()),
    ]
)
TABLES: Mapping[str, pa.Schema] = {
    "ml_customers__uplift": CUSTOMERS,
    "ml_models__uplift": METRICS,
    "ml_models__qini": CURVES,
}


def write_tables(connection: duckdb.DuckDBPyConnection, rows: Mapping[str, list[pa.Table]]) -> dict[str, int]:
    """Put rows in place of every table, of none where there are none, and return how many each has."""
    connection.execute("create schema if not exists ml")
    counts = {}
    for name, schema in TABLES.items():
        table = pa.concat_tables([schema.empty_table(), *rows.get(name, [])])
        connection.register("rows_to_write", table)
        connection.execute(f"create or replace table ml.{name} as select * from rows_to_write")
        connection.unregister("rows_to_write")
        counts[name] = table.num_rows
    return counts
