"""Whether tonight's customers ask for new clusters, or the served ones still hold.

Belongs here: the rule and what it is judged by. Does not belong here: fitting, how drift is measured
(``ml.evaluation.drift``), which model is served.

Clusters that are learnt anew every night move a little every night, and with them customers who did nothing; so a model
serves until there is a reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import adjusted_rand_score
from threadpoolctl import threadpool_limits

from ml.clusters import kmeans_parameters
from ml.clusters.kmeans import KMeansSegmenter
from ml.clusters.lloyd import nearest_labels
from ml.clusters.membership import resampled_labels
from ml.clusters.selection import STABILITY_ROWS, STARTS, bounded_sample
from ml.evaluation.drift import DriftBands


@dataclass(frozen=True, kw_only=True)
class RefitRule:
    """When clusters are learnt anew.

    Attributes:
        max_drift: Population stability index of a feature from which on the population is another one; above .25 a
            shift is called major (Siddiqi 2006).
        max_agreement_loss: By how much the agreement of clusterings of resampled customers with the served clusters
            may fall below what it was at the fit, in adjusted Rand index.
        repeats: Resamples by which the agreement is measured.
    """

    max_drift: float = 0.25
    max_agreement_loss: float = 0.15
    repeats: int = 20


@dataclass(frozen=True, kw_only=True)
class RefitDecision:
    """Whether to learn anew, and why or why not.

    Attributes:
        refit: Whether to learn anew.
        reason: In words, with the figures that decided.
        drift: One row per feature as ``DriftReference.compare`` gives it; empty where it was not needed.
        agreement: Agreement of tonight's resampled clusterings with the served clusters; None where not needed.
    """

    refit: bool
    reason: str
    drift: pd.DataFrame = field(default_factory=pd.DataFrame)
    agreement: float | None = None


def decide_refit(
    model: KMeansSegmenter, X: pd.DataFrame, *, previous: Mapping[str, Any] | None, rule: RefitRule | None = None
) -> RefitDecision:
    """Decide whether clusters are learnt anew from tonight's customers.

    In this order: there is no served model; its settings, features or words are others; a feature has drifted
    beyond chance; a cluster has become too small or outliers too many; resampled customers no longer agree.

    Args:
        model: The segmenter as it is set tonight, not fitted.
        X: Tonight's customers, as for ``fit``.
        previous: Parameters of the served model.
        rule: The limits.

    Raises:
        ParameterFormatError: ``previous`` is not of this format.
        ModelInputError: A feature is absent or unusable.
    """
    rule = rule or RefitRule()
    if previous is None:
        return RefitDecision(refit=True, reason="no model is served yet")
    served = KMeansSegmenter.from_parameters(previous)
    changed = _changed_settings(model, previous)
    if changed:
        return RefitDecision(refit=True, reason=f"changed since the served model was learnt: {', '.join(changed)}")
    if len(X) < model.min_customers:
        return RefitDecision(refit=True, reason=f"{len(X)} customers are too few to judge the served model by")
    bands = DriftBands(warn=rule.max_drift, block=rule.max_drift)
    drift = served.drift_reference_.compare(served.input_frame(X), bands=bands)
    moved = drift[drift["result"] != "ok"]
    if len(moved):
        told = ", ".join(f"{row.column} {row.population_stability_index:.2f}" for row in moved.itertuples())
        reason = f"customers are others than the model was learnt from, population stability index: {told}"
        return RefitDecision(refit=True, reason=reason, drift=drift)
    judged = served.judged(X)
    smallest = float(judged.shares.min())
    if smallest < model.min_share:
        return RefitDecision(refit=True, reason=f"a cluster is down to {smallest:.1%} of customers", drift=drift)
    # At the fit there may be exactly as many as are allowed; a few more are no reason.
    if judged.unlike_share > 2 * model.max_outlier_share:
        reason = f"{judged.unlike_share:.1%} of customers are unlike every cluster"
        return RefitDecision(refit=True, reason=reason, drift=drift)
    agreement = _agreement(served, judged.members, repeats=rule.repeats)
    if agreement < served.agreement_ - rule.max_agreement_loss:
        reason = f"stability fell: resampled customers agree with the served clusters by {agreement:.2f}"
        return RefitDecision(
            refit=True, reason=f"{reason}, at the fit {served.agreement_:.2f}", drift=drift, agreement=agreement
        )
    worst = drift.iloc[0]
    reason = (
        f"the served clusters hold: agreement {agreement:.2f} (at the fit {served.agreement_:.2f}), "
        f"largest population stability index {worst.population_stability_index:.2f} ({worst.column})"
    )
    return RefitDecision(refit=False, reason=reason, drift=drift, agreement=agreement)


def _changed_settings(model: KMeansSegmenter, previous: Mapping[str, Any]) -> list[str]:
    now, before = kmeans_parameters.plain_settings(model), previous["settings"]
    changed = [name for name in now if now[name] != before[name]]
    if kmeans_parameters.plain_vocabulary(model) != previous["vocabulary"]:
        changed.append("vocabulary")
    return changed


def _agreement(served: KMeansSegmenter, members: np.ndarray, *, repeats: int) -> float:
    """Return the mean adjusted Rand index of clusterings of resampled members with the served labels."""
    values = members[bounded_sample(len(members), STABILITY_ROWS, seed=served.random_state)]
    labels = nearest_labels(values, served.centers_)
    with threadpool_limits(limits=1):
        again = resampled_labels(
            values, labels, len(served.centers_), repeats=repeats, starts=STARTS, seed=served.random_state
        )
    return float(np.mean([adjusted_rand_score(labels, other) for other in again]))
