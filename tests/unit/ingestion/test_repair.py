"""Repaired records are put in again, and every one of them stays accounted for."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from data_contracts.contract import Contract
from orchestration.ingestion.delivery import Delivery
from orchestration.ingestion.dismissals import Dismissals
from orchestration.ingestion.file_options import FileOptions
from orchestration.ingestion.loader import load_file
from tests.unit.ingestion.conftest import LOADED_AT
from tests.unit.ingestion.repair_desk import CONTENT, HEADER, Desk, refused

REPOSITORY = Path(__file__).resolve().parents[3]


@pytest.fixture
def desk(shop: Any) -> Desk:
    return Desk(shop)


class TestResubmit:
    def test_repaired_records_are_loaded_and_the_others_stay_open_with_their_new_reasons(self, desk: Desk) -> None:
        report = desk.load(CONTENT)
        done = desk.resubmit(desk.mend(desk.export(), ("B,1,x", "B,1,2"), ("E,1,y", "E,1,-5")))
        assert (done.load.records, done.load.good, done.load.rejected) == (2, 1, 1)
        assert (done.left_out, done.open) == (1, 2)
        assert desk.orders() == [("A", 1), ("B", 2), ("C", 3)]
        assert desk.open() == [(4, ["too_few_fields"]), (5, ["out_of_range"])]
        assert desk.states() == {"open": 2, "repaired": 1}
        assert report.rejected == 3

    def test_what_was_mended_in_part_is_exported_as_it_was_sent(self, desk: Desk) -> None:
        report = desk.load(CONTENT)
        desk.resubmit(desk.mend(desk.export(reason="not_a_number"), ("E,1,y", "E,1,-5")))
        lines = desk.export(reason="out_of_range").read_text().splitlines()
        assert lines[1:] == [f"{report.batch_id},5,6,amount: out_of_range,E,1,-5"]
        assert desk.resubmit(desk.mend(desk.export(reason="out_of_range"), ("-5", "5"))).load.good == 1
        assert desk.latest() == {"A": 1, "C": 3, "E": 5}

    def test_a_malformed_record_is_repaired_by_filling_in_its_columns(self, desk: Desk) -> None:
        desk.load(CONTENT)
        path = desk.mend(desk.export(reason="too_few_fields"), (',,,,"D,1"', ',D,1,4,"D,1"'))
        assert desk.resubmit(path).load.good == 1
        assert desk.latest()["D"] == 4

    def test_a_file_in_which_no_malformed_record_was_filled_in_is_refused(self, desk: Desk) -> None:
        desk.load(CONTENT)
        path = desk.export(reason="too_few_fields")
        assert "no repaired record" in refused(lambda: desk.resubmit(path))

    def test_a_record_removed_from_the_file_stays_open(self, desk: Desk) -> None:
        desk.load(CONTENT)
        path = desk.mend(desk.export(), ("B,1,x", "B,1,2"))
        path.write_text("\n".join(line for line in path.read_text().splitlines() if ",E,1," not in line))
        desk.resubmit(path)
        assert [number for number, _ in desk.open()] == [4, 5]

    def test_the_same_file_again_adds_nothing(self, desk: Desk) -> None:
        desk.load(CONTENT)
        path = desk.mend(desk.export(), ("B,1,x", "B,1,2"))
        first, again = desk.resubmit(path), desk.resubmit(path)
        assert (first.load.already_loaded, again.load.already_loaded) == (False, True)
        assert again.load.batch_id == first.load.batch_id
        assert len(desk.shop.lake.batches(desk.name)) == 2
        assert desk.states() == {"open": 2, "repaired": 1}

    def test_of_a_record_repaired_twice_the_later_counts_even_under_another_key(self, desk: Desk) -> None:
        desk.load(CONTENT)
        path = desk.export()
        desk.resubmit(desk.mend(path, ("B,1,x", "Z,1,2")))
        desk.resubmit(desk.mend(path, ("Z,1,2", "B,1,7")))
        assert desk.orders() == [("A", 1), ("B", 7), ("C", 3)]
        assert desk.states() == {"open": 2, "repaired": 1}

    def test_a_bad_second_repair_leaves_the_first(self, desk: Desk) -> None:
        desk.load(CONTENT)
        path = desk.export()
        desk.resubmit(desk.mend(path, ("B,1,x", "B,1,2")))
        desk.resubmit(desk.mend(path, ("B,1,2", "B,1,x")))
        assert desk.latest()["B"] == 2
        assert desk.states() == {"open": 2, "repaired": 1}

    def test_a_key_that_occurs_in_its_delivery_already_stays_a_duplicate(self, desk: Desk) -> None:
        desk.load(HEADER + b"A,1,1\nA,1,2\nB,1,x\nA,1,y\n")
        done = desk.resubmit(desk.mend(desk.export(), ("B,1,x", "B,1,2"), ("A,1,y", "A,1,9")))
        assert done.load.reasons == {"duplicate_key": 2}
        assert desk.latest() == {"A": 1, "B": 2}
        done = desk.resubmit(desk.mend(desk.export(), ("A,1,2", "B,1,3"), ("A,1,9", "D,1,4")))
        assert done.load.reasons == {"duplicate_key": 1}
        assert desk.latest() == {"A": 1, "B": 2, "D": 4}

    def test_the_same_record_of_two_deliveries_may_be_repaired_in_one_file_and_the_newer_counts(
        self, desk: Desk
    ) -> None:
        desk.load(HEADER + b"A,1,x\n", "monday.csv")
        desk.load(HEADER + b"A,1,y\n", "tuesday.csv")
        path = desk.mend(desk.export(), ("A,1,x", "A,1,1"), ("A,1,y", "A,1,2"))
        lines = path.read_text().splitlines()
        path.write_text("\n".join([lines[0], lines[2], lines[1]]) + "\n")
        assert desk.resubmit(path).load.good == 2
        assert desk.latest() == {"A": 2}
        assert desk.states() == {"repaired": 2}

    def test_it_is_told_when_another_delivery_has_brought_the_key_meanwhile(self, desk: Desk) -> None:
        desk.load(HEADER + b"A,1,x\nB,1,y\n", "monday.csv")
        desk.load(HEADER + b"A,1,5\n", "tuesday.csv")
        done = desk.resubmit(desk.mend(desk.export(), ("A,1,x", "A,1,1"), ("B,1,y", "B,1,2")))
        assert done.also_elsewhere == 1
        assert desk.latest() == {"A": 1, "B": 2}

    def test_reading_options_of_the_delivery_hold_for_its_repairs(self, desk: Desk) -> None:
        desk.load(
            HEADER.strip() + b",sold_on,sold_at\nA,1,x,31.12.2024,31.12.2024 10:00\n",
            date_format="dd.MM.yyyy",
            timestamp_format="dd.MM.yyyy HH:mm",
            time_zone="Asia/Tokyo",
        )
        assert desk.resubmit(desk.mend(desk.export(), ("A,1,x", "A,1,1"))).load.good == 1
        assert desk.shop.rows("sold_on::varchar, epoch(sold_at)") == [("2024-12-31", 1735606800.0)]

    def test_a_delivery_after_a_repair_is_compared_with_the_delivery_before(self, desk: Desk) -> None:
        desk.load(b"line,order_id,amount,beyond\n1,A,1,b\n1,B,x,c\n", "monday.csv")
        path = desk.export()
        lines = [line.split(",") for line in path.read_text().splitlines()]
        path.write_text("\n".join(",".join(reversed(line)) for line in lines).replace("x", "2") + "\n")
        desk.resubmit(path)
        report = desk.load(b"line,order_id,amount,beyond\n1,C,1,b\n", "tuesday.csv")
        assert report.drift.since_last_delivery == ()

    def test_rules_for_whole_deliveries_do_not_hold_for_repairs(
        self, desk: Desk, make_contract: Callable[[str], Contract], orders_text: str
    ) -> None:
        strict = make_contract(
            orders_text.replace("mustBeGreaterThan: 0", "mustBeGreaterThan: 3").replace("value: 0.5", "value: 0.3")
            + "  - {property: newColumns, value: refuse}\n"
        )
        lines = [json.dumps({"order_id": name, "line": 1, "amount": 1, "note": "n"}) for name in "ABC"]
        lines.append(json.dumps({"order_id": "D", "line": 1, "amount": "x"}))
        desk.shop.load(desk.shop.write("orders.jsonl", "\n".join(lines).encode()), strict)
        done = desk.resubmit(desk.mend(desk.export(strict), ('"x"', '"y"')), strict)
        assert (done.load.good, done.load.rejected) == (0, 1)
        assert desk.resubmit(desk.mend(desk.export(strict), ('"y"', "4")), strict).load.good == 1

    def test_contracts_with_several_header_rows(
        self, desk: Desk, make_contract: Callable[[str], Contract], orders_text: str
    ) -> None:
        survey = make_contract(orders_text + "  - {property: headerRows, value: 3}\n")
        content = HEADER + b"Which order?,Which line?,How much?\n{id},{id},{id}\nA,1,1\nB,1,x\n"
        desk.shop.load(desk.shop.write("answers.csv", content), survey)
        assert desk.resubmit(desk.mend(desk.export(survey), ("B,1,x", "B,1,2")), survey).load.good == 1
        assert desk.latest() == {"A": 1, "B": 2}


class TestLaterLoads:
    def test_a_repair_goes_with_the_delivery_that_is_loaded_anew_and_can_be_submitted_again(
        self, desk: Desk, make_contract: Callable[[str], Contract], orders_text: str
    ) -> None:
        desk.load(CONTENT)
        path = desk.mend(desk.export(), ("B,1,x", "B,1,2"))
        desk.resubmit(path)
        changed = make_contract(orders_text.replace("maxLength: 60", "maxLength: 70"))
        again = desk.shop.load(desk.shop.folder / "orders.csv", changed, max_rejected_share=1)
        assert [batch.batch_id for batch in desk.shop.lake.live_batches(desk.name)] == [again.batch_id]
        assert desk.orders() == [("A", 1), ("C", 3)]
        assert desk.states() == {"open": 3}
        done = desk.resubmit(path, changed)
        assert (done.load.already_loaded, done.load.good) == (False, 1)
        assert desk.orders() == [("A", 1), ("B", 2), ("C", 3)]
        assert desk.states() == {"open": 2, "repaired": 1}

    def test_of_a_repair_file_over_two_deliveries_only_the_part_of_the_replaced_one_goes(
        self, desk: Desk, make_contract: Callable[[str], Contract], orders_text: str
    ) -> None:
        desk.load(HEADER + b"A,1,1\nB,1,x\n", "monday.csv")
        desk.load(HEADER + b"C,1,1\nD,1,y\n", "tuesday.csv")
        desk.resubmit(desk.mend(desk.export(), ("B,1,x", "B,1,2"), ("D,1,y", "D,1,4")))
        looser = make_contract(orders_text.replace("{minimum: 0}", "{minimum: 1}"))
        desk.shop.load(desk.shop.folder / "tuesday.csv", looser, max_rejected_share=1)
        assert desk.orders() == [("A", 1), ("B", 2), ("C", 1)]
        assert desk.states() == {"open": 1, "repaired": 1}

    def test_records_of_a_snapshot_that_was_replaced_are_refused(self, desk: Desk) -> None:
        def snapshot(name: str, content: bytes) -> None:
            load_file(
                desk.shop.con,
                desk.shop.contract,
                desk.shop.write(name, content),
                lake=desk.shop.lake,
                quarantine=desk.shop.quarantine,
                options=FileOptions(max_rejected_share=1),
                delivery=Delivery(origin="files orders_*.csv", is_snapshot=True),
                loaded_at=LOADED_AT,
            )

        snapshot("orders_1.csv", CONTENT)
        path = desk.mend(desk.export(), ("B,1,x", "B,1,2"))
        desk.resubmit(path)
        snapshot("orders_2.csv", HEADER + b"A,1,1\nC,1,3\nE,1,z\n")
        assert desk.orders() == [("A", 1), ("C", 3)]
        assert desk.states() == {"open": 1}
        assert "a delivery that a later one has replaced" in refused(lambda: desk.resubmit(path))

    def test_a_record_that_the_later_load_took_is_not_repaired(
        self, desk: Desk, make_contract: Callable[[str], Contract], orders_text: str
    ) -> None:
        desk.load(HEADER + b"A,1,1\nB,1,-2\nC,1,x\n")
        path = desk.mend(desk.export(), ("B,1,-2", "B,1,2"))
        looser = make_contract(orders_text.replace("{minimum: 0}", "{minimum: -9}"))
        desk.shop.load(desk.shop.folder / "orders.csv", looser, max_rejected_share=1)
        assert "a record that was loaded" in refused(lambda: desk.resubmit(path, looser))


class TestDismissal:
    def test_dismissed_records_are_closed_and_kept_with_who_when_and_why(self, desk: Desk) -> None:
        report = desk.load(CONTENT)
        assert desk.dismiss(report.batch_id, [4, 2], "cut off") == [2, 4]
        assert desk.states() == {"open": 1, "dismissed": 2}
        (made,) = Dismissals(desk.shop.quarantine.root / desk.name).of_batch(report.batch_id)
        assert (made.records, made.why, made.who, made.when) == ([2, 4], "cut off", "ada", LOADED_AT.isoformat())
        assert desk.dismiss(report.batch_id, None) == [5]
        assert desk.states() == {"dismissed": 3}
        assert len(desk.shop.rejected()) == 3

    def test_what_is_not_open_cannot_be_dismissed(self, desk: Desk) -> None:
        report = desk.load(CONTENT)
        desk.resubmit(desk.mend(desk.export(), ("B,1,x", "B,1,2")))
        assert "record 2: repaired" in refused(lambda: desk.dismiss(report.batch_id, [2]))
        assert "record 1: was not rejected" in refused(lambda: desk.dismiss(report.batch_id, [1]))
        assert "there is no reason" in refused(lambda: desk.dismiss(report.batch_id, [5], "  "))
        desk.dismiss(report.batch_id, None)
        assert "no open record" in refused(lambda: desk.dismiss(report.batch_id, None))

    def test_a_dismissed_record_that_is_repaired_after_all_counts_as_repaired(self, desk: Desk) -> None:
        report = desk.load(CONTENT)
        path = desk.mend(desk.export(), ("B,1,x", "B,1,2"))
        desk.dismiss(report.batch_id, None)
        desk.resubmit(path)
        assert desk.states() == {"dismissed": 2, "repaired": 1}


def test_rejected_records_that_are_no_longer_in_quarantine_are_told_of(desk: Desk) -> None:
    report = desk.load(CONTENT)
    path = desk.export()
    desk.shop.quarantine.path(desk.name, report.batch_id).unlink()
    assert desk.rejections().lost == {"orders.csv": 3}
    assert desk.states() == {}
    assert "its file in quarantine is gone" in refused(lambda: desk.resubmit(path))


def test_a_batch_of_repairs_reconciles_and_names_what_it_stands_for(desk: Desk) -> None:
    report = desk.load(CONTENT)
    done = desk.resubmit(desk.mend(desk.export(), ("B,1,x", "B,1,2")))
    (batch,) = (batch for batch in desk.shop.lake.live_batches(desk.name) if batch.repairs)
    assert batch.batch_id == done.load.batch_id
    assert (batch.repairs, batch.rejected_again) == ({report.batch_id: [2, 5]}, [2])
    assert list(batch.repaired) == [(1, report.batch_id, 2)]
    assert batch.records == batch.good + batch.rejected == 2
    # On a connection of its own: the one that all tests share may have a result that somebody has not fetched.
    with duckdb.connect() as connection:
        numbers = connection.execute(f"select _row_number from '{desk.shop.lake.rows_path(batch)}'").fetchall()
    assert numbers == [(1,)]


RESUBMITTER = """
import os, sys, datetime, pathlib, duckdb
from data_contracts.contract import load_contract
from orchestration.ingestion.lake import Lake
from orchestration.ingestion.quarantine import Quarantine
from orchestration.ingestion.repair import resubmit
root, path, die = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3]
if die == "before_commit":
    Lake.commit = lambda *_: os._exit(9)
