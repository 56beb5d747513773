"""JSON documents and paths, workbooks, several header rows, groups and drifting columns."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from data_contracts.contract import Contract
from orchestration.ingestion.file_errors import FileRejectedError

NESTED = """
apiVersion: v3.1.0
kind: DataContract
id: shop__orders
version: 1.0.0
status: active
schema:
  - name: orders
    description: Orders of an API.
    properties:
      - {name: order_id, physicalName: id, description: Order., logicalType: string, physicalType: varchar,
         required: true, primaryKey: true, primaryKeyPosition: 1}
      - {name: email, physicalName: properties.email, description: Mail., logicalType: string, physicalType: varchar}
      - {name: amount, physicalName: properties.amount, description: Amount., logicalType: number,
         physicalType: "decimal(38,10)"}
      - {name: contact, physicalName: "links.results[0].id", description: First., logicalType: string,
         physicalType: varchar}
      - {name: lines, description: Lines as JSON., logicalType: string, physicalType: varchar}
      - {name: updated_at, description: Version., logicalType: timestamp, physicalType: timestamptz}
customProperties:
  - {property: maxRejectedShare, value: 1}
  - {property: versionColumn, value: updated_at}
"""
Make = Callable[[str], Contract]


def with_rules(text: str, *rules: str) -> str:
    return text + "".join(f"  - {rule}\n" for rule in rules)


def raw(shop: Any, contract: Contract, columns: str) -> list[tuple[Any, ...]]:
    shop.lake.create_raw_view(shop.con, contract)
    return shop.con.execute(f"select {columns} from raw.shop__orders order by _batch_sequence, _row_number").fetchall()


def rejections(shop: Any) -> dict[int, tuple[int, list[tuple[str, str]]]]:
    """Record number to line and (column, reason) pairs."""
    listed = ", ".join(f"'{path}'" for path in shop.quarantine.files("shop__orders"))
    rows = shop.con.execute(f"select record_number, line, reasons from read_parquet([{listed}])").fetchall()
    return {number: (line, [(item["column"], item["reason"]) for item in reasons]) for number, line, reasons in rows}


def test_paths_reach_into_records_and_digits_survive(shop: Any, make_contract: Make) -> None:
    contract = make_contract(NESTED)
    lines = (
        '{"id": 7, "properties": {"email": "a@b.c", "amount": 100000000000.12345, "vip": true}, '
        '"links": {"results": [{"id": "c1"}, {"id": "c2"}]}, "lines": [{"sku": "x", "n": 1}]}\n'
        '{"id": 12345678901234567890123, "properties": {"amount": 12345678901234567890.1234567890}}\n'
        '{"id": "9", "properties": null, "links": {"results": []}, "extra": 1}\n'
        '{"id": "10", "properties": {"amount": 0.1}, "id": "11"}\n'
        '{"id": "12", "properties": {"amount": NaN}}\n'
    )
    report = shop.load(shop.write("orders.jsonl", lines.encode()), contract)
    assert raw(shop, contract, "order_id, email, cast(amount as varchar), contact, lines") == [
        ("7", "a@b.c", "100000000000.1234500000", "c1", '[{"sku":"x","n":1}]'),
        ("12345678901234567890123", None, "12345678901234567890.1234567890", None, None),
        ("9", None, None, None, None),
    ]
    assert rejections(shop) == {4: (4, [(None, "repeated_json_key")]), 5: (5, [("amount", "not_a_number")])}
    assert report.drift.new == ("properties.vip", "extra")


def test_a_key_said_twice_is_refused_beside_long_numbers_and_below_the_top(shop: Any, make_contract: Make) -> None:
    contract = make_contract(NESTED)
    lines = [
        '{"id": "1", "properties": {"amount": 100000000000.12345}, "id": "2"}',
        '{"id": "3", "properties": {"email": "a@b.c", "email": "d@e.f"}}',
        '{"id": "", "properties": {"amount": 100000000000.12345}}',
    ]
    shop.load(shop.write("orders.jsonl", "".join(line + "\n" for line in lines).encode()), contract)
    twice = [(None, "repeated_json_key")]
    assert {number: reasons for number, (_, reasons) in rejections(shop).items()} == {
        1: twice,
        2: twice,
        3: [("order_id", "missing_value")],
    }
    # The record is kept as it was sent, whatever was done to read its numbers.
    # What is no object that says one thing stands there as a text.
    assert [raw for _, _, raw in shop.rejected()] == [json.dumps(lines[0]), json.dumps(lines[1]), lines[2]]


def test_the_records_of_a_document_are_found_and_keep_their_lines(shop: Any, make_contract: Make) -> None:
    contract = make_contract(with_rules(NESTED, "{property: recordsPath, value: page.items}"))
    document = (
        '{"total": 3, "page": {"size": 2, "items": [\n'
        '  {"id": "1", "properties": {\n"amount": 1.10}},\n'
        "  17,\n"
        '  {"id": "", "properties": {"email": "two\\nlines"}}]}}'
    )
    report = shop.load(shop.write("orders.json", document.encode()), contract)
    assert raw(shop, contract, "order_id, cast(amount as varchar)") == [("1", "1.1000000000")]
    assert rejections(shop) == {2: (4, [(None, "not_a_json_object")]), 3: (5, [("order_id", "missing_value")])}
    assert report.records == 3


DOCUMENTS = {
    "another shape": ('{"error": "rate limit"}', "no array of records at items"),
    "a record where the array should be": ('{"items": {"id": 1}}', "no array of records at items"),
    "cut short": ('{"items": [{"id": "1"}, {"id"', "is not JSON"),
    "nested too deeply": ('{"items": [' + "[" * 100_000, "nested too deeply"),
    "no key that is required": ('{"items": [{"ident": 1}]}', "required column 'id' is missing"),
    "plain text": ("hello", "no array of records at items"),
}


@pytest.mark.parametrize("case", DOCUMENTS)
def test_a_document_that_is_not_what_it_should_be_is_refused(shop: Any, make_contract: Make, case: str) -> None:
    document, text = DOCUMENTS[case]
    contract = make_contract(with_rules(NESTED, "{property: recordsPath, value: items}"))
    with pytest.raises(FileRejectedError, match=text):
        shop.load(shop.write("orders.json", document.encode()), contract)
    assert raw(shop, contract, "*") == []


def test_a_line_of_deep_json_is_quarantined_or_read(shop: Any, make_contract: Make) -> None:
    contract = make_contract(NESTED)
    deep = '{"id": "1", "lines": ' + "[" * 5_000 + "]" * 5_000 + "}\n"
    report = shop.load(shop.write("orders.jsonl", (deep + '{"id": "2"}\n').encode()), contract)
    assert report.records == 2
    assert ("2",) in raw(shop, contract, "order_id")


def test_an_empty_array_is_a_table_without_rows(shop: Any, make_contract: Make) -> None:
    contract = make_contract(NESTED)
    report = shop.load(shop.write("orders.json", b"[]"), contract)
    assert (report.records, report.good) == (0, 0)


def workbook(path: Path, **sheets: list[list[Any]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


HEADER = ["order_id", "line", "amount", "sold_on", "sold_at", "is_gift"]


def test_a_workbook_is_read_cell_by_cell(shop: Any) -> None:
    rows = [
        HEADER,
        ["A-1", 1, 12.5, dt.date(2024, 2, 29), dt.datetime(2024, 2, 29, 14, 30), True],  # noqa: DTZ001  a cell has none
        [None, None, None, None, None, None],
        [1001, 2, 0.1 + 0.2, "2024-03-01", None, False],
        [123456789012345678, 1, 1, None, None, None],
        ["A-2", 1.5, "12,5", "03/04/2024", None, None],
        ["A-3", 1, 1, None, None, None, "beyond"],
    ]
    report = shop.load(workbook(shop.folder / "orders.xlsx", Sheet1=rows), max_rejected_share=1)
    assert shop.rows("order_id, line, cast(amount as varchar), cast(sold_on as varchar), is_gift") == [
        ("A-1", 1, "12.50", "2024-02-29", True),
        ("1001", 2, "0.30", "2024-03-01", False),
    ]
    assert report.records == 5
    assert rejections(shop) == {
        3: (5, [("order_id", "scientific_notation_id")]),
        4: (6, [("line", "not_an_integer"), ("amount", "not_a_number"), ("sold_on", "not_a_date")]),
        5: (7, [(None, "too_many_fields")]),
    }


def test_the_sheet_must_be_clear(shop: Any) -> None:
    rows = [HEADER[:3], ["A", 1, 1]]
    path = workbook(shop.folder / "orders.xlsx", notes=[["read me"]], orders=rows, empty=[])
    with pytest.raises(FileRejectedError, match="2 sheets with data: notes, orders"):
        shop.load(path)
    with pytest.raises(FileRejectedError, match="notes, orders, empty"):
        shop.load(path, sheet="order")
    assert shop.load(path, sheet="orders").good == 1


@pytest.mark.parametrize(
    "content", [b"PK\x03\x04 but no workbook", b"order_id,line\n", b"\xd0\xcf\x11\xe0" + b"\0" * 600]
)
def test_what_is_no_workbook_is_refused(shop: Any, content: bytes) -> None:
    with pytest.raises(FileRejectedError, match="cannot be read as a workbook"):
        shop.load(shop.write("orders.xlsx", content))


def test_cells_with_an_error_are_never_read_as_something(shop: Any) -> None:
    book = openpyxl.Workbook()
    book.active.append(HEADER[:3])
    book.active.append(["A", 1, "#DIV/0!"])
    book.active["C2"].data_type = "e"
    book.save(shop.folder / "orders.xlsx")
    shop.load(shop.folder / "orders.xlsx", max_rejected_share=1)
    assert shop.rows() == []
    assert rejections(shop)[1][1][0][0] == "amount"


def test_rows_below_the_first_header_row_are_skipped_even_when_they_span_lines(
    shop: Any, make_contract: Make, orders_text: str
) -> None:
    contract = make_contract(with_rules(orders_text, "{property: headerRows, value: 3}"))
    content = (
        b'order_id,line,amount\n"The order,\nplease",Which line?,How much?\n'
        b'"{""ImportId"":""id""}",{},{}\nA,1,1\n\nB,1,x\n"C\nD",1,2\nE,1\n'
    )
    report = shop.load(shop.write("orders.csv", content), contract)
    assert [row[0] for row in raw(shop, contract, "order_id")] == ["A", "C\nD"]
    assert report.records == 4
    assert rejections(shop) == {2: (7, [("amount", "not_a_number")]), 4: (10, [(None, "too_few_fields")])}


def test_what_belongs_together_is_rejected_together(shop: Any, make_contract: Make, orders_text: str) -> None:
    contract = make_contract(with_rules(orders_text, "{property: rejectTogether, value: [order_id]}"))
    content = b"order_id,line,amount\nA,1,1\nA,2,2\nB,1,1\nB,2,x\nB,3,3\nC,1,1\nC,1,2\nD,1,1\n"
    report = shop.load(shop.write("orders.csv", content), contract, max_rejected_share=1)
    assert [row[0] for row in raw(shop, contract, "order_id || line")] == ["A1", "A2", "D1"]
    together = [("order_id", "rejected_with_group")]
    assert {number: reasons for number, (_, reasons) in rejections(shop).items()} == {
        3: together,
        4: [("amount", "not_a_number")],
        5: together,
        6: together,
        7: [("order_id, line", "duplicate_key")],
    }
    assert (report.good, report.rejected) == (3, 5)


def test_a_record_that_cannot_be_read_takes_its_neighbours_orders_with_it(
    shop: Any, make_contract: Make, orders_text: str
) -> None:
    contract = make_contract(with_rules(orders_text, "{property: rejectTogether, value: [order_id]}"))
    content = b"order_id,line,amount\nA,1,1\nB,1,1\nB,2\nC,1,1\nD,1,1\n"
    shop.load(shop.write("orders.csv", content), contract, max_rejected_share=1)
    assert [row[0] for row in raw(shop, contract, "order_id")] == ["A", "D"]


def test_versions_of_a_record_may_come_together_and_copies_may_not(shop: Any, make_contract: Make) -> None:
    contract = make_contract(NESTED)
    lines = [
        {"id": "1", "updated_at": "2024-01-01T10:00:00Z"},
        {"id": "1", "updated_at": "2024-01-02T10:00:00Z"},
        {"id": "1", "updated_at": "2024-01-02T10:00:00Z"},
        {"id": "2"},
        {"id": "2"},
    ]
    text = "".join(json.dumps(line) + "\n" for line in lines)
    shop.load(shop.write("orders.jsonl", text.encode()), contract)
    assert [row[0] for row in raw(shop, contract, "order_id")] == ["1", "1", "2"]
    assert {number: reasons for number, (_, reasons) in rejections(shop).items()} == {
        3: [("order_id, updated_at", "duplicate_key")],
        5: [("order_id, updated_at", "duplicate_key")],
    }


def test_an_event_that_has_not_happened_yet_is_refused(shop: Any, make_contract: Make, orders_text: str) -> None:
    contract = make_contract(with_rules(orders_text, "{property: eventTime, value: sold_at}"))
    # The load is on 1 June 2024 at three in the morning; a day is left for zones.
    content = b"order_id,line,amount,sold_at\nA,1,1,2024-06-02 02:00:00\nB,1,1,2024-06-02 04:00:00\nC,1,1,\n"
    shop.load(shop.write("orders.csv", content), contract)
    assert {number: reasons for number, (_, reasons) in rejections(shop).items()} == {2: [("sold_at", "in_the_future")]}


def test_drift_is_told_against_the_contract_and_the_delivery_before(shop: Any) -> None:
    first = shop.load(shop.write("1.csv", b"order_id,line,amount,note,colour\nA,1,1,,red\n"))
    assert first.drift.new == ("colour",)
    assert first.drift.since_last_delivery == ()
    second = shop.load(shop.write("2.csv", b"line,order_id,amount,kind\n1,B,1,sale\n"))
    assert second.drift.since_last_delivery == (
        "new columns: kind",
        "columns gone: note, colour",
        "columns in another order",
    )
    for number, kind in enumerate(("integer", "decimal(9,2)")):
        path = shop.folder / f"{number}.parquet"
        query = f"select 'P{number}' as order_id, 1 as line, cast(1 as {kind}) as amount"
        shop.con.execute(f"copy ({query}) to '{path}' (format parquet)")
        third = shop.load(path)
    assert third.drift.changed_types == ("amount: integer -> decimal(9,2)",)


@pytest.mark.parametrize(
    ("rule", "header"),
    [("newColumns", b"order_id,line,amount,colour"), ("missingColumns", b"order_id,line,amount"),
     ("reorderedColumns", b"line,order_id,amount")],
)  # fmt: skip
def test_drift_that_the_contract_does_not_tolerate_refuses_the_file(
    shop: Any, make_contract: Make, orders_text: str, rule: str, header: bytes
) -> None:
    contract = make_contract(with_rules(orders_text, f"{{property: {rule}, value: refuse}}"))
    full = ",".join(contract.column_names)
    shop.load(shop.write("1.csv", f"{full}\nA,1,1,,,,,,,\n".encode()), contract)
    with pytest.raises(FileRejectedError, match=f"{rule}: refuse"):
        shop.load(shop.write("2.csv", header + b"\n" + b",".join([b"1"] * (header.count(b",") + 1)) + b"\n"), contract)


def test_the_line_of_a_rejected_record_is_the_one_an_editor_shows(shop: Any) -> None:
    lines = ["order_id,line,amount,note"]
    expected = {}
    for block in range(3000):
        note = '"two\nlines"' if block % 3 == 0 else "x"
        bad = block % 100 == 7
        if bad:
            expected[block + 1] = "\n".join(lines).count("\n") + 2
        lines.append(f"O{block},1,{'?' if bad else '1'},{note}")
        if block % 50 == 0:
            lines.append("")
    shop.load(shop.write("orders.csv", ("\n".join(lines) + "\n").encode()))
    assert {number: line for number, (line, _) in rejections(shop).items()} == expected
