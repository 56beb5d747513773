"""A table that is validated in pieces gets the answers that it would get in one."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from data_contracts.contract import Contract, load_contract
from data_contracts.expectation_suite import expectation_columns, validate_frame
from orchestration.checks import table_validation
from orchestration.checks.table_validation import validate_table

ROWS = 7000
CONTRACT = """
apiVersion: v3.1.0
kind: DataContract
id: shop__orders
version: 1.0.0
status: active
schema:
  - name: orders
    description: Order lines of a small shop.
    quality:
      - {metric: rowCount, mustBeGreaterThan: MINIMUM}
    properties:
      - {name: order_id, description: Order., logicalType: string, physicalType: varchar, required: true,
         primaryKey: true, primaryKeyPosition: 1, logicalTypeOptions: {maxLength: 20}}
      - {name: line, description: Line., logicalType: integer, physicalType: integer, required: true,
         primaryKey: true, primaryKeyPosition: 2}
      - {name: ticket, description: Ticket., logicalType: string, physicalType: varchar, unique: true}
      - {name: amount, description: Amount., logicalType: number, physicalType: "decimal(18,2)",
         logicalTypeOptions: {minimum: 0}}
      - {name: note, description: Note., logicalType: string, physicalType: varchar,
         logicalTypeOptions: {maxLength: 5}}
"""
FAULTS = {
    "no fault": "select 1",
    "a missing value in the last piece": "update orders set order_id = null where n = 6999",
    "values below the limit in two pieces": "update orders set amount = -1 where n in (1, 6999)",
    "a text too long in the middle": "update orders set note = 'far too long' where n between 3000 and 3004",
    "a key twice in one piece": "update orders set order_id = 'O1', line = 0 where n in (2, 3)",
    "a key in two pieces": "update orders set order_id = 'O1', line = 0 where n in (0, 6998, 6999)",
    "a key without values in two pieces": "update orders set order_id = null, line = null where n in (0, 6999)",
    "a unique value in two pieces": "update orders set ticket = 'T5' where n = 6999",
    "no value at all in a column": "update orders set note = null, ticket = null",
}


def contract(folder: Path, *, minimum: int = 0) -> Contract:
    path = folder / "shop__orders.odcs.yaml"
    path.write_text(CONTRACT.replace("MINIMUM", str(minimum)), encoding="utf-8")
    return load_contract(path)


def orders(fault: str) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute(
        "create table orders as select range as n, 'O' || range // 3 as order_id, cast(range % 3 as integer) as line, "
        "'T' || range as ticket, cast(range / 7 as decimal(18, 2)) as amount, 'n' || range % 9 as note "
        f"from range({ROWS})"
    )
    con.execute(fault)
    return con


@pytest.mark.parametrize("fault", FAULTS)
def test_pieces_give_the_answers_of_the_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    kept, con = contract(tmp_path), orders(FAULTS[fault])
    frame = con.execute(f"select {', '.join(expectation_columns(kept))} from orders order by n").df()
    whole = validate_frame(frame, kept)
    monkeypatch.setattr(table_validation, "CELLS_AT_ONCE", 2048 * len(expectation_columns(kept)))
    given: list[int] = []
    monkeypatch.setattr(
        table_validation, "validate_frame", lambda piece, _: given.append(len(piece)) or validate_frame(piece, kept)
    )
    assert validate_table(con, kept, "orders") == whole
    assert (len(given), sum(given), max(given)) == (4, ROWS, 2048)
    assert whole.success == (fault in ("no fault", "no value at all in a column"))


@pytest.mark.parametrize(("minimum", "is_enough"), [(ROWS - 1, True), (ROWS, False)])
def test_the_number_of_rows_is_that_of_the_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, minimum: int, is_enough: bool
) -> None:
    kept, con = contract(tmp_path, minimum=minimum), orders(FAULTS["no fault"])
    monkeypatch.setattr(table_validation, "CELLS_AT_ONCE", 1)
    result = validate_table(con, kept, "orders")
    assert (result.rows, result.success) == (ROWS, is_enough)
    assert [outcome.success for outcome in result.outcomes] == [is_enough] + [True] * (len(result.outcomes) - 1)


def test_a_small_table_is_given_as_it_is(tmp_path: Path) -> None:
    kept, con = contract(tmp_path), orders("delete from orders where n > 10")
    assert validate_table(con, kept, "orders").rows == 11
