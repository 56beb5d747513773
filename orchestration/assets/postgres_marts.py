"""After the last asset, where a deployment asks for it: the served version in PostgreSQL as well.

Belongs here: the asset and its warning. Does not belong here: how rows get there (``postgres_publication``).
"""

# No postponed annotations here: Dagster reads the types of an asset's arguments when it is defined.
import datetime as dt

import dagster as dg

from orchestration.assets.measures import measures
from orchestration.assets.publish import PUBLISH_ASSET
from orchestration.configuration.deployment import Deployment
from orchestration.configuration.postgres_publication import PostgresPublication
from orchestration.errors import TesseraError
from orchestration.owners import OWNERS
from orchestration.partitions import ONE_NIGHT_A_RUN
from orchestration.postgres_publication.serving import Served, serve_in_postgres
from orchestration.publishing.version_store import VersionStore
from orchestration.resources import NightLockResource

POSTGRES_ASSET = dg.AssetKey(["publish", "postgres_marts"])
POSTGRES_CHECK = "postgres_serves_the_version"


def postgres_assets(deployment: Deployment, partitions: dg.PartitionsDefinition) -> list[dg.AssetsDefinition]:
    """Return the asset where ``publish.postgres`` is configured."""
    settings = deployment.settings.publish.postgres
    if settings is None:
        return []
    return [_postgres_marts(deployment, settings, partitions)]


def _postgres_marts(
    deployment: Deployment, settings: PostgresPublication, partitions: dg.PartitionsDefinition
) -> dg.AssetsDefinition:
    @dg.asset(
        key=POSTGRES_ASSET,
        deps=[PUBLISH_ASSET],
        group_name="publish",
        description=f"The same version as views in the PostgreSQL schema {settings.schema_name}. A server that is down "
        "does not undo the night: the files serve it, and the check says what to do.",
        owners=[OWNERS["publish"]],
        kinds={"postgres"},
        partitions_def=partitions,
        backfill_policy=ONE_NIGHT_A_RUN,
        check_specs=[
            dg.AssetCheckSpec(
                POSTGRES_CHECK, asset=POSTGRES_ASSET, description="Do the views show the version that the files serve?"
            )
        ],
    )
    def postgres_marts(context: dg.AssetExecutionContext, night_lock: NightLockResource) -> dg.MaterializeResult:
        started_at = dt.datetime.now(tz=dt.UTC)
        try:
            served = serve_in_postgres(VersionStore(deployment.home.published), settings)
        except TesseraError as error:
            context.log.warning(str(error))
            return dg.MaterializeResult(metadata={"version": "as before"}, check_results=[_warning(error)])
        return dg.MaterializeResult(
            metadata={**_metadata(served), **measures(sum(served.rows.values()), started_at=started_at)},
            check_results=[dg.AssetCheckResult(passed=True, check_name=POSTGRES_CHECK)],
        )

    return postgres_marts


def _metadata(served: Served) -> dict[str, dg.MetadataValue]:
    return {
        "version": dg.MetadataValue.text(served.version),
        "rows": dg.MetadataValue.json(dict(served.rows)),
        "views changed": dg.MetadataValue.text(", ".join(served.changed_views) or "none"),
    }


def _warning(error: TesseraError) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        passed=False,
        check_name=POSTGRES_CHECK,
        severity=dg.AssetCheckSeverity.WARN,
        description=str(error),
        metadata={"found": error.found, "to do": error.fix},
    )
