"""A range of nights that Dagster's daemon runs is the same range run by hand, night after night.

``TESSERA_BACKFILL_NIGHTS`` says how many nights (30 without it).
"""

from __future__ import annotations

import datetime as dt
import itertools
import json
import os
import time
import urllib.request
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from orchestration.configuration.deployment import load_deployment
from orchestration.home import Home
from orchestration.publishing.version_store import Version, VersionStore
from orchestration.repository import ROOT
from scripts.dagster_ui import dagster_ui
from tests.support import nights, small_company

pytestmark = pytest.mark.slow

NIGHTS = int(os.environ.get("TESSERA_BACKFILL_NIGHTS", "30"))
LAST = small_company.LAST_NIGHT
RANGE = [LAST - dt.timedelta(days=back) for back in reversed(range(NIGHTS))]
WITHIN = 600 + 300 * NIGHTS

# A backfill of assets names the range of its run; here a range is one night.
NIGHT_OF_A_RUN = "dagster/asset_partition_range_start"
ASSETS = "{ assetNodes { assetKey { path } isMaterializable } }"
LAUNCH = """
mutation($params: LaunchBackfillParams!) {
  launchPartitionBackfill(backfillParams: $params) {
    __typename ... on LaunchBackfillSuccess { backfillId } ... on PythonError { message }
  }
}
"""
STATE = """
query($id: String!) {
  partitionBackfillOrError(backfillId: $id) { ... on PartitionBackfill { status error { message } } }
}
"""
RUNS = """
query($id: String!) {
  partitionBackfillOrError(backfillId: $id) {
    ... on PartitionBackfill { runs(limit: 1000) { status startTime endTime tags { key value } } }
  }
}
"""


def ask(address: str, query: str, **variables: Any) -> dict[str, Any]:
    """Ask Dagster's GraphQL, as its own pages do."""
    body = json.dumps({"query": query, "variables": variables}).encode()
    request = urllib.request.Request(f"{address}/graphql", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=120) as answer:
        told: dict[str, Any] = json.load(answer)
    assert "errors" not in told, told["errors"]
    return told["data"]


def launched(address: str) -> str:
    """Launch the backfill as "Materialize all" does, newest night named first."""
    nodes = ask(address, ASSETS)["assetNodes"]
    selection = [{"path": node["assetKey"]["path"]} for node in nodes if node["isMaterializable"]]
    assert selection, "the definitions did not load"
    params = {"assetSelection": selection, "partitionNames": [night.isoformat() for night in reversed(RANGE)]}
    outcome = ask(address, LAUNCH, params=params)["launchPartitionBackfill"]
    assert outcome["__typename"] == "LaunchBackfillSuccess", outcome
    return str(outcome["backfillId"])


def finished(address: str, backfill: str) -> list[dict[str, Any]]:
    """Wait for its end and return its runs in the order of their beginning."""
    until = time.monotonic() + WITHIN
    while time.monotonic() < until:
        state = ask(address, STATE, id=backfill)["partitionBackfillOrError"]
        if state["status"].startswith(("COMPLETED", "FAILED", "CANCELED")):
            break
        time.sleep(5)
    assert state["status"] == "COMPLETED_SUCCESS", state
    runs = ask(address, RUNS, id=backfill)["partitionBackfillOrError"]["runs"]
    return sorted(runs, key=lambda run: run["startTime"])


def versions(home: Path) -> dict[dt.date, Version]:
    """Every version of a home by its night."""
    return {version.as_of_date: version for version in VersionStore(Home.locate(home).published).versions()}


def rows(version: Version, mart: str) -> pd.DataFrame:
    """A mart's rows without who computed them and when."""
    found = duckdb.sql(f"from '{version.path / mart}.parquet'").df()
    found = found.drop(columns=[name for name in ("run_id", "checked_at", "detail") if name in found])
    # Checks of several nights are ordered by the runs that made them.
    return found.sort_values(["as_of_date", "check_name"], ignore_index=True) if mart == "data_quality" else found


def test_a_backfill_is_the_same_nights_one_at_a_time_and_the_oldest_first(tmp_path: Path) -> None:
    config = small_company.write_company(tmp_path / "company", nights=f"first: {RANGE[0]}")
    text = config.read_text(encoding="utf-8")
    config.write_text(f"{text}\npublish:\n  keep_versions: {NIGHTS + 2}\n", encoding="utf-8")
    assert load_deployment(config, tmp_path / "by_daemon").settings.publish.keep_versions == NIGHTS + 2
    for home in ("by_daemon", "by_hand"):
        load_deployment(config, tmp_path / home).home.create()
    with dagster_ui(config, tmp_path / "by_daemon", checkout=ROOT) as address:
        runs = finished(address, launched(address))
    for night in RANGE:
        assert nights.run(config, tmp_path / "by_hand", night).outcome.exit_code == 0

    partitions = [tag["value"] for run in runs for tag in run["tags"] if tag["key"] == NIGHT_OF_A_RUN]
    assert partitions == [night.isoformat() for night in RANGE], "one run for each night, the oldest first"
    assert all(before["endTime"] <= after["startTime"] for before, after in itertools.pairwise(runs))
    by_daemon, by_hand = versions(tmp_path / "by_daemon"), versions(tmp_path / "by_hand")
    assert sorted(by_daemon) == sorted(by_hand) == RANGE
    assert by_daemon[RANGE[-1]].is_current
    for night in RANGE:
        for mart in by_hand[night].rows:
            one, other = rows(by_daemon[night], mart), rows(by_hand[night], mart)
            assert one.equals(other), f"{mart} of {night}"
