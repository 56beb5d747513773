"""What arrives in landing folders: every file is refused with a clear text or reconciled to the row."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.ingestion.file_errors import FileRejectedError, RejectedShareError

HEAD = b"order_id,line,amount\n"
FULL = b"order_id,line,amount,sold_on,sold_at,weight,is_gift,kind,currency,note\n"
GOOD = b"A,1,1.50\nB,1,2\nC,1,3.25\n"

REFUSED = {
    "missing column": (b"order_id,line\nA,1\n", {}, "required column 'amount' is missing"),
    "wrong letter case": (
        b"order_id,LINE,amount\nA,1,1\n",
        {},
        "'line' is missing (line: only the letter case",
    ),
    "no bytes": (b"", {}, "the file is empty"),
    "only blank lines": (b"\n\n \n", {}, "the file is empty"),
    "header only": (HEAD, {}, "0 records"),
    "web page": (b"<!DOCTYPE html><html><body>Login</body></html>", {}, "a web page"),
    "workbook": (b"PK\x03\x04rest", {}, "an Excel workbook"),
    "wrong delimiter": (HEAD.replace(b",", b";") + b"A;1;1\n", {}, 'declare delimiter: ";"'),
    "undeclared tab": (HEAD.replace(b",", b"\t") + b"A\t1\t1\n", {}, 'declare delimiter: "\\t"'),
    "duplicate header": (b"order_id,line,amount,Amount\nA,1,1,2\n", {}, "'amount' occurs more than once"),
    "NUL": (HEAD + b"A,1,1\nB\0,1,1\n", {}, "line 3 holds a NUL"),
    "undeclared cp1252": (FULL + "Aé".encode("cp1252") + b",1,1,,,,,,,\n", {}, "byte 0xE9 on line 2"),
    "undeclared utf-16": ((HEAD + GOOD).decode().encode("utf-16"), {}, "probably encoding: utf-16"),
    "utf-16 without mark": ((HEAD + GOOD * 9).decode().encode("utf-16-le"), {}, "NUL bytes, as in UTF-16"),
    "wrongly declared utf-16": (HEAD + b"odd", {"encoding": "utf-16"}, "not utf-16"),
    "unclosed quote": (HEAD + GOOD + b'D,1,"4\nE,1,5\n', {}, "line 5 opens a quote that is never closed"),
    "unclosed quote in header": (b'order_id,"line,amount\nA,1,1\n', {}, "no readable header"),
    "a cell of 10 MB": (HEAD + b'A,1,"' + b"x" * 10_000_000 + b'"\n', {}, "line 2 opens a quote that is never closed"),
    "a line of 10 MB": (HEAD + b"A,1," + b"1" * 10_000_000 + b"\n", {}, "line 2 does not end"),
    "a zip bomb's shape": (gzip.compress(b"\0" * 1_000_000), {}, "NUL bytes"),
    "an XML error page": (b"<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>", {}, "a web page or XML"),
    "a JSON error instead of CSV": (b'{"error": "rate limited"}\n', {}, "required column"),
    "an old workbook named csv": (b"\xd0\xcf\x11\xe0" + b"\0" * 100, {}, "an old Excel workbook"),
    "a Parquet file named csv": (b"PAR1" + b"\0" * 100, {}, "a Parquet file"),
    "old Mac line ends": (b"order_id,line,amount\rA,1,1\r", {}, "no readable header"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_csv_file_is_refused_with_a_text_that_says_why(shop: Any, case: str) -> None:
    content, options, text = REFUSED[case]
    with pytest.raises(FileRejectedError) as refused:
        shop.load(shop.write("orders.csv", content), **options)
    assert text in str(refused.value)
    assert "to do:" in str(refused.value)
    assert "orders.csv" in str(refused.value)
    assert shop.rows() == []
    assert list((shop.lake.root / ".tmp").glob("*")) == []


QUARANTINED = {
    "ragged short": (HEAD + GOOD + b"D,1\n", {4: [(None, "too_few_fields")]}),
    "ragged long": (HEAD + b"D,1,1,9\n" + GOOD, {1: [(None, "too_many_fields")]}),
    "text after a closing quote": (HEAD + GOOD + b'"D"x,1,1\n', {4: [(None, "invalid_quoting")]}),
    "quote closed by a neighbour": (
        HEAD + b'A,1,"1\nB,1,2\n"C",1,3\nD,1,4\n',
        {1: [(None, "unclosed_quote")]},
    ),
    "stray carriage return": (HEAD + GOOD + b"D\rE,1,1\n", {4: [(None, "stray_carriage_return")]}),
    "missing key": (HEAD + GOOD + b",1,1\n", {4: [("order_id", "missing_value")]}),
    "several faults": (
        HEAD + GOOD + b",x,-1\n",
        {4: [("order_id", "missing_value"), ("line", "not_an_integer"), ("amount", "out_of_range")]},
    ),
    "scientific id": (HEAD + GOOD + b"1.23E+11,1,1\n", {4: [("order_id", "scientific_notation_id")]}),
    "fraction as line": (HEAD + GOOD + b"D,1.5,1\n", {4: [("line", "not_an_integer")]}),
    "hexadecimal line": (HEAD + GOOD + b"D,0x1F,1\n", {4: [("line", "not_an_integer")]}),
    "underscored line": (HEAD + GOOD + b"D,1_000,1\n", {4: [("line", "not_an_integer")]}),
    "line too large": (HEAD + GOOD + b"D,3000000000,1\n", {4: [("line", "out_of_range")]}),
    "nan, inf and 1e308": (
        HEAD + GOOD + b"D,1,nan\nE,1,inf\nF,1,1e308\n",
        {4: [("amount", "not_a_number")], 5: [("amount", "not_a_number")], 6: [("amount", "out_of_range")]},
    ),
    "scientific amount": (HEAD + GOOD + b"D,1,1e2\n", {4: [("amount", "scientific_notation")]}),
    "third decimal": (HEAD + GOOD + b"D,1,1.234\n", {4: [("amount", "too_many_decimals")]}),
    "decimal far behind": (
        HEAD + GOOD + b"D,1,1.0000000000000000000000000000000000000000001\n",
        {4: [("amount", "too_many_decimals")]},
    ),
    "thousands comma": (HEAD + GOOD + b'D,1,"1,234.50"\n', {4: [("amount", "not_a_number")]}),
    "duplicate key": (
        HEAD + GOOD + b"A,1,9\nA,2,9\nA,1,8\n",
        {4: [("order_id, line", "duplicate_key")], 6: [("order_id, line", "duplicate_key")]},
    ),
    "repeat of a bad row is no repeat": (HEAD + b"A,1,x\nA,1,1\n", {1: [("amount", "not_a_number")]}),
    "American dates": (
        FULL
        + b"A,1,1,,,,,,,\nB,1,1,03/04/24,,,,,,\nC,1,1,,3/4/2024 10:00,,,,,\n"
        + b",,,,,,,,,\nD,1,1,,,,,,,\nE,1,1,,,,,,,\n",
        {
            2: [("sold_on", "not_a_date")],
            3: [("sold_at", "not_a_timestamp")],
            4: [("order_id", "missing_value"), ("line", "missing_value"), ("amount", "missing_value")],
        },
    ),
    "29 February 2023": (
        FULL + b"A,1,1,2024-02-29,,,,,,\nB,1,1,2023-02-29,,,,,,\n",
        {2: [("sold_on", "not_a_date")]},
    ),
    "the years 0001, 9999 and 10000": (
        FULL + b"A,1,1,0001-01-01,,,,,,\nB,1,1,9999-12-31,,,,,,\nC,1,1,10000-01-01,,,,,,\nD,1,1,-0044-03-15,,,,,,\n",
        {4: [("sold_on", "not_a_date")]},
    ),
    "Excel's formula and error words in an amount": (
        HEAD + GOOD + b"D,1,=1+1\nE,1,#REF!\nF,1,-\n",
        {n: [("amount", "not_a_number")] for n in (4, 5, 6)},
    ),
    "digits of another alphabet": (HEAD + GOOD + "D,1,\u0661\u0662\n".encode(), {4: [("amount", "not_a_number")]}),
    "a negative amount": (HEAD + GOOD + b"D,1,-0.01\n", {4: [("amount", "out_of_range")]}),
    "an id that is too long": (HEAD + GOOD + b"D" * 21 + b",1,1\n", {4: [("order_id", "too_long")]}),
    "infinite date and impossible time": (
        FULL + b"A,1,1,infinity,,,,,,\nB,1,1,,2024-01-01 25:00:00,,,,,\nC,1,1,,,,,,,\nD,1,1,,,,,,,\n",
        {1: [("sold_on", "not_a_date")], 2: [("sold_at", "not_a_timestamp")]},
    ),
    "nanoseconds": (
        FULL + b"A,1,1,,2024-01-01 10:00:00.1234567,,,,,\nB,1,1,,,,,,,\n",
        {1: [("sold_at", "too_many_decimals")]},
    ),
    "weight nan and 1e400": (
        FULL + b"A,1,1,,,nan,,,,\nB,1,1,,,1e400,,,,\nC,1,1,,,1e-5,,,,\nD,1,1,,,,,,,\n",
        {1: [("weight", "not_a_number")], 2: [("weight", "out_of_range")]},
    ),
    "not a boolean, list, form, length": (
        FULL
        + b"A,1,1,,,,maybe,,,\nB,1,1,,,,Yes,gift,,\nC,1,1,,,,,,eur,\n"
        + b"D,1,1,,,,,,,"
        + b"x" * 61
        + b"\n"
        + b"E,1,1,,,,,,,\nF,1,1,,,,,,,\nG,1,1,,,,,,,\nH,1,1,,,,,,,\n",
        {
            1: [("is_gift", "not_a_boolean")],
            2: [("kind", "not_in_list")],
            3: [("currency", "pattern_mismatch")],
            4: [("note", "too_long")],
        },
    ),
}


@pytest.mark.parametrize("case", QUARANTINED)
def test_bad_records_are_quarantined_with_exact_reasons_and_the_rest_is_loaded(shop: Any, case: str) -> None:
    content, expected = QUARANTINED[case]
    report = shop.load(shop.write("orders.csv", content))
    found = {number: reasons for number, reasons, _ in shop.rejected()}
    assert found == expected
    assert report.rejected == len(expected)
    assert report.records == report.good + report.rejected
    numbers = {row[0] for row in shop.rows("_row_number")}
    assert numbers == set(range(1, report.records + 1)) - set(expected)
    assert sum(report.reasons.values()) == sum(len(reasons) for reasons in expected.values())


ACCEPTED = {
    "byte order mark": (b"\xef\xbb\xbf" + HEAD + GOOD, {}, 3),
    "mixed line ends": (HEAD + b"A,1,1\r\nB,1,2\nC,1,3\r\n", {}, 3),
    "no last line end": (HEAD + b"A,1,1\r\nB,1,2", {}, 2),
    "blank lines": (HEAD + b"\nA,1,1\n\n\nB,1,2\n\n", {}, 2),
    "reordered": (b"amount,order_id,line\n1,A,1\n", {}, 1),
    "quoted header": (b'"order_id","line","amount"\n"A","1","1"\n', {}, 1),
    "declared semicolon": (HEAD.replace(b",", b";") + b"A;1;1.5\n", {"delimiter": ";"}, 1),
    "declared utf-16": ((HEAD + GOOD).decode().encode("utf-16"), {"encoding": "utf-16"}, 3),
    "packed": (gzip.compress(HEAD + GOOD), {}, 3),
    "blanks around numbers": (HEAD + b"A, 1 , 1.50 \n", {}, 1),
    "whole number written as a float": (HEAD + b"A,1.0,1\n", {}, 1),
    "closing zeros": (HEAD + b"A,1,1.50000\n", {}, 1),
    "backslash and hash": (HEAD + b"#A\\,1,1\n\\N,1,2\n", {}, 2),
}


@pytest.mark.parametrize("case", ACCEPTED)
def test_a_file_that_is_only_unusual_loads_whole(shop: Any, case: str) -> None:
    content, options, records = ACCEPTED[case]
    report = shop.load(shop.write("orders.csv", content), **options)
    assert (report.records, report.good, report.rejected) == (records, records, 0)
    assert shop.rejected() == []


def test_texts_are_kept_as_they_are(shop: Any) -> None:
    notes = [
        "=1+1",
        "@SUM(A1)",
        "  spaced  ",
        'a "quoted" word',
        "two\nlines",
        "two\r\nlines",
        'inch 5" pipe',
        "é漢",
    ]
    lines = [f'{number},1,1,,,,,,,"{note.replace(chr(34), chr(34) * 2)}"' for number, note in enumerate(notes)]
    shop.load(shop.write("orders.csv", FULL + ("\n".join(lines) + "\n").encode()))
    assert [row[0] for row in shop.rows("note")] == notes


def test_a_quote_inside_an_unquoted_field_is_text(shop: Any) -> None:
    shop.load(shop.write("orders.csv", FULL + b'A,1,1,,,,,,,5" pipe\nB,1,1,,,,,,,"x, y"\n'))
    assert shop.rows("note") == [('5" pipe',), ("x, y",)]


def test_a_declared_cp1252_file_keeps_its_letters(shop: Any) -> None:
    content = FULL + "A,1,1,,,,,,,Café €\n".encode("cp1252")
    shop.load(shop.write("orders.csv", content), encoding="cp1252")
    assert shop.rows("note") == [("Café €",)]


def test_a_truncated_gzip_file_is_refused(shop: Any) -> None:
    packed = gzip.compress(HEAD + b"".join(b"A%d,1,1\n" % number for number in range(5000)))
    with pytest.raises(FileRejectedError, match="damaged or cut short"):
        shop.load(shop.write("orders.csv.gz", packed[: len(packed) // 2]))
    assert shop.rows() == []


def test_thirty_percent_bad_rows_touch_the_quarantine_and_not_the_lake(shop: Any) -> None:
    content = HEAD + b"".join(b"A%d,1,%s\n" % (n, b"x" if n % 10 < 3 else b"1") for n in range(100))
    with pytest.raises(RejectedShareError) as refused:
        shop.load(shop.write("orders.csv", content), max_rejected_share=0.05)
    text = str(refused.value)
    assert "30.0% of its rows are bad (30 of 100)" in text
    assert "at most 5.0%" in text
    assert "not_a_number in amount: 30" in text
    assert "tessera quarantine list --contract shop__orders" in text
    assert refused.value.exit_code == 1
    assert len(shop.rejected()) == 30
    assert shop.lake.batches("shop__orders") == []


def test_the_raw_record_is_kept_with_its_original_values(shop: Any) -> None:
    shop.load(
        shop.write("orders.csv", b"order_id,line,amount,colour\nA,1,1,red\nB,1, x,\nC,1\n"),
        max_rejected_share=1,
    )
    (_, _, first), (_, _, second) = shop.rejected()
    assert first == '{"order_id":"B","line":"1","amount":" x","colour":null}'
    assert second == '"C,1"'


def test_new_and_missing_columns_are_reported(shop: Any) -> None:
    report = shop.load(shop.write("orders.csv", b"order_id,line,amount,colour,\nA,1,1,red,\n"))
    assert report.drift.new == ("colour", "unnamed_5")
    assert "sold_on" in report.drift.missing
    assert shop.rows("sold_on, note") == [(None, None)]


def test_times_without_an_offset_are_read_in_the_declared_zone_and_others_as_written(shop: Any) -> None:
    content = FULL + (
        b"A,1,1,,2024-07-01 12:00:00,,,,,\nB,1,1,,2024-07-01T12:00:00Z,,,,,\n"
        b"C,1,1,,2024-07-01 12:00:00+05:30,,,,,\nD,1,1,,2024-07-01,,,,,\n"
    )
    shop.load(shop.write("orders.csv", content), time_zone="Europe/Berlin")
    assert [row[0] for row in shop.rows("strftime(sold_at at time zone 'UTC', '%d %H:%M')")] == [
        "01 10:00",
        "01 12:00",
        "01 06:30",
        "30 22:00",
    ]


PARQUET = {
    "text where a number belongs": (
        "select 'A' as order_id, 1 as line, 'x' as amount",
        {1: [("amount", "not_a_number")]},
    ),
    "float line": (
        "select 'A' as order_id, 1.5::double as line, 1 as amount",
        {1: [("line", "not_an_integer")]},
    ),
    "nan": ("select 'A' as order_id, 1 as line, 'nan'::double as amount", {1: [("amount", "not_a_number")]}),
    "third decimal": (
        "select 'A' as order_id, 1 as line, 1.234::double as amount",
        {1: [("amount", "too_many_decimals")]},
    ),
    "too large": (
        "select 'A' as order_id, 1 as line, 1e30::double as amount",
        {1: [("amount", "out_of_range")]},
    ),
    "wide decimal": (
        "select 'A' as order_id, 1 as line, 1.234::decimal(9,3) as amount",
        {1: [("amount", "too_many_decimals")]},
    ),
    "time of day in a date": (
        "select 'A' as order_id, 1 as line, 1 as amount, timestamp '2024-01-01 10:00' as sold_on",
        {1: [("sold_on", "not_a_date")]},
    ),
}


@pytest.mark.parametrize("case", PARQUET)
def test_native_values_that_would_change_are_quarantined(shop: Any, case: str) -> None:
    query, expected = PARQUET[case]
    path = shop.folder / "orders.parquet"
    shop.con.execute(f"copy ({query}) to '{path}' (format parquet)")
    shop.load(path, max_rejected_share=1)
    assert {number: reasons for number, reasons, _ in shop.rejected()} == expected


def test_native_values_that_stay_the_same_are_loaded(shop: Any) -> None:
    path = shop.folder / "orders.parquet"
    shop.con.execute(f"""copy (
        select 123456789012::double as order_id, 2::double as line, (0.1 + 0.2)::double as amount,
            timestamp '2024-01-01 00:00' as sold_on, date '2024-01-02' as sold_at, 1 as is_gift
        union all select 7, 1, 4.440892e-16, null, null, 0
    ) to '{path}' (format parquet)""")
    report = shop.load(path)
    assert report.rejected == 0
    assert shop.rows("order_id, line, cast(amount as varchar), cast(sold_on as varchar), is_gift") == [
        ("123456789012", 2, "0.30", "2024-01-01", True),
        ("7", 1, "0.00", None, False),
    ]


def _parquet(con: duckdb.DuckDBPyConnection, path: Path, query: str) -> bytes:
    con.execute(f"copy ({query}) to '{path}' (format parquet)")
    return path.read_bytes()


def test_a_truncated_or_scribbled_parquet_file_is_refused(shop: Any) -> None:
    path = shop.folder / "orders.parquet"
    whole = _parquet(shop.con, path, "select 'A' || range as order_id, 1 as line, 1 as amount from range(20000)")
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(FileRejectedError, match="damaged or cut short"):
        shop.load(path)
    path.write_bytes(whole[:4] + b"\xff" * 3000 + whole[3004:])
    with pytest.raises(FileRejectedError, match="damaged or cut short"):
        shop.load(path)
    assert shop.rows() == []


def test_a_parquet_column_of_an_unreadable_type_refuses_the_file(shop: Any) -> None:
    path = shop.folder / "orders.parquet"
    _parquet(shop.con, path, "select 'A' as order_id, 1 as line, [1, 2] as amount")
    with pytest.raises(FileRejectedError, match=r"column 'amount' has another type(.|\n)*integer\[\]"):
        shop.load(path)


def test_json_lines_keep_their_numbers_and_bad_ones_are_quarantined(shop: Any) -> None:
    content = (
        b'{"order_id":"A","line":1,"amount":1.10,"note":"two\\nlines"}\n\n{"order_id":"B","line":1\n'
        b'[1]\r\n{"order_id":12345678901234567890,"line":1,"amount":"2","colour":"red"}\n'
        b'{"order_id":"D","line":null,"amount":2}\n'
    )
    report = shop.load(shop.write("orders.jsonl", content), max_rejected_share=1)
    assert (report.records, report.good, report.drift.new) == (5, 2, ("colour",))
    assert [(number, reasons) for number, reasons, _ in shop.rejected()] == [
        (2, [(None, "invalid_json")]),
        (3, [(None, "not_a_json_object")]),
        (5, [("line", "missing_value")]),
    ]
    assert shop.rows("order_id, cast(amount as varchar), note, _row_number") == [
        ("A", "1.10", "two\nlines", 1),
        ("12345678901234567890", "2.00", None, 4),
    ]


def test_json_lines_without_a_required_field_anywhere_are_refused(shop: Any) -> None:
    with pytest.raises(FileRejectedError, match="required column 'amount' is missing"):
        shop.load(shop.write("orders.jsonl", b'{"order_id":"A","line":1}\n'))


def test_a_file_that_is_not_there_and_an_unknown_format_are_named(shop: Any) -> None:
    with pytest.raises(FileRejectedError, match="there is no such file"):
        shop.load(shop.folder / "nothing.csv")
    with pytest.raises(FileRejectedError, match="its format is not known"):
        shop.load(shop.write("orders.xml", b"x"))
    with pytest.raises(FileRejectedError, match="IANA zone"):
        shop.load(shop.write("orders.csv", HEAD + GOOD), time_zone="Mars/Base")
