"""The kept storage writes what Dagster's own reads, through one connection a file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.sqlite_storage import DagsterSqliteStorage

from orchestration import dagster_storage
from orchestration.dagster_instance import dagster_instance
from orchestration.dagster_storage import KeptSqliteEventLogStorage
from orchestration.home import Home


@dg.asset(check_specs=[dg.AssetCheckSpec("is_there", asset="thing")])
def thing() -> Iterator[object]:
    yield dg.Output(1, metadata={"rows": 3})
    yield dg.AssetCheckResult(passed=True, check_name="is_there")


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dg.DagsterInstance]:
    monkeypatch.setenv("DAGSTER_HOME", "set so that it is put back")
    made = dagster_instance(Home(tmp_path / "home"))
    yield made
    made.dispose()


def test_the_overridden_member_is_still_there() -> None:
    assert "_connect" in vars(SqliteEventLogStorage)
    assert "_connect" in vars(KeptSqliteEventLogStorage)


def test_what_is_stored_is_what_dagsters_own_storage_reads_in_the_same_files(instance: dg.DagsterInstance) -> None:
    assert isinstance(instance.event_log_storage, KeptSqliteEventLogStorage)
    run = dg.materialize([thing], instance=instance)
    stored = [entry.to_json() for entry in instance.all_logs(run.run_id)]
    assert len(stored) > 10
    instance.dispose()
    plain = DagsterSqliteStorage.from_local(instance.root_directory)
    plain.register_instance(instance)
    assert [entry.to_json() for entry in plain.event_log_storage.get_logs_for_run(run.run_id)] == stored
    found = plain.event_log_storage.get_latest_materialization_events([dg.AssetKey("thing")])
    assert found[dg.AssetKey("thing")].run_id == run.run_id


def test_a_file_is_connected_to_once_and_few_stay_open(
    instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage = instance.event_log_storage
    assert isinstance(storage, KeptSqliteEventLogStorage)
    made: list[str] = []
    make = dagster_storage.create_engine

    def counted(url: str, **settings: object) -> object:
        made.append(url)
        return make(url, **settings)

    monkeypatch.setattr(dagster_storage, "create_engine", counted)
    dg.materialize([thing], instance=instance)
    # The index, and the run's file: once to lay out its tables, once to keep.
    assert len(made) <= 4
    runs = [dg.materialize([thing], instance=instance).run_id for _ in range(9)]
    assert len(storage._engines) <= 8
    assert all(instance.all_logs(run) for run in runs)
