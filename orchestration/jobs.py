"""Jobs and schedules.

Belongs here: which assets a job builds and when. Does not belong here: the assets.
"""

from __future__ import annotations

import dagster as dg

from orchestration.configuration.settings import Settings

NIGHTLY_JOB = "nightly_segmentation_job"
NIGHTLY_SCHEDULE = "nightly_segmentation_schedule"


def nightly_job(partitions: dg.PartitionsDefinition, *, hooks: set[dg.HookDefinition]) -> dg.JobDefinition:
    """Return the job that builds, checks and publishes one night: everything."""
    return dg.define_asset_job(  # type: ignore[return-value]
        NIGHTLY_JOB,
        selection=dg.AssetSelection.all(),
        partitions_def=partitions,
        description="Load, build, check and publish one night. Nothing is published unless every check passed.",
        hooks=hooks,
        executor_def=dg.in_process_executor,
    )


def nightly_schedule(job: dg.JobDefinition, settings: Settings) -> dg.ScheduleDefinition:
    """Return the schedule that runs the job each night at the configured hour, for the day that has just ended."""
    hour, minute = (int(part) for part in settings.nights.run_at.split(":"))
    return dg.build_schedule_from_partitioned_job(  # type: ignore[return-value]
        job,
        name=NIGHTLY_SCHEDULE,
        hour_of_day=hour,
        minute_of_hour=minute,
        description=f"Every night at {settings.nights.run_at}, {settings.company.time_zone}.",
    )
