"""Behavioural clusters: ways of buying, found by k-means on what, how and where customers buy.

Belongs here: reading buyers and telling how the night's clusters are. Does not belong here: clustering them and
labelling older dates (``orchestration.clustering``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from orchestration.found_segments.found_scheme import Features, FoundScheme

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

    from orchestration.clustering import Clustering
    from orchestration.found_segments.found import Found, Status

_FAMILIES = ("feat_customers__purchases", "feat_customers__channels", "feat_customers__products")
# Mean adjusted Rand index between clusterings of resampled customers; below it a person should look.
STABLE_ENOUGH = 0.7


def _features() -> Features:
    from orchestration.clustering import LEVELS, NUMBERS

    return {family: (*NUMBERS.get(family, ()), *LEVELS.get(family, ())) for family in _FAMILIES}


def _find(
    connection: duckdb.DuckDBPyConnection,
    *,
    tonight: dt.date,
    previous: Mapping[str, Any] | None,
    thresholds: Mapping[str, Any],
    refit: bool = False,
) -> Found:
    from ml.clusters.selection_chart import selection_svg
    from orchestration.clustering import cluster_buyers
    from orchestration.found_segments.found import Found

    dates = connection.execute(f"select distinct as_of_date from features.{_FAMILIES[0]}").fetchall()
    found = cluster_buyers(
        partial(read_buyers, connection),
        [date for (date,) in dates],
        tonight=tonight,
        previous=previous,
        refit=refit,
    )
    status, detail = _stability(found)
    return Found(
        customers=found.customers,
        segments=found.segments,
        parameters=found.model.to_parameters() if found.model else None,
        status=status,
        detail=detail,
        tables=_tables(found),
        pictures={"choice of k, as a picture": selection_svg(found.model.k_selection_)} if found.model else {},
    )


def read_buyers(connection: duckdb.DuckDBPyConnection, date: dt.date) -> pd.DataFrame:
    """Return the features of clusters of every customer with an order in the year up to a date, by customer_id."""
    from orchestration.clustering import CLUSTER_FEATURES, LEVELS, NUMBERS

    purchases, *others = _FAMILIES
    columns = [
        *(f"cast({family}.{name} as double) as {name}" for family, names in NUMBERS.items() for name in names),
        *(f"{family}.{name}" for family, names in LEVELS.items() for name in names),
    ]
    joins = "\n".join(f"inner join features.{family} using (customer_id, as_of_date)" for family in others)
    rows = connection.execute(
        f"""
        select customer_id, {", ".join(columns)}
        from features.{purchases}
        {joins}
        where {purchases}.order_days_365d_count > 0 and as_of_date = $date
        order by customer_id
        """,
        {"date": date},
    ).fetchdf()
    return rows.set_index("customer_id")[list(CLUSTER_FEATURES)]


def _stability(found: Clustering) -> tuple[Status, str]:
    if found.model is None or found.decision is None:
        return "warn", f"no clusters tonight, every customer is unknown: {found.why_not}"
    chosen = found.model.k_selection_.query("chosen").iloc[0]
    detail = (
        f"{int(chosen['k'])} clusters, stability {chosen['stability']:.2f}, separation {chosen['separation']:.2f}; "
        f"{'learnt anew' if found.decision.refit else 'applied as served'}: {found.decision.reason}"
    )
    if found.note:
        return "warn", f"{detail}; {found.note}"
    return ("pass" if chosen["stability"] >= STABLE_ENOUGH else "warn"), detail


def _tables(found: Clustering) -> dict[str, pd.DataFrame]:
    if found.model is None or found.decision is None:
        return {}
    tables = {"segments": found.model.segments_, "choice of k": found.model.k_selection_}
    return tables if found.decision.drift.empty else tables | {"drift since the fit": found.decision.drift}


CLUSTERS = FoundScheme(
    name="clusters",
    customers_are="The behavioural cluster of every customer who bought in the year up to the as-of date. "
    "The model in force labels every evaluated date, so its boundaries do not move in history.",
    segments_are="The clusters in force: code (stable over nights), name and description derived from what sets each "
    "apart.",
    asks="are_they_stable",
    reads=tuple(f"features.{family}" for family in _FAMILIES),
    features=_features,
    find=_find,
)
