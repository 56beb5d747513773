"""k-means on prepared arrays, the same result on every run.

Belongs here: fitting centres, polishing them, distances to them. Does not belong here: frames, raw units,
choosing k, names.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning


@dataclass(frozen=True, kw_only=True)
class Nearest:
    """The two nearest centres of each row.

    Attributes:
        own: Position of the nearest centre, shape (n,).
        other: Position of the second nearest, shape (n,).
        own_distance: Euclidean distance to the nearest, shape (n,).
        other_distance: Euclidean distance to the second nearest, shape (n,).
    """

    own: np.ndarray
    other: np.ndarray
    own_distance: np.ndarray
    other_distance: np.ndarray


def squared_distances(values: np.ndarray, centers: np.ndarray) -> np.ndarray:
    """Return squared Euclidean distances, shape (n, k), of ``values`` (n, p) to ``centers`` (k, p)."""
    out = np.empty((len(values), len(centers)))
    for column, center in enumerate(centers):
        difference = values - center
        # No BLAS here: on small inputs its threads cost more than they do, and on a shared machine they spin.
        out[:, column] = np.einsum("ij,ij->i", difference, difference)
    return out


def nearest_labels(values: np.ndarray, centers: np.ndarray) -> np.ndarray:
    """Return the position of the nearest centre of each row, shape (n,); ties go to the first."""
    return squared_distances(values, centers).argmin(axis=1)


def nearest_two(values: np.ndarray, centers: np.ndarray) -> Nearest:
    """Return the nearest and second nearest of at least two centres for each row."""
    squared = squared_distances(values, centers)
    rows = np.arange(len(values))
    own = squared.argmin(axis=1)
    own_squared = squared[rows, own].copy()
    squared[rows, own] = np.inf
    other = squared.argmin(axis=1)
    return Nearest(
        own=own,
        other=other,
        own_distance=np.sqrt(own_squared),
        other_distance=np.sqrt(squared[rows, other]),
    )


def clearness(nearest: Nearest) -> np.ndarray:
    """Return ``1 - d1 / d2`` of each row, shape (n,), 0-1; 0 where both distances are 0."""
    ratio = np.divide(
        nearest.own_distance,
        nearest.other_distance,
        out=np.ones_like(nearest.own_distance),
        where=nearest.other_distance > 0,
    )
    return 1.0 - ratio


def inertia(values: np.ndarray, centers: np.ndarray) -> float:
    """Return the sum of squared distances to the nearest centre."""
    return float(squared_distances(values, centers).min(axis=1).sum())


def fit_centers(values: np.ndarray, k: int, *, seed: int, starts: int, steps: int = 100) -> np.ndarray:
    """Return k centres from k-means++ starts, shape (k, p).

    Call inside ``threadpoolctl.threadpool_limits(1)``: scikit-learn sums centres per thread, and the order of
    the sums would change the last bits from run to run.

    Args:
        values: Prepared rows, shape (n, p).
        k: Number of centres.
        seed: Seed of the k-means++ starts.
        starts: Number of starts; the one of least inertia wins.
        steps: Most Lloyd steps per start.
    """
    with warnings.catch_warnings():
        # Fewer distinct rows than k leaves a cluster empty; the caller refuses such a k by its share.
        warnings.simplefilter("ignore", ConvergenceWarning)
        model = KMeans(n_clusters=k, n_init=starts, max_iter=steps, random_state=seed).fit(values)
    return model.cluster_centers_


def polish_centers(values: np.ndarray, centers: np.ndarray, *, steps: int = 50) -> np.ndarray:
    """Return ``centers`` moved by Lloyd steps on all of ``values``, shape (k, p)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model = KMeans(n_clusters=len(centers), init=centers, n_init=1, max_iter=steps).fit(values)
    return model.cluster_centers_
