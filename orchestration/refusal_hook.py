"""The report of a night that never reached its gate.

Belongs here: the Dagster hook that writes it. Does not belong here: the report's wording (``gate.report``).
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import dagster as dg

from orchestration.assets.gate import judge_build, report_refusal
from orchestration.configuration.deployment import Deployment


def refusal_hook(deployment: Deployment, manifest_path: Path) -> dg.HookDefinition:
    """Return a hook that writes the refusal report when any step fails; the gate itself would be skipped then."""

    @dg.failure_hook(name="write_refusal_report")
    def write_refusal_report(context: dg.HookContext) -> None:
        night = dt.date.fromisoformat(context._step_execution_context.partition_key)
        verdict = judge_build(deployment, manifest_path, as_of_date=night)
        if not verdict.may_publish:
            path = report_refusal(deployment, verdict, run_id=context.run_id)
            context.log.error("Nothing was published. Report: %s", path)

    return write_refusal_report
