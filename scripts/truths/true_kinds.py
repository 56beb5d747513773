"""How near the behavioural clusters are to the kinds that the customers truly are, and how near they could be.

Belongs here: clusters and kinds side by side, and what behaviour tells somebody who knows the kinds. Does not belong
here: rules held against the truth (held_against_truth.py).
"""

from __future__ import annotations

import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import adjusted_rand_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from orchestration.found_segments.clusters import read_buyers
from scripts.truths.left_by_night import KnownNight

_FOLDS = 3


def clusters_and_kinds(night: KnownNight) -> pd.DataFrame:
    """By customer who is in a cluster or an outlier: ``segment_code`` and the true ``kind``."""
    codes = night.segments("clusters")
    found = codes[codes != "unknown"].rename("segment_code").to_frame()
    return found.join(night.of_customers(night.truth("people"))["kind"], how="inner").sort_index()


def clusters_as_kinds(both: pd.DataFrame) -> float:
    """The adjusted Rand index (Hubert & Arabie 1985) of clusters and kinds: 0 by chance, 1 if they are the same."""
    return float(adjusted_rand_score(both["kind"], both["segment_code"]))


def kinds_told_by_behaviour(night: KnownNight, both: pd.DataFrame) -> float:
    """The same index of a classifier that learnt the kinds, on the same features, of customers it has not seen.

    Clusters do not know which kinds there are; one who does gets no further than this, since kinds overlap and many
    customers have ordered once or twice.
    """
    ((tonight,),) = night.connection.execute("select max(as_of_date) from features.as_of_dates").fetchall()
    table = read_buyers(night.connection, tonight).loc[both.index].copy()
    for name in table.columns[[not pd.api.types.is_numeric_dtype(dtype) for dtype in table.dtypes]]:
        table[name] = pd.factorize(table[name], sort=True)[0]
    varied = table[[name for name in table.columns if len(table[name].unique()) > 1]].to_numpy(dtype="float64")
    told = cross_val_predict(
        HistGradientBoostingClassifier(max_iter=80, learning_rate=0.08, random_state=0),
        varied,
        both["kind"].to_numpy(),
        cv=StratifiedKFold(_FOLDS, shuffle=True, random_state=0),
    )
    return float(adjusted_rand_score(both["kind"], told))
