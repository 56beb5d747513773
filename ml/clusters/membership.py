"""How surely a row belongs to its cluster, from clusterings of resampled rows.

Belongs here: resampling with given centres, how well each cluster is found again, and the curve from clearness to the
share of clusterings that agree. Does not belong here: choosing k (``selection``), frames.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment
from sklearn.isotonic import isotonic_regression
from sklearn.metrics import adjusted_rand_score

from ml.clusters.lloyd import clearness, fit_centers, nearest_labels, nearest_two

# Points of the curve: enough for its bend, each with a hundredth or more of the rows.
CURVE_POINTS = 20


@dataclass(frozen=True, kw_only=True)
class Membership:
    """What clusterings of resampled rows say about given centres.

    Attributes:
        recovery: Mean Jaccard coefficient of each cluster with the one it is matched to, shape (k,): above .75 a
            cluster counts as stable (Hennig 2007, section 6).
        agreement: Mean adjusted Rand index with the labels of the centres.
        clearness: Points of the curve, ascending from 0 to 1.
        shares: Share of resamplings that agree at each point, not falling, 0-1.
    """

    recovery: np.ndarray
    agreement: float
    clearness: tuple[float, ...]
    shares: tuple[float, ...]


def resampled_labels(
    values: np.ndarray, labels: np.ndarray, k: int, *, repeats: int, starts: int, seed: int
) -> np.ndarray:
    """Return labels of all rows by clusterings learnt on bootstrap samples, numbered like ``labels``.

    Clusters are matched one to one so that most rows are shared (Kuhn 1955, Hungarian method).

    Args:
        values: Prepared rows in a fixed order, shape (n, p).
        labels: Their clusters, 0 to k - 1, shape (n,).
        k: Number of clusters.
        repeats: Bootstrap samples.
        starts: k-means++ starts per fit.
        seed: Seed of the draws.

    Returns:
        Labels, shape (repeats, n).
    """
    rng = np.random.default_rng(seed)
    found = np.empty((repeats, len(values)), dtype=np.int64)
    for repeat in range(repeats):
        drawn = np.sort(rng.integers(len(values), size=len(values)))
        centers = fit_centers(values[drawn], k, seed=int(rng.integers(2**31)), starts=starts)
        other = nearest_labels(values, centers)
        shared = np.bincount(other * k + labels, minlength=k * k).reshape(k, k)
        theirs, ours = linear_sum_assignment(-shared)
        renumbered = np.empty(k, dtype=np.int64)
        renumbered[theirs] = ours
        found[repeat] = renumbered[other]
    return found


def measure_membership(values: np.ndarray, centers: np.ndarray, *, repeats: int, starts: int, seed: int) -> Membership:
    """Measure how surely rows belong to the clusters of ``centers``.

    The curve is the isotonic regression (Barlow et al. 1972) of the share of resamplings in which a row stays in its
    cluster on its clearness ``1 - d1 / d2``, in bins of equally many rows.

    Args:
        values: Prepared rows in a fixed order, shape (n, p).
        centers: Centres, shape (k, p), k at least 2.
        repeats: Bootstrap samples.
        starts: k-means++ starts per fit.
        seed: Seed of the draws.
    """
    k = len(centers)
    nearest = nearest_two(values, centers)
    again = resampled_labels(values, nearest.own, k, repeats=repeats, starts=starts, seed=seed)
    recovery = np.zeros(k)
    for labels in again:
        both = np.bincount(nearest.own[labels == nearest.own], minlength=k)
        either = np.bincount(nearest.own, minlength=k) + np.bincount(labels, minlength=k) - both
        recovery += np.divide(both, either, out=np.zeros(k), where=either > 0)
    clear = clearness(nearest)
    order = np.lexsort((np.arange(len(clear)), clear))
    bins = np.array_split(order, min(CURVE_POINTS, len(order)))
    agrees = (again == nearest.own).mean(axis=0)
    points = [float(clear[rows].mean()) for rows in bins]
    shares = isotonic_regression([float(agrees[rows].mean()) for rows in bins], sample_weight=[len(b) for b in bins])
    return Membership(
        recovery=recovery / repeats,
        agreement=float(np.mean([adjusted_rand_score(nearest.own, labels) for labels in again])),
        clearness=(0.0, *points, 1.0),
        # On the border itself a resampled border is as likely on either side, even where nobody stands there.
        shares=tuple(float(share) for share in (min(0.5, shares[0]), *shares, shares[-1])),
    )


def membership_share(clear: np.ndarray, curve: Sequence[float], shares: Sequence[float]) -> np.ndarray:
    """Return the share of resamplings expected to agree at each clearness, shape (n,), 0-1."""
    return np.clip(np.interp(clear, curve, shares), 0.0, 1.0)
