"""The tables of predictions: there when they are empty, and reasons without a row that has none."""

from __future__ import annotations

import duckdb

from orchestration.prediction.tables import (
    METRICS,
    NOTES_TABLE,
    TABLES,
    make_tables,
    reasons_column,
    replace_rows,
    table_of,
)


def test_every_table_is_there_with_its_columns_before_anything_is_known() -> None:
    connection = duckdb.connect()
    make_tables(connection)
    for name, schema in TABLES.items():
        described = connection.execute(f"describe ml.{name}").fetchall()
        assert [row[0] for row in described] == schema.names
    types = dict(row[:2] for row in connection.execute("describe ml.ml_customers__predictions").fetchall())
    assert types["reasons"] == 'STRUCT(feature VARCHAR, "value" VARCHAR, effect DOUBLE)[]'
    assert types["as_of_date"] == "DATE"


def test_what_is_in_a_table_of_these_columns_stays_and_one_of_others_is_made_anew() -> None:
    connection = duckdb.connect()
    make_tables(connection)
    record = {"model": "return_90d", "metric": "log_loss", "model_value": 0.5}
    replace_rows(connection, "ml_models__metrics", table_of([record], METRICS))
    connection.execute(f"alter table ml.{NOTES_TABLE} drop column code")
    make_tables(connection)
    assert connection.execute("select metric, model_value from ml.ml_models__metrics").fetchall() == [("log_loss", 0.5)]
    assert "code" in [row[0] for row in connection.execute(f"describe ml.{NOTES_TABLE}").fetchall()]


def test_reasons_are_listed_by_row_and_a_place_without_one_is_left_out() -> None:
    column = reasons_column(
        [["recency", "recency", None], ["orders", None, None]],
        [["3", None, None], ["12", None, None]],
        [[0.5, -0.25, 0.0], [0.125, 0.0, 0.0]],
    )
    assert column.to_pylist() == [
        [
            {"feature": "recency", "value": "3", "effect": 0.5},
            {"feature": "orders", "value": "12", "effect": 0.125},
        ],
        [{"feature": "recency", "value": None, "effect": -0.25}],
        [],
    ]
