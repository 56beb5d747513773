"""A batch that is no longer what was committed is told before anything reads it, with what truly mends it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from orchestration.ingestion.delivery import Delivery
from orchestration.ingestion.file_errors import LakeDamagedError
from orchestration.ingestion.lake import RECORD, ROWS, Batch
from orchestration.ingestion.lake_damage import check_undamaged
from orchestration.ingestion.loader import load_file
from tests.unit.ingestion.conftest import LOADED_AT
from tests.unit.ingestion.repair_desk import HEADER, Desk

FIRST = HEADER + b"A,1,1\nB,1,2\nC,1,3\n"
# Corrects B of the first delivery.
SECOND = HEADER + b"B,1,20\nD,1,4\n"


def halve(folder: Path) -> None:
    rows = (folder / ROWS).read_bytes()
    (folder / ROWS).write_bytes(rows[: len(rows) // 2])


def flip_a_byte(folder: Path) -> None:
    rows = bytearray((folder / ROWS).read_bytes())
    rows[len(rows) // 3] ^= 0xFF
    (folder / ROWS).write_bytes(bytes(rows))


DAMAGE: dict[str, tuple[Callable[[Path], object], str, str]] = {
    "cut in half": (halve, ROWS, "changed since they were written"),
    "a byte flipped": (flip_a_byte, ROWS, "changed since they were written"),
    "overwritten": (lambda folder: (folder / ROWS).write_text("nothing of it\n"), ROWS, "14 bytes"),
    "gone": (lambda folder: (folder / ROWS).unlink(), ROWS, "no such file"),
    "its record cut": (lambda folder: (folder / RECORD).write_text('{"table": "shop__o'), RECORD, "Unterminated"),
    "its record another": (lambda folder: (folder / RECORD).write_text("[]"), RECORD, "attribute"),
    "its record not text": (lambda folder: (folder / RECORD).write_bytes(b"\xff\xfe\x00"), RECORD, "decode"),
    "its record gone": (lambda folder: (folder / RECORD).unlink(), RECORD, ROWS),
}


def folder_of(shop: Any, batch: Batch) -> Path:
    return Path(shop.lake.rows_path(batch)).parent


def error_of(shop: Any) -> LakeDamagedError:
    with pytest.raises(LakeDamagedError) as told:
        check_undamaged(shop.lake, "shop__orders")
    return told.value


@pytest.mark.parametrize("kind", DAMAGE)
def test_damage_is_told_with_the_file_the_table_and_what_to_do(kind: str, shop: Any) -> None:
    damage, file, found = DAMAGE[kind]
    shop.load(shop.write("first.csv", FIRST))
    check_undamaged(shop.lake, "shop__orders")
    (batch,) = shop.lake.live_batches("shop__orders")
    folder = folder_of(shop, batch)
    damage(folder)
    error = error_of(shop)
    assert error.exit_code == 2
    assert str(folder / file) in error.what
    assert "shop__orders" in error.what
    assert found in error.found
    assert "put this one file back from a backup" in error.fix
    if file == ROWS:
        assert "first.csv" in error.what
        assert "the 3 rows that were loaded at 2024-06-01T03:00:00+00:00" in error.expected


def test_what_no_longer_counts_may_be_damaged(shop: Any) -> None:
    path = shop.write("first.csv", FIRST)
    shop.load(path)
    (old,) = shop.lake.live_batches("shop__orders")
    # Read by other rules, the same bytes replace themselves.
    assert shop.load(path, time_zone="Europe/Berlin").supersedes == (old.batch_id,)
    halve(folder_of(shop, old))
    check_undamaged(shop.lake, "shop__orders")


def test_the_last_delivery_is_read_anew_once_its_folder_is_deleted(shop: Any) -> None:
    first, second = shop.write("first.csv", FIRST), shop.write("second.csv", SECOND)
    for path in (first, second):
        shop.load(path)
    before = shop.rows()
    folder = folder_of(shop, shop.lake.live_batches("shop__orders")[-1])
    halve(folder)
    fix = error_of(shop).fix
    assert f"delete {folder} and run the night again: second.csv is then read anew" in fix
    shutil.rmtree(folder)
    assert [shop.load(path).already_loaded for path in (first, second)] == [True, False]
    check_undamaged(shop.lake, "shop__orders")
    assert shop.rows() == before


def test_behind_an_earlier_delivery_the_whole_table_is_read_anew_for_the_order_decides(shop: Any) -> None:
    first, second = shop.write("first.csv", FIRST), shop.write("second.csv", SECOND)
    for path in (first, second):
        shop.load(path)
    before = shop.rows()
    folder = folder_of(shop, shop.lake.live_batches("shop__orders")[0])
    halve(folder)
    # Alone it would come to stand last, and take the correction of B back.
    assert f"delete all of {folder.parent} and run the night again" in error_of(shop).fix
    shutil.rmtree(folder.parent)
    for path in (first, second):
        shop.load(path)
    assert shop.rows() == before


def test_of_an_extract_the_whole_table_is_read_anew_for_it_goes_on_behind_its_cursor(shop: Any) -> None:
    delivery = Delivery(origin="crm", is_extract=True, cursor="2024-05-31")
    load_file(
        shop.con,
        shop.contract,
        shop.write("extract.csv", FIRST),
        lake=shop.lake,
        quarantine=shop.quarantine,
        delivery=delivery,
        loaded_at=LOADED_AT,
    )
    (batch,) = shop.lake.live_batches("shop__orders")
    halve(folder_of(shop, batch))
    error = error_of(shop)
    assert "(source crm)" in error.what
    assert f"delete all of {folder_of(shop, batch).parent}" in error.fix


def test_several_damaged_batches_are_told_at_once(shop: Any) -> None:
    for name, content in (("first.csv", FIRST), ("second.csv", SECOND)):
        shop.load(shop.write(name, content))
    for batch in shop.lake.live_batches("shop__orders"):
        halve(folder_of(shop, batch))
    error = error_of(shop)
    assert error.what == "2 batches of shop__orders in the lake are damaged"
    assert "first.csv" in error.found
    assert "second.csv" in error.found


def test_records_of_a_damaged_repair_are_open_again_once_its_folder_is_deleted(shop: Any) -> None:
    desk = Desk(shop)
    desk.load(HEADER + b"A,1,1\nB,1,x\nC,1,3\n")
    mended = desk.mend(desk.export(), ("B,1,x", "B,1,2"))
    desk.resubmit(mended)
    assert "open" not in desk.states()
    repair = next(batch for batch in shop.lake.live_batches("shop__orders") if batch.repairs)
    folder = folder_of(shop, repair)
    halve(folder)
    assert f"delete {folder}, after which its records are open in the quarantine again" in error_of(shop).fix
    shutil.rmtree(folder)
    assert desk.open() == [(2, ["not_a_number"])]
    desk.resubmit(mended)
    check_undamaged(shop.lake, "shop__orders")
    assert "open" not in desk.states()
