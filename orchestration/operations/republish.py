"""Publishing the build that is in the warehouse once more.

Belongs here: the function, its job and what the launchpad asks. Does not belong here: what a version is made of
(``assets.publish``), whether it may be published (``gate``).
"""

# No postponed annotations here: Dagster reads the types of an op's arguments when it is defined.
import datetime as dt
from pathlib import Path

import dagster as dg
from pydantic import Field

from orchestration.assets.publish import PUBLISH_ASSET, publish_build
from orchestration.configuration.deployment import Deployment
from orchestration.errors import TesseraError
from orchestration.failures import told_plainly
from orchestration.gate.ledger import Ledger
from orchestration.night_of_run import built_night
from orchestration.operations.serving import follow_in_postgres
from orchestration.resources import NightLockResource, WarehouseResource

REPUBLISH_JOB = "republish_job"


class RepublishConfig(dg.Config):
    """What the launchpad asks."""

    night: str = Field(
        default="",
        description="The night that you expect to be in the warehouse (YYYY-MM-DD); the run is refused when it is "
        "another. Left empty: whichever is there.",
    )


def night_to_republish(deployment: Deployment, night: str | None) -> dt.date:
    """Return the night whose build is in the warehouse.

    Args:
        deployment: Whose warehouse.
        night: What the person expects, as YYYY-MM-DD.

    Raises:
        TesseraError: Nothing was built yet, or another night than expected.
    """
    built = built_night(Ledger(deployment.home.ledger))
    if night is not None and night != built.isoformat():
        raise TesseraError(
            f"the night of {night} is not in the warehouse",
            expected=f"the night whose build is there, {built}, or none to take it as it is",
            found=night,
            fix=f"run that night (tessera run --date {night}), or publish {built} again",
        )
    return built


def republish_job(deployment: Deployment, manifest_path: Path) -> dg.JobDefinition:
    """Return the job of the launchpad."""

    @dg.op(
        name="republish",
        description="Judges the build in the warehouse as the gate does, writes it as a new version and serves it.",
    )
    def republish(
        context: dg.OpExecutionContext,
        config: RepublishConfig,
        warehouse: WarehouseResource,
        night_lock: NightLockResource,
    ) -> None:
        with told_plainly():
            night = night_to_republish(deployment, config.night.strip() or None)
        metadata = publish_build(deployment, manifest_path, warehouse, night=night, run_id=context.run_id)
        context.log_event(
            dg.AssetMaterialization(asset_key=PUBLISH_ASSET, partition=night.isoformat(), metadata=metadata)
        )
        with told_plainly():
            context.log.info("PostgreSQL: %s", follow_in_postgres(deployment))

    @dg.job(
        name=REPUBLISH_JOB,
        description="Publish the build that is in the warehouse again, as a new version, through the same verdict as "
        "at night: after files of versions were lost or damaged, or to serve it again after a rollback.",
        # Shown in the launchpad, so that nobody has to know what can be said there.
        config={"ops": {"republish": {"config": RepublishConfig().model_dump()}}},
        executor_def=dg.in_process_executor,
    )
    def job() -> None:
        republish()

    return job
