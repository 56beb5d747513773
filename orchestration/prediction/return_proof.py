"""Whether the model of returns is better than simple baselines, shown on days that it had not seen.

Belongs here: learning on what was known on a past date, judging on the window after it. Does not belong here: the rule
(``ml.evaluation.promotion``), what is published.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ml.errors import ModelInputError
from ml.evaluation.minimum_data import MinimumData
from ml.evaluation.promotion import PromotionDecision, PromotionRule, decide_promotion
from ml.evaluation.time_splits import newest_complete_dates, split_for_use
from ml.panels import outcome_values
from ml.prediction.return_predictor import ReturnPredictor
from ml.prediction.rfm_cell_baseline import RfmCellBaseline
from orchestration.prediction.panel import HORIZON_DAYS, RETURNED, model_features, rows_of
from orchestration.prediction.remembered import RETURNS, Remembered

# The shortest history that features of a year make sense of; in shorter ones they tell of what there is.
FEATURE_WINDOW_DAYS = 90
MINIMUM = MinimumData()
# Fewer rounds and rows than the trees' own defaults: more cost seconds and gained nothing on the window after.
TREE_SETTINGS = {"max_rows": 60_000, "max_trees": 200}


@dataclass(frozen=True, kw_only=True)
class ReturnProof:
    """A model that was learnt on one date and judged on what followed.

    Attributes:
        model: Learnt from outcomes complete on ``tested_on``.
        decision: The verdict.
        tested_on: Date whose window it was judged on.
        trained_dates: First and last date that it learnt from.
        judged: The rows it was judged on.
        outcome: Whether each ordered, 0 or 1.
        predicted: What the model said.
        baseline: What the cells said.
    """

    model: ReturnPredictor
    decision: PromotionDecision
    tested_on: dt.date
    trained_dates: tuple[dt.date, dt.date]
    judged: pd.DataFrame
    outcome: np.ndarray
    predicted: np.ndarray
    baseline: np.ndarray


def shortfalls(
    panel: pd.DataFrame, *, known_until: dt.date, first_order: dt.date | None, buyers: int
) -> tuple[str, ...]:
    """Return what is missing for a model on a date, in sentences; empty where the data suffice."""
    complete = panel[panel["as_of_date"] <= pd.Timestamp(known_until - dt.timedelta(days=HORIZON_DAYS))]
    return MINIMUM.shortfalls(
        customers=buyers,
        history_days=days_known(first_order, known_until),
        feature_window_days=FEATURE_WINDOW_DAYS,
        horizon_days=HORIZON_DAYS,
        outcomes=outcome_values(complete, RETURNED, owner="returns") if len(complete) else np.empty(0),
    )


def days_known(first_order: dt.date | None, date: dt.date) -> int:
    """Return how many days of orders are known on a date."""
    return (date - first_order).days if first_order else 0


def fit_returns(panel: pd.DataFrame, *, used_on: dt.date) -> ReturnPredictor:
    """Learn the model that is used on a date, from outcomes complete by it.

    Raises:
        ModelInputError: There is too little to learn from.
    """
    known = known_rows(panel, used_on)
    parts = split_for_use(known["as_of_date"].unique(), used_on=used_on, horizon_days=HORIZON_DAYS).parts(known)
    return ReturnPredictor(
        feature_names=model_features(),
        horizon_days=HORIZON_DAYS,
        outcome_name=RETURNED,
        tree_settings=TREE_SETTINGS,
    ).fit(parts)


def fit_cells(panel: pd.DataFrame, *, used_on: dt.date, outcome_name: str = RETURNED) -> RfmCellBaseline:
    """Learn the cells that are used on a date, from outcomes complete by it."""
    return RfmCellBaseline(outcome_name=outcome_name).fit(known_rows(panel, used_on))


def known_rows(panel: pd.DataFrame, date: dt.date) -> pd.DataFrame:
    """Return the rows whose outcomes were complete on a date."""
    return panel[panel["as_of_date"] <= pd.Timestamp(date - dt.timedelta(days=HORIZON_DAYS))]


def prove_returns(
    panel: pd.DataFrame, *, known_until: dt.date, remembered: Remembered, serving: ReturnPredictor | None = None
) -> ReturnProof:
    """Learn as of the newest date whose window is over by ``known_until``, and judge on that window.

    Args:
        panel: The panel; rows whose outcomes were not complete are not looked at.
        known_until: Date of the judgement.
        remembered: Models learnt before.
        serving: A model whose knowledge ended by the tested date, where one serves.

    Raises:
        ModelInputError: There is too little to learn from or to judge on.
    """
    (date,) = newest_complete_dates(panel["as_of_date"].unique(), horizon_days=HORIZON_DAYS, known_until=known_until)
    tested_on = date.date()
    model = remembered.model(
        RETURNS,
        tested_on,
        learn=lambda: fit_returns(panel, used_on=tested_on),
        rebuild=ReturnPredictor.from_parameters,
    )
    judged = rows_of(panel, [tested_on]).reset_index(drop=True)
    outcome = outcome_values(judged, RETURNED, owner="returns")
    if np.isnan(outcome).any():
        raise ModelInputError(
            f"returns: outcomes of {tested_on} are not complete",
            expected="an outcome for every customer of the date",
            found=f"{int(np.isnan(outcome).sum())} without one",
            fix="build the outcomes before the models",
        )
    predicted, baseline = model.predict(judged), model.predict_baseline(judged)
    decision = decide_promotion(
        outcome,
        predicted,
        {"rfm_cells": baseline},
        judged["customer_id"],
        rule=PromotionRule(kind="probability"),
        serving=None if serving is None else serving.predict(judged),
    )
    learnt_from = known_rows(panel, tested_on)["as_of_date"]
    return ReturnProof(
        model=model,
        decision=decision,
        tested_on=tested_on,
        trained_dates=(learnt_from.min().date(), learnt_from.max().date()),
        judged=judged,
        outcome=outcome,
        predicted=predicted,
        baseline=baseline,
    )


def beats_the_cells(proof: ReturnProof, model: ReturnPredictor) -> bool:
    """Whether another model, one that serves already, is better than the cells on the same window."""
    decision = decide_promotion(
        proof.outcome,
        model.predict(proof.judged),
        {"rfm_cells": proof.baseline},
        proof.judged["customer_id"],
        rule=PromotionRule(kind="probability"),
    )
    return decision.is_promoted
