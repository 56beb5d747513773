"""What a bad night leaves: a clear error, the bad rows with their reasons, and the old version served."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import dagster as dg
import duckdb
import pandas as pd
import pytest

from orchestration.assets.publish import PUBLISH_ASSET
from orchestration.configuration.deployment import load_deployment
from orchestration.dagster_instance import dagster_instance
from orchestration.definitions import build_defs
from orchestration.digest.files import read_digest
from orchestration.errors import NightRefusedError, TesseraError
from orchestration.gate.ledger import Ledger
from orchestration.ingestion.lake import Lake
from orchestration.night_lock import night_lock
from orchestration.publishing.version_store import VersionStore
from orchestration.source_loading import load_sources
from tests.support import nights, small_company
from tests.support.api_server import running_api

NOW = pd.Timestamp("2025-01-01", tz="UTC").to_pydatetime()


@pytest.fixture
def company(small_night: nights.Night, tmp_path: Path) -> tuple[Path, Path]:
    """A copy of the small company and of its home, one version served."""
    config = small_night.deployment.config_path
    shutil.copytree(config.parent, tmp_path / "company")
    shutil.copytree(small_night.deployment.home.root, tmp_path / "home", symlinks=True)
    return tmp_path / "company" / config.name, tmp_path / "home"


def lines_text() -> str:
    return small_company.order_lines().to_csv(index=False)


def without_a_column(text: str) -> str:
    return "\n".join(",".join(line.split(",")[:6] + line.split(",")[7:]) for line in text.splitlines())


def with_bad_rows(text: str) -> str:
    header, *rows = text.splitlines()
    bad = [
        row.replace(",EUR,", ",EUR,", 1).replace("k", "k", 1) if i % 10 > 2 else row + "x" for i, row in enumerate(rows)
    ]
    return "\n".join([header, *bad])


FAULTS: dict[str, tuple[Callable[[str], str], type[TesseraError], str]] = {
    "a missing column": (without_a_column, TesseraError, "unit_price"),
    "an empty file": (lambda _: "", TesseraError, "empty"),
    "an HTML page": (lambda _: "<!doctype html><html><body>Log in</body></html>", TesseraError, "web page"),
    "an unclosed quote": (lambda text: text.replace("o-000-001", '"o-000-001', 1), TesseraError, "quote"),
    "wrong types everywhere": (
        lambda text: text.replace("2024-", "sometime-"),
        NightRefusedError,
        "not_a_timestamp",
    ),
    "thirty per cent bad rows": (with_bad_rows, NightRefusedError, "30"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_bad_file_is_refused_and_nothing_reaches_the_lake(fault: str, company: tuple[Path, Path]) -> None:
    spoil, error_class, word = FAULTS[fault]
    config, home = company
    deployment = load_deployment(config, home)
    (config.parent / "order_lines.csv").write_text(spoil(lines_text()), encoding="utf-8")
    before = sorted(deployment.home.lake.rglob("*.parquet"))
    contract = deployment.inbound["transactions__order_lines"]
    with pytest.raises(error_class) as refused:
        load_sources(deployment, contract, deployment.sources_on[contract.name], loaded_at=NOW)
    told = str(refused.value)
    assert "order_lines.csv" in told
    assert word in told
    assert "to do:" in told
    assert sorted(deployment.home.lake.rglob("*.parquet")) == before


def test_a_night_with_a_missing_column_ends_with_2_and_keeps_the_version(company: tuple[Path, Path]) -> None:
    config, home = company
    (config.parent / "order_lines.csv").write_text(without_a_column(lines_text()), encoding="utf-8")
    ended = nights.command("run", "--config", str(config), "--home", str(home), cwd=config.parent)
    assert ended.returncode == 2, ended.stdout + ended.stderr
    assert "unit_price" in ended.stdout
    assert "v000001 (2024-12-31) stays served" in ended.stdout
    assert "Traceback" not in ended.stdout + ended.stderr
    assert [version.name for version in VersionStore(home / "published").versions()] == ["v000001"]


def test_a_night_with_too_many_bad_rows_ends_with_1_and_quarantines_them(company: tuple[Path, Path]) -> None:
    config, home = company
    (config.parent / "order_lines.csv").write_text(with_bad_rows(lines_text()), encoding="utf-8")
    ended = nights.command("run", "--config", str(config), "--home", str(home), cwd=config.parent)
    assert ended.returncode == 1, ended.stdout + ended.stderr
    assert "at most 5.0%" in ended.stdout
    (held,) = (home / "quarantine" / "transactions__order_lines").glob("*.parquet")
    reasons = duckdb.execute(
        f"select distinct r.reason as reason, r.\"column\" as place from (select unnest(reasons) as r from '{held}')"
    ).fetchall()
    assert reasons == [("not_in_list", "kind")]
    assert VersionStore(home / "published").current().name == "v000001"
    reports = list((home / "reports").glob("*.md"))
    assert "was refused" in reports[0].read_text(encoding="utf-8")
    assert "Version v000001 stays served" in reports[0].read_text(encoding="utf-8")


def test_a_night_on_a_damaged_lake_ends_with_2_and_says_what_mends_it(company: tuple[Path, Path]) -> None:
    config, home = company
    deployment = load_deployment(config, home)
    lake, contract = Lake(deployment.home.lake), deployment.inbound["transactions__order_lines"]
    (batch,) = lake.live_batches(contract.name)
    rows = lake.rows_path(batch)
    whole = rows.read_bytes()
    rows.write_bytes(whole[: len(whole) // 2])
    night = nights.run(config, home)
    assert night.outcome.exit_code == 2
    told = "\n".join(night.outcome.errors)
    assert f"{rows}: the rows of transactions__order_lines from order_lines.csv" in told
    assert f"expected: the {batch.good:,} rows" in told
    assert f"delete {rows.parent} and run the night again" in told
    assert "Parquet" not in told
    assert "duckdb" not in told.lower()
    assert night.served.name == "v000001"
    assert [version.name for version in VersionStore(home / "published").versions()] == ["v000001"]
    # What it says to do brings back the same bytes.
    shutil.rmtree(rows.parent)
    load_sources(deployment, contract, deployment.sources_on[contract.name], loaded_at=NOW)
    assert rows.read_bytes() == whole


def test_a_failing_dbt_test_closes_the_gate_and_people_are_told_once(
    company: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    config, home = company
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with config.open("a", encoding="utf-8") as file:
        file.write("\nnotices:\n  - {kind: webhook, url: TEAM_HOOK}\n")
    lines = small_company.order_lines()
    lines.loc[5, "currency"] = "XTS"
    lines.to_csv(config.parent / "order_lines.csv", index=False)
    with running_api() as chat:
        monkeypatch.setenv("TEAM_HOOK", chat.url)
        night = nights.run(config, home)
    assert night.outcome.exit_code == 1
    (posted,) = [json.loads(request.body) for request in chat.requests]
    assert posted["tessera"]["event"] == "refused"
    assert "Has every order line an exchange rate of its day" in posted["text"]
    assert "v000001 (2024-12-31) stays served." in posted["text"]
    told = "\n".join(night.outcome.errors)
    assert "assert_every_currency_has_a_rate" in told
    assert "currency_code 'XTS', base_currency_code 'EUR'" in told
    assert night.served.name == "v000001"
    assert not list((home / "published").glob("v000002"))
    report = next((home / "reports").glob("*.md")).read_text(encoding="utf-8")
    assert "Has every order line an exchange rate of its day into the base currency?" in report


def test_publishing_alone_refuses_a_build_with_a_gap(company: tuple[Path, Path]) -> None:
    config, home = company
    deployment = load_deployment(config, home)
    Ledger(deployment.home.ledger).forget(["contract__segment_profiles"])
    definitions = build_defs(deployment)
    job = definitions.resolve_implicit_global_asset_job_def()
    instance = dagster_instance(deployment.home)
    result = job.execute_in_process(
        instance=instance,
        partition_key="2024-12-31",
        asset_selection=[dg.AssetKey(PUBLISH_ASSET)],
        raise_on_error=False,
    )
    assert not result.success
    (failure,) = [event.step_failure_data for event in result.all_events if event.is_step_failure]
    assert "contract__segment_profiles: has no result" in failure.user_failure_data.description
    assert VersionStore(home / "published").current().name == "v000001"


def test_publishing_alone_publishes_a_build_without_a_gap(company: tuple[Path, Path]) -> None:
    config, home = company
    deployment = load_deployment(config, home)
    job = build_defs(deployment).resolve_implicit_global_asset_job_def()
    result = job.execute_in_process(
        instance=dagster_instance(deployment.home),
        partition_key="2024-12-31",
        asset_selection=[dg.AssetKey(PUBLISH_ASSET)],
        raise_on_error=False,
    )
    assert result.success
    published = VersionStore(home / "published").current()
    assert published.name == "v000002"
    told = read_digest(published.path)
    assert told.facts["version_before"] == "v000001"
    assert told.facts["customers"] == told.facts["customers_before"]
    assert "against v000001" in told.headline[1]
    assert [line.text for line in told.chapters[-1].lines] == [
        "No model changed, and the same ways of segmenting are there."
    ]


def test_a_second_run_in_the_same_home_is_turned_away(company: tuple[Path, Path]) -> None:
    config, home = company
    with night_lock(home / "night.lock", owner="a test"):
        ended = nights.command("run", "--config", str(config), "--home", str(home), cwd=config.parent)
    assert ended.returncode == 2
    assert "another run is working" in ended.stderr
    assert "a test" in ended.stderr
    assert VersionStore(home / "published").current().name == "v000001"


@pytest.mark.slow  # Two nights for what the version store's own tests hold without one.
def test_rolling_back_serves_the_earlier_version_again(company: tuple[Path, Path]) -> None:
    config, home = company
    assert nights.run(config, home).served.name == "v000002"
    back = nights.command("rollback", "--home", str(home), cwd=config.parent)
    assert back.returncode == 0, back.stderr
    assert "v000001" in back.stdout
    listed = nights.command("versions", "--home", str(home), cwd=config.parent).stdout
    assert listed.index("v000002") < listed.index("v000001")
    assert VersionStore(home / "published").current().name == "v000001"
    assert nights.run(config, home).served.name == "v000003"


def test_a_check_can_be_executed_on_its_own(company: tuple[Path, Path]) -> None:
    config, home = company
    deployment = load_deployment(config, home)
    definitions = build_defs(deployment)
    key = dg.AssetCheckKey(dg.AssetKey(["marts", "customers"]), "contract__customers")
    job = dg.define_asset_job("one_check", selection=dg.AssetSelection.checks(key))
    asked = dg.Definitions.merge(definitions, dg.Definitions(jobs=[job])).resolve_job_def("one_check")
    result = asked.execute_in_process(instance=dagster_instance(deployment.home), raise_on_error=False)
    assert result.success
    (evaluation,) = result.get_asset_check_evaluations()
    assert evaluation.passed
    assert str(Ledger(deployment.home.ledger).results()["contract__customers"].as_of_date) == "2024-12-31"
