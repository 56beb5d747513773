"""Which of several models of the margin to come is the best, shown on days that none of them had seen.

Belongs here: the contenders and the choice. Does not belong here: the rule (``ml.evaluation.promotion``), the yearly
figure made of the choice (``scoring``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from ml.errors import NotEnoughDataError
from ml.evaluation.promotion import PromotionDecision, PromotionRule, decide_promotion
from ml.evaluation.time_splits import newest_complete_dates, split_for_use
from ml.lifetime_value.margin_value import MarginValueModel
from ml.panels import outcome_values
from ml.prediction.rfm_cell_baseline import RfmCellBaseline
from ml.prediction.spend_predictor import SpendPredictor
from orchestration.prediction.panel import HORIZON_DAYS, LAST_MARGIN, NEXT_MARGIN, model_features, rows_of
from orchestration.prediction.remembered import TREES as AMOUNT_TREES
from orchestration.prediction.remembered import Remembered
from orchestration.prediction.return_proof import TREE_SETTINGS, fit_cells, known_rows

BUYING, TREES, CELLS, LAST_WINDOW = "buying_model", "boosted_trees", "rfm_cells", "last_window"
MODELS = (TREES, BUYING)


@dataclass(frozen=True, kw_only=True)
class ValueProof:
    """What each contender said before a window, and what came.

    Attributes:
        source: The contender that is published.
        decisions: Contender to verdict, of those that could be learnt.
        tested_on: Date whose window they were judged on.
        trained_dates: First and last date whose outcomes were learnt from.
        judged: The rows.
        outcome: Margin of the 90 days after.
        predicted: Contender or baseline to what it said.
        notes: Why a contender could not be learnt.
        blocked: Why no model is published, whatever it has proved.
    """

    source: str
    decisions: Mapping[str, PromotionDecision]
    tested_on: dt.date
    trained_dates: tuple[dt.date, dt.date]
    judged: pd.DataFrame
    outcome: np.ndarray
    predicted: Mapping[str, np.ndarray]
    notes: tuple[str, ...] = field(default=())
    blocked: str = ""

    @property
    def reason(self) -> str:
        """Why the published one is published, in words."""
        if self.source in self.decisions:
            return " ".join(self.decisions[self.source].reasons)
        lost = [f"{name}: {' '.join(decision.reasons)}" for name, decision in self.decisions.items()]
        return " ".join([*lost, *self.notes])


@dataclass(frozen=True, kw_only=True)
class ValueModels:
    """What a date's values are worked out with.

    Attributes:
        source: The contender that is published.
        buying: Gives every factor, whatever is published.
        trees: Where they are published.
        cells: Mean margin of 90 days by cell.
        last_window_factor: Next over last window of all customers.
    """

    source: str
    buying: MarginValueModel
    trees: SpendPredictor | None
    cells: RfmCellBaseline
    last_window_factor: float

    def next_margin(self, rows: pd.DataFrame) -> np.ndarray:
        """Return the margin of the next 90 days by the published contender, shape (n,)."""
        if self.source == TREES and self.trees is not None:
            return self.trees.predict(rows)
        if self.source == CELLS:
            return self.cells.predict(rows)
        if self.source == LAST_WINDOW:
            return last_window(rows) * self.last_window_factor
        factors = self.buying.predict_factors(buying_rows(rows), horizon_days=HORIZON_DAYS)
        return factors["expected_margin"].to_numpy()


def buying_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """Return what the buying models read, one row per row of a single date, indexed by customer_id."""
    orders = rows["order_days_count"].to_numpy(dtype=np.float64)
    net = rows["net_revenue_amount"].to_numpy(dtype=np.float64)
    has_value = net > 0
    return pd.DataFrame(
        {
            "repeat_orders_count": orders - 1,
            "first_to_last_order_days": rows["first_to_last_order_days"].to_numpy(dtype=np.float64),
            "age_days": rows["days_since_first_order"].to_numpy(dtype=np.float64),
            "orders_count": np.where(has_value, orders, 0.0),
            "mean_order_amount": np.where(has_value, net / np.maximum(orders, 1), np.nan),
            "net_amount": net,
            "margin_amount": rows["margin_amount"].to_numpy(dtype=np.float64),
        },
        index=pd.Index(rows["customer_id"], name="customer_id"),
    )


def last_window(rows: pd.DataFrame) -> np.ndarray:
    """Return the margin of the last 90 days, 0 where more was refunded than bought, shape (n,)."""
    return np.maximum(np.nan_to_num(rows[LAST_MARGIN].to_numpy(dtype=np.float64)), 0.0)


def fit_values(
    panel: pd.DataFrame, *, used_on: dt.date, source: str, buyers: pd.DataFrame | None = None
) -> ValueModels:
    """Learn what a date's values are worked out with, from what was known on it.

    Args:
        panel: The panel.
        used_on: The date.
        source: The contender that is published.
        buyers: Rows of ``used_on`` for the buying models; those of the panel by default.

    Raises:
        ModelInputError: There is too little to learn from.
    """
    known = known_rows(panel, used_on)
    rows = rows_of(panel, [used_on]) if buyers is None else buyers
    return ValueModels(
        source=source,
        buying=MarginValueModel().fit(buying_rows(rows)),
        trees=_fit_trees(known, used_on=used_on) if source == TREES else None,
        cells=fit_cells(panel, used_on=used_on, outcome_name=NEXT_MARGIN),
        last_window_factor=_last_window_factor(known),
    )


def prove_values(panel: pd.DataFrame, *, known_until: dt.date, remembered: Remembered | None) -> ValueProof:
    """Learn every contender as of the newest date whose window is over by ``known_until``, and choose.

    A model is published that beats the cells and "the same as last time"; of two the one with the smaller mean absolute
    error. Where none does, the baseline with the smaller one is.

    Args:
        panel: The panel.
        known_until: Date of the judgement.
        remembered: Models learnt before; None where trees do not contend.

    Raises:
        ModelInputError: There is too little to learn from or to judge on.
    """
    (date,) = newest_complete_dates(panel["as_of_date"].unique(), horizon_days=HORIZON_DAYS, known_until=known_until)
    tested_on = date.date()
    judged = rows_of(panel, [tested_on]).reset_index(drop=True)
    outcome = outcome_values(judged, NEXT_MARGIN, owner="values")
    notes = []
    models = fit_values(panel, used_on=tested_on, source=BUYING)
    predicted = {BUYING: models.next_margin(judged)}
    if remembered is not None:
        try:
            trees = remembered.model(
                AMOUNT_TREES,
                tested_on,
                learn=lambda: _fit_trees(known_rows(panel, tested_on), used_on=tested_on),
                rebuild=SpendPredictor.from_parameters,
            )
            predicted[TREES] = trees.predict(judged)
        except NotEnoughDataError as error:
            notes.append(f"{TREES} could not be learnt: {error.what}.")
    baselines = {
        CELLS: models.cells.predict(judged),
        LAST_WINDOW: last_window(judged) * models.last_window_factor,
    }
    decisions = {
        name: decide_promotion(outcome, values, baselines, judged["customer_id"], rule=PromotionRule(kind="value"))
        for name, values in predicted.items()
    }
    errors = {name: float(np.abs(outcome - values).mean()) for name, values in {**predicted, **baselines}.items()}
    promoted = [name for name, decision in decisions.items() if decision.is_promoted]
    learnt_from = known_rows(panel, tested_on)["as_of_date"]
    return ValueProof(
        source=min(promoted or baselines, key=lambda name: (errors[name], name)),
        decisions=decisions,
        tested_on=tested_on,
        trained_dates=(learnt_from.min().date(), learnt_from.max().date()),
        judged=judged,
        outcome=outcome,
        predicted={**predicted, **baselines},
        notes=tuple(notes),
    )


def without_models(proof: ValueProof, why_not: str) -> ValueProof:
    """Return the proof with the better baseline as what is published, and why."""
    errors = {
        name: float(np.abs(proof.outcome - said).mean()) for name, said in proof.predicted.items() if name not in MODELS
    }
    source = min(errors, key=lambda name: (errors[name], name))
    return replace(proof, source=source, blocked=why_not)


def _fit_trees(known: pd.DataFrame, *, used_on: dt.date) -> SpendPredictor:
    parts = split_for_use(known["as_of_date"].unique(), used_on=used_on, horizon_days=HORIZON_DAYS).parts(known)
    return SpendPredictor(
        feature_names=model_features(),
        horizon_days=HORIZON_DAYS,
        outcome_name=NEXT_MARGIN,
        last_window_name=LAST_MARGIN,
        tree_settings=TREE_SETTINGS,
    ).fit(parts)


def _last_window_factor(known: pd.DataFrame) -> float:
    # Sorted, as sums of floats depend on their order.
    before = float(np.sort(last_window(known)).sum())
    after = float(np.sort(known[NEXT_MARGIN].to_numpy(dtype=np.float64)).sum())
    return after / before if before > 0 else 1.0
