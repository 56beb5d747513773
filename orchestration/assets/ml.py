"""The estimators' assets: features in, segments out, both as tables of the warehouse.

Belongs here: running a found scheme, writing what it found and recording how it went. Does not belong here: which
customers are segmented on what (``found_segments``), how it learns (``ml``), what a feature means (``dbt_project``).
"""

# No postponed annotations here: Dagster reads the types of an asset's arguments when it is defined.
import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import dagster as dg

from orchestration.assets.model_tables import Made, ModelTables
from orchestration.configuration.deployment import Deployment
from orchestration.configuration.thresholds import default_thresholds
from orchestration.found_segments.catalogue import FOUND_SCHEMES
from orchestration.found_segments.found_scheme import FoundScheme
from orchestration.learning_anew import LearnAnew
from orchestration.model_store import ModelStore
from orchestration.pictures.frame import as_markdown
from orchestration.publishing.manifest import read_manifest
from orchestration.publishing.version_store import VersionStore
from orchestration.resources import NightLockResource, WarehouseResource

if TYPE_CHECKING:
    import duckdb
    import pandas as pd
    import pyarrow as pa

    from orchestration.found_segments.found import Found


def ml_assets(deployment: Deployment, partitions: dg.PartitionsDefinition) -> list[dg.AssetsDefinition]:
    """Return the assets of every estimator whose scheme is switched on."""
    return [_found_scheme(FOUND_SCHEMES[name], deployment, partitions) for name in deployment.model_schemes]


def _found_scheme(
    scheme: FoundScheme, deployment: Deployment, partitions: dg.PartitionsDefinition
) -> dg.AssetsDefinition:
    tables = ModelTables(
        name=scheme.name,
        build=scheme.build,
        checks=[scheme.check],
        reads=[table.split(".") for table in scheme.reads],
        tables={scheme.customers_table: scheme.customers_are, scheme.segments_table: scheme.segments_are},
    )

    @tables.asset(partitions)
    def found_segments(
        context: dg.AssetExecutionContext,
        config: LearnAnew,
        warehouse: WarehouseResource,
        night_lock: NightLockResource,
    ) -> Iterator[dg.MaterializeResult]:
        def make(connection: "duckdb.DuckDBPyConnection", tonight: dt.date) -> Made:
            models = ModelStore(deployment.home.models)
            found = scheme.find(
                connection,
                tonight=tonight,
                previous=served_model(deployment, models, scheme.name),
                thresholds={**default_thresholds(), **deployment.settings.thresholds},
                refit=config.refit,
            )
            customers = write_found(connection, scheme, found)
            fingerprint = "none" if found.parameters is None else models.keep(scheme.name, dict(found.parameters))
            return _made(scheme, found, fingerprint, customers=customers)

        yield from tables.materialize(deployment, context, warehouse, make)

    return found_segments


def _made(scheme: FoundScheme, found: "Found", fingerprint: str, *, customers: int) -> Made:
    return Made(
        rows={scheme.customers_table: customers, scheme.segments_table: found.segments.num_rows},
        detail=fingerprint,
        checks={scheme.check: (found.status, found.detail)},
        told={
            scheme.customers_table: {"model": fingerprint},
            scheme.segments_table: {
                "found": found.detail,
                # Dagster knows no table without rows.
                **{title: _table(frame) for title, frame in found.tables.items() if len(frame)},
                **{title: dg.MetadataValue.md(as_markdown(title, svg)) for title, svg in found.pictures.items()},
            },
        },
    )


def served_model(deployment: Deployment, models: ModelStore, name: str) -> dict[str, Any] | None:
    """Return the parameters of the model behind the served version, if there is one and it is still kept."""
    current = VersionStore(deployment.home.published).current()
    fingerprint = read_manifest(current.path).models.get(name) if current else None
    return models.load(name, fingerprint) if fingerprint else None


def write_found(connection: "duckdb.DuckDBPyConnection", scheme: FoundScheme, found: "Found") -> int:
    """Put what was found in place of a scheme's two tables, all of it or nothing.

    Customers are written date by date: each date is read from the warehouse and labelled when the one before it has
    been written, so that memory holds one.

    Returns:
        The number of rows of customers.
    """
    from orchestration.found_segments.found import CUSTOMERS

    connection.begin()
    try:
        connection.execute("create schema if not exists ml")
        _write(connection, f"create or replace table ml.{scheme.segments_table} as", found.segments)
        _write(connection, f"create or replace table ml.{scheme.customers_table} as", CUSTOMERS.empty_table())
        count = sum(_write(connection, f"insert into ml.{scheme.customers_table}", rows) for rows in found.customers)
    except BaseException:
        connection.rollback()
        raise
    connection.commit()
    return count


def _write(connection: "duckdb.DuckDBPyConnection", into: str, rows_to_write: "pa.Table") -> int:
    # DuckDB finds the table by the argument's name: one that was registered would be held until the transaction ends.
    connection.execute(f"{into} select * from rows_to_write")
    return rows_to_write.num_rows


def _table(frame: "pd.DataFrame") -> dg.TableMetadataValue:
    rounded = frame.round(3).to_dict("records")
    return dg.MetadataValue.table(
        records=[dg.TableRecord({str(name): str(value) for name, value in row.items()}) for row in rounded]
    )
