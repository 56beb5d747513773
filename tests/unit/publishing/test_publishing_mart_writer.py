"""Marts become files that hold exactly what the warehouse has."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from orchestration.publishing.mart_writer import MartRelation, MartWriteError, write_marts

ROWS = """
create schema if not exists marts;
create or replace table marts.customers as
select
    'cust_' || lpad(i::varchar, 5, '0') as customer_id,
    (i * 1.25)::decimal(18, 2) as net_revenue_365d_amount,
    [{'feature': 'days_since_first_order', 'value': i::varchar, 'effect': i / 7}] as reasons,
    case when i % 5 > 0 then date '2025-06-30' end as as_of_date,
    i % 4 as region_number,
from range(3000) as numbers(i)
"""
CUSTOMERS = MartRelation(
    name="customers",
    schema="marts",
    sort_keys=("customer_id",),
    description="One row per customer; it's the surface for BI.",
    column_descriptions={"customer_id": "Who; stable from night to night."},
)


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute(f"{ROWS} order by random()")
        yield connection


def folder(tmp_path: Path, name: str) -> Path:
    made = tmp_path / name
    made.mkdir()
    return made


def test_both_files_hold_every_row_type_and_comment(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    entries = write_marts(con, [CUSTOMERS], tmp_path)
    assert entries["customers"].rows == 3000
    types = {column.name: column.type for column in entries["customers"].columns}
    assert types["net_revenue_365d_amount"] == "DECIMAL(18,2)"
    assert types["reasons"].endswith("[]")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["customers.parquet", "marts.duckdb"]
    query = "select net_revenue_365d_amount, reasons, as_of_date from {} where customer_id = 'cust_00007'"
    expected = (
        Decimal("8.75"), [{"feature": "days_since_first_order", "value": "7", "effect": 1.0}], date(2025, 6, 30),
    )  # fmt: skip
    assert con.execute(query.format(f"'{tmp_path}/customers.parquet'")).fetchone() == expected
    with duckdb.connect(str(tmp_path / "marts.duckdb"), read_only=True) as published:
        assert published.execute(query.format("customers")).fetchone() == expected
        described = published.execute("describe customers").fetchall()
        assert {row[0]: row[1] for row in described} == types
        comments = published.execute(
            "select comment from duckdb_tables() union all "
            "select comment from duckdb_columns() where comment is not null"
        ).fetchall()
        assert comments == [(CUSTOMERS.description,), ("Who; stable from night to night.",)]


def test_the_same_rows_in_another_order_are_the_same_bytes(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    write_marts(con, [CUSTOMERS], folder(tmp_path, "a"))
    con.execute(f"{ROWS} order by random()")
    con.execute("set threads = 1")
    write_marts(con, [CUSTOMERS], folder(tmp_path, "b"))
    assert (tmp_path / "a/customers.parquet").read_bytes() == (tmp_path / "b/customers.parquet").read_bytes()


@pytest.mark.parametrize("keys", [(), ("region_number",)])
def test_keys_with_ties_still_give_the_same_bytes(
    keys: tuple[str, ...], con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    mart = MartRelation(name="customers", schema="marts", sort_keys=keys)
    write_marts(con, [mart], folder(tmp_path, "a"))
    con.execute(f"{ROWS} order by random()")
    write_marts(con, [mart], folder(tmp_path, "b"))
    assert (tmp_path / "a/customers.parquet").read_bytes() == (tmp_path / "b/customers.parquet").read_bytes()


def test_a_read_only_connection_is_enough(tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(path)) as con:
        con.execute(ROWS)
    with duckdb.connect(str(path), read_only=True) as con:
        assert write_marts(con, [CUSTOMERS], folder(tmp_path, "out"))["customers"].rows == 3000


def test_an_empty_mart_and_a_differently_named_relation_are_published(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    con.execute("create table marts.none as select * from marts.customers limit 0")
    mart = MartRelation(name="audiences", schema="marts", relation="none", sort_keys=("customer_id",))
    assert write_marts(con, [mart], tmp_path)["audiences"].rows == 0


def test_a_type_that_parquet_would_change_is_refused(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    con.execute("create view marts.totals as select sum(region_number) as units_count from marts.customers")
    with pytest.raises(MartWriteError, match=r"'units_count'.*\n.*HUGEINT.*\n.*DOUBLE.*\n.*bigint"):
        write_marts(con, [MartRelation(name="totals", schema="marts")], tmp_path)


@pytest.mark.parametrize(
    ("mart", "message"),
    [
        (MartRelation(name="nobody", schema="marts"), "no such relation"),
        (MartRelation(name="customers", schema="marts", sort_keys=("email",)), "column 'email'"),
        (MartRelation(name="customers", schema="marts", column_descriptions={"x": "?"}), "column 'x'"),
    ],
)
def test_what_does_not_exist_is_named(
    mart: MartRelation, message: str, con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    with pytest.raises(MartWriteError, match=message):
        write_marts(con, [mart], tmp_path)


def test_an_empty_or_repeated_list_is_refused(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    with pytest.raises(MartWriteError, match="no mart"):
        write_marts(con, [], tmp_path)
    with pytest.raises(MartWriteError, match="each name once"):
        write_marts(con, [CUSTOMERS, CUSTOMERS], tmp_path)


def test_the_database_is_written_in_a_format_that_much_older_clients_read(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    write_marts(con, [CUSTOMERS], tmp_path)
    header = (tmp_path / "marts.duckdb").read_bytes()[8:20]
    # The format of DuckDB 0.10 to 1.1 (storage_version v1.0.0); later clients read it too.
    assert (header[:4], int.from_bytes(header[4:], "little")) == (b"DUCK", 64)
