"""Customers unlike every cluster.

Belongs here: how far is too far. Does not belong here: the space in which it is measured (the caller's), what is
done with outliers.
"""

from __future__ import annotations

import numpy as np

# Modified z-score above which Iglewicz & Hoaglin (1993, "How to detect and handle outliers") call a value an outlier.
ROBUST_Z = 3.5
# The interquartile-free spread of a normal distribution: its median absolute deviation times this is its deviation.
MAD_TO_DEVIATION = 1.4826


def outlier_limit(distances: np.ndarray, *, max_share: float) -> float:
    """Return the distance beyond which a row is like no cluster.

    The logarithm of the distance is held against its median and median absolute deviation, since distances are
    skewed: the limit is ``exp(median + 3.5 * 1.4826 * MAD)``. Where more rows lie beyond it than ``max_share``
    allows, the limit is raised until no more do: what many customers do is a way of buying, not an outlier.

    Args:
        distances: Distance of each row to its nearest centre, shape (n,), at least 0.
        max_share: Largest share of rows that may lie beyond the limit, 0-1.

    Returns:
        The limit; infinity where there is none (nobody may be an outlier, or half of the rows are equally far).
    """
    logs = np.log(distances[distances > 0])
    if max_share <= 0 or not len(logs):
        return float("inf")
    middle = np.median(logs)
    spread = MAD_TO_DEVIATION * np.median(np.abs(logs - middle))
    if spread == 0:
        return float("inf")
    allowed = int(max_share * len(distances))
    highest = np.partition(distances, len(distances) - allowed - 1)[len(distances) - allowed - 1]
    # Beyond the largest number there is no row either.
    with np.errstate(over="ignore"):
        return float(max(np.exp(middle + ROBUST_Z * spread), highest))
