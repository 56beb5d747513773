"""Tonight's models: proved on the newest complete window, learnt anew from everything known, and what is published.

Belongs here: the decision between candidate, serving model and baseline. Does not belong here: past dates (``origin``),
reading and writing.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

import pandas as pd

from ml.errors import NotEnoughDataError
from ml.prediction.next_order_predictor import NextOrderPredictor
from ml.prediction.return_predictor import ReturnPredictor
from orchestration.prediction.next_orders import fit_next_order
from orchestration.prediction.panel import HORIZON_DAYS
from orchestration.prediction.remembered import Remembered
from orchestration.prediction.return_proof import (
    ReturnProof,
    beats_the_cells,
    days_known,
    fit_cells,
    fit_returns,
    prove_returns,
)
from orchestration.prediction.scorecard import CHANCE_METRICS, VALUE_METRICS, Tested
from orchestration.prediction.scoring import LEAST_DAYS_FOR_A_YEAR, YEAR_DAYS, Scorer
from orchestration.prediction.value_proof import (
    BUYING,
    MODELS,
    TREES,
    ValueProof,
    fit_values,
    prove_values,
    without_models,
)
from orchestration.prediction.watch import Moved, features_moved, margins_moved, predictions_moved, returns_moved

RETURN, VALUE = "return_90d", "value_90d"
SLICES = ("country", "account_type")


@dataclass(frozen=True, kw_only=True)
class TonightsModels:
    """What tonight's predictions are made with, and how it came to that.

    Attributes:
        scorer: What is published.
        candidate: Tonight's model of returns, published or not.
        tested: How each model was judged, the model of returns first.
        features: How far features moved.
        predictions: How far chances moved.
        return_outcomes: How far the share of customers who order moved.
        margin_outcomes: How far the mean margin moved.
    """

    scorer: Scorer
    candidate: ReturnPredictor
    tested: tuple[Tested, ...]
    features: Moved
    predictions: Moved
    return_outcomes: Moved
    margin_outcomes: Moved

    @property
    def returns(self) -> Tested:
        """How the model of returns was judged."""
        return self.tested[0]


def learn_tonight(
    panel: pd.DataFrame,
    *,
    tonight: dt.date,
    first_order: dt.date | None,
    remembered: Remembered,
    serving: ReturnPredictor | None,
) -> TonightsModels:
    """Learn, prove and choose tonight's models.

    Args:
        panel: The panel.
        tonight: The night.
        first_order: Day of the first order of all.
        remembered: Models learnt before.
        serving: The model of returns of an origin that lies before the tested window, where there is one.

    Raises:
        NotEnoughDataError: There is too little to learn from.
        ModelInputError: Something cannot be learnt from.
    """
    proof = prove_returns(panel, known_until=tonight, remembered=remembered, serving=serving)
    candidate = fit_returns(panel, used_on=tonight)
    decision, chosen, reasons = _chosen(proof, candidate, serving)
    values = prove_values(panel, known_until=tonight, remembered=remembered)
    margins = margins_moved(panel, tested_on=values.tested_on)
    if values.source in MODELS and margins.result == "block":
        values = without_models(values, f"Not met: margins moved too far to be trusted: {margins.detail}.")
    scorer = Scorer(
        returns=chosen,
        cells=fit_cells(panel, used_on=tonight),
        worth=fit_values(panel, used_on=tonight, source=values.source),
        history_days=days_known(first_order, tonight),
        with_reasons=True,
    )
    moved = predictions_moved(panel, scorer, tonight=tonight)
    outcomes = returns_moved(panel, tested_on=proof.tested_on)
    too_far = [(what, how) for what, how in (("chances", moved), ("returns", outcomes)) if how.result == "block"]
    if chosen is not None and too_far:
        # Beyond this size a model should not be used without a look; nobody looks at night.
        why_not = " ".join(f"Not met: {what} moved too far to be trusted: {how.detail}." for what, how in too_far)
        decision, reasons = "baseline", f"{why_not} {reasons}"
        scorer = replace(scorer, returns=None)
    if not scorer.tells_a_year:
        reasons = (
            f"{reasons} The chance of an order within {YEAR_DAYS} days is not told: {LEAST_DAYS_FOR_A_YEAR} days of "
            f"orders are needed for it, {scorer.history_days} are known."
        )
    return TonightsModels(
        scorer=replace(scorer, next_order=_next_order(panel, tonight) if scorer.returns is not None else None),
        candidate=candidate,
        tested=(_tested_returns(proof, decision, reasons), *_tested_values(values)),
        features=features_moved(panel, tonight=tonight),
        predictions=moved,
        return_outcomes=outcomes,
        margin_outcomes=margins,
    )


def _chosen(
    proof: ReturnProof, candidate: ReturnPredictor, serving: ReturnPredictor | None
) -> tuple[str, ReturnPredictor | None, str]:
    """Return the decision in a word, the model that is published, if one is, and the reasons."""
    reasons = " ".join(proof.decision.reasons)
    if proof.decision.is_promoted:
        return "promoted", candidate, reasons
    if serving is not None and beats_the_cells(proof, serving):
        return "serving", serving, reasons
    return "baseline", None, reasons


def _next_order(panel: pd.DataFrame, tonight: dt.date) -> NextOrderPredictor | None:
    try:
        return fit_next_order(panel, used_on=tonight)
    except NotEnoughDataError:
        # Fewer days have been observed than the shortest set of intervals asks for.
        return None


def _tested_returns(proof: ReturnProof, decision: str, reasons: str) -> Tested:
    return Tested(
        model=RETURN,
        metrics=CHANCE_METRICS,
        outcome=proof.outcome,
        predicted=proof.predicted,
        baselines={"rfm_cells": proof.baseline},
        rows=proof.judged,
        slices=SLICES,
        decision=decision,
        is_published=decision != "baseline",
        reason=reasons,
        horizon_days=HORIZON_DAYS,
        trained_dates=proof.trained_dates,
        tested_on=proof.tested_on,
    )


def _tested_values(proof: ValueProof) -> tuple[Tested, ...]:
    """Return how each contender was judged, beside the baselines."""
    baselines = {name: said for name, said in proof.predicted.items() if name not in MODELS}
    return tuple(
        Tested(
            model=f"{VALUE}__{name}",
            metrics=VALUE_METRICS,
            outcome=proof.outcome,
            predicted=proof.predicted[name],
            baselines=baselines,
            rows=proof.judged,
            slices=SLICES if name == proof.source else (),
            decision=_value_decision(proof, name),
            is_published=name == proof.source,
            reason=" ".join(
                [*([proof.blocked] if proof.blocked else []), *proof.decisions[name].reasons, *proof.notes]
            ),
            horizon_days=HORIZON_DAYS,
            trained_dates=proof.trained_dates,
            tested_on=proof.tested_on,
        )
        for name in (BUYING, TREES)
        if name in proof.decisions
    )


def _value_decision(proof: ValueProof, name: str) -> str:
    if name == proof.source:
        return "promoted"
    # Good enough, and another model better still.
    return "other_model" if proof.source in MODELS and proof.decisions[name].is_promoted else "baseline"
