"""What a scheme found is written date by date, all of it or nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

import duckdb
import pandas as pd
import pyarrow as pa
import pytest

from orchestration.assets.ml import write_found
from orchestration.found_segments.catalogue import FOUND_SCHEMES
from orchestration.found_segments.found import DateByDate, Found, segments_table
from orchestration.found_segments.inference import customers_table

NEEDS = FOUND_SCHEMES["needs"]
DATES = [dt.date(2026, month, 28) for month in (1, 2, 3)]
CUSTOMERS = f"ml.{NEEDS.customers_table}"


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as warehouse:
        yield warehouse


def rows(code: str, date: dt.date, *, count: int = 2) -> pa.Table:
    customers = [f"c{number}" for number in range(count)]
    return customers_table(pd.Series(code, index=customers), pd.Series(1.0, index=customers), None, date=date)


def found(customers: Iterable[pa.Table], *, code: str = "n01") -> Found:
    segments = pd.DataFrame({"segment_code": [code], "name": [code], "description": [code]})
    return Found(
        customers=customers, segments=segments_table(segments, rule="drawn"), parameters=None, status="pass", detail=""
    )


def codes(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str, int]]:
    return connection.execute(
        f"""
        select segments.segment_code, customers.segment_code, count(*)
        from ml.{NEEDS.segments_table} as segments, {CUSTOMERS} as customers
        group by all
        """
    ).fetchall()


def test_a_date_is_read_when_those_before_it_are_written_and_all_are_counted(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    written_before = []

    def on(date: dt.date) -> pa.Table:
        ((count,),) = connection.execute(f"select count(*) from {CUSTOMERS}").fetchall()
        written_before.append((date, count))
        return rows("n01", date)

    assert write_found(connection, NEEDS, found(DateByDate(dates=DATES, on=on))) == 6
    assert written_before == list(zip(DATES, (0, 2, 4), strict=True))
    assert codes(connection) == [("n01", "n01", 6)]


def test_memory_holds_one_date(connection: duckdb.DuckDBPyConnection) -> None:
    held = []

    def on(date: dt.date) -> pa.Table:
        held.append(pa.total_allocated_bytes())
        return rows("n01", date, count=20_000)

    write_found(connection, NEEDS, found(DateByDate(dates=DATES * 4, on=on)))
    assert max(held) - held[0] < 2 * rows("n01", DATES[0], count=20_000).nbytes


def test_the_night_after_replaces_what_was_found(connection: duckdb.DuckDBPyConnection) -> None:
    write_found(connection, NEEDS, found([rows("n01", date) for date in DATES]))
    write_found(connection, NEEDS, found([rows("n02", DATES[0], count=5)], code="n02"))
    assert codes(connection) == [("n02", "n02", 5)]


def test_nobody_in_a_segment_leaves_a_table_of_the_same_columns(connection: duckdb.DuckDBPyConnection) -> None:
    write_found(connection, NEEDS, found([rows("n01", DATES[0])]))
    columns = connection.execute(f"describe {CUSTOMERS}").fetchall()
    assert write_found(connection, NEEDS, found([])) == 0
    assert connection.execute(f"describe {CUSTOMERS}").fetchall() == columns
    assert connection.execute(f"from {CUSTOMERS}").fetchall() == []


def test_a_date_that_cannot_be_read_leaves_both_tables_as_they_were(connection: duckdb.DuckDBPyConnection) -> None:
    write_found(connection, NEEDS, found([rows("n01", date) for date in DATES]))

    def on(date: dt.date) -> pa.Table:
        return rows("n02", date) if date < DATES[-1] else connection.execute("from gone").to_arrow_table()

    with pytest.raises(duckdb.CatalogException, match="gone"):
        write_found(connection, NEEDS, found(DateByDate(dates=DATES, on=on), code="n02"))
    assert codes(connection) == [("n01", "n01", 6)]
    assert write_found(connection, NEEDS, found([rows("n02", DATES[0])], code="n02")) == 2


def test_dates_can_be_asked_for_again() -> None:
    tables = DateByDate(dates=DATES, on=lambda date: rows("n01", date))
    assert list(tables) == list(tables)
    assert [table["as_of_date"][0].as_py() for table in tables] == DATES
