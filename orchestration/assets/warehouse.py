"""The dbt assets: staging, identity, features, segmentations and marts.

Belongs here: running dbt for the selected assets and keeping its results. Does not belong here: what the models say.
"""

# No postponed annotations here: Dagster reads the types of an asset's arguments when it is defined.
import json
from collections.abc import Iterator, Mapping, Set
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
from dagster_dbt import DbtCliInvocation, DbtCliResource, dbt_assets

from orchestration.assets.measures import ROWS
from orchestration.configuration.deployment import Deployment
from orchestration.dbt_manifest import dbt_project, parsed_fingerprint, prune_run_folders, vars_argument
from orchestration.errors import NightRefusedError
from orchestration.failures import EXIT_CODE, told_plainly
from orchestration.gate.dbt_results import ledger_results, selected_names
from orchestration.gate.failing_rows import failing_rows
from orchestration.gate.ledger import Ledger
from orchestration.gate.report import what_failed
from orchestration.night_of_run import night_of_run
from orchestration.partitions import ONE_NIGHT_A_RUN
from orchestration.pictures.frame import as_markdown
from orchestration.pictures.of_relations import PICTURES, segment_sizes, segments_svg
from orchestration.resources import NightLockResource, WarehouseResource, dbt_environment
from orchestration.translator import LayerTranslator

AFTER_MATCHING = "source:matching+"
# Who was in campaigns is found beside the estimators.
AFTER_ESTIMATORS = "source:ml+ source:campaigns+"
_SEGMENTS = "segmentations.seg_customers__"


def warehouse_assets(
    deployment: Deployment, manifest_path: Path, partitions: dg.PartitionsDefinition
) -> list[dg.AssetsDefinition]:
    """Return every model and seed of the dbt project, in steps: what matching reads, what estimators read, the marts.

    As few steps as there are, because every dbt process costs seconds: left to itself, Dagster makes one more of the
    seeds alone.
    """
    manifest = json.loads(manifest_path.read_text(encoding="utf-8"))
    cuts = [("dbt_features", AFTER_MATCHING)] if deployment.settings.identity.matching else []
    cuts.append(("dbt_marts", AFTER_ESTIMATORS))
    steps = [("dbt_records" if deployment.settings.identity.matching else "dbt_features", "fqn:*"), *cuts]
    return [
        # What a later step begins with, and everything to the right of it, is the later step's.
        _dbt_step(deployment, manifest, partitions, name=name, select=begin, exclude=" ".join(b for _, b in steps[at:]))
        for at, (name, begin) in enumerate(steps, 1)
    ]


def _dbt_step(
    deployment: Deployment,
    manifest: dict[str, Any],
    partitions: dg.PartitionsDefinition,
    *,
    name: str,
    select: str = "fqn:*",
    exclude: str = "",
) -> dg.AssetsDefinition:
    @dbt_assets(
        manifest=manifest,
        project=dbt_project(deployment),
        name=name,
        select=select,
        exclude=exclude,
        partitions_def=partitions,
        backfill_policy=ONE_NIGHT_A_RUN,
        dagster_dbt_translator=LayerTranslator(),
    )
    def dbt_models(
        context: dg.AssetExecutionContext,
        dbt: DbtCliResource,
        warehouse: WarehouseResource,
        night_lock: NightLockResource,
    ) -> Iterator[Any]:
        ledger = Ledger(deployment.home.ledger)
        with told_plainly():
            night = night_of_run(context, ledger)
        ledger.forget(selected_names(manifest, context.selected_asset_keys, translator=LayerTranslator()))
        arguments = ["build", "--exclude-resource-type", "unit_test", *vars_argument(deployment)]
        parsed = parsed_fingerprint(deployment)
        with told_plainly(), dbt_environment(deployment, as_of_date=night.isoformat(), fingerprint=parsed):
            invocation = dbt.cli(arguments, context=context, raise_on_error=False)
            events = _events_with_progress(invocation, context)
        run_results = invocation.target_path / "run_results.json"
        if run_results.is_file():
            results = json.loads(run_results.read_text(encoding="utf-8"))
            with told_plainly(), warehouse.connect(read_only=True) as connection:
                found = failing_rows(connection, results, manifest)
            ledger.record(ledger_results(results, manifest, as_of_date=night, run_id=context.run_id, rows=found))
        prune_run_folders(deployment)
        with told_plainly(), warehouse.connect(read_only=True) as connection:
            rows = row_counts(connection)
            # What was not built now is of the night before.
            shown = pictures(connection, {_relation_of(e, manifest) for e in events if isinstance(e, dg.Output)})
        for event in events:
            if not isinstance(event, dg.Output):
                yield event
                continue
            metadata = dict(event.metadata)
            relation = _relation_of(event, manifest)
            if relation in rows:
                metadata[ROWS] = dg.MetadataValue.int(rows[relation])
            # What a person looks for comes before what dbt calls it.
            yield event.with_metadata({**shown.get(relation, {}), **metadata})
        if not invocation.is_successful():
            raise dg.Failure(
                description=what_failed(ledger.results().values(), run_id=context.run_id)
                or f"dbt stopped: {invocation.get_error()}",
                metadata={EXIT_CODE: dg.MetadataValue.int(NightRefusedError.exit_code)},
                allow_retries=False,
            )

    return dbt_models


def _events_with_progress(invocation: DbtCliInvocation, context: dg.AssetExecutionContext) -> list[Any]:
    """Collect dbt's events, logging each as it comes.

    They are handed on only when dbt has ended and closed the warehouse, since only then can rows be counted.
    """
    events = []
    for event in invocation.stream():
        events.append(event)
        if isinstance(event, dg.Output):
            context.log.info("built %s", event.output_name.replace("__", ".", 1))
    return events


def _relation_of(event: dg.Output[Any], manifest: Mapping[str, Any]) -> str:
    node = manifest["nodes"][str(event.metadata["unique_id"].value)]
    return f"{node['schema']}.{node['alias']}"


def row_counts(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Return the exact rows of every table (not view) of the warehouse, as ``schema.table``."""
    tables = connection.execute("select schema_name, table_name from duckdb_tables() where not internal").fetchall()
    return {
        f"{schema}.{table}": (connection.execute(f'select count(*) from "{schema}"."{table}"').fetchone() or (0,))[0]
        for schema, table in tables
    }


def pictures(connection: duckdb.DuckDBPyConnection, built: Set[str]) -> dict[str, dict[str, dg.MetadataValue]]:
    """Return the pictures and tables of what was built, by ``schema.table`` and title."""
    shown: dict[str, dict[str, dg.MetadataValue]] = {}
    for relation in built:
        if relation in PICTURES and built >= set(PICTURES[relation].reads):
            picture = PICTURES[relation]
            svg = picture.draw(connection)
            # Without data there is nothing to see.
            shown[relation] = {picture.title: dg.MetadataValue.md(as_markdown(picture.title, svg))} if svg else {}
        elif relation.startswith(_SEGMENTS):
            shown[relation] = _segments(connection, relation.removeprefix("segmentations."))
    return shown


def _segments(connection: duckdb.DuckDBPyConnection, table: str) -> dict[str, dg.MetadataValue]:
    rows, svg = segment_sizes(connection, table), segments_svg(connection, table)
    # A cross that no pair of schemes has earned has no rows.
    if svg is None:
        return {}
    records = [dg.TableRecord({"segment": segment, "customers": customers}) for segment, customers in rows]
    return {
        "tonight's segments": dg.MetadataValue.table(records=records),
        "tonight's segments, as a picture": dg.MetadataValue.md(as_markdown("tonight's segments", svg)),
    }
