"""The snapshot of what Dagster shows: written by a command, compared by a test.

Belongs here: which names are in it, where it is, refreshing it. Does not belong here: the comparison.

    python -m tests.architecture.definitions_snapshot      write it anew
"""

from __future__ import annotations

import json
import sys
import tempfile
import warnings
from pathlib import Path

from orchestration.configuration.deployment import Deployment
from orchestration.definitions import build_defs
from orchestration.jobs import NIGHTLY_JOB
from tests.support.deployments import every_source

SNAPSHOT = Path(__file__).with_name("snapshot_definitions.json")


def names_of(deployment: Deployment) -> dict[str, list[str]]:
    """Everything of a deployment's definitions that has a name which somebody may have written down."""
    definitions = build_defs(deployment)
    graph = definitions.resolve_asset_graph()
    return {
        "assets": sorted(
            f"{key.to_user_string()} [{graph.get(key).group_name}]" for key in graph.materializable_asset_keys
        ),
        "asset_checks": sorted(f"{key.asset_key.to_user_string()}: {key.name}" for key in graph.asset_check_keys),
        "jobs": sorted(job.name for job in definitions.jobs or ()),
        "schedules": sorted(schedule.name for schedule in definitions.schedules or ()),
        "sensors": sorted(sensor.name for sensor in definitions.sensors or ()),
        "resources": sorted(definitions.resources or {}),
        "steps": sorted(node.name for node in definitions.resolve_job_def(NIGHTLY_JOB).nodes),
    }


def main() -> int:
    """Write the snapshot of a deployment in which everything is on."""
    # Dagster marks partitioned asset checks as a preview.
    warnings.filterwarnings("ignore", module="dagster")
    with tempfile.TemporaryDirectory() as folder:
        names = names_of(every_source(Path(folder)))
    SNAPSHOT.write_text(json.dumps(names, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"written: {SNAPSHOT.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
