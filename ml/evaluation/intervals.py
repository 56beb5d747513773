"""How far a metric would move with other customers.

Belongs here: intervals of metrics and of differences between two models on the same rows. Does not belong here:
the metrics, and what difference is enough.

Rows of one customer are not independent, so whole customers are left out; which ones is decided by a hash of
the customer_id, so that neither chance nor the order of the rows matters.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import t as student_t

from ml.panels import customer_hash

Metric = Callable[[np.ndarray, np.ndarray], float]


@dataclass(frozen=True, kw_only=True)
class Interval:
    """An estimate and the limits around it.

    Attributes:
        estimate: The metric on all rows.
        standard_error: Of the estimate.
        lower: Lower limit; NaN, as is ``upper``, where the metric is not defined without some customers.
        upper: Upper limit.
        level: Share of such intervals that hold the true value.
    """

    estimate: float
    standard_error: float
    lower: float
    upper: float
    level: float


def metric_interval(
    metric: Metric,
    y: np.ndarray,
    predicted: np.ndarray,
    customer_ids: pd.Series | np.ndarray,
    *,
    groups: int = 40,
    level: float = 0.95,
) -> Interval:
    """Return a metric with its interval.

    Args:
        metric: Takes outcomes and predictions.
        y: Outcomes, shape (n,).
        predicted: Predictions, shape (n,).
        customer_ids: Customer of each row, shape (n,).
        groups: Groups of customers that are left out in turn.
        level: Confidence level.
    """
    return _jackknife(lambda arrays: metric(arrays[0], arrays[1]), (y, predicted), customer_ids, groups, level)


def paired_difference(
    metric: Metric,
    y: np.ndarray,
    first: np.ndarray,
    second: np.ndarray,
    customer_ids: pd.Series | np.ndarray,
    *,
    groups: int = 40,
    level: float = 0.95,
) -> Interval:
    """Return ``metric(first) - metric(second)`` on the same rows with its interval.

    Both models see the same customers in every replicate, so what is common to them cancels out.

    Args:
        metric: Takes outcomes and predictions.
        y: Outcomes, shape (n,).
        first: Predictions of the one model, shape (n,).
        second: Predictions of the other, shape (n,).
        customer_ids: Customer of each row, shape (n,).
        groups: Groups of customers that are left out in turn.
        level: Confidence level.
    """

    def difference(arrays: tuple[np.ndarray, ...]) -> float:
        return metric(arrays[0], arrays[1]) - metric(arrays[0], arrays[2])

    return _jackknife(difference, (y, first, second), customer_ids, groups, level)


def _jackknife(
    statistic: Callable[[tuple[np.ndarray, ...]], float],
    arrays: tuple[np.ndarray, ...],
    customer_ids: pd.Series | np.ndarray,
    groups: int,
    level: float,
) -> Interval:
    """Delete-a-group jackknife (Kott 2001, equation 1): variance (G-1)/G times the squared distances of G replicates.

    Its t distribution has G - 1 degrees of freedom.
    """
    hashes = customer_hash(customer_ids)
    arrays = tuple(np.asarray(array, dtype=np.float64) for array in arrays)
    # Sums of floats depend on their order: rows are taken by hash, then by value.
    order = np.lexsort((*arrays[::-1], hashes))
    arrays = tuple(array[order] for array in arrays)
    group = (hashes[order] % np.uint64(groups)).astype(np.int64)
    estimate = statistic(arrays)
    replicates = []
    for number in range(groups):
        kept = group != number
        replicates.append(statistic(tuple(array[kept] for array in arrays)) if kept.any() else float("nan"))
    spread = np.asarray(replicates) - np.mean(replicates)
    error = float(np.sqrt((groups - 1) / groups * np.sum(spread**2)))
    reach = float(student_t.ppf(0.5 + level / 2, groups - 1)) * error
    return Interval(
        estimate=estimate, standard_error=error, lower=estimate - reach, upper=estimate + reach, level=level
    )
