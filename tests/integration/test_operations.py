"""What a person does from Dagster's launchpad or the console, beside the nightly run."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from orchestration.assets.publish import PUBLISH_ASSET
from orchestration.configuration.deployment import Deployment, load_deployment
from orchestration.dagster_instance import dagster_instance
from orchestration.definitions import build_defs
from orchestration.errors import TesseraError
from orchestration.gate.ledger import Ledger
from orchestration.learning_anew import learning_steps
from orchestration.night_lock import night_lock
from orchestration.operations.refit import REFIT_JOB, refit_run_config
from orchestration.operations.republish import REPUBLISH_JOB
from orchestration.operations.rollback import ROLLBACK_JOB
from orchestration.publishing.manifest import verify
from orchestration.publishing.version_store import VersionStore
from tests.support import nights


@pytest.fixture
def deployment(small_night: nights.Night, tmp_path: Path) -> Deployment:
    """A copy of the small company's home, one version served."""
    shutil.copytree(small_night.deployment.home.root, tmp_path / "home", symlinks=True)
    return load_deployment(small_night.deployment.config_path, tmp_path / "home")


def launch(deployment: Deployment, job: str, config: dict | None = None) -> dg.ExecuteInProcessResult:
    """Run a job as the launchpad does."""
    instance = dagster_instance(deployment.home)
    try:
        return (
            build_defs(deployment)
            .resolve_job_def(job)
            .execute_in_process(run_config=config, instance=instance, raise_on_error=False)
        )
    finally:
        instance.dispose()


def failure(result: dg.ExecuteInProcessResult) -> str:
    (step,) = [event for event in result.all_events if event.is_step_failure]
    return step.step_failure_data.user_failure_data.description


def test_republishing_and_rolling_back_without_a_word_in_the_launchpad(deployment: Deployment) -> None:
    store = VersionStore(deployment.home.published)
    first = store.current()
    again = launch(deployment, REPUBLISH_JOB)
    assert again.success
    second = store.current()
    assert (second.name, second.as_of_date, second.rows) == ("v000002", first.as_of_date, first.rows)
    assert verify(second.path) == ()
    for mart in ("customers", "segment_memberships"):
        both = [duckdb.sql(f"from '{version.path / mart}.parquet' order by all").df() for version in (first, second)]
        assert both[0].equals(both[1])
    told = [event.asset_key for event in again.all_events if event.is_step_materialization]
    assert told == [dg.AssetKey(PUBLISH_ASSET)]
    assert launch(deployment, ROLLBACK_JOB).success
    assert store.current().name == "v000001"
    named = {"ops": {"rollback": {"config": {"version": "v000002"}}}}
    assert launch(deployment, ROLLBACK_JOB, named).success
    assert store.current().name == "v000002"


def test_a_version_that_is_not_there_is_told_and_the_served_one_stays(deployment: Deployment) -> None:
    named = {"ops": {"rollback": {"config": {"version": "v000009"}}}}
    refused = launch(deployment, ROLLBACK_JOB, named)
    assert not refused.success
    assert "v000009" in failure(refused)
    assert VersionStore(deployment.home.published).current().name == "v000001"


def test_what_the_verdict_refuses_is_not_published_again(deployment: Deployment) -> None:
    path = deployment.home.ledger
    rows = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps([row for row in rows if row["name"] != "contract__customers"]), encoding="utf-8")
    refused = launch(deployment, REPUBLISH_JOB)
    assert not refused.success
    assert "contract__customers" in failure(refused)
    assert [version.name for version in VersionStore(deployment.home.published).versions()] == ["v000001"]


def test_another_night_than_the_one_in_the_warehouse_is_not_published_by_mistake(deployment: Deployment) -> None:
    built = next(iter(Ledger(deployment.home.ledger).results().values())).as_of_date
    refused = launch(deployment, REPUBLISH_JOB, {"ops": {"republish": {"config": {"night": "2024-12-30"}}}})
    assert not refused.success
    assert "2024-12-30" in failure(refused)
    assert str(built) in failure(refused)


def test_nothing_is_rolled_back_while_a_night_is_at_work(deployment: Deployment) -> None:
    with night_lock(deployment.home.night_lock, owner="the night"):
        ended = nights.command("rollback", "--home", str(deployment.home.root), cwd=deployment.home.root)
        assert ended.returncode == 2
        assert "another run is working" in ended.stderr
        refused = launch(deployment, ROLLBACK_JOB)
        assert "another run is working" in failure(refused)


def test_the_refit_jobs_launchpad_shows_every_model_and_takes_a_no(deployment: Deployment) -> None:
    job = build_defs(deployment).resolve_job_def(REFIT_JOB)
    shown = job.partitioned_config.get_run_config_for_partition_key("2024-12-31")
    assert {step: said["config"]["refit"] for step, said in shown["ops"].items()} == dict.fromkeys(
        learning_steps(deployment).values(), True
    )
    one = refit_run_config(deployment, ["predictions"])
    said = dg.validate_run_config(job, one)["ops"]
    assert (said["clusters"]["config"]["refit"], said["predictions"]["config"]["refit"]) == (False, True)


def test_every_launchpad_can_be_shown_and_every_job_says_what_it_does(deployment: Deployment) -> None:
    definitions = build_defs(deployment)
    for job in definitions.resolve_all_job_defs():
        assert job.get_job_snapshot_id()
        if not job.name.startswith("__"):
            assert len((job.description or "").split()) > 8, job.name


def test_a_model_that_is_not_there_is_told_before_anything_runs(deployment: Deployment) -> None:
    with pytest.raises(TesseraError, match="did you mean clusters"):
        refit_run_config(deployment, ["cluster"])
