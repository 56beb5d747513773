"""The report of a night that never reached its gate, and the notice of it.

Belongs here: the Dagster hook that writes and sends them. Does not belong here: the report's wording (``gate.report``),
the notice's (``notices``).
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import dagster as dg

from orchestration.assets.gate import judge_build, report_refusal
from orchestration.configuration.deployment import Deployment
from orchestration.configuration.notice_settings import Event
from orchestration.notices.night import tell_ending

PARTITION_TAG = "dagster/partition"


def told_of(error: BaseException | None) -> tuple[Event, str]:
    """Whether a step's error is a refusal, and its words where they were written for people.

    Any other error may quote whatever it stumbled on, so its words stay in the log.
    """
    if isinstance(error, dg.Failure):
        return "refused", error.description or ""
    return ("refused" if type(error).__name__ == "DagsterAssetCheckFailedError" else "failed"), ""


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
        path = None
        if not verdict.may_publish:
            path = report_refusal(deployment, verdict, run_id=context.run_id)
            context.log.error("Nothing was published. Report: %s", path)
        event, told = told_of(context.op_exception)
        deliveries = tell_ending(
            deployment,
            event=event,
            night=night,
            run_id=context.run_id,
            step=context.step_key,
            told=told,
            problems=verdict.blocking,
            report=path.name if path else "",
        )
        for delivery in deliveries:
            context.log.info("Notice: %s", delivery)

    return write_refusal_report
