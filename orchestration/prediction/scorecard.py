"""What is told of each model: metrics beside its baselines, for everybody and by group, and how honest it is.

Belongs here: rows of the tables of metrics and calibration. Does not belong here: the metrics (``ml.evaluation``), the
verdict.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from ml.evaluation.classification_metrics import (
    area_under_roc,
    brier_score,
    calibration_line,
    decile_table,
    expected_calibration_error,
    lift_at,
    log_loss,
)
from ml.evaluation.intervals import Metric, metric_interval, paired_difference
from ml.evaluation.value_metrics import gini, mean_absolute_error, spearman_correlation, total_forecast_error
from orchestration.prediction.tables import CALIBRATION, METRICS, table_of

ALL = "all"
# Smaller groups say nothing and could point at somebody.
LEAST_CUSTOMERS_OF_A_SLICE = 100
CHANCE_METRICS: Mapping[str, Metric] = {
    "area_under_roc": area_under_roc,
    "log_loss": log_loss,
    "brier_score": brier_score,
    "expected_calibration_error": expected_calibration_error,
    "calibration_slope": lambda y, p: calibration_line(y, p)[0],
    "lift_at_10_percent": lift_at,
}
VALUE_METRICS: Mapping[str, Metric] = {
    "mean_absolute_error": mean_absolute_error,
    "gini": gini,
    "spearman_correlation": spearman_correlation,
    "total_forecast_error": total_forecast_error,
}
# What is told by group as well.
SLICED_METRICS = ("area_under_roc", "log_loss", "mean_absolute_error")


@dataclass(frozen=True, kw_only=True)
class Tested:
    """A model as it was judged.

    Attributes:
        model: Its name.
        metrics: Name to metric.
        outcome: What happened, shape (n,).
        predicted: What it said, shape (n,).
        baselines: Name to what each baseline said.
        rows: The judged rows: customer_id and the columns to divide by.
        slices: Columns to divide by.
        decision: promoted, serving, baseline or not_learned.
        is_published: Whether it is published.
        reason: Why, in words.
        horizon_days: How far it looks.
        trained_dates: First and last date learnt from.
        tested_on: Date of the judged window.
    """

    model: str
    metrics: Mapping[str, Metric]
    outcome: np.ndarray
    predicted: np.ndarray
    baselines: Mapping[str, np.ndarray]
    rows: pd.DataFrame
    decision: str
    is_published: bool
    reason: str
    horizon_days: int
    trained_dates: tuple[dt.date, dt.date]
    tested_on: dt.date
    slices: tuple[str, ...] = field(default=())


def metric_rows(tested: Tested, *, version: str, tonight: dt.date) -> pa.Table:
    """Return the rows of the table of metrics of one model: a row a slice, metric and baseline."""
    everybody = np.ones(len(tested.outcome), dtype=bool)
    records = list(_records(tested, ALL, everybody, tuple(tested.metrics), version=version, tonight=tonight))
    sliced = tuple(name for name in SLICED_METRICS if name in tested.metrics)
    for name in tested.slices:
        levels = tested.rows[name].astype(object).where(tested.rows[name].notna(), "unknown").astype(str).to_numpy()
        for level in sorted(set(levels)):
            inside = levels == level
            if inside.sum() >= LEAST_CUSTOMERS_OF_A_SLICE and inside.sum() < len(inside):
                label = f"{name}={level}"
                records += _records(tested, label, inside, sliced, version=version, tonight=tonight)
    return table_of(records, METRICS)


def calibration_rows(tested: Tested, *, version: str, tonight: dt.date) -> pa.Table:
    """Return the rows of the table of calibration of one model of chances: a row a tenth of the customers."""
    deciles = decile_table(tested.outcome, tested.predicted)
    records = [
        {
            "model": tested.model,
            "version": version,
            "decile": int(row["bin"]),
            "customers_count": int(row["rows"]),
            "predicted_share": float(row["predicted_mean"]),
            "observed_share": float(row["outcome_mean"]),
            "tested_on": tested.tested_on,
            "as_of_date": tonight,
        }
        for row in deciles.to_dict("records")
    ]
    return table_of(records, CALIBRATION)


def not_learned(model: str, reason: str, *, horizon_days: int, customers: int, tonight: dt.date) -> pa.Table:
    """Return the row of a model that could not be learnt: no figures, but why."""
    record = {
        "model": model,
        "version": "none",
        "slice": ALL,
        "metric": "none",
        "baseline": "none",
        "decision": "not_learned",
        "reason": reason,
        "horizon_days": horizon_days,
        "customers_count": customers,
        "is_published": False,
        "as_of_date": tonight,
    }
    return table_of([record], METRICS)


def _records(
    tested: Tested, label: str, inside: np.ndarray, metrics: tuple[str, ...], *, version: str, tonight: dt.date
) -> Iterator[dict[str, Any]]:
    y, predicted = tested.outcome[inside], tested.predicted[inside]
    customers = tested.rows["customer_id"].to_numpy()[inside]
    for name in metrics:
        metric = tested.metrics[name]
        own = metric_interval(metric, y, predicted, customers)
        for baseline, said in tested.baselines.items():
            difference = paired_difference(metric, y, predicted, said[inside], customers)
            yield {
                "model": tested.model,
                "version": version,
                "slice": label,
                "metric": name,
                "baseline": baseline,
                "decision": tested.decision,
                "reason": tested.reason,
                "model_value": _number(own.estimate),
                "model_lower": _number(own.lower),
                "model_upper": _number(own.upper),
                "baseline_value": _number(metric(y, said[inside])),
                "difference": _number(difference.estimate),
                "difference_lower": _number(difference.lower),
                "difference_upper": _number(difference.upper),
                "horizon_days": tested.horizon_days,
                "customers_count": len(y),
                "is_published": tested.is_published,
                "trained_from": tested.trained_dates[0],
                "trained_to": tested.trained_dates[1],
                "tested_on": tested.tested_on,
                "as_of_date": tonight,
            }


def _number(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
