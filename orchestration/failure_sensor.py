"""The sensor for runs that end without a word, as when their process is killed.

Belongs here: the Dagster sensor. Does not belong here: steps that fail (``refusal_hook``), the words (``notices``).
"""

from __future__ import annotations

import datetime as dt

import dagster as dg

from orchestration.configuration.deployment import Deployment
from orchestration.notices.night import tell_ending

SENSOR = "notices_of_failed_runs"
# Of a run for one partition, and of one of a backfill, which names a range; here a range is one night.
_NIGHT_TAGS = ("dagster/partition", "dagster/asset_partition_range_start")


def failure_sensor(deployment: Deployment) -> dg.SensorDefinition:
    """Return a sensor that tells of a failed run of which nobody has been told.

    It looks at every job, because a backfill runs its nights in one of Dagster's own, which has no hooks.
    """

    @dg.run_failure_sensor(
        name=SENSOR,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Tells on the channels of notices that a run failed whose steps could not say so themselves.",
    )
    def notices_of_failed_runs(context: dg.RunFailureSensorContext) -> None:
        tags = context.dagster_run.tags
        partition = next((tags[name] for name in _NIGHT_TAGS if name in tags), None)
        if partition is None:
            return  # A rollback, say: who launched it sees it.
        deliveries = tell_ending(
            deployment, event="failed", night=dt.date.fromisoformat(partition), run_id=context.dagster_run.run_id
        )
        for delivery in deliveries:
            context.log.info("Notice: %s", delivery)

    return notices_of_failed_runs
