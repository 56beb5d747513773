"""The asset of what audiences know from outside the warehouse: who was in launched campaigns, and who is suppressed.

Belongs here: the asset, its results for the gate. Does not belong here: filling the tables
(``orchestration.audiences``), who is in an audience (``dbt_project``).
"""

# No postponed annotations here: Dagster reads the types of an asset's arguments when it is defined.
import datetime as dt
from collections.abc import Iterator

import dagster as dg

from orchestration.assets.measures import measures
from orchestration.audiences.locks import LockStore
from orchestration.audiences.suppressions import read_suppressions
from orchestration.audiences.tables import LOCKED, SUPPRESSED, TABLES, write_locked_members, write_suppressed
from orchestration.configuration.deployment import Deployment
from orchestration.failures import told_plainly
from orchestration.gate.ledger import Ledger, Result
from orchestration.owners import OWNERS
from orchestration.partitions import ONE_NIGHT_A_RUN
from orchestration.resources import NightLockResource, WarehouseResource


def campaign_assets(deployment: Deployment, partitions: dg.PartitionsDefinition) -> list[dg.AssetsDefinition]:
    """Return the asset; it is there without campaigns, too, and leaves its tables empty then."""
    is_matched = deployment.settings.identity.matching
    deps = [dg.AssetKey(["identity", "int_identity__contact_points"])]
    deps += [dg.AssetKey(["matching", "customer_ids"])] if is_matched else []

    @dg.multi_asset(
        name="campaign_members",
        group_name="campaigns",
        partitions_def=partitions,
        backfill_policy=ONE_NIGHT_A_RUN,
        specs=[
            dg.AssetSpec(
                table.split("."),
                deps=deps,
                owners=[OWNERS["campaigns"]],
                kinds={"parquet", "duckdb"},
                description=description,
            )
            for table, description in TABLES.items()
        ],
    )
    def campaign_members(
        context: dg.AssetExecutionContext, warehouse: WarehouseResource, night_lock: NightLockResource
    ) -> Iterator[dg.MaterializeResult]:
        ledger = Ledger(deployment.home.ledger)
        ledger.forget(TABLES)
        started_at = dt.datetime.now(tz=dt.UTC)
        with told_plainly(), warehouse.connect() as connection:
            written = {
                LOCKED: write_locked_members(connection, LockStore(deployment.home.campaigns), is_matched=is_matched),
                SUPPRESSED: write_suppressed(connection, read_suppressions(deployment.suppressions_file)),
            }
        ledger.record(
            Result(
                name=table,
                kind="build",
                subject=table,
                severity="error",
                status="pass",
                as_of_date=dt.date.fromisoformat(context.partition_key),
                run_id=context.run_id,
                started_at=started_at,
                completed_at=dt.datetime.now(tz=dt.UTC),
                detail=each.told,
            )
            for table, each in written.items()
        )
        for table, each in written.items():
            yield dg.MaterializeResult(
                asset_key=table.split("."), metadata={**measures(each.rows, started_at=started_at), "found": each.told}
            )

    return [campaign_members]
