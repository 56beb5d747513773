"""One text value after the other: read unchanged, or refused with its reason."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_contracts import sql_quoting as sql
from data_contracts.column_sql import column_sql
from data_contracts.contract import Column
from data_contracts.physical_types import parse_physical_type


def column(kind: str, **rules: Any) -> Column:
    return Column(
        name="c", description="C.", logical_type="any", type=parse_physical_type(kind), required=True, **rules
    )


def judge(con: duckdb.DuckDBPyConnection, tested: Column, values: list[str]) -> list[tuple[Any, ...]]:
    """(value as text, good, reason) of each text value."""
    part = column_sql(tested, "text", source="raw", x="x", v="v")
    return con.execute(
        f"select cast(v as varchar), {part.good}, {part.reason} from (select x, {part.value} as v from "
        f"(select place, {part.prepared} as x from "
        "(select unnest($1) as raw, generate_subscripts($1, 1) as place))"
        ")",
        [values],
    ).fetchall()


CASES = [
    ("integer", "12", "12", None),
    ("integer", " +12 ", "12", None),
    ("integer", "12.", "12", None),
    ("integer", "1e3", None, "scientific_notation"),
    ("integer", "1e30", None, "out_of_range"),
    ("integer", "12x", None, "not_an_integer"),
    ("integer", "１２", None, "not_an_integer"),
    ("integer", "NaN", None, "not_an_integer"),
    ("integer", "", None, "missing_value"),
    ("integer", "   ", None, "missing_value"),
    ("decimal(18,4)", ".5", "0.5000", None),
    ("decimal(18,4)", "-12", "-12.0000", None),
    ("decimal(18,4)", "100", "100.0000", None),
    ("decimal(18,4)", "0.00005", None, "too_many_decimals"),
    ("decimal(18,4)", "1e-30", None, "scientific_notation"),
    ("decimal(18,4)", "1_000", None, "not_a_number"),
    ("decimal(18,4)", "$5", None, "not_a_number"),
    ("decimal(18,4)", "99999999999999999", None, "out_of_range"),
    ("decimal(4,0)", "100", "100", None),
    ("decimal(4,0)", "1.5", None, "too_many_decimals"),
    ("double", "1.5e3", "1500.0", None),
    ("double", "Infinity", None, "not_a_number"),
    ("boolean", "No", "false", None),
    ("boolean", "1", "true", None),
    ("boolean", "2", None, "not_a_boolean"),
    ("date", "2024-02-29", "2024-02-29", None),
    ("date", "2024-2-9", None, "not_a_date"),
    ("date", "2024/02/09", None, "not_a_date"),
    ("date", "2024-02-29 10:00:00", None, "not_a_date"),
    ("date", "epoch", None, "not_a_date"),
    ("timestamptz", "2024-02-29T10:00:00Z", "2024-02-29 10:00:00+00", None),
    ("timestamptz", "2024-02-29 10:00:00.123456000", "2024-02-29 10:00:00.123456+00", None),
    ("timestamptz", "2024-02-29 10:00:00 Europe/Berlin", None, "not_a_timestamp"),
    ("timestamptz", "2024-02-30 10:00", None, "not_a_timestamp"),
    ("timestamptz", "infinity", None, "not_a_timestamp"),
    ("timestamp", "2024-02-29 10:00:00+02", None, "not_a_timestamp"),
    ("varchar", " kept ", " kept ", None),
    ("varchar", "", None, "missing_value"),
]


@pytest.mark.parametrize(("kind", "written", "read", "reason"), CASES)
def test_a_value_is_read_as_written_or_refused(kind: str, written: str, read: str | None, reason: str | None) -> None:
    con = duckdb.connect()
    con.execute("set TimeZone = 'UTC'")
    ((value, good, found),) = judge(con, column(kind), [written])
    assert found == reason
    assert good is (reason is None)
    if reason is None:
        assert value == read


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("1.23E+11", "scientific_notation_id"),
        ("4.9e+12", "scientific_notation_id"),
        ("1E10", None),
        ("E+5", None),
    ],
)
def test_an_identifier_that_a_spreadsheet_rounded_is_refused(written: str, reason: str | None) -> None:
    ((_, good, found),) = judge(duckdb.connect(), column("varchar", is_identifier=True), [written])
    assert (found, good) == (reason, reason is None)


@pytest.fixture(scope="module")
def shared_con() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


number_like = st.from_regex(r"\A ?[+-]?[0-9]{0,22}[.,_]?[0-9]{0,22}([eE][+-]?[0-9]{1,3})? ?\Z")
time_like = st.from_regex(r"\A[0-9]{2,4}[-/][0-9]{1,2}[-/][0-9]{1,2}([ T][0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|\+02)?)?\Z")


@given(
    kind=st.sampled_from(
        ["integer", "bigint", "decimal(18,4)", "decimal(9,0)", "double", "date", "timestamptz", "boolean"]
    ),
    values=st.lists(number_like | time_like | st.text(max_size=8), min_size=1, max_size=40),
)
@settings(max_examples=120, deadline=None)
def test_the_cheap_test_and_the_reasons_always_agree(
    shared_con: duckdb.DuckDBPyConnection, kind: str, values: list[str]
) -> None:
    values = [value.replace("\0", "") for value in values]
    for value, good, reason in judge(shared_con, column(kind, minimum=None), values):
        assert good is (reason is None)
        assert not good or value is not None


@given(
    values=st.lists(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**9), max_value=10**9))
)
@settings(max_examples=60, deadline=None)
def test_a_decimal_is_good_exactly_when_nothing_of_it_is_lost(
    shared_con: duckdb.DuckDBPyConnection, values: list[Any]
) -> None:
    found = judge(shared_con, column("decimal(18,4)"), [f"{value:f}" for value in values])
    assert [good for _, good, _ in found] == [value == round(value, 4) for value in values]


def test_names_and_texts_are_quoted() -> None:
    assert sql.identifier('a"b') == '"a""b"'
    assert sql.text("it's") == "'it''s'"
    with pytest.raises(ValueError, match="NUL"):
        sql.text("a\0b")
    with pytest.raises(ValueError, match="finite"):
        sql.number(float("nan"))
