"""The asset after the publication: people are told.

Belongs here: which version is told of, and what Dagster shows of it. Does not belong here: channels and words
(``notices``). It never fails because of a channel: the night is published.
"""

# No postponed annotations here: Dagster reads the types of an asset's arguments when it is defined.
import datetime as dt
from collections.abc import Sequence

import dagster as dg

from orchestration.assets.measures import measures
from orchestration.assets.publish import PUBLISH_ASSET
from orchestration.configuration.deployment import Deployment
from orchestration.errors import TesseraError
from orchestration.failures import told_plainly
from orchestration.notices.night import tell_published
from orchestration.notices.notice import Delivery
from orchestration.owners import OWNERS
from orchestration.partitions import ONE_NIGHT_A_RUN
from orchestration.publishing.version_store import Version, VersionStore

NOTICES_ASSET = ["publish", "notices"]


class NoticesConfig(dg.Config):
    """What may be asked of a run: to send again what was sent."""

    send_again: bool = False


def notices_asset(deployment: Deployment, partitions: dg.PartitionsDefinition) -> dg.AssetsDefinition:
    """Return the asset that tells people of the version."""

    @dg.asset(
        key=NOTICES_ASSET,
        deps=[dg.AssetKey(PUBLISH_ASSET)],
        group_name="publish",
        description="The digest of the version, sent on the channels that notices in tessera.yml names. What was sent "
        "is not sent again unless the run asks with send_again; a channel that fails is a warning here.",
        owners=[OWNERS["publish"]],
        kinds={"python"},
        partitions_def=partitions,
        backfill_policy=ONE_NIGHT_A_RUN,
    )
    def notices(context: dg.AssetExecutionContext, config: NoticesConfig) -> dg.MaterializeResult:
        started_at = dt.datetime.now(tz=dt.UTC)
        night = dt.date.fromisoformat(context.partition_key)
        with told_plainly():
            version = version_of(VersionStore(deployment.home.published), night)
            deliveries = tell_published(deployment, version, again=config.send_again)
        for delivery in deliveries:
            if delivery.status == "not sent":
                context.log.warning("A notice was not sent: %s", delivery)
        return dg.MaterializeResult(
            metadata={
                "version": version.name,
                **metadata_of(deliveries),
                **measures(len(deliveries), started_at=started_at),
            }
        )

    return notices


def version_of(store: VersionStore, night: dt.date) -> Version:
    """The version of a night: the served one, else the newest.

    Raises:
        TesseraError: No version of the night is kept.
    """
    of_night = [version for version in store.versions() if version.as_of_date == night]
    if not of_night:
        raise TesseraError(
            f"no version of the night of {night} is kept",
            expected="a published version to tell of",
            found="none",
            fix=f"run the night: tessera run --date {night}",
        )
    return max(of_night, key=lambda version: (version.is_current, version.number))


def metadata_of(deliveries: Sequence[Delivery]) -> dict[str, dg.MetadataValue]:
    """What became of the notices, as a table."""
    schema = dg.TableSchema(columns=[dg.TableColumn(name) for name in ("channel", "status", "detail")])
    records = [
        dg.TableRecord({"channel": each.channel, "status": each.status, "detail": each.detail}) for each in deliveries
    ]
    return {
        "notices": dg.MetadataValue.table(records=records, schema=schema),
        "not sent": dg.MetadataValue.int(sum(each.status == "not sent" for each in deliveries)),
    }
