"""One night's behavioural clusters, from the features of every date to labelled customers.

Belongs here: which customers are clustered on which features, learning anew or applying the served model, and labelling
older dates with tonight's. Does not belong here: Dagster, the warehouse, how clusters are found (``ml``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import pyarrow as pa

from ml.base import Reason
from ml.clusters.kmeans import KMeansSegmenter
from ml.clusters.refitting import RefitDecision, decide_refit
from ml.errors import NoEligibleClustersError, NotEnoughCustomersError, ParameterFormatError
from orchestration.found_segments.found import CUSTOMERS, SEGMENTS, DateByDate, segments_table

# How a customer buys, by feature family. Tenure is left out: in a short history it only says when the data begins.
NUMBERS = {
    "feat_customers__purchases": (
        "days_since_last_order",
        "order_days_365d_count",
        "net_revenue_365d_amount",
        "average_order_value_365d_amount",
        "discount_365d_share",
        "refund_365d_share",
        "units_per_line_365d_mean",
        "season_order_days_365d_share",
    ),
    "feat_customers__products": ("new_product_unit_365d_share",),
}
LEVELS = {
    "feat_customers__channels": ("preferred_order_channel",),
    "feat_customers__products": ("preferred_category",),
}
NUMERIC_FEATURES = tuple(name for names in NUMBERS.values() for name in names)
CATEGORICAL_FEATURES = tuple(name for names in LEVELS.values() for name in names)
CLUSTER_FEATURES = (*NUMERIC_FEATURES, *CATEGORICAL_FEATURES)
# Reasons are Python objects before they are columns; of a million customers at once they would fill the memory.
LABELLED_AT_A_TIME = 100_000
_RULE = "nearest of the centres that the model in force found"


@dataclass(frozen=True)
class Clustering:
    """What one night's clustering found.

    Attributes:
        customers: One table per date, of one row per customer: segment_code, confidence, reasons (tonight only).
        segments: One row per cluster: code, name, description, rule, order, colour.
        model: The model in force, or None where there was too little to learn from.
        decision: Whether it was learnt anew, and why; None without a model.
        why_not: Why there is no model.
        note: What a person should know although there is a model.
    """

    customers: Iterable[pa.Table]
    segments: pa.Table
    model: KMeansSegmenter | None
    decision: RefitDecision | None = None
    why_not: str = ""
    note: str = ""


def cluster_buyers(
    buyers_on: Callable[[dt.date], pd.DataFrame],
    dates: Sequence[dt.date],
    *,
    tonight: dt.date,
    previous: Mapping[str, Any] | None = None,
    refit: bool = False,
) -> Clustering:
    """Learn clusters from tonight's buyers, or take the served ones, and label the buyers of every date with them.

    The served model is applied as it is until there is a reason to learn anew (``ml.clusters.refitting``).

    Args:
        buyers_on: Gives the customers with an order in the year up to a date: ``CLUSTER_FEATURES``, indexed by
            customer_id. Asked date by date, so that memory holds one date's customers.
        dates: The dates to label.
        tonight: The date to learn from.
        previous: Parameters of the served version's model, so that codes and names carry over.
        refit: Whether a person wants them learnt anew although there is no reason.
    """
    tonights = buyers_on(tonight)
    model = KMeansSegmenter(feature_names=NUMERIC_FEATURES, categorical_features=CATEGORICAL_FEATURES)
    served, note = None, ""
    if previous is not None:
        try:
            served = KMeansSegmenter.from_parameters(previous)
        except ParameterFormatError as error:
            # A model kept by another release must not stop the night; its codes cannot be carried over, though.
            previous, note = None, f"codes and names start anew, the served version's model cannot be read: {error}"
    decision = (
        RefitDecision(refit=True, reason="a person asked for it")
        if refit
        else decide_refit(model, tonights, previous=previous)
    )
    try:
        if served is not None and not decision.refit:
            model = served
        else:
            model.fit(tonights, previous=previous)
    except (NotEnoughCustomersError, NoEligibleClustersError) as error:
        if served is None or not set(served.features_) <= set(CLUSTER_FEATURES):
            return Clustering((), SEGMENTS.empty_table(), model=None, why_not=str(error))
        # Yesterday's clusters are worth more than none.
        model, note = served, f"the served clusters were applied, since no new ones could be learnt: {error}"
    del tonights

    def labelled_on(date: dt.date) -> pa.Table:
        rows = buyers_on(date)
        parts = [
            _labelled(model, rows.iloc[start : start + LABELLED_AT_A_TIME], date=date, explain=date == tonight)
            for start in range(0, len(rows), LABELLED_AT_A_TIME)
        ]
        return pa.concat_tables([CUSTOMERS.empty_table(), *parts])

    return Clustering(
        customers=DateByDate(dates=sorted(dates), on=labelled_on),
        # The segment of the outliers is in the catalogue, with a rule of its own.
        segments=segments_table(model.segments_.iloc[:-1], rule=_RULE),
        model=model,
        decision=decision,
        note=note,
    )


def _labelled(model: KMeansSegmenter, rows: pd.DataFrame, *, date: dt.date, explain: bool) -> pa.Table:
    codes, confidence = model.assign(rows)
    reasons = None
    if explain:
        reasons = [[{**reason, "value": _written(reason)} for reason in row] for row in model.explain(rows)]
    return pa.table(
        {
            "customer_id": pa.array(rows.index, pa.string()),
            "as_of_date": pa.array([date] * len(rows), pa.date32()),
            "segment_code": pa.array(codes, pa.string()),
            "confidence": pa.array(confidence, pa.float64()),
            "reasons": pa.array(reasons, CUSTOMERS.field("reasons").type)
            if reasons
            else pa.nulls(len(rows), CUSTOMERS.field("reasons").type),
        },
        schema=CUSTOMERS,
    )


def _written(reason: Reason) -> str | None:
    value = reason["value"]
    return f"{value:g}" if isinstance(value, float) else value
