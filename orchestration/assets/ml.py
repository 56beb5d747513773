"""The estimators' assets: features in, segments out, both as tables of the warehouse.

Belongs here: reading features, calling an estimator, writing what it found. Does not belong here: which customers are
segmented on what (``clustering``), how it learns (``ml``), what a feature means (``dbt_project``).
"""

# No postponed annotations here: Dagster reads the types of an asset's arguments when it is defined.
import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import dagster as dg

from orchestration.configuration.deployment import Deployment
from orchestration.failures import told_plainly
from orchestration.gate.expectations import CLUSTERS_BUILD, CLUSTERS_STABLE
from orchestration.gate.ledger import Ledger, Result, Status
from orchestration.model_store import ModelStore
from orchestration.owners import OWNERS
from orchestration.partitions import ONE_NIGHT_A_RUN
from orchestration.publishing.manifest import read_manifest
from orchestration.publishing.version_store import VersionStore
from orchestration.resources import NightLockResource, WarehouseResource

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

    from orchestration.clustering import Clustering

CLUSTERS = "clusters"
# Mean adjusted Rand index between clusterings of subsamples; below it a person should look.
STABLE_ENOUGH = 0.7


def ml_assets(deployment: Deployment, partitions: dg.PartitionsDefinition) -> list[dg.AssetsDefinition]:
    """Return the assets of every estimator whose scheme is switched on."""
    return [_clusters(deployment, partitions)] if CLUSTERS in deployment.model_schemes else []


def _clusters(deployment: Deployment, partitions: dg.PartitionsDefinition) -> dg.AssetsDefinition:
    features = dg.AssetKey(["features", "feat_customers__purchases"])

    @dg.multi_asset(
        name="clusters",
        group_name="ml",
        partitions_def=partitions,
        backfill_policy=ONE_NIGHT_A_RUN,
        specs=[
            dg.AssetSpec(
                ["ml", "ml_customers__clusters"],
                deps=[features],
                owners=[OWNERS["ml"]],
                kinds={"scikitlearn"},
                description="The behavioural cluster of every customer who bought in the year up to the as-of date. "
                "Tonight's model labels every evaluated date, so its boundaries do not move in history.",
            ),
            dg.AssetSpec(
                ["ml", "ml_segments__clusters"],
                deps=[features],
                owners=[OWNERS["ml"]],
                kinds={"scikitlearn"},
                description="Tonight's clusters: code (stable over nights), name and description derived from what "
                "sets each apart.",
            ),
        ],
    )
    def clusters(
        context: dg.AssetExecutionContext, warehouse: WarehouseResource, night_lock: NightLockResource
    ) -> Iterator[dg.MaterializeResult]:
        # Imported here because scikit-learn costs seconds that definitions should not pay for.
        from orchestration.clustering import cluster_buyers

        ledger = Ledger(deployment.home.ledger)
        ledger.forget([CLUSTERS_BUILD, CLUSTERS_STABLE])
        started_at = dt.datetime.now(tz=dt.UTC)
        tonight = dt.date.fromisoformat(context.partition_key)
        models = ModelStore(deployment.home.models)
        with told_plainly(), warehouse.connect() as connection:
            found = cluster_buyers(
                _buyers(connection), tonight=tonight, previous=served_model(deployment, models, CLUSTERS)
            )
            _write(connection, "ml_customers__clusters", found.customers)
            _write(connection, "ml_segments__clusters", found.segments)
        fingerprint = models.keep(CLUSTERS, found.model.to_parameters()) if found.model else "none"
        ledger.record(_results(found, context, started_at=started_at, fingerprint=fingerprint))
        yield dg.MaterializeResult(
            asset_key=["ml", "ml_customers__clusters"],
            metadata={"dagster/row_count": found.customers.num_rows, "model": fingerprint},
        )
        yield dg.MaterializeResult(
            asset_key=["ml", "ml_segments__clusters"],
            metadata={"dagster/row_count": found.segments.num_rows, **_tables(found)},
        )

    return clusters


def served_model(deployment: Deployment, models: ModelStore, name: str) -> dict[str, Any] | None:
    """Return the parameters of the model behind the served version, if there is one and it is still kept."""
    current = VersionStore(deployment.home.published).current()
    fingerprint = read_manifest(current.path).models.get(name) if current else None
    return models.load(name, fingerprint) if fingerprint else None


def _buyers(connection: "duckdb.DuckDBPyConnection") -> "pd.DataFrame":
    from orchestration.clustering import CLUSTER_FEATURES

    columns = ", ".join(f"cast({name} as double) as {name}" for name in CLUSTER_FEATURES)
    return connection.execute(
        f"""
        select customer_id, as_of_date, {columns}
        from features.feat_customers__purchases
        where order_days_365d_count > 0
        order by as_of_date, customer_id
        """
    ).fetchdf()


def _write(connection: "duckdb.DuckDBPyConnection", table: str, rows: Any) -> None:
    connection.execute("create schema if not exists ml")
    connection.register("rows_to_write", rows)
    connection.execute(f"create or replace table ml.{table} as select * from rows_to_write")
    connection.unregister("rows_to_write")


def _results(
    found: "Clustering", context: dg.AssetExecutionContext, *, started_at: dt.datetime, fingerprint: str
) -> list[Result]:
    common: dict[str, Any] = {
        "as_of_date": dt.date.fromisoformat(context.partition_key),
        "run_id": context.run_id,
        "started_at": started_at,
        "completed_at": dt.datetime.now(tz=dt.UTC),
    }
    built = Result(
        name=CLUSTERS_BUILD,
        kind="build",
        subject=CLUSTERS_BUILD,
        severity="error",
        status="pass",
        detail=fingerprint,
        **common,
    )
    stable, detail = _stability(found)
    checked_at = {**common, "started_at": common["completed_at"]}
    return [
        built,
        Result(
            name=CLUSTERS_STABLE,
            kind="model",
            subject=CLUSTERS_BUILD,
            severity="warn",
            status=stable,
            failures=int(stable != "pass"),
            detail=detail,
            **checked_at,
        ),
    ]


def _stability(found: "Clustering") -> tuple[Status, str]:
    if found.model is None:
        return "warn", f"no clusters tonight, every customer is unknown: {found.why_not}"
    chosen = found.model.k_selection_.query("chosen").iloc[0]
    detail = f"{int(chosen['k'])} clusters, stability {chosen['stability']:.2f}, separation {chosen['separation']:.2f}"
    if found.note:
        return "warn", f"{detail}; {found.note}"
    return ("pass" if chosen["stability"] >= STABLE_ENOUGH else "warn"), detail


def _tables(found: "Clustering") -> dict[str, Any]:
    if found.model is None:
        return {"why there are no clusters": found.why_not}
    return {"segments": _table(found.model.segments_), "choice of k": _table(found.model.k_selection_)}


def _table(frame: "pd.DataFrame") -> dg.TableMetadataValue:
    rounded = frame.round(3).to_dict("records")
    return dg.MetadataValue.table(
        records=[dg.TableRecord({str(name): str(value) for name, value in row.items()}) for row in rounded]
    )
