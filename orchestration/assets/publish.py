"""The last asset: a new immutable version, then the pointer swap.

Belongs here: asking the verdict once more and calling the publisher. Does not belong here: how versions are written
(``publishing``).
"""

# No postponed annotations here: Dagster reads the types of an asset's arguments when it is defined.
import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import dagster as dg

from orchestration.assets.gate import judge_build, refused
from orchestration.assets.measures import measures
from orchestration.audiences.launches import lock_launched
from orchestration.audiences.locks import LockStore
from orchestration.configuration.deployment import Deployment
from orchestration.digest.compose import digest_of
from orchestration.digest.files import write_digest
from orchestration.digest.reading import read_edition, served_edition
from orchestration.explorer.about import about_version
from orchestration.explorer.page import write_explorer
from orchestration.failures import told_plainly
from orchestration.found_segments.catalogue import FOUND_SCHEMES
from orchestration.freshness import publication_freshness
from orchestration.gate.expectations import GATE_ASSET, IDENTITY_BUILD, PREDICTIONS_BUILD
from orchestration.gate.report import summarise
from orchestration.gate.verdict import Verdict
from orchestration.model_store import RETURN_MODEL, ModelStore
from orchestration.owners import OWNERS
from orchestration.partitions import ONE_NIGHT_A_RUN
from orchestration.publishing.publisher import MartRelation, publish
from orchestration.publishing.version_store import Draft, VersionStore
from orchestration.resources import NightLockResource, WarehouseResource

PUBLISH_ASSET = ["publish", "published_version"]


def publish_asset(
    deployment: Deployment, manifest_path: Path, partitions: dg.PartitionsDefinition
) -> dg.AssetsDefinition:
    """Return the asset that makes the night's marts the ones that readers see."""

    @dg.asset(
        key=PUBLISH_ASSET,
        deps=[GATE_ASSET],
        group_name="publish",
        description="The version that BI tools read: published/current. It does not trust that the gate ran: it judges "
        "the build again itself.",
        owners=[OWNERS["publish"]],
        kinds={"duckdb", "parquet"},
        partitions_def=partitions,
        backfill_policy=ONE_NIGHT_A_RUN,
        freshness_policy=publication_freshness(deployment.settings),
    )
    def published_version(
        context: dg.AssetExecutionContext, warehouse: WarehouseResource, night_lock: NightLockResource
    ) -> dg.MaterializeResult:
        night = dt.date.fromisoformat(context.partition_key)
        return dg.MaterializeResult(
            metadata=publish_build(deployment, manifest_path, warehouse, night=night, run_id=context.run_id)
        )

    return published_version


def publish_build(
    deployment: Deployment, manifest_path: Path, warehouse: WarehouseResource, *, night: dt.date, run_id: str
) -> dict[str, Any]:
    """Publish the build that is in the warehouse as a new version and serve it.

    Args:
        deployment: Whose build.
        manifest_path: dbt's manifest, which says what the build must have run.
        warehouse: Where it is.
        night: The night that it must be of.
        run_id: Who publishes.

    Returns:
        What Dagster is told of the version.

    Raises:
        Failure: The build may not be published, or cannot be.
    """
    started_at = dt.datetime.now(tz=dt.UTC)
    verdict = judge_build(deployment, manifest_path, as_of_date=night)
    if not verdict.may_publish:
        raise refused(deployment, verdict, run_id=run_id)
    models = _models(verdict)
    launched: list[str] = []
    with told_plainly(), warehouse.connect(read_only=True) as connection:

        def before_it_is_served(draft: Draft) -> None:
            _add_files(draft, models, deployment)
            # Nobody is contacted by a version that is not served, so a night that is refused locks nothing.
            launched.extend(lock_launched(connection, LockStore(deployment.home.campaigns), night=night))

        version = publish(
            store=VersionStore(deployment.home.published),
            warehouse=connection,
            marts=marts(deployment),
            as_of_date=night,
            run_id=run_id,
            checks=_checks(verdict),
            models=models,
            published_at=dt.datetime.now(tz=dt.UTC),
            keep_versions=deployment.settings.publish.keep_versions,
            add_files=before_it_is_served,
        ).version
    return {
        **measures(sum(version.rows.values()), started_at=started_at),
        "version": version.name,
        "folder": dg.MetadataValue.path(version.path),
        "rows": dg.MetadataValue.json(dict(version.rows)),
        "checks": summarise(verdict),
        "campaigns launched": ", ".join(launched) or "none",
    }


def marts(deployment: Deployment) -> list[MartRelation]:
    """Return every outbound mart: where it is, how its rows are ordered, what its columns mean."""
    return [
        MartRelation(
            name=contract.name,
            schema="marts",
            sort_keys=contract.primary_key,
            description=contract.description,
            column_descriptions={column.name: column.description for column in contract.columns},
        )
        for contract in deployment.outbound.values()
    ]


def _checks(verdict: Verdict) -> dict[str, object]:
    return {
        "summary": summarise(verdict),
        "results": len(verdict.results),
        "warnings": [f"{problem.name}: {problem.found}" for problem in verdict.warnings],
    }


def _add_files(draft: Draft, models: Mapping[str, str], deployment: Deployment) -> None:
    """Put beside the marts what people read of them."""
    _add_cards(draft.folder, models, ModelStore(deployment.home.models))
    about = about_version(deployment, draft.name)
    write_explorer(draft.folder, about)
    before = served_edition(VersionStore(deployment.home.published))
    write_digest(draft.folder, digest_of(read_edition(draft.folder, version=draft.name, models=models), before, about))


def _add_cards(folder: Path, models: Mapping[str, str], store: ModelStore) -> None:
    """Put the cards of the version's models beside its marts."""
    cards = {name: store.card(name, fingerprint) for name, fingerprint in models.items()}
    for name, card in cards.items():
        if card is not None:
            (folder / "model_cards").mkdir(exist_ok=True)
            (folder / "model_cards" / f"{name}.md").write_text(card, encoding="utf-8")


def _models(verdict: Verdict) -> dict[str, str]:
    fingerprints = {result.name: result.detail for result in verdict.results}
    named = {
        **{name: scheme.build for name, scheme in FOUND_SCHEMES.items()},
        "identity": IDENTITY_BUILD,
        RETURN_MODEL: PREDICTIONS_BUILD,
    }
    return {name: fingerprints[build] for name, build in named.items() if build in fingerprints}
