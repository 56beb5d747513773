"""The chances of an order that the sample company's true process gives, beside those of the night's model.

Belongs here: the true process's own chances. Does not belong here: the process (``orchestration.samples.company``), the
model.

While a customer is one of the company, repeat orders are a Poisson process of the customer's own rate, stretched by the
season of the kind; the customer leaves after an exponential time (Schmittlein, Morrison & Colombo 1987).
"""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from ml.evaluation.classification_metrics import area_under_roc
from orchestration.model_store import ModelStore
from orchestration.prediction.panel import HORIZON_DAYS, evaluated_dates, learning_panel
from orchestration.prediction.remembered import Remembered
from orchestration.prediction.return_proof import prove_returns
from orchestration.samples.company.kinds import KIND_NAMES
from orchestration.samples.company.seasons import rhythm_until
from orchestration.samples.company.world import YEAR, day_number
from scripts.truths.left_by_night import KnownNight


def attained_by_truth(night: KnownNight) -> dict[str, float]:
    """Return the area under the curve on the newest complete window of whoever tells chances of returning.

    Returns:
        ``the model``; ``its baseline``; ``the true rates, and what was seen of the customer``: rate, kind and chance of
        leaving known, not who has left; ``the true process, and who has left``: nothing unknown but chance itself.
    """
    dates = evaluated_dates(night.connection)
    panel = learning_panel(night.connection, tonight=dates[-1].date)
    with tempfile.TemporaryDirectory() as folder:
        remembered = Remembered(store=ModelStore(Path(folder)), code="", inputs={})
        proof = prove_returns(panel, known_until=dates[-1].date, remembered=remembered)
    people = night.of_customers(night.truth("people"))
    judged = proof.judged.assign(outcome=proof.outcome, model=proof.predicted, baseline=proof.baseline)
    known = judged.set_index("customer_id").join(people[_TRUTH], how="inner")
    known = known[~known["never_buys"]]
    outcome = known["outcome"].to_numpy()
    if_one, is_one = _chance_if_alive(known, proof.tested_on), _chance_alive(known, proof.tested_on)
    has_left = pd.to_datetime(known["dropped_out_on"]) <= pd.Timestamp(proof.tested_on)
    chances = {
        "the model": known["model"].to_numpy(),
        "its baseline": known["baseline"].to_numpy(),
        "the true rates, and what was seen of the customer": if_one * is_one,
        "the true process, and who has left": np.where(has_left, 0.0, if_one),
    }
    return {name: area_under_roc(outcome, chance) for name, chance in chances.items()}


_TRUTH = ["kind", "never_buys", "dropped_out_on", "orders_per_year", "drop_out_per_year"]


def _chance_if_alive(known: pd.DataFrame, date: dt.date) -> np.ndarray:
    """Return the chance of an order in the window for whoever has not left by the date, shape (n,)."""
    begin = np.full(len(known), float(day_number(date) + 1))
    intensity = _between(known, begin, begin + HORIZON_DAYS)
    rate, leaving = intensity, known["drop_out_per_year"].to_numpy() * HORIZON_DAYS / YEAR
    # In units of the window: no order until leaving, or until its end.
    both = rate + leaving
    return np.asarray(1 - leaving / both * -np.expm1(-both) - np.exp(-both))


def _chance_alive(known: pd.DataFrame, date: dt.date) -> np.ndarray:
    """Return the chance of not having left by the date after so long a silence, shape (n,).

    1 / (1 + mu / (lambda + mu) (e^((lambda + mu) s) - 1)) with the rates of the silence s (Schmittlein, Morrison &
    Colombo 1987, appendix, for given rates).
    """
    end = np.full(len(known), float(day_number(date) + 1))
    silence = known["days_since_last_order"].to_numpy(dtype=np.float64)
    rate = _between(known, end - silence, end)
    leaving = known["drop_out_per_year"].to_numpy() * silence / YEAR
    both = np.maximum(rate + leaving, 1e-12)
    return np.asarray(1 / (1 + leaving / both * np.expm1(np.minimum(both, 500.0))))


def _between(known: pd.DataFrame, begin: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Return the repeat orders expected between two points in time of whoever is there all the while, shape (n,)."""
    kinds = known["kind"].map({name: number for number, name in enumerate(KIND_NAMES)}).to_numpy(dtype=np.int64)
    stretched = rhythm_until(kinds, end) - rhythm_until(kinds, begin)
    return np.asarray(known["orders_per_year"].to_numpy() / YEAR * stretched)
