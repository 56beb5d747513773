"""Every value of a table arrives unchanged, or is quarantined by name."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestration.extraction import postgres as module
from orchestration.ingestion.file_errors import ReconciliationError
from tests.support.extraction import COLUMNS, Shop, open_shop
from tests.support.postgres_server import Postgres


def entry(**more: Any) -> dict[str, Any]:
    return {"postgres": {"connection": "SHOP_DSN", "table": "shop.orders", "cursor": "updated_at", **more}}


def ids(shop: Shop) -> list[str]:
    return [order for (order,) in shop.newest("order_id")]


def test_every_value_arrives_unchanged(postgres: Postgres, shop: Shop) -> None:
    texts = [
        '"quoted", and, commas',
        "two\nlines\r\nand a return\r",
        "  blanks  ",
        "\\.",
        "ünïcödé 😀\u2028",
        "'",
        "NULL",
    ]
    rows = [
        ("digits", 1, Decimal("1234567890123456789012345678.0123456789"), 0.1 + 0.2, True, "2024-02-29",
         "2024-03-31 02:30:00.123456+02", texts[0], '{"a": [1, "x\\ny"], "b": null}', ["a,b", 'c"d', None]),
        *[("text", n, Decimal("-0.0000000001"), 1e-300, False, "0001-01-01", "1970-01-01+00", text, None, [])
          for n, text in enumerate(texts)],
        ("long", 1, None, None, None, None, None, "é" * 900_000, None, None),
    ]  # fmt: skip
    with psycopg.connect(postgres.dsn()) as connection:
        connection.cursor().executemany(
            "insert into shop.orders values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, now())", rows
        )
    shop.extract(entry())
    selected = ", ".join(f'"Gift note" as {name}' if name == "note" else name for name in COLUMNS[:8])
    expected = postgres.execute(
        "set timezone = 'UTC'",
        f"select {selected}, extra::text, tags::text from shop.orders order by order_id, line",
    )
    assert shop.rejected() == []
    found = shop.newest(", ".join(COLUMNS))
    assert [(*row[:6], row[6] and row[6].timestamp(), *row[7:]) for row in found] == [
        (*row[:6], row[6] and row[6].timestamp(), *row[7:]) for row in expected
    ]


def test_null_and_empty_text_are_both_null_as_in_every_format(postgres: Postgres, shop: Shop) -> None:
    postgres.execute(
        'insert into shop.orders (order_id, line, "Gift note", updated_at) '
        "values ('empty', 1, '', now()), ('null', 1, null, now()), ('blank', 1, ' ', now())"
    )
    shop.extract(entry())
    assert shop.newest("order_id, note") == [("blank", " "), ("empty", None), ("null", None)]


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("amount", "'NaN'", "not_a_number"),
        ("amount", "'Infinity'", "not_a_number"),
        ("amount", "0.00000000001", "too_many_decimals"),
        ("amount", "1e30", "out_of_range"),
        ("ratio", "'NaN'", "not_a_number"),
        ("sold_on", "'infinity'", "not_a_date"),
        ("sold_on", "'0044-03-15 BC'", "not_a_date"),
        ("sold_at", "'-infinity'", "not_a_timestamp"),
        ("sold_at", "'0044-03-15 BC'", "not_a_timestamp"),
        ('"Gift note"', "repeat('x', 2100000)", "record_too_long"),
        ('"Gift note"', """repeat(E'"é,\n', 2000000)""", "record_too_long"),
    ],
)
def test_what_the_contract_cannot_hold_is_quarantined_by_name(
    postgres: Postgres, shop: Shop, column: str, value: str, reason: str
) -> None:
    postgres.execute(
        f"insert into shop.orders (order_id, line, {column}, updated_at) values ('bad', 1, {value}, now())",
        "insert into shop.orders (order_id, line, updated_at) values ('good', 1, now())",
    )
    shop.extract(entry())
    ((_, reasons),) = shop.rejected()
    where = None if reason == "record_too_long" else column
    assert reasons == [(where, reason)]
    assert ids(shop) == ["good"]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), min_size=1))
def test_any_text_arrives_unchanged(
    postgres: Postgres, tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    shop = open_shop(tmp_path_factory.mktemp("shop"))
    with psycopg.connect(postgres.dsn()) as connection:
        connection.execute("truncate shop.orders")
        connection.cursor().executemany(
            'insert into shop.orders (order_id, line, "Gift note", updated_at) values (%s, 1, %s, now())',
            [(f"{n:03}", text) for n, text in enumerate(texts)],
        )
    shop.extract(entry())
    assert [text for (text,) in shop.newest("note")] == [text or None for text in texts]
    shop.con.close()


def test_a_role_of_other_habits_changes_nothing(postgres: Postgres, shop: Shop) -> None:
    postgres.execute(
        "insert into shop.orders (order_id, line, sold_on, sold_at, ratio, updated_at) "
        "values ('a', 1, '2024-02-01', '2024-02-01 12:00+00', 0.1, now())",
        "alter role postgres set datestyle = 'German'",
        "alter role postgres set timezone = 'Asia/Tokyo'",
        "alter role postgres set extra_float_digits = '-5'",
    )
    try:
        shop.extract(entry())
    finally:
        postgres.execute("alter role postgres reset all")
    ((day, moment, ratio),) = shop.newest("cast(sold_on as varchar), cast(sold_at as varchar), ratio")
    assert (day, moment, ratio) == ("2024-02-01", "2024-02-01 12:00:00+00", 0.1)


def test_names_that_look_like_sql_are_only_names(postgres: Postgres, shop: Shop) -> None:
    postgres.execute(
        'create table shop."orders""; drop table x" (a int)',
        'create table shop."Order%sLines" as table shop.orders',
    )
    postgres.execute(
        'insert into shop."Order%%sLines" (order_id, line, updated_at) values (%s, 1, now())', params=("a",)
    )
    source = entry(table="shop.Order%sLines")
    shop.extract(source)
    assert ids(shop) == ["a"]
    assert shop.added(source) == []


def test_rows_that_get_lost_on_the_way_are_noticed(
    postgres: Postgres, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = module._copy
    monkeypatch.setattr(module, "_copy", lambda *args: copy(*args) + 1)
    postgres.execute("insert into shop.orders (order_id, line, updated_at) values ('a', 1, now())")
    with pytest.raises(ReconciliationError, match="lost between the source and the file"):
        shop.extract(entry())
    assert shop.batches() == []
