"""The state is there as a whole or not at all, whatever happens while it is written."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import duckdb
import pytest

from orchestration.errors import TesseraError
from orchestration.identity import state as state_module
from orchestration.identity.state import STATE_RULES, STATE_TABLES, StateStore

ABOUT = {"night": "2026-01-01", "model": {"x": 0.1}}


class KilledError(Exception):
    """Stands for the end of the process."""


@pytest.fixture
def store(tmp_path: Path) -> StateStore:
    return StateStore(tmp_path / "identity")


def filled(profiles: int = 3) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("set threads = 1")
    for name, columns in STATE_TABLES.items():
        connection.execute(f"create table state_{name} ({columns})")
    connection.execute(
        f"insert into state_members select 'p_' || n, 'c_1', date '2026-01-01', null from range({profiles}) as t(n)"
    )
    return connection


def folders(store: StateStore) -> list[str]:
    return sorted(path.name for path in store._root.iterdir())


class TestKeeping:
    def test_what_is_kept_is_loaded_and_opened(self, store: StateStore) -> None:
        name = store.keep(filled(), ABOUT)
        state = store.load(name)
        assert state.about == {"rules": STATE_RULES, **ABOUT}
        connection = duckdb.connect()
        store.open(connection, state)
        assert connection.execute("select count(*), min(customer_id) from previous_members").fetchall() == [(3, "c_1")]

    def test_the_same_content_has_the_same_name_and_is_written_once(self, store: StateStore) -> None:
        name = store.keep(filled(), ABOUT)
        file = store._root / name / "members.parquet"
        written = file.stat().st_mtime_ns
        assert store.keep(filled(), dict(reversed(ABOUT.items()))) == name
        assert file.stat().st_mtime_ns == written
        assert folders(store) == [name]

    @pytest.mark.parametrize("more", [{"profiles": 4}, {}])
    def test_other_content_has_another_name(self, store: StateStore, more: dict[str, int]) -> None:
        name = store.keep(filled(), ABOUT)
        assert store.keep(filled(**more), ABOUT if more else {**ABOUT, "night": "2026-01-02"}) != name
        assert len(folders(store)) == 2

    def test_without_a_state_the_tables_are_empty_and_of_the_right_types(self, store: StateStore) -> None:
        connection = duckdb.connect()
        store.open(connection, None)
        for name, columns in STATE_TABLES.items():
            rows = connection.execute(f"describe previous_{name}").fetchall()
            assert ", ".join(f"{row[0]} {row[1].lower()}" for row in rows) == columns
            assert connection.execute(f"select count(*) from previous_{name}").fetchall() == [(0,)]

    def test_a_night_of_the_same_date_adds_nothing_to_what_it_began_with(self, store: StateStore) -> None:
        state = store.load(store.keep(filled(), ABOUT))
        for _ in range(2):
            connection = filled(0)
            store.open(connection, state)
            connection.execute("create or replace table state_members as from previous_members")
            assert store.keep(connection, ABOUT) == state.name


class TestBeingKilled:
    @pytest.mark.parametrize("files", range(len(STATE_TABLES) + 1))
    def test_while_files_are_written(self, store: StateStore, files: int) -> None:
        before = store.keep(filled(), ABOUT)
        connection = filled(9)
        left = files

        class Dying:
            """A connection that ends after so many files."""

            def execute(self, sql: str) -> object:
                nonlocal left
                if left == 0:
                    raise KilledError
                left -= 1
                return connection.execute(sql)

        if files < len(STATE_TABLES):
            with pytest.raises(KilledError):
                store.keep(Dying(), ABOUT)  # type: ignore[arg-type]
            assert folders(store) == sorted([before, "building"])
        else:
            store.keep(Dying(), ABOUT)  # type: ignore[arg-type]
        self._recovers(store, before)

    @pytest.mark.parametrize("step", ["sync_tree", "sync_path", "replace"])
    def test_at_every_step_after_them(self, store: StateStore, step: str, monkeypatch: pytest.MonkeyPatch) -> None:
        before = store.keep(filled(), ABOUT)

        def die(*_: object) -> None:
            raise KilledError

        with monkeypatch.context() as patch:
            patch.setattr(Path if step == "replace" else state_module, step, die)
            with pytest.raises(KilledError):
                store.keep(filled(9), ABOUT)
        self._recovers(store, before)

    def test_in_the_middle_of_a_file(self, store: StateStore) -> None:
        before = store.keep(filled(), ABOUT)
        half = store._root / "building"
        half.mkdir()
        (half / "members.parquet").write_bytes(b"PAR1")
        (half / "rubbish").mkdir()
        self._recovers(store, before)

    def _recovers(self, store: StateStore, before: str) -> None:
        # What was there is whole, every other folder too, and the next night writes what the killed one would have.
        for name in folders(store):
            if name != "building":
                connection = duckdb.connect()
                store.open(connection, store.load(name))
        assert store.load(before).about["night"] == ABOUT["night"]
        after = store.keep(filled(9), ABOUT)
        assert folders(store) == sorted([before, after])
        connection = duckdb.connect()
        store.open(connection, store.load(after))
        assert connection.execute("select count(*) from previous_members").fetchall() == [(9,)]


class TestLoading:
    def test_a_state_that_is_not_there(self, store: StateStore) -> None:
        with pytest.raises(TesseraError, match="cannot be read") as caught:
            store.load("0123456789abcdef")
        assert "back-up" in caught.value.fix

    @pytest.mark.parametrize("content", ["", "{", "[]"])
    def test_a_state_that_is_damaged(self, store: StateStore, content: str) -> None:
        name = store.keep(filled(), ABOUT)
        (store._root / name / "about.json").write_text(content, encoding="utf-8")
        with pytest.raises(TesseraError, match="cannot be read"):
            store.load(name)

    @pytest.mark.parametrize("damage", ["missing", "half", "other columns"])
    def test_a_table_that_is_damaged(self, store: StateStore, damage: str) -> None:
        name = store.keep(filled(), ABOUT)
        file = store._root / name / "members.parquet"
        if damage == "missing":
            file.unlink()
        elif damage == "half":
            file.write_bytes(file.read_bytes()[:40])
        else:
            shutil.copy(file.with_name("ledger.parquet"), file)
        with pytest.raises(TesseraError, match="cannot be read"):
            store.open(duckdb.connect(), store.load(name))

    def test_a_state_of_other_rules(self, store: StateStore) -> None:
        name = store.keep(filled(), ABOUT)
        file = store._root / name / "about.json"
        file.write_text(json.dumps({**ABOUT, "rules": STATE_RULES + 1}), encoding="utf-8")
        with pytest.raises(TesseraError, match="another version of Tessera"):
            store.load(name)


class TestPruning:
    def test_what_no_version_names_goes_and_leftovers_with_it(self, store: StateStore) -> None:
        kept, gone = (store.keep(filled(n), ABOUT) for n in (1, 2))
        (store._root / "building").mkdir()
        (store._root / "notes.txt").write_text("somebody's", encoding="utf-8")
        store.prune({kept})
        assert folders(store) == sorted([kept, "notes.txt"])
        assert gone not in folders(store)

    def test_where_there_is_nothing_nothing_happens(self, store: StateStore) -> None:
        store.prune(set())
        assert not store._root.exists()
