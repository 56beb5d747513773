"""The tables of predictions: their columns, and writing them.

Belongs here: schemas of what dbt reads from schema ml. Does not belong here: what stands in the rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import duckdb
import pyarrow as pa

_REASON = pa.struct([("feature", pa.string()), ("value", pa.string()), ("effect", pa.float64())])
REASONS = pa.list_(_REASON)
PREDICTIONS = pa.schema(
    [
        ("customer_id", pa.string()),
        ("return_source", pa.string()),
        ("value_source", pa.string()),
        ("previous_value_source", pa.string()),
        ("p_return_90d", pa.float64()),
        ("previous_p_return_90d", pa.float64()),
        ("p_return_365d", pa.float64()),
        ("p_alive", pa.float64()),
        ("expected_orders_365d", pa.float64()),
        ("expected_order_value_amount", pa.float64()),
        ("expected_margin_share", pa.float64()),
        ("expected_margin_365d_amount", pa.float64()),
        ("previous_expected_margin_365d_amount", pa.float64()),
        ("next_order_expected_date", pa.date32()),
        ("next_order_from_date", pa.date32()),
        ("next_order_to_date", pa.date32()),
        ("reasons", REASONS),
        ("as_of_date", pa.date32()),
    ]
)
CATEGORIES = pa.schema(
    [
        ("customer_id", pa.string()),
        ("category_code", pa.string()),
        ("source", pa.string()),
        ("p_order_90d", pa.float64()),
        ("propensity_rank", pa.int32()),
        ("as_of_date", pa.date32()),
    ]
)
RESPONSES = pa.schema(
    [
        ("customer_id", pa.string()),
        ("source", pa.string()),
        ("p_response_30d", pa.float64()),
        ("is_randomised", pa.bool_()),
        ("as_of_date", pa.date32()),
    ]
)
_NUMBERS = (
    "model_value",
    "model_lower",
    "model_upper",
    "baseline_value",
    "difference",
    "difference_lower",
    "difference_upper",
)
METRICS = pa.schema(
    [
        *((name, pa.string()) for name in ("model", "version", "slice", "metric", "baseline", "decision", "reason")),
        *((name, pa.float64()) for name in _NUMBERS),
        ("horizon_days", pa.int32()),
        ("customers_count", pa.int64()),
        ("is_published", pa.bool_()),
        ("trained_from", pa.date32()),
        ("trained_to", pa.date32()),
        ("tested_on", pa.date32()),
        ("as_of_date", pa.date32()),
    ]
)
CALIBRATION = pa.schema(
    [
        ("model", pa.string()),
        ("version", pa.string()),
        ("decile", pa.int32()),
        ("customers_count", pa.int64()),
        ("predicted_share", pa.float64()),
        ("observed_share", pa.float64()),
        ("tested_on", pa.date32()),
        ("as_of_date", pa.date32()),
    ]
)
NOTES = pa.schema(
    [
        ("input_date", pa.date32()),
        # A number of 128 bits, as text.
        ("inputs_hash", pa.string()),
        ("origin_date", pa.date32()),
        ("origin_hash", pa.string()),
        ("previous_origin_date", pa.date32()),
        ("previous_origin_hash", pa.string()),
        ("code", pa.string()),
        ("computed_by", pa.string()),
    ]
)
TABLES: Mapping[str, pa.Schema] = {
    "ml_customers__predictions": PREDICTIONS,
    "ml_customers__category_propensities": CATEGORIES,
    "ml_customers__response_propensities": RESPONSES,
    "ml_models__metrics": METRICS,
    "ml_models__calibration": CALIBRATION,
}
PREDICTIONS_TABLE, NOTES_TABLE = "ml_customers__predictions", "ml_notes__predictions"


def make_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Make every table that is not there, or has other columns, as an empty one."""
    connection.execute("create schema if not exists ml")
    for name, schema in {**TABLES, NOTES_TABLE: NOTES}.items():
        found = connection.execute(
            """
            select column_name
            from duckdb_columns()
            where schema_name = 'ml' and table_name = ?
            order by column_index
            """,
            [name],
        ).fetchall()
        if [column for (column,) in found] != schema.names:
            replace_rows(connection, name, schema.empty_table())


def replace_rows(connection: duckdb.DuckDBPyConnection, name: str, rows: pa.Table) -> None:
    """Put rows in place of a whole table."""
    connection.register("rows_to_write", rows)
    connection.execute(f"create or replace table ml.{name} as select * from rows_to_write")
    connection.unregister("rows_to_write")


def append_rows(connection: duckdb.DuckDBPyConnection, name: str, rows: pa.Table) -> None:
    """Add rows to a table."""
    connection.register("rows_to_write", rows)
    connection.execute(f"insert into ml.{name} by name select * from rows_to_write")
    connection.unregister("rows_to_write")


def table_of(records: Iterable[Mapping[str, Any]], schema: pa.Schema) -> pa.Table:
    """Return records as a table of a schema; what a record does not say is missing."""
    return pa.Table.from_pylist([dict(record) for record in records], schema=schema)


def reasons_column(features: Sequence[Sequence[str | None]], values: Sequence[Any], effects: Sequence[Any]) -> pa.Array:
    """Return reasons by row from the k-th feature, value and effect of all rows, without a Python object a row.

    Args:
        features: For each place, the feature of each row; None where a row has none in that place.
        values: The same of the values, as texts.
        effects: The same of the effects.
    """
    places, rows = len(features), len(features[0]) if features else 0
    structs = pa.StructArray.from_arrays(
        [
            _interleaved(features, pa.string()),
            _interleaved(values, pa.string()),
            _interleaved(effects, pa.float64()),
        ],
        fields=list(_REASON),
    )
    keep = pa.array([feature is not None for row in zip(*features, strict=True) for feature in row], pa.bool_())
    counts = [sum(feature is not None for feature in row) for row in zip(*features, strict=True)]
    offsets = [0]
    for count in counts:
        offsets.append(offsets[-1] + count)
    if not places or not rows:
        return pa.array([], REASONS)
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), structs.filter(keep))


def _interleaved(columns: Sequence[Sequence[Any]], kind: pa.DataType) -> pa.Array:
    return pa.array([value for row in zip(*columns, strict=True) for value in row], kind)
