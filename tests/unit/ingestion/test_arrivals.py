"""What is asked of a table's deliveries, on real batches: fresh, usual, of the same shape, late, sent again."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from data_contracts.contract import Contract
from orchestration.checks.delivery_checks import answers_on
from orchestration.gate.deliveries import Answer
from orchestration.ingestion.file_options import FileOptions
from orchestration.ingestion.loader import load_file

NIGHT = dt.date(2024, 5, 31)


@pytest.fixture
def contract(make_contract: Any, orders_text: str) -> Contract:
    return make_contract(orders_text + "  - {property: eventTime, value: sold_at}\n")


def deliver(shop: Any, contract: Contract, name: str, text: str, *, day: int) -> None:
    load_file(
        shop.con,
        contract,
        shop.write(name, text.encode()),
        lake=shop.lake,
        quarantine=shop.quarantine,
        options=FileOptions(),
        loaded_at=dt.datetime(2024, 6, day, 3, tzinfo=dt.UTC),
    )


def ask(shop: Any, contract: Contract, *, latency_days: float | None = 1) -> list[Answer]:
    shop.lake.create_raw_view(shop.con, contract)
    return answers_on(shop.con, contract, shop.lake, night=NIGHT, latency_days=latency_days)


def rows(first: dt.date, last: dt.date, a_day: int) -> str:
    days = (last - first).days + 1
    return "".join(
        f"{first + dt.timedelta(days=day)}-{n},1,1,{first + dt.timedelta(days=day)} 12:00:00\n"
        for day in range(days)
        for n in range(a_day)
    )


HEAD = "order_id,line,amount,sold_at\n"


def test_a_table_that_is_as_it_was_passes_every_question(shop: Any, contract: Contract) -> None:
    deliver(shop, contract, "1.csv", HEAD + rows(dt.date(2024, 3, 1), NIGHT, 10), day=1)
    fresh, volume, columns, late = ask(shop, contract)
    assert {answer.status for answer in (fresh, volume, columns, late)} == {"pass"}
    assert volume.detail == "70 in the last 7 days, 70 in the median of 8 weeks before"
    assert late.detail == ""


def test_a_table_that_stopped_is_late_and_small(shop: Any, contract: Contract) -> None:
    deliver(shop, contract, "1.csv", HEAD + rows(dt.date(2024, 3, 1), dt.date(2024, 5, 26), 10), day=1)
    fresh, volume, _, _ = ask(shop, contract)
    assert (fresh.status, volume.status) == ("warn", "warn")
    assert "2024-05-26, 5 days before the night (at most 1 days by the contract)" in fresh.detail
    assert volume.detail.startswith("20 in the last 7 days, 70")


def test_late_and_repeated_records_are_told_apart(shop: Any, contract: Contract) -> None:
    deliver(shop, contract, "1.csv", HEAD + rows(dt.date(2024, 3, 1), dt.date(2024, 5, 30), 10), day=1)
    again = rows(dt.date(2024, 5, 30), dt.date(2024, 5, 30), 10)
    forgotten = "forgotten-1,1,1,2024-01-02 12:00:00\nforgotten-2,1,1,2024-05-01 12:00:00\n"
    deliver(shop, contract, "2.csv", HEAD + again + forgotten + rows(NIGHT, NIGHT, 10), day=2)
    late = ask(shop, contract)[3]
    assert late.status == "pass"
    assert late.detail == (
        "2 new records came late, the oldest of 2024-01-02; each counts on its own day; "
        "10 records were sent again; the newest version counts"
    )


def test_columns_that_went_and_came_are_told(shop: Any, contract: Contract) -> None:
    deliver(shop, contract, "1.csv", "order_id,line,amount,note\nA,1,1,x\n", day=1)
    deliver(shop, contract, "2.csv", "order_id,line,amount,kind\nB,1,1,sale\n", day=2)
    columns = ask(shop, contract)[2]
    assert (columns.status, columns.detail) == ("warn", "new columns: kind; columns gone: note")


def test_a_table_without_times_is_only_asked_for_its_columns(shop: Any) -> None:
    deliver(shop, shop.contract, "1.csv", "order_id,line,amount\nA,1,1\n", day=1)
    answers = ask(shop, shop.contract)
    assert [answer.status for answer in answers] == ["pass", "pass"]


def test_nothing_delivered_is_no_promise_kept(shop: Any, contract: Contract) -> None:
    fresh = ask(shop, contract)[0]
    assert (fresh.status, fresh.detail) == ("warn", "no event up to this night")
