"""Random files of good and bad rows: exactly the bad ones are quarantined, the good values are unchanged."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

HEADER = ["order_id", "line", "amount", "sold_on", "sold_at", "is_gift", "kind", "note"]
BAD = [
    ("line", "x", "not_an_integer"),
    ("line", "", "missing_value"),
    ("line", "1.5", "not_an_integer"),
    ("amount", "nan", "not_a_number"),
    ("amount", "1.239", "too_many_decimals"),
    ("amount", "-0.01", "out_of_range"),
    ("amount", "1,5", "not_a_number"),
    ("sold_on", "29.02.2024", "not_a_date"),
    ("sold_on", "2023-02-29", "not_a_date"),
    ("sold_at", "yesterday", "not_a_timestamp"),
    ("is_gift", "perhaps", "not_a_boolean"),
    ("kind", "SALE", "not_in_list"),
    ("note", "y" * 61, "too_long"),
]
texts = st.text(alphabet=st.characters(exclude_characters="\0\r", exclude_categories=["Cs"]), min_size=1, max_size=20)
good_rows = st.fixed_dictionaries(
    {
        "amount": st.decimals(min_value=0, max_value=10**15, places=2),
        "sold_on": st.none() | st.dates(min_value=date(1000, 1, 1)),
        "sold_at": st.none() | st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2100, 1, 1)),  # noqa: DTZ001
        "is_gift": st.none() | st.booleans(),
        "kind": st.sampled_from(["sale", "refund", None]),
        "note": st.none() | texts,
    }
)


@given(rows=st.lists(st.tuples(good_rows, st.none() | st.sampled_from(BAD)), min_size=1, max_size=25))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_exactly_the_bad_rows_are_quarantined(shop: Any, rows: list[Any]) -> None:
    target = io.StringIO(newline="")
    writer = csv.writer(target)
    writer.writerow(HEADER)
    for number, (row, fault) in enumerate(rows):
        cells = {
            "order_id": f"O{number}",
            "line": "1",
            **{key: _written(value) for key, value in row.items()},
        }
        if fault:
            cells[fault[0]] = fault[1]
        writer.writerow([cells[name] for name in HEADER])
    report = shop.load(shop.write("orders.csv", target.getvalue().encode()), max_rejected_share=1)

    bad = [number for number, (_, fault) in enumerate(rows) if fault]
    assert (report.records, report.rejected) == (len(rows), len(bad))
    batch = next(b for b in shop.lake.live_batches("shop__orders") if b.batch_id == report.batch_id)
    loaded = shop.con.execute(
        f"select * exclude (sold_at), sold_at at time zone 'UTC' as sold_at "
        f"from read_parquet('{shop.lake.rows_path(batch)}') order by _row_number"
    )
    names = [item[0] for item in loaded.description]
    found = [dict(zip(names, values, strict=True)) for values in loaded.fetchall()]
    expected = [(number, row) for number, (row, fault) in enumerate(rows) if not fault]
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


def _written(value: Any) -> str:
    if isinstance(value, Decimal):
        return f"{value:f}"
    return "" if value is None else str(value)
