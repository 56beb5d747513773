"""What was locked at a launch stays, survives kills, and follows merged customers."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from orchestration.audiences import locks as locks_module
from orchestration.audiences.launches import lock_launched
from orchestration.audiences.locks import SCHEMA, LockStore
from orchestration.audiences.tables import LOCKED, write_locked_members
from orchestration.errors import TesseraError

NIGHT = dt.date(2026, 6, 30)


def members(*rows: tuple[str, str], campaign: str = "winter", night: dt.date = NIGHT) -> pa.Table:
    return pa.Table.from_pylist(
        [
            {"campaign_id": campaign, "customer_id": customer, "arm": arm, "planned_holdout_share": 0.1,
             "launched_date": night}
            for customer, arm in rows
        ],
        schema=SCHEMA,
    )  # fmt: skip


def test_members_come_back_and_no_later_night_changes_them(tmp_path: Path) -> None:
    store = LockStore(tmp_path / "campaigns")
    assert store.keep("winter", members(("b", "holdout"), ("a", "treatment")))
    before = (tmp_path / "campaigns" / "winter.parquet").read_bytes()
    assert not store.keep("winter", members(("c", "treatment"), night=NIGHT + dt.timedelta(days=1)))
    assert (tmp_path / "campaigns" / "winter.parquet").read_bytes() == before
    assert store.members() == members(("a", "treatment"), ("b", "holdout"))
    assert store.campaigns() == ["winter"]


def test_the_same_members_give_the_same_bytes_in_whatever_order_they_come(tmp_path: Path) -> None:
    for name, rows in {
        "one": [("a", "holdout"), ("b", "treatment")],
        "two": [("b", "treatment"), ("a", "holdout")],
    }.items():
        LockStore(tmp_path / name).keep("winter", members(*rows))
    assert (tmp_path / "one" / "winter.parquet").read_bytes() == (tmp_path / "two" / "winter.parquet").read_bytes()


def test_who_is_killed_while_writing_locks_nothing_and_the_next_one_locks_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = LockStore(tmp_path)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(locks_module, "replace_file", killed)
        with pytest.raises(KeyboardInterrupt):
            store.keep("winter", members(("a", "treatment")))
    assert store.campaigns() == []
    assert store.members().num_rows == 0
    assert store.keep("winter", members(("a", "holdout")))
    assert store.members() == members(("a", "holdout"))
    assert [path.name for path in tmp_path.iterdir()] == ["winter.parquet"]


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(b"PAR1"),
        lambda path: path.write_bytes(path.read_bytes()[:-20]),
        lambda path: path.rename(path.with_name("spring.parquet")),
    ],
    ids=["no file of members", "cut off", "of another campaign"],
)
def test_a_damaged_file_is_named(tmp_path: Path, damage) -> None:
    store = LockStore(tmp_path)
    store.keep("winter", members(("a", "treatment")))
    damage(tmp_path / "winter.parquet")
    with pytest.raises(TesseraError, match=r"does not hold the members of the campaign (winter|spring)") as caught:
        store.members()
    assert "from a backup" in caught.value.fix


def test_a_customer_twice_in_one_file_is_refused(tmp_path: Path) -> None:
    store = LockStore(tmp_path)
    store.keep("winter", members(("a", "treatment"), ("a", "holdout")))
    with pytest.raises(TesseraError, match="every customer once"):
        store.members()


@pytest.fixture
def warehouse():
    with duckdb.connect() as con:
        con.execute(
            "create schema matching; create table matching.customer_ids (customer_id varchar, merged_into varchar)"
        )
        yield con


def locked(con: duckdb.DuckDBPyConnection) -> list[tuple[object, ...]]:
    return con.execute(
        f"select customer_id, arm, members_at_launch_count from {LOCKED} order by customer_id"
    ).fetchall()


def test_members_follow_merges_and_two_arms_that_became_one_customer_are_in_neither(tmp_path: Path, warehouse) -> None:
    store = LockStore(tmp_path)
    store.keep(
        "winter",
        members(("a", "treatment"), ("b", "treatment"), ("c", "holdout"), ("d", "treatment"), ("e", "holdout")),
    )
    warehouse.execute(
        "insert into matching.customer_ids values "
        "('a', null), ('b', 'x'), ('x', 'a'), ('c', null), ('d', 'c'), ('e', 'f'), ('f', null)"
    )
    written = write_locked_members(warehouse, store, is_matched=True)
    assert locked(warehouse) == [("a", "treatment", 2), ("c", None, 2), ("f", "holdout", 1)]
    assert written.told == (
        "3 members of 1 launched campaigns; 1 of two arms were merged into one customer and are in neither"
    )


def test_without_matching_and_without_campaigns_the_table_is_there(tmp_path: Path) -> None:
    with duckdb.connect() as con:
        assert write_locked_members(con, LockStore(tmp_path / "none"), is_matched=False).rows == 0
        assert locked(con) == []
        LockStore(tmp_path).keep("winter", members(("a", "treatment")))
        write_locked_members(con, LockStore(tmp_path), is_matched=False)
        assert locked(con) == [("a", "treatment", 1)]


def test_only_what_the_night_launches_is_locked_and_only_once(tmp_path: Path, warehouse) -> None:
    warehouse.execute(
        f"""
        create schema marts;
        create table marts.audience_sizes as from (values
            ('winter', 0.1, date '{NIGHT}'), ('autumn', 0.2, date '{NIGHT}' - 30), ('spring', 0.2, null)
        ) as sizes (campaign_id, planned_holdout_share, launched_date);
        create table marts.audiences as
        select *, launched_date is not null and arm is not null as is_locked from (values
            ('winter', 'a', 'treatment', date '{NIGHT}'), ('winter', 'b', 'holdout', date '{NIGHT}'),
            ('winter', 'c', null, date '{NIGHT}'), ('autumn', 'a', 'treatment', date '{NIGHT}' - 30),
            ('spring', 'a', 'treatment', null)
        ) as members (campaign_id, customer_id, arm, launched_date)
        """
    )
    store = LockStore(tmp_path)
    assert lock_launched(warehouse, store, night=NIGHT) == ["winter"]
    assert store.members() == members(("a", "treatment"), ("b", "holdout"))
    warehouse.execute("update marts.audiences set arm = 'treatment'")
    assert lock_launched(warehouse, store, night=NIGHT) == []
    assert store.members() == members(("a", "treatment"), ("b", "holdout"))
