"""How far tonight's customers, what is foretold of them and what they did have moved from what the model learnt from.

Belongs here: the comparison and its words. Does not belong here: effect sizes and bands (``ml.evaluation.drift``), what
the gate makes of it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from ml.evaluation.drift import DriftReference
from ml.evaluation.outcome_drift import BANDS, OutcomeShift, mean_shift, share_shift
from orchestration.prediction.panel import HORIZON_DAYS, NEXT_MARGIN, RETURNED, model_features, rows_of
from orchestration.prediction.return_proof import known_rows
from orchestration.prediction.scoring import Scorer

SHOWN = 3
PREDICTION = "p_return_90d"
# They grow with the history and say nothing of customers.
GROWING = frozenset({"days_since_first_order", "first_to_last_order_days", "order_days_count", "net_revenue_amount"})


@dataclass(frozen=True, kw_only=True)
class Moved:
    """What moved since the newest date that was learnt from.

    Attributes:
        result: ok, warn or block.
        detail: The largest moves with their effect sizes, in words.
        count: Columns beyond the limit of a warning.
    """

    result: Literal["ok", "warn", "block"]
    detail: str
    count: int


def features_moved(panel: pd.DataFrame, *, tonight: dt.date) -> Moved:
    """Compare tonight's features with those of the newest date that was learnt from."""
    learnt_on = _newest_learnt(panel, tonight)
    watched = [name for name in model_features() if name not in GROWING]
    before, now = rows_of(panel, [learnt_on]), rows_of(panel, [tonight])
    return _moved(before, now, watched, learnt_on=learnt_on)


def predictions_moved(panel: pd.DataFrame, scorer: Scorer, *, tonight: dt.date) -> Moved:
    """Compare tonight's chances with those that the same model gives the newest date that was learnt from."""
    learnt_on = _newest_learnt(panel, tonight)
    before, now = (pd.DataFrame({PREDICTION: scorer.p_return(rows_of(panel, [date]))}) for date in (learnt_on, tonight))
    return _moved(before, now, [PREDICTION], learnt_on=learnt_on)


def returns_moved(panel: pd.DataFrame, *, tested_on: dt.date) -> Moved:
    """Compare how many ordered in the window after a date with how many did in the windows that were learnt from."""
    before, after = _outcomes(panel, RETURNED, tested_on)
    shift = share_shift(before, after)
    told = (
        f"{shift.after:.1%} ordered within {HORIZON_DAYS} days of {tested_on}, {shift.before:.1%} in the windows before"
    )
    return _outcome_moved(shift, told, name="h")


def margins_moved(panel: pd.DataFrame, *, tested_on: dt.date) -> Moved:
    """Compare the mean margin of the window after a date with that of the windows that were learnt from."""
    before, after = _outcomes(panel, NEXT_MARGIN, tested_on)
    shift = mean_shift(before, after)
    told = (
        f"a mean margin of {shift.after:.2f} within {HORIZON_DAYS} days of {tested_on}, "
        f"{shift.before:.2f} in the windows before"
    )
    return _outcome_moved(shift, told, name="d")


def _outcomes(panel: pd.DataFrame, name: str, tested_on: dt.date) -> tuple[np.ndarray, np.ndarray]:
    before, after = known_rows(panel, tested_on), rows_of(panel, [tested_on])
    return before[name].to_numpy(dtype=np.float64), after[name].to_numpy(dtype=np.float64)


def _outcome_moved(shift: OutcomeShift, told: str, *, name: str) -> Moved:
    words = f"{told} (Cohen's {name} {shift.effect:.2f}; {BANDS.warn:g} is a move, {BANDS.block:g} a large one)"
    return Moved(result=shift.result, detail=words, count=int(shift.result != "ok"))


def _moved(before: pd.DataFrame, now: pd.DataFrame, names: list[str], *, learnt_on: dt.date) -> Moved:
    table = DriftReference().fit(before, columns=names).compare(now)
    beyond = table[table["result"] != "ok"]
    shown = ", ".join(f"{row.column} {row.population_stability_index:.2f}" for row in table.head(SHOWN).itertuples())
    results = set(table["result"])
    result: Literal["ok", "warn", "block"] = "block" if "block" in results else "warn" if "warn" in results else "ok"
    told = f"population stability index since {learnt_on}: {shown} (.1 is a move, .25 a large one)"
    return Moved(result=result, detail=told, count=len(beyond))


def _newest_learnt(panel: pd.DataFrame, tonight: dt.date) -> dt.date:
    known = panel["as_of_date"][panel["as_of_date"] <= pd.Timestamp(tonight - dt.timedelta(days=HORIZON_DAYS))]
    newest: dt.date = known.max().date()
    return newest
