"""The dashboard of ``bi/superset`` names what there is: marts, columns and their meanings as the contracts say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from orchestration.configuration.deployment import load_deployment
from orchestration.repository import ROOT
from tests.support.deployments import write_config

BUNDLE = ROOT / "bi" / "superset"


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


DATASETS = [read(path) for path in sorted((BUNDLE / "datasets").rglob("*.yaml"))]
CHARTS = [read(path) for path in sorted((BUNDLE / "charts").glob("*.yaml"))]


@pytest.mark.parametrize("dataset", [each for each in DATASETS if not each["sql"]], ids=lambda each: each["table_name"])
def test_a_dataset_has_the_columns_of_its_contract(dataset: dict[str, Any], tmp_path: Path) -> None:
    contract = load_deployment(write_config(tmp_path), tmp_path / "home").outbound[dataset["table_name"]]
    described = {column["column_name"]: column["description"] for column in dataset["columns"]}
    assert described == {column.name: column.description for column in contract.columns}


def test_every_chart_is_on_the_dashboard_and_reads_columns_that_there_are() -> None:
    (dashboard,) = (read(path) for path in (BUNDLE / "dashboards").glob("*.yaml"))
    shown = {part["meta"]["uuid"] for part in dashboard["position"].values() if str(part).count("chartId")}
    assert shown == {chart["uuid"] for chart in CHARTS}
    columns = {each["uuid"]: {column["column_name"] for column in each["columns"]} for each in DATASETS}
    for chart in CHARTS:
        (query,) = json.loads(chart["query_context"])["queries"]
        read_by_name = [column for column in query["columns"] if isinstance(column, str)]
        assert columns[chart["dataset_uuid"]] >= {*read_by_name, *(test["col"] for test in query["filters"])}


def test_the_bundle_holds_no_password() -> None:
    database = read(BUNDLE / "databases" / "marts.yaml")
    assert database["sqlalchemy_uri"] == "postgresql+psycopg2://reader:XXXXXXXXXX@localhost:5432/marts"
