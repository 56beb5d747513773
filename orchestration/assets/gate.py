"""The gate: reads every result of the build, writes the mart data_quality, and refuses or lets through.

Belongs here: the asset at the end of the build. Does not belong here: how it judges (``gate.verdict``).
"""

# No postponed annotations here: Dagster reads the types of an asset's arguments when it is defined.
import datetime as dt
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb

from data_contracts.expectation_suite import validate_frame
from data_contracts.table_properties import CANONICAL_ENTITIES, SEEDED_ENTITIES
from orchestration.assets.measures import measures
from orchestration.audiences.tables import TABLES as CAMPAIGN_TABLES
from orchestration.configuration.deployment import Deployment
from orchestration.errors import NightRefusedError
from orchestration.failures import EXIT_CODE, told_plainly
from orchestration.found_segments.catalogue import FOUND_SCHEMES
from orchestration.gate.drift import customers_kept
from orchestration.gate.expectations import (
    CUSTOMERS_KEPT,
    GATE_ASSET,
    PYTHON_MARTS,
    entity_name,
    expected_results,
)
from orchestration.gate.ledger import Ledger, Result
from orchestration.gate.quality_mart import quality_frame
from orchestration.gate.report import summarise, write_report
from orchestration.gate.verdict import Expected, Verdict, judge
from orchestration.owners import OWNERS
from orchestration.partitions import ONE_NIGHT_A_RUN
from orchestration.publishing.version_store import Version, VersionStore
from orchestration.resources import NightLockResource, WarehouseResource


def judge_build(deployment: Deployment, manifest_path: Path, *, as_of_date: dt.date) -> Verdict:
    """Judge what is in the warehouse, from the ledger alone."""
    manifest = json.loads(manifest_path.read_text(encoding="utf-8"))
    return judge(expected_of(deployment, manifest), Ledger(deployment.home.ledger).results(), as_of_date=as_of_date)


def expected_of(deployment: Deployment, manifest: Mapping[str, Any]) -> list[Expected]:
    """Return every result that a complete build of a deployment leaves in the ledger."""
    return expected_results(
        manifest,
        inbound=sorted(deployment.sources_on),
        dbt_marts=[mart for mart in sorted(deployment.outbound) if mart not in PYTHON_MARTS],
        found_schemes=[FOUND_SCHEMES[name] for name in deployment.model_schemes],
        entities=CANONICAL_ENTITIES,
        campaign_tables=CAMPAIGN_TABLES,
        matching=deployment.settings.identity.matching,
        # The tables are there even when nothing is foretold.
        predictions=True,
        demand=True,
    )


def report_refusal(deployment: Deployment, verdict: Verdict, *, run_id: str) -> Path:
    """Write the report of a refused night and return its path."""
    served = VersionStore(deployment.home.published).current()
    path = deployment.home.reports / f"{verdict.as_of_date}-{run_id[:8]}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(write_report(verdict, served=served.name if served else None), encoding="utf-8")
    return path


