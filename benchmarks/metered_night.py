"""One night with a CPU meter on every step; run in a process of its own by night.py, prints JSON.

Belongs here: reading the meter at each step's start and end. Does not belong here: presenting the numbers.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

import dagster as dg
from rich.console import Console

from orchestration.configuration.deployment import load_deployment, tonight
from orchestration.console.night import run_night
from orchestration.warm_dbt.starting import warm_dbt


def cpu_seconds() -> float:
    """CPU seconds of this process, of its finished children, and of the warm dbt process with its own."""
    times = os.times()
    status = Path(f"/proc/{warm_dbt().process.pid}/stat").read_text(encoding="utf-8")
    # User, system, and both of finished children, in ticks; the name before them may hold blanks.
    ticks = sum(map(int, status.rpartition(")")[2].split()[11:15]))
    own = times.user + times.system + times.children_user + times.children_system
    return own + ticks / os.sysconf("SC_CLK_TCK")


class Meter:
    """Attributes CPU seconds to the step at work; steps run one after the other in this process."""

    def __init__(self) -> None:
        self.steps: dict[str, float] = defaultdict(float)
        self._at = 0.0

    def __call__(self, entry: dg.EventLogEntry) -> None:
        event = entry.dagster_event
        if event is None or entry.step_key is None:
            return
        if event.is_step_start:
            self._at = cpu_seconds()
        elif event.is_step_success or event.is_step_failure:
            self.steps[entry.step_key] += cpu_seconds() - self._at


def sql_seconds(home: Path, *, since: float) -> dict[str, float]:
    """Seconds that dbt's nodes took in the database since a moment, by layer; two of them may run at once."""
    layers: dict[str, float] = defaultdict(float)
    for results in (home / "dbt" / "target").glob("*/run_results.json"):
        if results.stat().st_mtime < since:
            continue
        for row in json.loads(results.read_text(encoding="utf-8"))["results"]:
            kind, _, name = row["unique_id"].split(".")[:3]
            layers["tests" if kind == "test" else _layer(name)] += row["execution_time"]
    return dict(layers)


def _layer(name: str) -> str:
    prefixes = {
        "stg_": "staging",
        "int_identity": "identity",
        "seg_": "segmentations",
        "int_rfm": "segmentations",
        "int_lifecycle": "segmentations",
        "int_segmentations": "segmentations",
        "segment_": "marts",
        "customers": "marts",
    }
    return next((layer for prefix, layer in prefixes.items() if name.startswith(prefix)), "features")


def main() -> None:
    """Run the night of the deployment that the environment names."""
    deployment = load_deployment()
    meter = Meter()
    began, started = time.perf_counter(), time.time()
    with tempfile.TemporaryFile("w") as nowhere:
        outcome = run_night(
            deployment,
            tonight(deployment),
            console=Console(file=nowhere),
            log=deployment.home.root / "night.log",
            listeners=[meter],
        )
    if outcome.exit_code:
        sys.exit("\n".join(outcome.errors))
    print(
        json.dumps(
            {
                "wall": time.perf_counter() - began,
                "cpu": cpu_seconds(),
                "steps": dict(meter.steps),
                "sql": sql_seconds(deployment.home.root, since=started),
            }
        )
    )


if __name__ == "__main__":
    main()
