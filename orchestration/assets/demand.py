"""The asset of demand: months of sales in, forecasts of categories out.

Belongs here: the asset, its results for the gate, its picture. Does not belong here: what is forecast
(``orchestration.demand``).
"""

# No postponed annotations here: Dagster reads the types of an asset's arguments when it is defined.
import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING

import dagster as dg

from orchestration.assets.model_tables import Made, ModelTables
from orchestration.configuration.deployment import Deployment
from orchestration.configuration.thresholds import default_thresholds
from orchestration.gate.expectations import DEMAND_BUILD, DEMAND_UNBIASED
from orchestration.resources import NightLockResource, WarehouseResource

if TYPE_CHECKING:
    import duckdb

    from orchestration.demand.night import Demand

_DEMAND = ModelTables(
    name="demand",
    build=DEMAND_BUILD,
    checks=[DEMAND_UNBIASED],
    kind="statsmodels",
    reads=[("features", "int_purchases__category_months")],
    tables={
        "ml_demand__forecasts": "Units expected of each category in the months to come, and how far that may be off.",
        "ml_demand__backtest": "How far forecasts from earlier months were off, by method.",
        "ml_demand__errors": "Forecasts of the published method from earlier months, beside what was sold.",
        "ml_demand__seasons": "How many times as much as in the usual month each category sells in each calendar "
        "month.",
    },
)
# More rows than a person looks at are in the mart.
_SHOWN = 60


def demand_assets(deployment: Deployment, partitions: dg.PartitionsDefinition) -> list[dg.AssetsDefinition]:
    """Return the asset of demand; its tables are there when nothing can be forecast, too."""

    @_DEMAND.asset(partitions)
    def demand(
        context: dg.AssetExecutionContext, warehouse: WarehouseResource, night_lock: NightLockResource
    ) -> Iterator[dg.MaterializeResult]:
        def make(connection: "duckdb.DuckDBPyConnection", tonight: dt.date) -> Made:
            # Imported here because statsmodels costs seconds that definitions should not pay for.
            from orchestration.demand.night import foresee_demand
            from orchestration.demand.tables import write_tables

            thresholds = {**default_thresholds(), **deployment.settings.thresholds}
            found = foresee_demand(connection, tonight=tonight, thresholds=thresholds)
            write_tables(connection, found.tables)
            return _made(found)

        yield from _DEMAND.materialize(deployment, context, warehouse, make)

    return [demand]


def _made(found: "Demand") -> Made:
    rows = {table: found.tables[table].num_rows for table in _DEMAND.tables}
    return Made(
        rows=rows,
        detail=f"{rows['ml_demand__forecasts']} forecasts",
        checks={DEMAND_UNBIASED: (found.status, found.detail)},
        told={table: _metadata(table, found) for table in rows},
    )


def _metadata(table: str, found: "Demand") -> dict[str, dg.MetadataValue]:
    """Whether forecasts are biased, and the first of the rows as a table."""
    told: dict[str, dg.MetadataValue] = {"are forecasts right on average": dg.MetadataValue.text(found.detail)}
    shown = found.tables[table].slice(0, _SHOWN).to_pylist()
    # Dagster knows no table without rows.
    if shown:
        records = [dg.TableRecord({name: _cell(value) for name, value in row.items()}) for row in shown]
        told["first rows"] = dg.MetadataValue.table(records=records)
    return told


def _cell(value: object) -> str | float | bool:
    if isinstance(value, float):
        return round(value, 4)
    return value if isinstance(value, str | int) else str(value or "")
