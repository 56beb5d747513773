"""Whether a model is as good for some customers as for others.

Belongs here: metrics by country, age band, gender or any other division. Does not belong here: what difference is
too much.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from scipy.stats import norm

from ml.evaluation.intervals import Metric, metric_interval
from ml.panels import CUSTOMER

COLUMNS = ["slice", "level", "customers", "rows", "metric", "value", "others", "difference", "lower", "upper"]


def metrics_by_slice(
    panel: pd.DataFrame,
    y: np.ndarray,
    predicted: np.ndarray,
    *,
    slice_names: Sequence[str],
    metrics: Mapping[str, Metric],
    min_customers: int = 100,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Return each metric for each level of each slice beside that of all other customers.

    Args:
        panel: Rows with customer_id and the columns of ``slice_names``; missing is the level ``unknown``.
        y: Outcomes, shape (n,).
        predicted: Predictions, shape (n,).
        slice_names: Columns to divide by.
        metrics: Name to metric.
        min_customers: A level with fewer, or with fewer others, is left out: it would say nothing and could
            point at somebody.
        confidence: Level of the interval of the difference.

    Returns:
        slice, level, customers, rows, metric, value, others, difference (value - others) with lower and upper. The
        interval takes the two sides as independent, as they share no customer.
    """
    y, predicted = np.asarray(y, dtype=np.float64), np.asarray(predicted, dtype=np.float64)
    customers = panel[CUSTOMER].to_numpy()
    reach = float(norm.ppf(0.5 + confidence / 2))
    rows = []
    for slice_name in slice_names:
        levels = panel[slice_name].astype(object).where(panel[slice_name].notna(), "unknown").astype(str).to_numpy()
        for level in sorted(set(levels)):
            inside = levels == level
            count = pd.unique(customers[inside]).size
            if min(count, pd.unique(customers[~inside]).size) < min_customers:
                continue
            for metric_name, metric in metrics.items():
                here, others = (
                    metric_interval(metric, y[mask], predicted[mask], customers[mask]) for mask in (inside, ~inside)
                )
                difference = here.estimate - others.estimate
                error = float(np.hypot(here.standard_error, others.standard_error))
                limits = (difference - reach * error, difference + reach * error)
                values = (here.estimate, others.estimate, difference, *limits)
                rows.append((slice_name, level, count, int(inside.sum()), metric_name, *values))
    return pd.DataFrame(rows, columns=COLUMNS)
