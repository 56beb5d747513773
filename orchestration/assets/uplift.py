"""The asset of uplift: customers of random campaigns in, tables of whom a contact changes out.

Belongs here: the asset and its result for the gate. Does not belong here: which campaigns and rankings
(``orchestration.uplift``).
"""

# No postponed annotations here: Dagster reads the types of an asset's arguments when it is defined.
import datetime as dt
from collections.abc import Iterator

import dagster as dg

from orchestration.assets.measures import measures
from orchestration.configuration.deployment import Deployment
from orchestration.failures import told_plainly
from orchestration.gate.expectations import UPLIFT_BUILD
from orchestration.gate.ledger import Ledger, Result
from orchestration.owners import OWNERS
from orchestration.partitions import ONE_NIGHT_A_RUN
from orchestration.resources import NightLockResource, WarehouseResource

_READ = (
    ("campaigns", "int_campaigns__customers"),
    ("campaigns", "int_campaigns__checks"),
    ("features", "int_customers__as_of"),
    ("features", "feat_customers__purchases"),
    ("features", "feat_customers__demographics"),
)
_TABLES = {
    "ml_customers__uplift": "What contacting each customer is expected to change, by a random campaign whose ranking "
    "of customers holds for those it has not seen.",
    "ml_models__uplift": "How good the ranking of each random campaign is, and what was decided.",
    "ml_models__qini": "What contacting the first tenth, two tenths and so on of a ranking gains.",
}


def uplift_assets(deployment: Deployment, partitions: dg.PartitionsDefinition) -> list[dg.AssetsDefinition]:
    """Return the asset of uplift; where there is no random campaign it leaves its tables empty."""

    @dg.multi_asset(
        name="uplift",
        group_name="ml",
        partitions_def=partitions,
        backfill_policy=ONE_NIGHT_A_RUN,
        specs=[
            dg.AssetSpec(
                ["ml", table],
                deps=[dg.AssetKey(list(key)) for key in _READ],
                owners=[OWNERS["ml"]],
                kinds={"scikitlearn"},
                description=description,
            )
            for table, description in _TABLES.items()
        ],
    )
    def uplift(
        context: dg.AssetExecutionContext, warehouse: WarehouseResource, night_lock: NightLockResource
    ) -> Iterator[dg.MaterializeResult]:
        # Imported here because scikit-learn costs seconds that definitions should not pay for.
        from orchestration.uplift.night import rank_customers

        ledger = Ledger(deployment.home.ledger)
        ledger.forget([UPLIFT_BUILD])
        started_at = dt.datetime.now(tz=dt.UTC)
        tonight = dt.date.fromisoformat(context.partition_key)
        with told_plainly(), warehouse.connect() as connection:
            found = rank_customers(connection, tonight=tonight, is_on=deployment.settings.predictions.enabled)
        ledger.record(
            [
                Result(
                    name=UPLIFT_BUILD,
                    subject=UPLIFT_BUILD,
                    kind="build",
                    severity="error",
                    status="pass",
                    detail="; ".join(f"{campaign}: {reason}" for campaign, reason in found.reasons.items()),
                    as_of_date=tonight,
                    run_id=context.run_id,
                    started_at=started_at,
                    completed_at=dt.datetime.now(tz=dt.UTC),
                )
            ]
        )
        for table, count in found.rows.items():
            yield dg.MaterializeResult(
                asset_key=["ml", table], metadata={**measures(count, started_at=started_at), "campaigns": found.reasons}
            )

    return [uplift]
