"""The sensor for runs that end without a word, as when their process is killed.

Belongs here: the Dagster sensor. Does not belong here: steps that fail (``refusal_hook``), the words (``notices``).
"""

from __future__ import annotations

import datetime as dt

import dagster as dg

from orchestration.configuration.deployment import Deployment
from orchestration.notices.night import tell_ending

SENSOR = "notices_of_failed_runs"
_PARTITION_TAG = "dagster/partition"


def failure_sensor(deployment: Deployment, job: dg.JobDefinition) -> dg.SensorDefinition:
    """Return a sensor that tells of a failed run of which nobody has been told."""

    @dg.run_failure_sensor(
        name=SENSOR,
        monitored_jobs=[job],
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Tells on the channels of notices that a run failed whose steps could not say so themselves.",
    )
    def notices_of_failed_runs(context: dg.RunFailureSensorContext) -> None:
        partition = context.dagster_run.tags.get(_PARTITION_TAG)
        if partition is None:
            return
        deliveries = tell_ending(
            deployment, event="failed", night=dt.date.fromisoformat(partition), run_id=context.dagster_run.run_id
        )
        for delivery in deliveries:
            context.log.info("Notice: %s", delivery)

    return notices_of_failed_runs
