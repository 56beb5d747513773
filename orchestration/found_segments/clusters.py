"""Behavioural clusters: ways of buying, found by k-means on the features of purchases.

Belongs here: reading buyers and telling how the night's clusters are. Does not belong here: clustering them and
labelling older dates (``orchestration.clustering``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from orchestration.found_segments.found_scheme import Features, FoundScheme

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

    from orchestration.clustering import Clustering
    from orchestration.found_segments.found import Found, Status

_FAMILY = "feat_customers__purchases"
# Mean adjusted Rand index between clusterings of subsamples; below it a person should look.
STABLE_ENOUGH = 0.7


def _features() -> Features:
    from orchestration.clustering import CLUSTER_FEATURES

    return {_FAMILY: CLUSTER_FEATURES}


def _find(
    connection: duckdb.DuckDBPyConnection,
    *,
    tonight: dt.date,
    previous: Mapping[str, Any] | None,
    thresholds: Mapping[str, Any],
) -> Found:
    from orchestration.clustering import cluster_buyers
    from orchestration.found_segments.found import Found

    found = cluster_buyers(_buyers(connection), tonight=tonight, previous=previous)
    status, detail = _stability(found)
    return Found(
        customers=found.customers,
        segments=found.segments,
        parameters=found.model.to_parameters() if found.model else None,
        status=status,
        detail=detail,
        tables={"segments": found.model.segments_, "choice of k": found.model.k_selection_} if found.model else {},
    )


def _buyers(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    from orchestration.clustering import CLUSTER_FEATURES

    columns = ", ".join(f"cast({name} as double) as {name}" for name in CLUSTER_FEATURES)
    return connection.execute(
        f"""
        select customer_id, as_of_date, {columns}
        from features.{_FAMILY}
        where order_days_365d_count > 0
        order by as_of_date, customer_id
        """
    ).fetchdf()


def _stability(found: Clustering) -> tuple[Status, str]:
    if found.model is None:
        return "warn", f"no clusters tonight, every customer is unknown: {found.why_not}"
    chosen = found.model.k_selection_.query("chosen").iloc[0]
    detail = f"{int(chosen['k'])} clusters, stability {chosen['stability']:.2f}, separation {chosen['separation']:.2f}"
    if found.note:
        return "warn", f"{detail}; {found.note}"
    return ("pass" if chosen["stability"] >= STABLE_ENOUGH else "warn"), detail


CLUSTERS = FoundScheme(
    name="clusters",
    customers_are="The behavioural cluster of every customer who bought in the year up to the as-of date. "
    "Tonight's model labels every evaluated date, so its boundaries do not move in history.",
    segments_are="Tonight's clusters: code (stable over nights), name and description derived from what sets each "
    "apart.",
    asks="are_they_stable",
    reads=(f"features.{_FAMILY}",),
    features=_features,
    find=_find,
)
