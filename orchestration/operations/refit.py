"""A night on which models learn anew although nothing has drifted.

Belongs here: its job and what the launchpad asks. Does not belong here: learning (``orchestration.learning_anew`` says
which models there are).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dagster as dg
from pydantic import Field

from orchestration.configuration.deployment import Deployment
from orchestration.learning_anew import LearnAnew, learning_steps, steps_to_refit

REFIT_JOB = "refit_job"


class RefitConfig(dg.Config):
    """What the launchpad asks."""

    models: list[str] = Field(
        default_factory=list,
        description="Models that learn anew, of identity, needs, benefits, psychographic, clusters, predictions. "
        "None named: all that are switched on.",
    )


def refit_run_config(models: Sequence[str]) -> dict[str, Any]:
    """Return the run configuration of the job, as the launchpad would have it."""
    return {"models": list(models)}


def refit_job(
    deployment: Deployment, partitions: dg.PartitionsDefinition, *, hooks: set[dg.HookDefinition]
) -> dg.JobDefinition:
    """Return the job of the launchpad: a whole night, so that everything below the models is built and published."""

    @dg.config_mapping
    def asked(config: RefitConfig) -> dict[str, Any]:
        steps = steps_to_refit(deployment, config.models)
        return {step: {"config": LearnAnew(refit=True).model_dump()} for step in steps}

    return dg.define_asset_job(  # type: ignore[return-value]
        REFIT_JOB,
        selection=dg.AssetSelection.all(),
        partitions_def=partitions,
        config=asked,
        description="A night on which models learn anew although nothing has drifted, published as every other: "
        f"{', '.join(learning_steps(deployment)) or 'there is no model to learn'}. Codes of segments and ids of "
        "customers carry over.",
        hooks=hooks,
        executor_def=dg.in_process_executor,
    )