def gate_asset(
    deployment: Deployment,
    manifest_path: Path,
    partitions: dg.PartitionsDefinition,
    *,
    upstream: Sequence[dg.AssetKey],
) -> dg.AssetsDefinition:
    """Return the asset that every mart has to pass through."""

    @dg.asset(
        key=GATE_ASSET,
        deps=list(upstream),
        group_name="gate",
        description="May this night be published? Reads every contract, test, model and build result of the build and "
        "keeps them as the mart data_quality. A result that is missing, stale or of another night is a failure.",
        owners=[OWNERS["gate"]],
        kinds={"greatexpectations", "duckdb"},
        partitions_def=partitions,
        backfill_policy=ONE_NIGHT_A_RUN,
    )
    def data_quality(
        context: dg.AssetExecutionContext, warehouse: WarehouseResource, night_lock: NightLockResource
    ) -> dg.MaterializeResult:
        night, started_at = dt.date.fromisoformat(context.partition_key), dt.datetime.now(tz=dt.UTC)
        served = VersionStore(deployment.home.published).current()
        with told_plainly(), warehouse.connect(read_only=True) as connection:
            drift = _drift(connection, deployment, served, night=night, run_id=context.run_id)
        Ledger(deployment.home.ledger).record([drift, *_entities(deployment, night=night, run_id=context.run_id)])
        verdict = judge_build(deployment, manifest_path, as_of_date=night)
        if not verdict.may_publish:
            raise refused(deployment, verdict, run_id=context.run_id)
        frame = quality_frame(verdict, served=served.path if served else None)
        with told_plainly(), warehouse.connect() as connection:
            contract = deployment.outbound["data_quality"]
            columns = ", ".join(f"cast({c.name} as {c.physical_type}) as {c.name}" for c in contract.columns)
            connection.execute("create schema if not exists marts")
            connection.register("quality", frame)
            connection.execute(f"create or replace table marts.data_quality as select {columns} from quality")
            suite = validate_frame(connection.execute("from marts.data_quality").fetchdf(), contract)
            if not suite.success:
                broken = "; ".join(outcome.question for outcome in suite.outcomes if not outcome.success)
                raise NightRefusedError(
                    "marts.data_quality does not keep its contract",
                    expected="every expectation of data_contracts/outbound/data_quality.odcs.yaml to hold",
                    found=broken,
                    fix="this is a fault of the gate: keep the warehouse and report it",
                )
        return dg.MaterializeResult(
            metadata={
                **measures(len(frame), started_at=started_at),
                "verdict": summarise(verdict),
                "report": dg.MetadataValue.md(write_report(verdict, served=served.name if served else None)),
            }
        )

    return data_quality


def _drift(
    connection: duckdb.DuckDBPyConnection,
    deployment: Deployment,
    served: Version | None,
    *,
    night: dt.date,
    run_id: str,
) -> Result:
    now = dt.datetime.now(tz=dt.UTC)
    (customers,) = connection.execute("select count(*) from marts.customers").fetchone() or (0,)
    # An older night may well have fewer customers than the one that is served.
    comparable = served is not None and served.as_of_date <= night
    status, detail = customers_kept(
        tonight=customers,
        served=served.rows.get("customers") if served is not None and comparable else None,
        max_drop_share=deployment.settings.publish.max_customers_drop_share,
    )
    return Result(
        name=CUSTOMERS_KEPT,
        kind="build",
        subject="marts.customers",
        severity="error",
        status=status,
        as_of_date=night,
        run_id=run_id,
        started_at=now,
        completed_at=now,
        failures=int(status != "pass"),
        detail=detail,
    )


def _entities(deployment: Deployment, *, night: dt.date, run_id: str) -> list[Result]:
    """Which sources feed each canonical entity, and what there is no data on."""
    now = dt.datetime.now(tz=dt.UTC)
    return [
        Result(
            name=entity_name(entity),
            kind="delivery",
            subject=f"canonical.int_canonical__{entity}",
            severity="warn",
            status="pass" if contracts or entity in SEEDED_ENTITIES else "not_available",
            as_of_date=night,
            run_id=run_id,
            started_at=now,
            completed_at=now,
            detail=_origin(entity, contracts),
        )
        for entity, contracts in ((entity, deployment.entities_on.get(entity, ())) for entity in CANONICAL_ENTITIES)
    ]


def _origin(entity: str, contracts: Sequence[str]) -> str:
    if contracts:
        return f"from {', '.join(contracts)}"
    if entity in SEEDED_ENTITIES:
        return f"from the seed {SEEDED_ENTITIES[entity]}"
    return f"no source of {entity} is connected"


def refused(deployment: Deployment, verdict: Verdict, *, run_id: str) -> dg.Failure:
    """Write the report and return the failure that ends the run."""
    path = report_refusal(deployment, verdict, run_id=run_id)
    named = "\n".join(f"  - {problem.name}: {problem.found}" for problem in verdict.blocking)
    return dg.Failure(
        description=f"The night of {verdict.as_of_date} is refused: {summarise(verdict)}\n{named}\nReport: {path}",
        metadata={
            EXIT_CODE: dg.MetadataValue.int(NightRefusedError.exit_code),
            "report": dg.MetadataValue.path(path),
        },
        allow_retries=False,
    )
