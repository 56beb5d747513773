"""By when a night is due, and what is tried again."""

from __future__ import annotations

import datetime as dt
import errno
from pathlib import Path

import dagster as dg
import pytest

from orchestration.configuration.deployment import load_deployment
from orchestration.configuration.settings import Nights
from orchestration.errors import TesseraError
from orchestration.failures import told_plainly
from orchestration.freshness import publication_due, publication_freshness, reader_retries, source_freshness
from orchestration.ingestion.file_errors import FileUnreachableError
from orchestration.source_loading import load_sources
from tests.support.deployments import write_config

FIRST = dt.date(2024, 1, 1)
NOW = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)


def nights(**more: object) -> Nights:
    return Nights.model_validate({"first": FIRST, **more})


@pytest.mark.parametrize(
    ("run_at", "hours", "due"),
    [
        ("02:00", 6, dt.time(8)),
        ("22:30", 6, dt.time(4, 30)),
        ("23:59", 0.5, dt.time(0, 29)),
        ("00:00", 23, dt.time(23)),
    ],
)
def test_a_night_is_due_so_many_hours_after_it_begins_also_past_midnight(
    run_at: str, hours: float, due: dt.time
) -> None:
    assert publication_due(nights(run_at=run_at, due_after_hours=hours)) == due


def test_a_source_may_go_as_long_unread_as_it_may_be_late_and_a_missed_night_warns() -> None:
    strict = source_freshness(nights(), latency_days=0)
    patient = source_freshness(nights(), latency_days=7)
    assert strict.warn_window.to_timedelta() == patient.warn_window.to_timedelta() == dt.timedelta(hours=30)
    assert strict.fail_window.to_timedelta() == dt.timedelta(days=1, hours=30)
    assert patient.fail_window.to_timedelta() == dt.timedelta(days=7, hours=30)


def test_where_the_data_has_ended_nothing_is_expected(tmp_path: Path) -> None:
    settings = load_deployment(_written(tmp_path), tmp_path / "home").settings
    assert settings.nights.last is not None
    assert publication_freshness(settings) is None
    assert source_freshness(settings.nights, latency_days=1) is None


def test_waits_grow_and_none_is_wanted_where_nothing_is_tried_again() -> None:
    policy = reader_retries(nights(source_retries=2, retry_wait_seconds=10))
    assert policy.max_retries == 2
    first, second = ([policy.calculate_delay(attempt) for _ in range(50)] for attempt in (1, 2))
    assert 0 <= min(first) < max(first) <= 20
    assert sum(second) / 50 > sum(first) / 50
    assert reader_retries(nights(source_retries=0)) is None


@pytest.mark.parametrize(("number", "is_tried"), [(errno.EIO, True), (errno.ESTALE, True), (errno.ENOSPC, False)])
def test_a_share_that_is_away_is_worth_another_try_and_a_full_disk_of_ours_is_not(
    number: int, is_tried: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deployment = load_deployment(_written(tmp_path), tmp_path / "home")
    deployment.home.create()

    def away(*_: object, **__: object) -> None:
        raise OSError(number, "the share says no")

    monkeypatch.setattr("orchestration.source_loading.load_file", away)
    contract = deployment.inbound["transactions__order_lines"]
    with pytest.raises(FileUnreachableError if is_tried else OSError, match="the share says no"):
        load_sources(deployment, contract, deployment.sources_on[contract.name], loaded_at=NOW)


def test_a_reader_comes_back_to_a_source_that_was_away_and_not_to_a_persons_mistake() -> None:
    parts = {"expected": "an answer", "found": "none", "fix": "wait"}
    outcomes = {"away": [FileUnreachableError("away", **parts)] * 2, "wrong": [TesseraError("wrong", **parts)] * 2}

    def reader(name: str) -> dg.AssetsDefinition:
        @dg.asset(name=name, retry_policy=dg.RetryPolicy(max_retries=3))
        def read() -> None:
            with told_plainly():
                if outcomes[name]:
                    raise outcomes[name].pop()

        return read

    assert dg.materialize([reader("away")]).success
    wrong = dg.materialize([reader("wrong")], raise_on_error=False)
    assert not wrong.success
    assert len(outcomes["wrong"]) == 1


def _written(folder: Path) -> Path:
    (folder / "order_lines.csv").write_text("order_id\n", encoding="utf-8")
    return write_config(folder)
