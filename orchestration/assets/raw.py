"""Raw assets: each inbound table's files, checked at the door and kept in the lake.

Belongs here: one asset per inbound contract that is switched on. Does not belong here: how its
sources are loaded (source_loading.py).
"""

# No postponed annotations here: Dagster reads the types of an asset's arguments when it is defined.
import datetime as dt
from collections import Counter
from collections.abc import Sequence

import dagster as dg

from data_contracts.contract import Contract
from orchestration.assets.measures import measures
from orchestration.configuration.deployment import Deployment
from orchestration.configuration.source_settings import Source
from orchestration.failures import told_plainly
from orchestration.freshness import latency_of, reader_retries, source_freshness
from orchestration.gate.expectations import load_name
from orchestration.gate.ledger import Ledger, Result
from orchestration.ingestion.lake import Batch, Lake
from orchestration.ingestion.loader import LoadReport
from orchestration.owners import OWNERS
from orchestration.partitions import ONE_NIGHT_A_RUN
from orchestration.pictures.frame import as_markdown
from orchestration.pictures.rejected import reasons_svg, trend_svg
from orchestration.resources import NightLockResource, WarehouseResource
from orchestration.source_loading import load_sources, open_rejections


def raw_assets(deployment: Deployment, partitions: dg.PartitionsDefinition) -> list[dg.AssetsDefinition]:
    """Return one raw asset for every inbound contract that is switched on."""
    return [
        _raw_asset(deployment, deployment.inbound[contract_id], sources, partitions)
        for contract_id, sources in deployment.sources_on.items()
    ]


def _raw_asset(
    deployment: Deployment, contract: Contract, sources: Sequence[Source], partitions: dg.PartitionsDefinition
) -> dg.AssetsDefinition:
    nights = deployment.settings.nights

    @dg.asset(
        key=dg.AssetKey(["raw", contract.name]),
        group_name="raw",
        description=_description(contract, sources, deployment),
        metadata={"dagster/column_schema": _columns(contract)},
        owners=[OWNERS["raw"]],
        kinds={"duckdb", "parquet"},
        partitions_def=partitions,
        backfill_policy=ONE_NIGHT_A_RUN,
        freshness_policy=source_freshness(nights, latency_days=latency_of(contract, sources)),
        retry_policy=reader_retries(nights),
    )
    def raw_table(
        context: dg.AssetExecutionContext, warehouse: WarehouseResource, night_lock: NightLockResource
    ) -> dg.MaterializeResult:
        ledger = Ledger(deployment.home.ledger)
        ledger.forget([load_name(contract.name)])
        started_at = dt.datetime.now(tz=dt.UTC)
        with told_plainly():
            reports = load_sources(deployment, contract, sources, loaded_at=started_at)
            with warehouse.connect() as connection:
                Lake(deployment.home.lake).create_raw_view(connection, contract)
                (rows,) = connection.execute(f'select count(*) from raw."{contract.name}"').fetchone() or (0,)
            still_open = open_rejections(deployment, contract)
        ledger.record([_result(contract, reports, context, started_at, still_open=still_open)])
        batches = Lake(deployment.home.lake).batches(contract.name)
        return dg.MaterializeResult(
            metadata={**measures(rows, started_at=started_at), **_metadata(reports), **_pictures(reports, batches)}
        )

    return raw_table


def _result(
    contract: Contract,
    reports: Sequence[LoadReport],
    context: dg.AssetExecutionContext,
    started_at: dt.datetime,
    *,
    still_open: int,
) -> Result:
    records = sum(report.records for report in reports)
    rejected = sum(report.rejected for report in reports)
    reasons = _reasons(reports)
    told = ", ".join(f"{reason} {count:,}" for reason, count in reasons.most_common(5))
    return Result(
        name=load_name(contract.name),
        kind="build",
        subject=load_name(contract.name),
        severity="error",
        status="warn" if still_open else "pass",
        as_of_date=dt.date.fromisoformat(context.partition_key),
        run_id=context.run_id,
        started_at=started_at,
        completed_at=dt.datetime.now(tz=dt.UTC),
        failures=still_open,
        records=records,
        rejected=rejected,
        detail=f"{records:,} records, {rejected:,} rejected"
        + (f" ({told}), {still_open:,} of them open: tessera quarantine show {contract.name}" if rejected else ""),
    )


def _reasons(reports: Sequence[LoadReport]) -> Counter[str]:
    reasons: Counter[str] = Counter()
    for report in reports:
        reasons.update(report.reasons)
    return reasons


def _description(contract: Contract, sources: Sequence[Source], deployment: Deployment) -> str:
    """What the table holds, where its records come from and what is expected of them."""
    latency, nights = latency_of(contract, sources), deployment.settings.nights
    promise = "" if latency is None else f" Its newest record may be {latency:g} days old."
    tries = f" A source that does not answer is tried {nights.source_retries} times more." * bool(nights.source_retries)
    return "\n\n".join(
        [
            contract.description,
            f"Good records of every delivery so far; the others are in quarantine.{promise}{tries}",
            "\n".join(f"- read from {source.origin}" for source in sources),
        ]
    )


def _columns(contract: Contract) -> dg.TableSchema:
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                column.name,
                column.physical_type,
                description=column.description,
                constraints=dg.TableColumnConstraints(nullable=not column.required),
            )
            for column in contract.columns
        ]
    )


def _pictures(reports: Sequence[LoadReport], batches: Sequence[Batch]) -> dict[str, dg.MetadataValue]:
    drawn = {
        "rejected by reason, as a picture": reasons_svg(_reasons(reports)),
        "rejected by load": trend_svg(batches),
    }
    return {title: dg.MetadataValue.md(as_markdown(title, svg)) for title, svg in drawn.items() if svg}


def _metadata(reports: Sequence[LoadReport]) -> dict[str, dg.MetadataValue]:
    files = dg.MetadataValue.table(
        records=[
            dg.TableRecord(
                {
                    "file": report.file,
                    "records": report.records,
                    "good": report.good,
                    "rejected": report.rejected,
                    "new to the lake": "no" if report.already_loaded else "yes",
                    "columns beyond the contract": len(report.drift.new),
                    "columns missing": len(report.drift.missing),
                    "changed since the last delivery": "; ".join(report.drift.since_last_delivery),
                    "seconds": round(report.seconds, 2),
                }
            )
            for report in reports
        ]
    )
    metadata: dict[str, dg.MetadataValue] = {
        "files": files,
        "rejected records": dg.MetadataValue.int(sum(report.rejected for report in reports)),
    }
    if reports and reports[-1].drift.new:
        metadata["columns beyond the contract"] = dg.MetadataValue.text(", ".join(reports[-1].drift.new))
    if reports and reports[-1].drift.missing:
        metadata["columns missing"] = dg.MetadataValue.text(", ".join(reports[-1].drift.missing))
    if reasons := _reasons(reports):
        metadata["rejected by reason"] = dg.MetadataValue.table(
            records=[dg.TableRecord({"reason": reason, "records": count}) for reason, count in reasons.most_common()]
        )
    return metadata
