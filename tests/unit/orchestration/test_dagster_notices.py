"""Dagster's part of telling people: the hook, the sensor and the asset, with a chat on this machine."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from orchestration.assets.notices import NOTICES_ASSET, notices_asset
from orchestration.configuration.deployment import Deployment, load_deployment
from orchestration.configuration.notice_settings import Channel
from orchestration.digest.compose import digest_of
from orchestration.digest.files import write_digest
from orchestration.errors import NightRefusedError
from orchestration.failure_sensor import failure_sensor
from orchestration.failures import told_plainly
from orchestration.home import Home
from orchestration.partitions import nightly_partitions
from orchestration.publishing.manifest import Manifest, hashed_files
from orchestration.publishing.version_store import VersionStore
from orchestration.refusal_hook import refusal_hook
from tests.support import digested
from tests.support.api_server import Answer, Api, running_api
from tests.support.deployments import write_config

NIGHT = "2024-06-30"
TAGS = {"dagster/partition": NIGHT}


@pytest.fixture
def chat(monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    with running_api() as api:
        monkeypatch.setenv("TEAM_HOOK", api.url)
        api.answer = lambda _: Answer(b"ok")
        yield api


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    folder = tmp_path_factory.mktemp("deployment")
    config = write_config(folder, more="notices:\n  - {kind: webhook, url: TEAM_HOOK}\n")
    return load_deployment(config, folder / "home")


@pytest.fixture
def deployment(loaded: Deployment, tmp_path: Path) -> Deployment:
    """The deployment in a home of its own."""
    return replace(loaded, home=Home(tmp_path / "home"))


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    path = tmp_path / "manifest.json"
    path.write_text('{"nodes": {}, "sources": {}}', encoding="utf-8")
    return path


@dg.op
def refuses() -> None:
    with told_plainly():
        raise NightRefusedError("orders.csv is bad", expected="good rows", found="bad rows", fix="mend it")


@dg.op
def breaks() -> None:
    raise ZeroDivisionError("Ada Lovelace, ada@example.com")


def failed(
    instance: dg.DagsterInstance,
    *ops: Any,
    hooks: set[dg.HookDefinition] | None = None,
    tags: dict[str, str] | None = None,
) -> Any:
    @dg.job(hooks=hooks or set(), tags=tags or TAGS, executor_def=dg.in_process_executor)
    def night() -> None:
        for op in ops:
            op()

    result = night.execute_in_process(instance=instance, raise_on_error=False)
    assert not result.success
    return result


def texts(chat: Api) -> list[str]:
    return [json.loads(request.body)["text"] for request in chat.requests]


def events(chat: Api) -> list[str]:
    return [json.loads(request.body)["tessera"]["event"] for request in chat.requests]


def run_sensor(deployment: Deployment, instance: dg.DagsterInstance, result: Any) -> None:
    sensor = failure_sensor(deployment)
    context = dg.build_run_status_sensor_context(
        sensor_name=sensor.name,
        dagster_event=result.get_run_failure_event(),
        dagster_instance=instance,
        dagster_run=result.dagster_run,
    ).for_run_failure()
    sensor(context)


def test_a_refused_night_is_told_once_however_many_steps_fail(
    chat: Api, deployment: Deployment, manifest: Path
) -> None:
    hook = refusal_hook(deployment, manifest)
    with dg.DagsterInstance.ephemeral() as instance:
        result = failed(instance, refuses, refuses.alias("again"), hooks={hook})
        assert events(chat) == ["refused"]
        assert all(
            part in texts(chat)[0] for part in ("orders.csv is bad", "mend it", "Nothing has been published yet")
        )
        assert "Report: 2024-06-30-" in texts(chat)[0]
        # The daemon's sensor sees the same run end.
        run_sensor(deployment, instance, result)
    assert len(chat.requests) == 1


def test_an_error_that_nobody_foresaw_is_told_without_its_words(
    chat: Api, deployment: Deployment, manifest: Path
) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        failed(instance, breaks, hooks={refusal_hook(deployment, manifest)})
    assert events(chat) == ["failed"]
    assert "Ada" not in texts(chat)[0]
    assert "Step: breaks" in texts(chat)[0]


def test_a_run_that_died_without_a_word_is_told_by_the_sensor_once(chat: Api, deployment: Deployment) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        result = failed(instance, breaks)
        assert chat.requests == []
        run_sensor(deployment, instance, result)
        run_sensor(deployment, instance, result)
    assert events(chat) == ["failed"]
    assert "ended without saying why" in texts(chat)[0]


def test_who_wants_to_hear_of_failures_only_is_not_told_of_a_refusal_by_the_sensor(
    chat: Api, deployment: Deployment, manifest: Path
) -> None:
    channel = Channel(kind="webhook", url="TEAM_HOOK", on=["failed"])
    deployment = replace(deployment, settings=deployment.settings.model_copy(update={"notices": [channel]}))
    with dg.DagsterInstance.ephemeral() as instance:
        result = failed(instance, refuses, hooks={refusal_hook(deployment, manifest)})
        run_sensor(deployment, instance, result)
    assert chat.requests == []


def publish(deployment: Deployment, run_id: str = "night-1") -> None:
    store = VersionStore(deployment.home.published)
    with store.build() as draft:
        digested.write(draft.folder)
        write_digest(draft.folder, digest_of(digested.edition(draft.folder), None, digested.ABOUT))
        manifest = Manifest(
            version=draft.name,
            as_of_date=dt.date.fromisoformat(NIGHT),
            published_at=dt.datetime(2024, 7, 1, tzinfo=dt.UTC),
            run_id=run_id,
            tessera_version="0",
            files=hashed_files(draft.folder),
            marts={},
        )
        (draft.folder / "manifest.json").write_text(manifest.to_json(), encoding="utf-8")
    store.swap_to(draft.name)


def materialized(deployment: Deployment, **config: bool) -> Any:
    asset = notices_asset(deployment, nightly_partitions(deployment.settings))
    run_config = {"ops": {"__".join(NOTICES_ASSET): {"config": config}}} if config else None
    result = dg.materialize([asset], partition_key=NIGHT, raise_on_error=False, run_config=run_config)
    found = result.asset_materializations_for_node("publish__notices")
    return result, (found[0].metadata if found else {})


def test_the_digest_of_the_version_is_sent_and_not_again_unless_asked(chat: Api, deployment: Deployment) -> None:
    publish(deployment)
    statuses = []
    for config in ({}, {}, {"send_again": True}):
        result, metadata = materialized(deployment, **config)
        assert result.success
        (record,) = metadata["notices"].records
        statuses.append(record.data["status"])
    assert statuses == ["sent", "sent before", "sent"]
    assert events(chat) == ["published"] * 2
    assert "What needs a person" in texts(chat)[0]


def test_a_channel_that_fails_neither_fails_the_night_nor_unpublishes_it(chat: Api, deployment: Deployment) -> None:
    publish(deployment)
    chat.answer = lambda _: Answer(b"", status=404)
    result, metadata = materialized(deployment)
    assert result.success
    assert metadata["not sent"].value == 1
    assert metadata["notices"].records[0].data["detail"] == "status 404"
    assert VersionStore(deployment.home.published).current_name() == "v000001"


def test_a_night_that_was_not_published_has_nothing_to_send(chat: Api, deployment: Deployment) -> None:
    result, _ = materialized(deployment)
    assert not result.success
    assert chat.requests == []


def test_what_fails_after_the_publication_is_no_refusal(chat: Api, deployment: Deployment, manifest: Path) -> None:
    hook = refusal_hook(deployment, manifest)
    with dg.DagsterInstance.ephemeral() as instance:

        @dg.job(hooks={hook}, tags=TAGS, executor_def=dg.in_process_executor)
        def night() -> None:
            refuses()

        run_id = str(uuid.uuid4())
        publish(deployment, run_id=run_id)
        night.execute_in_process(instance=instance, raise_on_error=False, run_id=run_id)
    assert events(chat) == ["failed"]
    assert "was published, but a step after it failed" in texts(chat)[0]


def test_a_failed_night_of_a_backfill_is_told_too(chat: Api, deployment: Deployment) -> None:
    tags = {"dagster/asset_partition_range_start": NIGHT, "dagster/asset_partition_range_end": NIGHT}
    with dg.DagsterInstance.ephemeral() as instance:
        run_sensor(deployment, instance, failed(instance, breaks, tags=tags))
    assert events(chat) == ["failed"]
