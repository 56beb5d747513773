"""Versions are numbered once, served by one pointer, and kept as long as promised."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from orchestration.errors import TesseraError
from orchestration.publishing.manifest import Manifest, MartEntry, VersionDamagedError, hashed_files
from orchestration.publishing.version_store import NoSuchVersionError, VersionStore, version_name


@pytest.fixture
def store(tmp_path: Path) -> VersionStore:
    return VersionStore(tmp_path / "published")


def add(store: VersionStore, *, swap: bool = True, rows: int = 3) -> str:
    """Publish a version that holds one text file."""
    with store.build() as draft:
        (draft.folder / "customers.txt").write_text(draft.name)
        manifest = Manifest(
            version=draft.name,
            as_of_date=date(2025, 6, 30),
            published_at=datetime(2025, 7, 1, tzinfo=UTC),
            run_id=f"run-{draft.number}",
            tessera_version="0",
            files=hashed_files(draft.folder),
            marts={"customers": MartEntry(rows=rows, columns=())},
        )
        (draft.folder / "manifest.json").write_text(manifest.to_json())
    if swap:
        store.swap_to(draft.name)
    return draft.name


def names(store: VersionStore) -> list[str]:
    return [version.name for version in store.versions()]


def test_an_empty_store_serves_nothing_and_reading_makes_no_folder(store: VersionStore) -> None:
    assert store.current() is None
    assert store.versions() == ()
    assert not store.root.exists()


def test_a_version_says_what_it_is(store: VersionStore) -> None:
    add(store)
    (version,) = store.versions()
    assert (version.number, version.name, version.run_id) == (1, "v000001", "run-1")
    assert version.rows == {"customers": 3}
    assert version.is_current
    assert version.as_of_date == date(2025, 6, 30)
    assert version.published_at.tzinfo is not None


def test_a_built_version_is_not_served_before_the_swap(store: VersionStore) -> None:
    add(store)
    add(store, swap=False)
    assert store.current_name() == "v000001"
    assert names(store) == ["v000001", "v000002"]


def test_the_pointer_is_relative_so_that_the_folder_can_move(store: VersionStore) -> None:
    add(store)
    assert str((store.root / "current").readlink()) == "v000001"
    moved = store.root.rename(store.root.with_name("elsewhere"))
    assert (moved / "current" / "customers.txt").read_text() == "v000001"


def test_a_failing_build_leaves_nothing_behind(store: VersionStore) -> None:
    add(store)
    with pytest.raises(RuntimeError), store.build() as draft:  # noqa: PT012 (the block is what fails)
        (draft.folder / "half.txt").write_text("half")
        raise RuntimeError("the night failed")
    assert names(store) == ["v000001"]
    assert not list(store.root.glob(".building-*"))
    assert add(store) == "v000002"


def test_a_draft_whose_files_are_not_in_its_manifest_gets_no_name(store: VersionStore) -> None:
    with pytest.raises(VersionDamagedError), store.build() as draft:
        (draft.folder / "customers.txt").write_text("no manifest")
    assert names(store) == []


def test_rollback_serves_the_version_before_and_forward_again(store: VersionStore) -> None:
    for _ in range(3):
        add(store)
    assert store.rollback().name == "v000002"
    assert store.rollback().name == "v000001"
    assert store.rollback("v000003").is_current
    assert [version.is_current for version in store.versions()] == [False, False, True]


def test_rollback_without_an_older_version_says_so(store: VersionStore) -> None:
    with pytest.raises(NoSuchVersionError, match=r"no version to go back to.*\n.*\n.*not set"):
        store.rollback()
    add(store)
    with pytest.raises(NoSuchVersionError, match="v000001"):
        store.rollback()
    with pytest.raises(NoSuchVersionError, match="'v000009' is not there"):
        store.rollback("v000009")
    with pytest.raises(NoSuchVersionError):
        store.swap_to("../outside")
    assert store.current_name() == "v000001"


def test_rollback_refuses_a_version_whose_files_changed(store: VersionStore) -> None:
    add(store)
    add(store)
    (store.root / "v000001" / "customers.txt").write_text("changed")
    with pytest.raises(VersionDamagedError, match=r"customers.txt changed"):
        store.rollback()
    assert store.current_name() == "v000002"


def test_rollback_skips_a_version_without_a_readable_manifest(store: VersionStore) -> None:
    for _ in range(3):
        add(store)
    (store.root / "v000002" / "manifest.json").unlink()
    assert store.rollback().name == "v000001"


def test_a_number_is_never_given_twice(store: VersionStore) -> None:
    for _ in range(3):
        add(store)
    store.rollback("v000001")
    assert add(store, swap=False) == "v000004"
    for name in ("v000003", "v000004"):
        (store.root / name).rename(store.root.parent / name)
    assert add(store) == "v000005"


def test_a_lost_counter_falls_back_to_the_folders(store: VersionStore) -> None:
    add(store)
    (store.root / ".last_number").write_text("")
    assert add(store) == "v000002"


def test_retention_keeps_the_newest_and_always_the_current(store: VersionStore) -> None:
    for _ in range(5):
        add(store)
    store.rollback("v000002")
    assert store.prune(2) == ("v000001", "v000003")
    assert names(store) == ["v000002", "v000004", "v000005"]
    assert store.prune(2) == ()
    with pytest.raises(TesseraError, match="at least 1"):
        store.prune(0)


def test_the_next_build_deletes_what_killed_runs_left(store: VersionStore) -> None:
    add(store)
    (store.root / ".building-dead").mkdir()
    (store.root / ".building-dead" / "marts.duckdb.wal").write_bytes(b"ghost")
    (store.root / ".removing-v000000-dead").mkdir()
    (store.root / ".current-dead").symlink_to("v000000")
    add(store)
    assert sorted(entry.name for entry in store.root.iterdir()) == [
        ".last_number", ".lock", "current", "v000001", "v000002",
    ]  # fmt: skip


def test_a_pointer_to_a_deleted_version_is_an_error_not_an_empty_store(store: VersionStore) -> None:
    add(store)
    (store.root / "v000001").rename(store.root / "elsewhere")
    with pytest.raises(NoSuchVersionError, match="'v000001' is not there"):
        store.current()


def test_threads_of_one_process_take_turns(store: VersionStore) -> None:
    threads = [threading.Thread(target=add, args=(store,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert names(store) == [version_name(number) for number in range(1, 5)]
