"""Why a row is in its cluster, or in none.

Belongs here: the parts the features play in a difference of squared distances. Does not belong here: words
(the caller shows them), reasons of other kinds of model.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ml.base import Reason
from ml.clusters.lloyd import nearest_labels, nearest_two


def membership_effects(values: np.ndarray, centers: np.ndarray, features: np.ndarray) -> np.ndarray:
    """Return how far each feature speaks for a row's centroid (c1) against the next one (c2).

    The effect of a feature with the columns J is ``sum_j ((z_j - c2_j)^2 - (z_j - c1_j)^2)`` divided by the sum
    of its absolute values over all features; before that division the effects sum to ``d2^2 - d1^2``.

    Args:
        values: Prepared rows, shape (n, q).
        centers: Prepared centroids, shape (k, q), k at least 2.
        features: Position of the feature that each column shows, shape (q,), every one of 0..p-1 present.

    Returns:
        Effects, shape (n, p), from -1 to 1.
    """
    nearest = nearest_two(values, centers)
    return _parts((values - centers[nearest.other]) ** 2 - (values - centers[nearest.own]) ** 2, features)


def outlier_effects(values: np.ndarray, centers: np.ndarray, features: np.ndarray) -> np.ndarray:
    """Return each feature's share of the squared distance from the nearest centroid, shape (n, p), 0 to 1.

    Args:
        values: Prepared rows with nothing winsorised, shape (n, q).
        centers: Prepared centroids, shape (k, q).
        features: As for ``membership_effects``.
    """
    return _parts((values - centers[nearest_labels(values, centers)]) ** 2, features)


def _parts(by_column: np.ndarray, features: np.ndarray) -> np.ndarray:
    effects = np.zeros((len(by_column), int(features.max()) + 1))
    for column, feature in enumerate(features.tolist()):
        effects[:, feature] += by_column[:, column]
    total = np.abs(effects).sum(axis=1, keepdims=True)
    return np.divide(effects, total, out=np.zeros_like(effects), where=total > 0)


def strongest_reasons(
    shown: Sequence[list[float] | list[str | None]], effects: np.ndarray, features: Sequence[str], *, count: int
) -> list[list[Reason]]:
    """Return the features that decide most of each row, the largest absolute effect first.

    Args:
        shown: Per feature the raw values or levels of the n rows, NaN or None where missing.
        effects: Shape (n, p).
        features: The p names.
        count: Reasons per row.
    """
    strongest = np.argsort(-np.abs(effects), axis=1, kind="stable")[:, :count]
    # Plain lists are several times faster to walk than arrays, and hold plain floats.
    parts = np.take_along_axis(effects, strongest, axis=1).tolist()
    return [
        [
            # Only NaN differs from itself: a missing value is None for whoever writes JSON.
            Reason(feature=features[j], value=value if (value := shown[j][row]) == value else None, effect=effect)
            for j, effect in zip(js, row_parts, strict=True)
        ]
        for row, (js, row_parts) in enumerate(zip(strongest.tolist(), parts, strict=True))
    ]
