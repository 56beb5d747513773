"""How far a segmentation would be the same with other data.

Belongs here: agreement between labellings, as pure functions. Does not belong here: how a labelling is made,
and what agreement is good enough (a setting of the caller).
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import numpy as np
from sklearn.metrics import adjusted_rand_score


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
