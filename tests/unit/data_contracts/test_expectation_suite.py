"""The expectation suite asks of a table what the quarantine asks of each row."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from data_contracts.contract import Contract, load_contract
from data_contracts.expectation_suite import build_suite, expectation_columns, validate_frame
from data_contracts.quarantine_sql import SourceColumn, quarantine_sql, repeated_key_rows

ROOT = Path(__file__).resolve().parents[3]
CONTRACT = load_contract(ROOT / "data_contracts" / "inbound" / "transactions__order_lines.odcs.yaml")
GOOD = {
    "order_id": "O1",
    "line_number": 1,
    "ordered_at": "2024-01-01 10:00:00+00",
    "sku": "S1",
    "quantity": "-1.5",
    "unit_price": "0",
    "currency": "EUR",
    "kind": "refund",
    "country": "DE",
    "postal_code": "01067",
}
# One fault each that a typed column can hold; casting faults cannot reach a typed table.
FAULTS = {
    "missing_value": ({"sku": None}, "Is every sku present?"),
    "out_of_range below": ({"unit_price": "-0.01"}, "Is every unit_price at least 0 and at most 1000000000?"),
    "out_of_range above": ({"quantity": "1000000001"}, "Is every quantity at least -1000000000"),
    "out_of_range time": (
        {"ordered_at": "1989-12-31 23:59:59+00"},
        "Is every ordered_at at least 1990-01-01?",
    ),
    "not_in_list": ({"kind": "SALE"}, "Is every kind one of sale, refund, cancellation?"),
    "pattern_mismatch": ({"currency": "eur"}, "Does every currency have the form"),
    "too_long": ({"postal_code": "0" * 21}, "Is every postal_code at most 20 characters long?"),
    "duplicate_key": ({"line_number": 1}, "Does every combination of order_id, line_number occur once?"),
}


def typed(rows: list[dict[str, object]]) -> tuple[pd.DataFrame, list[bool], int]:
    """The rows as a typed frame, what the quarantine says of each, and the number of repeated keys."""
    con = duckdb.connect()
    columns = CONTRACT.column_names
    picked = ", ".join(f"cast(${n + 1} as varchar) as c{n}" for n in range(len(columns)))
    con.execute(f"create table raw (_row_number bigint, {', '.join(f'c{n} varchar' for n in range(len(columns)))})")
    for number, row in enumerate(rows):
        con.execute(f"insert into raw select {number}, {picked}", [row.get(name) for name in columns])
    sources = {name: SourceColumn(f"c{n}", "text") for n, name in enumerate(columns)}
    checks = quarantine_sql(CONTRACT, sources)
    relation = checks.typed_relation("select * from raw order by _row_number")
    good = [row[0] for row in con.execute(f"select {checks.good} from ({relation}) order by _row_number").fetchall()]
    con.execute(f"create table typed as select {checks.projection}, _row_number from ({relation})")
    ((_, query),) = repeated_key_rows(CONTRACT, "typed")
    repeats = len(con.execute(query).fetchall())
    frame = con.execute(f"select {', '.join(expectation_columns(CONTRACT))} from typed").df()
    return frame, good, repeats


def rows() -> list[dict[str, object]]:
    return [{**GOOD, "line_number": number} for number in range(1, 6)]


def test_good_rows_pass_both(recwarn: pytest.WarningsRecorder) -> None:
    frame, good, repeats = typed(rows())
    result = validate_frame(frame, CONTRACT)
    assert all(good)
    assert repeats == 0
    assert result.success
    assert result.failures == ()
    assert result.rows == 5


@pytest.mark.parametrize("case", FAULTS)
def test_each_kind_of_bad_row_fails_both(case: str) -> None:
    change, question = FAULTS[case]
    table = rows()
    table[3] = {**table[3], **change}
    frame, good, repeats = typed(table)
    result = validate_frame(frame, CONTRACT)
    (failure,) = result.failures
    assert not result.success
    assert failure.question.startswith(question)
    assert failure.unexpected_count == (2 if repeats else 1)
    assert failure.unexpected_share == pytest.approx(failure.unexpected_count / 5)
    assert repeats == (case == "duplicate_key")
    assert good == [True, True, True, bool(repeats), True]


def test_results_hold_no_values() -> None:
    frame, _, _ = typed([{**GOOD, "currency": "secret", "sku": "private"}])
    text = json.dumps(asdict(validate_frame(frame, CONTRACT)))
    assert "secret" not in text
    assert "private" not in text


def test_an_empty_table_and_a_missing_column_fail() -> None:
    frame, _, _ = typed(rows())
    assert [item.question for item in validate_frame(frame.head(0), CONTRACT).failures] == [
        "Are there at least 1 rows?"
    ]
    failures = validate_frame(frame.drop(columns="kind"), CONTRACT).failures
    assert {item.column for item in failures} == {"kind"}


def test_objects_dates_and_nullable_numbers_are_compared_too(tmp_path: Path) -> None:
    contract = mart(tmp_path)
    frame = duckdb.sql("""
        select 'a' as code, date '2024-01-01' as valid_from, 3 as customers, 0.5::decimal(18,2) as share,
            true as is_new
        union all select 'b', null, null, 1.5, null
    """).df()
    assert {item.question for item in validate_frame(frame, contract).failures} == {
        "Is every share at least 0 and at most 1?"
    }
    frame["share"] = frame["share"].astype(object)
    frame["valid_from"] = frame["valid_from"].dt.date
    result = validate_frame(frame, contract)
    assert [item.severity for item in result.failures] == ["warning"]
    assert result.success


def test_a_suite_is_built_from_the_contract_alone() -> None:
    suite = build_suite(CONTRACT)
    assert suite.name == "transactions__order_lines"
    assert len(suite.expectations) == len(validate_frame(typed(rows())[0], CONTRACT).outcomes)


def mart(folder: Path) -> Contract:
    path = folder / "shares.odcs.yaml"
    path.write_text("""
apiVersion: v3.1.0
kind: DataContract
id: shares
version: 1.0.0
status: active
schema:
  - name: shares
    description: One row per code.
    properties:
      - {name: code, description: C., logicalType: string, physicalType: varchar,
         required: true, primaryKey: true, primaryKeyPosition: 1}
      - {name: valid_from, description: D., logicalType: date, physicalType: date,
         logicalTypeOptions: {minimum: "2000-01-01"}}
      - {name: customers, description: N., logicalType: integer, physicalType: bigint,
         logicalTypeOptions: {minimum: 1}}
      - {name: share, description: S., logicalType: number, physicalType: "decimal(18,2)",
         logicalTypeOptions: {minimum: 0, maximum: 1},
         customProperties: [{property: severity, value: warning}]}
      - {name: is_new, description: B., logicalType: boolean, physicalType: boolean}
""")
    return load_contract(path)
