"""Assembly of the Dagster definitions, and nothing else.

``workspace.yaml`` loads this module; Dagster calls ``defs`` when it needs the definitions, so importing it reads no
file and no environment.
"""

from __future__ import annotations

import dagster as dg

from orchestration.assets.campaigns import campaign_assets
from orchestration.assets.demand import demand_assets
from orchestration.assets.gate import gate_asset
from orchestration.assets.matching import matching_assets
from orchestration.assets.ml import ml_assets
from orchestration.assets.notices import notices_asset
from orchestration.assets.postgres_marts import postgres_assets
from orchestration.assets.predictions import prediction_assets
from orchestration.assets.publish import publish_asset
from orchestration.assets.raw import raw_assets
from orchestration.assets.uplift import uplift_assets
from orchestration.assets.warehouse import warehouse_assets
from orchestration.checks.contract_checks import inbound_contract_check, outbound_contract_check
from orchestration.checks.delivery_checks import delivery_check
from orchestration.configuration.deployment import Deployment, load_deployment
from orchestration.dbt_manifest import dbt_resource, fresh_manifest
from orchestration.failure_sensor import failure_sensor
from orchestration.gate.expectations import PYTHON_MARTS
from orchestration.jobs import nightly_job, nightly_schedule
from orchestration.operations.refit import refit_job
from orchestration.operations.republish import republish_job
from orchestration.operations.rollback import rollback_job
from orchestration.partitions import nightly_partitions
from orchestration.refusal_hook import refusal_hook
from orchestration.resources import NightLockResource, WarehouseResource


def build_defs(deployment: Deployment | None = None) -> dg.Definitions:
    """Return fresh definitions of a deployment.

    Args:
        deployment: The deployment; else the one that the environment or the working folder names.
    """
    deployment = deployment or load_deployment()
    deployment.home.create()
    manifest_path = fresh_manifest(deployment)
    partitions = nightly_partitions(deployment.settings)
    dbt_marts = [mart for mart in deployment.outbound.values() if mart.name not in PYTHON_MARTS]
    hooks = {refusal_hook(deployment, manifest_path)}
    job = nightly_job(partitions, hooks=hooks)
    return dg.Definitions(
        assets=[
            *raw_assets(deployment, partitions),
            *warehouse_assets(deployment, manifest_path, partitions),
            *matching_assets(deployment, partitions),
            *ml_assets(deployment, partitions),
            *prediction_assets(deployment, partitions),
            *demand_assets(deployment, partitions),
            *uplift_assets(deployment, partitions),
            *campaign_assets(deployment, partitions),
            gate_asset(
                deployment, manifest_path, partitions, upstream=[dg.AssetKey(["marts", m.name]) for m in dbt_marts]
            ),
            publish_asset(deployment, manifest_path, partitions),
            notices_asset(deployment, partitions),
            *postgres_assets(deployment, partitions),
        ],
        asset_checks=[
            *(inbound_contract_check(deployment, deployment.inbound[name]) for name in deployment.sources_on),
            *(delivery_check(deployment, deployment.inbound[name]) for name in deployment.sources_on),
            *(outbound_contract_check(deployment, mart) for mart in dbt_marts),
        ],
        jobs=[
            job,
            refit_job(deployment, partitions, hooks=hooks),
            republish_job(deployment, manifest_path),
            rollback_job(deployment),
        ],
        schedules=[nightly_schedule(job, deployment.settings)],
        sensors=[failure_sensor(deployment)],
        resources={
            "dbt": dbt_resource(),
            "warehouse": WarehouseResource(
                path=str(deployment.home.warehouse),
                time_zone=deployment.settings.company.time_zone,
                memory_limit=deployment.settings.memory_limit,
            ),
            "night_lock": NightLockResource(path=str(deployment.home.night_lock)),
        },
        executor=dg.in_process_executor,
    )


@dg.definitions
def defs() -> dg.Definitions:
    """The definitions of the deployment that ``TESSERA_CONFIG`` and ``TESSERA_HOME`` name."""
    return build_defs()
