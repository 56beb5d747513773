"""A night on which models learn anew although nothing has drifted.

Belongs here: its job and what its launchpad shows. Does not belong here: learning (``orchestration.learning_anew`` says
which models there are).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dagster as dg

from orchestration.configuration.deployment import Deployment
from orchestration.learning_anew import LearnAnew, learning_steps, steps_to_refit

REFIT_JOB = "refit_job"


def refit_run_config(deployment: Deployment, models: Sequence[str]) -> dict[str, Any]:
    """Return the run configuration in which models are asked to learn anew, and the others are not.

    Args:
        deployment: Whose models.
        models: What a person asked for; none means all.

    Raises:
        TesseraError: A model is not there, or is switched off.
    """
    asked = steps_to_refit(deployment, models)
    steps = learning_steps(deployment).values()
    return {"ops": {step: {"config": LearnAnew(refit=step in asked).model_dump()} for step in steps}}


def refit_job(
    deployment: Deployment, partitions: dg.PartitionsDefinition, *, hooks: set[dg.HookDefinition]
) -> dg.JobDefinition:
    """Return the job of the launchpad: a whole night, so that everything below the models is built and published.

    The launchpad shows every model with ``refit: true``; who wants only some says ``false`` to the others.
    """
    return dg.define_asset_job(  # type: ignore[return-value]
        REFIT_JOB,
        selection=dg.AssetSelection.all(),
        partitions_def=partitions,
        config=refit_run_config(deployment, ()),
        description="A night on which models learn anew although nothing has drifted, published as every other: "
        f"{', '.join(learning_steps(deployment)) or 'there is no model to learn'}. Codes of segments and ids of "
        "customers carry over. In the launchpad, say refit: false to those that should stay.",
        hooks=hooks,
        executor_def=dg.in_process_executor,
    )
