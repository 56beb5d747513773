"""Serving an earlier version again.

Belongs here: the job and what the launchpad asks. Does not belong here: doing it (serving.py).
"""

# No postponed annotations here: Dagster reads the types of an op's arguments when it is defined.
import dagster as dg
from pydantic import Field

from orchestration.assets.publish import PUBLISH_ASSET
from orchestration.configuration.deployment import Deployment
from orchestration.failures import told_plainly
from orchestration.operations.serving import follow_in_postgres, roll_back

ROLLBACK_JOB = "rollback_job"


class RollbackConfig(dg.Config):
    """What the launchpad asks."""

    version: str = Field(
        default="",
        description="A kept version, such as v000003. Left empty: the version before the one that is served.",
    )


def rollback_job(deployment: Deployment) -> dg.JobDefinition:
    """Return the job of the launchpad."""

    @dg.op(
        name="rollback",
        description="Points published/current to an earlier version after its files were hashed. Nothing is deleted.",
    )
    def rollback(context: dg.OpExecutionContext, config: RollbackConfig) -> None:
        with told_plainly():
            served = roll_back(deployment.home, config.version.strip() or None, owner=f"Dagster run {context.run_id}")
        context.log.info("Now served: %s, the night of %s", served.name, served.as_of_date)
        told = {"served again": served.name, "night": served.as_of_date.isoformat()}
        context.log_event(dg.AssetObservation(asset_key=PUBLISH_ASSET, metadata=told))
        with told_plainly():
            context.log.info("PostgreSQL: %s", follow_in_postgres(deployment))

    @dg.job(
        name=ROLLBACK_JOB,
        description="Serve an earlier version again. Launch it as it is for the one before, or name a version. The "
        "next night publishes a new one as usual.",
        # Shown in the launchpad, so that nobody has to know what can be said there.
        config={"ops": {"rollback": {"config": RollbackConfig().model_dump()}}},
        executor_def=dg.in_process_executor,
    )
    def job() -> None:
        rollback()

    return job
