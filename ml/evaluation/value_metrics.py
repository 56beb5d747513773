"""How good predicted amounts are: size, total and order.

Belongs here: metrics of (amount, predicted amount) as pure functions. Does not belong here: intervals around
them (``intervals``), what is good enough (``promotion``).

In every function both arrays have shape (n,) and one unit. Ties are never broken by the order of the rows.
"""

from __future__ import annotations

import numpy as np
from scipy.stats import rankdata

from ml.evaluation.classification_metrics import lift_at


def mean_absolute_error(y: np.ndarray, predicted: np.ndarray) -> float:
    """Return the mean absolute distance, in the unit of the amounts; smaller is better."""
    return float(np.mean(np.abs(np.asarray(y) - np.asarray(predicted))))


def total_forecast_error(y: np.ndarray, predicted: np.ndarray) -> float:
    """Return predicted over actual total, minus 1: 0.1 means that the base is forecast 10 % too high."""
    total = float(np.sum(y))
    return float(np.sum(predicted) / total - 1) if total else float("nan")


def gini(y: np.ndarray, score: np.ndarray) -> float:
    """Return the concentration of ``y`` when rows are ordered by ``score``.

    Twice the covariance of the amount with the score's fractional rank, over the mean amount (Lerman & Yitzhaki
    1984, equation 2; concentration index when the ordering variable is another one). 0 for an order by chance; NaN
    where the mean is not positive.
    """
    y = np.asarray(y, dtype=np.float64)
    if not y.mean() > 0:
        return float("nan")
    ranks = rankdata(score) / len(y)
    return float(2 * np.mean((y - y.mean()) * (ranks - ranks.mean())) / y.mean())


def normalised_gini(y: np.ndarray, predicted: np.ndarray) -> float:
    """Return ``gini`` over that of the perfect order: 1 is perfect, 0 is chance."""
    best = gini(y, y)
    return gini(y, predicted) / best if best else float("nan")


def spearman_correlation(y: np.ndarray, predicted: np.ndarray) -> float:
    """Return the correlation of ranks, ties by their mean rank (Spearman 1904); NaN where one side is constant."""
    first, second = rankdata(y), rankdata(predicted)
    first, second = first - first.mean(), second - second.mean()
    size = float(np.sqrt((first**2).sum() * (second**2).sum()))
    return float((first * second).sum() / size) if size else float("nan")


def value_scorecard(y: np.ndarray, predicted: np.ndarray) -> dict[str, float]:
    """Return every metric of this file by name, with ``rows`` and ``outcome_mean``."""
    return {
        "rows": float(len(y)),
        "outcome_mean": float(np.mean(y)),
        "mean_absolute_error": mean_absolute_error(y, predicted),
        "total_forecast_error": total_forecast_error(y, predicted),
        "gini": gini(y, predicted),
        "normalised_gini": normalised_gini(y, predicted),
        "spearman_correlation": spearman_correlation(y, predicted),
        "lift_at_10_percent": lift_at(y, predicted, share=0.1),
    }
