"""Random files of good and bad rows: exactly the bad ones are quarantined, the good values are unchanged."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

HEADER = ["order_id", "line", "amount", "sold_on", "sold_at", "is_gift", "kind", "note"]
TEXTS = ("order_id", "kind", "note")
# Column, text and reason of faults that are faults in every notation.
BAD = [
    ("line", "x", "not_an_integer"),
    ("line", "", "missing_value"),
    ("amount", "nan", "not_a_number"),
    ("sold_on", "tomorrow", "not_a_date"),
    ("sold_at", "yesterday", "not_a_timestamp"),
    ("is_gift", "perhaps", "not_a_boolean"),
    ("kind", "SALE", "not_in_list"),
    ("note", "y" * 61, "too_long"),
]
PLAIN = [
    ("line", "1.5", "not_an_integer"),
    ("amount", "1.239", "too_many_decimals"),
    ("amount", "-0.01", "out_of_range"),
    ("amount", "1,5", "not_a_number"),
    ("sold_on", "29.02.2024", "not_a_date"),
    ("sold_on", "2023-02-29", "not_a_date"),
]
GERMAN = [
    ("line", "1,5", "not_an_integer"),
    ("amount", "1,239", "too_many_decimals"),
    ("amount", "-0,01", "out_of_range"),
    ("amount", "1.5", "not_a_number"),
    ("amount", "12.34.567,00", "not_a_number"),
    ("sold_on", "2024-02-28", "not_a_date"),
    ("sold_on", "29.02.2023", "not_a_date"),
    ("sold_at", "2024-02-28 10:00:00", "not_a_timestamp"),
]


def as_plain_text(value: Any) -> str:
    if isinstance(value, Decimal):
        return f"{value:f}"
    return "" if value is None else str(value)


def as_german_text(value: Any) -> str:
    if isinstance(value, Decimal):
        return f"{value:,f}".translate(str.maketrans(",.", ".,"))
    if isinstance(value, datetime):
        return f"{value:%d.%m.}{value.year:04} {value:%H:%M:%S}"
    return f"{value:%d.%m.}{value.year:04}" if isinstance(value, date) else as_plain_text(value)


def as_csv(rows: list[dict[str, str]], delimiter: str) -> str:
    target = io.StringIO(newline="")
    writer = csv.writer(target, delimiter=delimiter)
    writer.writerow(HEADER)
    writer.writerows([row[name] for name in HEADER] for row in rows)
    return target.getvalue()


def as_json_lines(rows: list[dict[str, str]], _: str) -> str:
    """Every value as text; an empty one left out."""
    filled = [{name: value for name, value in row.items() if value or name == "line"} for row in rows]
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in filled)


@dataclass(frozen=True)
class Shape:
    """A way to write files, and the faults that a value can have in it."""

    suffix: str
    written: Callable[[list[dict[str, str]], str], str]
    text_of: Callable[[Any], str]
    bad: list[tuple[str, str, str]]
    options: dict[str, str] = field(default_factory=dict)


SHAPES = {
    "CSV": Shape("csv", as_csv, as_plain_text, BAD + PLAIN),
    "German CSV": Shape(
        "csv",
        as_csv,
        as_german_text,
        BAD + GERMAN,
        {
            "delimiter": ";",
            "decimal": ",",
            "thousands": ".",
            "date_format": "dd.MM.yyyy",
            "timestamp_format": "dd.MM.yyyy HH:mm:ss",
        },
    ),
    "JSON lines": Shape("jsonl", as_json_lines, as_plain_text, BAD + PLAIN),
}
texts = st.text(alphabet=st.characters(exclude_characters="\0\r", exclude_categories=["Cs"]), min_size=1, max_size=20)
moments = st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2100, 1, 1))  # noqa: DTZ001
good_rows = st.fixed_dictionaries(
    {
        "amount": st.decimals(min_value=0, max_value=10**15, places=2),
        "sold_on": st.none() | st.dates(min_value=date(1000, 1, 1)),
        "sold_at": st.none() | moments.map(lambda moment: moment.replace(microsecond=0)) | moments,
        "is_gift": st.none() | st.booleans(),
        "kind": st.sampled_from(["sale", "refund", None]),
        "note": st.none() | texts,
    }
)
blanks = st.tuples(st.sampled_from(["", "", " ", "  "]), st.sampled_from(["", "", " "]))


@pytest.mark.parametrize("name", SHAPES)
@given(data=st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_exactly_the_bad_rows_are_quarantined(shop: Any, name: str, data: st.DataObject) -> None:
    shape = SHAPES[name]
    drawn = st.tuples(good_rows, st.none() | st.sampled_from(shape.bad), blanks)
    rows = data.draw(st.lists(drawn, min_size=1, max_size=25))
    if "timestamp_format" in shape.options:
        rows = [({**row, "sold_at": whole_second(row["sold_at"])}, fault, around) for row, fault, around in rows]
    cells = []
    for number, (row, fault, (before, after)) in enumerate(rows):
        texts_of_row = {"order_id": f"O{number}", "line": "1", **{key: shape.text_of(row[key]) for key in row}}
        if fault:
            texts_of_row[fault[0]] = fault[1]
        # Blanks around anything but a text are no part of it.
        cells.append(
            {key: value if key in TEXTS or not value else before + value + after for key, value in texts_of_row.items()}
        )
    content = shape.written(cells, shape.options.get("delimiter", ","))
    path = shop.write(f"orders.{shape.suffix}", content.encode())
    report = shop.load(path, max_rejected_share=1, **shape.options)

    bad = [number for number, (_, fault, _) in enumerate(rows) if fault]
    assert (report.records, report.rejected) == (len(rows), len(bad))
    batch = next(b for b in shop.lake.live_batches("shop__orders") if b.batch_id == report.batch_id)
    loaded = shop.con.execute(
        f"select * exclude (sold_at), sold_at at time zone 'UTC' as sold_at "
        f"from read_parquet('{shop.lake.rows_path(batch)}') order by _row_number"
    )
    names = [item[0] for item in loaded.description]
    found = [dict(zip(names, values, strict=True)) for values in loaded.fetchall()]
    expected = [(number, row) for number, (row, fault, _) in enumerate(rows) if not fault]
    assert [item["_row_number"] for item in found] == [number + 1 for number, _ in expected]
    for item, (number, row) in zip(found, expected, strict=True):
        assert item["order_id"] == f"O{number}"
        assert {key: item[key] for key in row} == row
    if bad:
        file = shop.quarantine.path("shop__orders", report.batch_id)
        kept = shop.con.execute(f"select record_number, reasons from read_parquet('{file}') order by 1").fetchall()
        assert [
            (number - 1, [(reason["column"], reason["value"], reason["reason"]) for reason in reasons])
            for number, reasons in kept
        ] == [(number, [(rows[number][1][0], rows[number][1][1] or None, rows[number][1][2])]) for number in bad]


def whole_second(moment: datetime | None) -> datetime | None:
    return moment and moment.replace(microsecond=0)


@pytest.mark.parametrize("around", [(" ", ""), ("", " "), ("  ", "  ")])
def test_blanks_around_a_day_in_a_column_of_times_are_no_part_of_it(shop: Any, around: tuple[str, str]) -> None:
    path = shop.write("orders.csv", "order_id,line,amount,sold_at\nA,1,1,{}2024-01-05{}\n".format(*around).encode())
    assert shop.load(path).rejected == 0
    assert shop.rows("sold_at at time zone 'UTC'") == [(datetime(2024, 1, 5),)]  # noqa: DTZ001
