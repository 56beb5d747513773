"""Why a row is nearer to its own centroid than to the next one.

Belongs here: the parts the features play in a difference of squared distances. Does not belong here: words
(the caller shows them), reasons of other kinds of model.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ml.base import Reason
from ml.clusters.lloyd import nearest_two


def distance_reasons(
    raw: np.ndarray, values: np.ndarray, centers: np.ndarray, features: Sequence[str], *, count: int
) -> list[list[Reason]]:
    """Return the features that decide most between each row's centroid (c1) and the next one (c2).

    The effect of feature j is ``((z_j - c2_j)^2 - (z_j - c1_j)^2)`` divided by the sum of its absolute values
    over all features; before that division the effects sum to ``d2^2 - d1^2``.

    Args:
        raw: Raw values, shape (n, p), NaN where missing.
        values: The same rows prepared, shape (n, p).
        centers: Prepared centroids, shape (k, p), k at least 2.
        features: The p column names.
        count: Reasons per row.

    Returns:
        Per row at most ``count`` reasons, the largest absolute effect first.
    """
    nearest = nearest_two(values, centers)
    effects = (values - centers[nearest.other]) ** 2 - (values - centers[nearest.own]) ** 2
    total = np.abs(effects).sum(axis=1, keepdims=True)
    effects = np.divide(effects, total, out=np.zeros_like(effects), where=total > 0)
    strongest = np.argsort(-np.abs(effects), axis=1, kind="stable")[:, :count]
    rows = np.arange(len(raw))[:, None]
    # Plain lists are several times faster to walk than arrays, and hold plain floats.
    columns, own, parts = strongest.tolist(), raw[rows, strongest].tolist(), effects[rows, strongest].tolist()
    return [
        [
            # Only NaN differs from itself: a missing value is None for whoever writes JSON.
            Reason(feature=features[j], value=value if value == value else None, effect=effect)
            for j, value, effect in zip(js, row_values, row_effects, strict=True)
        ]
        for js, row_values, row_effects in zip(columns, own, parts, strict=True)
    ]
