"""What a reader must know about tonight's models.

Belongs here: purpose, misuse and limits in words. Does not belong here: figures, which come from the proof.
"""

from __future__ import annotations

from ml.evaluation.model_card import ModelCard
from orchestration.prediction.scorecard import CHANCE_METRICS
from orchestration.prediction.tonight import TonightsModels


def return_card(found: TonightsModels, fingerprint: str) -> ModelCard:
    """Return the card of tonight's model of returns."""
    tested = found.returns
    trees = found.candidate.model_
    return ModelCard(
        name=found.candidate.prediction_name,
        version=fingerprint,
        purpose="The chance that a customer orders within 90 days, for deciding whom to keep, win back or leave alone.",
        not_for=(
            "decisions about single persons that have legal effect or are of similar weight, such as credit",
            "what a contact changes: whoever will come back anyway has a high chance, too",
        ),
        horizon_days=tested.horizon_days,
        trained_from=tested.trained_dates[0].isoformat(),
        trained_until=tested.tested_on.isoformat(),
        rows=trees.rows_,
        data_fingerprint=trees.learnt_from_,
        features=trees.encoder_.names_,
        metrics={name: metric(tested.outcome, tested.predicted) for name, metric in CHANCE_METRICS.items()},
        baseline_metrics={
            name: metric(tested.outcome, tested.baselines["rfm_cells"]) for name, metric in CHANCE_METRICS.items()
        },
        is_promoted=tested.is_published,
        reasons=(tested.reason,),
        limits=(
            "The figures are of the recipe learnt as of the tested date; what serves was learnt anew tonight.",
            f"Features since the newest date learnt from: {found.features.detail}.",
            f"Chances since then: {found.predictions.detail}.",
            f"Outcomes: {found.return_outcomes.detail}.",
            "Customers who have never ordered get no prediction.",
        ),
    )
