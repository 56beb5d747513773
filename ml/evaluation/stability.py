"""How far a segmentation would be the same with other data, and how far it stayed the same.

Belongs here: agreement between labellings, as pure functions. Does not belong here: how a labelling is made,
and what agreement is good enough (a setting of the caller).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from sklearn.metrics import adjusted_rand_score


@dataclass(frozen=True, kw_only=True)
class MembershipChange:
    """What became of the customers between two labellings.

    Attributes:
        customers: Customers present in both.
        joined: Customers only in the later one.
        left: Customers only in the earlier one.
        kept_share: Share of ``customers`` with the same code in both, 0-1; NaN when there are none.
        adjusted_rand: Agreement of the groupings, whatever the codes are called; 1 is equal, 0 is chance
            (Hubert & Arabie 1985); NaN when there are none.
    """

    customers: int
    joined: int
    left: int
    kept_share: float
    adjusted_rand: float


def subsample_stability(
    values: np.ndarray,
    label_all: Callable[[np.ndarray, int], np.ndarray],
    *,
    repeats: int,
    share: float,
    seed: int,
) -> float:
    """Return the mean pairwise adjusted Rand index of clusterings learnt on random subsamples.

    Each repeat draws rows without replacement; the clustering learnt on them labels all rows, and every pair
    of labellings is compared (Ben-Hur, Elisseeff & Guyon 2002, with the adjusted Rand index as similarity).

    Args:
        values: Rows, shape (n, p).
        label_all: Takes the rows drawn, shape (m,), and a seed; returns labels of all n rows.
        repeats: Number of subsamples, at least 2.
        share: Share of the rows in each, between 0 and 1.
        seed: Seed of the draws.

    Returns:
        Between about 0 (chance) and 1 (always the same clusters).
    """
    rng = np.random.default_rng(seed)
    size = max(2, int(len(values) * share))
    labellings = []
    for _ in range(repeats):
        drawn = np.sort(rng.choice(len(values), size=size, replace=False))
        labellings.append(label_all(drawn, int(rng.integers(2**31))))
    return float(np.mean([adjusted_rand_score(a, b) for a, b in combinations(labellings, 2)]))


def membership_change(before: pd.Series, after: pd.Series) -> MembershipChange:
    """Compare two labellings of customers.

    Args:
        before: Segment codes indexed by customer_id.
        after: Segment codes indexed by customer_id.

    Returns:
        Counts and agreement over the customers present in both.
    """
    common = before.index.intersection(after.index)
    old, new = before.loc[common].to_numpy(), after.loc[common].to_numpy()
    return MembershipChange(
        customers=len(common),
        joined=len(after) - len(common),
        left=len(before) - len(common),
        kept_share=float((old == new).mean()) if len(common) else float("nan"),
        adjusted_rand=float(adjusted_rand_score(old, new)) if len(common) else float("nan"),
    )
