"""What Dagster is told: failures, partitions, keys, owners, its own settings."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import Any, ClassVar

import dagster as dg
import pytest
import yaml

from data_contracts.contract_rules import ContractError
from orchestration.configuration.settings import Settings
from orchestration.dagster_instance import dagster_instance, prepare_dagster_home
from orchestration.errors import NightRefusedError, TesseraError
from orchestration.failures import EXIT_CODE, told_plainly
from orchestration.home import Home
from orchestration.jobs import NIGHTLY_JOB, NIGHTLY_SCHEDULE, nightly_job, nightly_schedule
from orchestration.owners import OWNERS
from orchestration.partitions import nightly_partitions
from orchestration.repository import DBT_PROJECT
from orchestration.translator import LayerTranslator

PARTS = {"expected": "a file", "found": "none", "fix": "deliver it"}


class TestFailures:
    @pytest.mark.parametrize(
        ("error", "code"),
        [
            (TesseraError("the file is gone", **PARTS), 2),
            (NightRefusedError("the file is gone", **PARTS), 1),
            (ContractError("the file is gone", "line 1", **PARTS), 2),
        ],
    )
    def test_an_error_to_mend_becomes_a_failure_with_its_words_and_exit_code(self, error: Exception, code: int) -> None:
        with pytest.raises(dg.Failure) as caught, told_plainly():
            raise error
        assert caught.value.description == str(error)
        assert "deliver it" in caught.value.description
        assert caught.value.metadata[EXIT_CODE].value == code
        assert caught.value.allow_retries is False
        assert caught.value.__suppress_context__

    def test_an_error_nobody_foresaw_stays_what_it_is(self) -> None:
        with pytest.raises(ZeroDivisionError), told_plainly():
            _ = 1 / 0


def company(*, first: str, last: str | None = None, zone: str = "Europe/Berlin", run_at: str = "02:00") -> Settings:
    return Settings.model_validate(
        {
            "company": {"name": "A", "time_zone": zone, "currency": "EUR"},
            "nights": {"first": first, "last": last, "run_at": run_at},
            "sources": [{"contract": "a", "files": ["b"]}],
        }
    )


class TestNights:
    def test_the_first_and_the_last_night_are_partitions_and_nothing_beyond(self) -> None:
        keys = nightly_partitions(company(first="2024-02-27", last="2024-03-01")).get_partition_keys()
        assert list(keys) == ["2024-02-27", "2024-02-28", "2024-02-29", "2024-03-01"]

    def test_one_night_alone_is_one_partition(self) -> None:
        assert list(nightly_partitions(company(first="2024-05-05", last="2024-05-05")).get_partition_keys()) == [
            "2024-05-05"
        ]

    def test_no_night_is_left_out_or_doubled_when_the_clocks_change(self) -> None:
        keys = nightly_partitions(company(first="2024-03-01", last="2024-10-31")).get_partition_keys()
        days = [dt.date(2024, 3, 1) + dt.timedelta(days=number) for number in range(245)]
        assert list(keys) == [str(day) for day in days]

    @pytest.mark.parametrize(
        ("zone", "last"),
        # At 11:30 UTC a day has just begun in Auckland and has lasted half of its hours in London.
        [("Pacific/Auckland", "2024-06-01"), ("Europe/London", "2024-05-31"), ("America/Los_Angeles", "2024-05-31")],
    )
    def test_open_ended_nights_end_with_the_last_whole_day_where_the_company_is(self, zone: str, last: str) -> None:
        partitions = nightly_partitions(company(first="2024-05-01", zone=zone))
        now = dt.datetime(2024, 6, 1, 12, 30, tzinfo=dt.UTC)
        with dg.instance_for_test() as instance:
            keys = partitions.get_partition_keys(current_time=now, dynamic_partitions_store=instance)
        assert keys[0] == "2024-05-01"
        assert keys[-1] == last

    def test_the_schedule_runs_at_the_companys_hour_for_the_day_that_has_ended(self) -> None:
        settings = company(first="2024-01-01", zone="America/New_York", run_at="03:45")

        @dg.asset(partitions_def=nightly_partitions(settings))
        def anything() -> None: ...

        job = nightly_job(nightly_partitions(settings), hooks=set())
        definitions = dg.Definitions([anything], jobs=[job], schedules=[nightly_schedule(job, settings)])
        schedule = definitions.resolve_schedule_def(NIGHTLY_SCHEDULE)
        assert schedule.cron_schedule == "45 3 * * *"
        assert schedule.execution_timezone == "America/New_York"
        assert schedule.job_name == NIGHTLY_JOB
        # 3:45 in New York in summer.
        tick = dt.datetime(2024, 6, 2, 7, 45, tzinfo=dt.UTC)
        with (
            dg.instance_for_test() as instance,
            dg.build_schedule_context(instance=instance, scheduled_execution_time=tick) as context,
        ):
            (request,) = schedule.evaluate_tick(context).run_requests
        assert request.partition_key == "2024-06-01"


class TestTranslator:
    NODE: ClassVar[dict[str, Any]] = {
        "schema": "marts",
        "name": "customers",
        "alias": "customers_v2",
        "config": {"meta": {}},
        "description": "One row per customer.",
        "original_file_path": "models/marts/customers.sql",
        "raw_code": "select 1",
    }

    def test_the_description_says_where_the_sql_stands_instead_of_showing_it(self) -> None:
        described = LayerTranslator().get_description(self.NODE)
        assert described == "One row per customer.\n\n`dbt_project/models/marts/customers.sql`"

    def test_the_key_is_the_schema_and_the_name_and_the_group_the_schema(self) -> None:
        assert LayerTranslator().get_asset_key(self.NODE) == dg.AssetKey(["marts", "customers"])
        assert LayerTranslator().get_group_name(self.NODE) == "marts"
        assert LayerTranslator().get_owners(self.NODE) == [OWNERS["marts"]]

    def test_a_declared_key_is_kept(self) -> None:
        source = {**self.NODE, "config": {"meta": {"dagster": {"asset_key": ["raw", "crm__customers"]}}}}
        assert LayerTranslator().get_asset_key(source) == dg.AssetKey(["raw", "crm__customers"])

    def test_tests_on_sources_stay_out_of_dagster(self) -> None:
        assert LayerTranslator().settings.enable_source_tests_as_checks is False

    def test_each_layer_and_each_stage_has_an_owner_and_no_owner_is_left_over(self) -> None:
        layers = {folder.name for folder in (DBT_PROJECT / "models").iterdir() if folder.is_dir()}
        assert set(OWNERS) == layers | {"raw", "seeds", "matching", "ml", "gate", "publish"}
        assert all(owner.startswith("team:") for owner in OWNERS.values())


class TestDagsterInstance:
    @pytest.fixture
    def home(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
        monkeypatch.setenv("DAGSTER_HOME", "set so that it is put back")
        return Home(tmp_path / "home")

    def test_telemetry_is_off_and_runs_take_turns(self, home: Home) -> None:
        written = yaml.safe_load((prepare_dagster_home(home) / "dagster.yaml").read_text(encoding="utf-8"))
        assert written["telemetry"] == {"enabled": False}
        assert written["concurrency"]["runs"]["max_concurrent_runs"] == 1
        assert os.environ["DAGSTER_HOME"] == str(home.dagster)

    def test_a_users_own_settings_are_kept(self, home: Home) -> None:
        own = "telemetry: {enabled: false}\nconcurrency: {runs: {max_concurrent_runs: 1}}\n# mine\n"
        home.dagster.mkdir(parents=True)
        (home.dagster / "dagster.yaml").write_text(own, encoding="utf-8")
        prepare_dagster_home(home)
        assert (home.dagster / "dagster.yaml").read_text(encoding="utf-8") == own

    def test_dagster_reads_these_settings_and_keeps_its_runs_in_the_home(self, home: Home) -> None:
        instance = dagster_instance(home)
        try:
            assert instance.telemetry_enabled is False
            assert Path(instance.root_directory) == home.dagster
            assert instance.get_runs_count() == 0
        finally:
            instance.dispose()
        assert (home.dagster / "history").is_dir()


def test_only_the_folders_of_a_home_are_made_and_making_them_twice_does_no_harm(tmp_path: Path) -> None:
    home = Home(tmp_path / "home").create()
    (home.lake / "batch").touch()
    home.create()
    assert (home.lake / "batch").exists()
    folders = [home.lake, home.quarantine, home.identity, home.models, home.published, home.dagster, home.dbt]
    folders += [home.reports, home.campaigns]
    assert set(home.root.iterdir()) == {*folders, home.ledger.parent}
    assert not home.warehouse.exists()
