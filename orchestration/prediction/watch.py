"""How far tonight's customers, and what is foretold of them, have moved from those that the model learnt from.

Belongs here: the comparison and its words. Does not belong here: effect sizes and bands (``ml.evaluation.drift``), what
the gate makes of it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from ml.evaluation.drift import DriftReference
from orchestration.prediction.panel import HORIZON_DAYS, model_features, rows_of
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
