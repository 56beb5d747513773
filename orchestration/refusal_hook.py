"""The report of a night that never reached its gate.

Belongs here: the Dagster hook that writes it. Does not belong here: the report's wording (``gate.report``).
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import dagster as dg

from orchestration.assets.gate import judge_build, report_refusal
from orchestration.configuration.deployment import Deployment

PARTITION_TAG = "dagster/partition"


def refusal_hook(deployment: Deployment, manifest_path: Path) -> dg.HookDefinition:
    """Return a hook that writes the refusal report when any step fails; the gate itself would be skipped then."""

    @dg.failure_hook(name="write_refusal_report")
    def write_refusal_report(context: dg.HookContext) -> None:
        run = context.instance.get_run_by_id(context.run_id)
        partition = run.tags.get(PARTITION_TAG) if run else None
        if partition is None:
            return  # A check that was executed on its own: no night is at stake.
        night = dt.date.fromisoformat(partition)
        verdict = judge_build(deployment, manifest_path, as_of_date=night)
        if not verdict.may_publish:
            path = report_refusal(deployment, verdict, run_id=context.run_id)
            context.log.error("Nothing was published. Report: %s", path)

    return write_refusal_report
