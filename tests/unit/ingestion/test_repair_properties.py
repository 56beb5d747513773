"""Random deliveries and random repairs: good + open + repaired + dismissed records are all there ever were."""

from __future__ import annotations

import csv
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestration.ingestion.lake import Lake
from orchestration.ingestion.quarantine import Quarantine
from orchestration.ingestion.repair_files import OWN
from tests.unit.ingestion.conftest import Shop
from tests.unit.ingestion.repair_desk import HEADER, Desk

# What a person makes of an exported record: nothing, out of the file, mended, worse, another key.
ACTIONS = ["leave", "remove", "mend", "spoil", "rename"]
records = st.lists(st.sampled_from(["good", "bad", "malformed", "repeated"]), min_size=1, max_size=8)
rounds = st.lists(
    st.tuples(st.lists(st.sampled_from(ACTIONS), min_size=16, max_size=16), st.booleans()), min_size=1, max_size=3
)


@given(deliveries=st.lists(records, min_size=1, max_size=2), repairs=rounds)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_record_is_in_one_state_and_every_batch_adds_up(
    shop: Shop, deliveries: list[list[str]], repairs: list[tuple[list[str], bool]]
) -> None:
    with tempfile.TemporaryDirectory(dir=shop.folder) as root:
        own = Shop(shop.con, Path(root), shop.contract, Lake(Path(root, "lake")), Quarantine(Path(root, "quarantine")))
        desk = Desk(own)
        for number, kinds in enumerate(deliveries):
            desk.load(_content(number, kinds), f"orders_{number}.csv")
        originals = own.lake.live_batches(desk.name)
        mended: set[tuple[str, int]] = set()
        for actions, dismisses in repairs:
            if not desk.open():
                break
            mended |= _repair(desk, actions)
            if dismisses and desk.open():
                _dismiss_first(desk)
            _check_sums(desk, originals, mended)


def _content(delivery: int, kinds: list[str]) -> bytes:
    lines = {"good": "O{0}-{1},1,{1}", "bad": "O{0}-{1},1,x", "malformed": "O{0}-{1},1", "repeated": "O{0}-0,1,1"}
    return HEADER + "".join(lines[kind].format(delivery, n) + "\n" for n, kind in enumerate(kinds)).encode()


def _repair(desk: Desk, actions: list[str]) -> set[tuple[str, int]]:
    """Do to each open record what its action says; return those that must now be repaired."""
    path = desk.export()
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    kept, expected = [], set()
    for row, action in zip(rows, actions * 2, strict=False):
        unique = f"N{row['_batch'][:8]}-{row['_record']}"
        if action in ("mend", "rename"):
            row |= {"order_id": unique if action == "rename" else f"M{unique}", "line": "1", "amount": "7"}
            expected.add((row["_batch"], int(row["_record"])))
        elif action == "spoil":
            row |= {"order_id": unique, "line": "1", "amount": "nothing"}
        if action != "remove":
            kept.append(row)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(kept)
    if any(any(value for name, value in row.items() if name not in OWN) for row in kept):
        desk.resubmit(path)
    return expected


def _dismiss_first(desk: Desk) -> None:
    rejections = desk.rejections()
    (batch_id, record) = desk.shop.con.execute(
        f"select batch_id, record_number from {rejections.relation} where state = 'open' order by all"
    ).fetchall()[0]
    desk.dismiss(batch_id, [record])


def _check_sums(desk: Desk, originals: list[Any], mended: set[tuple[str, int]]) -> None:
    rejections = desk.rejections()
    rows = desk.shop.con.execute(f"select batch_id, record_number, state from {rejections.relation}").fetchall()
    state = {(batch_id, record): state for batch_id, record, state in rows}
    assert len(state) == len(rows)
    assert set(state.values()) <= {"open", "repaired", "dismissed"}
    assert {record for record in state if state[record] == "repaired"} == mended
    good = sum(batch.good for batch in originals)
    assert sum(batch.records for batch in originals) == good + len(rows)
    assert len(desk.shop.rows()) == good + len(mended)
    for batch in desk.shop.lake.batches(desk.name):
        assert batch.records == batch.good + batch.rejected
        assert len(list(batch.repaired)) == (batch.good if batch.repairs else 0)
