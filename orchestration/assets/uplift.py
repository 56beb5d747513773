"""The asset of uplift: customers of random campaigns in, tables of whom a contact changes out.

Belongs here: the asset and its result for the gate. Does not belong here: which campaigns and rankings
(``orchestration.uplift``).
"""

# No postponed annotations here: Dagster reads the types of an asset's arguments when it is defined.
import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING

import dagster as dg

from orchestration.assets.model_tables import Made, ModelTables
from orchestration.configuration.deployment import Deployment
from orchestration.gate.expectations import UPLIFT_BUILD
from orchestration.resources import NightLockResource, WarehouseResource

if TYPE_CHECKING:
    import duckdb

_UPLIFT = ModelTables(
    name="uplift",
    build=UPLIFT_BUILD,
    reads=[
        ("campaigns", "int_campaigns__customers"),
        ("campaigns", "int_campaigns__checks"),
        ("features", "int_customers__as_of"),
        ("features", "feat_customers__purchases"),
        ("features", "feat_customers__demographics"),
    ],
    tables={
        "ml_customers__uplift": "What contacting each customer is expected to change, by a random campaign whose "
        "ranking of customers holds for those it has not seen.",
        "ml_models__uplift": "How good the ranking of each random campaign is, and what was decided.",
        "ml_models__qini": "What contacting the first tenth, two tenths and so on of a ranking gains.",
    },
)


def uplift_assets(deployment: Deployment, partitions: dg.PartitionsDefinition) -> list[dg.AssetsDefinition]:
    """Return the asset of uplift; where there is no random campaign it leaves its tables empty."""

    @_UPLIFT.asset(partitions)
    def uplift(
        context: dg.AssetExecutionContext, warehouse: WarehouseResource, night_lock: NightLockResource
    ) -> Iterator[dg.MaterializeResult]:
        def make(connection: "duckdb.DuckDBPyConnection", tonight: dt.date) -> Made:
            # Imported here because scikit-learn costs seconds that definitions should not pay for.
            from orchestration.uplift.night import rank_customers

            found = rank_customers(connection, tonight=tonight, is_on=deployment.settings.predictions.enabled)
            return Made(
                rows=found.rows,
                detail="; ".join(f"{campaign}: {reason}" for campaign, reason in found.reasons.items()),
                told={table: {"campaigns": found.reasons} for table in found.rows},
            )

        yield from _UPLIFT.materialize(deployment, context, warehouse, make)

    return [uplift]
