"""Macros that are plain SQL expressions, asked for many texts at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import duckdb
import pytest

from orchestration.repository import DBT_PROJECT
from scripts.dbt_macros import macros

MACROS = macros("contact_keys", "company_names", "folded", "e164", "full_names", "postal_addresses")


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    """A database with the seed `countries`, empty fields as null as dbt loads them."""
    with duckdb.connect() as connection:
        connection.execute(
            "create table countries as from read_csv($1, nullstr = '', types = {'calling_code': 'varchar', "
            "'trunk_prefix': 'varchar'})",
            [str(DBT_PROJECT / "seeds" / "countries.csv")],
        )
        yield connection


@pytest.fixture(scope="module")
def each(con: duckdb.DuckDBPyConnection) -> Callable[[str, list[str | None]], list[Any]]:
    """What a macro of one argument makes of each text."""

    def values(macro: str, texts: list[str | None]) -> list[Any]:
        expression = getattr(MACROS, macro)("written")
        rows = con.execute(
            f"select {expression} from "
            "(select unnest($1::varchar[]) as written, generate_subscripts($1, 1) as place) order by place",
            [texts],
        ).fetchall()
        return [value for (value,) in rows]

    return values


@pytest.fixture(scope="module")
def numbers(con: duckdb.DuckDBPyConnection) -> Callable[[list[tuple[str | None, str]]], list[str | None]]:
    """The E.164 number of each pair of a country code and what was written."""
    expression = MACROS.e164("written", "country")

    def values(pairs: list[tuple[str | None, str]]) -> list[str | None]:
        rows = con.execute(
            f"select {expression} from "
            "(select unnest($1::varchar[]) as country_code, unnest($2::varchar[]) as written, "
            "generate_subscripts($1, 1) as place) as phones "
            "left join countries as country on phones.country_code = country.country_code order by place",
            [[code for code, _ in pairs], [written for _, written in pairs]],
        ).fetchall()
        return [value for (value,) in rows]

    return values
