"""The Dagster instance of a home.

Belongs here: its folder and settings. Does not belong here: definitions.
"""

from __future__ import annotations

import os
from pathlib import Path

import dagster as dg

from orchestration.home import Home

# One run at a time: two would fight for the warehouse. Telemetry and the sign-up form off: nothing leaves the machine.
# The storage is Dagster's own, in the files where it is without being named, with connections that are kept.
_DAGSTER_YAML = """\
telemetry:
  enabled: false
nux:
  enabled: false
concurrency:
  runs:
    max_concurrent_runs: 1
run_monitoring:
  enabled: true
storage:
  custom:
    module: orchestration.dagster_storage
    class: KeptSqliteStorage
    config: {base_dir: {env: DAGSTER_HOME}}
"""


def prepare_dagster_home(home: Home) -> Path:
    """Write ``dagster.yaml`` where there is none and point ``DAGSTER_HOME`` at the folder."""
    home.dagster.mkdir(parents=True, exist_ok=True)
    settings = home.dagster / "dagster.yaml"
    if not settings.is_file():
        settings.write_text(_DAGSTER_YAML, encoding="utf-8")
    os.environ["DAGSTER_HOME"] = str(home.dagster)
    return home.dagster


def dagster_instance(home: Home) -> dg.DagsterInstance:
    """Return the home's instance, so that runs of the console appear in the UI too."""
    return dg.DagsterInstance.from_config(str(prepare_dagster_home(home)))