if die == "before_rename":
    pathlib.Path.rename = lambda *_: os._exit(9)
resubmit(duckdb.connect(), load_contract(root / "contracts/shop__orders.odcs.yaml"), path,
    lake=Lake(root / "lake"), quarantine=Quarantine(root / "quarantine"),
    loaded_at=datetime.datetime(2024, 6, 1, tzinfo=datetime.UTC))
"""


@pytest.mark.parametrize("die", ["before_commit", "before_rename"])
def test_a_killed_resubmission_leaves_nothing_that_counts(desk: Desk, die: str) -> None:
    desk.load(CONTENT)
    path = desk.mend(desk.export(), ("B,1,x", "B,1,2"))
    root = desk.shop.folder.parent
    killed = subprocess.run([sys.executable, "-c", RESUBMITTER, str(root), str(path), die], cwd=REPOSITORY, check=False)
    assert killed.returncode == 9
    assert desk.states() == {"open": 3}
    assert desk.rejections().refusals == []
    assert desk.orders() == [("A", 1), ("C", 3)]
    assert desk.resubmit(path).load.good == 1
    assert desk.states() == {"open": 2, "repaired": 1}
    assert list((root / "lake" / ".tmp").iterdir()) == []


def test_reasons_of_repairs_do_not_count_twice(desk: Desk) -> None:
    desk.load(CONTENT)
    for _ in range(2):
        desk.resubmit(desk.mend(desk.export(reason="not_a_number"), ("B,1,x", "B,1,x")))
    reasons = Counter(reason for _, found in desk.open() for reason in found)
    assert reasons == {"not_a_number": 2, "too_few_fields": 1}
