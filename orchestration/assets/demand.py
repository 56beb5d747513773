"""The asset of demand: months of sales in, forecasts of categories out.

Belongs here: the asset, its results for the gate, its picture. Does not belong here: what is forecast
(``orchestration.demand``).
"""

# No postponed annotations here: Dagster reads the types of an asset's arguments when it is defined.
import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING

import dagster as dg

from orchestration.assets.measures import measures
from orchestration.configuration.deployment import Deployment
from orchestration.configuration.thresholds import default_thresholds
from orchestration.failures import told_plainly
from orchestration.gate.expectations import DEMAND_BUILD, DEMAND_UNBIASED
from orchestration.gate.ledger import Kind, Ledger, Result, Severity, Status
from orchestration.owners import OWNERS
from orchestration.partitions import ONE_NIGHT_A_RUN
from orchestration.resources import NightLockResource, WarehouseResource

if TYPE_CHECKING:
    from orchestration.demand.night import Demand

_READ = ("features", "int_purchases__category_months")
_TABLES = {
    "ml_demand__forecasts": "Units expected of each category in the months to come, and how far that may be off.",
    "ml_demand__backtest": "How far forecasts from earlier months were off, by method.",
    "ml_demand__errors": "Forecasts of the published method from earlier months, beside what was sold.",
    "ml_demand__seasons": "How many times as much as in the usual month each category sells in each calendar month.",
}
# More rows than a person looks at are in the mart.
_SHOWN = 60


def demand_assets(deployment: Deployment, partitions: dg.PartitionsDefinition) -> list[dg.AssetsDefinition]:
    """Return the asset of demand; its tables are there when nothing can be forecast, too."""

    @dg.multi_asset(
        name="demand",
        group_name="ml",
        partitions_def=partitions,
        backfill_policy=ONE_NIGHT_A_RUN,
        specs=[
            dg.AssetSpec(
                ["ml", table],
                deps=[dg.AssetKey(list(_READ))],
                owners=[OWNERS["ml"]],
                kinds={"statsmodels"},
                description=description,
            )
            for table, description in _TABLES.items()
        ],
    )
    def demand(
        context: dg.AssetExecutionContext, warehouse: WarehouseResource, night_lock: NightLockResource
    ) -> Iterator[dg.MaterializeResult]:
        # Imported here because statsmodels costs seconds that definitions should not pay for.
        from orchestration.demand.night import foresee_demand
        from orchestration.demand.tables import write_tables

        ledger = Ledger(deployment.home.ledger)
        ledger.forget([DEMAND_BUILD, DEMAND_UNBIASED])
        started_at = dt.datetime.now(tz=dt.UTC)
        with told_plainly(), warehouse.connect() as connection:
            found = foresee_demand(
                connection,
                tonight=dt.date.fromisoformat(context.partition_key),
                thresholds={**default_thresholds(), **deployment.settings.thresholds},
            )
            write_tables(connection, found.tables)
        ledger.record(_results(found, context, started_at=started_at))
        for table in _TABLES:
            yield dg.MaterializeResult(asset_key=["ml", table], metadata=_metadata(table, found, started_at=started_at))

    return [demand]


def _metadata(table: str, found: "Demand", *, started_at: dt.datetime) -> dict[str, dg.MetadataValue]:
    """Rows, whether forecasts are biased, and the first of the rows as a table."""
    rows = found.tables[table]
    told: dict[str, dg.MetadataValue] = {
        **measures(rows.num_rows, started_at=started_at),
        "are forecasts right on average": dg.MetadataValue.text(found.detail),
    }
    shown = rows.slice(0, _SHOWN).to_pylist()
    # Dagster knows no table without rows.
    if shown:
        records = [dg.TableRecord({name: _cell(value) for name, value in row.items()}) for row in shown]
        told["first rows"] = dg.MetadataValue.table(records=records)
    return told


def _cell(value: object) -> str | float | bool:
    if isinstance(value, float):
        return round(value, 4)
    return value if isinstance(value, str | int) else str(value or "")


def _results(found: "Demand", context: dg.AssetExecutionContext, *, started_at: dt.datetime) -> list[Result]:
    completed_at = dt.datetime.now(tz=dt.UTC)
    night = dt.date.fromisoformat(context.partition_key)
    rows = found.tables["ml_demand__forecasts"].num_rows

    def result(name: str, kind: Kind, severity: Severity, status: Status, detail: str, failures: int = 0) -> Result:
        # What is checked was built before: the gate takes a check that began earlier for one of another night.
        return Result(
            name=name,
            kind=kind,
            subject=DEMAND_BUILD,
            severity=severity,
            status=status,
            as_of_date=night,
            run_id=context.run_id,
            started_at=started_at if kind == "build" else completed_at,
            completed_at=completed_at,
            failures=failures,
            detail=detail,
        )

    return [
        result(DEMAND_BUILD, "build", "error", "pass", f"{rows} forecasts"),
        result(DEMAND_UNBIASED, "model", "warn", found.status, found.detail, int(found.status == "warn")),
    ]
