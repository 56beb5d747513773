"""One night's behavioural clusters, from the features of every date to labelled customers.

Belongs here: which customers are clustered on which features, and labelling older dates with tonight's model. Does not
belong here: Dagster, the warehouse, how clusters are found (``ml``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
import pyarrow as pa

from ml.clusters.kmeans import KMeansSegmenter
from ml.errors import NoEligibleClustersError, NotEnoughCustomersError, ParameterFormatError
from orchestration.found_segments.found import CUSTOMERS, SEGMENTS, segments_table

# How a customer buys. Tenure is left out: in a short history it only says when the data begins.
CLUSTER_FEATURES = (
    "days_since_last_order",
    "order_days_365d_count",
    "net_revenue_365d_amount",
    "average_order_value_365d_amount",
    "discount_365d_share",
    "refund_365d_share",
)
_RULE = "nearest of the centres that tonight's model found"


@dataclass(frozen=True)
class Clustering:
    """What one night's clustering found.

    Attributes:
        customers: One row per customer and date: segment_code, confidence, reasons (tonight only).
        segments: One row per cluster: code, name, description, rule, order, colour.
        model: The fitted model, or None where there was too little to learn from.
        why_not: Why there is no model.
        note: What a person should know although there is a model.
    """

    customers: pa.Table
    segments: pa.Table
    model: KMeansSegmenter | None
    why_not: str = ""
    note: str = ""


def cluster_buyers(
    features: pd.DataFrame, *, tonight: dt.date, previous: Mapping[str, Any] | None = None
) -> Clustering:
    """Learn clusters from tonight's buyers and label the buyers of every date with them.

    Args:
        features: One row per customer and as_of_date with an order in the past year: customer_id, as_of_date and
            ``CLUSTER_FEATURES``.
        tonight: The date to learn from.
        previous: Parameters of the served version's model, so that codes and names carry over.
    """
    dates = features["as_of_date"].dt.date
    learnt_from = features.loc[dates == tonight].set_index("customer_id")[list(CLUSTER_FEATURES)]
    model = KMeansSegmenter(feature_names=CLUSTER_FEATURES)
    note = ""
    if previous is not None:
        try:
            KMeansSegmenter.from_parameters(previous)
        except ParameterFormatError as error:
            # A model kept by another release must not stop the night; its codes cannot be carried over, though.
            previous, note = None, f"codes and names start anew, the served version's model cannot be read: {error}"
    try:
        model.fit(learnt_from, previous=previous)
    except (NotEnoughCustomersError, NoEligibleClustersError) as error:
        return Clustering(CUSTOMERS.empty_table(), SEGMENTS.empty_table(), model=None, why_not=str(error))
    parts = [
        _labelled(model, rows.set_index("customer_id")[list(CLUSTER_FEATURES)], date=date, explain=date == tonight)
        for date, rows in features.groupby(dates, sort=True)
    ]
    return Clustering(
        customers=pa.concat_tables(parts), segments=segments_table(model.segments_, rule=_RULE), model=model, note=note
    )


def _labelled(model: KMeansSegmenter, rows: pd.DataFrame, *, date: dt.date, explain: bool) -> pa.Table:
    reasons = None
    if explain:
        reasons = [
            [{**reason, "value": None if reason["value"] is None else f"{reason['value']:g}"} for reason in row]
            for row in model.explain(rows)
        ]
    return pa.table(
        {
            "customer_id": pa.array(rows.index, pa.string()),
            "as_of_date": pa.array([date] * len(rows), pa.date32()),
            "segment_code": pa.array(model.predict(rows), pa.string()),
            "confidence": pa.array(model.confidence(rows), pa.float64()),
            "reasons": pa.array(reasons, CUSTOMERS.field("reasons").type)
            if reasons
            else pa.nulls(len(rows), CUSTOMERS.field("reasons").type),
        },
        schema=CUSTOMERS,
    )
