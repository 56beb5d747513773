"""Asking models to learn anew tonight although nothing has drifted.

Belongs here: which models can be asked, and what their assets take in the launchpad. Does not belong here: learning,
jobs (``operations.refit``).
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence

import dagster as dg
from pydantic import Field

from orchestration.configuration.deployment import Deployment
from orchestration.errors import TesseraError

# What a person calls the model of identity, and the step that estimates it.
IDENTITY, MATCHING_STEP = "identity", "matching"
# The same word for both.
PREDICTIONS = "predictions"


class LearnAnew(dg.Config):
    """What the asset of a model takes in the launchpad; without it the model is learnt anew when there is a reason."""

    refit: bool = Field(
        default=False,
        description="Learn anew tonight although nothing has drifted. Codes and names of segments carry over.",
    )


def learning_steps(deployment: Deployment) -> dict[str, str]:
    """Return the models that may be asked to learn anew, by what a person calls them, and the step of each."""
    steps = {IDENTITY: MATCHING_STEP} if deployment.settings.identity.matching else {}
    steps |= {name: name for name in deployment.model_schemes}
    return steps | ({PREDICTIONS: PREDICTIONS} if deployment.settings.predictions.enabled else {})


def steps_to_refit(deployment: Deployment, models: Sequence[str]) -> list[str]:
    """Return the steps whose models learn anew.

    Args:
        deployment: Whose models.
        models: What a person asked for; none means all.

    Raises:
        TesseraError: A model is not there, or is switched off.
    """
    known = learning_steps(deployment)
    for name in models:
        if name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            raise TesseraError(
                f"there is no model {name!r} that could learn anew",
                expected=f"one or more of {', '.join(known) or 'none: no model is switched on'}",
                found=name,
                fix=f"did you mean {close[0]}?" if close else "name a model that is switched on, or none for all",
            )
    return [step for name, step in known.items() if not models or name in models]
