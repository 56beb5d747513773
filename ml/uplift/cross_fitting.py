"""Scores of customers by models that have not seen them.

Belongs here: dividing customers, learning and scoring in turn. Does not belong here: the model, and the judgement.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.base import clone

from ml.panels import customer_hash
from ml.uplift.qini import effect_scores
from ml.uplift.ridge_uplift import RidgeUplift

FOLDS = 5


@dataclass(frozen=True, kw_only=True)
class CrossFitted:
    """What models that had not seen a customer said of them.

    Attributes:
        change: Expected change by a contact, shape (n,).
        effects: ``effect_scores``, shape (n,).
    """

    change: np.ndarray
    effects: np.ndarray


def cross_fit(
    model: RidgeUplift, X: pd.DataFrame, y: np.ndarray, treated: np.ndarray, *, customers: pd.Series
) -> CrossFitted:
    """Learn from four fifths of the customers and score the last, five times.

    Args:
        model: An unfitted model; it is not changed.
        X: Features, n rows.
        y: Outcomes, shape (n,).
        treated: Booleans, shape (n,).
        customers: Their ids, which decide by a hash who is in which fifth.

    Raises:
        ModelInputError: An arm is empty, or has too few customers to be divided.
    """
    fold = (customer_hash(customers, seed=7) % np.uint64(FOLDS)).astype(np.int64)
    contacted, held = np.empty(len(X)), np.empty(len(X))
    for number in range(FOLDS):
        inside = fold == number
        if inside.any():
            fitted = clone(model).fit(X[~inside], y[~inside], treated[~inside])
            contacted[inside], held[inside] = fitted.predict_arms(X[inside])
    return CrossFitted(
        change=contacted - held,
        effects=effect_scores(y, treated, expected_contacted=contacted, expected_held=held),
    )
