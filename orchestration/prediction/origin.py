"""The models of one past origin: learnt from what was known on it, proved on the window before it, kept.

Belongs here: what serves the dates of an origin, as a document and back. Does not belong here: which dates
(``schedule``), tonight's models (``tonight``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ml.errors import NotEnoughDataError
from ml.lifetime_value.margin_value import MarginValueModel
from ml.panels import outcome_values
from ml.prediction.return_predictor import ReturnPredictor
from ml.prediction.rfm_cell_baseline import RfmCellBaseline
from orchestration.prediction.panel import RETURNED
from orchestration.prediction.remembered import Remembered
from orchestration.prediction.return_proof import MINIMUM, days_known, fit_cells, known_rows, prove_returns, shortfalls
from orchestration.prediction.scoring import Scorer
from orchestration.prediction.value_proof import CELLS, ValueModels, fit_values, prove_values


@dataclass(frozen=True, kw_only=True)
class OriginModels:
    """What serves the dates from an origin to the next.

    Attributes:
        origin: The date whose knowledge they are of.
        scorer: The models; None where there was too little to learn from.
    """

    origin: dt.date
    scorer: Scorer | None

    def to_parameters(self) -> dict[str, Any]:
        """Return everything as plain JSON types."""
        if self.scorer is None:
            return {"origin": self.origin.isoformat(), "has_model": False}
        values = self.scorer.worth
        return {
            "origin": self.origin.isoformat(),
            "has_model": True,
            "history_days": self.scorer.history_days,
            "returns": None if self.scorer.returns is None else self.scorer.returns.to_parameters(),
            "cells": self.scorer.cells.to_parameters(),
            "values": None
            if values is None
            else {
                "source": values.source,
                "buying": values.buying.to_parameters(),
                "cells": values.cells.to_parameters(),
                "last_window_factor": values.last_window_factor,
            },
        }

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, Any]) -> OriginModels:
        """Rebuild the models; a document never chooses code."""
        origin = dt.date.fromisoformat(parameters["origin"])
        if not parameters["has_model"]:
            return cls(origin=origin, scorer=None)
        returns, values = parameters["returns"], parameters["values"]
        return cls(
            origin=origin,
            scorer=Scorer(
                returns=None if returns is None else ReturnPredictor.from_parameters(returns),
                cells=RfmCellBaseline.from_parameters(parameters["cells"]),
                worth=None
                if values is None
                else ValueModels(
                    source=str(values["source"]),
                    buying=MarginValueModel.from_parameters(values["buying"]),
                    trees=None,
                    cells=RfmCellBaseline.from_parameters(values["cells"]),
                    last_window_factor=float(values["last_window_factor"]),
                ),
                history_days=int(parameters["history_days"]),
            ),
        )


def learn_origin(
    panel: pd.DataFrame, origin: dt.date, *, first_order: dt.date | None, buyers: int, remembered: Remembered
) -> OriginModels:
    """Learn what serves the dates from an origin on, from what was known on it.

    The model that was proved is the one that serves: one that is learnt anew from the proving window as well would cost
    as much again at every origin. Trees for amounts are not tried on past origins for the same reason.
    """
    known = panel[panel["as_of_date"] <= pd.Timestamp(origin)]
    if shortfalls(known, known_until=origin, first_order=first_order, buyers=buyers):
        return OriginModels(origin=origin, scorer=None)
    try:
        proof = prove_returns(known, known_until=origin, remembered=remembered)
    except NotEnoughDataError:
        return OriginModels(origin=origin, scorer=None)
    return OriginModels(
        origin=origin,
        scorer=Scorer(
            returns=proof.model if proof.decision.is_promoted else None,
            cells=fit_cells(known, used_on=origin),
            worth=_values(known, origin),
            history_days=days_known(first_order, origin),
        ),
    )


def baseline_on(panel: pd.DataFrame, date: dt.date, *, first_order: dt.date | None) -> Scorer | None:
    """Return what serves a date before the first origin with a model: cells, or None where too little was known."""
    known = panel[panel["as_of_date"] <= pd.Timestamp(date)]
    outcomes = outcome_values(known_rows(known, date), RETURNED, owner="returns") if len(known) else np.empty(0)
    happened = int((outcomes > 0).sum())
    if min(happened, len(outcomes) - happened) < MINIMUM.outcomes_each:
        return None
    try:
        values = fit_values(known, used_on=date, source=CELLS)
    except NotEnoughDataError:
        values = None
    return Scorer(
        returns=None,
        cells=fit_cells(known, used_on=date),
        worth=values,
        history_days=days_known(first_order, date),
    )


def _values(known: pd.DataFrame, origin: dt.date) -> ValueModels | None:
    try:
        proof = prove_values(known, known_until=origin, remembered=None)
        return fit_values(known, used_on=origin, source=proof.source)
    except NotEnoughDataError:
        return None
