"""Lines of an order are repaired together or not at all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from data_contracts.contract import Contract
from orchestration.ingestion.repair import RepairReport
from tests.unit.ingestion.repair_desk import HEADER, Desk, refused

CONTENT = HEADER + b"A,1,1\nA,2,x\nB,1,1\nB,2\nC,1,1\nD,1,1\nD,2,y\nD,3,1\n"


class GroupDesk(Desk):
    """A shop whose lines have no key of their own: the newest batch of an order replaces its lines."""

    def __init__(self, shop: Any, contract: Contract) -> None:
        super().__init__(shop)
        self.contract = contract

    def deliver(self, content: bytes, name: str = "orders.csv") -> Any:
        return self.shop.load(self.shop.write(name, content), self.contract, max_rejected_share=1)

    def take(self, *replaced: tuple[str, str], without: str = "", **choice: Any) -> RepairReport:
        path = self.mend(self.export(self.contract, **choice), *replaced)
        if without:
            path.write_text("".join(line for line in path.read_text().splitlines(True) if without not in line))
        return self.resubmit(path, self.contract)

    def lines(self) -> list[tuple[str, int]]:
        """Order lines as staging takes them."""
        self.shop.lake.create_raw_view(self.shop.con, self.contract)
        return sorted(
            self.shop.con.execute(
                "select order_id, line from raw.shop__orders "
                "qualify _batch_sequence = max(_batch_sequence) over (partition by order_id)"
            ).fetchall()
        )


@pytest.fixture
def desk(shop: Any, make_contract: Callable[[str], Contract], orders_text: str) -> GroupDesk:
    keyless = orders_text
    for position in (1, 2):
        keyless = keyless.replace(f"primaryKey: true, primaryKeyPosition: {position}", "unique: false")
        keyless = keyless.replace("         unique: false,", "         unique: false,")
    return GroupDesk(shop, make_contract(keyless + "  - {property: rejectTogether, value: [order_id]}\n"))


def test_whole_orders_are_rejected_and_can_be_repaired(desk: GroupDesk) -> None:
    report = desk.deliver(CONTENT)
    assert report.reasons == {"not_a_number": 2, "too_few_fields": 1, "rejected_with_group": 5}
    assert desk.lines() == []
    done = desk.take(("A,2,x", "A,2,5"), ("D,2,y", "D,2,5"), (',,,,"B,2"', ',B,2,2,"B,2"'))
    assert (done.load.good, done.load.rejected, done.open) == (8, 0, 0)
    assert desk.lines() == [("A", 1), ("A", 2), ("B", 1), ("B", 2), ("C", 1), ("D", 1), ("D", 2), ("D", 3)]


def test_a_part_of_an_order_is_refused_and_the_missing_lines_are_named(desk: GroupDesk) -> None:
    desk.deliver(CONTENT)
    told = refused(lambda: desk.take(("D,2,y", "D,2,5"), without=",D,1,", batches=()))
    assert "record 6 (line 7) of orders.csv, order_id D" in told
    told = refused(lambda: desk.take(("A,2,x", "A,2,5"), without=",A,1,"))
    assert "record 1 (line 2)" in told
    assert desk.lines() == []


def test_orders_beside_a_malformed_line_wait_for_it(desk: GroupDesk) -> None:
    report = desk.deliver(CONTENT)
    told = refused(lambda: desk.take(("A,2,x", "A,2,5"), without="B,2"))
    assert "record 4 (line 5)" in told
    desk.dismiss(report.batch_id, [4])
    done = desk.take(("A,2,x", "A,2,5"), ("D,2,y", "D,2,5"))
    assert (done.load.good, done.open) == (7, 0)
    assert ("B", 1) in desk.lines()


def test_an_order_that_is_still_bad_stays_open_as_a_whole_while_others_are_loaded(desk: GroupDesk) -> None:
    desk.deliver(HEADER + b"A,1,1\nA,2,x\nB,1,1\nC,1,y\nC,2,1\n")
    done = desk.take(("A,2,x", "A,2,5"))
    assert (done.load.good, done.load.rejected, done.open) == (2, 2, 2)
    assert desk.lines() == [("A", 1), ("A", 2), ("B", 1)]


def test_a_choice_by_reason_brings_the_whole_order_along(desk: GroupDesk) -> None:
    desk.deliver(CONTENT)
    lines = desk.export(desk.contract, reason="not_a_number").read_text().splitlines()
    assert [line.split(",")[1] for line in lines[1:]] == ["1", "2", "6", "7", "8"]
    lines = desk.export(desk.contract, reason="too_few_fields").read_text().splitlines()
    assert [line.split(",")[1] for line in lines[1:]] == ["3", "4", "5"]


def test_a_line_that_belongs_to_a_loaded_order_is_refused(desk: GroupDesk) -> None:
    desk.deliver(HEADER + b"A,1,1\nA,2,2\nB,1,1\n,3,1\n")
    assert desk.lines() == [("A", 1), ("A", 2), ("B", 1)]
    told = refused(lambda: desk.take((",,3,1", ",A,3,1")))
    assert "a part of order_id A is in the lake already" in told
    assert desk.take((",,3,1", ",E,3,1")).load.good == 1


def test_a_repaired_order_can_only_be_repaired_again_as_a_whole(desk: GroupDesk) -> None:
    desk.deliver(HEADER + b"A,1,1\nA,2,x\n")
    path = desk.mend(desk.export(desk.contract), ("A,2,x", "A,2,5"))
    desk.resubmit(path, desk.contract)
    whole = desk.mend(path, ("A,2,5", "A,2,6")).read_text()
    path.write_text("".join(line for line in whole.splitlines(True) if ",A,1," not in line))
    assert "is in the lake already" in refused(lambda: desk.resubmit(path, desk.contract))
    path.write_text(whole)
    assert desk.resubmit(path, desk.contract).load.good == 2
    assert desk.lines() == [("A", 1), ("A", 2)]
    assert desk.states() == {"repaired": 2}


def test_one_order_of_two_deliveries_is_refused(desk: GroupDesk) -> None:
    desk.deliver(HEADER + b"A,1,1\nA,2,x\n", "monday.csv")
    desk.deliver(HEADER + b"A,1,1\nA,2,y\n", "tuesday.csv")
    told = refused(lambda: desk.take(("A,2,x", "A,2,5"), ("A,2,y", "A,2,6")))
    assert "come from several deliveries" in told
    assert "monday.csv" in told


def test_it_is_told_when_another_delivery_has_brought_the_order_meanwhile(desk: GroupDesk) -> None:
    desk.deliver(HEADER + b"A,1,1\nA,2,x\n", "monday.csv")
    desk.deliver(HEADER + b"A,1,1\nA,2,3\nA,3,3\n", "tuesday.csv")
    assert desk.take(("A,2,x", "A,2,5")).also_elsewhere == 2
    assert desk.lines() == [("A", 1), ("A", 2)]
