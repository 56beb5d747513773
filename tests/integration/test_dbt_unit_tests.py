"""The unit tests that stand beside the dbt models, with every source and scheme switched on."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from orchestration.repository import DBT_PROJECT
from orchestration.warm_dbt.client import ADDRESS
from orchestration.warm_dbt.starting import CLIENT_ARGUMENTS, WarmDbt
from tests.support import deployments, nights


def test_every_dbt_unit_test_passes(tmp_path: Path) -> None:
    variables = deployments.every_source(tmp_path).dbt_vars
    server = WarmDbt.start()
    ended = subprocess.run(
        [
            sys.executable,
            *CLIENT_ARGUMENTS,
            "test",
            "--select",
            "test_type:unit",
            "--vars",
            json.dumps(variables),
            "--profiles-dir",
            ".",
            "--target-path",
            str(tmp_path / "target"),
            "--log-path",
            str(tmp_path / "logs"),
        ],
        cwd=DBT_PROJECT,
        env=nights.environment(
            TESSERA_WAREHOUSE=str(tmp_path / "unit.duckdb"),
            TESSERA_TIME_ZONE="UTC",
            TESSERA_AS_OF_DATE="2020-02-03",
            DBT_LOG_LEVEL_FILE="info",
            **{ADDRESS: server.address()},
        ),
        capture_output=True,
        text=True,
        check=False,
    )
    server.stop()
    assert ended.returncode == 0, ended.stdout[-4000:]
    results = json.loads((tmp_path / "target" / "run_results.json").read_text(encoding="utf-8"))["results"]
    # What dbt does at the start of every run is a result, too.
    tests = [result for result in results if result["unique_id"].startswith("unit_test.")]
    assert len(tests) > 200
    assert {test["status"] for test in tests} == {"pass"}
