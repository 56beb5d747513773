"""Batches are immutable, described and committed by one rename; what is rejected is kept and counted."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from data_contracts.contract import Contract
from orchestration.ingestion.file_errors import FileRejectedError
from orchestration.ingestion.file_reader import look_at

CONTENT = b"order_id,line,amount\nA,1,1\nB,1,x\nC,1,3\n"


def test_the_same_file_twice_adds_nothing(shop: Any) -> None:
    first = shop.load(shop.write("orders.csv", CONTENT))
    second = shop.load(shop.write("another_name.csv", CONTENT))
    assert (first.already_loaded, second.already_loaded) == (False, True)
    assert second.batch_id == first.batch_id
    assert (second.records, second.good, second.rejected, second.reasons) == (3, 2, 1, {"not_a_number": 1})
    assert len(shop.rows()) == 2


def test_batches_are_numbered_and_described(shop: Any) -> None:
    shop.load(shop.write("first.csv", CONTENT))
    shop.load(shop.write("second.csv", CONTENT + b"D,1,4\n"))
    first, second = shop.lake.live_batches("shop__orders")
    assert (first.sequence, second.sequence) == (1, 2)
    assert shop.rows("order_id, _batch_sequence, _row_number")[-1] == ("D", 2, 4)
    record = json.loads((shop.lake.rows_path(second).parent / "batch.json").read_text())
    assert (record["file"], record["records"], record["good"], record["rejected"]) == ("second.csv", 4, 3, 1)
    assert record["loaded_at"] == "2024-06-01T03:00:00+00:00"
    assert record["contract_fingerprint"] == shop.contract.fingerprint
    assert str(shop.folder) not in json.dumps(record)


def test_a_changed_contract_supersedes_the_batch_of_the_same_file_and_back_again(
    shop: Any, make_contract: Callable[[str], Contract], orders_text: str
) -> None:
    path = shop.write("orders.csv", CONTENT)
    old = shop.load(path)
    stricter = make_contract(orders_text.replace("{minimum: 0}", "{minimum: 2}"))
    new = shop.load(path, stricter, max_rejected_share=1)
    assert new.supersedes == (old.batch_id,)
    assert [batch.batch_id for batch in shop.lake.live_batches("shop__orders")] == [new.batch_id]
    assert shop.rows("order_id") == [("C",)]
    back = shop.load(path)
    assert back.supersedes == (new.batch_id,)
    assert not back.already_loaded
    assert shop.rows("order_id") == [("A",), ("C",)]
    assert shop.load(path).already_loaded


def test_a_contract_with_a_new_column_still_reads_the_old_batches(
    shop: Any, make_contract: Callable[[str], Contract], orders_text: str
) -> None:
    shop.load(shop.write("orders.csv", CONTENT))
    column = "- {name: shop, description: Shop., logicalType: string, physicalType: varchar}"
    wider = make_contract(orders_text.replace("      - name: kind", f"      {column}\n      - name: kind"))
    shop.load(shop.write("more.csv", b"order_id,line,amount,shop\nD,1,4,north\n"), wider)
    shop.lake.create_raw_view(shop.con, wider)
    rows = shop.con.execute("select order_id, shop from raw.shop__orders order by order_id").fetchall()
    assert rows == [("A", None), ("C", None), ("D", "north")]


def test_without_batches_the_raw_view_is_empty_and_typed(shop: Any) -> None:
    assert shop.rows() == []
    kinds = dict(row[:2] for row in shop.con.execute("describe raw.shop__orders").fetchall())
    assert kinds["amount"] == "DECIMAL(18,2)"
    assert kinds["sold_at"] == "TIMESTAMP WITH TIME ZONE"
    assert kinds["_batch_sequence"] == "BIGINT"


def test_the_raw_view_keeps_its_batches_until_it_is_made_anew(shop: Any) -> None:
    shop.load(shop.write("first.csv", CONTENT))
    assert len(shop.rows()) == 2
    shop.load(shop.write("second.csv", CONTENT + b"D,1,4\n"))
    assert shop.con.execute("select count(*) from raw.shop__orders").fetchone() == (2,)
    assert len(shop.rows()) == 5


def test_the_quarantine_counts_reasons_and_shows_values_only_when_asked(shop: Any) -> None:
    shop.load(shop.write("orders.csv", CONTENT + b"D,1\n"))
    plain = shop.quarantine.summarise(shop.con, "shop__orders")
    assert {(item.reason, item.column, item.rows, item.examples) for item in plain} == {
        ("not_a_number", "amount", 1, ()),
        ("too_few_fields", None, 1, ()),
    }
    shown = shop.quarantine.summarise(shop.con, "shop__orders", examples=2)
    assert {item.examples for item in shown} == {("x",), ()}


def test_the_connection_keeps_its_own_time_zone(shop: Any) -> None:
    shop.con.execute("set TimeZone = 'Asia/Tokyo'")
    shop.load(shop.write("orders.csv", CONTENT), time_zone="Europe/Berlin")
    assert shop.con.execute("select current_setting('TimeZone')").fetchone() == ("Asia/Tokyo",)


def test_a_file_that_grows_during_the_load_is_refused(shop: Any) -> None:
    path = shop.write("orders.csv", CONTENT)
    landing = look_at(path)
    path.write_bytes(CONTENT + b"D,1,4\n")
    with pytest.raises(FileRejectedError, match="changed while it was read"):
        landing.check_unchanged()
